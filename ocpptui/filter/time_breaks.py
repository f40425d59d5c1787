"""The lines of a log: the rows of a selection, and one before each new day and after each long gap in time."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from datetime import date, datetime, timedelta
from itertools import pairwise
from time import perf_counter
from typing import NamedTuple

from ocpptui.filter.density import values_at
from ocpptui.filter.selection import Selection
from ocpptui.ocpp.date_times import SECOND, local_datetime

STEP = 4096
"""How many rows are looked at between two checks of the time."""
SHORTEST_GAP = 5 * 60 * SECOND
"""µs. A gap is also so long that at most one row in MOST_GAPS comes after one."""
MOST_GAPS = 10
FEW_GAPS = 4
"""So many gaps are shown in the shortest log."""


class Break(NamedTuple):
    """A line between two rows."""

    day: date | None
    """The local day that begins; None if it is still the same one."""
    gap: int
    """The time since the row before, in µs; 0 if it is not long."""


class TimeBreaks:
    """Follows a selection. Call `advance` until it returns True, and again whenever the selection has grown.

    Lines and rows count from 0. Rows that have not been looked at yet follow each other without breaks.
    """

    def __init__(self, selection: Selection) -> None:
        self._selection = selection
        self._moved = selection.moved_rows()
        self._looked_at = 0
        self._rows = array("I")  # those with a break before them
        self._gaps = array("q")  # µs before each of them; negative where a new day begins, too
        self._shortest_gap = SHORTEST_GAP
        self._long_gaps = 0  # how many of the gaps are that long, without those at which a day begins
        self._day = range(0)  # µs since 1970 of the local day of the last row that was looked at

    def __len__(self) -> int:
        return len(self._selection) + len(self._rows)

    def advance(self, budget_s: float) -> bool:
        """Look at further rows for about `budget_s` seconds; True when none are left."""
        self._go_back(self._moved.take())
        until = perf_counter() + budget_s
        while self._looked_at < len(self._selection):
            self._look_at(min(self._looked_at + STEP, len(self._selection)))
            if perf_counter() > until:
                break
        return self._looked_at == len(self._selection)

    def line_of(self, row: int) -> int:
        """The line of a row."""
        return row + bisect_right(self._rows, row)

    def row_at(self, line: int) -> int:
        """The row in a line; of a break, the row after it."""
        place = bisect_left(self._lines_of_breaks, line)
        return line - place

    def break_at(self, line: int) -> Break | None:
        """The break in a line; None if there is a row."""
        place = bisect_left(self._lines_of_breaks, line)
        if place == len(self._rows) or self._rows[place] + place != line:
            return None
        gap = self._gaps[place]
        time = self._selection.timeline.times[self._selection.index_of_row(self._rows[place])]
        return Break(_local(time).date() if gap < 0 else None, abs(gap) if abs(gap) >= self._shortest_gap else 0)

    @property
    def _lines_of_breaks(self) -> _LinesOfBreaks:
        return _LinesOfBreaks(self._rows)

    def _go_back(self, row: int) -> None:
        """Look again from this row on, since the rows from there on are other ones."""
        if row >= self._looked_at:
            return
        self._looked_at = row
        place = bisect_left(self._rows, row)
        self._long_gaps -= sum(gap > 0 for gap in self._gaps[place:])
        del self._rows[place:], self._gaps[place:]
        self._day = _day_around(self._time(row - 1)) if row else range(0)

    def _time(self, row: int) -> int:
        return self._selection.timeline.times[self._selection.index_of_row(row)]

    def _look_at(self, stop: int) -> None:
        start = self._looked_at
        times = values_at(self._selection.timeline.times, self._selection.indexes(start, stop))
        before = self._time(start - 1) if start else times[0]
        begin, end, shortest = self._day.start, self._day.stop, self._shortest_gap
        for row, (last, time) in enumerate(pairwise([before, *times]), start):
            if begin <= time < end and time - last < shortest:
                continue
            gap = max(time - last, 1)
            if not begin <= time < end:
                self._day = _day_around(time)
                begin, end, gap = self._day.start, self._day.stop, -gap
            self._rows.append(row)
            self._gaps.append(gap)
            self._long_gaps += gap > 0
        self._looked_at = stop
        self._leave_out_short_gaps()

    def _leave_out_short_gaps(self) -> None:
        """Where there are many gaps, as in a log of heartbeats, only the longest say something."""
        most = FEW_GAPS + self._looked_at // MOST_GAPS
        while self._long_gaps > most:
            self._shortest_gap *= 2
            kept = [place for place, gap in enumerate(self._gaps) if gap < 0 or gap >= self._shortest_gap]
            self._rows = array("I", map(self._rows.__getitem__, kept))
            self._gaps = array("q", map(self._gaps.__getitem__, kept))
            self._long_gaps = sum(gap > 0 for gap in self._gaps)


class _LinesOfBreaks:
    """The line of each break, computed when it is asked for."""

    def __init__(self, rows: array[int]) -> None:
        self._rows = rows

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, place: int) -> int:
        return self._rows[place] + place


def _local(time: int) -> datetime:
    """The local date and time; the second day of 1970 for a time that the operating system does not know."""
    return local_datetime(time) or datetime(1970, 1, 2)


def _day_around(time: int) -> range:
    """The local day around a time, in µs since 1970."""
    midnight = _local(time).replace(hour=0, minute=0, second=0, microsecond=0)
    first = int(midnight.timestamp()) * SECOND
    following = int((midnight + timedelta(days=1)).timestamp()) * SECOND
    return range(first, following) if first <= time < following else range(time, time + 1)
