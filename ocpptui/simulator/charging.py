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

from typing import Any

from ocpptui.ocpp.date_times import SECOND
from ocpptui.ocpp.message import Message, MessageKind
from ocpptui.simulator import outgoing_calls as messages
from ocpptui.simulator.car import Car
from ocpptui.simulator.charge_plan import NOBODY, ChargePlan, StationParts
from ocpptui.simulator.charged_transaction import ChargedTransaction, TransactionPhase
from ocpptui.simulator.effects import Effect, SendCall
from ocpptui.simulator.metering import EnergyMeter
from ocpptui.simulator.outgoing_calls import DriverToken, StopReason
from ocpptui.simulator.token_decisions import Decision, TokenInfo, info_of_answer
from ocpptui.simulator.transaction_queue import PATIENCE


class Charge(ChargedTransaction):
    """The state machine of one driver's visit. It receives commands, answers and the time, and returns effects."""

    def __init__(self, station: StationParts, plan: ChargePlan, meter: EnergyMeter) -> None:
        super().__init__(station, plan, meter)
        self._asked: SendCall | None = None  # the Authorize that has no answer yet
        self._asked_for = NOBODY
        self._lost_at = 0  # when that answer counts as lost
        self._group = ""  # of the token

    # -- state ----------------------------------------------------------------------------------------------------

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
        if self._phase is not TransactionPhase.NONE:
            return super().stop(now, reason, token)
        self._asked = None
        self._is_done = self.plan.unplug_after is not None or not self.is_plugged_in
        if self._is_done:
            self._meter.unplug(now)
        self.is_authorized = False
        return []

    def set_ready(self, now: int, is_ready: bool) -> None:
        """The car wants energy, or not now; the status follows with the next `supply`."""
        if self._meter.car is not None:
            self._meter.read(now)
            self._meter.car.is_ready = is_ready

    def clock_set(self, by: int) -> None:
        """The clock was set by so many microseconds."""
        super().clock_set(by)
        self._lost_at += by

    # -- answers --------------------------------------------------------------------------------------------------

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
            return self._may_stop(self._asked_for, now, info)
        return self._decided(info, now)

    def lost_connection(self, now: int) -> list[Effect]:
        """The connection is gone: what waited for an answer decides by itself."""
        effects: list[Effect] = []
        if self._asked is not None:
            self._asked = None
            effects += self.present(self._asked_for, now)
        if self._phase is TransactionPhase.STARTING:
            effects += self._begin_energy(now)
        return effects

    # -- time -----------------------------------------------------------------------------------------------------

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
        if self._phase is TransactionPhase.RUNNING and (interval := self._interval()):
            times.append(self._sampled_at + interval)
        return min((time for time in times if time is not None), default=None)

    # -- authorization --------------------------------------------------------------------------------------------

    def _ask(self, token: DriverToken, now: int) -> list[Effect]:
        self._asked, self._asked_for = messages.authorize(self._version, token), token
        self._lost_at = now + PATIENCE
        return [*self._station.report_changes(now), self._asked]

    def _decided(self, info: TokenInfo | None, now: int) -> list[Effect]:
        """The token is accepted or not."""
        accepted = info is not None and info.is_accepted(now) and not self._station.authorizer.is_master_pass(info)
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

    def _may_stop(self, token: DriverToken, now: int, told: TokenInfo | None = None) -> list[Effect]:
        """Another token ends the transaction if both are of one group (1.6 section 4.10; 2.x C09), or it is a master
        pass (2.x C16); `told` is what an answer says of it.
        """
        info = self._station.authorizer.known(token) or told
        if info is not None and info.is_accepted(now) and self._station.authorizer.is_master_pass(info):
            return self.stop(now, StopReason.MASTER_PASS, token)
        own = self._group or getattr(self._station.authorizer.known(self.token), "group", "")
        if info is None or not info.is_accepted(now) or not own or info.group != own:
            return []
        return self.stop(now, StopReason.LOCAL, token)
