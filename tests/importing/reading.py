"""Reads files of other tools as the program does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ocpptui.importing.importer import Importer
from ocpptui.importing.reader import ImportOptions
from ocpptui.timeline.record import Record
from ocpptui.timeline.timeline import Timeline


@dataclass
class Read:
    """The result of reading some files."""

    timeline: Timeline
    records: list[Record]
    importer: Importer

    @property
    def raws(self) -> list[str | bytes | None]:
        return [record.raw for record in self.records]


def read(paths: Path | Sequence[Path], choices: ImportOptions | None = None) -> Read:
    """Read these files completely."""
    timeline = Timeline()
    importer = Importer([paths] if isinstance(paths, Path) else paths, timeline, choices or ImportOptions())
    while not importer.advance(10):
        pass
    records = [timeline.record(index) for index in range(len(timeline))]
    importer.close()
    return Read(timeline, records, importer)
