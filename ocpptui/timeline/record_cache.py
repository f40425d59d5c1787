"""The records that were recently appended or read, so that a screen or a listener does not read them again."""

from __future__ import annotations

from ocpptui.timeline.record import Record


class RecordCache:
    """A few records by their index; a record replaces one whose index differs by a multiple of KEPT."""

    KEPT = 512
    LONGEST = 16_384
    """Length of the longest message that is kept, in characters, so that the memory is bounded."""

    def __init__(self) -> None:
        self._kept: list[tuple[int, Record] | None] = [None] * self.KEPT

    def put(self, index: int, record: Record) -> None:
        """Keep a record, unless it is long."""
        if record.raw is None or len(record.raw) <= self.LONGEST:
            self._kept[index % self.KEPT] = (index, record)

    def get(self, index: int) -> Record | None:
        """The record at this index; None if it is no longer kept."""
        kept = self._kept[index % self.KEPT]
        return kept[1] if kept is not None and kept[0] == index else None
