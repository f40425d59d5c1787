"""What a live session does wrong on purpose: the rules and faults of its link, which the user changes while it runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from ocpptui.describe.safe_text import printable
from ocpptui.ocpp.version import Role
from ocpptui.runtime.portable_files import path_of_user, why_not_opened, write_private
from ocpptui.session.faults_in_force import FaultsInForce
from ocpptui.session.rules_file import read_rules
from ocpptui.session.rules_table import WrongRules
from ocpptui.session.rules_text import rules_text
from ocpptui.session.session import Session
from ocpptui.session.typed_fault import MEETS, USUAL, deeds_of, fault_line, settings_to_type, texts_of
from ocpptui.simulator.fault_plan import Fault, LinkDeed
from ocpptui.tui.commands.command import Where
from ocpptui.tui.commands.command_registry import bindings
from ocpptui.tui.screens.closing import Dialog
from ocpptui.tui.screens.dialogs import ChoiceQuestion
from ocpptui.tui.screens.fault_form import FaultForm
from ocpptui.tui.screens.file_questions import FileQuestion, write_unless_kept
from ocpptui.tui.widgets.key_line import KeyLine
from ocpptui.tui.widgets.option_rows import OptionRows

LOOK = 0.5
"""Seconds between two looks at how often each fault fired."""
FILE = "faults.toml"
"""The file to save to, if the user names no other."""
_SIDES = {
    Role.CHARGE_POINT: "the charge point",
    Role.CENTRAL_SYSTEM: "the central system",
    None: "the proxy, and its breakpoints",
}
NOTHING = "Nothing goes wrong on purpose yet. `a` adds a fault, `o` opens a rules file."


class MisbehaveScreen(Dialog[None]):
    """The faults in force, in the order in which they are tried, each with how often it fired."""

    CSS_PATH = ["misbehave_screen.tcss", "../widgets/key_line.tcss"]
    WHERE: ClassVar[tuple[Where, ...]] = (Where.MISBEHAVE,)
    BINDINGS: ClassVar[list[BindingType]] = bindings(Where.MISBEHAVE)

    def __init__(self, sessions: Sequence[Session], suggested: Mapping[str, str]) -> None:
        """`sessions` are the sides that can misbehave; `suggested` are settings for a new fault, by name."""
        super().__init__()
        self._sessions = sessions
        self._suggested = suggested
        self._side = 0
        self._file = FILE

    @property
    def faults(self) -> FaultsInForce:
        """Those of the chosen side."""
        return self._sessions[self._side].faults

    @property
    def _role(self) -> Role | None:
        """Our side; None for a proxy."""
        return self._sessions[self._side].role

    def compose(self) -> ComposeResult:
        with Vertical(id="misbehave"):
            yield Static(NOTHING, id="nothing", markup=False)
            yield OptionRows(id="faults", markup=False, compact=True)
        yield KeyLine()

    def on_mount(self) -> None:
        self.query_one("#faults").focus()
        self.set_interval(LOOK, self._look)
        self._look()

    def _look(self) -> None:
        """Show what is in force now."""
        faults, listed = self.faults, self.query_one("#faults", OptionList)
        lines = [_line(fault, faults.times_fired(place)) for place, fault in enumerate(faults.all)]
        cursor = listed.highlighted
        if len(lines) != listed.option_count:
            listed.clear_options()
            listed.add_options([Option(line) for line in lines])
            listed.highlighted = min(cursor or 0, len(lines) - 1) if lines else None
        else:
            for place, line in enumerate(lines):
                listed.replace_option_prompt_at_index(place, line)
        self.query_one("#nothing").display = not lines
        pane, number = self.query_one("#misbehave", Vertical), len(lines)
        side = _SIDES[self._role]
        pane.border_title = f"Faults on purpose of {side}: {number}" if number else f"Faults on purpose of {side}"
        pane.border_subtitle = f"seed {faults.plan.seed}; the first rule that applies decides, K and J move it"

    def _cursor_at(self, place: int) -> None:
        self._look()
        self.query_one("#faults", OptionList).highlighted = place

    # -- the commands -------------------------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return action != "other_side" or len(self._sessions) > 1

    def action_move(self, by: int) -> None:
        """Move the cursor."""
        self.query_one("#faults", OptionRows).move_cursor(by)

    def action_add(self) -> None:
        """Ask what goes wrong, then for whom and how often."""
        kinds = deeds_of(self._role)

        def chosen(number: int | None) -> None:
            if number is None:
                return
            do = kinds[number]
            fitting = {name: text for name, text in self._suggested.items() if name in settings_to_type(do)}
            self.app.push_screen(FaultForm(do, USUAL.get(do, {}) | fitting, self._role), added)

        def added(fault: Fault | None) -> None:
            if fault is not None:
                self._cursor_at(self.faults.add(fault))

        choices = [f"{do.value:<11}{MEETS[do]}" for do in kinds]
        self.app.push_screen(ChoiceQuestion("What does the other side meet?", choices), chosen)

    @on(OptionList.OptionSelected)
    def action_edit(self) -> None:
        """Change the settings of a fault."""
        place = self._place
        if place is None:
            return
        fault = self.faults.all[place]

        def edited(new: Fault | None) -> None:
            if new is not None and new != fault:
                self.faults.exchange(place, new)
                self._look()

        self.app.push_screen(FaultForm(fault.deed, texts_of(fault), self._role, enabled=fault.enabled), edited)

    def action_switch(self) -> None:
        """Put a fault out of force, or in force again."""
        if (place := self._place) is not None:
            self.faults.switch(place)
            self._look()

    def action_remove(self) -> None:
        """Take a fault away."""
        if (place := self._place) is not None:
            self.faults.remove(place)
            self._look()

    def action_try(self, by: int) -> None:
        """Have a rule tried earlier or later."""
        if (place := self._place) is not None:
            self._cursor_at(self.faults.move(place, by))

    def action_other_side(self) -> None:
        """Show the faults of the other side."""
        self._side = (self._side + 1) % len(self._sessions)
        self._look()

    def action_save(self) -> None:
        """Write what is in force into a rules file."""
        if self.faults.all:
            self._ask_where_to_save(self._file)
        else:
            self.notify("There is nothing to save yet.", markup=False)

    def _ask_where_to_save(self, name: str, reason: str = "") -> None:
        """`reason` says why the last name could not be used."""

        def typed(text: str | None) -> None:
            if text is None:
                return
            path = path_of_user(text)
            write_unless_kept(self.app, path, lambda: self._save(text, path))

        self.app.push_screen(FileQuestion("Save the faults in which file?", name, reason=reason), typed)

    def _save(self, name: str, path: Path) -> None:
        try:
            write_private(path, rules_text(self.faults.plan))
        except OSError as error:
            self._ask_where_to_save(name, f"{path} cannot be written: {why_not_opened(path, error)}.")
            return
        self._file = str(path)
        self.notify(printable(f"Saved in {path}."), markup=False)

    def action_open(self) -> None:
        """Use the faults of a rules file in place of these."""

        def wrong(text: str) -> str:
            try:
                self.faults.use(read_rules(path_of_user(text), self._role))
            except WrongRules as error:
                return str(error)
            self._file = text
            return ""

        def typed(text: str | None) -> None:
            if text is not None:
                self._cursor_at(0)

        self.app.push_screen(FileQuestion("Use the faults of which file?", self._file, wrong=wrong), typed)

    def action_close(self) -> None:
        self.dismiss(None)

    @property
    def _place(self) -> int | None:
        """The place of the fault under the cursor; None if there is none."""
        return self.query_one("#faults", OptionList).highlighted


def _line(fault: Fault, fired: int) -> Content:
    state = Content.styled("on  ", "bold $text-success") if fault.enabled else Content.styled("off ", "$text-muted")
    times = "always" if fault.deed in (LinkDeed.LATENCY, LinkDeed.NO_PONG) else f"{fired:>5}×"
    return Content.assemble(state, Content.styled(f"{times} ", "$text-muted"), printable(fault_line(fault)))
