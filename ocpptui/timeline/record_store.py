"""Where the records of a timeline are kept: a recording file, or memory."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator
from typing import Protocol, TypeAlias

from ocpptui.timeline.record import Record

Place: TypeAlias = tuple[int, int]
"""Where a store keeps a record: an offset and a length, in whatever the store counts."""


class RecordTexts(Protocol):
    """The raw texts of records that follow each other. Positions count from 0 at the first of them."""

    def that_may_contain(self, runs: list[bytes], positions: Iterable[int]) -> Iterator[int]:
        """The positions of the records whose raw text may contain all of these runs.

        A run is a sequence of ASCII letters and digits in lower case; case does not matter. A position is left out
        only where the run is certainly missing.
        """
        ...

    def raw(self, position: int) -> str | bytes | None:
        """The raw text of the message; None for what is no message."""
        ...


class RecordSource(Protocol):
    """Gives back records by their place."""

    def record(self, place: Place) -> Record:
        """The record at this place. What can no longer be read is a NOTE that says so; nothing is raised."""
        ...

    def raw(self, place: Place) -> str | bytes | None:
        """The raw text of the message at this place, without the rest of the record; None for what is no message."""
        ...

    def texts(self, offsets: array[int], lengths: array[int], wanted: int) -> RecordTexts:
        """The raw texts of the records at these places, about `wanted` of which will be asked for."""
        ...


class RecordStore(RecordSource, Protocol):
    """Keeps records, and gives them back."""

    def keep(self, record: Record, action: str = "") -> Place:
        """Keep a record; its place. `action` is that of the call that an answer belongs to. Nothing is raised."""
        ...


class MemoryStore:
    """Records kept in memory, for what has no file: tests, and sessions that do not record."""

    def __init__(self) -> None:
        self._records: list[Record] = []

    def keep(self, record: Record, action: str = "") -> Place:
        self._records.append(record)
        return len(self._records) - 1, 0

    def record(self, place: Place) -> Record:
        return self._records[place[0]]

    def raw(self, place: Place) -> str | bytes | None:
        return self._records[place[0]].raw

    def texts(self, offsets: array[int], lengths: array[int], wanted: int) -> RecordTexts:
        return TextsOneByOne(self, list(zip(offsets, lengths, strict=True)))


class TextsOneByOne:
    """The raw texts of records that are asked for one at a time, because there is nothing to gain by more."""

    def __init__(self, source: RecordSource, places: list[Place]) -> None:
        self._source = source
        self._places = places

    def that_may_contain(self, runs: list[bytes], positions: Iterable[int]) -> Iterator[int]:
        return iter(positions)

    def raw(self, position: int) -> str | bytes | None:
        return self._source.raw(self._places[position])
