"""One simulated charge at one connector, from presenting the token to unplugging.

The steps with their messages (OCPP 1.6 sections 4.1, 4.7, 4.8, 4.10; OCPP 2.x use cases E01 to E08, F01 to F03, J02):

    begin      StatusNotification (Preparing, Occupied), Authorize unless the token is trusted
    start      StartTransaction, or TransactionEvent Started; then Charging
    metering   MeterValues, or TransactionEvent Updated, at the configured interval
    stop       StopTransaction, or TransactionEvent Ended; then Finishing
    unplug     StatusNotification (Available)
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum, auto
from typing import Any

from ocpptui.ocpp.date_times import SECOND, date_time
from ocpptui.ocpp.message import Message, MessageKind
from ocpptui.ocpp.payload import integer_at, object_at, text_at
from ocpptui.ocpp.version import Version
from ocpptui.simulator import outgoing_calls as messages
from ocpptui.simulator.configuration import Configuration
from ocpptui.simulator.effects import Effect, SendCall
from ocpptui.simulator.metering import EnergyMeter, meter_value
from ocpptui.simulator.outgoing_calls import DriverToken, StopReason

PATIENCE = 300 * SECOND
"""The time after which one of our calls counts as lost if nobody reports its time-out."""


@dataclass(frozen=True, slots=True)
class ChargePlan:
    """How a charge should proceed."""

    connector: int
    """Connector of 1.6, EVSE of 2.x; from 1."""
    token: DriverToken
    authorize: bool = True
    """Send Authorize before the transaction starts."""
    samples: int | None = None
    """The driver stops after this many meter values; None means only on request."""
    interval: int | None = None
    """Microseconds between meter values; None means as configured."""
    remote_start_id: int | None = None
    """The id from the RequestStartTransaction (2.x) that requested this charge."""
    is_remote: bool = False
    reservation: int | None = None
    """The reservation that this charge uses up."""
    unplug_after: int = 3 * SECOND
    """Microseconds from the end of the transaction to unplugging."""


class _Phase(Enum):
    NEW = auto()
    AUTHORIZING = auto()
    STARTING = auto()
    CHARGING = auto()
    STOPPING = auto()
    UNPLUGGING = auto()
    DONE = auto()


class Charge:
    """The state machine of one charge. It receives answers and the time, and returns effects."""

    def __init__(
        self,
        version: Version,
        plan: ChargePlan,
        configuration: Configuration,
        meter: EnergyMeter,
        *,
        limit: Callable[[int], float],
        report_status: Callable[[int], list[Effect]],
    ) -> None:
        """`limit` returns amperes per phase, `report_status` the StatusNotification that is due, if any."""
        self.plan = plan
        self.transaction: str = ""
        """The transaction id, in 1.6 as decimal digits; empty until it is known."""
        self.started = 0
        """When the transaction started, in microseconds since 1970."""
        self._version = version
        self._configuration = configuration
        self._meter = meter
        self._limit = limit
        self._report_status = report_status
        self._phase = _Phase.NEW
        self._awaited: SendCall | None = None  # the call whose answer decides the next step
        self._lost_at = 0  # when the awaited answer counts as lost
        self._retry_at: int | None = None
        self._attempts = 0
        self._stop_reason: StopReason | None = None
        self._suspended = ""  # SuspendedEV or SuspendedEVSE while no energy flows
        self._refused = False  # the central system did not accept the token, but the transaction continues
        self._sampled_at = 0
        self._samples = 0
        self._sequence = 0  # seqNo of the next TransactionEvent
        self._unplug_at = 0

    @property
    def is_done(self) -> bool:
        """Whether the car is unplugged."""
        return self._phase is _Phase.DONE

    @property
    def is_running(self) -> bool:
        """Whether there is a transaction, or one has been requested."""
        return self._phase in (_Phase.STARTING, _Phase.CHARGING, _Phase.STOPPING)

    @property
    def is_charging(self) -> bool:
        """Whether the transaction has its id and has not been ended."""
        return self._phase is _Phase.CHARGING

    @property
    def status(self) -> str:
        """The connector status in the terms of 1.6."""
        match self._phase:
            case _Phase.NEW | _Phase.AUTHORIZING | _Phase.STARTING:
                return "Preparing"
            case _Phase.CHARGING:
                return self._suspended or "Charging"
            case _Phase.STOPPING | _Phase.UNPLUGGING:
                return "Finishing"
        return "Available"

    # -- commands -----------------------------------------------------------------------------------------------

    def begin(self, now: int) -> list[Effect]:
        """Plug in the car and read the token."""
        self._meter.plug_in()
        effects = self._report_status(now)
        if not self.plan.authorize:
            return effects + self._start(now)
        self._phase = _Phase.AUTHORIZING
        return [*effects, self._await(messages.authorize(self._version, self.plan.token), now)]

    def adopt(self, transaction: str, sequence: int, now: int) -> None:
        """Take over a transaction that the user started by hand; `sequence` is the next seqNo (2.x)."""
        self.transaction, self._sequence = transaction, sequence
        self._phase, self.started, self._sampled_at = _Phase.CHARGING, now, now
        self._meter.plug_in()
        self._meter.switch_on(now)

    def stop(self, now: int, reason: StopReason = StopReason.LOCAL) -> list[Effect]:
        """End the charge: at once, or as soon as a transaction that is starting has its id."""
        match self._phase:
            case _Phase.NEW | _Phase.AUTHORIZING:
                self._phase, self._awaited = _Phase.DONE, None
            case _Phase.STARTING:
                self._stop_reason = reason
            case _Phase.CHARGING:
                return self._stop(now, reason)
        return []

    def resume(self, now: int) -> list[Effect]:
        """The connection is back: send the messages without an answer again."""
        return [self._await(self._awaited, now)] if self._awaited is not None and self._retry_at is None else []

    def reading(self, now: int, context: str) -> dict[str, Any]:
        """A MeterValue at `now`, with all configured measurands."""
        sampled = self._configuration.names("MeterValuesSampledData")
        return meter_value(self._version, self._meter.read(now, self._limit(now)), sampled, context)

    def report(self, now: int, trigger: str, context: str = "") -> SendCall:
        """A TransactionEvent Updated (2.x), with meter values if a context is given."""
        payload = self._event("Updated", trigger, now, chargingState=self._charging_state())
        if context:
            payload["meterValue"] = [self.reading(now, context)]
        return SendCall("TransactionEvent", payload)

    def clock_set(self, by: int) -> None:
        """The clock was set by so many microseconds."""
        self.started += by
        self._lost_at += by
        self._sampled_at += by
        self._unplug_at += by
        self._retry_at = None if self._retry_at is None else self._retry_at + by

    # -- events -------------------------------------------------------------------------------------------------

    def answered(self, action: str, sent: dict[str, Any], answer: Message | None, now: int) -> list[Effect]:
        """The answer to one of our calls, whether or not it belongs to this charge; None if none came."""
        awaited = self._awaited
        if awaited is None or awaited.action != action or awaited.payload != sent:
            return self._noticed(action, sent, now)
        self._awaited = None
        good = answer if answer is not None and answer.kind is MessageKind.CALLRESULT else None
        payload = good.payload if good is not None and isinstance(good.payload, dict) else None
        match self._phase:
            case _Phase.AUTHORIZING:
                if payload is not None and self._is_accepted(payload, default=False):
                    return self._start(now)
                self._phase = _Phase.DONE
            case _Phase.STARTING:
                return self._retry(awaited, now) if payload is None else self._running(payload, now)
            case _Phase.STOPPING:
                return self._retry(awaited, now) if payload is None else self._finish(now)
        return []

    def tick(self, now: int) -> list[Effect]:
        """Do what is due."""
        due = self.wakeup()
        if due is None or due > now:
            return []
        if self._awaited is not None and self._retry_at is not None:
            self._retry_at = None
            return [self._await(self._awaited, now)]
        if self._awaited is not None:
            return self.answered(self._awaited.action, self._awaited.payload, None, now)
        if self._phase is _Phase.UNPLUGGING:
            self._phase = _Phase.DONE
            return []
        return self._sample(now)

    def wakeup(self) -> int | None:
        """When `tick` next has something to do."""
        if self._awaited is not None:
            return self._retry_at if self._retry_at is not None else self._lost_at
        if self._phase is _Phase.UNPLUGGING:
            return self._unplug_at
        if self._phase is _Phase.CHARGING and (interval := self._interval()):
            return self._sampled_at + interval
        return None

    # -- the steps ----------------------------------------------------------------------------------------------

    def _start(self, now: int) -> list[Effect]:
        self._phase, self._attempts, self.started = _Phase.STARTING, 0, now
        plan = self.plan
        reserved = {} if plan.reservation is None else {"reservationId": plan.reservation}
        if self._version.generation == 1:
            payload: dict[str, Any] = {
                "connectorId": plan.connector,
                **messages.id_token(self._version, plan.token),
                "meterStart": self._meter.read(now).energy,
                "timestamp": date_time(now),
            }
            return [self._await(SendCall("StartTransaction", {**payload, **reserved}), now)]
        # Unique forever, as E01.FR.08 requires: no two charges of a connector start in the same millisecond.
        self.transaction = f"{datetime.fromtimestamp(now // SECOND, UTC):%Y%m%d%H%M%S}{now // 1000 % 1000:03d}"
        self.transaction += f"-{plan.connector}"
        trigger = "RemoteStart" if plan.is_remote else "Authorized"
        event = self._event("Started", trigger, now, chargingState="EVConnected")
        if plan.remote_start_id is not None:
            event["transactionInfo"]["remoteStartId"] = plan.remote_start_id
        event |= {
            "meterValue": [self._edge(now, "Transaction.Begin")],
            "evse": {"id": plan.connector, "connectorId": 1},
            **messages.id_token(self._version, plan.token),
            **reserved,
        }
        return [self._await(SendCall("TransactionEvent", event), now)]

    def _running(self, answer: dict[str, Any], now: int) -> list[Effect]:
        if self._version.generation == 1:
            number = integer_at(answer, "transactionId")
            self.transaction = str(number if number is not None else -1)
        self._phase, self._sampled_at = _Phase.CHARGING, now
        self._refused = not self._is_accepted(answer, default=True)
        if self._stop_reason is not None or (self._refused and self._configuration.flag("StopTransactionOnInvalidId")):
            return self._stop(now, self._stop_reason or StopReason.DEAUTHORIZED)
        if not self._refused:
            self._meter.switch_on(now)
        self._suspended = self._suspension(now)
        return self._state_changed(now)

    def _suspension(self, now: int) -> str:
        if self._meter.is_full:
            return "SuspendedEV"
        return "SuspendedEVSE" if self._refused or self._limit(now) <= 0 else ""

    def _sample(self, now: int) -> list[Effect]:
        self._sampled_at = now
        self._samples += 1
        effects: list[Effect] = [self.meter_values(now, "Sample.Periodic")]
        if (suspended := self._suspension(now)) != self._suspended:
            self._suspended = suspended
            effects += self._state_changed(now)
        if self.plan.samples is not None and self._samples >= self.plan.samples:
            effects += self._stop(now, StopReason.LOCAL)
        return effects

    def meter_values(self, now: int, context: str) -> SendCall:
        """The meter values of the running transaction, in the message of this version."""
        if self._version.generation == 1:
            value = self.reading(now, context)
            return messages.meter_values(self._version, self.plan.connector, value, int(self.transaction or -1))
        return self.report(now, "MeterValuePeriodic" if context == "Sample.Periodic" else "Trigger", context)

    def _stop(self, now: int, reason: StopReason) -> list[Effect]:
        self._meter.switch_off(now)
        self._phase, self._attempts, self._suspended = _Phase.STOPPING, 0, ""
        token = messages.id_token(self._version, self.plan.token) if reason is StopReason.LOCAL else {}
        if self._version.generation == 1:
            payload: dict[str, Any] = {
                "transactionId": int(self.transaction),
                **token,
                "meterStop": self._meter.read(now).energy,
                "timestamp": date_time(now),
                "reason": reason.v16,
            }
            return [self._await(SendCall("StopTransaction", payload), now)]
        event = self._event("Ended", reason.trigger, now, chargingState="EVConnected", stoppedReason=reason.stopped)
        event["transactionInfo"]["timeSpentCharging"] = (now - self.started) // SECOND
        event |= {"meterValue": [self._edge(now, "Transaction.End")], **token}
        return [self._await(SendCall("TransactionEvent", event), now)]

    def _finish(self, now: int) -> list[Effect]:
        self._phase, self._unplug_at, self._awaited = _Phase.UNPLUGGING, now + self.plan.unplug_after, None
        return self._report_status(now)

    def _retry(self, call: SendCall, now: int) -> list[Effect]:
        """Send a transaction message again, with a longer wait each time (1.6 section 3.7.1, 2.x E13)."""
        self._attempts += 1
        if self._attempts < self._configuration.integer("TransactionMessageAttempts"):
            self._awaited = call
            wait = self._configuration.integer("TransactionMessageRetryInterval") * SECOND
            self._retry_at = now + wait * self._attempts
            return []
        return self._finish(now)

    def _noticed(self, action: str, sent: dict[str, Any], now: int) -> list[Effect]:
        """The user ended the transaction by hand."""
        by_hand = (
            str(integer_at(sent, "transactionId"))
            if action == "StopTransaction"
            else text_at(object_at(sent, "transactionInfo"), "transactionId")
            if action == "TransactionEvent" and sent.get("eventType") == "Ended"
            else None
        )
        if self._phase is not _Phase.CHARGING or by_hand != self.transaction:
            return []
        self._meter.switch_off(now)
        return self._finish(now)

    # -- parts --------------------------------------------------------------------------------------------------

    def _await(self, call: SendCall, now: int) -> SendCall:
        self._awaited, self._retry_at, self._lost_at = call, None, now + PATIENCE
        return call

    def _state_changed(self, now: int) -> list[Effect]:
        effects = self._report_status(now)
        return effects if self._version.generation == 1 else [*effects, self.report(now, "ChargingStateChanged")]

    def _charging_state(self) -> str:
        return self.status if self._phase is _Phase.CHARGING else "EVConnected"

    def _event(self, kind: str, trigger: str, now: int, **info: Any) -> dict[str, Any]:
        event: dict[str, Any] = {
            "eventType": kind,
            "timestamp": date_time(now),
            "triggerReason": trigger,
            "seqNo": self._sequence,
            "transactionInfo": {"transactionId": self.transaction, **info},
        }
        self._sequence += 1
        return event

    def _edge(self, now: int, context: str) -> dict[str, Any]:
        names = self._configuration.names("StopTxnSampledData")
        return meter_value(self._version, self._meter.read(now), names, context)

    def _interval(self) -> int:
        if self.plan.interval is not None:
            return self.plan.interval
        return self._configuration.integer("MeterValueSampleInterval") * SECOND

    def _is_accepted(self, answer: dict[str, Any], default: bool) -> bool:
        info = answer.get("idTagInfo" if self._version.generation == 1 else "idTokenInfo")
        return info.get("status") == "Accepted" if isinstance(info, dict) else default
