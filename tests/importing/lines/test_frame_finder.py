"""Line-based logs: every frame is found unchanged, whatever a logger writes before, between and around the frames."""

from __future__ import annotations

import ast
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ocpptui.importing.found_frame import Flow, FoundFrame
from ocpptui.importing.import_tally import ImportTally
from ocpptui.importing.lines.frame_finder import FrameFinder
from ocpptui.ocpp.date_times import time_of
from ocpptui.ocpp.version import Direction, Version
from tests.importing.frames import CALLS, FRAMES, compact
from tests.importing.reading import read
from tests.ocpp.envelopes import CS_15, request, response


def find(text: str) -> tuple[list[FoundFrame], ImportTally]:
    tally = ImportTally()
    finder = FrameFinder(tally)
    found = [one for number, line in enumerate(text.split("\n"), 1) for one in finder.take(number, line)]
    return [*found, *finder.finish()], tally


def raws(text: str) -> list[str | bytes]:
    return [found.raw for found in find(text)[0]]


def pretty(frame: list[Any]) -> str:
    return json.dumps(frame, indent=2, ensure_ascii=False)


PREFIXES = (
    "",
    "2024-05-06 09:45:54.742 INFO (MainThread) [ocpp] CP-1: receive message ",
    "Jun 17 12:03:28 raspberrypi3 evcc[28955]: [ocpp  ] TRACE 2026/06/17 12:03:28 recv 240: ",
    "[INFO ] 2024-02-26 09:10:45,446 steve.ocpp.ws.WebSocketLogger - [chargeBoxId=left, sessionId=5] Received: ",
    "INFO:ocpp:CP-1: send ",
    "[MO] Send: ",
    "web_1  | 2024-06-03T14:17:22.123456789Z \x1b[1;35mCSMS\x1b[0m got ",
    "10/1/2023, 4:25:10 PM    node: OCPP Server   type: request   data: ",
    "> [2013-10-31 23:03:06] cp#BRAMUS-123: >>cs ",
    "time=\t2024-05-06T09:45:54Z\tRX\t",
)


@pytest.mark.parametrize("prefix", PREFIXES)
@given(frames=st.lists(FRAMES, min_size=1, max_size=5))
def test_a_frame_after_any_prefix_is_read_unchanged(prefix: str, frames: list[list[Any]]) -> None:
    """An unknown prefix would cost half of a capture."""
    texts = [compact(frame) for frame in frames]
    assert raws("\n".join(prefix + text for text in texts)) == texts


@given(frames=st.lists(FRAMES, min_size=1, max_size=4))
def test_frames_joined_to_the_next_prefix_are_separated(frames: list[list[Any]]) -> None:
    """A serial console loses line feeds."""
    texts = [compact(frame) for frame in frames]
    assert raws("".join(f"11:52:55.587 > [MO] Recv: {text}" for text in texts)) == texts


@given(frames=st.lists(FRAMES, min_size=1, max_size=4))
def test_pretty_printed_frames_are_read_completely(frames: list[list[Any]]) -> None:
    """Some backends print JSON over many lines below a heading."""
    text = "".join(
        f"2025-05-16T11:15:00.053Z: ChargePoint>CentralSystem Something \n{pretty(frame)}\n\n" for frame in frames
    )
    found, _ = find(text)
    assert [json.loads(one.raw) for one in found] == frames
    assert {one.direction for one in found} == {Direction.TO_CSMS}


@pytest.mark.parametrize(
    "left_out", ["...", "    ...,", "    …", "  // ...", "    [...]", "  ... 3 more", "  # … (12 lines)"]
)
@given(frame=FRAMES, place=st.integers(0, 40))
def test_a_pretty_printed_frame_with_lines_left_out_is_one_whole_text(
    left_out: str, frame: list[Any], place: int
) -> None:
    """Someone shortened a frame by hand: it would be cut there, and a list behind that be a frame of its own."""
    lines = pretty(frame).split("\n")
    lines.insert(min(3 + place, len(lines) - 1), left_out)
    following = '[2,"n","Heartbeat",{}]'
    assert raws("\n".join(("14:17:22 received", *lines, f"14:17:23 received {following}"))) == [
        "\n".join(lines),
        following,
    ]


