"""Records ready for the timeline: masked, judged, in columns, and as lines of a recording.

The process that reads a large log masks, judges and packs them. The one with the timeline makes their lines, as it has
less to do.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from ocpptui.recording.batch_lines import BatchLines, line_text
from ocpptui.recording.line_format import from_line
from ocpptui.timeline.columns import Batch
from ocpptui.timeline.masking import Masking
from ocpptui.timeline.record import Record
from ocpptui.timeline.record_batches import RecordBatches

Packed = tuple[Any, ...]
"""Finished records as simple values for `marshal`."""


@dataclass(slots=True)
class FinishedRecords:
    """Some records of one file, in their order."""

    batch: Batch
    """The records in columns, without their places."""
    lines: list[bytes]
    """The records as a recording."""
    numbers: array[int]
    """For each record, the number of its line in the file; 0 if it is in none."""
    secrets: list[str]
    """What was masked, and what else the file shows to be secret."""

    def __len__(self) -> int:
        return len(self.batch)

    @classmethod
    def unpacked(cls, packed: Packed, lines: BatchLines) -> FinishedRecords:
        """What a `RecordFinisher` of another process has packed. `lines` are those of all that it has packed."""
        columns, texts, numbers, secrets = packed
        batch = Batch.unpacked(columns)
        return cls(batch, lines.of(batch, texts), array("I", numbers), secrets)

    def leave_out(self, count: int) -> None:
        """Remove the first records. What later ones share with them stays known."""
        self.batch.leave_out(count)
        self.lines, self.numbers = self.lines[count:], self.numbers[count:]

    def records(self) -> Iterator[Record]:
        """The records one by one."""
        for line, number in zip(self.lines, self.numbers, strict=True):
            record = from_line(line)
            assert isinstance(record, Record)
            record.line = number
            yield record


class RecordFinisher:
    """Makes them of the records of one file, all in their order."""

    def __init__(self, *, keeps_secrets: bool) -> None:
        self._texts: list[bytes] = []
        self._secrets: list[str] = []
        masking = Masking(keeps_secrets=keeps_secrets, of_files=True, found=self._secrets.extend)
        self._batches = RecordBatches(self._keep, masking)

    def know(self, secrets: Iterable[str]) -> None:
        """Hand these secrets on with the next records, beside those that are masked in them."""
        self._secrets.extend(secrets)

    def finished(self, records: Sequence[Record]) -> Packed:
        """The next records of the file."""
        batch = self._batches.batch(records)
        del batch.offsets[:], batch.lengths[:]
        texts, self._texts = self._texts, []
        secrets = [*self._secrets]
        self._secrets.clear()
        return batch.packed(), texts, array("I", [record.line for record in records]).tobytes(), secrets

    def _keep(self, record: Record, action: str) -> tuple[int, int]:
        self._texts.append(line_text(record, action))
        return 0, 0  # the process that keeps the lines knows their places
