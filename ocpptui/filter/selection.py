"""The rows of a timeline that match a filter, kept up to date in slices of time."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from time import perf_counter

from ocpptui.filter.query import Query, parse_filter
from ocpptui.timeline.timeline import Timeline

SHORTEST_STEP, FIRST_STEP, LONGEST_STEP = 16, 256, 65_536
"""How many records are tested between two checks of the time."""


class Selection:
    """Rows, counted from 0, and the indexes of their records in the timeline, in the order of the timeline.

    Without a filter, rows equal indexes and nothing is kept. With a filter, call `advance` until it has caught up, and
    again whenever the timeline has grown; a new answer may add or remove the row of its call. `is_folded` leaves out
    the answers to the calls that have a row.
    """

    def __init__(
        self,
        timeline: Timeline,
        query: Query | None = None,
        charge_point: str | None = None,
        *,
        is_folded: bool = False,
    ) -> None:
        self.timeline = timeline
        self.query = parse_filter("") if query is None else query
        """The query as given; `charge_point` limits it further."""
        self.charge_point = charge_point
        self.is_folded = is_folded
        self.changes = 0
        """Counts the rows that were added or removed before the end, which moved other rows."""
        self._followers: list[MovedRows] = []
        self._filter = self.query if charge_point is None else self.query.of_charge_point(charge_point)
        self._all = self._filter.matches_all and not is_folded
        self._rows = array("I")
        self._tested = 0
        self._revised = len(timeline.revised)  # findings revised before this index are taken into account
        self._known = len(timeline)  # all answers before this index were known when their calls were tested
        self._step = FIRST_STEP

    def __len__(self) -> int:
        return len(self.timeline) if self._all else len(self._rows)

    @property
    def progress(self) -> float:
        """The tested part of the timeline, 0 to 1."""
        return 1.0 if self._all or not len(self.timeline) else self._tested / len(self.timeline)

    def index_of_row(self, row: int) -> int:
        """The timeline index of a row, which is from 0 to before the length."""
        return row if self._all else self._rows[row]

    def row_of(self, index: int) -> int:
        """The row of a record, or of the nearest selected record before it; 0 if there is none."""
        if self._all:
            return max(0, min(index, len(self.timeline) - 1))
        return max(0, bisect_right(self._rows, index) - 1)

    def indexes(self, start: int, stop: int) -> Sequence[int]:
        """The timeline indexes of the rows from `start` to before `stop`; a range if none is left out."""
        return range(start, stop) if self._all else self._rows[start:stop]

    def moved_rows(self) -> MovedRows:
        """What tells a new follower of the rows, from now on, which of them moved."""
        follower = MovedRows(self)
        self._followers.append(follower)
        return follower

    def contains(self, index: int) -> bool:
        """Whether a record is selected."""
        if self._all:
            return 0 <= index < len(self.timeline)
        row = bisect_left(self._rows, index)
        return row < len(self._rows) and self._rows[row] == index

    def advance(self, budget_s: float) -> bool:
        """Test further records for about `budget_s` seconds; True when none are left."""
        if self._all:
            return True
        self._take_in_revisions()
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
        """Test a changed record again, for example after marking; True if its row was added or removed."""
        if self._all or index >= self._tested:
            return False
        matches = self._filter.matches(self.timeline, index) and not self._is_folded_away(index)
        if matches == self.contains(index):
            return False
        row = bisect_left(self._rows, index)
        if matches:
            self._rows.insert(row, index)
        else:
            del self._rows[row]
        moved_others = row < len(self._rows) - matches
        self.changes += moved_others
        if moved_others or not matches:  # another row may take the place of one that was removed at the end
            for follower in self._followers:
                follower.note(row)
        if self.is_folded and (other := self.timeline.others[index]) > index:
            self.retest(other)
        return True

    def _is_folded_away(self, index: int) -> bool:
        """Whether a record is an answer that is shown in the row of its call."""
        if not self.is_folded:
            return False
        call = self.timeline.others[index]
        return 0 <= call < index and self.contains(call)

    def _take_in_revisions(self) -> None:
        """Test the records again in which something was found since, or ceased to be."""
        revised = self.timeline.revised
        if self._filter.follows_findings:
            for index in revised[self._revised :]:
                self.retest(index)
        self._revised = len(revised)

    def _test(self, stop: int) -> None:
        start = self._tested
        found = self._filter.select(self.timeline, start, stop)
        if self.is_folded:
            others, rows = self.timeline.others, set(found)

            def has_line(one: int) -> bool:
                return others[one] > one or (others[one] not in rows and not self._is_folded_away(one))

            found = list(filter(has_line, found))
        self._rows.extend(found)
        self._tested = stop
        if self._filter.follows_answers and stop > self._known:
            for answer in range(max(start, self._known), stop):
                call = self.timeline.others[answer]
                if 0 <= call < start:
                    self.retest(call)


class MovedRows:
    """From which row on one follower of a selection has to look again."""

    def __init__(self, selection: Selection) -> None:
        self._selection = selection
        self._first: int | None = None

    def note(self, row: int) -> None:
        """A row was added here, before the end, or removed."""
        self._first = row if self._first is None else min(row, self._first)

    def take(self) -> int:
        """The first row that was added before the end, or removed, since the last call, or else the number of rows."""
        first, self._first = self._first, None
        return len(self._selection) if first is None else min(first, len(self._selection))