@example(frames=[[2, "0", "Heartbeat", {"[2,": None}]])
@given(frames=st.lists(FRAMES, min_size=1, max_size=4))
def test_each_line_of_a_pretty_printed_frame_may_have_a_time_before_it(frames: list[list[Any]]) -> None:
    """Docker puts its own time before every line."""
    lines = "\n".join(f"router: Process message cp001 {pretty(frame)}" for frame in frames).split("\n")
    text = "\n".join(f"2024-06-03 14:17:22 {line}" for line in lines)
    assert [json.loads(raw) for raw in raws(text)] == frames


SHAPES: tuple[Callable[[str], str], ...] = (
    lambda text: json.dumps({"level": 30, "time": 1718000000000, "cpId": "CP-1", "msg": f"Sent: {text}"}),
    lambda text: json.dumps({"@timestamp": "2024-05-06T09:45:54Z", "log": {"message": text, "stationId": "CP-1"}}),
    lambda text: json.dumps({"time": 1718000000.5, "cpId": "CP-1", "frame": json.loads(text)}),
    lambda text: json.dumps({"ts": "2024-05-06T09:45:54Z", "cp": "CP-1", "m": json.dumps({"inner": f"got {text}"})}),
)


@pytest.mark.parametrize("shape", SHAPES)
@given(frames=st.lists(FRAMES, min_size=1, max_size=4))
def test_a_frame_anywhere_in_a_json_log_line_is_found(shape: Callable[[str], str], frames: list[list[Any]]) -> None:
    """Every logger that writes JSON has its own keys."""
    found, _ = find("\n".join(shape(compact(frame)) for frame in frames))
    assert [json.loads(one.raw) for one in found] == frames
    assert all(one.charge_point == "CP-1" and one.time is not None for one in found)


@given(frames=st.lists(FRAMES, min_size=1, max_size=4))
def test_escaped_quotes_are_unescaped(frames: list[list[Any]]) -> None:
    """logfmt quotes its messages."""
    texts = [compact(frame) for frame in frames]
    lines = (f'time="2024-05-06T09:45:54Z" level=info msg={json.dumps("recv CP-1: " + text)} x=1' for text in texts)
    assert raws("\n".join(lines)) == texts


@given(frames=st.lists(CALLS.map(list), min_size=1, max_size=4))
def test_what_python_prints_becomes_json(frames: list[list[Any]]) -> None:
    """A print() in a backend shows single quotes and None."""
    found, _ = find("\n".join(f"got {frame!r}" for frame in frames))
    assert [json.loads(one.raw) for one in found] == [ast.literal_eval(repr(frame)) for frame in frames]


def test_what_node_prints_becomes_json() -> None:
    """`console.log` of a frame shows bare keys, single quotes and undefined, over several lines."""
    text = """2024-06-03 14:17:22.841 DEBUG Process Call cp001 [
  2,
  '74161e3b',
  'BootNotification',
  { reason: 'PowerUp', chargingStation: { model: "it's", vendorName: 'B', modem: undefined } }
]"""
    found, tally = find(text)
    assert [json.loads(one.raw) for one in found] == [
        [
            2,
            "74161e3b",
            "BootNotification",
            {"reason": "PowerUp", "chargingStation": {"model": "it's", "vendorName": "B"}},
        ]
    ]
    assert "cp001" in found[0].prefix and found[0].notation
    assert (tally.with_frame, tally.without_frame) == (6, 0)


@given(text=st.text(max_size=300))
def test_any_text_is_read(text: str) -> None:
    """A file that crashes the debugger could not be debugged."""
    _, tally = find(text)
    assert tally.with_frame + tally.without_frame >= 1


