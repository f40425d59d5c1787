"""The log: one row a record, on Textual's line API, so that a frame costs what is visible and nothing more."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from rich.style import Style
from textual import events
from textual.binding import BindingType
from textual.cache import LRUCache
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from ocpptui.timeline.query import Query, parse
from ocpptui.timeline.selection import Selection
from ocpptui.timeline.timeline import Timeline
from ocpptui.tui.commands import Where, bindings
from ocpptui.tui.widgets.log_row import PARTS, Columns, columns_for, row

FRAMES_A_SECOND = 30
"""How often the log takes in what is new, however much it is."""
BUDGET = 0.012
"""Seconds of filtering and searching between two frames."""
NO_PINGS = "not kind:ping not kind:pong"


class MessageLog(ScrollView, can_focus=True):
    """The records of a timeline that a filter lets through, newest last.

    It follows the newest until the user moves up, then holds still; back at the end it follows again.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"message-log--{part}" for part in PARTS}
    BINDINGS: ClassVar[list[BindingType]] = bindings(Where.LOG)

    class RecordSelected(Message):
        """The cursor stands on another record."""

        def __init__(self, log: MessageLog, index: int | None) -> None:
            super().__init__()
            self.log = log
            self.index = index
            """Place in the timeline; None where the log is empty."""

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
        """Rows came, the filter advanced, or following went on or off."""

        def can_replace(self, message: Message) -> bool:
            return isinstance(message, MessageLog.Changed)

    def __init__(
        self,
        timeline: Timeline,
        waiting: Callable[[], Sequence[int]] = tuple,
        *,
        id: str | None = None,  # noqa: A002
    ) -> None:
        super().__init__(id=id)
        self.timeline = timeline
        self.selection = Selection(timeline)
        self.following = True
        self.shows_pings = True
        self.filter = parse("")
        self.new_rows = 0
        """Rows that came since the log holds still."""
        self._waiting = waiting
        self._charge_point: str | None = None
        self._cursor: int | None = None  # place in the timeline
        self._rows = 0  # as last shown
        self._dirty = True
        self._columns = Columns(0, 0, 0, 0)
        self._strips: LRUCache[tuple[object, ...], Strip] = LRUCache(1000)
        self._styles: dict[str, Style] = {}
        self._scrolling = False  # by ourselves
        self._search: tuple[Query, int, int] | None = None  # what is looked for, where next, which way

    # -- what it shows ------------------------------------------------------------------------------------------

    @property
    def cursor(self) -> int | None:
        """Place in the timeline of the selected record; None in an empty log."""
        return self._cursor

    @property
    def is_caught_up(self) -> bool:
        """Whether the filter has seen every record."""
        return self.selection.progress >= 1.0

    def records_arrived(self) -> None:
        """Something was appended to the timeline; cheap, the next frame takes it in."""
        self._dirty = True

    def narrow(self, query: Query | None = None, charge_point: str | None = None) -> None:
        """Show what the query lets through, of one charge point or of all (None)."""
        if query is not None:
            self.filter = query
        self._charge_point = charge_point
        self._refilter()

    def toggle_pings(self) -> None:
        """Show pings and pongs, or hide them."""
        self.shows_pings = not self.shows_pings
        self._refilter()

    def _refilter(self) -> None:
        query = self.filter
        if not self.shows_pings:
            query = parse(f"({query.text}) {NO_PINGS}" if query.text.strip() else NO_PINGS)
        self.selection = Selection(self.timeline, query, self._charge_point)
        self._dirty = True
        self._flush()

    def select(self, index: int) -> None:
        """Put the cursor on a record, or on the nearest one above it that is shown."""
        if len(self.selection):
            self._move_to(self.selection.row_of(index))

    # -- taking in ----------------------------------------------------------------------------------------------

    def on_mount(self) -> None:
        self.set_interval(1 / FRAMES_A_SECOND, self._flush)
        self._flush()

    def _flush(self) -> None:
        if self._search is not None:
            self._search_on()
        if not self._dirty and self.is_caught_up:
            return
        self._dirty = False
        before = self.selection.changes
        self.selection.advance(BUDGET)
        rows = len(self.selection)
        if not self.following and rows > self._rows:
            self.new_rows += rows - self._rows
        self._rows = rows
        self._lay_out()
        if self._cursor is not None and before != self.selection.changes:
            self._cursor = self.selection.index_of_row(self.selection.row_of(self._cursor)) if rows else None
        if rows and (self.following or self._cursor is None):
            self._put_cursor(rows - 1 if self.following else 0)
            if self.following:
                self._show_row(self.max_scroll_y)
        elif not rows and self._cursor is not None:
            self._cursor = None
            self.post_message(self.RecordSelected(self, None))
        self.refresh()
        self.post_message(self.Changed())

    def _lay_out(self) -> None:
        width = self.scrollable_content_region.width
        charge_points = self.timeline.charge_points()
        longest = max((len(name) for name in charge_points), default=0)
        self._columns = columns_for(width, longest, len(charge_points) > 1 and self._charge_point is None)
        self.virtual_size = Size(width, self._rows)

    def on_resize(self) -> None:
        self._lay_out()
        if self.following:
            self.call_after_refresh(lambda: self._show_row(self.max_scroll_y))
        elif self._cursor is not None:
            self.call_after_refresh(self._show_cursor)

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._styles.clear()
        self._strips.clear()

    # -- painting -----------------------------------------------------------------------------------------------

    def render_line(self, y: int) -> Strip:
        row_number = self.scroll_offset.y + y
        width = self._columns.width or self.size.width
        if row_number >= self._rows:
            return Strip.blank(width, self.rich_style)
        index = self.selection.index_of_row(row_number)
        waiting = index in self._waiting()
        under_cursor = index == self._cursor
        key = (
            index,
            under_cursor,
            waiting,
            index in self.timeline.marks,
            self.timeline.others[index],
            self._columns,
            self.has_focus,
        )
        strip = self._strips.get(key)
        if strip is None:
            strip = row(self.timeline, index, self._columns, self._style, waiting=waiting, under_cursor=under_cursor)
            strip = strip.apply_style(self.rich_style) if not under_cursor else strip
            self._strips[key] = strip
        return strip

    def _style(self, part: str) -> Style:
        style = self._styles.get(part)
        if style is None:
            style = self._styles[part] = self.get_component_rich_style(f"message-log--{part}", partial=True)
        return style

    def on_focus(self) -> None:
        self._styles.clear()
        self._strips.clear()

    def on_blur(self) -> None:
        self._styles.clear()
        self._strips.clear()

    # -- moving -------------------------------------------------------------------------------------------------

    def action_move(self, by: int) -> None:
        self._move_to(self._cursor_row() + by)

    def action_page(self, by: int) -> None:
        self._move_to(self._cursor_row() + by * max(1, self.size.height - 1))

    def action_first(self) -> None:
        self._move_to(0)

    def action_last(self) -> None:
        self._follow(True)
        self._move_to(self._rows - 1)

    def action_toggle_follow(self) -> None:
        if self.following:
            self._follow(False)
        else:
            self.action_last()

    def action_inspect(self) -> None:
        if self._cursor is not None:
            self.post_message(self.RecordOpened(self, self._cursor))

    def action_other_half(self) -> None:
        other = self.timeline.other_half(self._cursor) if self._cursor is not None else None
        if other is None:
            self.notify("This record has no other half.", markup=False)
        elif not self.selection.contains(other):
            self.notify("The filter hides the other half.", markup=False)
        else:
            self.select(other)

    def action_mark(self) -> None:
        if self._cursor is not None:
            self.timeline.marks ^= {self._cursor}
            self.selection.retest(self._cursor)
            self._dirty = True

    def action_next_mark(self) -> None:
        marks = sorted(mark for mark in self.timeline.marks if self.selection.contains(mark))
        if marks:
            later = [mark for mark in marks if self._cursor is not None and mark > self._cursor]
            self.select(later[0] if later else marks[0])
        else:
            self.notify("No record is marked; m marks one.", markup=False)

    def action_next_match(self, by: int) -> None:
        if not self.filter.text.strip():
            self.notify("Nothing is looked for; / begins a filter.", markup=False)
        elif self._rows:
            self._search = (self.filter, self._cursor_row() + by, by)

    def seek(self, query: Query, by: int) -> None:
        """Go to the next record (`by` 1) or the one before (-1) that the query lets through."""
        if self._rows:
            self._search = (query, self._cursor_row() + by, by)

    def _search_on(self) -> None:
        """Look on for what was searched, a little in each frame."""
        assert self._search is not None
        query, place, by = self._search
        for _ in range(2000):
            if not 0 <= place < self._rows:
                self._search = None
                self.notify("No further match.", markup=False)
                return
            if query.matches(self.timeline, self.selection.index_of_row(place)):
                self._search = None
                self._move_to(place)
                return
            place += by
        self._search = (query, place, by)

    def _cursor_row(self) -> int:
        return self.selection.row_of(self._cursor) if self._cursor is not None and self._rows else 0

    def _move_to(self, row_number: int) -> None:
        if not self._rows:
            return
        row_number = max(0, min(row_number, self._rows - 1))
        if row_number < self._rows - 1:
            self._follow(False)
        self._put_cursor(row_number)
        self._show_cursor()
        self.refresh()

    def _put_cursor(self, row_number: int) -> None:
        index = self.selection.index_of_row(row_number)
        if index != self._cursor:
            self._cursor = index
            self.post_message(self.RecordSelected(self, index))

    def _show_cursor(self) -> None:
        cursor, top, height = self._cursor_row(), self.scroll_offset.y, self.size.height
        if cursor < top:
            self._show_row(cursor)
        elif cursor >= top + height:
            self._show_row(cursor - height + 1)

    def _show_row(self, y: int) -> None:
        self._scrolling = True
        self.scroll_to(y=y, animate=False, force=True, immediate=True)
        self._scrolling = False

    def _follow(self, on: bool) -> None:
        if on != self.following:
            self.following = on
            self.new_rows = 0
            self._dirty = True
            self.post_message(self.Changed())

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        if not self._scrolling and round(new_value) != round(old_value):
            self._follow(new_value >= self.max_scroll_y)

    def on_click(self, event: events.Click) -> None:
        row_number = self.scroll_offset.y + event.y
        if row_number < self._rows:
            self._move_to(row_number)
            if event.chain == 2:
                self.action_inspect()
