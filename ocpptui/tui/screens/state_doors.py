"""What the lines of the state panel lead to."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from textual.screen import Screen

from ocpptui.tui.widgets.filter_bar import FilterBar
from ocpptui.tui.widgets.message_log import MessageLog
from ocpptui.tui.widgets.state_lines import GoTo, Narrow, OpenView

if TYPE_CHECKING:
    from ocpptui.tui.widgets.state_panel import StatePanel


class StateDoors:
    """Narrows the log, goes to a record with `go_to`, or opens another screen."""

    def __init__(
        self, screen: Screen[None], log: MessageLog, filter_bar: FilterBar, go_to: Callable[[int], None]
    ) -> None:
        self._screen = screen
        self._log = log
        self._filter = filter_bar
        self._go_to = go_to

    async def open(self, message: StatePanel.DoorOpened, *, is_chosen: bool) -> None:
        """Go where a line leads; `is_chosen` says that the log shows only its charge point anyway."""
        door = message.door
        match door:
            case Narrow():
                query = door.query
                if not is_chosen and len(self._log.timeline.charge_points()) > 1:
                    name = message.charge_point.replace("\\", r"\\").replace('"', r"\"")
                    query = f'cp:"{name}" ({query})'
                self._filter.put(query)
                self._log.focus()
            case GoTo():
                call = self._log.timeline.call_of(door.record)
                self._go_to(door.record if call is None else call)
                self._log.focus()
            case OpenView():
                await self._screen.run_action(door.action)
