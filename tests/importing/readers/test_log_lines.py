"""A log is read line by line, also where one line is as long as a file."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from threading import Event

import pytest

from ocpptui.importing import shared_reading
from ocpptui.importing.found_frame import FoundFrame
from ocpptui.importing.import_tally import ImportTally
from ocpptui.importing.importer import Importer
from ocpptui.importing.lines.frame_finder import FrameFinder
from ocpptui.importing.reader import ImportOptions, Material
from ocpptui.importing.readers.log_lines import LONG, LogLines
from ocpptui.timeline.timeline import Timeline
from tests.importing.reading import read

SHORT = '2026-11-22T10:00:00Z CP001: receive message [2,"1","Heartbeat",{}]\n'
ANSWER = '2026-11-22T10:00:09Z CP001: send [3,"2",{"status":"Accepted"}]\n'


def long_line(length: int) -> str:
    payload = json.dumps({"vendorId": "V", "data": "x" * length})
    return f'2026-11-22T10:00:08Z CP001: receive message [2,"2","DataTransfer",{payload}]\n'


def test_the_frames_of_a_long_line_stay_in_their_place(tmp_path: Path) -> None:
    """The answer to a message of megabytes would come before it."""
    (tmp_path / "a.log").write_text(SHORT + long_line(LONG) + ANSWER)
    found = read(tmp_path / "a.log")
    timeline = found.timeline
    assert [timeline.action(index) for index in range(len(timeline))] == ["Heartbeat", "DataTransfer", "DataTransfer"]
    assert timeline.other_half(1) == 2
    assert len(str(found.records[1].raw)) > LONG


def test_a_long_line_does_not_hold_up_its_caller(tmp_path: Path) -> None:
    """The screen would freeze for seconds while a thread can read."""
    (tmp_path / "a.log").write_text(SHORT + long_line(40 * LONG))
    timeline, steps = Timeline(), 0
    importer = Importer([tmp_path / "a.log"], timeline, ImportOptions())
    while not importer.advance(0.001):
        steps += 1
    importer.close()
    assert steps > 3
    assert len(timeline) == 2


@pytest.mark.parametrize("is_shared", [False, True])
def test_the_frames_of_one_line_come_in_portions(
    is_shared: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A log whose line breaks were lost would freeze the screen while its frames become rows, all at once."""
    if is_shared:
        monkeypatch.setattr(shared_reading, "LARGE", 1)
        monkeypatch.setattr("ocpptui.importing.source_file.LARGE", 1)
        monkeypatch.setattr("os.cpu_count", lambda: 2)
    count = LONG // 20
    line = "2026-11-22T10:00:00Z CP001: " + " ".join(f'[2,"{number}","Heartbeat",{{}}]' for number in range(count))
    (tmp_path / "a.log").write_text(line)
    timeline, most, before, done = Timeline(), 0, 0, False
    importer = Importer([tmp_path / "a.log"], timeline, ImportOptions())
    while not done:
        done = importer.advance(0)
        most, before = max(most, len(timeline) - before), len(timeline)
    assert [timeline.record(index).raw for index in (0, count - 1)] == [
        f'[2,"{number}","Heartbeat",{{}}]' for number in (0, count - 1)
    ]
    assert len(timeline) == count
    assert most <= count // 10
    importer.close()


def test_closing_does_not_wait_for_the_thread_that_reads_a_long_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The user presses q, and the program would go on until the line is read."""
    begun, may_end = Event(), Event()

    def take(finder: FrameFinder, number: int, line: str) -> Sequence[FoundFrame]:
        begun.set()
        assert may_end.wait(60)
        return ()

    monkeypatch.setattr(FrameFinder, "take", take)
    (tmp_path / "a.log").write_text("x" * (LONG + 1) + "\n")
    with (tmp_path / "a.log").open("rb") as file:
        steps = LogLines()._steps(Material("a.log", file), ImportTally(), ImportOptions())
        while not begun.is_set():
            next(steps)
        steps.close()  # type: ignore[attr-defined]
        assert not may_end.is_set()
    may_end.set()
