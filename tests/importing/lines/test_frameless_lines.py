"""A line that is not searched, since others of its shape were in vain, would lose its frame if the shape lies."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ocpptui.importing.found_frame import FoundFrame
from ocpptui.importing.import_tally import ImportTally
from ocpptui.importing.lines.frame_finder import FrameFinder
from ocpptui.importing.lines.frameless_lines import MOST_SHAPES, FramelessLines
from ocpptui.importing.words.line_shapes import without_digits

PIECES = (
    "[", "]", "{", "}", "(", ")", ",", ", ", ":", " ", "  ", "-", "+", ".", '"', '""', "'", "“", "”", "\\", "\\x", "%",
    "&#", ";", "<", ">", "?", "=", "/", "0x", "b'", "a", "b", "5b", "5b 32", "81", "c1", "c1 85", "91, 50", "129 126",
    "-127", "Wz", "Wy", "QQ==", "Heartbeat", "received", "sent", "ocpp1.6", "ocpp2.0.1", "OCPP v1.6", "connected",
    "charger CP1 connected", "GET /ocpp/CP1 HTTP/1.1", "ws://host/CP1", "path=", "null", "[2,", '[2,"1",', "[1,",
    '["2"', "[3, 7,", "2026-06-17 12:03:24.123", "Envelope", "│", "x2",
)  # fmt: skip
"""What readers look for, in the form of parts, and digits between them."""
LINES = st.lists(st.sampled_from(PIECES) | st.text("0123456789", min_size=1, max_size=3), max_size=14).map("".join)
HEARTBEAT = '[2,"1","Heartbeat",{}]'


class Forgetful(FramelessLines):
    """Has every line searched."""

    def have(self, line: str) -> bool:
        return False


def found_behind(other: str, line: str, lines: FramelessLines) -> list[FoundFrame] | None:
    """What is found in a line behind another and in a frame behind both; None if the other has a frame."""
    finder = FrameFinder(ImportTally())
    finder._search._frameless = lines
    if finder.take(1, other) or finder.finish():
        return None
    return [*finder.take(2, line), *finder.take(3, f"12:00:00 {HEARTBEAT}"), *finder.finish()]


@settings(max_examples=400)
@given(LINES, st.data())
@example("81 85 37 fa 21 3d 7f 9f 4d 51 58", None)
@example('12:00:01 ["1","a2","Heartbeat"', None)
@example("[1, 2", None)
def test_digits_alone_never_make_a_frame(line: str, data: st.DataObject | None) -> None:
    """Whatever is found in a line is found too behind a line that differs in its digits."""
    if data is None:
        other = without_digits(line)
    else:
        digits = data.draw(st.lists(st.sampled_from("0123456789"), min_size=len(line), max_size=len(line)))
        other = "".join(new if old.isdecimal() else old for old, new in zip(line, digits, strict=True))
    assert found_behind(other, line, FramelessLines()) == found_behind(other, line, Forgetful())


@pytest.mark.parametrize(
    ("line", "is_known"),
    [
        ("2026-06-17 12:03:24.123 DEBUG (MainThread) [custom_components.ocpp] Updated sensors of CP012 in 33 ms", True),
        ("[site  ] DEBUG 2026/06/17 12:03:24 grid power: 4711W", True),
        ("2026-06-17 12:03:24 Charge point CP012 connected", False),
        ("2026-06-17 12:03:24 [ocpp1.6] started", False),
        ("2026-06-17 12:03:24 sent [1", False),
        ('2026-06-17 12:03:24 {"power": 4711}', False),
        ("5b 32 2c 22 61 31 22 2c 22 48 65 61 72 74", False),
        ("12:03:24 " + "a" * 500, False),
    ],
)
def test_lines_between_frames_are_known_again(line: str, is_known: bool) -> None:
    lines = FramelessLines()
    assert not lines.have(line)
    lines.learn(line)
    assert lines.have(without_digits(line).replace("0", "9")) is is_known


def test_what_is_remembered_does_not_grow_with_the_log() -> None:
    lines = FramelessLines()
    letters = "abcdefghijklmnopqrst"
    for number in range(MOST_SHAPES + 5):
        lines.learn("line " + "".join(letters[int(digit)] for digit in str(number)))
    assert len(lines._shapes) == 5
