"""Reads the raw texts of many consecutive records from a recording as fast as possible."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from operator import add

from ocpptui.recording.line_format import raw_of_line
from ocpptui.recording.message_line import raws_in

LONGEST = 4 * 2**20
"""Bytes of a recording that are read at once."""

Read = Callable[[int, int], bytes]
"""Reads a number of bytes (the second argument) at an offset of a recording (the first); empty if it cannot."""


class LineTexts:
    """The raw texts in the lines at these places of a recording; a `RecordTexts`.

    The lines are read at once if about `wanted` of them make that worthwhile, otherwise one by one.
    """

    def __init__(self, read: Read, offsets: array[int], lengths: array[int], wanted: int) -> None:
        self._read = read
        self._offsets = offsets
        self._lengths = lengths
        self._first = min(offsets)
        length = max(map(add, offsets, lengths)) - self._first
        self._data = b""
        # If only a few are wanted, or they are far apart, each is read separately.
        if 0 <= length <= LONGEST and self._first >= 0 and wanted * 4 > len(offsets):
            self._data = read(self._first, length)

    def that_may_contain(self, runs: list[bytes], positions: Iterable[int]) -> Iterator[int]:
        """The positions without those whose lines certainly lack one of these runs of letters and digits.

        Only a line in whose raw text nothing can hide a letter (`\\u0041` for A, the Kelvin sign for k) is certain.
        """
        data, offsets, lengths, first = self._data, self._offsets, self._lengths, self._first
        if not runs or not data:
            yield from (position for position in positions if not runs or _may_contain(self._line(position), runs))
            return
        lower, clear = data.lower(), data.isascii() and not _hides_letters(data)
        for position in positions:
            begin = offsets[position] - first
            end = begin + lengths[position]
            for run in runs:
                if lower.find(run, begin, end) < 0:
                    # The run is certainly missing, if nothing in the line hides a letter.
                    if clear and data.find(_RAW, begin, end) >= 0:
                        break
                    if not clear and not _may_contain(data[begin:end], runs):
                        break
            else:
                yield position

    def raw(self, position: int) -> str | bytes | None:
        return raw_of_line(self._line(position))

    def raws(self, positions: Sequence[int]) -> list[str | bytes | None]:
        data, first = self._data, self._first
        if not data:
            return [self.raw(position) for position in positions]
        offsets, lengths = self._offsets, self._lengths
        found = raws_in([data[(begin := offsets[one] - first) : begin + lengths[one]] for one in positions])
        return [self.raw(one) if raw is None else raw for one, raw in zip(positions, found, strict=True)]

    def _line(self, position: int) -> bytes:
        offset, length = self._offsets[position], self._lengths[position]
        if self._data:
            return self._data[offset - self._first : offset - self._first + length]
        return self._read(offset, length)


def _may_contain(line: bytes, runs: list[bytes]) -> bool:
    if _RAW not in line or not line.isascii() or _hides_letters(line):
        return True
    lower = line.lower()
    return all(run in lower for run in runs)


def _hides_letters(data: bytes) -> bool:
    """Whether escapes of JSON (`\\u0041` for A) or references of XML (`&#65;`) may replace letters."""
    # One byte is found several times as fast as two, and most recordings have no `#`.
    return b"\\u" in data or (b"#" in data and b"&#" in data)


_RAW = b'"raw":'
