"""What a log does not state: directions, connections, copies."""

from __future__ import annotations

from pathlib import Path

import pytest

from ocpptui.importing.import_tally import ImportTally
from ocpptui.importing.inference import Inference
from ocpptui.importing.lines.frame_finder import FrameFinder
from ocpptui.importing.reader import ImportOptions
from ocpptui.importing.times.dates import DayOrder
from ocpptui.ocpp.date_times import time_of
from ocpptui.ocpp.version import Direction, Role, Version
from ocpptui.timeline.record import Record
from ocpptui.timeline.timeline import Timeline
from tests.importing.reading import Read, read


def log(path: Path, *frames: str) -> Timeline:
    """The timeline of a log that says when each of these was heard and not which way it went."""
    lines = [f"2026-01-01T10:00:{second:02}Z {frame}\n" for second, frame in enumerate(frames)]
    path.write_text("".join(lines))
    return read(path).timeline


def test_an_answer_goes_to_the_open_call_whose_answer_it_can_be(tmp_path: Path) -> None:
    """Both sides count from 1, so that one id is open twice; what came back says to whom."""
    timeline = log(
        tmp_path / "nodir.log",
        '[2,"5","ClearCache",{}]',
        '[2,"5","Heartbeat",{}]',
        '[3,"5",{"status":"Accepted"}]',
        '[3,"5",{"currentTime":"2026-01-01T10:00:00Z"}]',
    )
    assert [timeline.other_half(index) for index in range(4)] == [2, 3, 0, 1]
    assert timeline.counts.invalid == 0


def test_an_answer_that_fits_either_goes_to_the_latest_call(tmp_path: Path) -> None:
    timeline = log(
        tmp_path / "nodir.log",
        '[2,"5","ClearCache",{}]',
        '[2,"5","DataTransfer",{"vendorId":"v"}]',
        '[2,"5","Heartbeat",{}]',
        '[4,"5","GenericError","",{}]',
    )
    assert timeline.other_half(3) == 2


def test_a_second_answer_goes_where_the_first_one_went(tmp_path: Path) -> None:
    timeline = log(
        tmp_path / "nodir.log",
        '[2,"5","ClearCache",{}]',
        '[3,"5",{"status":"Accepted"}]',
        '[3,"5",{"status":"Accepted"}]',
    )
    assert timeline.direction(1) is timeline.direction(2)
    assert (timeline.other_half(2), timeline.call_of(2)) == (None, 0)


def opened(path: Path, *lines: str, **options: object) -> Read:
    path.write_text("".join(f"{line}\n" for line in lines))
    return read(path, ImportOptions(**options))  # type: ignore[arg-type]


def test_sessions_of_one_charge_point_are_connections(tmp_path: Path) -> None:
    """A reconnected charge point begins with id 1 again; the answers would be exchanged."""
    found = opened(
        tmp_path / "steve.log",
        '2026-01-01 10:00:00Z [chargeBoxId=A, sessionId=s1] Received: [2,"1","Heartbeat",{}]',
        '2026-01-01 10:00:01Z [chargeBoxId=A, sessionId=s2] Received: [2,"1","Authorize",{"idTag":"T"}]',
        '2026-01-01 10:00:02Z [chargeBoxId=A, sessionId=s1] Sending: [3,"1",{"currentTime":"2026-01-01T10:00:02Z"}]',
        '2026-01-01 10:00:03Z [chargeBoxId=A, sessionId=s2] Sending: [3,"1",{"idTagInfo":{"status":"Accepted"}}]',
    )
    assert [found.timeline.other_half(index) for index in range(4)] == [2, 3, 0, 1]
    assert found.timeline.counts.invalid == 0
    assert {record.charge_point for record in found.records} == {"A"}


