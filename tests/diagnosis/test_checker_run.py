"""How records reach the checkers: each to the handlers that want it, in order, with bounds, and cheaply."""

from __future__ import annotations

import subprocess
import sys
from math import inf
from typing import Any

import pytest

from ocpptui.diagnosis import checker_run
from ocpptui.diagnosis.checker import Checker, on_call, on_connection, on_exchange, on_record, on_refusal, once_woken
from ocpptui.diagnosis.checker_run import CheckerRun
from ocpptui.diagnosis.payload_reader import PayloadReader
from ocpptui.diagnosis.rule import Rule
from ocpptui.diagnosis.seen import Seen
from ocpptui.diagnosis.trace import read_trace
from ocpptui.ocpp.date_times import SECOND
from ocpptui.ocpp.version import Version
from ocpptui.timeline.record import ConnectionEvent, RecordKind
from ocpptui.timeline.severity import Severity
from ocpptui.timeline.timeline import Timeline
from tests.kit.program import unmeasured

SAID: list[Any] = []
TEST_RULE = Rule("test.rule", Severity.ERROR, "It is wrong.", "nowhere", says="It is {value}.")
RULE_OF_2 = Rule("test.two", Severity.ERROR, "It is wrong.", "nowhere", versions=frozenset({Version.V201}))


@pytest.fixture(autouse=True)
def nothing_said() -> None:
    SAID.clear()


def ran(text: str, *checkers: type[Checker]) -> tuple[CheckerRun, list[tuple[str, int, dict[str, Any]]]]:
    """A run over the records of a trace, and what was found."""
    timeline, found = Timeline(), list[tuple[str, int, dict[str, Any]]]()
    run = CheckerRun(timeline, checkers, lambda rule, index, related, values: found.append((rule.id, index, values)))
    trace = read_trace(text)
    for record in trace.records:
        timeline.append(record)
        run.advance(inf)
    if trace.ends is not None:
        run.tell_time(trace.ends)
    return run, found


class Listing(Checker):
    """Says which handler was called with which record."""

    @on_call("Heartbeat", "Reset")
    def called(self, call: Seen) -> None:
        SAID.append(("call", call.index, call.action))

    @on_exchange("Heartbeat")
    def exchanged(self, call: Seen, answer: Seen) -> None:
        SAID.append(("exchange", call.index, answer.index, answer.text("currentTime")))

    @on_refusal("Heartbeat")
    def refused(self, call: Seen, error: Seen) -> None:
        SAID.append(("refusal", call.index, error.index))

    @on_connection(ConnectionEvent.CLOSED)
    def closed(self, event: Seen) -> None:
        SAID.append(("closed", event.detail["closeCode"]))


def test_each_handler_gets_the_records_that_it_wants() -> None:
    ran(
        """
        10:00:00 opened
        10:00:01 > Heartbeat {}
        10:00:02 < ok {"currentTime":"2026-01-01T10:00:02Z"}
        10:00:03 > Heartbeat {}
        10:00:04 < error InternalError
        10:00:05 > Reset {"type":"Hard"}
        10:00:06 < Reset {"type":"Hard"}
        10:00:07 > StatusNotification {"connectorId":1,"errorCode":"NoError","status":"Available"}
        10:00:08 closed {"closeCode":1006}
        """,
        Listing,
    )
    assert SAID == [
        ("call", 1, "Heartbeat"),
        ("exchange", 1, 2, "2026-01-01T10:00:02Z"),
        ("call", 3, "Heartbeat"),
        ("refusal", 3, 4),
        ("call", 6, "Reset"),  # a charge point sends no Reset
        ("closed", 1006),
    ]


def test_a_payload_is_read_only_if_a_handler_asks_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """The diagnosis of a large file would read all of it again."""
    read: list[int] = []
    inner = PayloadReader.payload

    def payload(self: PayloadReader, index: int) -> Any:
        read.append(index)
        return inner(self, index)

    monkeypatch.setattr(PayloadReader, "payload", payload)
    ran(
        """
        10:00:01 > Heartbeat {}
        10:00:02 < ok {"currentTime":"2026-01-01T10:00:02Z"}
        10:00:03 > Authorize {"idTag":"A"}
        10:00:04 < ok {"idTagInfo":{"status":"Accepted"}}
        """,
        Listing,
    )
    assert read == [1]


