"""A search through the rows of a log, in slices of time, for the next record that matches a query."""

from __future__ import annotations

from time import perf_counter

from ocpptui.filter.query import Query
from ocpptui.filter.selection import Selection

SHORTEST_STEP, FIRST_STEP, LONGEST_STEP = 16, 256, 65_536
"""How many records are tested between two checks of the time."""


class RecordSearch:
    """Searches the records of a timeline in one direction from an index; it finds only records in the selection."""

    def __init__(self, selection: Selection, query: Query, start: int, by: int) -> None:
        self.found: int | None = None
        """Index in the timeline of the first match; None while there is none."""
        self._selection = selection
        self._query = query
        self._next = start
        self._by = by
        self._step = FIRST_STEP

    def advance(self, budget_s: float) -> bool:
        """Search further for about `budget_s` seconds; True when a match is found or no records are left."""
        began = now = perf_counter()
        timeline = self._selection.timeline
        while self.found is None and 0 <= self._next < len(timeline):
            if self._by > 0:
                start, stop = self._next, min(self._next + self._step, len(timeline))
            else:
                start, stop = max(0, self._next - self._step + 1), self._next + 1
            matches = [index for index in self._query.select(timeline, start, stop) if self._selection.contains(index)]
            if matches:
                self.found = matches[0] if self._by > 0 else matches[-1]
            self._next = stop if self._by > 0 else start - 1
            before, now = now, perf_counter()
            if now - before < budget_s / 8:
                self._step = min(self._step * 2, LONGEST_STEP)
            elif now - before > budget_s / 2:
                self._step = max(self._step // 2, SHORTEST_STEP)
            if now - began >= budget_s:
                return self.found is not None
        return True
