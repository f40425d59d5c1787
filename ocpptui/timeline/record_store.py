"""Where the records of a timeline are kept: a recording file, or memory."""

from __future__ import annotations

from typing import Protocol

from ocpptui.timeline.record import Record


class RecordStore(Protocol):
    """Gives back the records that it was given, by the place that it named for each."""

    def record(self, offset: int, length: int) -> Record:
        """The record at this place. What can no longer be read is a NOTE that says so; nothing is raised."""
        ...

    def data(self, offset: int, length: int) -> bytes:
        """What this stretch of a recording holds, for a glance at many records at once; empty where there is none."""
        return b""


class MemoryStore:
    """Records kept in memory, for what has no file: tests, and sessions that do not record."""

    def __init__(self) -> None:
        self._records: list[Record] = []

    def append(self, record: Record) -> tuple[int, int]:
        """Keep a record; its place, to be handed to `record`."""
        self._records.append(record)
        return len(self._records) - 1, 0

    def record(self, offset: int, length: int) -> Record:
        return self._records[offset]

    def data(self, offset: int, length: int) -> bytes:
        return b""
