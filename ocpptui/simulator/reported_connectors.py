"""The connectors of the simulated charge point, and what StatusNotification says of them.

Source: OCPP 1.6 sections 4.9, 5.2 (connector 0: errata 3.22); OCPP 2.x use cases B04, E01, G01.
"""

from __future__ import annotations

from collections.abc import Iterable

from ocpptui.ocpp.version import Version
from ocpptui.simulator import outgoing_calls as messages
from ocpptui.simulator import station_faults as faults
from ocpptui.simulator.behaviour_settings import ChargePointSettings
from ocpptui.simulator.built_settings import built_settings
from ocpptui.simulator.car import Fleet
from ocpptui.simulator.configuration import Configuration, Place
from ocpptui.simulator.connector import Connector
from ocpptui.simulator.effects import Effect, SendCall
from ocpptui.simulator.metering import EnergyMeter
from ocpptui.simulator.outgoing_calls import Identity


class ReportedConnectors:
    """The connectors of one charge point, its own state as a whole, and what was reported of both."""

    def __init__(self, version: Version, own: ChargePointSettings) -> None:
        self.version = version
        self.settings = own
        self.identity = Identity(own.vendor, own.model, own.serial, own.firmware)
        equipment = own.built
        self.configuration = Configuration(built_settings(own, equipment))
        self.fleet = Fleet(equipment.cars, seed=equipment.seed if equipment.draws_cars else None)
        self.connectors = {
            number: Connector(
                number,
                EnergyMeter(
                    number,
                    own.speed,
                    outlet=outlet,
                    arrive=self.fleet.arrive,
                    seed=equipment.seed,
                    noise=equipment.voltage_noise,
                ),
            )
            for number, outlet in enumerate(equipment.outlets, 1)
        }
        self.is_operative = True
        self.planned: bool | None = None
        """Whether it becomes operative or not after the last transaction; None for no change."""
        self.station_faults: list[str] = []
        """The names of the faults of the whole charge point, the oldest first."""
        self.is_connected = False
        self.is_accepted = False
        """Whether the central system has accepted the registration; until then nothing is reported unasked."""
        self._station_reported = ""

    def status(self, connector: Connector) -> str:
        """Its status in the terms of 1.6."""
        if faults.blocking(connector.faults) or faults.blocking(self.station_faults):
            return "Faulted"
        if connector.charge is not None and not connector.charge.is_done:
            return connector.charge.status
        if not (connector.is_operative and self.is_operative):
            return "Unavailable"
        return "Reserved" if connector.reservation is not None else "Available"

    @property
    def station_status(self) -> str:
        if faults.blocking(self.station_faults):
            return "Faulted"
        return "Available" if self.is_operative else "Unavailable"

    def report_all(self, now: int) -> list[Effect]:
        """The StatusNotifications of everything, including connector 0 in 1.6 (errata 3.22)."""
        self.forget_reports([0, *self.connectors])
        return self.report_changes(now)

    def forget_reports(self, numbers: Iterable[int]) -> None:
        """What StatusNotification said of these connectors may not have arrived; 0 is the charge point (1.6)."""
        for number in numbers:
            if number in self.connectors:
                self.connectors[number].reported = ""
            else:
                self._station_reported = ""

    @property
    def is_online(self) -> bool:
        """Whether the central system hears what is reported now."""
        return self.is_connected and self.is_accepted

    def report_changes(self, now: int) -> list[Effect]:
        """The StatusNotifications that are due; none without a connection or before the registration is accepted."""
        effects: list[Effect] = []
        shown = f"{self.station_status} {self.station_faults}"
        if self.is_online and self.version.generation == 1 and self._station_reported != shown:
            self._station_reported = shown
            effects.append(self.status_call(0, now))
        for connector in self.connectors.values():
            status = self.status(connector)
            self._show_availability(connector.number, messages.connector_status(status))
            shown = self._shown(connector, status)
            if self.is_online and shown != connector.reported:
                connector.reported = shown
                effects.append(self.status_call(connector.number, now))
        return effects

    def _shown(self, connector: Connector, status: str) -> str:
        """What StatusNotification says; in 2.x a connector is occupied only once a cable is in it (E01, G01)."""
        if self.version.generation == 1:
            return f"{status} {connector.faults}"
        charge = connector.charge
        is_waiting = charge is not None and not charge.is_plugged_in and status == charge.status
        return messages.connector_status("Available" if is_waiting else status)

    def status_call(self, number: int, now: int) -> SendCall:
        """The StatusNotification of a connector now; 0 for the charge point (1.6)."""
        connector = self.connectors.get(number)
        if connector is None:
            status, found = self.station_status, self.station_faults
        else:
            status, found = self.status(connector), connector.faults or self.station_faults
            if self.version.generation > 1:
                status = self._shown(connector, status)
        error, info = faults.error_and_info(found)
        return messages.status_notification(self.version, number, status, now, error=error, info=info)

    def _show_availability(self, evse: int, status: str) -> None:
        for place in (
            Place("EVSE", "AvailabilityState", "", evse),
            Place("Connector", "AvailabilityState", "", evse, 1),
        ):
            setting = self.configuration.by_place(place)
            if setting is not None:
                self.configuration.set(setting, status)
