"""The chart on the screen: it paints a `ChartPicture`, and takes the mouse."""

from __future__ import annotations

import locale
import os
from collections.abc import Mapping

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.message import Message
from textual.strip import Strip
from textual.style import Style as VisualStyle
from textual.widget import Widget

from ocpptui.describe.chart_drawing import Drawing, TimeColumns, has_braille
from ocpptui.describe.safe_text import printable
from ocpptui.reporting.chart_content import ChartContent
from ocpptui.reporting.chart_picture import ChartPicture, chart_picture
from ocpptui.reporting.chart_window import ChartWindow

_COLOURS = ("$primary", "$secondary", "$accent", "$text-warning", "$text-success", "$foreground")
STYLES: Mapping[str, str] = {
    "axis": "$text-muted",
    "text": "$foreground",
    "value": "bold $foreground",
    "dim": "$text-muted",
    "cursor": "$text-accent",
    "limit": "bold $text-error",
}
"""The style of each part; those of series repeat."""
CLOSER, FARTHER = 0.8, 1.25
"""By how much a turn of the mouse wheel changes the window."""


class ChartView(Widget, can_focus=True):
    """What a window over the content looks like. Call `show` when either has changed."""

    ALLOW_SELECT = False

    class CursorPlaced(Message):
        """The user clicked at a time; `chosen` if twice."""

        def __init__(self, time: int, chosen: bool) -> None:
            super().__init__()
            self.moment = time
            self.chosen = chosen

    class Zoomed(Message):
        """The user turned the wheel."""

    def __init__(self, window: ChartWindow, drawing: Drawing, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.window = window
        self.drawing_of = drawing
        self.content: ChartContent | None = None
        self.nothing = ""
        """What to say without a reading."""
        self._picture: ChartPicture | None = None
        self._styles: dict[str, Style] = {}

    def show(self, content: ChartContent, nothing: str) -> None:
        """Paint the window anew; `nothing` is said in place of a chart without a reading."""
        self.content, self.nothing = content, nothing
        self._picture = None
        self.refresh()

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._styles.clear()
        self.refresh()

    def on_resize(self) -> None:
        self._picture = None
        self.refresh()  # it may have been painted in the new size before

    @property
    def columns(self) -> int:
        """Cells of the drawing, one of which the cursor moves at least."""
        return self.picture.width if self.picture is not None else max(1, self.size.width)

    @property
    def picture(self) -> ChartPicture | None:
        """What is painted; None while there is nothing to paint."""
        if self._picture is None and self.content is not None and self.content.series and self.size.height > 5:
            self._picture = chart_picture(self.content, self.window, *self.size, self.drawing_of)
        return self._picture

    def render_line(self, y: int) -> Strip:
        picture, width = self.picture, self.size.width
        if picture is None:
            text = self.nothing if y == self.size.height // 2 else ""
            return Strip([Segment(text.center(width), self._style("dim"))]).adjust_cell_length(
                width, self._style("text")
            )
        runs = picture.lines[y] if y < len(picture.lines) else []
        segments = [Segment(printable(text), self._style(part)) for text, part in runs if text]
        return Strip(segments).adjust_cell_length(width, self._style("text"))

    def _style(self, part: str) -> Style:
        style = self._styles.get(part)
        if style is None:
            if part.startswith("series-"):
                number = int(part.removeprefix("series-"))
                text = _COLOURS[number % len(_COLOURS)]
            else:
                text = STYLES[part]
            style = self._styles[part] = (self.visual_style + VisualStyle.parse(text)).rich_style
        return style

    # -- the mouse ----------------------------------------------------------------------------------------------

    def _time_at(self, x: int) -> int | None:
        picture = self.picture
        if picture is None:
            return None
        column = min(max(x - picture.left, 0), picture.width - 1)
        columns = TimeColumns(self.window.start, self.window.end, picture.width)
        return (columns.begin(column) + columns.begin(column + 1)) // 2

    def on_click(self, event: events.Click) -> None:
        if (time := self._time_at(event.x)) is not None:
            self.post_message(self.CursorPlaced(time, event.chain == 2))

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        self._zoom(CLOSER, event)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        self._zoom(FARTHER, event)

    def _zoom(self, factor: float, event: events.MouseEvent) -> None:
        event.stop()
        if (time := self._time_at(event.x)) is not None:
            self.window.zoom(factor, time)
            self.post_message(self.Zoomed())


def usual_drawing() -> Drawing:
    """Braille, unless the terminal has none. That of Windows takes all of Unicode, whatever its encoding says."""
    encoding = "utf-8" if os.name == "nt" else locale.getencoding()
    return Drawing.BRAILLE if has_braille(encoding, os.environ.get("TERM", "")) else Drawing.LETTERS
