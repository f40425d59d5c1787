"""The automatic charge point: registers, reports its status, sends heartbeats, answers, charges."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ocpptui.ocpp.date_times import HOUR, SECOND
from ocpptui.ocpp.judgement import Verdict, judge_payload
from ocpptui.ocpp.message import Malformed, Message, MessageKind
from ocpptui.ocpp.payload import integer_at, object_at, text_at
from ocpptui.ocpp.refusal import content
from ocpptui.ocpp.schema import Part
from ocpptui.ocpp.validation import is_valid
from ocpptui.ocpp.version import Role, Version
from ocpptui.simulator import outgoing_calls as messages
from ocpptui.simulator.behaviour_settings import ChargePointSettings
from ocpptui.simulator.call_handlers import REACTIONS
from ocpptui.simulator.certificate_calls import status_answered
from ocpptui.simulator.configuration import Place
from ocpptui.simulator.connection_plan import ConnectionFacts
from ocpptui.simulator.default_answers import answer_to
from ocpptui.simulator.device import Device
from ocpptui.simulator.driver_schedule import DriverSchedule
from ocpptui.simulator.driver_side import Operation, OperationResult, operate
from ocpptui.simulator.dynamic_profiles import PULL
from ocpptui.simulator.effects import AddNote, CloseConnection, Effect, SendAnswer, SendCall, SendError, TransferOutcome
from ocpptui.simulator.error_answers import not_done, refusal, result_refusal
from ocpptui.simulator.kept_state import kept_state, restore
from ocpptui.simulator.outgoing_calls import DriverToken
from ocpptui.simulator.quirks import (
    BOOT_ON_RECONNECT,
    CLOCK_STARTS_OFF,
    NO_STATUS_AFTER_RECONNECT,
    TRIGGER_NEVER_KEPT,
    StationQuirks,
)
from ocpptui.simulator.registration import Registration
from ocpptui.simulator.station_clock import StationClock
from ocpptui.simulator.station_readings import clock_aligned

__all__ = ["ChargePointBehaviour", "ChargePointSettings"]


class ChargePointBehaviour:
    """A `Behaviour` that plays the charge point. One object serves all connections in turn and keeps its state.

    - It sends BootNotification first and nothing else until the answer. If Pending, it sends only what is requested,
      and BootNotification again after the interval. If Rejected, it is silent until the interval is over; meanwhile a
      call gets no answer in 1.6 (section 4.2) and SecurityError in 2.x (B03.FR.08).
    - Once accepted, it sends StatusNotification for everything, then Heartbeat after each interval without a call.
    - After a mere reconnection, it sends no BootNotification but the status of everything and the transaction messages
      without an answer (1.6 section 3.7, OCPP-J section 5.1); `boot_on_reconnect` changes that.
    """

    def __init__(self, version: Version, settings: ChargePointSettings | None = None) -> None:
        self.version = version
        self.settings = settings or ChargePointSettings()
        self.device = Device(version, self.settings)
        self._registration = Registration(self.settings.retry_interval)
        self._quirks = StationQuirks(self.settings.built.quirks, version.generation)
        self._clock = StationClock(int(self._quirks.amount(CLOCK_STARTS_OFF) * HOUR))
        self._schedule = DriverSchedule(self.settings.schedule, repeats=self.settings.repeats_schedule)
        self._closed_at = 0
        self._unconfirmed: set[int] = set()  # the connectors of the StatusNotifications without an answer
        self._active = 0  # when one of our calls was last sent or answered

    def own_time(self, now: int) -> int:
        """What the clock of the charge point shows at `now`."""
        return now + self._clock.ahead

    # -- Behaviour ----------------------------------------------------------------------------------------------

    def opened(self, now: int) -> list[Effect]:
        """Register or, after a reconnection, report the status."""
        now = self.own_time(now)
        self.device.is_connected, self._active = True, now
        pings = self.device.configuration.by_key("WebSocketPingInterval")
        as_it_is = (pings.default, str(self.device.connection.facts.ping_interval)) if pings is not None else ()
        is_changed = pings is not None and self.device.configuration.value(pings) not in as_it_is
        effects = self._sent(self._greet(now) + self.device.after_connecting(now), now)
        return [*(self.device.follow(pings) if is_changed else []), *effects]

    def _was_away_shortly(self, now: int) -> bool:
        """Whether only changes are reported: it was away for no longer than OfflineThreshold (2.x B04.FR.01, FR.02)."""
        threshold = self.device.configuration.by_place(Place("OCPPCommCtrlr", "OfflineThreshold"))
        if self.version.generation == 1 or threshold is None:
            return False
        return now - self._closed_at <= int(self.device.configuration.value(threshold)) * SECOND

    def _greet(self, now: int) -> list[Effect]:
        boots = self.settings.boot_on_reconnect or self._quirks.has(BOOT_ON_RECONNECT)
        if self.device.needs_boot or boots:
            self.device.is_accepted = False
            self.device.queue.close()
            self._registration.forget()
            return self._boot(now)
        status = self.device.report_changes(now) if self._was_away_shortly(now) else self.device.report_all(now)
        if self._quirks.has(NO_STATUS_AFTER_RECONNECT):
            status = []
        return [*status, *self.device.security.open(), *self.device.events.open(now), *self.device.queue.open(now)]

    def received(self, frame: Message | Malformed, action: str, now: int) -> list[Effect]:
        """Answer, and do what the call requests."""
        now = self.own_time(now)
        if self._registration.is_silent:
            return self._rejected(frame)
        wrong = refusal(self.version, Role.CHARGE_POINT, frame, self.settings)
        if wrong is not None or not isinstance(frame, Message):
            return wrong or []
        return self._sent(self._answer(frame, now) + self._settled(now), now)

    def answered(self, action: str, sent: dict[str, Any], answer: Message | None, now: int) -> list[Effect]:
        """Continue what waited for the answer."""
        now = self.own_time(now)
        self._active = now
        by = self._clock.answered(action, answer, now) if self._follows_heartbeat else 0
        now += by
        effects: list[Effect] = self._clock_moved(by, now) if by else []
        meant = self._quirks.meant(action, sent)
        if meant is None:
            return self._sent(effects + self._settled(now), now)
        sent = meant
        refused = [] if answer is None else result_refusal(self.version, action, answer, self.settings)
        if refused:
            effects, answer = effects + refused, None
        if action == "OpenPeriodicEventStream":
            is_good = answer is not None and answer.kind is MessageKind.CALLRESULT
            is_accepted = answer is not None and is_good and text_at(answer.payload, "status") == "Accepted"
            self.device.events.streams.answered(sent, is_accepted=is_accepted, now=now)
        if action == PULL:
            self.device.dynamic.answered(sent, answer, now)
        if action == "SecurityEventNotification":
            self.device.security.answered(sent, answer)
        if action == "StatusNotification" and answer is not None:
            self._unconfirmed.discard(_place_of(sent))
        if action == "BootNotification":
            effects += self._registered(answer, now)
        queued = self.device.queue.answered(action, sent, answer, now)
        if queued is None:
            queued = []
            for charge in list(self.device.charges()):
                queued += charge.answered(action, sent, answer, now)
            queued += self._notice(action, sent, answer, now)
            queued += self._status_of_certificates(action, sent, answer, now)
        effects += queued + self._settled(now) + self._acts(now)
        return self._sent(effects, now)

    def operate(self, operation: Operation, now: int) -> OperationResult:
        """Let somebody do something to the charge point, such as plugging in a car."""
        now = self.own_time(now)
        outcome = operate(self.device, operation, now)
        return replace(outcome, effects=self._sent(outcome.effects + self._settled(now), now))

    def kept_state(self, now: int) -> dict[str, Any]:
        """What outlives the process, as JSON can hold it."""
        return kept_state(self.device, self.own_time(now))

    def restore(self, state: Any, now: int) -> None:
        """Go on where an earlier process ended. Raises WrongState."""
        restore(self.device, state, self.own_time(now))

    def transferred(self, outcome: TransferOutcome, now: int) -> list[Effect]:
        """A file transfer has ended."""
        now = self.own_time(now)
        return self._sent(self.device.files.ended(outcome, now) + self._settled(now), now)

    def tick(self, now: int) -> list[Effect]:
        """Do what is due: register again, send a heartbeat, measure, and run the agenda."""
        now = self.own_time(now)
        boot = self._registration.due()
        effects = self._boot(now) if self.device.is_connected and boot is not None and boot <= now else []
        if not self._registration.is_silent:
            effects += self.device.agenda.run(now)
        effects += self.device.queue.tick(now)
        for charge in list(self.device.charges()):
            effects += charge.tick(now)
        effects += self._settled(now) + self._acts(now)
        beat = self._next_heartbeat()
        if not effects and beat is not None and beat <= now:
            effects = [messages.heartbeat()]
        return self._sent(effects, now)

    def wakeup(self) -> int | None:
        """The earliest planned moment."""
        device = self.device
        times = [device.power.due, device.aligned.due, device.queue.wakeup(), self._schedule.wakeup(), device.der.due]
        times += [charge.wakeup() for charge in device.charges()]
        if self.device.is_connected:
            times += [self._registration.due(), self._next_heartbeat()]
        if device.queue.is_open:
            times += [device.events.wakeup(), device.dynamic.due() if device.is_online else None]
        if not self._registration.is_silent:
            times.append(device.agenda.next())
        return min((time - self._clock.ahead for time in times if time is not None), default=None)

    def closed(self, now: int) -> None:
        """Go on without the connection: the queue reports what happens to transactions once it is back."""
        now = self.own_time(now)
        self.device.is_connected, self._closed_at = False, now
        self._quirks.closed()
        self.device.forget_reports(self._unconfirmed)
        self._unconfirmed.clear()
        self.device.queue.close()
        for charge in list(self.device.charges()):
            charge.lost_connection(now)
        self._settled(now)

    def clock_set(self, by: int) -> None:
        """Keep every heartbeat, meter value and retry where it is."""
        self._move(self._clock.machine_set(by))

    def _move(self, by: int) -> None:
        """The own clock was set by so many microseconds."""
        self._active += by
        self._closed_at += by
        self._registration.clock_set(by)
        self._schedule.clock_set(by)
        self.device.clock_set(by)

    def set_strict(self, strict: bool) -> None:
        self.settings = replace(self.settings, strict=strict)

    @property
    def _follows_heartbeat(self) -> bool:
        """Whether currentTime sets the clock: in 2.x only where TimeSource names the heartbeat."""
        return self.version.generation == 1 or "Heartbeat" in self.device.configuration.members(
            "ClockCtrlr", "TimeSource"
        )

    def _clock_moved(self, by: int, now: int) -> list[Effect]:
        """The central system has set the clock by so many microseconds to `now`."""
        self._move(by)
        return self.device.security_event("SettingSystemTime", now, f"by {by / SECOND:+.1f} s")

    def connected(self, facts: ConnectionFacts) -> None:
        """It is connected like this; `opened` follows."""
        self.device.connected(facts)

    def _acts(self, now: int) -> list[Effect]:
        """Let people do what is due by the schedule; what is not possible is said in the log."""
        effects: list[Effect] = []
        for act in self._schedule.due(self.device, now):
            outcome = operate(self.device, Operation(act.do, act.connector, act.argument, act.evse_connector), now)
            effects += outcome.effects + self._settled(now)
            if outcome.problem:
                effects.append(AddNote(f"not possible by the schedule: {act.do}. {outcome.problem}"))
        return effects

    # -- registration -------------------------------------------------------------------------------------------

    def _boot(self, now: int) -> list[Effect]:
        if self._registration.is_silent:
            self._registration.status = ""
        self._registration.begin(now)
        return [messages.boot_notification(self.version, self.device.identity, self.device.boot_reason)]

    def _registered(self, answer: Message | None, now: int) -> list[Effect]:
        self._registration.answered(answer, now)
        device = self.device
        was_accepted, device.is_accepted = device.is_accepted, self._registration.status == "Accepted"
        if not device.is_accepted:
            return []
        self._schedule.start(now)
        device.needs_boot, device.boot_reason = False, "PowerUp"
        setting = device.configuration.by_key("HeartbeatInterval")
        if setting is not None and self._registration.interval:
            device.configuration.set(setting, str(self._registration.interval))
        if was_accepted:
            return []
        return [
            *device.report_all(now),
            *device.booted(),
            *device.security.open(),
            *device.events.streams.reopen(),
            *device.events.open(now),
            *device.queue.open(now),
        ]

    def _rejected(self, frame: Message | Malformed) -> list[Effect]:
        is_call = isinstance(frame, Message) and frame.kind is MessageKind.CALL
        if self.version.generation == 1 or not isinstance(frame, Message) or not is_call:
            return []
        return [SendError(frame, "SecurityError", "the registration is rejected")]

    def _next_heartbeat(self) -> int | None:
        interval = self.device.configuration.integer("HeartbeatInterval")
        if not (self.device.is_connected and self.device.is_accepted):
            return None
        return self._active + interval * SECOND if interval else None

    # -- calls --------------------------------------------------------------------------------------------------

    def _answer(self, call: Message, now: int) -> list[Effect]:
        if call.kind is not MessageKind.CALL:
            return []
        action, request = call.action or "", content(call)
        if not self.device.supports(action):
            return [SendError(call, "NotSupported", "SupportedFeatureProfiles does not have its feature profile")]
        reaction, role = REACTIONS.get(action), Role.CHARGE_POINT
        if judge_payload(self.version, action, Part.REQUEST, request).verdict is Verdict.INVALID:
            # An invalid request gets here only in lenient mode; it never changes any state.
            return [not_done(self.version, role, call, answer_to(self.version, role, call, now))]
        if reaction is None:
            return [SendAnswer(call, answer_to(self.version, role, call, now))]
        reply = reaction(self.device, request, now)
        payload = reply.payload
        if is_valid(self.version, action, Part.RESPONSE, payload) is False:
            return [not_done(self.version, role, call, answer_to(self.version, role, call, now)), *reply.effects]
        if action in ("TriggerMessage", "ExtendedTriggerMessage") and self._quirks.has(TRIGGER_NEVER_KEPT):
            return [SendAnswer(call, payload)]
        return [SendAnswer(call, payload), *reply.effects]

    def _notice(self, action: str, sent: dict[str, Any], answer: Message | None, now: int) -> list[Effect]:
        """Go on with a transaction that the user started by hand."""
        if answer is None or answer.kind is not MessageKind.CALLRESULT or not isinstance(answer.payload, dict):
            return []
        if action == "StartTransaction":
            transaction = integer_at(answer.payload, "transactionId")
            number, token = integer_at(sent, "connectorId"), DriverToken(text_at(sent, "idTag") or "")
            if transaction is not None and number is not None:
                register = integer_at(sent, "meterStart") or 0
                return self.device.adopt(number, token, str(transaction), 0, register, now)
        elif action == "TransactionEvent" and sent.get("eventType") == "Started":
            known = text_at(object_at(sent, "transactionInfo"), "transactionId")
            evse, token_2x = integer_at(object_at(sent, "evse"), "id"), object_at(sent, "idToken")
            if known is not None and evse is not None:
                token = DriverToken(text_at(token_2x, "idToken") or "", text_at(token_2x, "type") or "NoAuthorization")
                return self.device.adopt(evse, token, known, (integer_at(sent, "seqNo") or 0) + 1, 0, now)
        return []

    def _status_of_certificates(
        self, action: str, sent: dict[str, Any], answer: Message | None, now: int
    ) -> list[Effect]:
        good = answer is not None and answer.kind is MessageKind.CALLRESULT and isinstance(answer.payload, dict)
        if answer is None or not good or action not in ("GetCertificateStatus", "DataTransfer"):
            return []
        return status_answered(self.device, action, sent, answer.payload, now)

    def _settled(self, now: int) -> list[Effect]:
        return clock_aligned(self.device, now) + self.device.settle(now)

    def _sent(self, effects: list[Effect], now: int) -> list[Effect]:
        """Postpone the heartbeat after our calls; after a close, register again even if nothing gets closed.

        The quirks of the charge point have the last word.
        """
        sent: list[Effect] = []
        for effect in effects:
            if isinstance(effect, SendCall):
                self._active = now
                self._clock.asked(effect.action, now)
                if effect.action == "StatusNotification":
                    self._unconfirmed.add(_place_of(effect.payload))
                sent += self._quirks.sent(effect, is_charging=bool(self.device.running()))
                continue
            if isinstance(effect, CloseConnection) and self.device.needs_boot:
                self._registration.forget()
                self._registration.begin(now)
            sent.append(effect)
        return sent


def _place_of(status: dict[str, Any]) -> int:
    """The connector (1.6) or EVSE (2.x) of a StatusNotification."""
    return integer_at(status, "connectorId" if "evseId" not in status else "evseId") or 0
