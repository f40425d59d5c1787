"""A pane of rows on Textual's line API whose height changes often."""

from __future__ import annotations

from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.widget import Widget


class LineView(ScrollView, can_focus=True):
    """Rows that are painted one by one as they come in sight. Its scrollbar is always there (`overflow-y: scroll`)."""

    def set_rows(self, rows: int) -> None:
        """Say how many rows there are; the screen is not laid out anew, as it is by setting `virtual_size`."""
        size = Size(self.scrollable_content_region.width, rows)
        if size != self.virtual_size:
            self.set_reactive(Widget.virtual_size, size)
            self.vertical_scrollbar.window_virtual_size = rows
            self.scroll_y = self.validate_scroll_y(self.scroll_y)

    def show_row(self, y: int) -> None:
        """Scroll until a row is the first one, as far as there are rows below it."""
        self.scroll_to(y=y, animate=False, force=True, immediate=True)
