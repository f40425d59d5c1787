"""Lines of prose, wrapped to the available width; what goes on in the next row keeps its indentation."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from textual.content import Content
from textual.geometry import Size
from textual.widget import Widget

from ocpptui.tui.wrapping import wrapped

Styling = Callable[[int, str], str]
"""The style of a line, by its number and text."""


class WrappedText(Widget):
    """The lines of an account; its height is what they need."""

    def __init__(self, lines: list[str], style: Styling) -> None:
        super().__init__()
        self.lines = lines
        """What is shown."""
        self._style = style

    def show(self, lines: list[str]) -> None:
        """Show other lines."""
        self.lines = lines
        self.refresh(layout=True)

    def render(self) -> Content:
        return Content("\n").join(list(self._rows(self.size.width)))

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return len(list(self._rows(width)))

    def _rows(self, width: int) -> Iterator[Content]:
        for number, line in enumerate(self.lines):
            style = self._style(number, line)
            for row in wrapped("text", line, max(width, 20)):
                yield Content.styled(" " * row.indent + row.line[row.start : row.end], style)