class Remembering(Checker):
    """Counts the heartbeats of its charge point."""

    def begin(self) -> None:
        self.count = 0

    @on_call("Heartbeat")
    def beat(self, call: Seen) -> None:
        self.count += 1
        SAID.append((self.known.identity, str(self.known.version), self.count))


def test_what_is_known_survives_a_reconnect_and_ends_with_a_new_version() -> None:
    ran(
        """
        10:00:00 opened
        10:00:01 > Heartbeat {}
        10:00:02 CP2 > Heartbeat {}
        10:00:03 closed
        10:00:04 opened
        10:00:05 > Heartbeat {}
        2.0.1
        10:00:06 opened
        10:00:07 > Heartbeat {}
        """,
        Remembering,
    )
    assert SAID == [("CP1", "1.6", 1), ("CP2", "1.6", 1), ("CP1", "1.6", 2), ("CP1", "2.0.1", 1)]


def test_the_charge_point_that_was_silent_longest_is_forgotten_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """A central system that serves a fleet for months would fill the memory."""
    monkeypatch.setattr(checker_run, "MOST_CHARGE_POINTS", 2)
    run, _ = ran(
        "\n".join(
            f"10:00:{second:02} {name} > Heartbeat {{}}"
            for second, name in enumerate(("CP1", "CP2", "CP1", "CP3", "CP1", "CP2"))
        ),
        Remembering,
    )
    assert [said[::2] for said in SAID] == [("CP1", 1), ("CP2", 1), ("CP1", 2), ("CP3", 1), ("CP1", 3), ("CP2", 1)]
    assert len(run._stations) == len(run._places) == 2


class Waiting(Checker):
    """Waits ten seconds for the next heartbeat."""

    @on_call("Heartbeat")
    def beat(self, call: Seen) -> None:
        index = call.index
        self.wait("next", call.clock + 10 * SECOND, lambda: self.found(TEST_RULE, index, value="late"))


@pytest.mark.parametrize(
    ("text", "indexes"),
    [
        ("10:00:00 > Heartbeat {}\n10:00:09 > Heartbeat {}", []),
        ("10:00:00 > Heartbeat {}\n10:00:11 > Heartbeat {}", [0]),
        ("10:00:00 > Heartbeat {}\n10:00:11 < Reset {}", [0]),
        ("10:00:00 > Heartbeat {}\n10:00:11 closed", [0]),
        ("10:00:00 > Heartbeat {}\n10:00:11 CP2 > Heartbeat {}", []),  # it may be another file
        ("10:00:00 > Heartbeat {}\n10:00:11 now", [0]),
        ("10:00:00 > Heartbeat {}\n10:00:09 now", []),
        ("10:00:00 > Heartbeat {}\n- > Heartbeat {}", []),  # nothing says when that was
    ],
)
def test_a_wait_is_over_with_the_time_of_its_charge_point(text: str, indexes: list[int]) -> None:
    _, found = ran(text, Waiting)
    assert found == [("test.rule", index, {"value": "late"}) for index in indexes]


class Impatient(Checker):
    """Waits again for a time that has passed."""

    @on_call("Heartbeat")
    def beat(self, call: Seen) -> None:
        self.until = call.clock
        self.again()

    def again(self) -> None:
        SAID.append(self.until)
        self.wait("again", self.until, self.again)


def test_a_wait_for_the_past_does_not_hold_the_session_up() -> None:
    run, _ = ran("10:00:00 > Heartbeat {}\n10:00:01 < Reset {}", Impatient)
    assert run.done == 2 and 2 < len(SAID) < 10_000


class OfTwo(Checker):
    @on_call("Heartbeat")
    def beat(self, call: Seen) -> None:
        self.found(RULE_OF_2, call)


def test_a_rule_is_found_only_in_versions_that_have_it() -> None:
    assert ran("10:00:00 > Heartbeat {}", OfTwo)[1] == []
    assert len(ran("2.0.1\n10:00:00 > Heartbeat {}", OfTwo)[1]) == 1


class Sometimes(Checker):
    """Sees all calls from a boot to the next heartbeat."""

    listens = False

    @on_call("BootNotification")
    def boot(self, call: Seen) -> None:
        self.listen(True)

    @on_call("Heartbeat")
    def beat(self, call: Seen) -> None:
        self.listen(False)

    @on_record(RecordKind.CALL, RecordKind.PING)
    def seen(self, record: Seen) -> None:
        SAID.append(record.index)


