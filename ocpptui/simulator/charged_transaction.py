"""The transaction of a driver's visit: it starts at its start point, lets energy flow, measures, and ends.

Source: OCPP 1.6 sections 4.7, 4.8, 4.10; OCPP 2.x use cases E01 to E15, J02. Without a connection it goes on, and the
charge point reports it later.
"""

from __future__ import annotations

from copy import deepcopy
from enum import Enum, auto
from typing import Any

from ocpptui.ocpp.date_times import SECOND
from ocpptui.ocpp.payload import Payload, integer_at, object_at, text_at
from ocpptui.ocpp.version import Version
from ocpptui.simulator.charge_messages import ChargeMessages
from ocpptui.simulator.charge_plan import ChargePlan, StationParts
from ocpptui.simulator.charge_readings import ChargingTime
from ocpptui.simulator.configuration import Place
from ocpptui.simulator.effects import Effect, SendCall
from ocpptui.simulator.metering import EnergyMeter, Offer
from ocpptui.simulator.outgoing_calls import DriverToken, StopReason
from ocpptui.simulator.running_cost import RunningCost
from ocpptui.simulator.tariff_conditions import ChargePlace, ChargeUsage, offset_of
from ocpptui.simulator.token_decisions import TokenInfo, info_of_answer
from ocpptui.simulator.transaction import UNKNOWN_ID, EventCircumstances, Transaction


class TransactionPhase(Enum):
    """How far a transaction is."""

    NONE = auto()
    STARTING = auto()
    RUNNING = auto()
    ENDED = auto()


