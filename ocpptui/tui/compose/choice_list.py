"""A list that typing narrows: the values of a field, or the messages sent before."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from ocpptui.describe.safe_text import printable
from ocpptui.remote_control.question import KnownValue
from ocpptui.tui.screens.closing import Dialog
from ocpptui.tui.widgets.option_rows import OptionRows


class ChoiceList(Dialog[str | None]):
    """Asks for one of a few values; the result is the value, or None after escape.

    With `free` the user can choose any other text too, to send a wrong value on purpose; `current` is the field's
    present value.
    """

    CSS_PATH = "choice_list.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss", "Back"),
        Binding("down", "move(1)", "Down", show=False),
        Binding("up", "move(-1)", "Up", show=False),
    ]

    def __init__(
        self, title: str, choices: Sequence[KnownValue], *, typed: str = "", free: bool = False, current: str = ""
    ) -> None:
        super().__init__()
        self._title = title
        self._choices = choices
        self._typed = typed
        self._free = free
        self._current = current
        self._offered: list[str] = []

    def compose(self) -> ComposeResult:
        with Vertical():
            yield Static(printable(self._title), id="title", markup=False)
            yield Input(self._typed, placeholder="type to narrow", id="filter", compact=True, select_on_focus=False)
            yield OptionRows(id="choices", compact=True, markup=False)
            yield Static(id="nothing_found", markup=False)

    def on_mount(self) -> None:
        self._offer(self._typed)
        self.query_one("#filter", Input).focus()

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self._offer(event.value)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        highlighted = self.query_one(OptionList).highlighted
        self._choose(highlighted)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self._choose(event.option_index)

    def action_move(self, by: int) -> None:
        self.query_one(OptionRows).move_cursor(by)

    def _offer(self, typed: str) -> None:
        word = typed.casefold()
        found = [choice for choice in self._choices if word in f"{choice.shown} {choice.note}".casefold()]
        found.sort(key=lambda choice: (_folded(choice) != word, not _folded(choice).startswith(word)))
        self._offered = [choice.value for choice in found]
        prompts = [Content.assemble(printable(c.shown), (f"  {printable(c.note)}", "dim")) for c in found]
        if self._free and typed and typed not in self._offered:
            self._offered.append(typed)
            prompts.append(Content.assemble((f'"{printable(typed)}" as typed', "$text-warning")))
        options = self.query_one(OptionList)
        options.clear_options()
        options.add_options([Option(prompt) for prompt in prompts])
        nothing = self.query_one("#nothing_found", Static)
        nothing.display = not prompts
        nothing.update(f"Nothing here contains {printable(typed)!r}.")
        if prompts:
            chosen = self._current if not typed else ""
            options.highlighted = self._offered.index(chosen) if chosen in self._offered else 0

    def _choose(self, index: int | None) -> None:
        if index is not None and index < len(self._offered):
            self.dismiss(self._offered[index])


def _folded(choice: KnownValue) -> str:
    return choice.shown.casefold()
