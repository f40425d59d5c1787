"""How the lines of the log look: which columns fit, what the times count from, and the strips that were made."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from enum import Enum

from rich.cells import cell_len
from rich.style import Style
from textual.cache import LRUCache
from textual.strip import Strip

from ocpptui.describe.safe_text import printable
from ocpptui.filter.selection import Selection
from ocpptui.filter.time_breaks import Break
from ocpptui.ocpp.date_times import DAY
from ocpptui.ocpp.durations import span_text
from ocpptui.tui.highlighting import FOUND, restyled, word_places
from ocpptui.tui.widgets.log_row import BEFORE_ANSWER, LogColumns, break_row, columns_for, log_row


class TimeShown(Enum):
    """What the times in the log count from; the value says it."""

    OF_DAY = "the time of day"
    SINCE_ROW = "the time since the row before"
    SINCE_MARK = "the time since the mark above, or since the first row"

    @property
    def following(self) -> TimeShown:
        """The next one, as a key goes through them."""
        all_of_them = list(TimeShown)
        return all_of_them[(all_of_them.index(self) + 1) % len(all_of_them)]


class LogPainter:
    """Makes the strips of a selection, and keeps those made last."""

    def __init__(self, selection: Selection) -> None:
        self.selection = selection
        self.time_shown = TimeShown.OF_DAY
        self.width = 0
        """Cells of a line."""
        self._columns = LogColumns(0, 0, 0, 0)
        self._longest_name = (0, 0)  # charge points, cells of the longest identity
        self._longest_action = (0, 0)  # actions, cells of the longest name of an answer
        self._marks: list[int] = []
        self._words = selection.query.words
        self._strips: LRUCache[tuple[object, ...], Strip] = LRUCache(1000)

    def clear(self) -> None:
        """Forget the strips: styles or texts are other ones than before."""
        self._strips.clear()

    def fit(self, width: int) -> None:
        """Lay out the columns for lines of this width."""
        charge_points = self.selection.timeline.charge_points()
        if len(charge_points) != self._longest_name[0]:
            self._longest_name = len(charge_points), max(map(len, charge_points), default=0)
        several = len(charge_points) > 1 and self.selection.charge_point is None
        actions, longest = self._longest_action
        table = self.selection.timeline.action_table
        if len(table) != actions:
            cells = (cell_len(printable(action)) for action in table[actions:])
            self._longest_action = len(table), max(longest, max(cells) + len(BEFORE_ANSWER))
        columns = columns_for(width, self._longest_name[1], several, self._longest_action[1])
        if columns != self._columns:
            self._columns, self.width = columns, width
            self.clear()

    def begin(self) -> None:
        """Look again at what all lines of one painting share."""
        if self.time_shown is TimeShown.SINCE_MARK:
            self._marks = sorted(self.selection.timeline.marks)

    def row(self, number: int, style: Callable[[str], Style], *, under_cursor: bool, waiting: bool) -> Strip:
        """The strip of a row; `style` returns each of ROW_STYLES, and depends on `under_cursor` alone."""
        index = self.selection.index_of_row(number)
        timeline = self.selection.timeline
        other = timeline.others[index]
        time = self._time_since(number, index)
        now = (other, timeline.findings[index], index in timeline.marks)
        folded = timeline.findings[other] if self.selection.is_folded and other > index else None
        key = (index, under_cursor, waiting, time, folded, *now)
        strip = self._strips.get(key)
        if strip is None:
            is_folded = self.selection.is_folded
            strip = log_row(timeline, index, self._columns, style, time=time, waiting=waiting, is_folded=is_folded)
            if self._words:
                time_of_row, *rest = strip
                places = word_places(self._words, "".join(segment.text for segment in rest))
                strip = Strip([time_of_row, *restyled(rest, places, FOUND)], strip.cell_length)
            self._strips[key] = strip
        return strip

    def between(self, line: Break, style: Callable[[str], Style]) -> Strip:
        """The strip of a line between two rows."""
        return break_row(line, self.width, style)

    def _time_since(self, row: int, index: int) -> str:
        """The time that a row shows in place of the time of day."""
        if self.time_shown is TimeShown.OF_DAY:
            return ""
        timeline = self.selection.timeline
        since = self.selection.index_of_row(max(0, row - 1))
        if self.time_shown is TimeShown.SINCE_MARK:
            place = bisect_right(self._marks, index)
            since = self._marks[place - 1] if place else self.selection.index_of_row(0)
        return since_text(timeline.between(since, index))


def since_text(microseconds: int) -> str:
    """A difference of times in seconds with milliseconds, which line up: `+0.012`, `-3.500`; of days, `+12 d 3 h`."""
    if abs(microseconds) < DAY:
        return f"{microseconds / 1e6:+.3f}"
    return f"{'-' if microseconds < 0 else '+'}{span_text(abs(microseconds))}"