@pytest.mark.parametrize("peer", ["peer=10.0.0.{}:5000{}", "10.0.0.{}:5000{}", "conn #{}{}", "connectionId: {}{}"])
def test_addresses_and_connection_numbers_separate_connections(tmp_path: Path, peer: str) -> None:
    """Without names, the frames of two charge points would be one conversation."""
    found = opened(
        tmp_path / "a.log",
        f'2026-01-01 10:00:00Z {peer.format(1, 1)} recv [2,"1","Heartbeat",{{}}]',
        f'2026-01-01 10:00:01Z {peer.format(2, 7)} recv [2,"1","Authorize",{{"idTag":"T"}}]',
        f'2026-01-01 10:00:02Z {peer.format(1, 1)} send [3,"1",{{"currentTime":"2026-01-01T10:00:02Z"}}]',
        f'2026-01-01 10:00:03Z {peer.format(2, 7)} send [3,"1",{{"idTagInfo":{{"status":"Accepted"}}}}]',
    )
    assert [found.timeline.other_half(index) for index in range(4)] == [2, 3, 0, 1]
    assert len({record.connection for record in found.records}) == 2


def test_a_number_that_varies_with_the_message_is_no_connection(tmp_path: Path) -> None:
    """No answer would find its call."""
    found = opened(
        tmp_path / "a.log",
        '2026-01-01 10:00:00Z session=91 CP-1: recv [2,"1","Heartbeat",{}]',
        '2026-01-01 10:00:01Z session=92 CP-1: send [3,"1",{"currentTime":"2026-01-01T10:00:01Z"}]',
    )
    assert found.timeline.other_half(0) == 1


def test_charge_points_that_cannot_be_told_apart_are_said_so(tmp_path: Path) -> None:
    boot = '{"chargePointVendor":"A","chargePointModel":"B","chargePointSerialNumber":"%s"}'
    found = opened(
        tmp_path / "a.log",
        f'2026-01-01 10:00:00Z recv [2,"1","BootNotification",{boot % "AAA"}]',
        f'2026-01-01 10:00:01Z recv [2,"2","BootNotification",{boot % "BBB"}]',
    )
    assert any("AAA and BBB" in sentence for sentence in found.importer.evidence)


def test_a_pipe_that_pauses_after_its_first_line_is_learned_further() -> None:
    """What one line does not show would stay unknown for as long as the pipe is open."""
    lines = [
        '2026-01-01 10:00:00 [Nord] recv [2,"1","Authorize",{"idTag":"T"}]',
        '2026-01-01 10:00:01 [Sued] recv [2,"1","Heartbeat",{}]',
        '2026-01-01 10:00:02 [Nord] send [3,"1",{"idTagInfo":{"status":"Accepted"}}]',
        '2026-01-01 10:00:03 [Sued] send [3,"1",{"currentTime":"2026-01-01T05:00:03Z"}]',
        '2026-01-01 10:00:04 [Nord] recv [2,"2","Heartbeat",{}]',
        '2026-01-01 10:00:05 [Nord] send [3,"2",{"currentTime":"2026-01-01T05:00:05Z"}]',
        '2026-01-01 10:00:06 [Nord] recv [2,"3","Heartbeat",{}]',
        '2026-01-01 10:00:07 [Sued] recv [2,"3","Heartbeat",{}]',
        '2026-01-01 10:00:08 [Nord] send [3,"3",{"currentTime":"2026-01-01T05:00:08Z"}]',
    ]
    tally = ImportTally()
    finder, inference = FrameFinder(tally), Inference(tally, ImportOptions())
    records = list[Record]()
    for number, line in enumerate(lines, 1):
        for found in finder.take(number, line):
            records += [*inference.take(found), *inference.settle()]
    assert len(records) == len(lines)
    assert [record.charge_point for record in records[-2:]] == ["Sued", "Nord"]
    assert records[-1].time == time_of("2026-01-01T05:00:08Z")