@given(
    pieces=st.lists(
        st.sampled_from(["[2,", '"a"', ",", "{", "}", "]", "[", "\n", "'", "\\", '"', "3", " ", "x:", "[3,1,"])
    )
)
def test_any_damaged_frames_are_read(pieces: list[str]) -> None:
    """A line of a damaged file would be lost without being counted."""
    text = "".join(pieces)
    _, tally = find(text)
    assert tally.with_frame + tally.without_frame >= 1


def test_a_truncated_frame_does_not_swallow_the_next() -> None:
    """The intact frame after a broken one would be lost."""
    text = (
        'Okt 11 11:40:20 pvm evcc[25224]: [ocpp  ] TRACE 2023/10/11 11:40:20 recv E: [2,"a","StatusNotif",{"ti>\n'
        "Okt 11 11:40:20 pvm evcc[25224]: something else\n"
        'Okt 11 11:40:20 pvm evcc[25224]: [ocpp  ] TRACE 2023/10/11 11:40:20 send E: [3,"a",{}]\n'
    )
    found, tally = find(text)
    assert [one.raw for one in found] == ['[2,"a","StatusNotif",{"ti>', '[3,"a",{}]']
    assert [one.flow for one in found] == [Flow.RECEIVED, Flow.SENT]
    assert {one.time for one in found} == {time_of("2023-10-11T11:40:20")}
    assert tally.without_frame == 2  # including the empty line at the end


def test_a_frame_wrapped_in_the_middle_of_a_word_is_joined() -> None:
    """Terminals and mail programs break long lines."""
    text = 'INFO:ocpp:CP-1: send [2,"a","DataTransfer",{"vendorId":"a very lo\nng name","data":"x"}]\nnext line'
    assert raws(text) == ['[2,"a","DataTransfer",{"vendorId":"a very long name","data":"x"}]']


def test_lists_of_numbers_are_not_frames() -> None:
    """Other brackets in a log would become malformed frames."""
    assert raws('sizes [2,3,4], retry [3,"x"], at [2024-05-06 09:45:54]\nitems: [2, "two", "zwei"]') == []


ODD = (
    '[1,"a","StartTransaction",{"connectorId":1}]',
    '[7,"a","Heartbeat",{}]',
    '[-2,"a","Heartbeat",{}]',
    '[2.0,"a","Heartbeat",{}]',
    '["2","a","Heartbeat",{}]',
    "[2,“a”,“Heartbeat”,{}]",
    "[2,″a″,″Heartbeat″,{}]",
    "[2,´a´,´Heartbeat´,{}]",
    "[2,‹a›,‹Heartbeat›,{}]",
    "[2,＂a＂,＂Heartbeat＂,{}]",
    "[“3”,“a”,{}]",
    '["3","a",{"status":"Accepted"}]',
    '[8,"a","NoSuchAction",{}]',
    '[2,"a","Heartbeat"]',
    '[2,"a","Heartbeat",{},{}]',
    '[2,"","Heartbeat",{}]',
    '[2,"a","BootNotification",{"chargePointVendor":"V",}]',
    '[2,"a","Reset",{type:"Hard"}]',
)


@pytest.mark.parametrize("prefix", ["2026-03-01T10:00:00Z recv CP-7: ", "[CP-7] Received: ", "2026-03-01 10:00:00 -> "])
@pytest.mark.parametrize("text", ODD)
def test_a_frame_with_a_defect_is_kept_as_it_is_written(prefix: str, text: str) -> None:
    """The frame that breaks a charge point would be missing from its log."""
    assert raws(f'{prefix}[2,"z","Heartbeat",{{}}]\n{prefix}{text}') == ['[2,"z","Heartbeat",{}]', text]


@pytest.mark.parametrize(
    "line",
    [
        'items: [1, "two", "drei"]',
        'loaded plugins [7,"a","b"] in 5 ms',
        'received 3 of [1,"x","y"] so far',
        '2026-03-01 10:00:00 versions ["2","x",{"y":1}]',
        "matrix [[1,2],[3,4]]",
        'array ["a","b","Heartbeat"]',
    ],
)
def test_a_list_in_an_ordinary_line_is_not_a_frame(line: str) -> None:
    """Rows of an ordinary log would appear as malformed frames."""
    assert raws(line) == []


