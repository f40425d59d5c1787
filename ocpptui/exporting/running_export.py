"""An export that goes on in turns with the screen, shows how far it is, and can be cancelled.

`ocpptui convert` has nothing else to do meanwhile and needs none of this.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from ocpptui.exporting import Format
from ocpptui.exporting.export_summary import replaced_lines, written_lines
from ocpptui.exporting.exported_records import ExportedRecord, Extract, Redactor
from ocpptui.exporting.whole_file import whole_file
from ocpptui.filter.query import Query
from ocpptui.filter.selection import Selection
from ocpptui.runtime.work_in_turns import Turns
from ocpptui.timeline.timeline import Timeline

if TYPE_CHECKING:
    from ocpptui.redaction.redact import Redaction

GATHERED = 2**18
"""Bytes that are gathered before they are written beside the owner of the records."""
FILTERED_AT_ONCE = 0.005
"""Seconds of filtering between two pauses."""


class RedactionLevel(StrEnum):
    """How much a redaction replaces; each includes the one before."""

    NOTHING = "nothing"
    PERSONAL = "personal data"
    VENDOR = "and vendors' data"
    TEXTS = "and texts"


@dataclass(frozen=True, slots=True)
class ExportRequest:
    """What to write, and where."""

    path: Path
    format: Format
    query: Query | None = None
    """Only what it matches; None for all records."""
    charge_point: str | None = None
    """Only the records of this charge point."""
    redaction: RedactionLevel = RedactionLevel.NOTHING


@dataclass(frozen=True, slots=True)
class WrittenFile:
    """What an export has come to."""

    path: Path
    records: int
    size: int
    """Bytes."""
    lines: tuple[str, ...]
    """What was written, left out and replaced."""


class RunningExport:
    """Writes the records that a timeline has at the beginning. It owns its thread: cancel it, or go on to its end."""

    def __init__(self, timeline: Timeline, request: ExportRequest) -> None:
        self.request = request
        self._timeline = timeline
        self._phase = "beginning"
        self._done = self._total = 0
        self._turns = Turns(self._write, "export")

    @property
    def progress(self) -> tuple[str, float]:
        """What it does, and how much of that is done, from 0 to 1."""
        return self._phase, self._done / self._total if self._total else 0.0

    def advance(self, budget: float) -> bool:
        """Go on for about `budget` seconds; True when it is over."""
        return self._turns.advance(budget)

    def cancel(self) -> None:
        """End it; nothing of it is left."""
        self._turns.cancel()

    def wait(self, timeout: float) -> bool:
        """Wait for the end after `cancel`; False when `timeout` seconds have passed."""
        return self._turns.wait(timeout)

    def result(self) -> WrittenFile:
        """What it has written. Raises OSError if the file cannot be written, WorkCancelledError after `cancel`."""
        return self._turns.result()

    # -- within the thread --------------------------------------------------------------------------------------

    def _write(self, turns: Turns[WrittenFile]) -> WrittenFile:
        request = self.request
        selection = self._selected(turns)
        redaction = None
        if request.redaction is not RedactionLevel.NOTHING:
            redaction = self._redaction(turns, request.redaction)
        extract = _PausingExtract(self, turns, selection, redaction)
        with whole_file(request.path) as file:
            out = _Gathering(file, turns)
            self._begin("writing", len(extract))
            exported = request.format.exporter(extract, out)
            out.spill()
            size = file.tell() if file.seekable() else 0
        lines = list(written_lines(exported, len(extract), extract.known, request.format))
        if redaction is not None:
            lines += replaced_lines(redaction)
        return WrittenFile(request.path, exported.written, size, tuple(lines))

    def _selected(self, turns: Turns[WrittenFile]) -> Selection:
        selection = Selection(self._timeline, self.request.query, self.request.charge_point)
        self._begin("filtering", len(self._timeline))
        while not selection.advance(FILTERED_AT_ONCE):
            self._done = int(selection.progress * self._total)
            turns.pause()
        return selection

    def _redaction(self, turns: Turns[WrittenFile], level: RedactionLevel) -> Redaction:
        from ocpptui.redaction.redact import redaction_of

        self._begin("learning what to replace", len(self._timeline))

        def learned() -> None:
            self.note_one()
            turns.pause()

        is_texts = level is RedactionLevel.TEXTS
        return redaction_of(
            self._timeline, vendor=is_texts or level is RedactionLevel.VENDOR, texts=is_texts, learned=learned
        )

    def _begin(self, phase: str, total: int) -> None:
        self._phase, self._done, self._total = phase, 0, total

    def note_one(self) -> None:
        """Count a record; a format that goes over the records several times has more than all."""
        self._done = min(self._done + 1, self._total)


class _PausingExtract(Extract):
    """The records that were selected when it began; each look at one is a pause."""

    def __init__(
        self, export: RunningExport, turns: Turns[WrittenFile], selection: Selection, redactor: Redactor | None
    ) -> None:
        super().__init__(selection, redactor)
        self.known = len(selection.timeline)
        self._length = len(selection)
        self._export = export
        self._turns = turns

    def __len__(self) -> int:
        return self._length

    @property
    def indexes(self) -> Iterator[int]:
        for row in range(self._length):
            self._turns.pause()
            yield self._selection.index_of_row(row)

    def entry(self, index: int) -> ExportedRecord:
        self._turns.pause()
        self._export.note_one()
        return super().entry(index)


class _Gathering(BytesIO):
    """Writes into a file beside the owner of the records, however slow the disk is."""

    def __init__(self, file: BinaryIO, turns: Turns[WrittenFile]) -> None:
        super().__init__()
        self._file = file
        self._turns = turns

    def write(self, data, /) -> int:  # type: ignore[no-untyped-def]
        count = super().write(data)
        if self.tell() >= GATHERED:
            self.spill()
        return count

    def spill(self) -> None:
        """Write what was gathered."""
        data = self.getvalue()
        self.seek(0)
        self.truncate()
        with self._turns.beside():
            self._file.write(data)
            self._file.flush()