def test_ids_in_flight_twice_are_not_paired_by_chance(tmp_path: Path) -> None:
    """The answers of two charge points would be exchanged, and both wrong."""
    found = opened(
        tmp_path / "a.log",
        '2026-01-01 10:00:00Z recv [2,"1","Heartbeat",{}]',
        '2026-01-01 10:00:01Z recv [2,"1","Authorize",{"idTag":"T"}]',
        '2026-01-01 10:00:02Z send [3,"1",{"currentTime":"2026-01-01T10:00:02Z"}]',
        '2026-01-01 10:00:03Z send [3,"1",{"idTagInfo":{"status":"Accepted"}}]',
        '2026-01-01 10:00:04Z recv [2,"2","Authorize",{"idTag":"T"}]',
        '2026-01-01 10:00:05Z recv [2,"2","Authorize",{"idTag":"U"}]',
        '2026-01-01 10:00:06Z send [3,"2",{"idTagInfo":{"status":"Accepted"}}]',
        '2026-01-01 10:00:07Z send [3,"2",{"idTagInfo":{"status":"Blocked"}}]',
    )
    assert [found.timeline.other_half(index) for index in range(8)] == [2, 3, 0, 1, 6, 7, 4, 5]
    assert found.timeline.counts.invalid == 0
    guessed = ["charge point" in record.detail["guessed"] for record in found.records]
    assert guessed == [False] * 6 + [True, False], "an answer that fits both calls is a guess"
    assert any("id 1 is in flight twice" in sentence for sentence in found.importer.evidence)


def test_a_retry_and_an_id_of_both_sides_are_of_one_connection(tmp_path: Path) -> None:
    found = opened(
        tmp_path / "a.log",
        '2026-01-01 10:00:00Z recv [2,"1","Heartbeat",{}]',
        '2026-01-01 10:00:01Z recv [2,"1","Heartbeat",{}]',
        '2026-01-01 10:00:02Z send [2,"1","Reset",{"type":"Soft"}]',
        '2026-01-01 10:00:03Z recv [3,"1",{"status":"Accepted"}]',
        '2026-01-01 10:00:04Z send [3,"1",{"currentTime":"2026-01-01T10:00:04Z"}]',
    )
    assert len({record.connection for record in found.records}) == 1
    assert [found.timeline.other_half(index) for index in (1, 2)] == [4, 3]


def test_an_answer_follows_its_own_call_whatever_its_line_says(tmp_path: Path) -> None:
    """A file that holds the lines of both sides would be read as the log of one."""
    found = opened(
        tmp_path / "a.log",
        'INFO:ocpp:CP-1: receive message [2,"a","Heartbeat",{}]',
        'INFO:ocpp:CP-1: send [3,"a",{"currentTime":"2026-01-01T10:00:01Z"}]',
        'INFO:ocpp:CP-1: send [2,"a","Heartbeat",{}]',
        'INFO:ocpp:CP-1: receive message [3,"a",{"currentTime":"2026-01-01T10:00:01Z"}]',
    )
    assert [record.direction for record in found.records] == [Direction.TO_CSMS, Direction.TO_CHARGE_POINT] * 2
    assert found.timeline.counts.orphans == 0


@pytest.mark.parametrize(
    ("prefix", "direction"),
    [
        ("CSMS → Easee:", Direction.TO_CHARGE_POINT),
        ("Easee → CSMS:", Direction.TO_CSMS),
        ("Wallbox <- backend", Direction.TO_CHARGE_POINT),
        ("server <- Wallbox", Direction.TO_CSMS),
        ("sent to central system", Direction.TO_CSMS),
        ("received from the backend", Direction.TO_CHARGE_POINT),
    ],
)
def test_one_known_party_shows_the_direction(tmp_path: Path, prefix: str, direction: Direction) -> None:
    found = opened(tmp_path / "a.log", f'2026-01-01 10:00:00Z {prefix} [3,"42",{{"status":"Accepted"}}]')
    assert found.records[0].direction is direction


def test_frames_without_a_time_show_no_latency(tmp_path: Path) -> None:
    """A charge point that answers within 0 ms would be praised."""
    found = opened(
        tmp_path / "a.log",
        'send [2,"a","Heartbeat",{}]',
        'recv [3,"a",{"currentTime":"2026-01-01T10:00:01Z"}]',
        'send [2,"b","Heartbeat",{}]',
        'recv [3,"b",{"currentTime":"2026-01-01T10:00:09Z"}]',
    )
    assert [found.timeline.latency(index) for index in range(4)] == [None] * 4
    times = [record.time for record in found.records]
    assert times == sorted(times) and times[3] - times[1] == 8_000_000


