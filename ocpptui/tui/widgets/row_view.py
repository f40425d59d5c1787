"""A pane of rows on Textual's line API whose number of rows and scroll position change with every key."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import ClassVar, NamedTuple, Self

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.cache import LRUCache
from textual.color import Color
from textual.filter import LineFilter
from textual.geometry import Region, Size
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.style import Style as VisualStyle
from textual.widget import Widget

CURSOR = "◂"
"""What points at the row under the cursor, which a terminal without colours may not show otherwise."""
BAR = {"bar": (" ", CURSOR), "thumb": ("┃", "┫")}
"""The scrollbar beside any row, and beside the one under the cursor."""


class _Frame(NamedTuple):
    """What all lines of a pane share."""

    left: tuple[Segment, ...]
    """Its border and padding at the left."""
    background: Color
    filters: Sequence[LineFilter]
    size: Size


class LineView(ScrollView, can_focus=True):
    """Rows that are painted one by one as they become visible, with a scrollbar in the last column.

    The scrollbar is part of the rows, since one of Textual's costs as much to paint as all rows together. A subclass
    sets `overflow-y: scroll` and `scrollbar-size-vertical: 0`. It may have a border at the top and at the left, and
    padding at the left: then a row that was painted before, wherever it was, is not composed anew.
    """

    STYLES: ClassVar[Mapping[str, str]] = {"bar": "on $surface", "thumb": "$primary on $surface"}
    """The style of each part of the rows, on top of the style of the widget. In a style sheet, each would be matched
    with all rules whenever the widget is."""
    EDGE: ClassVar[int] = 0
    """Cells between the rows and the scrollbar, for what `edge` shows."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        self._kept: dict[int, Strip] = {}  # the lines of the rows, counted from the first, as last painted
        self._kept_at = (0, Size(0, 0))  # the first visible row, and the number of rows, for which they are kept
        self._frame: _Frame | None = None
        self._finished: LRUCache[tuple[object, ...], tuple[Strip, Strip]] = LRUCache(1000)  # rows and their lines
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
        self._finished.clear()
        self.refresh()

    def refresh(self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False) -> Self:
        """Paint these regions anew, counted from the first row; everything if there are none."""
        if repaint:
            spared = [y for y in self._kept if regions and not any(y in region.line_range for region in regions)]
            self._kept = {y: self._kept[y] for y in spared}
        return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)

    # -- painting -----------------------------------------------------------------------------------------------

    def render_lines(self, crop: Region) -> list[Strip]:
        self._pointed = self.cursor_line
        self._thumb = thumb_of(self.size.height, self.virtual_size.height, self.scroll_offset.y)
        gutter, width = self.gutter, self.outer_size.width
        if gutter.right or gutter.bottom or crop.column_span != (0, width) or self.opacity != 1:
            return super().render_lines(crop)
        # Textual composes each line anew, however often it was painted: that takes longer than to make the rows.
        title = range(crop.y, min(crop.bottom, gutter.top))
        strips = super().render_lines(Region(0, title.start, width, len(title))) if title else []
        at = self.scroll_offset.y, self.virtual_size
        if at != self._kept_at or self._frame is None or self._frame.size != self.size:
            self._kept_at, self._kept = at, {}
        if not self._kept:
            self._take_frame(gutter.top, gutter.left, width)
        for y in range(max(crop.y - gutter.top, 0), crop.bottom - gutter.top):
            if y not in self._kept:
                self._kept[y] = self._line(y)
            strips.append(self._kept[y])
        return strips

    def _take_frame(self, top: int, left: int, width: int) -> None:
        """Let Textual paint the first row, for what is beside all of them."""
        (first,) = super().render_lines(Region(0, top, width, 1))
        frame = _Frame(tuple(first.crop(0, left)), self.background_colors[1], list(self.get_line_filters()), self.size)
        if frame != self._frame:
            self._frame = frame
            self._finished.clear()

    def _line(self, y: int) -> Strip:
        """A line of rows as it goes to the terminal."""
        row, edge, bar = self.render_row(self.scroll_offset.y + y), self.edge(y), self._bar(y)
        key = (id(row), bar, *edge)
        known = self._finished.get(key)
        if known is not None and known[0] is row:
            return known[1]
        assert self._frame is not None
        left, background, filters, size = self._frame
        line = Strip([*row, *edge, bar], self.row_width + self.EDGE + 1).adjust_cell_length(size.width)
        for one in filters:
            line = line.apply_filter(one, background)
        if left:
            line = Strip([*left, *line])
        self._finished[key] = (row, line)
        return line

    def render_line(self, y: int) -> Strip:
        row = self.render_row(self.scroll_offset.y + y)
        return Strip([*row, *self.edge(y), self._bar(y)], self.row_width + self.EDGE + 1)

    def _bar(self, y: int) -> Segment:
        """The scrollbar in a line."""
        part = "thumb" if y in self._thumb else "bar"
        return Segment(BAR[part][self.scroll_offset.y + y == self._pointed], self.part_style(part))

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
