"""The numbers of the lines of a file, from where they begin."""

from __future__ import annotations

from array import array
from collections.abc import Callable

BLOCK = 2**16
"""Bytes between two places whose line number is kept."""


class LineNumbers:
    """Counts the lines of a file as far as they are asked for, each block once."""

    def __init__(self, read: Callable[[int, int], bytes]) -> None:
        """`read` returns a number of bytes (the second argument) at an offset (the first), fewer at the end."""
        self._read = read
        self._before = array("Q", [0])  # line feeds before each block
        self._last = 0, 1  # the place that was asked for last, and its number

    def at(self, offset: int) -> int:
        """The number, from 1, of the line that has the byte at an offset."""
        last, number = self._last
        if last <= offset < last + BLOCK:  # mostly one line is asked for after the other
            number += self._read(last, offset - last).count(b"\n")
        else:
            number = self._counted(offset)
        self._last = offset, number
        return number

    def _counted(self, offset: int) -> int:
        block, rest = divmod(offset, BLOCK)
        while len(self._before) <= block:
            start = (len(self._before) - 1) * BLOCK
            self._before.append(self._before[-1] + self._read(start, BLOCK).count(b"\n"))
        return self._before[block] + self._read(block * BLOCK, rest).count(b"\n") + 1
