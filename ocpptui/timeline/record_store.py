"""The storage for the records of a timeline: a recording file, or memory."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol, TypeAlias

from ocpptui.timeline.record import Record

Place: TypeAlias = tuple[int, int]
"""Where a store keeps a record: an offset and a length, in units of the store."""


class RecordTexts(Protocol):
    """The raw texts of consecutive records. Positions count from 0 at the first of them."""

    def that_may_contain(self, runs: list[bytes], positions: Iterable[int]) -> Iterator[int]:
        """The positions of the records whose raw text may contain all of these runs.

        A run is a sequence of ASCII letters and digits in lower case; case does not matter. A position is omitted only
        if a run is certainly missing.
        """
        ...

    def raw(self, position: int) -> str | bytes | None:
        """The raw text of the message; None if there is no message."""
        ...

    def raws(self, positions: Sequence[int]) -> list[str | bytes | None]:
        """The same for many records at once."""
        ...


class RecordSource(Protocol):
    """Returns records by their place."""

    def record(self, place: Place) -> Record:
        """The record at this place. If it can no longer be read, a NOTE that says so; nothing is raised."""
        ...

    def raw(self, place: Place) -> str | bytes | None:
        """The raw text of the message at this place, without the rest of the record; None if there is no message."""
        ...

    def texts(self, offsets: array[int], lengths: array[int], wanted: int) -> RecordTexts:
        """The raw texts of the records at these places, about `wanted` of which will be requested."""
        ...


class RecordStore(RecordSource, Protocol):
    """Keeps records, and returns them."""

    def keep(self, record: Record, action: str = "") -> Place:
        """Keep a record; return its place. `action` is that of the call of an answer. Nothing is raised."""
        ...


class MemoryStore:
    """Records kept in memory, for users without a file: tests, and sessions that do not record."""

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
    """The raw texts of records that are read one at a time, because reading more at once gains nothing."""

    def __init__(self, source: RecordSource, places: list[Place]) -> None:
        self._source = source
        self._places = places

    def that_may_contain(self, runs: list[bytes], positions: Iterable[int]) -> Iterator[int]:
        return iter(positions)

    def raw(self, position: int) -> str | bytes | None:
        return self._source.raw(self._places[position])

    def raws(self, positions: Sequence[int]) -> list[str | bytes | None]:
        return [self.raw(position) for position in positions]