def test_a_retry_is_no_copy(tmp_path: Path) -> None:
    """A frame that a charge point sent twice would be shown once."""
    line = '2026-01-01 10:00:00.{}Z CP-1: received [2,"a","Heartbeat",{{}}]'
    assert len(opened(tmp_path / "a.log", line.format("100"), line.format("900")).records) == 2


def test_frames_of_two_charge_points_are_no_copies(tmp_path: Path) -> None:
    line = '2026-01-01 10:00:00.100Z CP-{}: received [2,"1","Heartbeat",{{}}]'
    assert len(opened(tmp_path / "a.log", line.format(1), line.format(2)).records) == 2


@pytest.mark.parametrize("ellipsis", ["...", "…"])
@pytest.mark.parametrize("first", [True, False])
def test_a_shortened_copy_is_no_defect(tmp_path: Path, ellipsis: str, first: bool) -> None:
    whole = '2026-01-01 10:00:00.100Z [driver] CP-1 recv [2,"1","GetConfiguration",{"key":["a"]}]'
    short = f'2026-01-01 10:00:00.101Z debug frame: [2,"1","GetC{ellipsis}a"]}}]'
    found = opened(tmp_path / "a.log", *((short, whole) if first else (whole, short)))
    (record,) = found.records
    assert record.raw == whole.partition("recv ")[2] and record.charge_point == "CP-1"
    assert record.detail["alsoInLines"] == [2]
    kept = opened(tmp_path / "b.log", whole, short, keep_copies=True)
    assert found.timeline.counts.malformed == 0 and len(kept.records) == 2


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (ImportOptions(charge_point="X"), "The charge point is X, as the user says."),
        (ImportOptions(side=Role.CENTRAL_SYSTEM), "The central system wrote this, as the user says."),
        (ImportOptions(dates=DayOrder.MONTH_FIRST), "Its dates are read with the month first: the user says so."),
        (ImportOptions(year=2020), "Its times have no year; they begin in 2020, as the user says."),
        (ImportOptions(utc_offset=60), "Its times have no zone; they are in UTC+01:00, as the user says."),
        (ImportOptions(version=Version.V201), "Its frames are read as OCPP 2.0.1, as the user says."),
    ],
)
def test_what_the_user_says_is_told_like_what_is_inferred(
    tmp_path: Path, options: ImportOptions, sentence: str
) -> None:
    """A wrong option would otherwise look like what the file has."""
    path = tmp_path / "a.log"
    line = '{} CP-1 recv [2,"{}","Heartbeat",{{}}]\n'
    path.write_text(line.format("Mar  4 10:00:00", 1) if options.year else line.format("03/04/2026 10:00:00", 1))
    found = read(path, options)
    assert sentence in found.importer.evidence


@pytest.mark.parametrize("payload", ["{}", '{"currentTime":"2024-09-03T06:25:40Z"}'])
def test_frames_before_the_first_time_of_a_log_are_not_after_it(tmp_path: Path, payload: str) -> None:
    """When a serial monitor began to show times: the first frames would be of the day on which the file was copied."""
    path = tmp_path / "monitor.log"
    path.write_text(
        '[MO] Send: [2,"1","Heartbeat",{}]\n[MO] Recv: [3,"1",' + payload + "]\n"
        '2024-09-03 06:25:55Z [MO] Send: [2,"2","Heartbeat",{}]\n2024-09-03 06:25:55Z [MO] Recv: [3,"2",{}]\n'
    )
    first = "2024-09-03T06:25:40Z" if "currentTime" in payload else "2024-09-03T06:25:55Z"
    last = time_of("2024-09-03T06:25:55Z")
    assert [record.time for record in read(path).records] == [time_of(first), time_of(first), last, last]