def test_a_checker_sees_all_records_only_while_it_listens() -> None:
    ran(
        """
        10:00:00 > Authorize {"idTag":"A"}
        10:00:01 > BootNotification {"chargePointVendor":"A","chargePointModel":"B"}
        10:00:02 > Authorize {"idTag":"A"}
        10:00:03 ping
        10:00:04 > Heartbeat {}
        10:00:05 > Authorize {"idTag":"A"}
        """,
        Sometimes,
    )
    assert SAID == [2, 3, 4]


class Woken(Checker):
    """Counts heartbeats and what they are answered, once a boot has woken it."""

    @on_call("BootNotification")
    def boot(self, call: Seen) -> None:
        self.wake()

    @on_call("Heartbeat", "BootNotification")
    @once_woken
    def called(self, call: Seen) -> None:
        SAID.append(("called", call.index))

    @on_exchange("Heartbeat")
    @once_woken
    def answered(self, call: Seen, answer: Seen) -> None:
        SAID.append(("answered", call.index, answer.index))


def test_what_waits_to_be_woken_gets_each_message_after_that_and_none_before() -> None:
    boot = '> BootNotification {"chargePointVendor":"A","chargePointModel":"B"}'
    ran(
        f"""
        10:00:00 > Heartbeat {{}}
        10:00:00 < ok {{"currentTime":"2026-01-01T10:00:00Z"}}
        10:00:01 {boot}
        10:00:02 < ok {{"status":"Accepted","currentTime":"2026-01-01T10:00:02Z","interval":300}}
        10:00:03 > Heartbeat {{}}
        10:00:04 < ok {{"currentTime":"2026-01-01T10:00:04Z"}}
        10:00:05 {boot}
        """,
        Woken,
    )
    assert SAID == [("called", 4), ("answered", 4, 5), ("called", 6)]


def test_a_charge_point_that_wakes_a_checker_does_not_wake_that_of_another() -> None:
    ran(
        """
        10:00:00 > Heartbeat {}
        10:00:01 CP2 > BootNotification {"chargePointVendor":"A","chargePointModel":"B"}
        10:00:02 > Heartbeat {}
        10:00:03 CP2 > Heartbeat {}
        """,
        Woken,
    )
    assert SAID == [("called", 3)]


class Slow(Checker):
    """Takes a millisecond for each call, by the clock that the run has."""

    seconds = 0.0

    @on_call("Heartbeat")
    def called(self, call: Seen) -> None:
        Slow.seconds += 0.001


@pytest.mark.parametrize("budget", [0.0, 0.005, 0.05, 0.3])
def test_a_slice_takes_no_more_time_than_it_may(budget: float) -> None:
    """A central system under load would answer nobody meanwhile."""
    timeline, slices = Timeline(), 0
    trace = read_trace(
        "\n".join(f"10:{minute:02}:{second:02} > Heartbeat {{}}" for minute in range(10) for second in range(60))
    )
    for record in trace.records:
        timeline.append(record)
    calls, Slow.seconds = sum(kind == RecordKind.CALL for kind in timeline.kinds), 0.0
    run, is_done = CheckerRun(timeline, [Slow], lambda *found: None, seconds=lambda: Slow.seconds), False
    while not is_done:
        began, slices = Slow.seconds, slices + 1
        is_done = run.advance(budget)
        assert Slow.seconds - began <= max(budget, 0.001) + 1e-9
    assert round(Slow.seconds * 1000) == calls, "each call was handed over once"
    assert slices <= calls * 0.001 / max(budget - 0.001, 0.001) + 1, "the time is used"


def test_no_checker_is_loaded_before_the_first_paint_of_a_file() -> None:
    """Each topic of rules would make every start slower."""
    code = "import ocpptui.session.file_session, ocpptui.tui.app, sys; print(*sys.modules)"
    result = subprocess.run([sys.executable, "-c", code], env=unmeasured(), capture_output=True, text=True, check=True)
    loaded = set(result.stdout.split())
    assert "ocpptui.diagnosis.column_rules" in loaded
    assert not {"ocpptui.diagnosis.registry", "ocpptui.diagnosis.checker_run", "ocpptui.diagnosis.known"} & loaded
