"""Where in its file each line of a recording is, also after a part of the file was lost."""

from __future__ import annotations

from collections import deque
from typing import NamedTuple


class _Gap(NamedTuple):
    """A lost part: its offsets, and how far each later offset is from its position in the file."""

    start: int
    stop: int
    shift: int


class FileOffsets:
    """Translates the offsets of a recording, which only grow, to positions in its file.

    An offset is never given to a second line. A row of the timeline leads to its own line, or to none if that was lost.
    """

    def __init__(self) -> None:
        self._gaps: list[_Gap] = []

    @property
    def any_lost(self) -> bool:
        """Whether something was lost; until then, offset and position are the same."""
        return bool(self._gaps)

    def position(self, offset: int) -> int | None:
        """The position in the file of the byte at an offset; None if it is lost."""
        shift = 0
        for gap in self._gaps:
            if offset < gap.start:
                break
            if offset < gap.stop:
                return None
            shift = gap.shift
        return offset - shift

    def offset(self, position: int) -> int:
        """The offset of the byte at a position in the file."""
        shift = 0
        for gap in self._gaps:
            if position < gap.start - shift:
                break
            shift = gap.shift
        return position + shift

    def lose(self, start: int, stop: int) -> None:
        """Note that the bytes from position `start` to before `stop` are lost: what followed is now at `start`."""
        if start == stop:
            return
        first, after = self.offset(start), self.offset(stop)
        before = [gap for gap in self._gaps if gap.start < first]
        behind = [gap._replace(shift=gap.shift + stop - start) for gap in self._gaps if gap.start > after]
        self._gaps = [*before, _Gap(first, after, after - start), *behind]


class RecentLines:
    """The most recent lines of a recording, up to a number of bytes, for a file that another program truncates."""

    def __init__(self, most: int) -> None:
        self.lines: deque[bytes] = deque()
        """Oldest first. They follow each other without anything in between."""
        self.start = 0
        """The offset of the first one."""
        self.end = 0
        """The offset of the next one."""
        self._most = most

    def add(self, offset: int, lines: list[bytes], size: int) -> None:
        """Add the lines at an offset, `size` bytes in all."""
        if offset != self.end:
            self.lines.clear()
        if not self.lines:
            self.start = offset
        self.lines.extend(lines)
        self.end = offset + size
        while self.end - self.start > self._most:
            self.start += len(self.lines.popleft())

    def drop_before(self, offset: int) -> None:
        """Forget the lines before an offset."""
        while self.lines and self.start < offset:
            self.start += len(self.lines.popleft())
