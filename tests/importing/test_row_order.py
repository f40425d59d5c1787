"""Logs and tables whose newest entry comes first."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from ocpptui.ocpp.version import Version
from tests.importing.conversation import Exchanged, conversation
from tests.importing.logger_lines import iso, utc, way
from tests.importing.reading import check, read

NAMES = ("WN-0001", "WN-0002")


def _said(frame: Exchanged) -> str:
    return f"{frame.name} {way(frame, 'received', 'sent')} {frame.raw}"


LINES: dict[str, Callable[[Exchanged], str]] = {
    "logcli": lambda f: f"{utc(f)} {{}} {_said(f)}",
    "Cloud Logging": lambda f: json.dumps({"insertId": "x", "timestamp": utc(f), "textPayload": _said(f)}),
    "without a zone": lambda f: f"{iso(f.local(0))} {_said(f)}",
    "without a date": lambda f: f"{f.time:%H:%M:%S} {_said(f)}",
    "heading": lambda f: f"--- {utc(f)} {f.name} {way(f, 'received', 'sent')}\n{f.raw}",
}


@pytest.mark.parametrize("version", [Version.V16, Version.V201])
@pytest.mark.parametrize("notation", LINES)
def test_a_log_comes_back_oldest_first(tmp_path: Path, notation: str, version: Version) -> None:
    """Each answer would be before its call, and belong to none."""
    frames = conversation(NAMES, version)
    path = tmp_path / "a.log"
    path.write_text("".join(f"{LINES[notation](frame)}\n" for frame in reversed(frames)))
    found = read(path)
    check(found, frames, timedelta(seconds=1.1))
    assert any("the order was reversed" in sentence for sentence in found.importer.evidence)


@pytest.mark.parametrize("late", range(1, 24))
def test_a_line_that_is_late_reverses_nothing(tmp_path: Path, late: int) -> None:
    """A thread that wrote its line too late would turn the whole log around."""
    frames = conversation(NAMES, Version.V16)
    moved = replace(frames[late], time=frames[late - 1].time - timedelta(milliseconds=9))
    written = [*frames[:late], moved, *frames[late + 1 :]]
    path = tmp_path / "a.log"
    path.write_text("".join(f"{utc(frame)} {_said(frame)}\n" for frame in written))
    assert read(path).raws == [frame.raw for frame in frames]


def test_two_frames_of_a_line_keep_their_order(tmp_path: Path) -> None:
    """An answer that is written beside its call would be before it."""
    path = tmp_path / "a.log"
    pairs = [(f'[2,"{n}","Heartbeat",{{}}]', f'[3,"{n}",{{"currentTime":"2026-03-14T09:30:0{n}Z"}}]') for n in range(5)]
    lines = [f"2026-03-14T09:30:0{n}Z CP-77 {call} => {answer}\n" for n, (call, answer) in enumerate(pairs)]
    path.write_text("".join(reversed(lines)))
    assert read(path).raws == [text for pair in pairs for text in pair]
