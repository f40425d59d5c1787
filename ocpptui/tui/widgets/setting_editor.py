"""The editor of one setting, over its row: a field for numbers and texts, a list for switches and lists."""

from __future__ import annotations

from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input, Static

from ocpptui.describe.safe_text import printable
from ocpptui.ocpp.secret_names import is_masked
from ocpptui.ocpp.setting_fact import CHOICE, FLAG
from ocpptui.stations.setting_changes import SettingChange
from ocpptui.stations.setting_demand import SWITCH, SettingDemand, items_of
from ocpptui.stations.setting_table import SettingRow
from ocpptui.tui.commands.command import Where
from ocpptui.tui.commands.command_registry import bindings

NOTE = 2
"""Lines for what the value has to be, or what is wrong with it."""
MOST_SHOWN = 12
"""Choices that are visible at a time."""


class SettingEditor(Vertical):
    """Edits the value of a row. What is wrong with it is said; a second enter sends it anyway."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(Where.SETTING)

    class Edited(Message):
        """The user is done: sends the value now, keeps it for later, or has left."""

        def __init__(self, change: SettingChange | None, *, at_once: bool = True) -> None:
            super().__init__()
            self.change = change
            """None if the user left."""
            self.at_once = at_once

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.row: SettingRow | None = None
        self.demand = SettingDemand()
        self._field = Input(id="value_field", compact=True)
        self._choices = Choices(id="value_choices")
        self._note = Static(id="value_note", markup=False)
        self._warned = ""  # the value about which the user was warned

    def compose(self) -> ComposeResult:
        yield self._field
        yield self._choices
        yield self._note

    def open(self, row: SettingRow) -> None:
        """Edit the value of a row: what the user meant to send, or what it is."""
        self.row, self.demand, self._warned = row, row.demand, ""
        value = row.wanted if row.wanted is not None else row.value or ""
        if is_masked(value):
            value = ""
        self._field.value = value
        is_list = self.demand.data_type == FLAG or bool(self.demand.members)
        if is_list:
            self._choices.open(self.demand, value)
        self._show(as_list=is_list)

    def _show(self, *, as_list: bool) -> None:
        self._choices.display, self._field.display = as_list, not as_list
        self.display = True
        self.screen.set_focus(self._choices if as_list else self._field)
        if not as_list:
            self._field.action_select_all()
        self._say()

    @property
    def value(self) -> str:
        """The value as it is now."""
        return self._choices.value if self._choices.display else self._field.value

    @property
    def lines(self) -> int:
        """The height that it needs."""
        return (self._choices.lines if self._choices.display else 1) + NOTE

    def _say(self) -> None:
        objection = self.demand.objection(self.value)
        self._note.set_class(bool(objection), "-wrong")
        if objection and self._warned == self.value:
            text = f"{objection}; enter sends it anyway"
        elif objection:
            text = objection
        else:
            text = self.demand.words(self.row.unit if self.row is not None else "")
            if self.row is not None and self.row.is_read_only:
                text = f"reported as read-only; {text}"
            several = self._choices.display and self.demand.takes_several
            text = f"{text}; {'space chooses, ' if several else ''}enter sends"
        self._note.update(Content(printable(text)))

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self._say()

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self._finish(at_once=True)

    def action_done(self) -> None:
        self._finish(at_once=True)

    def action_keep(self) -> None:
        self._finish(at_once=False)

    def action_leave(self) -> None:
        self.post_message(self.Edited(None))

    def action_as_text(self) -> None:
        """Type the value of a list as text."""
        if self._choices.display:
            self._field.value = self._choices.value
            self._show(as_list=False)

    def _finish(self, *, at_once: bool) -> None:
        value, row = self.value, self.row
        if row is None:
            return
        if self.demand.objection(value) and self._warned != value:
            self._warned = value
            self._say()
            return
        self.post_message(self.Edited(SettingChange(row.place, value), at_once=at_once))

    def choices_changed(self) -> None:
        """Say what is wrong with the list now."""
        self._say()


class Choices(Widget, can_focus=True):
    """The choices, one a line: one of them, or several. A letter goes to the next choice that begins with it."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._names: list[str] = []
        self._chosen: list[str] = []  # in their order
        self._several = False
        self._cursor = 0

    def open(self, demand: SettingDemand, value: str) -> None:
        """Offer the members of a list with those of the value chosen, or the two states of a switch."""
        self._several = demand.takes_several
        if demand.data_type == FLAG:
            self._names = [_in_case_of(value, one) for one in SWITCH]
            # A switch is opened to be turned: the cursor is on the other state.
            self._cursor = 1 if value.strip().lower() == "true" else 0
            self._chosen = []
        else:
            self._names = list(demand.members)
            self._chosen = items_of(value) if self._several else []
            here = value if demand.data_type == CHOICE else next(iter(self._chosen), "")
            self._cursor = self._names.index(here) if here in self._names else 0
        self.refresh(layout=True)

    @property
    def lines(self) -> int:
        return min(MOST_SHOWN, len(self._names))

    @property
    def value(self) -> str:
        if self._several:
            return ",".join(self._chosen)
        return self._names[self._cursor] if self._names else ""

    def render(self) -> Content:
        top = max(0, min(self._cursor - self.lines // 2, len(self._names) - self.lines))
        shown = []
        for number in range(top, top + self.lines):
            name = self._names[number]
            if self._several:
                sign = "[x] " if name in self._chosen else "[ ] "
            else:
                sign = "(•) " if number == self._cursor else "( ) "
            style = "$block-cursor-foreground on $block-cursor-background" if number == self._cursor else ""
            shown.append(Content.styled(f"{sign}{printable(name)}", style))
        return Content("\n").join(shown)

    def get_content_height(self, container: object, viewport: object, width: int) -> int:
        return self.lines

    def on_key(self, event: events.Key) -> None:
        if not self._names:
            return
        match event.key:
            case "down" | "up":
                step = 1 if event.key == "down" else -1
                self._cursor = (self._cursor + step) % len(self._names)
            case "home" | "end":
                self._cursor = 0 if event.key == "home" else len(self._names) - 1
            case "space":
                self._turn()
            case _:
                if event.character is None or not event.character.isalnum():
                    return
                letter = event.character.casefold()
                order = [(self._cursor + step) % len(self._names) for step in range(1, len(self._names) + 1)]
                self._cursor = next((n for n in order if self._names[n].casefold().startswith(letter)), self._cursor)
        event.stop()
        self._changed()

    def _turn(self) -> None:
        name = self._names[self._cursor]
        if not self._several:
            self._cursor = (self._cursor + 1) % len(self._names)
        elif name in self._chosen:
            self._chosen.remove(name)
        else:
            self._chosen.append(name)

    def on_click(self, event: events.Click) -> None:
        top = max(0, min(self._cursor - self.lines // 2, len(self._names) - self.lines))
        if top + event.y < len(self._names):
            self._cursor = top + event.y
            if self._several:
                self._turn()
            self._changed()

    def _changed(self) -> None:
        self.refresh()
        if isinstance(self.parent, SettingEditor):
            self.parent.choices_changed()


def _in_case_of(value: str, state: str) -> str:
    """A state as the charge point writes it: True where it writes False."""
    if value.isupper():
        return state.upper()
    return state.capitalize() if value[:1].isupper() else state
