"""The tables of the settings of all charge points of a session, which outlive the screen that shows them."""

from __future__ import annotations

from dataclasses import dataclass, field

from ocpptui.compose.setting_sender import SettingSender
from ocpptui.runtime.tasks import Tasks
from ocpptui.session.session import Session
from ocpptui.stations.known_settings import KnownSettings
from ocpptui.stations.setting_table import SettingTable


@dataclass
class ConfigurationTables:
    """The tables of a session as the user left them, and what sends their changes."""

    session: Session
    sender: SettingSender
    tasks: Tasks
    """Of the session, so that changes go on when the table is closed."""
    by_charge_point: dict[str, SettingTable] = field(default_factory=dict)

    def of(self, charge_point: str) -> SettingTable:
        """The table of a charge point."""
        known, table = self.session.knowledge.get(charge_point), self.by_charge_point.get(charge_point)
        if table is None or (known is not None and table.settings is not known.settings):
            unsent = {} if table is None else table.wanted
            table = self.by_charge_point[charge_point] = SettingTable(
                KnownSettings() if known is None else known.settings
            )
            for change in unsent.values():
                table.want(change)
        return table

    @property
    def unsent(self) -> int:
        """How many changes are kept and not sent."""
        return sum(len(table.wanted) for table in self.by_charge_point.values())
