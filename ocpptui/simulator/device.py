"""The state of the simulated charge point: connectors, configuration, lists, profiles, running work.

It outlives a connection, as in a real one. The modules listed in `call_handlers` say what it does with a call.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ocpptui.ocpp.composite_schedule import CompositeSchedule, Supply, composite_schedule, limit_at
from ocpptui.ocpp.date_times import SECOND
from ocpptui.ocpp.profile_moment import ChargingSituation
from ocpptui.ocpp.profile_store import ProfileStore
from ocpptui.ocpp.standard_settings import settings
from ocpptui.ocpp.version import Version
from ocpptui.simulator import outgoing_calls as messages
from ocpptui.simulator.behaviour_settings import ChargePointSettings
from ocpptui.simulator.charging import Charge, ChargePlan
from ocpptui.simulator.configuration import Configuration, Place
from ocpptui.simulator.effects import CloseConnection, Effect, SendCall
from ocpptui.simulator.installed_certificates import CertificateStore
from ocpptui.simulator.metering import MAX_CURRENT, PHASES, VOLTAGE, EnergyMeter, meter_value, total
from ocpptui.simulator.outgoing_calls import DriverToken, Identity, StopReason
from ocpptui.simulator.schedule import Agenda

SUPPLY = Supply(VOLTAGE, PHASES, MAX_CURRENT)
"""What each connector is built for."""
RESET_PATIENCE = 30 * SECOND
"""How long a reset waits for the answers about the transactions that it ended."""


@dataclass(frozen=True, slots=True)
class Reservation:
    """A connector reserved for a token."""

    id: int
    token: str
    """In lower case."""
    expiry: int


@dataclass(slots=True)
class Connector:
    """A connector of 1.6, or an EVSE with its one connector in 2.x."""

    number: int
    meter: EnergyMeter
    is_operative: bool = True
    planned: bool | None = None
    """Whether it becomes operative or not after the running transaction; None for no change."""
    reservation: Reservation | None = None
    charge: Charge | None = None
    reported: str = ""
    """The last reported status, in the terms of the version."""


@dataclass(slots=True)
class Work:
    """An upload or firmware update: its last status and its request."""

    status: str = "Idle"
    request_id: int | None = None
    is_signed: bool = False


@dataclass(slots=True)
class Reply:
    """The answer to a call, and the effects that follow it."""

    payload: dict[str, Any]
    effects: list[Effect] = field(default_factory=list)


def status_reply(status: str, *effects: Effect) -> Reply:
    """The usual answer, which is just a status."""
    return Reply({"status": status}, list(effects))


class Device:
    """The state of one simulated charge point."""

    def __init__(self, version: Version, own: ChargePointSettings) -> None:
        self.version = version
        self.settings = own
        self.identity = Identity(own.vendor, own.model, own.serial, own.firmware)
        self.configuration = Configuration(
            settings(
                own.connectors,
                vendor=own.vendor,
                model=own.model,
                serial=own.serial,
                firmware=own.firmware,
                heartbeat_interval=own.heartbeat_interval,
                meter_interval=own.meter_interval,
            )
        )
        self.connectors = {n: Connector(n, EnergyMeter(n, own.speed)) for n in range(1, own.connectors + 1)}
        self.is_operative = True
        self.planned: bool | None = None
        """Whether it becomes operative or not after the last transaction; None for no change."""
        self.is_accepted = False
        """Whether the central system has accepted the registration; until then nothing is reported unasked."""
        self.agenda = Agenda()
        self.profiles = ProfileStore()
        self.certificates = CertificateStore()
        self.local_list: dict[str, dict[str, Any]] = {}
        self.local_list_version = 0
        self.monitors: dict[int, dict[str, Any]] = {}
        self.display: dict[int, dict[str, Any]] = {}
        self.tariffs: dict[int, dict[str, Any]] = {}
        self.controls: dict[str, dict[str, Any]] = {}
        """DER controls of 2.1, by id."""
        self.log = Work()
        self.diagnostics = Work()
        self.firmware = Work()
        self.boot_reason = "PowerUp"
        """The reason in the next BootNotification (2.x BootReasonEnumType)."""
        self.needs_boot = True
        """Whether it has started and the central system has not accepted it since."""
        self._resetting = False
        self._reset_when_idle = False
        self._station_reported = ""

    # -- connectors ---------------------------------------------------------------------------------------------

    def status(self, connector: Connector) -> str:
        """Its status in the terms of 1.6."""
        if connector.charge is not None and not connector.charge.is_done:
            return connector.charge.status
        if not (connector.is_operative and self.is_operative):
            return "Unavailable"
        return "Reserved" if connector.reservation is not None else "Available"

    @property
    def station_status(self) -> str:
        return "Available" if self.is_operative else "Unavailable"

    def report_all(self, now: int) -> list[Effect]:
        """The StatusNotifications of everything, including connector 0 in 1.6 (errata 3.22)."""
        for connector in self.connectors.values():
            connector.reported = ""
        self._station_reported = ""
        return self.report_changes(now)

    def report_changes(self, now: int) -> list[Effect]:
        """The StatusNotifications that are due; none before the registration is accepted."""
        if not self.is_accepted:
            return []
        effects: list[Effect] = []
        if self.version.generation == 1 and self._station_reported != self.station_status:
            self._station_reported = self.station_status
            effects.append(self.status_call(0, now))
        for connector in self.connectors.values():
            status = self.status(connector)
            shown = status if self.version.generation == 1 else messages.connector_status(status)
            if shown != connector.reported:
                connector.reported = shown
                self._show_availability(connector.number, messages.connector_status(status))
                effects.append(self.status_call(connector.number, now))
        return effects

    def status_call(self, number: int, now: int) -> SendCall:
        """The StatusNotification of a connector now; 0 for the charge point (1.6)."""
        status = self.status(self.connectors[number]) if number else self.station_status
        return messages.status_notification(self.version, number, status, now)

    def _show_availability(self, evse: int, status: str) -> None:
        for place in (
            Place("EVSE", "AvailabilityState", "", evse),
            Place("Connector", "AvailabilityState", "", evse, 1),
        ):
            setting = self.configuration.by_place(place)
            if setting is not None:
                self.configuration.set(setting, status)

    def meter_call(self, number: int, now: int, context: str) -> SendCall:
        """The MeterValues of a connector at `now`; 0 for the main meter."""
        connector = self.connectors.get(number)
        charge = connector.charge if connector is not None else None
        if charge is not None and charge.is_charging and self.version.generation == 1:
            return charge.meter_values(now, context)
        names = self.configuration.names("MeterValuesSampledData")
        if charge is None:
            names = [name for name in names if name != "SoC"]  # there is no car
        meters = [connector.meter] if connector is not None else [c.meter for c in self.connectors.values()]
        reading = total(now, [meter.read(now, self._limit(meter.connector, now)) for meter in meters])
        return messages.meter_values(self.version, number, meter_value(self.version, reading, names, context))

    # -- charges ------------------------------------------------------------------------------------------------

    def charges(self) -> Iterator[Charge]:
        """The current charges, by connector."""
        return (c.charge for c in self.connectors.values() if c.charge is not None)

    def running(self) -> list[Charge]:
        """The charges with a transaction."""
        return [charge for charge in self.charges() if charge.is_running]

    def charge_of(self, transaction: str) -> Charge | None:
        """The charge with this transaction id; case is ignored (2.x identifierString)."""
        wanted = transaction.lower()
        return next((c for c in self.running() if c.transaction and c.transaction.lower() == wanted), None)

    def free_connector(self, wanted: int | None, token: str) -> Connector | None:
        """A free connector for a token: the wanted one, or the first if `wanted` is None."""
        candidates = self.connectors.values() if wanted is None else [self.connectors.get(wanted)]
        return next((c for c in candidates if c is not None and self._is_free(c, token)), None)

    def _is_free(self, connector: Connector, token: str) -> bool:
        if self._resetting or self._reset_when_idle or not (self.is_operative and connector.is_operative):
            return False
        reserved = connector.reservation
        return connector.charge is None and (reserved is None or reserved.token == token.lower())

    def begin(self, plan: ChargePlan, now: int) -> list[Effect]:
        """Plug in a car at a free connector and charge."""
        connector = self.connectors[plan.connector]
        connector.reservation = None
        connector.charge = self._charge(plan)
        return connector.charge.begin(now)

    def adopt(self, number: int, token: DriverToken, transaction: str, sequence: int, now: int) -> None:
        """Note a transaction that the user started by hand, so that it can be stopped, but send no meter values."""
        connector = self.connectors.get(number)
        if connector is not None and connector.charge is None:
            connector.charge = self._charge(ChargePlan(number, token, interval=0))
            connector.charge.adopt(transaction, sequence, now)

    def _charge(self, plan: ChargePlan) -> Charge:
        return Charge(
            self.version,
            plan,
            self.configuration,
            self.connectors[plan.connector].meter,
            limit=lambda now: self._limit(plan.connector, now),
            report_status=self.report_changes,
        )

    def _limit(self, number: int, now: int) -> float:
        amperes = limit_at(self.profiles, number, now, situations=self._situations(), supply=SUPPLY).amperes
        return MAX_CURRENT if amperes is None else amperes

    def composite(self, number: int, now: int, duration: int, unit: str) -> CompositeSchedule:
        """The limit of a connector or EVSE, or with 0 of all together, for the next `duration` seconds."""
        return composite_schedule(
            self.profiles, number, now, duration, unit=unit, situations=self._situations(), supply=SUPPLY
        )

    def _situations(self) -> dict[int, ChargingSituation]:
        running = {charge.plan.connector: charge for charge in self.running()}
        return {
            number: ChargingSituation(running[number].transaction, running[number].started)
            if number in running
            else ChargingSituation()
            for number in self.connectors
        }

    def settle(self, now: int) -> list[Effect]:
        """Clean up after finished charges, and do a reset that was waiting for them."""
        for connector in self.connectors.values():
            if connector.charge is None or not connector.charge.is_done:
                continue
            connector.charge = None
            self.profiles.end_transaction(connector.number, "")
            if connector.planned is not None:
                connector.is_operative, connector.planned = connector.planned, None
        if self.planned is not None and not self.running():
            self.is_operative, self.planned = self.planned, None
        effects = self.report_changes(now)
        if self._reset_when_idle and not self.running():
            effects += self.reset(StopReason.SOFT_RESET, "ScheduledReset", now)
        elif self._resetting and not self.running():
            effects += self._close()
        return effects

    def clock_set(self, by: int) -> None:
        """The clock was set by so many microseconds: what runs goes on for as long as before."""
        self.agenda.clock_set(by)
        for connector in self.connectors.values():
            connector.meter.clock_set(by)
        for charge in self.charges():
            charge.clock_set(by)

    # -- reset --------------------------------------------------------------------------------------------------

    def reset(self, reason: StopReason, boot_reason: str, now: int) -> list[Effect]:
        """End every transaction, then close the connection."""
        self._resetting, self._reset_when_idle, self.boot_reason = True, False, boot_reason
        effects = [effect for charge in self.running() for effect in charge.stop(now, reason)]
        if not self.running():
            return effects + self._close()
        self.agenda.at(now + RESET_PATIENCE, "reset", lambda now: self._close())
        return effects

    def reset_when_idle(self) -> None:
        """Reset as soon as no transaction runs."""
        self._reset_when_idle = True

    def _close(self) -> list[Effect]:
        """Close once; further events before the connection is down change nothing."""
        if not self._resetting:
            return []
        self.restart()
        return [CloseConnection("reset")]

    def restart(self) -> None:
        """Forget what does not survive a restart."""
        self._resetting = self._reset_when_idle = self.is_accepted = False
        self.needs_boot = True
        self.agenda.clear()
        self.log, self.diagnostics, self.firmware = Work(), Work(), Work()
        for connector in self.connectors.values():
            connector.charge = None
