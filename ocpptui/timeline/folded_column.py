"""A column of a long session: its older values are compressed, so that a record costs 4 bytes instead of 45."""

from __future__ import annotations

import zlib
from array import array
from collections.abc import Iterable, Iterator
from itertools import accumulate
from operator import sub
from typing import Protocol, overload

CHUNK = 8192
"""How many values are compressed together."""
UNPACKED = 2
"""How many chunks a column keeps unpacked after they were read or changed."""


class Column(Protocol):
    """What code may do with a column: a part of what `array` can do."""

    def append(self, value: int, /) -> None: ...
    def extend(self, values: Iterable[int], /) -> None: ...
    def frombytes(self, values: bytes, /) -> None: ...
    def __len__(self) -> int: ...
    def __iter__(self) -> Iterator[int]: ...
    @overload
    def __getitem__(self, key: int, /) -> int: ...
    @overload
    def __getitem__(self, key: slice, /) -> array[int]: ...
    def __setitem__(self, key: int, value: int, /) -> None: ...


class FoldedColumn:
    """A `Column` that keeps the newest values in an `array` and the others compressed, in chunks of CHUNK values.

    A chunk is unpacked when one of its values is read or changed; the UNPACKED latest ones stay unpacked.
    """

    __slots__ = ("_chunks", "_start", "_tail", "_unpacked", "append", "extend", "frombytes")

    def __init__(self, values: array[int]) -> None:
        """It takes over the array."""
        self._chunks: list[bytes] = []
        self._unpacked: dict[int, tuple[array[int], bool]] = {}
        """By number, the one used last at the end: the values, and whether they have changed."""
        self._start = 0
        self._take(values)

    def _take(self, tail: array[int]) -> None:
        self._tail = tail
        self.append, self.extend, self.frombytes = tail.append, tail.extend, tail.frombytes

    def fold(self) -> None:
        """Compress the oldest CHUNK values that are not compressed yet; there must be as many."""
        tail = self._tail
        self._chunks.append(_packed(tail[:CHUNK]))
        self._start += CHUNK
        self._take(tail[CHUNK:])

    def __len__(self) -> int:
        return self._start + len(self._tail)

    def __iter__(self) -> Iterator[int]:
        for number in range(len(self._chunks)):
            yield from self._chunk(number)
        yield from self._tail

    @overload
    def __getitem__(self, key: int, /) -> int: ...
    @overload
    def __getitem__(self, key: slice, /) -> array[int]: ...
    def __getitem__(self, key: int | slice, /) -> int | array[int]:
        if isinstance(key, slice):
            return self._slice(*key.indices(len(self)))
        start = self._start
        if key >= start:
            return self._tail[key - start]
        if key < 0:
            return self[self._from_start(key)]
        number, place = divmod(key, CHUNK)
        return self._chunk(number)[place]

    def __setitem__(self, key: int, value: int, /) -> None:
        if key >= self._start:
            self._tail[key - self._start] = value
        elif key < 0:
            self[self._from_start(key)] = value
        else:
            number, place = divmod(key, CHUNK)
            values = self._chunk(number)
            values[place] = value
            self._unpacked[number] = values, True

    def _from_start(self, key: int) -> int:
        if key < -len(self):
            raise IndexError("column index out of range")
        return key + len(self)

    def _slice(self, start: int, stop: int, step: int) -> array[int]:
        if start >= self._start and step > 0:
            return self._tail[start - self._start : max(stop - self._start, 0) : step]
        values = array(self._tail.typecode)
        if step != 1:
            values.extend(self[place] for place in range(start, stop, step))
            return values
        for number in range(start // CHUNK, min((stop + CHUNK - 1) // CHUNK, len(self._chunks))):
            first = number * CHUNK
            values += self._chunk(number)[max(start - first, 0) : stop - first]
        if stop > self._start:
            values += self._tail[: stop - self._start]
        return values

    def _chunk(self, number: int) -> array[int]:
        """The values of a chunk; it is the one used last from now on."""
        unpacked = self._unpacked
        values, changed = unpacked.pop(number, (None, False))
        if values is None:
            values = _unpacked(self._chunks[number], self._tail.typecode)
            if len(unpacked) >= UNPACKED:
                oldest = next(iter(unpacked))
                other, has_changed = unpacked.pop(oldest)
                if has_changed:
                    self._chunks[oldest] = _packed(other)
        unpacked[number] = values, changed
        return values


def _packed(values: array[int]) -> bytes:
    """The differences between neighbours, compressed: times, places and the other half of an exchange mostly grow."""
    return zlib.compress(array("q", map(sub, values, [0, *values])).tobytes(), 1)


def _unpacked(chunk: bytes, typecode: str) -> array[int]:
    return array(typecode, accumulate(array("q", zlib.decompress(chunk))))
