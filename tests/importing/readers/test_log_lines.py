"""A log is read line by line, also where one line is as long as a file."""

from __future__ import annotations

import json
from pathlib import Path

from ocpptui.importing.importer import Importer
from ocpptui.importing.reader import ImportOptions
from ocpptui.importing.readers.log_lines import LONG
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
