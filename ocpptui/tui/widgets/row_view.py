"""A pane of rows on Textual's line API whose number of rows and scroll position change with every key."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Region, Size
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.style import Style as VisualStyle
from textual.widget import Widget

CURSOR = "◂"
"""What points at the row under the cursor, which a terminal without colours may not show otherwise."""
BAR = {"bar": (" ", CURSOR), "thumb": ("┃", "┫")}
"""The scrollbar beside any row, and beside the one under the cursor."""


class LineView(ScrollView, can_focus=True):
    """Rows that are painted one by one as they become visible, with a scrollbar in the last column.

    The scrollbar is part of the rows, since one of Textual's costs as much to paint as all rows together. A subclass
    sets `overflow-y: scroll` and `scrollbar-size-vertical: 0`.
    """

    STYLES: ClassVar[Mapping[str, str]] = {"bar": "on $surface", "thumb": "$primary on $surface"}
    """The style of each part of the rows, on top of the style of the widget. In a style sheet, each would be matched
    with all rules whenever the widget is."""
    EDGE: ClassVar[int] = 0
    """Cells between the rows and the scrollbar, for what `edge` shows."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.row_width = 1
        """Cells of a row at the last measurement."""
        self._thumb = range(0)  # the lines of the scrollbar that show which part of the rows is visible
        self._pointed: int | None = None  # the line under the cursor, as last painted
        self._dragging = False
        self._part_styles: dict[tuple[str, ...], Style] = {}

    @abstractmethod
    def render_row(self, number: int) -> Strip:
        """The row at `number`, exactly `row_width` wide; empty after the last row."""

    def edge(self, y: int) -> list[Segment]:
        """What is between the rows and the scrollbar in a line of the widget, exactly EDGE wide."""
        return []

    @property
    def cursor_line(self) -> int | None:
        """The line under the cursor, counted from the first row; None without a cursor."""
        return None

    @property
    def cursor_parts(self) -> tuple[str, ...]:
        """The part of STYLES that a row under the cursor has: dimmed where another pane has the focus."""
        return ("focused-cursor" if self.has_focus else "cursor",)

    def measure(self) -> int:
        """Measure how wide a row may be; call it after a resize."""
        self.row_width = max(1, self.scrollable_content_region.width - 1 - self.EDGE)
        return self.row_width

    def set_rows(self, rows: int) -> None:
        """Set the number of rows without the new layout of the screen that setting `virtual_size` causes."""
        size = Size(self.row_width, rows)
        if size != self.virtual_size:
            self.set_reactive(Widget.virtual_size, size)
            self.scroll_y = self.validate_scroll_y(self.scroll_y)
            self.refresh(Region(self.row_width, 0, self.EDGE + 1, self.size.height))

    def show_row(self, y: int) -> None:
        """Scroll until the row is the first visible one, as far as the rows below it allow."""
        self.scroll_to(y=y, animate=False, force=True, immediate=True)

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._part_styles.clear()
        self.refresh()

    # -- painting -----------------------------------------------------------------------------------------------

    def render_lines(self, crop: Region) -> list[Strip]:
        self._pointed = self.cursor_line
        self._thumb = thumb_of(self.size.height, self.virtual_size.height, self.scroll_offset.y)
        return super().render_lines(crop)

    def render_line(self, y: int) -> Strip:
        strip = self.render_row(self.scroll_offset.y + y)
        part = "thumb" if y in self._thumb else "bar"
        sign = BAR[part][self.scroll_offset.y + y == self._pointed]
        bar = Segment(sign, self.part_style(part))
        return Strip([*strip, *self.edge(y), bar], self.row_width + self.EDGE + 1)

    def part_style(self, *parts: str) -> Style:
        """The style of a part of STYLES; of several, what a later one says counts."""
        style = self._part_styles.get(parts)
        if style is None:
            visual = self.visual_style
            for part in parts:
                visual += VisualStyle.parse(self.STYLES[part])
            style = self._part_styles[parts] = visual.rich_style
        return style

    # -- the mouse ----------------------------------------------------------------------------------------------

    def line_of_mouse(self, event: events.MouseEvent) -> int:
        """The visible line under the mouse; below 0 on the title."""
        return event.y - self.gutter.top

    def is_on_bar(self, event: events.MouseEvent) -> bool:
        """Whether the mouse is on the scrollbar."""
        return event.x >= self.outer_size.width - 1

    def on_mouse_down(self, event: events.MouseDown) -> None:
        if self.is_on_bar(event) and self.line_of_mouse(event) >= 0 and self.max_scroll_y > 0:
            self._dragging = True
            self.capture_mouse()
            self._drag_to(self.line_of_mouse(event))
            event.stop()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        if self._dragging:
            self._drag_to(self.line_of_mouse(event))

    def on_mouse_up(self, event: events.MouseUp) -> None:
        if self._dragging:
            self._dragging = False
            self.release_mouse()
            event.stop()

    def _drag_to(self, y: int) -> None:
        share = max(0, y) / max(1, self.size.height - 1)
        self.scroll_to(y=round(share * self.max_scroll_y), animate=False, force=True)


def thumb_of(height: int, rows: int, top: int) -> range:
    """The lines of the thumb in a scrollbar of `height` lines, where `top` is the first visible of `rows` rows."""
    if rows <= height or height < 1:
        return range(0)
    length = max(1, height * height // rows)
    # The thumb touches an end only if the visible rows do.
    most, last = height - length, rows - height
    start = 0 if top <= 0 else most if top >= last else min(most, max(1, min(most - 1, round(top / last * most))))
    return range(start, start + length)
