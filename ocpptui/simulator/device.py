"""The state of the simulated charge point beside its connectors: lists, profiles, charges, running work.

It outlives a connection, as in a real one. The modules listed in `call_handlers` say what it does with a call.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from ocpptui.ocpp.actions import find_action
from ocpptui.ocpp.composite_schedule import CompositeSchedule, composite_schedule
from ocpptui.ocpp.date_times import SECOND, date_time
from ocpptui.ocpp.profile_store import ProfileStore
from ocpptui.ocpp.standard_settings import Setting
from ocpptui.ocpp.version import Version
from ocpptui.simulator import outgoing_calls as messages
from ocpptui.simulator import station_faults as faults
from ocpptui.simulator.aligned_data import AlignedClock
from ocpptui.simulator.battery_bays import SWAP, BatteryBays
from ocpptui.simulator.behaviour_settings import ChargePointSettings
from ocpptui.simulator.charge_plan import NOBODY, ChargePlan
from ocpptui.simulator.charging import Charge
from ocpptui.simulator.configuration import Place
from ocpptui.simulator.connection_plan import ConnectionFacts
from ocpptui.simulator.connector import Connector
from ocpptui.simulator.der_controls import DerControls
from ocpptui.simulator.dynamic_profiles import DynamicProfiles
from ocpptui.simulator.effects import CloseConnection, ConnectWith, Effect, PingEvery, SendCall
from ocpptui.simulator.file_work import FileWork, Work
from ocpptui.simulator.installed_certificates import CertificateStore
from ocpptui.simulator.known_tariffs import KnownTariffs
from ocpptui.simulator.outgoing_calls import DriverToken, StopReason
from ocpptui.simulator.own_certificates import OwnCertificates
from ocpptui.simulator.own_connection import CENTRAL_SYSTEM_ROOTS, OwnConnection
from ocpptui.simulator.reported_connectors import ReportedConnectors
from ocpptui.simulator.schedule import Agenda
from ocpptui.simulator.security_reports import SecurityReports
from ocpptui.simulator.station_events import StationEvents
from ocpptui.simulator.station_power import StationPower
from ocpptui.simulator.token_decisions import Authorizer, TokenInfo
from ocpptui.simulator.transaction_queue import TransactionQueue

RESET_PATIENCE = 30 * SECOND
"""How long a reset waits for the answers about the transactions that it ended."""


_ALWAYS_SUPPORTED = ("Core", "Security")
"""The blocks of 1.6 that are not optional feature profiles."""


@dataclass(slots=True)
class Reply:
    """The answer to a call, and the effects that follow it."""

    payload: dict[str, Any]
    effects: list[Effect] = field(default_factory=list)


def status_reply(status: str, *effects: Effect) -> Reply:
    """The usual answer, which is just a status."""
    return Reply({"status": status}, list(effects))


class Device(ReportedConnectors):
    """The state of one simulated charge point."""

    def __init__(self, version: Version, own: ChargePointSettings) -> None:
        super().__init__(version, own)
        equipment = own.built
        self.agenda = Agenda()
        self.profiles = ProfileStore()
        self.dynamic = DynamicProfiles(self.profiles)
        self.der = DerControls(equipment.der_types if version is Version.V21 else (), equipment.frequency)
        self.bays = BatteryBays(equipment.bays)
        self.certificates = CertificateStore()
        self.own_certificates = OwnCertificates()
        self.connection = OwnConnection(version, self.configuration)
        self.authorizer = Authorizer(version, self.configuration)
        self.queue = TransactionQueue(self.configuration)
        self.events = StationEvents(version, self.configuration)
        self.display: dict[int, dict[str, Any]] = {}
        self.tariffs = KnownTariffs()
        self.security = SecurityReports()
        self.log = Work()
        self.diagnostics = Work()
        self.firmware = Work()
        self.after_boot: list[SendCall] = []
        """What the charge point reports as soon as the next boot is accepted."""
        self.files = FileWork()
        self.boot_reason = "PowerUp"
        """The reason in the next BootNotification (2.x BootReasonEnumType)."""
        self.needs_boot = True
        """Whether it has started and the central system has not accepted it since."""
        self._resetting = False
        self._reset_when_idle = False
        self.aligned = AlignedClock()
        self.power = StationPower(self.connectors, self.profiles, equipment)

    def follow(self, setting: Setting | None) -> list[Effect]:
        """What a changed setting leads to outside the charge point."""
        if setting is not None and setting.key == "WebSocketPingInterval":
            return [PingEvery(self.configuration.integer(setting.key))]
        return []

    def supports(self, action: str) -> bool:
        """Whether a call is of a feature profile that it has (1.6 section 9.1.24 SupportedFeatureProfiles)."""
        found = find_action(self.version, action)
        if self.version.generation > 1 or found is None or found.block in _ALWAYS_SUPPORTED:
            return True
        return found.block.replace(" ", "") in self.configuration.names("SupportedFeatureProfiles")

    # -- what is seen ------------------------------------------------------------------------------------------------

    def show_now(self, now: int) -> None:
        """Let the variables that count and tell the time have their values of `now`."""
        shown = {
            ("ClockCtrlr", "DateTime"): date_time(now),
            ("LocalAuthListCtrlr", "Entries"): str(len(self.authorizer.local_list)),
            ("SecurityCtrlr", "CertificateEntries"): str(
                len(self.certificates.installed([])) + len(self.own_certificates.chains)
            ),
            ("DisplayMessageCtrlr", "DisplayMessages"): str(len(self.display)),
        }
        values = [(Place(component, variable), value) for (component, variable), value in shown.items()]
        for connector in self.connectors.values():
            power = connector.meter.read(now).power
            values.append((Place("EVSE", "Power", "", connector.number), f"{power:.0f}"))
        for place, value in values:
            setting = self.configuration.by_place(place)
            if setting is not None:
                self.configuration.set(setting, value)

    def watch(self, now: int) -> list[Effect]:
        """The events of the monitors."""
        if not self.events.monitors.items():
            return []
        self.show_now(now)
        return self.events.watch(now, is_online=self.is_online)

    # -- charges ------------------------------------------------------------------------------------------------

    def charges(self) -> Iterator[Charge]:
        """The current charges, by connector."""
        return (c.charge for c in self.connectors.values() if c.charge is not None)

    def running(self) -> list[Charge]:
        """The charges with a transaction."""
        return [charge for charge in self.charges() if charge.is_running]

    def tariff_of(self, connector: int, transaction: str) -> dict[str, Any]:
        """The tariff of a transaction (2.1); empty for none."""
        return self.tariffs.of(transaction, connector, {charge.transaction for charge in self.running()})

    def charge_of(self, transaction: str) -> Charge | None:
        """The charge with this transaction id; case is ignored (2.x identifierString)."""
        wanted = transaction.lower()
        return next((c for c in self.running() if c.transaction and c.transaction.lower() == wanted), None)

    def free_connector(self, wanted: int | None, token: str) -> Connector | None:
        """A connector where a token may start a charge: the wanted one, or the first if `wanted` is None."""
        candidates = self.connectors.values() if wanted is None else [self.connectors.get(wanted)]
        return next((c for c in candidates if c is not None and self._is_free(c, token)), None)

    def _is_free(self, connector: Connector, token: str) -> bool:
        if not self.is_usable(connector):
            return False
        reserved = connector.reservation
        takes_token = connector.charge is None or connector.charge.takes_token
        return takes_token and (reserved is None or reserved.token == token.lower())

    def is_usable(self, connector: Connector) -> bool:
        """Whether a charge may begin there, as far as the charge point has a say."""
        if self._resetting or self._reset_when_idle or not (self.is_operative and connector.is_operative):
            return False
        if connector.usable is None:
            return False
        return not faults.blocking(connector.faults + self.station_faults)

    def begin(self, plan: ChargePlan, now: int) -> list[Effect]:
        """Charge the car at a connector, or plug one in where there is none."""
        self.connectors[plan.connector].reservation = None
        return self._visit_for(plan).begin(now)

    def _visit_for(self, plan: ChargePlan) -> Charge:
        """The visit for a plan: a new one, or that of the car that is there, which its driver unplugs by hand."""
        charge = self.connectors[plan.connector].charge
        if charge is None:
            return self.visit(plan)
        plan = replace(plan, unplug_after=None)
        if charge.has_ended:
            return self.visit(plan)
        charge.follow(plan)
        return charge

    def visit(self, plan: ChargePlan) -> Charge:
        """A driver comes to a connector where nobody is."""
        connector = self.connectors[plan.connector]
        if connector.usable is not None:
            connector.meter.evse_connector = connector.usable.number
        connector.charge = Charge(self, plan, connector.meter)
        return connector.charge

    def may_use_reservation(self, connector: int, token: DriverToken, info: TokenInfo | None) -> bool:
        """Whether a reservation of the connector, if any, is for this token or its group; it is then used up."""
        place = self.connectors[connector]
        reserved = place.reservation
        if reserved is None:
            return True
        is_of_group = info is not None and bool(info.group) and info.group == reserved.group
        if reserved.token != token.text.lower() and not is_of_group:
            return False
        if place.charge is not None:
            place.charge.plan = replace(place.charge.plan, reservation=reserved.id)
        place.reservation = None
        self.agenda.cancel(f"reservation {reserved.id}")
        return True

    def adopt(
        self, number: int, token: DriverToken, transaction: str, sequence: int, register: int, now: int
    ) -> list[Effect]:
        """Go on with a transaction that the user started by hand, if the connector is free."""
        connector = self.connectors.get(number)
        if connector is None or not (connector.charge is None or connector.charge.takes_token):
            return []
        return self._visit_for(ChargePlan(number, token)).adopt(transaction, sequence, register, now)

    def composite(self, number: int, now: int, duration: int, unit: str) -> CompositeSchedule:
        """The limit of a connector or EVSE, or with 0 of all together, for the next `duration` seconds."""
        return composite_schedule(
            self.power.limits(),
            number,
            now,
            duration,
            unit=unit,
            situations=self.power.situations(),
            supply=self.power.supply_of(number),
            supplies=self.power.supplies(),
        )

    def settle(self, now: int) -> list[Effect]:
        """Share out the energy, clean up after finished charges, and do a reset that was waiting for them."""
        for connector in self.connectors.values():
            if connector.charge is None or connector.charge.has_ended:
                self.profiles.end_transaction(connector.number, "")
        effects = self.der.follow(now, is_online=self.is_online)
        self.power.follow_grid(self.der.share(now), now)
        effects += self.power.supply(now) + (self.dynamic.pull(now) if self.is_online else [])
        for connector in self.connectors.values():
            if connector.charge is None or not connector.charge.is_done:
                continue
            connector.charge = None
            connector.carry_out_plans()
        if self.planned is not None and not self.running():
            self.is_operative, self.planned = self.planned, None
        effects += self.report_changes(now) + self.watch(now)
        if self._reset_when_idle and not self.running():
            effects += self.reset(StopReason.SOFT_RESET, "ScheduledReset", now)
        elif self._resetting and self._is_quiet:
            effects += self._close(now)
        return effects

    @property
    def _is_quiet(self) -> bool:
        """Whether no transaction runs, and the central system knows of all that have ended."""
        return not self.running() and not self.queue.holds()

    def clock_set(self, by: int) -> None:
        """The clock was set by so many microseconds: what runs goes on for as long as before."""
        self.agenda.clock_set(by)
        self.queue.clock_set(by)
        self.power.clock_set(by)
        self.dynamic.clock_set(by)
        self.der.clock_set(by)
        self.bays.clock_set(by)
        self.events.clock_set(by)
        self.aligned.clock_set(by)
        for connector in self.connectors.values():
            connector.meter.clock_set(by)
        for charge in self.charges():
            charge.clock_set(by)

    # -- files and firmware -------------------------------------------------------------------------------------

    @property
    def step(self) -> int:
        """Microseconds between the steps of an upload or an update."""
        return max(1, int(self.settings.step * SECOND))

    def take_firmware(self, version: str) -> None:
        """From the next boot on, this firmware runs."""
        self.identity = self.identity._replace(firmware=version)
        setting = self.configuration.by_place(Place("ChargingStation", "FirmwareVersion"))
        if setting is not None:
            self.configuration.set(setting, version)

    def booted(self) -> list[SendCall]:
        """What waited for the boot to be accepted."""
        waited, self.after_boot = self.after_boot, []
        return waited

    def security_event(self, kind: str, now: int, details: str = "") -> list[Effect]:
        """Log a security event, and report it as soon as the central system hears it."""
        return self.security.happened(kind, now, details, is_online=self.is_online)

    def sign_certificate(self, kind: str) -> SendCall:
        """SignCertificate for a new key; `kind` is the certificateType of 2.x, or empty for none."""
        organisation = self.configuration.by_key("CpoName")
        name = "" if organisation is None else self.configuration.value(organisation)
        own = self.identity.serial or self.connection.facts.identity
        csr = self.own_certificates.request(kind, own, name)
        call = messages.sign_certificate(csr, kind)
        return messages.wrapped_call(call.action, call.payload) if kind and self.version.generation == 1 else call

    # -- the connection -----------------------------------------------------------------------------------------

    @property
    def roots(self) -> list[str]:
        """The installed root certificates that verify a central system, in PEM."""
        return [pem for kind in CENTRAL_SYSTEM_ROOTS for pem in self.certificates.pems(kind)]

    def connect_again(self, plans: ConnectWith, why: str, now: int) -> list[Effect]:
        """Close the connection shortly after the answer, and connect in another way."""
        self.agenda.cancel("connection")
        self.agenda.at(now + self.step, "connection", lambda now: [CloseConnection(why)])
        return [plans]

    def connected(self, facts: ConnectionFacts) -> None:
        """It is connected like this now."""
        self.connection.connected(facts)
        if self.connection.has_switched and not self.needs_boot:  # B10.FR.10
            self.needs_boot, self.boot_reason = True, "Unknown"
        configuration, shown = self.configuration, str(self.connection.security_profile)
        for profile in (
            configuration.by_key("SecurityProfile"),
            configuration.by_place(Place("SecurityCtrlr", "SecurityProfile")),
        ):
            if profile is not None:
                configuration.set(profile, shown)
        pings = configuration.by_key("WebSocketPingInterval")
        if pings is not None and facts.ping_interval is not None and configuration.value(pings) == pings.default:
            configuration.set(pings, str(facts.ping_interval))

    def after_connecting(self, now: int) -> list[Effect]:
        """What follows from how it is connected: a shorter list of network profiles, and security events."""
        effects: list[Effect] = [*self.connection.drop_lower_profiles()]
        for event in self.connection.take_events():
            effects += self.security_event(event, now)
        return effects

    # -- reset --------------------------------------------------------------------------------------------------

    def reset(self, reason: StopReason, boot_reason: str, now: int) -> list[Effect]:
        """End every transaction, then close the connection."""
        self._resetting, self._reset_when_idle, self.boot_reason = True, False, boot_reason
        effects = [effect for charge in self.running() for effect in charge.stop(now, reason)]
        if self._is_quiet:
            return effects + self._close(now)
        self.agenda.at(now + RESET_PATIENCE, "reset", self._close)
        return effects

    def reset_when_idle(self) -> None:
        """Reset as soon as no transaction runs."""
        self._reset_when_idle = True

    def _close(self, now: int) -> list[Effect]:
        """Close once; further events before the connection is down change nothing."""
        if not self._resetting:
            return []
        return [*self.restart(now), CloseConnection("reset")]

    def restart(self, now: int) -> list[Effect]:
        """Forget what does not survive a restart: not the messages about transactions, nor the reservations.

        It then connects as its network profiles say.
        """
        self._resetting = self._reset_when_idle = self.is_accepted = False
        self.needs_boot = True
        self.queue.close()
        self.agenda.clear(keep=("reservation ", SWAP))
        self.log, self.diagnostics, self.firmware = Work(), Work(), Work()
        self.files.forget()
        for connector in self.connectors.values():
            if connector.charge is None:
                continue
            stays = connector.charge.is_plugged_in and connector.charge.plan.unplug_after is None
            if stays:
                self.visit(ChargePlan(connector.number, NOBODY, unplug_after=None))
            else:
                connector.meter.unplug(now)
                connector.charge = None
        return [*self.connection.with_network_profiles()]