def test_what_was_received_in_place_of_a_frame_is_kept() -> None:
    """A charge point that sends an object instead of an array would seem to be silent."""
    prefix = "2026-03-01T10:00:0{}Z recv CP-{}: "
    call = '[2,"a","Heartbeat",{}]'
    texts = (call, '{"action":"Heartbeat"}', "[]", call)
    assert raws("\n".join(prefix.format(n, 7) + text for n, text in enumerate(texts))) == list(texts)
    other = f'2026-03-01 10:00:00 INFO {call}\n2026-03-01 10:00:01 INFO {{"config":1}}\n2026-03-01 10:00:01 INFO []'
    assert raws(other) == [call], "nothing says that these were received"


def test_lines_without_a_frame_are_counted_and_shown() -> None:
    """Lines would be dropped silently."""
    found, tally = find('starting up\nINFO:ocpp:C1: send [3,"a",{}]\nshutting down')
    assert len(found) == 1 and tally.with_frame == 1 and tally.without_frame == 2
    assert [str(place) for place in tally.skipped] == [
        "line 1: no frame: starting up",
        "line 3: no frame: shutting down",
    ]


def test_a_url_gives_charge_point_and_version_of_the_lines_after_it() -> None:
    """Firmware logs state the URL only once, when they connect."""
    text = '[MO] connected to wss://csms.example/ocpp/CP%2F7 as ocpp2.0.1\n[MO] Send: [2,"1","Heartbeat",{}]'
    found, _ = find(text)
    assert (found[0].announced, str(found[0].version)) == ("CP/7", "2.0.1")


def test_soap_envelopes_in_a_log_are_found_with_their_prefix(tmp_path: Path) -> None:
    """Backends of OCPP 1.5 log the envelopes that they get and send."""
    asked = request("Heartbeat", service=CS_15, message_id="uuid:1", identity="OLD").replace("\n", "")
    answered = response("Heartbeat", service=CS_15, relates_to="uuid:1").replace("\n", "")
    path = tmp_path / "backend.log"
    path.write_text(
        f"2026-01-31 12:00:00,000Z INFO received: {asked}\n"
        "2026-01-31 12:00:00,500Z INFO looking for the charge point\n"
        f"2026-01-31 12:00:01,000Z INFO sent: {answered}\n"
    )
    found = read(path)
    call, answer = found.records
    assert (call.raw, answer.raw) == (asked, answered)
    assert (call.charge_point, answer.charge_point) == ("OLD", "OLD")
    assert (call.direction, answer.direction) == (Direction.TO_CSMS, Direction.TO_CHARGE_POINT)
    assert {call.version, answer.version} == {Version.V15}
    assert call.time == time_of("2026-01-31T12:00:00Z")
    assert found.timeline.latency(1) == 1_000_000
    assert found.importer.files[0].tally.without_frame == 1


@pytest.mark.parametrize("separator", [" | ", " ; ", "\t"])
def test_a_time_behind_a_call_and_its_answer_is_that_of_both(separator: str) -> None:
    """Rows that were pasted into an issue: each call would take the time of the row above."""
    rows = [
        separator.join((f'[2,"{n}","Heartbeat",{{}}]', f'[3,"{n}",{{}}]', f"2026-03-14T10:00:0{n}Z")) for n in range(3)
    ]
    found, _ = find("\n".join(rows))
    assert [one.time for one in found] == [time_of(f"2026-03-14T10:00:0{n}Z") for n in (0, 0, 1, 1, 2, 2)]


def test_a_time_before_a_frame_of_a_line_is_not_replaced_by_one_behind() -> None:
    """What is behind may be when the answer was handled."""
    found, _ = find('2026-03-14T10:00:01Z [2,"1","Heartbeat",{}] [3,"1",{}] (done 2026-03-14T10:00:05Z)')
    assert found[0].time == time_of("2026-03-14T10:00:01Z")
