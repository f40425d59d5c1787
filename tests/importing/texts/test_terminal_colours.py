"""Colours of a terminal in a log, as such and as editors, syslog and web pages leave them."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ocpptui.importing.files.text_stream import LineSplitter
from ocpptui.importing.texts.terminal_colours import ColouredBlocks, without_colours
from ocpptui.ocpp.version import Version
from tests.importing.conversation import conversation
from tests.importing.logger_lines import utc, way
from tests.importing.reading import check, read

ESCAPES = {
    "as such": "\x1b",
    "caret": "^[",
    "syslog": "#033",
    "octal": "\\033",
    "hexadecimal": "\\x1b",
    "Unicode": "\\u001b",
    "letter": "\\e",
    "symbol": "␛",
    "replaced": "\ufffd",
    "lost": "",
}


@pytest.mark.parametrize("version", [Version.V16, Version.V201])
@pytest.mark.parametrize("escape", ESCAPES)
def test_the_colour_of_a_name_is_no_part_of_it(tmp_path: Path, escape: str, version: Version) -> None:
    """The charge point would be called 36mCP-77."""
    frames, start = conversation(("CP-77", "CP-78"), version), f"{ESCAPES[escape]}["
    lines = [
        f"{start}2m{utc(one)}{start}0m {start}1;36m{one.name}{start}39m {start}32m{way(one, 'RX', 'TX')}{start}m "
        f"{one.raw}{start}0m"
        for one in frames
    ]
    (tmp_path / "a.log").write_text("\n".join(lines), encoding="utf-8")
    check(read(tmp_path / "a.log"), frames, timedelta(milliseconds=1))


@pytest.mark.parametrize("text", ["^[[31mred^[[0m", "[31mred[0m", r"\u001b[31mred\u001b[0m"])
def test_a_frame_keeps_its_text(tmp_path: Path, text: str) -> None:
    """A vendor's data may have colours: the frame would not be what the file has."""
    raw = f'[2,"1","DataTransfer",{{"vendorId":"acme","data":"{text}"}}]'
    (tmp_path / "a.log").write_text(f"2026-03-14T09:30:00Z \x1b[36mCP-77\x1b[0m received {raw}\n")
    (record,) = read(tmp_path / "a.log").records
    assert (record.raw, record.charge_point) == (raw, "CP-77")


@pytest.mark.parametrize("line", ["rate(x[5m]) recv", "idle [15m 3s] recv", "array[0] [7] recv", "Frame [messageId=1]"])
def test_a_line_without_colours_stays(line: str) -> None:
    assert without_colours(line) == line


@given(
    st.lists(st.sampled_from(["\x1b", "[", "[3", "9", "0", "m", "[0m", "\n", "\r", "\0", "ä", "x"]), max_size=16),
    st.lists(st.integers(1, 6), max_size=20),
)
@example(["x[3", "9", "m\n"], [1, 1, 1, 1, 1])
@example(["[0m\n", "x\n", "[3"], [4])
def test_no_line_with_a_colour_ends_in_a_block_that_tells_of_none(parts: list[str], sizes: list[int]) -> None:
    """Wherever the file is cut into blocks: the colour would be a part of a name."""
    data, blocks, splitter = "".join(parts).encode(), ColouredBlocks(), LineSplitter()
    concerned = False
    for size in [*sizes, len(data)]:
        block, data = data[:size], data[size:]
        concerned = blocks.concern(block)
        for _, line in splitter.take(block):
            assert concerned or without_colours(line) == line
    assert all(concerned or without_colours(line) == line for _, line in splitter.finish())


@pytest.mark.parametrize("place", range(1, 5))
def test_a_colour_in_two_pieces_of_a_line_is_found(tmp_path: Path, place: int) -> None:
    """The log of a container cuts lines anywhere, and the first colour may be where it does."""
    frames = conversation(("CP-77", "CP-78"), Version.V16)
    lines = [f"{utc(one)} {one.name} {way(one, 'RX', 'TX')} {one.raw}" for one in frames]
    coloured = lines[0].replace("CP-77", "CP-77[39m", 1)
    cut = coloured.index("[39m") + place
    start = "2026-03-14T09:30:00.000000000Z stdout"
    text = [f"{start} P {coloured[:cut]}", f"{start} F {coloured[cut:]}", *(f"{start} F {line}" for line in lines[1:])]
    (tmp_path / "a.log").write_text("\n".join(text) + "\n", encoding="utf-8")
    check(read(tmp_path / "a.log"), frames, timedelta(milliseconds=1))
