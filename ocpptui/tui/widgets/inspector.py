"""The selected record in full. Only the visible lines are wrapped, highlighted and painted."""

from __future__ import annotations

from typing import ClassVar

from pygments.lexers.data import JsonLexer
from pygments.token import Comment, Keyword, Name, Number, String, _TokenType
from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding, BindingType
from textual.cache import LRUCache
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from ocpptui.timeline.timeline import Timeline
from ocpptui.tui.inspection import Line, inspection
from ocpptui.tui.printable import printable

PARTS = ("title", "heading", "text", "dim", "problem", "field", "key", "string", "number", "word", "punctuation")
MOST_WRAPPED = 5000
"""Lines up to which a text is wrapped; of a longer one each line is cut at the edge."""


class Inspector(ScrollView, can_focus=True):
    """A record: what it is, what is wrong with it, its JSON, its fields with their meaning, its other half, the raw text."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"inspector--{part}" for part in PARTS}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,down", "scroll_down", "Down", show=False, id="inspector.down"),
        Binding("k,up", "scroll_up", "Up", show=False, id="inspector.up"),
        Binding("g,home", "scroll_home", "Top", show=False, id="inspector.top"),
        Binding("G,end", "scroll_end", "End", show=False, id="inspector.end"),
    ]

    def __init__(self, timeline: Timeline, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.timeline = timeline
        self.index: int | None = None
        """The record that is shown, by its place in the timeline."""
        self._lines: list[Line] = []
        self._rows: list[Line] = []  # the lines, wrapped
        self._strips: LRUCache[tuple[int, int], Strip] = LRUCache(400)
        self._styles: dict[str, Style] = {}
        self._lexer = JsonLexer()
        self._half: int | None = None  # the other half as shown; it may come later

    def show(self, index: int | None) -> None:
        """Show a record, or nothing."""
        self.index = index
        self._half = self.timeline.other_half(index) if index is not None else None
        self._lines = inspection(self.timeline, index) if index is not None else []
        self._lay_out()
        self.scroll_home(animate=False)

    def refresh_other_half(self) -> None:
        """Show the answer if it has come since."""
        if self.index is not None and self.timeline.other_half(self.index) != self._half:
            top = self.scroll_offset.y
            self.show(self.index)
            self.scroll_to(y=top, animate=False)

    def on_resize(self) -> None:
        self._lay_out()

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._styles.clear()
        self._strips.clear()

    def _lay_out(self) -> None:
        width = max(10, self.scrollable_content_region.width)
        if len(self._lines) > MOST_WRAPPED:
            self._rows = self._lines
        else:
            self._rows = [row for line in self._lines for row in _wrapped(line, width)]
        self._strips.clear()
        self.virtual_size = Size(width, len(self._rows))
        self.refresh()

    def render_line(self, y: int) -> Strip:
        number = self.scroll_offset.y + y
        width = self.scrollable_content_region.width
        if number >= len(self._rows):
            return Strip.blank(width, self.rich_style)
        strip = self._strips.get((number, width))
        if strip is None:
            line = self._rows[number]
            strip = Strip(self._segments(line, width)).adjust_cell_length(width).apply_style(self.rich_style)
            self._strips[number, width] = strip
        return strip

    def _segments(self, line: Line, width: int) -> list[Segment]:
        text = printable(line.text[: width * 2])
        if line.sort != "json":
            return [Segment(text, self._style(line.sort))]
        indent = len(text) - len(text.lstrip(" "))
        segments = [Segment(" " * indent, self._style("text"))]
        for token, part in self._lexer.get_tokens(text[indent:]):
            part = part.rstrip("\n")
            if part:
                segments.append(Segment(part, self._style(_part_of(token))))
        return segments

    def _style(self, part: str) -> Style:
        style = self._styles.get(part)
        if style is None:
            style = self._styles[part] = self.get_component_rich_style(f"inspector--{part}", partial=True)
        return style


def _part_of(token: _TokenType) -> str:
    for kind, part in _TOKENS:
        if token[: len(kind)] == kind:  # a sort of token is the tuple of its names from the general to the particular
            return part
    return "punctuation"


_TOKENS: tuple[tuple[_TokenType, str], ...] = (
    (Name, "key"),
    (String, "string"),
    (Number, "number"),
    (Keyword, "word"),
    (Comment, "text"),
)


def _wrapped(line: Line, width: int) -> list[Line]:
    """A line as rows of at most `width` cells; what is broken is broken at a space if there is one."""
    text = line.text
    if len(text) <= width:
        return [line]
    indent = min(len(text) - len(text.lstrip(" ")) + 2, width // 2)
    rows: list[Line] = []
    room = width
    while len(text) > room:
        cut = text.rfind(" ", room // 2, room) + 1 if line.sort != "dim" else 0
        cut = cut or room
        rows.append(Line(line.sort, (" " * indent if rows else "") + text[:cut]))
        text = text[cut:]
        room = width - indent
    rows.append(Line(line.sort, " " * indent + text))
    return rows