@pytest.mark.parametrize(
    ("name", "warning"),
    [
        ("", "cannot be told apart: A1 and B2 both started"),
        ("CP-7 ", "CP-7 started with two serial numbers, A1 and B2"),
    ],
)
def test_two_charge_points_under_one_name_are_said_to_be_two(tmp_path: Path, name: str, warning: str) -> None:
    """Their frames would be those of one charge point that is in two states at once, and nobody would know why."""
    path = tmp_path / "a.log"
    path.write_text("".join(
        f'2026-05-06T08:00:0{number}Z {name}recv [2,"{number}","BootNotification",{{"chargePointVendor":"V",'
        f'"chargePointModel":"M","chargePointSerialNumber":"{serial}"}}]\n'
        f'2026-05-06T08:00:0{number}Z {name}send [3,"{number}",{{}}]\n'
        for number, serial in enumerate(("A1", "A1", "B2"))
    ))  # fmt: skip
    found = read(path)
    (told,) = found.importer.warnings
    assert warning in told
    assert any(warning in sentence for sentence in found.importer.evidence)


def test_the_same_id_in_flight_twice_is_said(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    path.write_text(
        '2026-05-06T08:00:00Z recv [2,"1","Heartbeat",{}]\n2026-05-06T08:00:00Z recv [2,"1","StatusNotification",'
        '{"connectorId":1,"errorCode":"NoError","status":"Available"}]\n2026-05-06T08:00:00Z send [3,"1",{}]\n'
    )
    assert ["id 1 is in flight twice" in told for told in read(path).importer.warnings] == [True]


SEND, RECEIVE = '[2,"1","Heartbeat",{}]', '[3,"1",{"currentTime":"2026-01-01T10:00:03Z"}]'


@pytest.mark.parametrize("nameless", [1, 3])
def test_frames_before_the_first_name_are_those_of_the_only_charge_point(tmp_path: Path, nameless: int) -> None:
    """A log that begins inside a frame would have a charge point without a name beside its only one."""
    start = [f'2026-01-01 10:00:0{number}Z recv [2,"{number}","Heartbeat",{{}}]' for number in range(nameless)]
    found = opened(tmp_path / "a.log", *start, f"2026-01-01 10:00:03Z send CP-7: {RECEIVE}")
    assert {record.charge_point for record in found.records} == {"CP-7"}
    assert ["charge point" in record.detail["guessed"] for record in found.records] == [*[True] * nameless, False]
    assert len({record.connection for record in found.records}) == 1


def test_frames_before_the_names_of_two_charge_points_are_nobodys(tmp_path: Path) -> None:
    found = opened(
        tmp_path / "a.log",
        f"2026-01-01 10:00:00Z recv {SEND}",
        f"2026-01-01 10:00:03Z recv CP-7: {SEND}",
        f"2026-01-01 10:00:03Z recv CP-8: {SEND}",
    )
    assert [record.charge_point for record in found.records] == ["", "CP-7", "CP-8"]


@pytest.mark.parametrize("ahead", [-3600, -200, 0, 200, 3600])
def test_frames_before_the_first_time_are_not_later_than_it(tmp_path: Path, ahead: int) -> None:
    """The clock of the other side may be minutes ahead: the frames would not be in their order."""
    now = f"2026-01-01T{10 + ahead // 3600:02}:{ahead % 3600 // 60:02}:00Z"
    found = opened(
        tmp_path / "a.log",
        f"CP-7: recv {SEND}",
        f'CP-7: send [3,"1",{{"currentTime":"{now}"}}]',
        f"2026-01-01 10:00:00Z CP-7: recv {SEND}",
    )
    times = [record.time for record in found.records]
    assert times == sorted(times)
    assert times[-1] == time_of("2026-01-01T10:00:00Z")


EVENTS = (
    '{{"type":"ev_connect","timestamp":1773378061346,"chargerId":"{}","outlet":"2"}}',
    '{{"event": "alert", "serial": "{}", "payload": {{"code": 72}}}}',
    '{{"id":7,"eventType":"Plugged","chargePointId":"{}"}}',
)


@pytest.mark.parametrize("event", EVENTS)
def test_an_event_of_another_device_above_a_frame_does_not_name_its_charge_point(tmp_path: Path, event: str) -> None:
    """A charging station with several controllers logs their events between its frames."""
    found = opened(
        tmp_path / "a.log",
        f"2026-01-01 10:00:00Z handling event {event.format('secc-14881')}",
        f"2026-01-01 10:00:01Z [OCPPClient] >> message sent: {SEND}",
        f"2026-01-01 10:00:02Z [OCPPClient] << message received: {RECEIVE}",
        f"2026-01-01 10:00:03Z handling event {event.format('secc-13620')}",
        f"2026-01-01 10:00:04Z [OCPPClient] >> message sent: {SEND}",
    )
    assert {record.charge_point for record in found.records} == {""}


@pytest.mark.parametrize(
    "sentence",
    [
        "[AO] info (SmartCharging.cpp:80): limit for connector 1, scheduled = 2022-07-25T15:48:56Z, nextChange = {}",
        "the reservation of connector 1 for the user with this tag is valid until {}",
        "certificate of the central system found in the store, it expires {} and is then renewed",
    ],
)
def test_a_time_in_a_sentence_above_is_not_that_of_a_frame(tmp_path: Path, sentence: str) -> None:
    """All frames from there on would be in the future."""
    found = opened(tmp_path / "a.log", sentence.format("2037-01-01T00:00:00.000Z"), f"Send: {SEND}", f"Recv: {RECEIVE}")
    assert {record.time for record in found.records} == {time_of("2026-01-01T10:00:03Z")}


def test_each_reason_for_a_guess_is_given_once() -> None:
    """A line with two frames is no second reason."""
    stats = ImportTally()
    stats.tell("The charge point is the only name in the line: CP-77.")
    stats.tell("The charge point is the only name in the line: CP-77.")
    assert stats.evidence == ["The charge point is the only name in the line: CP-77."]


def test_a_charge_point_goes_on_in_another_version_after_an_update(tmp_path: Path) -> None:
    """All messages of 2.0.1 would be shown as faulty ones of 1.6; the second logger writes each frame once more."""
    log = tmp_path / "update.log"
    frames = [
        ('[2,"1","BootNotification",{"chargePointVendor":"V","chargePointModel":"M"}]', "receive message"),
        ('[3,"1",{"currentTime":"2026-03-14T09:00:00Z","interval":300,"status":"Accepted"}]', "send"),
        ('[2,"2","UpdateFirmware",{"location":"http://f","retrieveDate":"2026-03-14T09:00:00Z"}]', "send"),
        ('[3,"2",{}]', "receive message"),
        (
            '[2,"1","BootNotification",{"reason":"FirmwareUpdate","chargingStation":{"vendorName":"V","model":"M"}}]',
            "receive message",
        ),
        ('[3,"1",{"currentTime":"2026-03-14T10:00:00Z","interval":300,"status":"Accepted"}]', "send"),
        ('[2,"2","Heartbeat",{}]', "receive message"),
        ('[3,"2",{"currentTime":"2026-03-14T10:01:00Z"}]', "send"),
    ]
    lines = list[str]()
    for number, (frame, verb) in enumerate(frames):
        time = f"2026-03-14 {9 + number // 4:02}:{number:02}:00,000"
        sign = "<" if verb.startswith("r") else ">"
        lines += [
            f"{time} DEBUG (MainThread) [websockets.server] {sign} TEXT '{frame}' [{len(frame)} bytes]",
            f"{time} INFO (MainThread) [ocpp] CP-77: {verb} {frame}",
        ]
    log.write_text("\n".join(lines))
    found = read(log)
    assert found.raws == [frame for frame, _ in frames]
    assert [record.version for record in found.records] == [Version.V16] * 4 + [Version.V201] * 4
    assert [record.connection for record in found.records] == [1] * 4 + [2] * 4
    assert {record.charge_point for record in found.records} == {"CP-77"}
    assert found.timeline.counts.invalid == found.timeline.counts.orphans == found.timeline.counts.unanswered == 0
