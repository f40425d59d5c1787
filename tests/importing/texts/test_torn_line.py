"""Lines that an editor, a terminal or a mail program broke within a string come back as they were."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocpptui.importing.import_tally import ImportTally
from ocpptui.importing.lines.frame_finder import FrameFinder
from ocpptui.ocpp.version import Version
from tests.importing.conversation import Exchanged, conversation
from tests.importing.logger_lines import utc, way
from tests.importing.reading import check, read

NOTATIONS: dict[str, Callable[[Exchanged], str]] = {
    "JSON": lambda f: json.dumps({"time": utc(f), "cp": f.name, "dir": way(f, "in", "out"), "msg": f.raw}),
    "JSON with more behind": lambda f: json.dumps(
        {"raw": f.raw, "time": utc(f), "cp": f.name, "d": way(f, "rx", "tx")}
    ),
    "logfmt": lambda f: f"time={utc(f)} cp={f.name} dir={way(f, 'recv', 'send')} msg={json.dumps(f.raw)} code=1",
    "literal": lambda f: f"{utc(f)} {f.name} {way(f, 'recv', 'send')} {json.dumps(f.raw)}",
}


def _broken(line: str, width: int, indent: str) -> str:
    pieces = [line[start : start + width] for start in range(0, len(line), width)]
    return f"\n{indent}".join(pieces) + "\n"


@pytest.mark.parametrize("version", (Version.V16, Version.V201))
@pytest.mark.parametrize("notation", NOTATIONS)
@pytest.mark.parametrize("width", (79, 100, 131))
def test_a_conversation_comes_back_from_broken_lines(
    tmp_path: Path, notation: str, version: Version, width: int
) -> None:
    """Each long frame would be truncated, its rest lost, and its answer an orphan."""
    frames = conversation(("WN-0001", "WN-0002"), version)
    path = tmp_path / "a.log"
    path.write_text("".join(_broken(NOTATIONS[notation](frame), width, "") for frame in frames))
    check(read(path), frames, timedelta(seconds=0.001))


@given(st.sampled_from(sorted(NOTATIONS)), st.integers(0, 24), st.integers(0, 300), st.sampled_from(("", "    ", "\t")))
def test_a_line_may_be_broken_anywhere_in_its_string(notation: str, number: int, place: int, indent: str) -> None:
    """A frame would be found or not by the width of somebody's window."""
    frame = _FRAMES[number]
    line, finder = NOTATIONS[notation](frame), FrameFinder(ImportTally())
    start = line.index(json.dumps(frame.raw)) + 2
    cut = start + place % len(json.dumps(frame.raw))
    cut += indent != "" and line[cut : cut + 1] == " "
    found = [one for piece in (line[:cut], f"{indent}{line[cut:]}") for one in finder.take(0, piece)]
    assert [one.raw for one in [*found, *finder.finish()]] == [frame.raw]


_FRAMES = conversation(("WN-0001", "WN-0002"), Version.V16)


@pytest.mark.parametrize(
    "following",
    [
        r'2026-03-01T10:00:01Z CP-77 sent "[3,\"a1\",{}]"',
        '2026-03-01T10:00:01Z nothing "of" this',
        'and "some" more text',
        '{"level":"info","msg":"other"}',
        '[3,"a1",{}]',
    ],
)
def test_a_frame_that_a_logger_truncated_takes_nothing_of_the_next_line(following: str) -> None:
    """What the charge point never sent would be in its message."""
    finder = FrameFinder(ImportTally())
    torn = r'2026-03-01T10:00:00Z CP-77 received "[2,\"a1\",\"DataTransfer\",{\"vendorId\":\"ac'
    found = [one for number, line in enumerate((torn, following), 1) for one in finder.take(number, line)]
    found += finder.finish()
    assert found[0].raw == '[2,"a1","DataTransfer",{"vendorId":"ac'
    assert len(found) == 1 + ("[3," in following)
