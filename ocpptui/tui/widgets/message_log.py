"""The log: one row per record, on Textual's line API, so that painting costs only what is visible."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from itertools import zip_longest
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import BindingType
from textual.geometry import Region
from textual.message import Message
from textual.reactive import var
from textual.strip import Strip

from ocpptui.filter.density import DensityCell
from ocpptui.filter.query import Query
from ocpptui.filter.selection import Selection
from ocpptui.runtime.work_in_turns import FRAME_BUDGET
from ocpptui.timeline.timeline import Timeline
from ocpptui.tui.commands.command import Where
from ocpptui.tui.commands.command_registry import bindings
from ocpptui.tui.widgets.density_strip import DENSITY_STYLES, density_segment
from ocpptui.tui.widgets.log_contents import LogContents
from ocpptui.tui.widgets.log_row import ROW_STYLES
from ocpptui.tui.widgets.log_search import LogSearch
from ocpptui.tui.widgets.row_view import LineView

FRAMES_A_SECOND = 30
"""How often per second the log takes in new records, however many there are."""
STRIP_BUDGET = 0.003
"""Seconds of measuring the rows for the strip beside the scrollbar between two frames."""


class MessageLog(LineView, can_focus=True):
    """The records of a timeline that a filter lets through, newest last.

    It follows the newest record until the user moves up, then pauses; back at the end it follows again. A strip beside
    the scrollbar shows where problems, calls and gaps in time lie in all rows.
    """

    STYLES: ClassVar[Mapping[str, str]] = {**LineView.STYLES, **ROW_STYLES, **DENSITY_STYLES}
    EDGE = 2  # a blank, so that a sign of the strip does not look like a part of the text
    BINDINGS: ClassVar[list[BindingType]] = bindings(Where.LOG)

    cursor: var[int | None] = var(None, init=False)
    """Timeline index of the selected record; None in an empty log. A watcher of it paints in the same frame."""

    class RecordSelected(Message):
        """The cursor moved to another record."""

        def __init__(self, log: MessageLog, index: int | None) -> None:
            super().__init__()
            self.log = log
            self.index = index
            """Timeline index; None if the log is empty."""

        @property
        def control(self) -> MessageLog:
            return self.log

        def can_replace(self, message: Message) -> bool:
            return isinstance(message, MessageLog.RecordSelected)

    class RecordOpened(Message):
        """The user wants to see the record in full."""

        def __init__(self, log: MessageLog, index: int) -> None:
            super().__init__()
            self.log = log
            self.index = index

        @property
        def control(self) -> MessageLog:
            return self.log

    class Changed(Message):
        """Rows arrived, the filter advanced, or following was switched on or off."""

        def can_replace(self, message: Message) -> bool:
            return isinstance(message, MessageLog.Changed)

    def __init__(
        self,
        timeline: Timeline,
        waiting: Callable[[], Collection[int]] = tuple,
        *,
        id: str | None = None,  # noqa: A002
    ) -> None:
        super().__init__(id=id)
        self.timeline = timeline
        self.contents = LogContents(timeline)
        """What it shows, and how."""
        self._search = LogSearch(
            self.contents, lambda: self.cursor, self.select, lambda words: self.notify(words, markup=False)
        )
        self._cells: list[DensityCell] = []  # those of the strip, from the top
        self.following = True
        self._waiting = waiting
        self._waiting_now: Collection[int] = ()  # during one frame
        self._rows = 0  # as last shown
        self._held_at = 0  # how many records had been taken in when the log paused
        self._dirty = True
        self._knows_breaks = False  # all of them
        self._is_measured = False  # all rows, for the strip
        self._revised = 0  # how many findings had been revised when the rows were last painted
        self._scrolling = False  # by ourselves

    # -- what it shows ------------------------------------------------------------------------------------------

    @property
    def selection(self) -> Selection:
        """The records that it shows."""
        return self.contents.selection

    @property
    def new_rows(self) -> int:
        """Rows that arrived since the log paused."""
        if self.following or not self._rows:
            return 0
        row_before = self.selection.row_of(self._held_at - 1) if self._held_at else -1
        known = row_before >= 0 and self.selection.index_of_row(row_before) < self._held_at
        return self._rows - (row_before + 1 if known else 0)

    @property
    def is_caught_up(self) -> bool:
        """Whether the filter has seen every record."""
        return self.selection.progress >= 1.0

    @property
    def is_searching(self) -> bool:
        """Whether a search for a match is still running."""
        return self._search.is_running

    def records_arrived(self) -> None:
        """Note that records were appended; cheap: the next frame takes them in, or this one if the log is empty."""
        self._dirty = True
        if not self._rows and self.is_attached:
            self._flush()

    def texts_changed(self) -> None:
        """Paint all rows anew: their texts are other ones than before."""
        self.contents.painter.clear()
        self.refresh()
        self.post_message(self.Changed())

    def narrow(self, query: Query | None = None, charge_point: str | None = None) -> None:
        """Show what the query matches, for one charge point or all (None); without a query, keep the current one."""
        self.contents.narrow(query, charge_point)
        self._show_selection()

    def toggle_pings(self) -> None:
        """Show pings and pongs, or hide them."""
        self.contents.toggle_pings()
        self._show_selection()

    def _show_selection(self) -> None:
        self._search.end()
        self._dirty = True
        self._flush()
        if self.cursor is not None and not self.following and self.selection.contains(self.cursor):
            self._show_cursor()

    def select(self, index: int) -> None:
        """Move the cursor to a record, or to the nearest shown one above it."""
        self.take_in()
        if self._rows:
            self._move_to(self.selection.row_of(index))

    def line_of(self, index: int) -> int:
        """The line of a record, or of the nearest shown one above it, counted from 0 with the lines between rows."""
        return self.contents.lines.line_of(self.selection.row_of(index))

    # -- taking in ----------------------------------------------------------------------------------------------

    def take_in(self) -> None:
        """Take in what arrived since the last frame: what a key goes to, such as an answer, may be in it."""
        if self._dirty:
            self._flush()

    def on_mount(self) -> None:
        self.set_interval(1 / FRAMES_A_SECOND, self._flush)
        self._flush()

    def _flush(self) -> None:
        self._search.go_on()
        revised = len(self.timeline.revised)
        if not self._dirty and self.is_caught_up and self._knows_breaks and revised == self._revised:
            if not self._is_measured:
                self._measure_density()
            return
        self._dirty, self._revised = False, revised
        if self.contents.take_in():
            self._search.end()
        self.selection.advance(FRAME_BUDGET)
        self._rows = len(self.selection)
        self._lay_out()
        self._settle_cursor()
        self._measure_density()
        self.refresh()
        self.post_message(self.Changed())

    def _measure_density(self) -> None:
        """Measure more rows for the strip, and paint the lines of it that change."""
        self._is_measured = self.contents.density.advance(STRIP_BUDGET)
        before, self._cells = self._cells, self.contents.density.cells(self.size.height)
        pairs = enumerate(zip_longest(before, self._cells))
        if changed := [Region(self.row_width, y, self.EDGE, 1) for y, (old, new) in pairs if old != new]:
            self.refresh(*changed)

    def _settle_cursor(self) -> None:
        """Put the cursor where it belongs after rows were added or removed."""
        rows, cursor = self._rows, self.cursor
        if not rows:
            if cursor is not None and self.is_caught_up:
                self.cursor = None
        elif self.following:
            self._put_cursor(rows - 1)
            self.show_row(self.max_scroll_y)
        elif cursor is None:
            self._put_cursor(0)
        elif not self.selection.contains(cursor) and (
            # Otherwise the filter may not have reached it yet.
            self.is_caught_up or self.selection.index_of_row(rows - 1) > cursor
        ):
            self._put_cursor(self.selection.row_of(cursor))
            self._show_cursor()

    def _lay_out(self) -> None:
        """Set the number of lines; what the user looks at stays where it is when a break comes or goes above it."""
        self.contents.painter.fit(self.measure())
        lines, top = self.contents.lines, self.scroll_offset.y
        row = lines.row_at(top)
        line = lines.line_of(row)
        self._knows_breaks = lines.advance(FRAME_BUDGET)
        self.set_rows(len(lines))
        if not self.following and top and lines.line_of(row) != line:
            self.show_row(top + lines.line_of(row) - line)

    def on_resize(self) -> None:
        self._lay_out()
        self._measure_density()
        self.call_after_refresh(self._keep_place)

    def _keep_place(self) -> None:
        """Scroll after a resize: to the end if the log follows, or else to the cursor."""
        if self.following:
            self.show_row(self.max_scroll_y)
        elif self.cursor is not None:
            self._show_cursor()

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self.contents.painter.clear()

    # -- painting -----------------------------------------------------------------------------------------------

    def render_lines(self, crop: Region) -> list[Strip]:
        self._waiting_now = frozenset(self._waiting())
        self.contents.painter.fit(self.measure())  # it may be painted with a new size before it hears of it
        self.contents.painter.begin()
        return super().render_lines(crop)

    def render_row(self, number: int) -> Strip:
        row = self.contents.lines.row_at(number)
        if row >= min(self._rows, len(self.selection)):  # a row may have been removed since the last frame
            return Strip.blank(self.contents.painter.width, self.part_style("dim"))
        between = self.contents.lines.break_at(number)
        if between is not None:
            return self.contents.painter.between(between, self.part_style)
        index = self.selection.index_of_row(row)
        waiting, under_cursor = index in self._waiting_now, index == self.cursor
        style = self._style_under_cursor if under_cursor else self.part_style
        return self.contents.painter.row(row, style, under_cursor=under_cursor, waiting=waiting)

    @property
    def cursor_line(self) -> int | None:
        return None if self.cursor is None or not self._rows else self._cursor_line()

    def edge(self, y: int) -> list[Segment]:
        cell = self._cells[y] if y < len(self._cells) else None
        return [Segment(" ", self.part_style("density-calls")), density_segment(cell, self.part_style)]

    def _style_under_cursor(self, part: str) -> Style:
        return self.part_style(part, *self.cursor_parts)

    # -- moving -------------------------------------------------------------------------------------------------

    def action_move(self, by: int) -> None:
        self._step(by)

    def action_page(self, by: int) -> None:
        self._step(by * max(1, self.size.height - 1))

    def _step(self, by: int) -> None:
        """Move from where the user looks, which need not be the cursor after scrolling."""
        top = self.scroll_offset.y
        line = max(top, min(self._cursor_line(), top + self.size.height - 1)) + by
        row = self.contents.lines.row_at(max(0, line)) - (by < 0 and self.contents.lines.break_at(line) is not None)
        self._move_to(row)
        if by > 0 and row >= self._rows - 1:
            self._follow(True)

    def action_first(self) -> None:
        self._move_to(0)

    def action_last(self) -> None:
        self._move_to(self._rows - 1)
        self._follow(True)

    def action_toggle_follow(self) -> None:
        if self.following:
            self._follow(False)
        else:
            self.action_last()

    def action_inspect(self) -> None:
        if self.cursor is not None:
            self.post_message(self.RecordOpened(self, self.cursor))

    def action_other_half(self) -> None:
        other = None
        if self.cursor is not None:
            other = self.timeline.other_half(self.cursor)
            other = self.timeline.call_of(self.cursor) if other is None else other
        if other is None:
            self.notify("This record has no other half.", markup=False)
        elif not self.selection.contains(other):
            self.notify(
                "The log is folded." if self.contents.is_folded else "The filter hides the other half.", markup=False
            )
        else:
            self.select(other)

    def action_fold(self) -> None:
        self.contents.toggle_fold()
        self._show_selection()

    def action_next_time(self) -> None:
        self.contents.show_next_time()
        self.texts_changed()
        self.notify(f"The log shows {self.contents.time_shown.value}.", markup=False)

    def action_mark(self) -> None:
        if self.cursor is not None:
            self.timeline.marks ^= {self.cursor}
            if self.selection.retest(self.cursor):
                self._dirty = True
                self._flush()
            self.refresh()

    def action_next_mark(self) -> None:
        self._search.next_mark()

    def action_next_match(self, by: int) -> None:
        self._search.next_match(by)

    def action_next_problem(self, by: int) -> None:
        self._search.next_problem(by)

    def _cursor_line(self) -> int:
        return self.line_of(self.cursor) if self.cursor is not None and self._rows else 0

    def _move_to(self, row_number: int) -> None:
        if not self._rows:
            return
        row_number = max(0, min(row_number, self._rows - 1))
        if row_number < self._rows - 1:
            self._follow(False)
        before = self._cursor_line()
        self._put_cursor(row_number)
        self._show_cursor()
        self.refresh_line(before)
        self.refresh_line(self._cursor_line())

    def _put_cursor(self, row_number: int) -> None:
        self.cursor = self.selection.index_of_row(row_number)

    def watch_cursor(self, index: int | None) -> None:
        self.post_message(self.RecordSelected(self, index))

    def _show_cursor(self) -> None:
        cursor, top, height = self._cursor_line(), self.scroll_offset.y, self.size.height
        if cursor <= top:
            self.show_row(cursor - (cursor > 0 and self.contents.lines.break_at(cursor - 1) is not None))
        elif cursor >= top + height:
            self.show_row(cursor - height + 1)

    def show_row(self, y: int) -> None:
        self._scrolling = True
        super().show_row(y)
        self._scrolling = False

    def _follow(self, on: bool) -> None:
        if on != self.following:
            self.following = on
            self._held_at = self.contents.taken_in
            self._settle_cursor()
            self.post_message(self.Changed())

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        clamped = old_value > self.max_scroll_y  # the user did not scroll: rows were removed, or the window grew
        if not self._scrolling and not clamped and round(new_value) != round(old_value):
            self._follow(new_value >= self.max_scroll_y)

    def on_click(self, event: events.Click) -> None:
        y = self.line_of_mouse(event)
        if self.is_on_bar(event) or y < 0:
            return
        row_number = self.contents.lines.row_at(self.scroll_offset.y + y)
        if self._cells and event.x >= self.outer_size.width - 1 - self.EDGE:
            self._move_to(self.contents.density.row_to_show(y, self.size.height))
        elif row_number < self._rows:
            self._move_to(row_number)
            if event.chain == 2:
                self.action_inspect()
