"""Records ready for the timeline: masked, judged, in columns, and as lines of a recording.

The process that reads a large log makes them, and the one with the timeline has almost nothing left to do.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from ocpptui.recording.line_format import from_line, to_line
from ocpptui.timeline.columns import Batch
from ocpptui.timeline.masking import Masking
from ocpptui.timeline.record import Record
from ocpptui.timeline.record_batches import RecordBatches


@dataclass(slots=True)
class FinishedRecords:
    """Some records of one file, in their order."""

    batch: Batch
    """The records in columns. Their offsets count from the first of `lines`."""
    lines: bytes
    """The records as a recording."""
    numbers: array[int]
    """For each record, the number of its line in the file; 0 if it is in none."""
    secrets: list[str]
    """What was masked."""

    def __len__(self) -> int:
        return len(self.batch)

    def packed(self) -> tuple[Any, ...]:
        """Itself as simple values for `marshal`, to be read by `unpacked` in another process."""
        return self.batch.packed(), self.lines, self.numbers.tobytes(), self.secrets

    @classmethod
    def unpacked(cls, packed: tuple[Any, ...]) -> FinishedRecords:
        """The records that were packed."""
        batch, lines, numbers, secrets = packed
        return cls(Batch.unpacked(batch), lines, array("I", numbers), secrets)

    def leave_out(self, count: int) -> None:
        """Remove the first records. What later ones share with them stays known."""
        kept = self.batch.offsets[count] if count < len(self) else len(self.lines)
        self.batch.leave_out(count)
        self.batch.offsets = array("q", [offset - kept for offset in self.batch.offsets])
        self.lines, self.numbers = self.lines[kept:], self.numbers[count:]

    def records(self) -> Iterator[Record]:
        """The records one by one."""
        for line, number in zip(self.lines.splitlines(), self.numbers, strict=True):
            record = from_line(line)
            assert isinstance(record, Record)
            record.line = number
            yield record


class RecordFinisher:
    """Makes them of the records of one file, all in their order."""

    def __init__(self, *, keeps_secrets: bool) -> None:
        self._lines: list[bytes] = []
        self._secrets: list[str] = []
        masking = Masking(keeps_secrets=keeps_secrets, of_files=True, found=self._secrets.extend)
        self._batches = RecordBatches(self._keep, masking)

    def finished(self, records: Sequence[Record]) -> FinishedRecords:
        """The next records of the file."""
        batch = self._batches.batch(records)
        batch.offsets = array("q", accumulate(batch.lengths, initial=0))[: len(batch)]
        lines, numbers = b"".join(self._lines), array("I", [record.line for record in records])
        finished = FinishedRecords(batch, lines, numbers, [*self._secrets])
        self._lines.clear()
        self._secrets.clear()
        return finished

    def _keep(self, record: Record, action: str) -> tuple[int, int]:
        line = to_line(record, action)
        self._lines.append(line)
        return 0, len(line)  # where it begins is known at the end
