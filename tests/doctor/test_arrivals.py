"""The list of who tried to get into a central system."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocpptui.diagnosis.diagnosis import Diagnosis
from ocpptui.diagnosis.trace import read_trace
from ocpptui.doctor.arrivals import MOST_ROWS, Arrival, Arrivals, arrival_lines
from ocpptui.network.problems import NetworkProblem
from ocpptui.network.problems import ProblemCode as P
from ocpptui.timeline.record import ConnectionEvent, Record, RecordKind
from ocpptui.timeline.timeline import Timeline

SECOND = 1_000_000


def seen(*events: tuple[ConnectionEvent, str, dict[str, object]]) -> Arrivals:
    """The list of these events, a second apart, each of a connection of its own unless it names one."""
    timeline = Timeline()
    for number, (event, charge_point, detail) in enumerate(events, start=1):
        whole = {"event": event, "remoteAddress": f"10.0.0.7:{40000 + number}", **detail}
        timeline.append(Record(number * SECOND, number, RecordKind.CONNECTION, None, charge_point, detail=whole))
    arrivals = Arrivals(timeline)
    arrivals.advance()
    return arrivals


def refused(problem: NetworkProblem, charge_point: str = "CP1") -> tuple[ConnectionEvent, str, dict[str, object]]:
    return ConnectionEvent.REFUSED, charge_point, dict(problem.detail)


OPENED = (ConnectionEvent.OPENED, "CP1", dict[str, object]())


def lines_of(arrivals: Arrivals, row: Arrival) -> str:
    return "\n".join(arrival_lines(row, arrivals.remarks(row)))


def test_each_charge_point_has_a_row_with_its_last_problem_and_what_to_do() -> None:
    """A technician with a hundred chargers sees at once which of them do not get in, and why."""
    arrivals = seen(
        OPENED,
        refused(NetworkProblem(P.CREDENTIALS_MISSING), "CP2"),
        refused(NetworkProblem(P.PASSWORD_PADDED, length=17, other="ends", name="a line feed"), "CP2"),
        (ConnectionEvent.FAILED, "", dict(NetworkProblem(P.PEER_WITH_TLS).detail)),
    )
    assert [row.who for row in arrivals.rows] == ["10.0.0.7", "CP2", "CP1"]
    address, second, first = arrivals.rows
    text = lines_of(arrivals, second)
    assert text.startswith("FAILED   CP2: 2 attempts, none got in\n         Its password is wrong (17 bytes received)")
    assert "It sent no credentials." in text
    assert "  problems: credentials-missing 1, password-padded 1" in text
    assert "from 10.0.0.7" in text
    assert "ws:// instead of wss://" in lines_of(arrivals, address)
    assert lines_of(arrivals, first).startswith("ok       CP1: 1 attempt, got in\n         It got in.")


def test_what_once_failed_is_a_warning_as_soon_as_it_gets_in() -> None:
    arrivals = seen(refused(NetworkProblem(P.CREDENTIALS_MISSING)), OPENED)
    [row] = arrivals.rows
    assert row.is_in
    assert lines_of(arrivals, row).startswith("WARNING  CP1: 2 attempts, 1 got in\n         It sent no credentials.")


def test_two_connections_with_one_id() -> None:
    """Two charge points with one id push each other out, and each of them looks all right."""
    arrivals = seen(
        OPENED,
        (ConnectionEvent.OPENED, "CP1", {"replaces": 1}),
        (ConnectionEvent.OPENED, "CP1", {"replaces": 2, "remoteAddress": "10.0.0.8:5"}),
    )
    [row] = arrivals.rows
    text = lines_of(arrivals, row)
    assert "2 times, a new connection with this id ended an open one. They come from 10.0.0.7 and 10.0.0.8." in text
    assert "second-connection 2" in text


def test_what_was_tolerated_is_named() -> None:
    problem = NetworkProblem(P.SUBPROTOCOL_MISSPELT, name="OCPP1.6J", version="1.6")
    arrivals = seen((ConnectionEvent.OPENED, "CP1", {"tolerated": [problem.tolerated]}))
    assert "'OCPP1.6J' is misspelt; OCPP 1.6 is assumed. It was accepted anyway." in lines_of(arrivals, *arrivals.rows)


def test_a_time_out_that_is_as_long_as_the_heartbeat_is_named_from_its_closes() -> None:
    """The charge point gets in and is lost each minute; nothing in its own log says why."""
    text = (
        '10:00:00 opened\n10:00:01 > BootNotification {"chargePointVendor":"A","chargePointModel":"B"}\n'
        '10:00:01 < ok {"currentTime":"2026-01-01T10:00:01Z","interval":60,"status":"Accepted"}\n'
        '10:01:01 closed {"closeCode":1006}\n'
    )
    for minute in (5, 10):
        text += f"10:{minute:02}:00 opened\n10:{minute:02}:01 > Heartbeat {{}}\n"
        text += f'10:{minute + 1:02}:01 closed {{"closeCode":1006}}\n'
    timeline = Timeline()
    diagnosis = Diagnosis(timeline)
    for record in read_trace(text).records:
        timeline.append(record)
    assert diagnosis.advance(1)
    arrivals = Arrivals(timeline)
    arrivals.advance()
    said = lines_of(arrivals, *arrivals.rows)
    assert "each ended 60 s after their last message: an idle time-out closes them; heartbeats come every 60 s" in said
    assert "> Find the time-out" in said


def test_a_port_scan_does_not_fill_the_memory() -> None:
    events = [
        (ConnectionEvent.FAILED, "", {"remoteAddress": f"10.1.{n // 256}.{n % 256}:1", "problem": "peer-silent"})
        for n in range(MOST_ROWS + 50)
    ]
    rows = seen(*events).rows  # type: ignore[arg-type]
    assert len(rows) == MOST_ROWS
    assert rows[0].who == f"10.1.{(MOST_ROWS + 49) // 256}.{(MOST_ROWS + 49) % 256}"


@pytest.mark.parametrize("detail", [{}, {"problem": 7}, {"problem": "of-tomorrow", "error": "It failed somehow."}])
def test_a_problem_of_another_program_is_shown_as_it_is(detail: dict[str, object]) -> None:
    arrivals = seen((ConnectionEvent.REFUSED, "CP1", detail))
    text = lines_of(arrivals, *arrivals.rows)
    assert "It failed somehow." in text if "error" in detail else "does not say why" in text


ODD = st.dictionaries(
    st.sampled_from(["problem", "facts", "tolerated", "replaces", "error", "remoteAddress"]),
    st.recursive(st.none() | st.integers() | st.text(max_size=9), lambda inner: st.lists(inner, max_size=2)),
)


@given(st.lists(st.tuples(st.sampled_from(list(ConnectionEvent)), st.sampled_from(["", "CP1"]), ODD), max_size=4))
def test_no_recording_breaks_it(events: list[tuple[ConnectionEvent, str, dict[str, object]]]) -> None:
    """A recording may come from any program."""
    arrivals = seen(*events)
    for row in arrivals.rows:
        assert lines_of(arrivals, row)
