"""Where problems, calls and gaps in time lie among the rows of a selection, for a strip of any height."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from math import log2
from operator import sub
from time import perf_counter
from typing import NamedTuple

from ocpptui.filter.selection import Selection
from ocpptui.ocpp.date_times import SECOND
from ocpptui.timeline.folded_column import Column
from ocpptui.timeline.record import RecordKind
from ocpptui.timeline.severity import Severity

MOST_BLOCKS = 2048
"""Into how many blocks the rows are divided at most; a strip has fewer lines."""
STEP = 2048
"""How many rows are measured between two checks of the time."""
LEVELS = 8
"""How many degrees of density are distinguished; each has half as many calls in the same time as the next one."""
USUAL = 4
"""That of the median."""
SHORTEST_GAP = 60 * SECOND
"""µs. A gap is also at least as long as the time that a line of the strip would cover."""


class DensityCell(NamedTuple):
    """What the rows contain that one line of the strip is for."""

    severity: Severity
    """That of the worst finding."""
    calls: int
    """How closely calls follow each other: 0 for none, USUAL in most places, up to LEVELS."""
    gap: bool
    """Whether there is a gap in time before one of the rows."""


class Density:
    """Follows a selection. The rows are measured once, in blocks of equal size, which doubles when there are too many.

    Call `advance` until it returns True, and again whenever the selection has grown or findings may have been revised.
    """

    def __init__(self, selection: Selection) -> None:
        self._selection = selection
        self._moved = selection.moved_rows()
        self._timeline = selection.timeline
        self._size = 1  # rows of a block
        self._measured = 0  # rows before this one are measured; blocks after it show what was there before
        self._last_time = 0  # of the row before that one
        self._revised = len(self._timeline.revised)
        self._worst = bytearray()  # a value for each block
        self._calls = array("I")
        self._gaps = array("q")  # the longest time before one of its rows, in µs
        self._times = array("q")  # of its first row

    def advance(self, budget_s: float) -> bool:
        """Measure for about `budget_s` seconds; True when all rows are measured."""
        selection, until = self._selection, perf_counter() + budget_s
        self._go_back(self._moved.take())
        while self._measured < len(selection):
            self._measure(min(self._measured + STEP, len(selection)))
            if perf_counter() > until:
                break
        blocks = self._blocks
        for column in (self._worst, self._calls, self._gaps, self._times):
            del column[blocks:]
        return self._take_in_revisions(until) and self._measured == len(selection)

    @property
    def _blocks(self) -> int:
        """How many blocks all rows need."""
        return -(-len(self._selection) // self._size)

    def _go_back(self, row: int) -> None:
        """Measure again from the block of this row on, since the rows from there on are other ones."""
        if row < self._measured:
            self._measured = row // self._size * self._size
            self._last_time = self._time(self._measured - 1) if self._measured else 0

    def _time(self, row: int) -> int:
        return self._timeline.times[self._selection.index_of_row(row)]

    def _measure(self, stop: int) -> None:
        start, timeline = self._measured, self._timeline
        indexes = self._selection.indexes(start, stop)
        severities = bytes(values_at(timeline.severities, indexes))
        kinds = bytes(values_at(timeline.kinds, indexes))
        times = values_at(timeline.times, indexes)
        gaps = list(map(sub, times, [self._last_time if start else times[0], *times[:-1]]))
        place = start
        while place < stop:
            if place // self._size >= MOST_BLOCKS:
                self._double()
            block = place // self._size
            end = min((block + 1) * self._size, stop)
            part = slice(place - start, end - start)
            worst, gap = max(severities[part]), max(gaps[part])
            calls = sum(kinds.count(kind, place - start, end - start) for kind in _CALLS)
            if place % self._size:
                worst, gap = max(worst, self._worst[block]), max(gap, self._gaps[block])
                calls += self._calls[block]
                first = self._times[block]
            else:
                first = times[place - start]
            for column, value in ((self._worst, worst), (self._calls, calls), (self._gaps, gap), (self._times, first)):
                if block < len(column):
                    column[block] = value
                else:
                    column.append(value)
            place = end
        self._measured, self._last_time = stop, times[-1]

    def _double(self) -> None:
        """Make one block of two."""
        self._size *= 2
        self._worst = bytearray(map(max, self._worst[::2], self._worst[1::2]))
        self._calls = array("I", map(int.__add__, self._calls[::2], self._calls[1::2]))
        self._gaps = array("q", map(max, self._gaps[::2], self._gaps[1::2]))
        self._times = self._times[::2]

    def _take_in_revisions(self, until: float) -> bool:
        """Take in what was found since, or ceased to be; True when that is done."""
        timeline, selection = self._timeline, self._selection
        revised = timeline.revised
        while self._revised < len(revised):
            index = revised[self._revised]
            self._revised += 1
            if not selection.contains(index) or (row := selection.row_of(index)) >= self._measured:
                continue
            block, severity = row // self._size, timeline.severities[index]
            if severity >= self._worst[block]:
                self._worst[block] = severity
            else:
                rows = selection.indexes(block * self._size, min((block + 1) * self._size, self._measured))
                self._worst[block] = max(values_at(timeline.severities, rows))
                if perf_counter() > until:
                    return False
        return True

    # -- the strip ----------------------------------------------------------------------------------------------

    def cells(self, height: int) -> list[DensityCell]:
        """The lines of a strip of this height; none if the rows need no more lines themselves."""
        if height < 1 or len(self._selection) <= height or not self._times:
            return []
        latest = self._last_time if self._measured == len(self._selection) else self._times[-1]
        shortest_gap = max(SHORTEST_GAP, (latest - self._times[0]) // height)
        measured = []
        for line in range(height):
            first, stop = self._blocks_of(line, height)
            if first >= len(self._times):
                break
            end = self._times[stop] if stop < len(self._times) else latest
            rate = sum(self._calls[first:stop]) / max(end - self._times[first], 1)
            measured.append((Severity(max(self._worst[first:stop])), rate, max(self._gaps[first:stop])))
        rates = sorted(rate for _, rate, _ in measured if rate)
        usual = rates[len(rates) // 2] if rates else 1.0
        return [DensityCell(severity, _level(rate / usual), gap >= shortest_gap) for severity, rate, gap in measured]

    def _blocks_of(self, line: int, height: int) -> tuple[int, int]:
        """The first block of a line, and the one after the last."""
        first = line * self._blocks // height
        return first, max((line + 1) * self._blocks // height, first + 1)

    def row_to_show(self, line: int, height: int) -> int:
        """The row to which a line of the strip leads: the first of its worst problem, after its gap, or the first."""
        cells = self.cells(height)
        if line >= len(cells):
            return min(line, len(self._selection) - 1)
        cell, timeline = cells[line], self._timeline
        first, stop = (block * self._size for block in self._blocks_of(line, height))
        indexes = self._selection.indexes(first, min(stop, self._measured))
        if cell.severity.is_problem:
            return first + max(bytes(values_at(timeline.severities, indexes)).find(cell.severity), 0)
        if cell.gap:
            times = values_at(timeline.times, indexes)
            gaps = list(map(sub, times, [self._time(first - 1) if first else times[0], *times[:-1]]))
            return first + gaps.index(max(gaps))
        return first


def _level(times_usual: float) -> int:
    return min(max(USUAL + round(log2(times_usual)), 1), LEVELS) if times_usual else 0


def values_at(column: Column, indexes: Sequence[int]) -> Sequence[int]:
    """The values of a column for indexes that grow."""
    if isinstance(indexes, range):
        return column[indexes.start : indexes.stop]
    return list(map(column.__getitem__, indexes))


_CALLS = (RecordKind.CALL, RecordKind.SEND)
