"""The panel of a central system: the commands to one charge point, or to several, with a key each."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from ocpptui.compose.remote_sending import CommandTarget
from ocpptui.describe.safe_text import printable
from ocpptui.remote_control.circumstances import Circumstances, ConnectorPlace
from ocpptui.remote_control.command_list import REMOTE_COMMANDS, remote_commands
from ocpptui.tui.commands.command import Where
from ocpptui.tui.commands.command_registry import bindings
from ocpptui.tui.screens.closing import Dialog
from ocpptui.tui.widgets.key_table import PanelKey, key_table

MOST_PLACES = 8
"""Connectors in a line each; of more, those around the chosen one are shown."""


class CommandPanel(Dialog[None]):
    """Shows the connectors and the commands. It closes when a command is sent."""

    CSS_PATH = "command_panel.tcss"
    WHERE: ClassVar[tuple[Where, ...]] = (Where.COMMAND_PANEL, Where.REMOTE)
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Where.COMMAND_PANEL), *bindings(Where.REMOTE)]

    def __init__(
        self,
        targets: Sequence[CommandTarget],
        place: ConnectorPlace | None,
        transaction: str,
        case: Callable[[ConnectorPlace | None, str], Circumstances],
        give: Callable[[str, ConnectorPlace | None, str], Awaitable[None]],
    ) -> None:
        """`place` and `transaction` are those that the user points at.

        `case` returns what is known of the first target; `give` gives a command, by its name, to all.
        """
        super().__init__()
        self._case_at = case
        self._give = give
        self._targets = targets
        self._transaction = transaction
        self.chosen = place
        """The connector that the commands are for; None for no particular one."""

    def compose(self) -> ComposeResult:
        with Vertical(id="commands") as panel:
            panel.border_title = Content(printable(self._title()))
            panel.border_subtitle = "1-9, tab: connector, esc: close" if self._places else "esc: close"
            yield Static(id="places", markup=False)
            yield Static(id="command_keys", markup=False)

    def on_mount(self) -> None:
        self._look()

    def on_resize(self) -> None:
        self._look()

    def _title(self) -> str:
        if len(self._targets) == 1:
            return f"A command to {self._targets[0].charge_point}, OCPP {self._targets[0].version.as_choice}"
        names = ", ".join(one.charge_point for one in self._targets)
        return f"A command to {len(self._targets)} charge points: {names}"

    @property
    def _case(self) -> Circumstances:
        return self._case_at(self.chosen, self._transaction)

    @property
    def _places(self) -> list[ConnectorPlace]:
        return self._case.places if len(self._targets) == 1 else []

    def _look(self) -> None:
        case, lines = self._case, self._places
        start = max(0, min(lines.index(self.chosen) if self.chosen in lines else 0, len(lines) - MOST_PLACES))
        rows = [place_line(case, one, chosen=one == self.chosen) for one in lines[start : start + MOST_PLACES]]
        places = self.query_one("#places", Static)
        places.display = bool(rows)
        places.update(Content("\n").join(rows))
        self.query_one("#command_keys", Static).update(key_table(self._keys(case), self.size.width - 4))

    def _keys(self, case: Circumstances) -> list[PanelKey]:
        """The commands that a version of the targets has; dim where nothing is known that they apply to."""
        known = {one.id for target in self._targets for one in remote_commands(target.version)}
        dim = set()
        if len(self._targets) == 1:
            dim |= set() if case.running(case.place) else {"stop", "transaction"}
            dim |= set() if len(case.known.reservations) else {"cancel"}
        keys = {binding.id: self.app.get_key_display(binding) for _, binding, _, _ in self.active_bindings.values()}
        return [
            PanelKey(keys[f"remote.{one.id}"], one.title, f"remote('{one.id}')", one.id in dim)
            for one in REMOTE_COMMANDS
            if one.id in known and f"remote.{one.id}" in keys
        ]

    # -- the keys -----------------------------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action != "remote":
            return True
        return any(one.id == parameters[0] for target in self._targets for one in remote_commands(target.version))

    def on_key(self, event: events.Key) -> None:
        """A digit chooses a connector; the same one again chooses the next connector of that EVSE."""
        if event.character is None or not event.character.isdecimal():
            return
        event.stop()
        found = [one for one in self._places if one.number == int(event.character)]
        if found:
            at = found.index(self.chosen) + 1 if self.chosen in found else 0
            self._choose(found[at % len(found)])

    def action_other_place(self) -> None:
        """Choose the next connector, and after the last one none."""
        places: list[ConnectorPlace | None] = [None, *self._places]
        at = places.index(self.chosen) if self.chosen in places else 0
        self._choose(places[(at + 1) % len(places)])

    def _choose(self, place: ConnectorPlace | None) -> None:
        self.chosen, self._transaction = place, ""
        self._look()

    async def action_remote(self, name: str) -> None:
        """Give a command."""
        await self._give(name, self.chosen, self._transaction)

    def action_close(self) -> None:
        self.close()

    def close(self) -> None:
        """Close it, wherever it is on the stack of screens."""
        if self.app.screen is self:
            self.dismiss(None)


def place_line(case: Circumstances, place: ConnectorPlace, *, chosen: bool) -> Content:
    """What is known of a connector, in a line."""
    parts = [f"{'▸' if chosen else ' '}{place} {case.status_of(place)}".rstrip()]
    for one in case.running(place)[:1]:
        parts.append(f"transaction {one.id}")
        parts += [one.id_token] if one.id_token else []
        if one.meter_start is not None and one.meter_last is not None:
            parts.append(f"{(one.meter_last - one.meter_start) / 1000:.2f} kWh")
    return Content.styled(printable("  ".join(parts)), "bold" if chosen else "")
