"""What happens at one connector from a driver's arrival to the unplugging.

The steps with their messages (OCPP 1.6 sections 4.1, 4.7, 4.8, 4.10; OCPP 2.x use cases C01, E01 to E15, F01 to F03):

    plug in      StatusNotification (Preparing, Occupied)
    token        Authorize, unless the charge point can decide by itself
    transaction  StartTransaction, or TransactionEvent Started, as soon as its start point is reached
    energy       StatusNotification (Charging, SuspendedEV, SuspendedEVSE), or TransactionEvent Updated; meter values
    stop         StopTransaction, or TransactionEvent Ended
    unplug       StatusNotification (Available)

A driver may plug in first or present the token first. Without a connection everything goes on, and the charge point
reports it later.
"""

from __future__ import annotations

from copy import deepcopy
from enum import Enum, auto
from typing import Any

from ocpptui.ocpp.date_times import SECOND
from ocpptui.ocpp.message import Message, MessageKind
from ocpptui.ocpp.payload import Payload, integer_at, object_at, text_at
from ocpptui.ocpp.version import Version
from ocpptui.simulator import outgoing_calls as messages
from ocpptui.simulator.car import Car
from ocpptui.simulator.charge_messages import ChargeMessages
from ocpptui.simulator.charge_plan import NOBODY, ChargePlan, StationParts
from ocpptui.simulator.charge_readings import ChargingTime
from ocpptui.simulator.effects import Effect, SendCall
from ocpptui.simulator.metering import EnergyMeter, Offer
from ocpptui.simulator.outgoing_calls import DriverToken, StopReason
from ocpptui.simulator.running_cost import ChargeUsage, RunningCost
from ocpptui.simulator.token_decisions import Decision, TokenInfo, info_of_answer
from ocpptui.simulator.transaction import UNKNOWN_ID, EventCircumstances, Transaction
from ocpptui.simulator.transaction_queue import PATIENCE


class _Phase(Enum):
    """Of the transaction."""

    NONE = auto()
    STARTING = auto()
    RUNNING = auto()
    ENDED = auto()


