"""Finding the action to compose by typing a few of its letters."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from ocpptui.compose.action_match import ranked
from ocpptui.compose.composer import Composer
from ocpptui.describe.safe_text import printable
from ocpptui.ocpp.actions import Action
from ocpptui.ocpp.counted import counted
from ocpptui.tui.widgets.option_rows import OptionRows


class ActionPicker(Vertical):
    """An input field and the actions that match it, the likeliest first.

    It offers what our role may send or, with `everything`, every action of the version.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "move(1)", "Down", show=False),
        Binding("up", "move(-1)", "Up", show=False),
        Binding("pagedown", "move(10)", "Page down", show=False),
        Binding("pageup", "move(-10)", "Page up", show=False),
    ]

    everything: reactive[bool] = reactive(False, init=False)
    """Also show the actions that only the other side sends."""

    class Picked(Message):
        """An action was chosen, possibly one that the version does not know."""

        def __init__(self, name: str) -> None:
            super().__init__()
            self.name = name

    def __init__(self, composer: Composer, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._composer = composer
        self._offered: list[str] = []

    def compose(self) -> ComposeResult:
        with Horizontal(id="find"):
            yield Static("Action ", markup=False)
            yield Input(placeholder="type a few letters: reset, rst, getvar …", id="typed", compact=True)
        yield OptionRows(id="found", compact=True, markup=False)
        yield Static(id="switch", markup=False)

    def begin(self) -> None:
        """Take the focus and select the text typed before."""
        self._offer()
        typed = self.query_one("#typed", Input)
        typed.focus()
        typed.select_all()

    def watch_everything(self) -> None:
        self._offer()

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self._offer()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        highlighted = self.query_one(OptionList).highlighted
        if highlighted is not None:
            self._pick(highlighted)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self._pick(event.option_index)

    def action_move(self, by: int) -> None:
        options = self.query_one(OptionList)
        if options.option_count:
            at = options.highlighted or 0
            options.highlighted = max(0, min(at + by, options.option_count - 1))

    def _pick(self, index: int) -> None:
        self.post_message(self.Picked(self._offered[index]))

    def _offer(self) -> None:
        typed = self.query_one("#typed", Input).value.strip()
        found = ranked(self._composer.recipient.actions(self.everything), typed, self._composer.memory.recent_actions)
        self._offered = [action.name for action in found]
        width = max((len(action.name) for action in found), default=0)
        prompts = [self._prompt(action, width) for action in found]
        if typed and typed not in {action.name for action in self._composer.recipient.actions(True)}:
            self._offered.append(typed)
            prompts.append(
                Content.assemble((f"{printable(typed)}", "bold"), ("  no such action; send it anyway", "$text-warning"))
            )
        options = self.query_one(OptionList)
        options.clear_options()
        options.add_options([Option(prompt) for prompt in prompts])
        if prompts:
            options.highlighted = 0
        shown = "of this version" if self.everything else "that this side sends"
        self.query_one("#switch", Static).update(f"{counted(len(found), 'action')} {shown}; enter opens the form")

    def _prompt(self, action: Action, width: int) -> Content:
        parts: list[tuple[str, str]] = [(f"{action.name:<{width}}", ""), (f"  {action.block}", "dim")]
        role = self._composer.role
        if role is not None and role.sends not in action.directions:
            parts.append((f"  sent by the {role.other.words}", "$text-warning"))
        return Content.assemble(*parts)
