"""The rows of a timeline that a filter lets through, kept up to date in slices of time."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from time import perf_counter

from ocpptui.filter.query import Query, parse_filter
from ocpptui.timeline.record import RecordKind
from ocpptui.timeline.timeline import Timeline

SHORTEST_STEP, FIRST_STEP, LONGEST_STEP = 16, 256, 65_536
"""Records that are tested between two looks at the stopwatch."""


class Selection:
    """Rows, counted from 0, and the indexes of their records in the timeline, in the order of the timeline.

    Without a filter a row is an index, and nothing is kept. With one, `advance` has to be called until it has caught up
    and again when the timeline has grown; an answer that arrives may bring in or take out the row of its call.
    """

    def __init__(self, timeline: Timeline, query: Query | None = None, charge_point: str | None = None) -> None:
        self.timeline = timeline
        self.query = parse_filter("") if query is None else query
        """As it was given; `charge_point` narrows it further."""
        self.charge_point = charge_point
        self.changes = 0
        """Counts the rows that came or went elsewhere than at the end, where other rows moved."""
        self._filter = self.query if charge_point is None else self.query.of_charge_point(charge_point)
        self._all = self._filter.matches_all
        self._rows = array("I")
        self._tested = 0
        self._known = len(timeline)  # no answer before this one was still to come when its call was tested
        self._step = FIRST_STEP

    def __len__(self) -> int:
        return len(self.timeline) if self._all else len(self._rows)

    @property
    def progress(self) -> float:
        """How much of the timeline is tested, 0 to 1."""
        return 1.0 if self._all or not len(self.timeline) else self._tested / len(self.timeline)

    def index_of_row(self, row: int) -> int:
        """The timeline's index of a row from 0 to before the length."""
        return row if self._all else self._rows[row]

    def row_of(self, index: int) -> int:
        """The row of a record, or that of the nearest before it that is in; 0 where there is none before it."""
        if self._all:
            return max(0, min(index, len(self.timeline) - 1))
        return max(0, bisect_right(self._rows, index) - 1)

    def contains(self, index: int) -> bool:
        """Whether a record is in."""
        if self._all:
            return 0 <= index < len(self.timeline)
        row = bisect_left(self._rows, index)
        return row < len(self._rows) and self._rows[row] == index

    def advance(self, budget_s: float) -> bool:
        """Test records that are not tested yet, for about `budget_s` seconds; True when none are left."""
        if self._all:
            return True
        began = perf_counter()
        now = began
        while self._tested < len(self.timeline):
            self._test(min(self._tested + self._step, len(self.timeline)))
            before, now = now, perf_counter()
            if now - before < budget_s / 8:
                self._step = min(self._step * 2, LONGEST_STEP)
            elif now - before > budget_s / 2:
                self._step = max(self._step // 2, SHORTEST_STEP)
            if now - began >= budget_s:
                break
        return self._tested == len(self.timeline)

    def retest(self, index: int) -> bool:
        """Test a record again of which something changed, such as its mark; True if its row came or went."""
        if self._all or index >= self._tested:
            return False
        matches = self._filter.matches(self.timeline, index)
        if matches == self.contains(index):
            return False
        row = bisect_left(self._rows, index)
        if matches:
            self._rows.insert(row, index)
        else:
            del self._rows[row]
        self.changes += row < len(self._rows) - matches
        return True

    def _test(self, stop: int) -> None:
        start = self._tested
        self._rows.extend(self._filter.select(self.timeline, start, stop))
        self._tested = stop
        if self._filter.follows_answers and stop > self._known:
            for answer in range(max(start, self._known), stop):
                call = self.timeline.others[answer]
                if 0 <= call < start and self.timeline.kinds[call] == RecordKind.CALL:
                    self.retest(call)
