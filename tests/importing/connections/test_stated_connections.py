"""Lines that say that a connection opened and closed become events of the charge point that they are of.

Without them nobody learns who hung up; with one too many, a rule would blame a charger for a close that never was.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocpptui.importing.found_frame import FoundFrame
from ocpptui.importing.import_tally import ImportTally
from ocpptui.importing.inference import Inference
from ocpptui.importing.lines.frame_finder import FrameFinder
from ocpptui.importing.reader import ImportOptions
from ocpptui.ocpp.correlation import AnswerStatus
from ocpptui.timeline.record import ConnectionEvent, Record, RecordKind
from tests.importing.reading import Read, read


class LogNotation(NamedTuple):
    """How a program logs a frame, an opening and a close: `{t}` is the time, `{cp}` the charge point, `{n}` the number
    of its connection."""

    frame: str
    opened: str
    closed: str
    code: int | None = None


_PLAIN = "2026-05-12T{t}Z {cp} {way} {frame}"
NOTATIONS = {
    "SteVe": LogNotation(
        "[INFO ] 2026-05-12 {t},000 WebSocketLogger - [chargeBoxId={cp}, sessionId={n}] {Way}: {frame}",
        "[INFO ] 2026-05-12 {t},000 WebSocketLogger - [chargeBoxId={cp}, sessionId={n}] Connection is established",
        "[WARN ] 2026-05-12 {t},000 WebSocketLogger - [chargeBoxId={cp}, sessionId={n}] Connection is closed, status:"
        " CloseStatus[code=1006, reason=WebSocket Read EOF]",
        1006,
    ),
    "evcc": LogNotation(
        "[ocpp  ] TRACE 2026/05/12 {t} {way} {cp}: {frame}",
        "[ocpp  ] DEBUG 2026/05/12 {t} charge point connected: {cp}",
        "[ocpp  ] DEBUG 2026/05/12 {t} charge point disconnected: {cp}",
    ),
    "ocpp-go": LogNotation(
        'time="2026-05-12T{t}Z" level=debug msg="{way} {cp}: {frame}" logger=websocket',
        'time="2026-05-12T{t}Z" level=debug msg="upgraded websocket connection for {cp} from 10.0.0.5:5{n}"',
        'time="2026-05-12T{t}Z" level=info msg="handling read error for {cp}: websocket: close 1006 (abnormal)"',
        1006,
    ),
    "Home Assistant": LogNotation(
        "2026-05-12 {t}.000 INFO (MainThread) [ocpp] {cp}: {way} {frame}",
        "2026-05-12 {t}.000 INFO (MainThread) [custom_components.ocpp] Charger {cp} reconnected to 0.0.0.0:9000.",
        "2026-05-12 {t}.000 DEBUG (MainThread) [custom_components.ocpp] Closing connection to '{cp}'",
    ),
    "Node": LogNotation(
        "[2026-05-12T{t}.000Z] info: {cp} {way}: {frame}",
        "[2026-05-12T{t}.000Z] info: New WebSocket connection from {cp}",
        "[2026-05-12T{t}.000Z] info: {cp} WebSocket closed: 1001 - going away",
        1001,
    ),
    "logfmt": LogNotation(
        "ts=2026-05-12T{t}Z level=info cp={cp} dir={way} frame={frame}",
        'ts=2026-05-12T{t}Z level=info cp={cp} msg="websocket connected"',
        'ts=2026-05-12T{t}Z level=info cp={cp} msg="websocket disconnected" code=1000',
        1000,
    ),
    "brackets": LogNotation(
        "2026-05-12 {t} [{cp}] {way} {frame}", "2026-05-12 {t} [{cp}] connected", "2026-05-12 {t} [{cp}] disconnected"
    ),
    "uvicorn": LogNotation(
        "2026-05-12 {t} DEBUG {way} /ocpp/{cp} {frame}",
        '2026-05-12 {t} INFO 10.0.0.5:5{n} - "WebSocket /ocpp/{cp}" [accepted]',
        "2026-05-12 {t} INFO connection to /ocpp/{cp} closed (1001)",
        1001,
    ),
    "URL": LogNotation(
        "2026-05-12 {t} ws://csms.example/ocpp/{cp} {way} {frame}",
        "2026-05-12 {t} connection ws://csms.example/ocpp/{cp} -- connected!",
        "2026-05-12 {t} connection ws://csms.example/ocpp/{cp} -- closed",
    ),
    "address": LogNotation(
        "2026-05-12 {t} cp={cp} peer=10.0.0.{a}:5{n} {way} {frame}",
        "2026-05-12 {t} New connection from 10.0.0.{a}:5{n}, charge point {cp}",
        "2026-05-12 {t} Connection from 10.0.0.{a}:5{n} lost",
    ),
    "German": LogNotation(
        "2026-05-12 {t} Ladestation {cp} {way} {frame}",
        "2026-05-12 {t} Verbindung zu Ladestation {cp} hergestellt",
        "2026-05-12 {t} Verbindung zu Ladestation {cp} getrennt (Code 1001)",
        1001,
    ),
    "French": LogNotation(
        _PLAIN, "2026-05-12T{t}Z {cp} connexion établie", "2026-05-12T{t}Z {cp} connexion fermée, code 1000", 1000
    ),
    "Spanish": LogNotation(
        _PLAIN, "2026-05-12T{t}Z {cp} conexión establecida", "2026-05-12T{t}Z {cp} conexión cerrada"
    ),
    "Italian": LogNotation(_PLAIN, "2026-05-12T{t}Z {cp} connessione stabilita", "2026-05-12T{t}Z {cp} disconnesso"),
    "Dutch": LogNotation(_PLAIN, "2026-05-12T{t}Z {cp} nieuwe verbinding", "2026-05-12T{t}Z {cp} verbinding verbroken"),
    "Portuguese": LogNotation(_PLAIN, "2026-05-12T{t}Z {cp} conexão aberta", "2026-05-12T{t}Z {cp} desconectado"),
}
STATIONS = ("CP-77", "CP-88")
BOOT = '"BootNotification",{"chargePointModel":"M1","chargePointVendor":"V1"}'
BOOTED = '{"currentTime":"2026-05-12T10:00:00Z","interval":300,"status":"Accepted"}'
Expected = list[tuple[str, str, int | None]]


def conversation(notation: LogNotation, connections: int = 3) -> tuple[str, Expected]:
    """Two charge points that connect by turns, boot and beat, and lose their connections; and the events of it."""
    lines, expected, second = list[str](), Expected(), 0

    def add(line: str, station: int, number: int, **values: str) -> None:
        nonlocal second
        second += 1
        time = f"{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}"
        values |= {"t": time, "cp": STATIONS[station], "n": f"{5000 * station + number:04}", "a": str(station + 5)}
        for name, value in values.items():
            line = line.replace(f"{{{name}}}", value)
        lines.append(line)

    for number in range(connections):
        for station, name in enumerate(STATIONS):
            add(notation.opened, station, number)
            expected.append((name, "opened", None))
        for beat, (asked, told) in enumerate(
            ((BOOT, BOOTED), ('"Heartbeat",{}', '{"currentTime":"2026-05-12T10:00:00Z"}'))
        ):
            for station in range(len(STATIONS)):
                message = f"{number}{beat}{station}"
                add(notation.frame, station, number, way="received", Way="Received", frame=f'[2,"{message}",{asked}]')
                add(notation.frame, station, number, way="sent", Way="Sending", frame=f'[3,"{message}",{told}]')
        for station, name in enumerate(STATIONS):
            add(notation.closed, station, number)
            expected.append((name, "closed", notation.code))
    return "\n".join(lines) + "\n", expected


def of_text(tmp_path: Path, text: str, choices: ImportOptions | None = None) -> Read:
    path = tmp_path / "some.log"
    path.write_text(text, encoding="utf-8")
    return read(path, choices)


def events_of(found: Read) -> list[Record]:
    return [record for record in found.records if record.kind is RecordKind.CONNECTION]


def lines_of(found: Read) -> list[int]:
    """The lines of the events."""
    numbers = range(len(found.records))
    return [found.importer.place_of(one)[1] for one in numbers if found.records[one].kind is RecordKind.CONNECTION]


def said(record: Record) -> tuple[str, str, Any]:
    return record.charge_point, record.detail["event"], record.detail.get("closeCode")


@pytest.mark.parametrize("name", NOTATIONS)
def test_reconnects_come_back_in_every_notation(name: str, tmp_path: Path) -> None:
    text, expected = conversation(NOTATIONS[name])
    found = of_text(tmp_path, text)
    events = events_of(found)
    assert [said(event) for event in events] == expected
    lines = text.splitlines()
    assert lines_of(found) == [
        number for number, line in enumerate(lines, 1) if "[2," not in line and "[3," not in line
    ], "each is at the place of its line"
    assert all(
        lines[line - 1].startswith(event.detail["stated"][:150])
        for line, event in zip(lines_of(found), events, strict=True)
    )
    assert all("connection event" in event.detail["guessed"] for event in events)
    numbers = [event.connection for event in events if event.detail["event"] == "opened"]
    assert len(set(numbers)) == len(numbers), "each opening begins another connection"
    assert found.timeline.tally.orphans == 0
    statuses = [AnswerStatus(one) for one in found.timeline.answerings]
    assert statuses.count(AnswerStatus.FIRST) == text.count("[3,")
    times = [record.time for record in found.records]
    assert times == sorted(times)


@pytest.mark.parametrize("name", NOTATIONS)
def test_no_frame_is_read_otherwise_for_the_events_around_it(name: str, tmp_path: Path) -> None:
    """Whose it is, which way it went and when: the lines of events have other places for names and times."""
    text, _ = conversation(NOTATIONS[name])
    only = "\n".join(line for line in text.splitlines() if "[2," in line or "[3," in line)
    frames = [record for record in of_text(tmp_path, text).records if record.kind is not RecordKind.CONNECTION]
    alone = of_text(tmp_path, only).records
    assert [(one.charge_point, one.direction, one.time, one.raw) for one in frames] == [
        (one.charge_point, one.direction, one.time, one.raw) for one in alone
    ]


TALK = (
    '10:00:01 CP-77 received [2,"1","Heartbeat",{}]',
    '10:00:02 CP-77 sent [3,"1",{"currentTime":"2026-05-12T10:00:00Z"}]',
    '10:00:03 CP-77 received [2,"2","Heartbeat",{}]',
    '10:00:04 CP-77 sent [3,"2",{"currentTime":"2026-05-12T10:00:00Z"}]',
    '10:00:05 CP-77 received [2,"3","Heartbeat",{}]',
    '10:00:06 CP-77 sent [3,"3",{"currentTime":"2026-05-12T10:00:00Z"}]',
)
BESIDE = (
    '10:00:07 CP-88 received [2,"4","Heartbeat",{}]',
    '10:00:08 CP-88 sent [3,"4",{"currentTime":"2026-05-12T10:00:00Z"}]',
)


def log(*lines: str) -> str:
    return "".join(f"2026-05-12 {line}\n" for line in lines)


@pytest.mark.parametrize(
    "line",
    (
        "10:00:09 Connection closed",
        "10:00:09 CP-99 disconnected",
        "10:00:09 connection to CP-99 closed",
        "10:00:09 CP-77 and CP-88 disconnected",
        "10:00:09 CP-7 disconnected",
        "10:00:09 CP-770 disconnected",
        "10:00:09 CP-77: MQTT client disconnected",
        "10:00:09 CP-77: database connection closed",
        "10:00:09 CP-77: EV disconnected",
        "10:00:09 CP-77: connector 1 disconnected",
        "10:00:09 CP-77: closing transaction 7",
        "10:00:09 CP-77: status connected=false",
    ),
)
def test_a_line_of_another_or_of_nobody_is_no_event(line: str, tmp_path: Path) -> None:
    """Of two charge points, a line that names neither may be of either."""
    found = of_text(tmp_path, log(*TALK, *BESIDE, line))
    assert events_of(found) == []
    assert {record.connection for record in found.records} == {1, 2}


def test_a_log_of_one_connection_need_not_name_it(tmp_path: Path) -> None:
    found = of_text(tmp_path, log(*TALK, "10:00:09 Connection closed, code 1006"))
    assert [said(event) for event in events_of(found)] == [("CP-77", "closed", 1006)]
    assert any("line 7" in one or ": 7." in one for one in found.importer.evidence)
    assert "connection event of 1" in found.importer.tallies[0]


def test_a_line_that_names_another_charge_point_is_not_of_the_only_one_with_frames(tmp_path: Path) -> None:
    assert events_of(of_text(tmp_path, log(*TALK, "10:00:09 connection to CP-99 closed"))) == []


@pytest.mark.parametrize(
    ("comes", "goes"),
    (
        ("New connection from 10.0.0.1:40001", "Connection from 10.0.0.1:40001 closed"),
        ("New connection from ('10.0.0.1', 40001)", "Connection closed: ('10.0.0.1', 40001)."),
        ("client connected", "client disconnected"),
    ),
)
def test_who_comes_and_goes_without_a_frame_is_not_the_charge_point(tmp_path: Path, comes: str, goes: str) -> None:
    """Each health check of a load balancer would be a reconnect."""
    again = [line.replace("10:00", "10:05") for line in TALK]
    checks = f"10:02:00 {comes}", f"10:02:00 {comes}", f"10:02:01 {goes}", f"10:02:01 {goes}"
    found = of_text(tmp_path, log("10:00:00 New connection from 10.0.0.9:5100", *TALK, *checks, *again))
    assert [event.detail["event"] for event in events_of(found)] == ["opened"]
    assert {record.connection for record in found.records} == {1}
    assert any("4 lines about connections are not shown as events" in sentence for sentence in found.importer.evidence)


def test_a_charge_point_that_connects_anew_is_no_visitor(tmp_path: Path) -> None:
    """Its reconnect would be lost, where the close of the older connection comes late."""
    again = [line.replace("10:00", "10:05") for line in TALK]
    late = "10:02:00 New connection from 10.0.0.9:5101", "10:02:01 Connection from 10.0.0.9:5100 closed"
    found = of_text(tmp_path, log("10:00:00 New connection from 10.0.0.9:5100", *TALK, *late, *again))
    assert [(event.detail["event"], event.connection) for event in events_of(found)] == [
        ("opened", 1),
        ("opened", 2),
        ("closed", 1),
    ]


def test_a_frame_after_a_close_opens_again(tmp_path: Path) -> None:
    """Nothing is said of that opening, but a call after the close is not of the connection that closed."""
    again = (
        '10:01:01 CP-77 received [2,"5","Heartbeat",{}]',
        '10:01:02 CP-77 sent [3,"5",{"currentTime":"2026-05-12T10:00:00Z"}]',
    )
    found = of_text(tmp_path, log(*TALK, "10:00:09 CP-77 disconnected", *again))
    assert [record.connection for record in found.records] == [*[1] * 7, 2, 2]
    assert found.timeline.tally.orphans == 0


def test_a_close_that_an_answer_contradicts_is_none(tmp_path: Path) -> None:
    """The call before it would have no answer, and the answer behind it no call."""
    lines = *TALK[:5], "10:00:05 CP-77 connection closed", TALK[5]
    found = of_text(tmp_path, log(*lines))
    assert events_of(found) == []
    assert found.timeline.tally.orphans == 0
    assert {record.connection for record in found.records} == {1}
    assert any("contradict" in sentence for sentence in found.importer.evidence)


def test_the_late_close_of_a_connection_that_another_replaced_is_of_the_older_one(tmp_path: Path) -> None:
    again = (
        '10:01:01 CP-77 received [2,"5","Heartbeat",{}]',
        '10:01:02 CP-77 sent [3,"5",{"currentTime":"2026-05-12T10:00:00Z"}]',
    )
    lines = "10:00:00 CP-77 connected", *TALK, "10:00:30 CP-77 connected", *again, "10:01:03 CP-77 disconnected"
    later = '10:02:01 CP-77 received [2,"6","Heartbeat",{}]'
    events = events_of(of_text(tmp_path, log(*lines, later)))
    assert [(event.detail["event"], event.connection) for event in events] == [
        ("opened", 1),
        ("opened", 2),
        ("closed", 1),
    ]
    events = events_of(of_text(tmp_path, log(*lines)))
    assert events[-1].connection == 2, "nothing follows: the last one closed"


def test_two_loggers_state_one_event_and_the_code_of_either_counts(tmp_path: Path) -> None:
    lines = (
        "10:00:00 CP-77 websocket open",
        "10:00:00 CP-77 connected",
        *TALK,
        "10:00:09 CP-77 connection closed",
        "10:00:09 CP-77 disconnected, code 1001, reason: going away",
    )
    events = events_of(of_text(tmp_path, log(*lines)))
    assert [said(event) for event in events] == [("CP-77", "opened", None), ("CP-77", "closed", 1001)]
    assert events[1].detail["closeReason"] == "going away"


def test_what_connected_is_said_late_is_not_a_second_connection(tmp_path: Path) -> None:
    """Some central systems say so once the BootNotification is accepted."""
    lines = *TALK[:2], "10:00:02 CP-77 connected", *TALK[2:]
    found = of_text(tmp_path, log(*lines))
    assert events_of(found) == []
    assert {record.connection for record in found.records} == {1}


def test_an_event_before_the_first_frame_without_a_time_has_that_of_the_frame(tmp_path: Path) -> None:
    """The time of the file would put it years behind."""
    found = of_text(tmp_path, "INFO:websockets.server:connection open\n" + log(*TALK))
    first, second, *_ = found.records
    assert first.detail["event"] == "opened"
    assert first.time == second.time
    assert first.detail["timeless"] is True


def test_failed_attempts_have_connections_of_their_own(tmp_path: Path) -> None:
    lines = (
        *TALK,
        "10:00:09 CP-77 connection lost",
        "10:00:20 CP-77 connection failed",
        "10:00:20 CP-77 failed to connect to server",
        "10:00:40 CP-77 connection rejected",
        "10:01:00 CP-77 connected",
    )
    events = events_of(of_text(tmp_path, log(*lines)))
    assert [event.detail["event"] for event in events] == ["closed", "failed", "refused", "opened"]
    assert len({event.connection for event in events}) == 4


def test_an_access_line_ends_a_connection_only_behind_its_frames(tmp_path: Path) -> None:
    """It comes at the end of a request; of a connection without frames nothing is known."""
    access = '10:00:09 10.0.0.5 "GET /ocpp/{} HTTP/1.1" 101 5821'
    found = of_text(tmp_path, log(access.format("CP-77"), *TALK, *BESIDE, access.format("CP-77")))
    assert [said(event) for event in events_of(found)] == [("CP-77", "closed", None)]
    assert lines_of(found) == [10]


def test_secrets_in_such_a_line_are_masked(tmp_path: Path) -> None:
    line = "10:00:00 CP-77 connection open, Authorization: Basic Q1AtNzc6c2VjcmV0LXBhc3N3b3Jk"
    events = events_of(of_text(tmp_path, log(line, *TALK)))
    assert len(events) == 1
    assert "Q1AtNzc6" not in str(events[0].detail)


def test_skipped_lines_say_that_they_state_an_event(tmp_path: Path) -> None:
    found = of_text(tmp_path, log(*TALK, "10:00:09 CP-77 disconnected", "10:00:10 other"))
    reasons = [str(problem) for problem in found.importer.skipped]
    assert "it says that a connection closed" in reasons[0]
    assert "no frame: " in reasons[1]


def test_both_sides_of_a_connection_state_its_events_once(tmp_path: Path) -> None:
    """With `--merge`, the events of one log are those of the connection."""
    paths = [tmp_path / name for name in ("a.log", "b.log")]
    for path in paths:
        path.write_text(log("10:00:00 CP-77 connected", *TALK, "10:00:09 CP-77 disconnected"))
    events = events_of(read(paths, ImportOptions(merge=True)))
    assert [event.detail["event"] for event in events] == ["opened", "closed"]


def test_a_rotated_log_of_one_side_states_its_events_in_each_file(tmp_path: Path) -> None:
    """A charge point would seem to be connected from the first file on."""
    later = [line.replace("10:00", "11:00") for line in TALK]
    first = "10:00:00 CP-77 connected", *TALK, "10:00:09 CP-77 disconnected"
    second = "11:00:00 CP-77 connected", *later, "11:00:09 CP-77 disconnected"
    paths = [tmp_path / name for name in ("a.log.1", "a.log", "b.log")]
    for path, lines in zip(paths, (first, second, (*first, *second)), strict=True):
        path.write_text(log(*lines))
    for some in (paths, paths[:2], paths[::-1]):
        events = events_of(read(some, ImportOptions(merge=True)))
        assert [event.detail["event"] for event in events] == ["opened", "closed", "opened", "closed"]


def test_a_log_with_its_newest_line_first_has_its_events_in_order(tmp_path: Path) -> None:
    text, expected = conversation(NOTATIONS["brackets"])
    backwards = "\n".join(reversed(text.splitlines()))
    assert [said(event) for event in events_of(of_text(tmp_path, backwards))] == expected


def test_a_large_log_has_the_same_events_from_two_processes(tmp_path: Path) -> None:
    text, expected = conversation(NOTATIONS["SteVe"], 4500)
    assert len(text) > 4 * 2**20
    found = of_text(tmp_path, text)
    assert [said(event) for event in events_of(found)] == expected
    assert found.timeline.tally.orphans == 0


PIECE = st.sampled_from(
    [
        "CP-77 connected", "CP-77 disconnected", "CP-88 connected", "CP-88 connection lost, code 1006", "connected",
        "Connection closed", "CP-77 connection failed", "CP-88 connection rejected",
        *(f'CP-{cp} received [2,"{n}","Heartbeat",{{}}]' for cp in (77, 88) for n in range(3)),
        *(f'CP-{cp} sent [3,"{n}",{{}}]' for cp in (77, 88) for n in range(3)),
    ]
)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(st.lists(PIECE, max_size=60))
def test_no_event_takes_an_answer_from_its_call(lines: list[str]) -> None:
    """Whatever the lines say in whatever order: frames alone have no more answers, and each connection ends once."""

    def records(*, finds_events: bool) -> list[Record]:
        tally = ImportTally()
        finder, inference = FrameFinder(tally, finds_events=finds_events), Inference(tally, ImportOptions())
        found: list[FoundFrame] = []
        for number, line in enumerate(lines, 1):
            found += finder.take(number, f"2026-05-12 10:{number // 60:02}:{number % 60:02} {line}")
        return [*inference.take_all(found), *inference.finish()]

    def answered(some: list[Record]) -> int:
        open_calls, count = set[tuple[int, str]](), 0
        for record in some:
            frame = record.parsed
            if frame is None or frame.id is None:
                continue
            key = record.connection, frame.id
            if record.kind is RecordKind.CALL:
                open_calls.add(key)
            elif key in open_calls:
                open_calls.discard(key)
                count += 1
        return count

    every, alone = records(finds_events=True), records(finds_events=False)
    assert [one.raw for one in every if one.raw] == [one.raw for one in alone if one.raw]
    assert answered(every) == answered(alone)
    ends = [one.connection for one in every if one.detail.get("event") == ConnectionEvent.CLOSED]
    assert len(set(ends)) == len(ends)
    opened = [one.connection for one in every if one.detail.get("event") == ConnectionEvent.OPENED]
    assert len(set(opened)) == len(opened)
