"""The panel of a simulated charge point: what its driver does, with a key each, over the session."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from ocpptui.describe.safe_text import printable
from ocpptui.ocpp.version import Version
from ocpptui.session.session import Session
from ocpptui.simulator.driver_side import KINDS, Operation
from ocpptui.simulator.station_faults import ERROR_CODES
from ocpptui.tui.commands.command import Where
from ocpptui.tui.commands.command_registry import bindings
from ocpptui.tui.screens.bottom_panel import BottomPanel
from ocpptui.tui.screens.dialogs import ChoiceQuestion, TextQuestion
from ocpptui.tui.widgets.key_table import PanelKey, key_table

if TYPE_CHECKING:
    from ocpptui.simulator.connector_view import ConnectorView

UNLISTED = frozenset({"operate.close", "operate.connector", "operate.previous_station"})
"""Keys that the panel need not show."""
LOOK = 0.5
"""Seconds between two looks at the meters."""


class OperateScreen(BottomPanel[None]):
    """Shows the connectors and does what the keys say. It stays open, so that one can watch the log above it."""

    CSS_PATH = "operate_screen.tcss"
    WHERE: ClassVar[tuple[Where, ...]] = (Where.OPERATE,)
    BINDINGS: ClassVar[list[BindingType]] = bindings(Where.OPERATE)

    def __init__(self, session: Session, charge_point: str) -> None:
        super().__init__()
        self._session = session
        self._station = charge_point
        self.chosen = 1
        """The connector (1.6) or EVSE (2.x) that the keys are for."""
        self.chosen_part = 1
        """The connector of that EVSE into which a car is plugged."""

    def compose(self) -> ComposeResult:
        with Vertical(id="operate") as panel:
            panel.border_subtitle = "1-9, tab: connector, esc: close"
            yield Static(id="connectors", markup=False)
            yield Static(id="keys", markup=False)

    def on_mount(self) -> None:
        self.set_interval(LOOK, self._look)
        self._look()

    def on_resize(self) -> None:
        self._look()

    def _look(self) -> None:
        names = self._session.behaviours.charge_points()
        place = f", {names.index(self._station) + 1} of {len(names)}" if len(names) > 1 else ""
        self.query_one("#operate").border_title = Content(printable(f"Charge point {self._station}{place}"))
        views = self._session.behaviours.connector_views(self._station)
        chosen = [self.chosen_part if view.number == self.chosen else 0 for view in views]
        width = max((len(_place(view, part)) for view, part in zip(views, chosen, strict=True)), default=0)
        lines = [connector_line(view, chosen=part, width=width) for view, part in zip(views, chosen, strict=True)]
        self.query_one("#connectors", Static).update(Content("\n").join(lines))
        self.query_one("#keys", Static).update(key_table(self._keys(), self.size.width - 4))
        self.leave_room("operate")

    # -- the keys -----------------------------------------------------------------------------------------------

    def on_key(self, event: events.Key) -> None:
        """A digit chooses a connector."""
        if event.character is not None and event.character.isdecimal():
            event.stop()
            self._choose(int(event.character))

    def _choose(self, number: int) -> None:
        if any(view.number == number for view in self._session.behaviours.connector_views(self._station)):
            self.chosen, self.chosen_part = number, 1
            self._look()

    def action_other_connector(self) -> None:
        """Choose the next connector, after the last the first."""
        views = self._session.behaviours.connector_views(self._station)
        places = [(view.number, part) for view in views for part in range(1, max(1, len(view.types)) + 1)]
        self.chosen, self.chosen_part = places[(places.index((self.chosen, self.chosen_part)) + 1) % len(places)]
        self._look()

    def action_other_station(self, by: int) -> None:
        """Operate the next charge point, or the previous one."""
        names = self._session.behaviours.charge_points()
        self._station = names[(names.index(self._station) + by) % len(names)]
        self.chosen = self.chosen_part = 1
        self._look()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "other_station":
            return len(self._session.behaviours.charge_points()) > 1
        station = self._session.behaviours.charge_point(self._station)
        if action == "grid_frequency":
            return station is not None and bool(station.device.der.supported)
        is_of_2_1 = station is not None and station.version is Version.V21
        return is_of_2_1 or (action, parameters) != ("switch", ("priority",))

    def action_operate(self, name: str) -> None:
        """Do something at the chosen connector, or to the whole charge point."""
        self._operate(name)

    def action_switch(self, name: str) -> None:
        """Do the one of two opposite things that is possible."""
        self._operate(self._possible(name))

    def action_other_card(self) -> None:
        """Ask for the token, and present it."""

        question = "Present which card (idTag or idToken)?"
        self.app.push_screen(TextQuestion(question, wrong=lambda text: self._try("card", text)))

    def action_fault(self) -> None:
        """Ask for the error code, and break that."""

        def chosen(number: int | None) -> None:
            if number is not None:
                self._operate("fault", ERROR_CODES[number])

        self.app.push_screen(ChoiceQuestion(f"What breaks at connector {self.chosen}?", ERROR_CODES), chosen)

    def action_grid_frequency(self) -> None:
        """Ask for the frequency, and let the grid have it."""

        question = "What is the frequency of the grid, in hertz?"
        self.app.push_screen(TextQuestion(question, wrong=lambda text: self._try("grid-frequency", text)))

    def action_close(self) -> None:
        self.dismiss(None)

    def _operate(self, name: str, argument: str = "") -> None:
        problem = self._try(name, argument)
        if problem:
            self.notify(printable(problem), markup=False)

    def _try(self, name: str, argument: str = "") -> str:
        """Do something, or return why it is impossible."""
        plugs_in = any(kind.name == name and kind.chooses_evse_connector for kind in KINDS)
        part = self.chosen_part if plugs_in and self._view is not None and self._view.types else 0
        problem = self._session.operate(self._station, Operation(name, self.chosen, argument, part))
        self._look()
        return problem

    def _possible(self, name: str) -> str:
        """The operation that a switch does now."""
        view = self._view
        match name:
            case "car":
                is_waiting = view is not None and view.soc is not None and not view.wants_energy
                return "resume-car" if is_waiting else "pause-car"
            case "priority":
                return "no-priority" if view is not None and view.has_priority else "priority"
            case "emergency":
                return "release" if view is not None and "EmergencyStop" in view.faults else "emergency-stop"
            case "tilt":
                return "upright" if view is not None and "Tilt" in view.faults else "tilt"
        return "offline" if self._session.connection_of(self._station) is not None else "online"

    @property
    def _view(self) -> ConnectorView | None:
        views = self._session.behaviours.connector_views(self._station)
        return next((view for view in views if view.number == self.chosen), None)

    def _keys(self) -> list[PanelKey]:
        """Each key with what it does now."""
        now = {
            "operate.car": {"resume-car": "Resume the car"},
            "operate.priority": {"no-priority": "Without priority"},
            "operate.emergency": {"release": "Release the button"},
            "operate.tilt": {"upright": "Set it upright again"},
            "operate.line": {"online": "Connect again"},
        }
        shown = []
        for _, binding, _, _ in self.active_bindings.values():
            name = binding.id or ""
            if not name.startswith("operate.") or name in UNLISTED:
                continue
            words = now.get(name, {}).get(self._possible(name.removeprefix("operate.")), binding.description)
            shown.append(PanelKey(self.app.get_key_display(binding), words, binding.action))
        return list({key.action: key for key in shown}.values())


def _place(view: ConnectorView, chosen: int) -> str:
    """The number of a connector, or of an EVSE with that of its connector in use, or chosen, and its type."""
    part = view.plugged_in or chosen or 1
    return f"{view.number}/{part} {view.types[part - 1]}" if view.types else str(view.number)


def connector_line(view: ConnectorView, *, chosen: int = 0, width: int = 0) -> Content:
    """What one sees of a connector, in a line; `chosen` is the connector of its EVSE that the keys are for, or 0.

    The place is as wide as the widest, `width` characters.
    """
    parts = [f"{'▸' if chosen else ' '}{_place(view, chosen):<{width}} {view.status:<13}"]
    if view.soc is not None:
        parts.append(f"car at {view.soc:.1f} %" + ("" if view.wants_energy else ", waits"))
    if view.power:
        parts.append(f"{view.power / 1000:.1f} kW, {view.current:.1f} A")
    if view.token:
        parts.append(f"card {view.token}")
    if view.transaction:
        parts.append(f"tx {view.transaction}")
    if view.has_priority:
        parts.append("with priority")
    parts += view.faults
    return Content.styled(printable("  ".join(parts)), "bold" if chosen else "")