class ChargedTransaction:
    """The state machine of one transaction, as far as it does not depend on how tokens and cars come."""

    def __init__(self, station: StationParts, plan: ChargePlan, meter: EnergyMeter) -> None:
        self.plan = plan
        self.token = plan.token
        """The token that was presented; NOBODY before that."""
        self.is_authorized = False
        self._station = station
        self._version = station.version
        self._configuration = station.configuration
        self._meter = meter
        self._phase = TransactionPhase.NONE
        self._of: Transaction | None = None
        self._stop_reason: StopReason | None = None  # to stop for as soon as the transaction has its id
        self._suspended = ""  # SuspendedEV or SuspendedEVSE while no energy flows
        self._refused = False  # the central system did not accept the token, but the transaction continues
        self._gives_up_at: int | None = None  # when the driver had to have plugged in
        self._unplug_at: int | None = None
        self._sampled_at = 0
        self._samples = 0
        self._time = ChargingTime()
        self._cost = RunningCost()
        self._register = 0  # Wh on the meter when the transaction started
        self._messages = ChargeMessages(station.version, station.configuration, meter)
        self._is_done = False

    def clock_set(self, by: int) -> None:
        """The clock was set by so many microseconds."""
        self._sampled_at += by
        self._unplug_at = None if self._unplug_at is None else self._unplug_at + by
        self._gives_up_at = None if self._gives_up_at is None else self._gives_up_at + by
        self._time.clock_set(by)
        self._cost.clock_set(by)
        if self._of is not None:
            self._of.clock_set(by)

    def stop(self, now: int, reason: StopReason = StopReason.LOCAL, token: DriverToken | None = None) -> list[Effect]:
        """End the transaction: at once, or as soon as one that is starting has its id."""
        match self._phase:
            case TransactionPhase.STARTING if self._version.generation == 1 and self._station.queue.is_open:
                self._stop_reason = reason
            case TransactionPhase.STARTING | TransactionPhase.RUNNING:
                return self._end(now, reason, token)
        return []

    # -- state ----------------------------------------------------------------------------------------------------

    @property
    def is_plugged_in(self) -> bool:
        return self._meter.car is not None

    @property
    def is_done(self) -> bool:
        """Whether nothing of the driver is left at the connector."""
        return self._is_done

    @property
    def is_running(self) -> bool:
        """Whether there is a transaction that has not been ended."""
        return self._phase in (TransactionPhase.STARTING, TransactionPhase.RUNNING)

    @property
    def is_charging(self) -> bool:
        """Whether the transaction runs, and the central system has had the time to refuse it."""
        return self._phase is TransactionPhase.RUNNING

    @property
    def has_ended(self) -> bool:
        """Whether its transaction is over."""
        return self._phase is TransactionPhase.ENDED

    @property
    def transaction(self) -> str:
        """The transaction id, in 1.6 as decimal digits; empty until it is known."""
        return self._of.id if self._of is not None else ""

    @property
    def mark(self) -> str:
        """What tells the transaction from others, also while its id is not known."""
        return self.transaction or f"unknown {id(self)}"

    @property
    def started(self) -> int:
        """When the transaction started, in microseconds since 1970-01-01 UTC."""
        return self._of.started if self._of is not None else 0

    @property
    def status(self) -> str:
        """The connector status in the terms of 1.6."""
        if self._is_done:
            return "Available"
        match self._phase:
            case TransactionPhase.RUNNING if self.is_plugged_in:
                return self._suspended or "Charging"
            case TransactionPhase.ENDED:
                return "Finishing"
        return "Preparing"

    @property
    def wants_energy(self) -> bool:
        """Whether the car would take energy if it were offered."""
        car = self._meter.car
        return self._phase is TransactionPhase.RUNNING and not self._refused and car is not None and car.wants_energy

    # -- its course -----------------------------------------------------------------------------------------------

    def _points(self, name: str) -> list[str]:
        """TxStartPoint or TxStopPoint (2.x E01, E06); 1.6 starts with both a car and a token (section 4.8)."""
        if self._version.generation == 1:
            return ["PowerPathClosed"]
        return self._configuration.members("TxCtrlr", name)

    def _reach(self, trigger: str, now: int) -> list[Effect]:
        """Start the transaction or the energy, if everything for it is there."""
        if self._phase is TransactionPhase.NONE:
            both = self.is_authorized and self.is_plugged_in
            reached = {"Authorized": self.is_authorized, "EVConnected": self.is_plugged_in}
            if not any(reached.get(point, both) for point in self._points("TxStartPoint")):
                return []
            return self._start(trigger, now)
        if self._phase is TransactionPhase.RUNNING and self.is_authorized and self.is_plugged_in:
            return self._begin_energy(now)
        return []

    def _start(self, trigger: str, now: int) -> list[Effect]:
        transaction = self._of = Transaction(self._version, self.plan.connector, now)
        self._register = self._meter.read(now).energy
        self._phase = TransactionPhase.STARTING
        token = self.token if self.is_authorized or self._version.generation == 1 else None
        call = self._messages.start(transaction, self.plan, token, trigger, self._circumstances(now))
        effects = self._queue(call, now, is_edge=True)
        return effects if self._station.queue.is_open else effects + self._begin_energy(now)

    def _started(self, info: TokenInfo | None, now: int) -> list[Effect]:
        """The central system knows of the transaction."""
        refused = info is not None and not info.is_accepted(now)
        if not self.is_running:
            return []
        if self._stop_reason is not None:
            return self._end(now, self._stop_reason)
        if refused and self._configuration.flag("StopTransactionOnInvalidId"):
            return self._end(now, StopReason.DEAUTHORIZED)
        if refused:
            self._refused = True
            self._time.count(now, is_charging=False)
        return self._begin_energy(now) if self._phase is TransactionPhase.STARTING else []

    def _begin_energy(self, now: int) -> list[Effect]:
        """Close the contactor where that is allowed; the first meter value follows after the interval."""
        if self._phase is TransactionPhase.STARTING:
            self._phase, self._sampled_at = TransactionPhase.RUNNING, now
        if not self.is_plugged_in or not self.is_authorized:
            return self._station.report_changes(now)
        if not self._refused:
            self._meter.switch_on(now)
        self._suspended = self._suspension()
        self._time.count(now, is_charging=not self._suspended)
        return self._state_changed(now, "ChargingStateChanged")

    def _suspension(self) -> str:
        car = self._meter.car
        if car is None or not car.wants_energy:
            return "SuspendedEV"
        return "SuspendedEVSE" if self._refused or self._meter.is_held_back else ""

    def supply(self, now: int, offer: Offer) -> list[Effect]:
        """From now on the car may take so much; what follows from that."""
        self._meter.offer(now, *offer)
        if self._phase is not TransactionPhase.RUNNING or not (self.is_plugged_in and self.is_authorized):
            return []
        suspended = self._suspension()
        if suspended == self._suspended:
            return []
        self._suspended = suspended
        self._time.count(now, is_charging=not self._suspended)
        return self._state_changed(now, "ChargingStateChanged")

    def _end(self, now: int, reason: StopReason, token: DriverToken | None = None) -> list[Effect]:
        assert self._of is not None
        self._time.count(now, is_charging=False)
        self._meter.switch_off(now)
        self._phase, self._suspended, self._gives_up_at = TransactionPhase.ENDED, "", None
        by = (token or self.token) if reason in (StopReason.LOCAL, StopReason.MASTER_PASS) else None
        at = self._circumstances(now)
        call = self._messages.stop(self._of, by, reason, at, seconds=self._time.seconds)
        effects = self._queue(call, now, is_edge=True)
        if not self.is_plugged_in:
            self._is_done = True
        elif self.plan.unplug_after is not None:
            self._unplug_at = now + self.plan.unplug_after
        return effects + self._station.report_changes(now)

    def _leave(self, now: int) -> list[Effect]:
        """The driver is gone, without a word about a transaction."""
        self._time.count(now, is_charging=False)
        self._meter.unplug(now)
        self._is_done, self._phase = True, TransactionPhase.ENDED
        return []

    def adopt(self, transaction: str, sequence: int, register: int, now: int) -> list[Effect]:
        """Take over a transaction that the user started by hand; `sequence` is the next seqNo (2.x)."""
        self._of = Transaction(self._version, self.plan.connector, now, known_as=transaction, sequence=sequence)
        self._phase, self._sampled_at, self.is_authorized = TransactionPhase.RUNNING, now, True
        self._meter.not_below(register)
        self._register = self._meter.read(now).energy
        if not self.is_plugged_in:
            self._meter.plug_in()
        return self._begin_energy(now)

    def _noticed(self, action: str, sent: dict[str, Any], now: int) -> list[Effect]:
        """The user said something of the transaction by hand: go on after its seqNo (2.x), or end with it."""
        by_hand = (
            str(integer_at(sent, "transactionId"))
            if action == "StopTransaction"
            else text_at(object_at(sent, "transactionInfo"), "transactionId")
            if action == "TransactionEvent"
            else None
        )
        if self._of is None or self._phase is not TransactionPhase.RUNNING or by_hand != self.transaction:
            return []
        if action == "TransactionEvent":
            self._of.numbered(integer_at(sent, "seqNo") or 0)
            if sent.get("eventType") != "Ended":
                return []
        self._time.count(now, is_charging=False)
        self._meter.switch_off(now)
        self._phase, self._suspended = TransactionPhase.ENDED, ""
        self._unplug_at = now + (self.plan.unplug_after or 0)
        return self._station.report_changes(now)

    # -- its messages ---------------------------------------------------------------------------------------------

    def meter_values(self, now: int, context: str) -> SendCall:
        """The meter values of the running transaction, in the message of this version."""
        assert self._of is not None
        return self._messages.sample(self._of, self._circumstances(now), context)

    def measure_aligned(self, now: int) -> list[Effect]:
        """The clock-aligned meter values of the running transaction."""
        if self._of is None:
            return []
        self._messages.keep_sample(self._of, now, "Sample.Clock")
        return self._queue(self._messages.aligned_sample(self._of, self._circumstances(now)), now)

    def report(self, now: int, trigger: str, context: str = "") -> SendCall:
        """A TransactionEvent Updated (2.x), with meter values if a context is given."""
        assert self._of is not None
        return self._messages.report(self._of, trigger, self._circumstances(now), context)

    def tell_tariff(self, now: int) -> list[Effect]:
        """The tariff of the transaction has changed (2.1 I11)."""
        return self._tell("TariffChanged", now)

    def end_call(self, now: int, reason: StopReason) -> SendCall:
        """How the transaction would end now, told later; nothing changes."""
        assert self._of is not None
        at = EventCircumstances(now, "EVConnected" if self.is_plugged_in else "Idle", is_offline=True)
        return self._messages.stop(deepcopy(self._of), None, reason, at, seconds=self._time.seconds)

    def filled(self, call: SendCall) -> SendCall:
        """The call with the id of the transaction, if that is known by now."""
        return self._of.filled(call) if self._of is not None else call

    def delivered(self, call: SendCall, answer: Payload | None, now: int) -> list[Effect]:
        """A message of the transaction has its answer, or was given up."""
        if call.action != "StartTransaction" and call.payload.get("eventType") != "Started":
            return []
        if answer is None and self._version.generation == 1:
            # No message can be about a transaction without an id.
            self._station.queue.forget(self)
            return self._leave(now)
        info = info_of_answer(self._version, answer or {})
        self._station.authorizer.learn(self.token, info)
        if self._of is not None and self._version.generation == 1:
            number = integer_at(answer or {}, "transactionId")
            self._of.id = str(UNKNOWN_ID if number is None else number)
        return self._started(info, now)

    def _sample(self, now: int) -> list[Effect]:
        self._sampled_at = now
        self._samples += 1
        if self._of is not None:
            self._messages.keep_sample(self._of, now, "Sample.Periodic")
        effects = self._queue(self.meter_values(now, "Sample.Periodic"), now)
        if self.plan.samples is not None and self._samples >= self.plan.samples:
            effects += self.stop(now)
        return effects

    # -- parts ----------------------------------------------------------------------------------------------------

    def _queue(self, call: SendCall, now: int, *, is_edge: bool = False) -> list[Effect]:
        return self._station.queue.put(call, self, lambda: self.transaction, now, is_edge=is_edge)

    def _tell(self, trigger: str, now: int, *, token: DriverToken | None = None) -> list[Effect]:
        """A TransactionEvent Updated about something that happened (2.x)."""
        if self._of is None or self._version.generation == 1:
            return []
        return self._queue(self._messages.update(self._of, trigger, self._circumstances(now), token), now)

    def _state_changed(self, now: int, trigger: str) -> list[Effect]:
        return self._station.report_changes(now) + self._tell(trigger, now)

    def _circumstances(self, now: int) -> EventCircumstances:
        state: str | None = "EVConnected" if self.is_plugged_in else "Idle"
        if self._phase is TransactionPhase.RUNNING and self.is_plugged_in and (self._meter.is_on or self._refused):
            state = self._suspended or "Charging"
        is_offline = not self._station.queue.is_open
        if self._of is None or self._version is not Version.V21:
            return EventCircumstances(now, state, is_offline)
        tariff = self._station.tariff_of(self.plan.connector, self._of.id)
        charging, passed = self._time.seconds_until(now), (now - self._of.started) // SECOND
        usage = ChargeUsage(self._meter.read(now).energy - self._register, charging, max(0, passed - charging))
        is_final = self._phase is TransactionPhase.ENDED
        cost = self._cost.details(tariff, usage, now, is_final=is_final, place=self._place())
        return EventCircumstances(now, state, is_offline, text_at(tariff, "tariffId") or "", cost)

    def _place(self) -> ChargePlace:
        """What prices depend on."""
        clock = self._configuration.by_place(Place("ClockCtrlr", "TimeOffset"))
        offset = 0 if clock is None else offset_of(self._configuration.value(clock))
        return ChargePlace(self._meter.supply.voltage, "DC" if self._meter.outlet.is_dc else "AC", offset)

    def _interval(self) -> int:
        if self.plan.interval is not None:
            return self.plan.interval
        return self._configuration.integer("MeterValueSampleInterval") * SECOND
