"""Another process has the same rows as this one, and answers what it is asked."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from operator import attrgetter, methodcaller
from pathlib import Path
from typing import Any

import pytest

from ocpptui.ocpp.version import Direction, Version
from ocpptui.recording.indexer import Indexer
from ocpptui.recording.line_format import to_line
from ocpptui.recording.recording_reader import Recording
from ocpptui.recording.timeline_process import TimelineProcess, packed_rows
from ocpptui.timeline.record import message_record
from ocpptui.timeline.timeline import Timeline
from tests.recording.indexing import index_all

PATIENCE = 60.0


@pytest.fixture
def timeline() -> Timeline:
    return Timeline()


@pytest.fixture
def indexer(tmp_path: Path, timeline: Timeline) -> Iterator[Indexer]:
    path = tmp_path / "short.jsonl"
    raws = '[2,"1","Heartbeat",{}]', '[3,"1",{"currentTime":"2026-01-01T00:00:00Z"}]', '[2,"2","Authorize",{'
    records = [
        message_record(
            raw, time=number, connection=1, charge_point="CP1", version=Version.V16, direction=Direction.TO_CSMS
        )
        for number, raw in enumerate(raws)
    ]
    path.write_bytes(b"".join(map(to_line, records)))
    indexer = index_all(path, timeline)
    yield indexer
    indexer.close()


@pytest.fixture
def process(indexer: Indexer) -> Iterator[TimelineProcess]:
    process = TimelineProcess(indexer.recording)
    yield process
    process.close()


def result(process: TimelineProcess) -> Any:
    """What comes next, or None if the process ends."""
    while (found := process.result()) is None and not process.ended:
        assert process.wait(PATIENCE)
    return found


def ask(process: TimelineProcess, function: Callable[[Any], Any]) -> Any:
    process.call(function)
    return result(process)


def test_it_has_all_rows(process: TimelineProcess, timeline: Timeline) -> None:
    """A finding of another process would be about other records than those that are shown."""
    process.give(packed_rows(timeline))
    for name, value in timeline.rows().items():
        there, here = ask(process, attrgetter(f"timeline.{name}")), value
        if name == "clock_changes":
            there, here = there.total, here.total
        elif hasattr(here, "tobytes"):
            there, here = there[:], here[:]
        assert there == here, name


def test_what_returns_nothing_is_no_result(process: TimelineProcess, timeline: Timeline) -> None:
    """Results would go to the wrong calls."""
    process.give(packed_rows(timeline))
    process.call(attrgetter("timeline.known_secrets"))
    process.call(attrgetter("kept"))
    assert ask(process, attrgetter("timeline.late_after")) == {}
    assert result(process) == timeline.late_after


def test_it_ends_if_it_cannot_do_what_it_is_asked(process: TimelineProcess, timeline: Timeline) -> None:
    """Whoever asked does it himself; he would wait for ever."""
    process.give(packed_rows(timeline))
    assert ask(process, methodcaller("no_such_method")) is None
    assert process.ended


@pytest.mark.skipif(sys.platform == "win32", reason="Windows does not let an open file be replaced")
def test_it_ends_if_the_file_is_another_one_by_now(indexer: Indexer, tmp_path: Path) -> None:
    """The rows point into the file that was open: texts of another one would be taken for its records."""
    path = indexer.recording.path
    (tmp_path / "other.jsonl").write_bytes(path.read_bytes())
    (tmp_path / "other.jsonl").replace(path)
    recording: Recording = indexer.recording
    process = TimelineProcess(recording)
    assert result(process) is None
    assert process.ended
    process.close()
