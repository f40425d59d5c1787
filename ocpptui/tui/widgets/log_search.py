"""How the log goes to the next match, problem or mark."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from ocpptui.filter.query import Query, parse_filter
from ocpptui.filter.search import RecordSearch
from ocpptui.runtime.work_in_turns import FRAME_BUDGET
from ocpptui.tui.widgets.log_contents import LogContents

PROBLEM = parse_filter("problem")


class LogSearch:
    """Selects the next record of a log that is looked for, from the cursor on, or says that there is none."""

    def __init__(
        self,
        contents: LogContents,
        cursor: Callable[[], int | None],
        select: Callable[[int], None],
        say: Callable[[str], None],
    ) -> None:
        self._contents = contents
        self._cursor = cursor
        self._select = select
        self._say = say
        self._search: RecordSearch | None = None
        self._sought = _Sought(PROBLEM, 1, "")
        self._is_second_round = False  # it began at the other end

    @property
    def is_running(self) -> bool:
        """Whether a search goes on in the next frame."""
        return self._search is not None

    def end(self) -> None:
        """Search no further: the log shows other records now."""
        self._search = None

    def next_match(self, by: int) -> None:
        """Go to the next match: any row under a filter, or else a match of the last filter."""
        contents, selection, cursor = self._contents, self._contents.selection, self._cursor()
        if contents.sought.matches_all:
            self._say("There is nothing to search for; / starts a filter.")
        elif contents.filter.matches_all:
            self._search_for(_Sought(contents.sought, by, "matches"))
        elif 0 <= (row := by + (selection.row_of(cursor) if cursor is not None else 0)) < len(selection):
            self._select(selection.index_of_row(row))
        else:
            self._say("No more matches.")

    def next_problem(self, by: int) -> None:
        """Go to the next record whose worst finding is a warning or an error, and from the last one to the first.

        A log that follows new records is past all its problems.
        """
        self._search_for(_Sought(PROBLEM, by, "problems", goes_round=True))

    def next_mark(self) -> None:
        """Go to the next marked record, and from the last one to the first."""
        marks, cursor = self._contents.timeline.marks, self._cursor()
        shown = sorted(mark for mark in marks if self._contents.selection.contains(mark))
        if shown:
            later = (mark for mark in shown if cursor is not None and mark > cursor)
            self._select(next(later, shown[0]))
        elif marks:
            self._say("The filter hides the marked records.")
        else:
            self._say("No record is marked; m marks one.")

    def _search_for(self, sought: _Sought) -> None:
        """Search from the cursor for a record that the log shows, a little in each frame."""
        cursor = self._cursor()
        self._sought, self._is_second_round = sought, False
        self._begin_at(cursor + sought.by if cursor is not None else 0)

    def _begin_at(self, start: int) -> None:
        self._search = RecordSearch(self._contents.selection, self._sought.query, start, self._sought.by)
        self.go_on()

    def go_on(self) -> None:
        """Search a little further, if a search is running."""
        if self._search is None or not self._search.advance(FRAME_BUDGET):
            return
        found, self._search = self._search.found, None
        sought, is_second = self._sought, self._is_second_round
        if found is None and sought.goes_round and not is_second:
            self._is_second_round = True
            self._begin_at(0 if sought.by > 0 else len(self._contents.timeline) - 1)
        elif found is None:
            self._say(f"The log shows no {sought.words}." if is_second else f"No more {sought.words}.")
        elif is_second and found == self._cursor():
            self._say(f"The log shows no other {sought.words}.")
        else:
            if is_second:
                self._say(f"No more {sought.words}; this is the {'first' if sought.by > 0 else 'last'}.")
            self._select(found)


class _Sought(NamedTuple):
    query: Query
    by: int
    """1 for later records, -1 for earlier ones."""
    words: str
    """What these records are."""
    goes_round: bool = False
    """From the last one on to the first."""
