"""Headings above the lines of each charge point. If this fails, the frames of several charge points are one
conversation, and their answers are paired by chance."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from ocpptui.importing.prefixes.headings import heading_in
from ocpptui.ocpp.version import Version
from tests.importing.conversation import Exchanged, conversation, of_one
from tests.importing.logger_lines import iso, way
from tests.importing.reading import check, read

HEADINGS: dict[str, Callable[[str], str]] = {
    "tail": lambda name: f"==> /var/log/ocpp/{name}.log <==",
    "tail of a rotated log": lambda name: f"==> C:\\logs\\{name}.log.1 <==",
    "Markdown": lambda name: f"### {name}",
    "Markdown with a noun": lambda name: f"## Charge point {name}",
    "wiki": lambda name: f"== {name} ==",
    "rule": lambda name: f"-------- {name} --------",
    "stars": lambda name: f"*** {name} ***",
    "open rule": lambda name: f"===== {name}",
}


@pytest.mark.parametrize("heading", HEADINGS)
@pytest.mark.parametrize("version", [Version.V16, Version.V201])
def test_frames_are_of_the_charge_point_in_the_heading_above(tmp_path: Path, heading: str, version: Version) -> None:
    everything = conversation(("CP-77", "WB-8"), version)
    frames = [frame for name in ("CP-77", "WB-8") for frame in everything if frame.name == name]
    places = {number: frames.index(frame) for number, frame in enumerate(everything)}
    frames = [replace(frame, half=None if frame.half is None else places[frame.half]) for frame in frames]

    def lines(name: str) -> str:
        own = (frame for frame in frames if frame.name == name)
        return "\n".join([HEADINGS[heading](name), *map(line, own), ""])

    def line(frame: Exchanged) -> str:
        return f"{iso(frame.local(0))} {way(frame, 'received', 'sent')} {frame.raw}"

    path = tmp_path / "both.log"
    path.write_text("\n".join(map(lines, ("CP-77", "WB-8"))))
    check(read(path), frames, timedelta(milliseconds=1))


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ("### Notes", ""),
        ("==> messages <==", "messages"),
        ("--- connection closed ---", ""),
        ("--- CP-77 10:00:00 ---", ""),
        ("-----------", None),
        ("- CP-77", None),
        ("-- CP-77", None),
        ("2026-03-14 === CP-77 ===", None),
        ("#CP-77", None),
        ("=" * 40 + " CP-77 " + "=" * 400, None),
    ],
)
def test_other_lines_name_nobody(line: str, named: str | None) -> None:
    assert heading_in(line) == named


@pytest.mark.parametrize("names", [("csms1", "csms2"), ("messages", "syslog")])
def test_the_names_of_other_files_are_no_charge_points(tmp_path: Path, names: tuple[str, str]) -> None:
    """Two charge points in each of two files of a backend would become one charge point with the name of the file."""
    frames = conversation(("CP-77", "WB-8"), Version.V16)
    lines = (f"{iso(frame.local(0))} {way(frame, 'received', 'sent')} {frame.raw}" for frame in frames)
    path = tmp_path / "both.log"
    path.write_text("\n".join(f"==> {names[number // 5 % 2]}.log <==\n{one}" for number, one in enumerate(lines)))
    assert {record.charge_point for record in read(path).records} == {""}


@pytest.mark.parametrize("heading", ["## Setup", "--- TC_001 ---", "=== Test run 3 ==="])
def test_a_heading_says_of_the_frame_below_it_what_it_says_of_the_others(tmp_path: Path, heading: str) -> None:
    """The first call below it would be of another charge point than its answer, which is then an orphan."""
    frames = [replace(frame, name="") for frame in of_one(conversation(("CP-77", "WB-8"), Version.V16))]
    lines = [f"{iso(frame.local(0))} {way(frame, 'received', 'sent')} {frame.raw}" for frame in frames]
    path = tmp_path / "one.log"
    path.write_text("\n".join([*lines[:4], heading, *lines[4:], ""]))
    check(read(path), frames, timedelta(milliseconds=1))
