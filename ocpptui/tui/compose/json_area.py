"""An editor for JSON that colours only the visible lines, so that large payloads cost no more than small ones."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from rich.style import Style
from rich.text import Text
from textual.binding import Binding, BindingType
from textual.widgets import TextArea

from ocpptui.describe.safe_text import printable_lines
from ocpptui.jsontext.unsafe_characters import UNSAFE
from ocpptui.tui.json_colour import json_parts

MAX_EDITABLE = 300_000
"""Characters beyond which a text is read-only and only its start is shown: wrapping it would delay every key."""
LONGEST_LINE = 50_000
"""Characters in one line from which a text is read-only: the editor wraps the line again after every key."""


_TAKEN = ("f6", "f7")
"""Keys with which a text area selects, but which mean something else on the screens that contain one."""


class JsonArea(TextArea, inherit_bindings=False):
    """A text area for JSON or any other text; it shows control characters and never obeys them.

    It shows a text that is too long for editing in part and read-only; `text_as_loaded` is the whole text.
    """

    COMPONENT_CLASSES = TextArea.COMPONENT_CLASSES | {
        "json-area--key",
        "json-area--string",
        "json-area--number",
        "json-area--word",
        "json-area--control",
    }
    BINDINGS: ClassVar[list[BindingType]] = [
        binding for binding in TextArea.BINDINGS if not (isinstance(binding, Binding) and binding.key in _TAKEN)
    ]

    def __init__(
        self,
        text: str = "",
        *,
        read_only: bool = False,
        parts: Callable[[str], list[tuple[str, str]]] = json_parts,
        id: str | None = None,  # noqa: A002
    ) -> None:
        """`parts` are the pieces of a line with their kinds, for colouring."""
        super().__init__(
            "",
            read_only=read_only,
            id=id,
            tab_behavior="focus",
            soft_wrap=True,
            compact=True,
            theme="css",
            highlight_cursor_line=not read_only,
        )
        self.match_cursor_bracket = not read_only
        self._editable = not read_only
        self._parts = parts
        self._loaded = ""
        self._shown = ""
        self.show_text(text)

    def show_text(self, text: str) -> None:
        """Replace the text; a text that is too long is cut and read-only."""
        self._loaded = text
        whole = len(text) <= MAX_EDITABLE
        short = whole and max(map(len, text.splitlines()), default=0) <= LONGEST_LINE
        self.read_only = not (short and self._editable)
        shown = text if whole else f"{text[:MAX_EDITABLE]}\n… {len(text) - MAX_EDITABLE:,} more characters"
        with self.prevent(TextArea.Changed):
            self.load_text(shown)
        self._shown = self.text

    @property
    def content(self) -> str:
        """The text as edited; exactly the loaded text if nothing was edited."""
        return self._loaded if self.text == self._shown else self.text

    def get_line(self, line_index: int) -> Text:
        plain = self.document.get_line(line_index)
        line = Text(printable_lines(plain), end="", no_wrap=True)
        if len(plain) > _LONGEST_COLOURED:
            return line
        end = 0
        for part, piece in self._parts(plain):
            start, end = end, end + len(piece)
            if part not in ("punctuation", "text"):
                line.stylize(self._style(part), start, end)
        for match in UNSAFE.finditer(plain.replace("\t", " ")):
            line.stylize(self._style("control"), match.start(), match.end())
        return line

    def _style(self, name: str) -> Style:
        style = self.get_component_rich_style(f"json-area--{name}", partial=True)
        return Style(color=style.color, bold=style.bold, reverse=style.reverse)


_LONGEST_COLOURED = 20_000
