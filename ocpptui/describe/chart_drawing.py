"""Lines and staircases of a chart as characters of a terminal: braille dots, or letters where it has none.

Everything is drawn in dots, which are numbered from the top left. Times and values come as parallel sequences with
growing times; whatever their number, the work is a few steps for each column of dots.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import Enum
from itertools import groupby
from math import isnan
from typing import NamedTuple

BRAILLE = 0x2800
"""The empty braille cell (Unicode, Braille Patterns)."""
_CELLS = [" ", *(chr(BRAILLE + bits) for bits in range(1, 256))]
_DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
"""The bit of each dot of a braille cell, by row and column."""
_BITS = [
    [[sum(_DOTS[row][sub] for row in range(first, last + 1)) for last in range(4)] for first in range(4)]
    for sub in (0, 1)
]
"""The bits of the dots from one row of a cell to another, by column, first and last row."""
DASH = 4
"""Columns of dots of a dash and the space after it."""
SEVERAL = "#"
"""The letter of a cell with several series."""
NOBODY = -1
"""The owner of an empty cell."""


class Drawing(Enum):
    """What a chart is drawn with. The value is the number of dots of a cell, across and down."""

    BRAILLE = (2, 4)
    LETTERS = (1, 1)


class TimeColumns(NamedTuple):
    """A span of time, both ends included, divided into columns of equal width. Times are integers."""

    start: int
    end: int
    dots: int

    @property
    def span(self) -> int:
        return self.end - self.start + 1

    def of(self, time: int) -> int:
        """The column of a time; below 0 or from `dots` on if it is outside the span."""
        return (time - self.start) * self.dots // self.span

    def begin(self, column: int) -> int:
        """The earliest time of a column."""
        return self.start - (-column * self.span // self.dots)


class ValueRows(NamedTuple):
    """A range of values divided into rows of dots, with the highest value at the top."""

    low: float
    high: float
    dots: int

    def of(self, value: float) -> int:
        """The row of a value; values outside the range are in the first or the last."""
        if self.high <= self.low:
            return self.dots - 1
        row = round((self.high - value) / (self.high - self.low) * (self.dots - 1))
        return row if 0 <= row < self.dots else 0 if row < 0 else self.dots - 1


class ColumnPart(NamedTuple):
    """The readings of one column."""

    column: int
    first: float
    low: float
    high: float
    last: float
    is_joined: bool
    """Whether a line leads to it from the part before."""


def line_parts(
    times: Sequence[int], values: Sequence[float], is_joined: Callable[[int], bool], columns: TimeColumns
) -> Iterator[ColumnPart]:
    """The readings by column, lowest and highest included, and the nearest one on each side of the span.

    `is_joined` says of the index of a reading whether a line leads to it from the one before.
    """
    place, stop = bisect_left(times, columns.start), bisect_right(times, columns.end)
    if place:
        value = values[place - 1]
        yield ColumnPart(columns.of(times[place - 1]), value, value, value, value, False)
    while place < stop:
        column = columns.of(times[place])
        after = bisect_left(times, columns.begin(column + 1), place + 1, stop)
        part = values[place:after]
        yield ColumnPart(column, part[0], min(part), max(part), part[-1], place > 0 and is_joined(place))
        place = after
    if stop < len(times):
        value = values[stop]
        yield ColumnPart(columns.of(times[stop]), value, value, value, value, stop > 0 and is_joined(stop))


def stair_parts(
    times: Sequence[int], values: Sequence[float], until: int, columns: TimeColumns
) -> Iterator[ColumnPart]:
    """What holds in each column: a value from its time to that of the next one, the last one to `until`.

    NaN ends a value without another one.
    """
    before: int | None = None
    for column in range(columns.dots):
        begin = columns.begin(column)
        if begin > until:
            return
        start, stop = bisect_right(times, begin), bisect_left(times, columns.begin(column + 1))
        part = [value for value in values[max(start - 1, 0) : max(stop, start)] if not isnan(value)]
        if part:
            yield ColumnPart(column, part[0], min(part), max(part), part[-1], before == column - 1)
            before = column


class Canvas:
    """A grid of cells, in which each series draws its dots under its own number."""

    def __init__(self, width: int, height: int, drawing: Drawing = Drawing.BRAILLE) -> None:
        """Width and height in cells."""
        self.drawing = drawing
        self._width, self._height = width, height
        self._across, self._down = drawing.value
        self._bits = [bytearray(width) for _ in range(height)]
        self._owners = [[NOBODY] * width for _ in range(height)]
        self._letters: list[dict[int, str]] = [{} for _ in range(height)]
        self._drawn: dict[int, dict[int, int]] = {}  # by series and column of cells: a line that it drew in

    @property
    def columns(self) -> int:
        """Dots across."""
        return self._width * self._across

    @property
    def rows(self) -> int:
        """Dots down."""
        return self._height * self._down

    def column_of_cell(self, x: int) -> int:
        """The first column of dots of a cell."""
        return x * self._across

    def cell_of_column(self, column: int) -> int:
        """The cell that has a column of dots."""
        return column // self._across

    def run(self, column: int, first: int, last: int, owner: int) -> None:
        """Draw the dots of a column from one row to another, both included and inside the grid."""
        x, sub = divmod(column, self._across)
        low, high = (first, last) if first <= last else (last, first)
        top, bottom, down = low // self._down, high // self._down, self._down
        mixed = self.drawing is Drawing.LETTERS
        for y in range(top, bottom + 1):
            start = low - y * down if y == top else 0
            stop = high - y * down if y == bottom else down - 1
            self._bits[y][x] |= _BITS[sub][start][stop]
            owners = self._owners[y]
            if mixed and owners[x] not in (NOBODY, owner):
                self._letters[y][x] = SEVERAL
            owners[x] = owner
        drawn = self._drawn.get(owner)
        if drawn is None:
            drawn = self._drawn[owner] = {}
        drawn[x] = bottom

    def line(self, parts: Iterable[ColumnPart], rows: ValueRows, owner: int) -> None:
        """Draw a line through the parts, each from its lowest to its highest reading."""
        before: ColumnPart | None = None
        for part in parts:
            top, bottom = rows.of(part.high), rows.of(part.low)
            if before is not None and part.is_joined:
                if part.column == before.column + 1:
                    row = rows.of(before.last)
                    if row < top:
                        top = row + 1
                    elif row > bottom:
                        bottom = row - 1
                else:
                    self._join(before, part, rows, owner)
            if 0 <= part.column < self.columns:
                self.run(part.column, top, bottom, owner)
            before = part

    def _join(self, before: ColumnPart, part: ColumnPart, rows: ValueRows, owner: int) -> None:
        """Draw the line between two parts."""
        rise = (part.first - before.last) / (part.column - before.column)
        left = max(before.column + 1, 0)
        row = rows.of(before.last + rise * (left - 1 - before.column))
        for column in range(left, min(part.column + 1, self.columns)):
            reached = rows.of(before.last + rise * (column - before.column))
            step = (reached > row) - (reached < row)
            self.run(column, row + step, reached, owner)
            row = reached

    def stairs(self, parts: Iterable[ColumnPart], rows: ValueRows, owner: int) -> None:
        """Draw a staircase with dashed steps."""
        before: ColumnPart | None = None
        for part in parts:
            if before is not None and part.is_joined and before.last != part.first:
                self.run(part.column, rows.of(before.last), rows.of(part.first), owner)
            if part.low < part.high or part.column % DASH < DASH // 2:
                self.run(part.column, rows.of(part.low), rows.of(part.high), owner)
            before = part

    def letter(self, x: int, y: int, letter: str, owner: int) -> None:
        """Put a letter in place of the dots of a cell."""
        self._letters[y][x] = letter
        self._owners[y][x] = owner

    def line_of(self, owner: int, x: int) -> int | None:
        """A line of cells in which a series drew at a column of cells, even if others drew over it."""
        return self._drawn.get(owner, {}).get(x)

    def lines(self, letters: Sequence[str]) -> Iterator[list[tuple[str, int]]]:
        """The lines of the grid as texts with their owners. `letters` are those of the series, by their numbers."""
        of_owner = [*letters, " "]  # the last one is that of NOBODY
        for y, owners in enumerate(self._owners):
            if self.drawing is Drawing.LETTERS:
                cells = [*map(of_owner.__getitem__, owners)]
            else:
                cells = [*map(_CELLS.__getitem__, self._bits[y])]
            for x, letter in self._letters[y].items():
                cells[x] = letter
            start = 0
            runs = []
            for owner, run in groupby(owners):
                stop = start + len(list(run))
                runs.append(("".join(cells[start:stop]), owner))
                start = stop
            yield runs


def has_braille(encoding: str | None, terminal: str = "") -> bool:
    """Whether braille can be written in an encoding, and the terminal (`$TERM`) is not one whose font lacks it."""
    try:
        chr(BRAILLE + 0xFF).encode(encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return terminal != "linux"  # the console of the kernel
