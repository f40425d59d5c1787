"""The form for one fault on purpose: what it is about, how often, and what it needs to know."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.suggester import SuggestFromList
from textual.widgets import Input, Label, Static

from ocpptui.describe.safe_text import printable
from ocpptui.ocpp.actions import actions
from ocpptui.ocpp.version import Role, Version
from ocpptui.session.rules_file import DIRECTIONS
from ocpptui.session.rules_table import WrongRules
from ocpptui.session.typed_fault import HINTS, MEETS, settings_to_type, typed_fault
from ocpptui.simulator.fault_plan import Breakage, Deed, Fault, LinkDeed, RuleSubject
from ocpptui.tui.screens.closing import Dialog


class FaultForm(Dialog[Fault | None]):
    """Asks for the settings of a fault; the result is None after escape."""

    CSS_PATH = "fault_form.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Back"),
        Binding("down", "app.focus_next", show=False),
        Binding("up", "app.focus_previous", show=False),
    ]

    def __init__(
        self, do: Deed | LinkDeed, texts: Mapping[str, str], role: Role | None, *, enabled: bool = True
    ) -> None:
        """`texts` are the settings to begin with."""
        super().__init__()
        self._do = do
        self._texts = texts
        self._role = role
        self._enabled = enabled

    def compose(self) -> ComposeResult:
        with VerticalScroll(id="fault", can_focus=False) as form:
            form.border_title = Content(printable(f"{self._do.value}: {MEETS[self._do]}"))
            form.border_subtitle = "enter: done, tab: next field, →: complete, esc: back"
            for name in settings_to_type(self._do):
                with Horizontal(classes="line"):
                    yield Label(name)
                    suggest = _WORDS.get(name)
                    yield Input(
                        self._texts.get(name, ""),
                        placeholder=HINTS.get(name, ""),
                        suggester=None if suggest is None else SuggestFromList(suggest(), case_sensitive=False),
                        compact=True,
                        id=name,
                    )
            yield Static(id="wrong", markup=False)

    def on_mount(self) -> None:
        self.query(Input).first().focus()

    def on_input_submitted(self) -> None:
        """Check what was typed; what is wrong is said below."""
        typed = {str(field.id): field.value for field in self.query(Input)}
        try:
            fault = typed_fault(self._do, typed, self._role, enabled=self._enabled)
        except WrongRules as error:
            wrong = self.query_one("#wrong", Static)
            wrong.update(Content(printable(str(error))))
            wrong.add_class("-shown")
            for field in self.query(Input):
                if str(error).startswith(str(field.id)):
                    field.focus()
            return
        self.dismiss(fault)

    def action_leave(self) -> None:
        self.dismiss(None)


def _actions() -> list[str]:
    return sorted({one.name for version in Version for one in actions(version)})


_WORDS: dict[str, Callable[[], list[str]]] = {
    "action": _actions,
    "direction": lambda: list(DIRECTIONS),
    "message": lambda: [subject.value for subject in RuleSubject],
    "how": lambda: [how.value for how in Breakage],
}
"""The words that can be completed in a field."""
