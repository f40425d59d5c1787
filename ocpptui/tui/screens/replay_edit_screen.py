"""An editor for the next frame of a replay, before it is sent."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Static

from ocpptui.jsontext.text import compact, indented
from ocpptui.jsontext.tree import JsonDefect, parse_tree
from ocpptui.tui.compose.json_area import JsonArea
from ocpptui.tui.screens.closing import Dialog


class ReplayEdit(Dialog[str | None]):
    """Edits the frame as it would be sent; the result is the text to send instead, None to leave it unchanged."""

    CSS_PATH = "replay_edit_screen.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f5,ctrl+enter", "take", "Take", priority=True),
        Binding("escape", "leave", "Leave unchanged"),
    ]

    def __init__(self, text: str, title: str) -> None:
        super().__init__()
        self._text = text
        self._heading = title

    def compose(self) -> ComposeResult:
        with Vertical(id="edit") as box:
            box.border_title = self._heading
            box.border_subtitle = "f5 accepts it, esc leaves it unchanged"
            yield JsonArea(_spread(self._text), id="frame")
            yield Static("Any text is allowed. It is sent when the replay reaches this step.", markup=False)

    def on_mount(self) -> None:
        self.query_one(JsonArea).focus()

    def action_take(self) -> None:
        content = self.query_one(JsonArea).content
        self.dismiss(None if content == _spread(self._text) else _narrow(content))

    def action_leave(self) -> None:
        self.dismiss(None)


def _spread(text: str) -> str:
    """JSON spread over several lines if that loses nothing."""
    spread = indented(text)
    return spread if _narrow(spread) == text.strip() else text


def _narrow(text: str) -> str:
    """JSON joined into one line, each token as typed; text that is not JSON is unchanged."""
    return text if isinstance(parse_tree(text), JsonDefect) else compact(text)