class Charge:
    """The state machine of one driver's visit. It receives commands, answers and the time, and returns effects."""

    def __init__(self, station: StationParts, plan: ChargePlan, meter: EnergyMeter) -> None:
        self.plan = plan
        self.token = plan.token
        """The token that was presented; NOBODY before that."""
        self.is_authorized = False
        self._station = station
        self._version = station.version
        self._configuration = station.configuration
        self._meter = meter
        self._phase = _Phase.NONE
        self._of: Transaction | None = None
        self._asked: SendCall | None = None  # the Authorize that has no answer yet
        self._asked_for = NOBODY
        self._lost_at = 0  # when that answer counts as lost
        self._group = ""  # of the token
        self._gives_up_at: int | None = None  # when the driver had to have plugged in
        self._stop_reason: StopReason | None = None  # to stop for as soon as the transaction has its id
        self._suspended = ""  # SuspendedEV or SuspendedEVSE while no energy flows
        self._refused = False  # the central system did not accept the token, but the transaction continues
        self._sampled_at = 0
        self._samples = 0
        self._unplug_at: int | None = None
        self._time = ChargingTime()
        self._cost = RunningCost()
        self._register = 0  # Wh on the meter when the transaction started
        self._messages = ChargeMessages(station.version, station.configuration, meter)
        self._is_done = False

    # -- state --------------------------------------------------------------------------------------------------

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
        return self._phase in (_Phase.STARTING, _Phase.RUNNING)

    @property
    def is_charging(self) -> bool:
        """Whether the transaction runs, and the central system has had the time to refuse it."""
        return self._phase is _Phase.RUNNING

    @property
    def has_ended(self) -> bool:
        """Whether its transaction is over."""
        return self._phase is _Phase.ENDED

    @property
    def is_asking(self) -> bool:
        """Whether it waits for the answer to an Authorize."""
        return self._asked is not None

    @property
    def takes_token(self) -> bool:
        """Whether its car waits there for somebody to start a charge, the first or another one."""
        if not self.is_plugged_in or self.is_asking:
            return False
        return self.plan.unplug_after is None if self.has_ended else not self.is_authorized

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
            case _Phase.RUNNING if self.is_plugged_in:
                return self._suspended or "Charging"
            case _Phase.ENDED:
                return "Finishing"
        return "Preparing"

    # -- what the driver and the central system do ----------------------------------------------------------------

    def begin(self, now: int) -> list[Effect]:
        """Plug in an ordinary car, unless one is there, and present the planned token."""
        effects = [] if self.is_plugged_in else self.plug_in(now)
        if not self.plan.authorize:
            return effects + self._authorized(None, now)
        return effects + self.present(self.plan.token, now)

    def follow(self, plan: ChargePlan) -> None:
        """Go on as planned with the car that is there."""
        self.plan, self.token = plan, plan.token

    def plug_in(self, now: int, car: Car | None = None) -> list[Effect]:
        """The driver plugs in a car."""
        self._meter.plug_in(car)
        self._gives_up_at = None
        effects = self._station.report_changes(now)
        if self.is_running and self._version.generation > 1:
            effects += self._tell("CablePluggedIn", now)
        return effects + self._reach("CablePluggedIn", now)

    def present(self, token: DriverToken, now: int) -> list[Effect]:
        """The driver holds a token before the reader: to charge or, with a transaction, to stop it."""
        if self._asked is not None:
            return []
        self._asked_for = token
        if self.is_running and self.is_authorized:
            if token.text.lower() == self.token.text.lower():
                return self.stop(now)
            return self._ask(token, now) if self._station.queue.is_open else self._may_stop(token, now)
        match self._station.authorizer.decide(token, now, is_online=self._station.queue.is_open):
            case Decision.ACCEPTED:
                return self._decided(self._station.authorizer.known(token) or TokenInfo("Accepted"), now)
            case Decision.REFUSED:
                return self._decided(None, now)
        self.token = token if self.token in (NOBODY, self.plan.token) else self.token
        return self._ask(token, now)

    def unplug(self, now: int) -> list[Effect]:
        """Somebody pulls the cable out."""
        effects: list[Effect] = []
        self._time.count(now, is_charging=False)
        self._meter.unplug(now)
        if self.is_running:
            stops = self._configuration.flag("StopTransactionOnEVSideDisconnect")
            if stops or "EVConnected" in self._points("TxStopPoint"):
                effects += self._end(now, StopReason.EV_DISCONNECTED)
            else:
                self._suspended = "SuspendedEV"
                effects += self._state_changed(now, "EVCommunicationLost")
        if not self.is_running and not self.is_asking:
            self._is_done = True
        return effects

    def stop(self, now: int, reason: StopReason = StopReason.LOCAL, token: DriverToken | None = None) -> list[Effect]:
        """End the transaction: at once, or as soon as one that is starting has its id; without one, the visit."""
        match self._phase:
            case _Phase.NONE:
                self._asked = None
                self._is_done = self.plan.unplug_after is not None or not self.is_plugged_in
                if self._is_done:
                    self._meter.unplug(now)
                self.is_authorized = False
            case _Phase.STARTING if self._version.generation == 1 and self._station.queue.is_open:
                self._stop_reason = reason
            case _Phase.STARTING | _Phase.RUNNING:
                return self._end(now, reason, token)
        return []

    def tell_tariff(self, now: int) -> list[Effect]:
        """The tariff of the transaction has changed (2.1 I11)."""
        return self._tell("TariffChanged", now)

    def set_ready(self, now: int, is_ready: bool) -> None:
        """The car wants energy, or not now; the status follows with the next `supply`."""
        if self._meter.car is not None:
            self._meter.read(now)
            self._meter.car.is_ready = is_ready

    def adopt(self, transaction: str, sequence: int, register: int, now: int) -> list[Effect]:
        """Take over a transaction that the user started by hand; `sequence` is the next seqNo (2.x)."""
        self._of = Transaction(self._version, self.plan.connector, now, known_as=transaction, sequence=sequence)
        self._phase, self._sampled_at, self.is_authorized = _Phase.RUNNING, now, True
        self._meter.not_below(register)
        self._register = self._meter.read(now).energy
        if not self.is_plugged_in:
            self._meter.plug_in()
        return self._begin_energy(now)

    def supply(self, now: int, offer: Offer) -> list[Effect]:
        """From now on the car may take so much; what follows from that."""
        self._meter.offer(now, *offer)
        if self._phase is not _Phase.RUNNING or not (self.is_plugged_in and self.is_authorized):
            return []
        suspended = self._suspension()
        if suspended == self._suspended:
            return []
        self._suspended = suspended
        self._time.count(now, is_charging=not self._suspended)
        return self._state_changed(now, "ChargingStateChanged")

    @property
    def wants_energy(self) -> bool:
        """Whether the car would take energy if it were offered."""
        car = self._meter.car
        return self._phase is _Phase.RUNNING and not self._refused and car is not None and car.wants_energy

    def clock_set(self, by: int) -> None:
        """The clock was set by so many microseconds."""
        self._lost_at += by
        self._sampled_at += by
        self._unplug_at = None if self._unplug_at is None else self._unplug_at + by
        self._gives_up_at = None if self._gives_up_at is None else self._gives_up_at + by
        self._time.clock_set(by)
        self._cost.clock_set(by)
        if self._of is not None:
            self._of.clock_set(by)

    # -- answers ------------------------------------------------------------------------------------------------

    def answered(self, action: str, sent: dict[str, Any], answer: Message | None, now: int) -> list[Effect]:
        """The answer to a call that is not from the queue, whether or not it belongs to this charge; None if none."""
        asked = self._asked
        if asked is None or asked.action != action or asked.payload != sent:
            return self._noticed(action, sent, now)
        self._asked = None
        good = answer is not None and answer.kind is MessageKind.CALLRESULT and isinstance(answer.payload, dict)
        info = info_of_answer(self._version, answer.payload) if good and answer is not None else None
        self._station.authorizer.learn(self._asked_for, info)
        if self.is_running and self.is_authorized:
            return self._may_stop(self._asked_for, now)
        return self._decided(info, now)

    def lost_connection(self, now: int) -> list[Effect]:
        """The connection is gone: what waited for an answer decides by itself."""
        effects: list[Effect] = []
        if self._asked is not None:
            self._asked = None
            effects += self.present(self._asked_for, now)
        if self._phase is _Phase.STARTING:
            effects += self._begin_energy(now)
        return effects

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

    # -- time ---------------------------------------------------------------------------------------------------

    def tick(self, now: int) -> list[Effect]:
        """Do what is due."""
        due = self.wakeup()
        if due is None or due > now:
            return []
        if self._asked is not None and self._lost_at <= now:
            return self.answered(self._asked.action, self._asked.payload, None, now)
        if self._unplug_at is not None and self._unplug_at <= now:
            return self.unplug(now)
        if self._gives_up_at is not None and self._gives_up_at <= now:
            self._gives_up_at = None
            return self._end(now, StopReason.TIMEOUT) if self.is_running else self._leave(now)
        return self._sample(now)

    def wakeup(self) -> int | None:
        """When `tick` next has something to do."""
        times = [self._unplug_at, self._gives_up_at]
        if self._asked is not None:
            times.append(self._lost_at)
        if self._phase is _Phase.RUNNING and (interval := self._interval()):
            times.append(self._sampled_at + interval)
        return min((time for time in times if time is not None), default=None)

    # -- authorization ------------------------------------------------------------------------------------------

    def _ask(self, token: DriverToken, now: int) -> list[Effect]:
        self._asked, self._asked_for = messages.authorize(self._version, token), token
        self._lost_at = now + PATIENCE
        return [*self._station.report_changes(now), self._asked]

    def _decided(self, info: TokenInfo | None, now: int) -> list[Effect]:
        """The token is accepted or not."""
        accepted = info is not None and info.is_accepted(now)
        if not accepted or not self._station.may_use_reservation(self.plan.connector, self._asked_for, info):
            return self._refuse(now)
        self.token = self._asked_for
        return self._authorized(info, now)

    def _refuse(self, now: int) -> list[Effect]:
        """The driver leaves; a car that was plugged in before by hand stays."""
        if self.plan.unplug_after is not None or not self.is_plugged_in:
            return self._leave(now)
        self.token = NOBODY
        return []

    def _authorized(self, info: TokenInfo | None, now: int) -> list[Effect]:
        self.is_authorized, self._group = True, info.group if info is not None else ""
        effects = self._station.report_changes(now)
        if not self.is_plugged_in and (seconds := self._configuration.integer("ConnectionTimeOut")):
            self._gives_up_at = now + seconds * SECOND
        if self.is_running:
            effects += self._tell("RemoteStart" if self.plan.is_remote else "Authorized", now, token=self.token)
        return effects + self._reach("RemoteStart" if self.plan.is_remote else "Authorized", now)

    def _may_stop(self, token: DriverToken, now: int) -> list[Effect]:
        """Another token ends the transaction if both are of one group (1.6 section 4.10; 2.x C09)."""
        info = self._station.authorizer.known(token)
        own = self._group or getattr(self._station.authorizer.known(self.token), "group", "")
        if info is None or not info.is_accepted(now) or not own or info.group != own:
            return []
        return self.stop(now, StopReason.LOCAL, token)

    # -- the transaction ----------------------------------------------------------------------------------------

    def _points(self, name: str) -> list[str]:
        """TxStartPoint or TxStopPoint (2.x E01, E06); 1.6 starts with both a car and a token (section 4.8)."""
        if self._version.generation == 1:
            return ["PowerPathClosed"]
        return self._configuration.members("TxCtrlr", name)

    def _reach(self, trigger: str, now: int) -> list[Effect]:
        """Start the transaction or the energy, if everything for it is there."""
        if self._phase is _Phase.NONE:
            both = self.is_authorized and self.is_plugged_in
            reached = {"Authorized": self.is_authorized, "EVConnected": self.is_plugged_in}
            if not any(reached.get(point, both) for point in self._points("TxStartPoint")):
                return []
            return self._start(trigger, now)
        if self._phase is _Phase.RUNNING and self.is_authorized and self.is_plugged_in:
            return self._begin_energy(now)
        return []

    def _start(self, trigger: str, now: int) -> list[Effect]:
        transaction = self._of = Transaction(self._version, self.plan.connector, now)
        self._register = self._meter.read(now).energy
        self._phase = _Phase.STARTING
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
        return self._begin_energy(now) if self._phase is _Phase.STARTING else []

    def _begin_energy(self, now: int) -> list[Effect]:
        """Close the contactor where that is allowed; the first meter value follows after the interval."""
        if self._phase is _Phase.STARTING:
            self._phase, self._sampled_at = _Phase.RUNNING, now
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

    def _sample(self, now: int) -> list[Effect]:
        self._sampled_at = now
        self._samples += 1
        if self._of is not None:
            self._messages.keep_sample(self._of, now, "Sample.Periodic")
        effects = self._queue(self.meter_values(now, "Sample.Periodic"), now)
        if self.plan.samples is not None and self._samples >= self.plan.samples:
            effects += self.stop(now)
        return effects

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

    def _end(self, now: int, reason: StopReason, token: DriverToken | None = None) -> list[Effect]:
        assert self._of is not None
        self._time.count(now, is_charging=False)
        self._meter.switch_off(now)
        self._phase, self._suspended, self._gives_up_at = _Phase.ENDED, "", None
        by = (token or self.token) if reason is StopReason.LOCAL else None
        at = self._circumstances(now)
        call = self._messages.stop(self._of, by, reason, at, seconds=self._time.seconds)
        effects = self._queue(call, now, is_edge=True)
        if not self.is_plugged_in:
            self._is_done = True
        elif self.plan.unplug_after is not None:
            self._unplug_at = now + self.plan.unplug_after
        return effects + self._station.report_changes(now)

    def end_call(self, now: int, reason: StopReason) -> SendCall:
        """How the transaction would end now, told later; nothing changes."""
        assert self._of is not None
        at = EventCircumstances(now, "EVConnected" if self.is_plugged_in else "Idle", is_offline=True)
        return self._messages.stop(deepcopy(self._of), None, reason, at, seconds=self._time.seconds)

    def _leave(self, now: int) -> list[Effect]:
        """The driver is gone, without a word about a transaction."""
        self._time.count(now, is_charging=False)
        self._meter.unplug(now)
        self._is_done, self._phase = True, _Phase.ENDED
        return []

    def _noticed(self, action: str, sent: dict[str, Any], now: int) -> list[Effect]:
        """The user ended the transaction by hand."""
        by_hand = (
            str(integer_at(sent, "transactionId"))
            if action == "StopTransaction"
            else text_at(object_at(sent, "transactionInfo"), "transactionId")
            if action == "TransactionEvent" and sent.get("eventType") == "Ended"
            else None
        )
        if self._phase is not _Phase.RUNNING or by_hand != self.transaction:
            return []
        self._time.count(now, is_charging=False)
        self._meter.switch_off(now)
        self._phase, self._suspended = _Phase.ENDED, ""
        self._unplug_at = now + (self.plan.unplug_after or 0)
        return self._station.report_changes(now)

    # -- parts --------------------------------------------------------------------------------------------------

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
        if self._phase is _Phase.RUNNING and self.is_plugged_in and (self._meter.is_on or self._refused):
            state = self._suspended or "Charging"
        is_offline = not self._station.queue.is_open
        if self._of is None or self._version is not Version.V21:
            return EventCircumstances(now, state, is_offline)
        tariff = self._station.tariff_of(self.plan.connector, self._of.id)
        charging, passed = self._time.seconds_until(now), (now - self._of.started) // SECOND
        usage = ChargeUsage(self._meter.read(now).energy - self._register, charging, max(0, passed - charging))
        cost = self._cost.details(tariff, usage, now, is_final=self._phase is _Phase.ENDED)
        return EventCircumstances(now, state, is_offline, text_at(tariff, "tariffId") or "", cost)

    def _interval(self) -> int:
        if self.plan.interval is not None:
            return self.plan.interval
        return self._configuration.integer("MeterValueSampleInterval") * SECOND
