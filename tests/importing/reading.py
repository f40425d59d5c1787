"""Reads files of other tools as the program does."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from ocpptui.importing.importer import Importer
from ocpptui.importing.reader import ImportOptions
from ocpptui.ocpp.date_times import micros_of
from ocpptui.ocpp.version import Direction
from ocpptui.timeline.record import Record, RecordKind
from ocpptui.timeline.timeline import Timeline
from tests.importing.conversation import Exchanged


@dataclass
class Read:
    """The result of reading some files."""

    timeline: Timeline
    records: list[Record]
    importer: Importer

    @property
    def raws(self) -> list[str | bytes | None]:
        return [record.raw for record in self.records]


@contextmanager
def opened(
    paths: Path | Sequence[Path], choices: ImportOptions | None = None, *, keep_secrets: bool = False
) -> Iterator[tuple[Timeline, Importer]]:
    """These files, read completely; the timeline can read its records until the end of the block."""
    timeline = Timeline()
    files = [paths] if isinstance(paths, Path) else paths
    importer = Importer(files, timeline, choices or ImportOptions(), keep_secrets=keep_secrets)
    try:
        while not importer.advance(10):
            pass
        yield timeline, importer
    finally:
        importer.close()


def read(paths: Path | Sequence[Path], choices: ImportOptions | None = None, *, keep_secrets: bool = False) -> Read:
    """The records of these files; their timeline can no longer read them."""
    with opened(paths, choices, keep_secrets=keep_secrets) as (timeline, importer):
        records = [timeline.record(index) for index in range(len(timeline))]
    return Read(timeline, records, importer)


def check(found: Read, frames: Sequence[Exchanged], within: timedelta, *, events: int = 0) -> None:
    """What was read is the conversation, with so many connection events in it."""
    places = [index for index, record in enumerate(found.records) if record.kind is not RecordKind.CONNECTION]
    assert len(found.records) - len(places) == events
    records = [found.records[index] for index in places]
    assert [record.raw for record in records] == [frame.raw for frame in frames]
    assert [record.direction for record in records] == [
        Direction.TO_CSMS if frame.up else Direction.TO_CHARGE_POINT for frame in frames
    ]
    assert [record.charge_point for record in records] == [frame.name for frame in frames]
    assert {record.charge_point for record in found.records} == {frame.name for frame in frames}
    halves = [found.timeline.other_half(index) for index in places]
    assert halves == [None if frame.half is None else places[frame.half] for frame in frames]
    apart = [abs(record.time - micros_of(frame.time)) for record, frame in zip(records, frames, strict=True)]
    assert max(apart) <= within / timedelta(microseconds=1)
