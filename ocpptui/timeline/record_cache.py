"""The records that were recently appended or read, so that a screen or a listener does not read them again."""

from __future__ import annotations

from ocpptui.timeline.record import Record


class RecordCache:
    """A few records by their index; a record replaces one whose index differs by a multiple of KEPT.

    Of long ones only the last is kept, since everything that looks at a new record looks at it at once.
    """

    KEPT = 512
    LONGEST = 16_384
    """Length of a message in characters; a longer one is long."""

    def __init__(self) -> None:
        self._kept: list[tuple[int, Record] | None] = [None] * self.KEPT
        self._long: tuple[int, Record] | None = None

    def put(self, index: int, record: Record) -> None:
        """Keep a record."""
        if record.raw is None or len(record.raw) <= self.LONGEST:
            self._kept[index % self.KEPT] = (index, record)
        else:
            self._long = (index, record)

    def get(self, index: int) -> Record | None:
        """The record at this index; None if it is no longer kept."""
        kept = self._kept[index % self.KEPT]
        if kept is not None and kept[0] == index:
            return kept[1]
        return self._long[1] if self._long is not None and self._long[0] == index else None
