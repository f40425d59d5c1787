"""Questions about files: which one, and whether it may be replaced."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

from textual.app import App
from textual.binding import Binding, BindingType
from textual.widgets import Input

from ocpptui.tui.path_suggester import PathSuggester
from ocpptui.tui.screens.dialogs import ChoiceQuestion, TextQuestion


class FileQuestion(TextQuestion):
    """Asks for a path, which tab completes; the result is None after escape or if nothing was typed."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("tab", "complete", "Complete", priority=True)]

    def _field(self) -> Input:
        return Input(self._value, suggester=PathSuggester())

    def action_complete(self) -> None:
        """Take the suggested path."""
        typed = self.query_one(Input)
        typed.action_end()
        typed.action_cursor_right()


def write_unless_kept(app: App[Any], path: Path, write: Callable[[], object]) -> None:
    """Call `write`; if the file exists, only after the user agreed to replace it. Enter alone keeps it."""
    if not path.exists():
        write()
        return

    def chosen(number: int | None) -> None:
        if number == 1:
            write()

    app.push_screen(ChoiceQuestion(f"{path} exists already.", ["keep it", "replace it"]), chosen)
