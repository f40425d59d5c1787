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
from ocpptui.simulator.connector import Connector, EvseConnector
from ocpptui.simulator.effects import Effect, SendCall
from ocpptui.simulator.equipment import Outlet
from ocpptui.simulator.metering import EnergyMeter
from ocpptui.simulator.outgoing_calls import Identity

_STATE = "AvailabilityState"


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
                tuple(EvseConnector(part, type_) for part, type_ in enumerate(self._types(outlet), 1)),
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

    def _types(self, outlet: Outlet) -> tuple[str, ...]:
        """Those of the connectors that the version tells apart."""
        return outlet.types[:1] if self.version.generation == 1 else outlet.types

    def status(self, connector: Connector) -> str:
        """Its status in the terms of 1.6."""
        if faults.blocking(connector.faults) or faults.blocking(self.station_faults):
            return "Faulted"
        if connector.charge is not None and not connector.charge.is_done:
            return connector.charge.status
        if not (connector.is_operative and self.is_operative) or connector.usable is None:
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
                for one in self.connectors[number].evse_connectors:
                    one.reported = ""
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
            self._show_availability(messages.connector_status(status), Place("EVSE", _STATE, "", connector.number))
            for one in connector.evse_connectors:
                shown = self._shown(connector, one, status)
                place = Place("Connector", _STATE, "", connector.number, one.number)
                self._show_availability(messages.connector_status(shown), place)
                said = f"{shown} {connector.faults}" if self.version.generation == 1 else shown
                if self.is_online and said != one.reported:
                    one.reported = said
                    effects.append(self.status_call(connector.number, now, one.number))
        return effects

    def _shown(self, connector: Connector, one: EvseConnector, status: str) -> str:
        """What StatusNotification says; in 2.x a connector is occupied only once a cable is in it (E01, G01).

        While one connector of an EVSE is in use, the others are unavailable.
        """
        if self.version.generation == 1 or status == "Faulted":
            return status
        charge = connector.charge
        is_waiting = charge is not None and not charge.is_plugged_in and status == charge.status
        shown = messages.connector_status("Available" if is_waiting else status)
        is_out = shown == "Occupied" and connector.plugged_in not in (one, None)
        return "Unavailable" if is_out or (not one.is_operative and shown != "Occupied") else shown

    def status_call(self, number: int, now: int, evse_connector: int = 1) -> SendCall:
        """The StatusNotification of a connector now; 0 for the charge point (1.6)."""
        connector = self.connectors.get(number)
        if connector is None:
            status, found = self.station_status, self.station_faults
        else:
            status, found = self.status(connector), connector.faults or self.station_faults
            if self.version.generation > 1:
                status = self._shown(connector, connector.evse_connectors[evse_connector - 1], status)
        error, info = faults.error_and_info(found)
        return messages.status_notification(
            self.version, number, status, now, error=error, info=info, evse_connector=evse_connector
        )

    def _show_availability(self, status: str, place: Place) -> None:
        setting = self.configuration.by_place(place)
        if setting is not None:
            self.configuration.set(setting, status)
