"""One open connection of a session: what waits for an answer, and the behaviour that drives it."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ocpptui.jsontext.text import value_text
from ocpptui.network.problems import NotConnected
from ocpptui.ocpp import actions as catalog
from ocpptui.ocpp.correlation import AnswerStatus
from ocpptui.ocpp.message import Malformed, Message, MessageKind
from ocpptui.ocpp.secrets import mask_own_text
from ocpptui.simulator.effects import (
    AddNote,
    AskResponder,
    Behaviour,
    CancelTransfer,
    CloseConnection,
    ConnectWith,
    Effect,
    LoseConnection,
    PingEvery,
    Reconnect,
    SendAnswer,
    SendCall,
    SendError,
    SendResultError,
    TransferFile,
    TrustRoots,
)
from ocpptui.timeline.record import Origin, RecordKind
from ocpptui.timeline.timeline import Timeline

if TYPE_CHECKING:
    from ocpptui.network.connection import Connection
    from ocpptui.session.fault_injection import FaultInjection
    from ocpptui.session.interpreter import Interpreter

CLOSE_GOING_AWAY = 1001
"""RFC 6455 section 7.4.1: an endpoint is going away; a charge point sends it before it resets."""


EMPTY_RESULT = Message("", MessageKind.CALLRESULT, "", None, {})
"""What the behaviour gets as the answer to a call that the version of the connection cannot say."""


class ConnectionDriver:
    """What a session does with one connection. It lives from the handshake to the close.

    The timeline knows what is in flight and what is overdue.
    """

    def __init__(
        self,
        connection: Connection,
        timeline: Timeline,
        behaviour: Behaviour | None,
        all_waiting: dict[int, ConnectionDriver],
        *,
        clock: Callable[[], int],
        new_id: Callable[[], str],
        automatic: bool,
        outside: Callable[[Behaviour, Effect], None] = lambda behaviour, effect: None,
        interpreter: Interpreter | None = None,
    ) -> None:
        """`outside` carries out the effects that are not messages on the connection. `interpreter` is between the
        connection and a behaviour of another version."""
        self.connection = connection
        self.behaviour = behaviour
        self.waiting: dict[int, Message] = {}
        """Calls of the peer that wait for the user's answer, by timeline index."""
        self._all_waiting = all_waiting  # the same, for all connections of the session
        self._timeline = timeline
        self._encoding = connection.encoding
        self._clock = clock
        self._new_id = new_id
        self._automatic = automatic
        self._outside = outside
        self._interpreter = interpreter
        self._awaited: dict[int, asyncio.Future[int | None]] = {}  # for the answers to our calls, by timeline index
        self._started = False  # whether the behaviour knows that the connection is open
        self._ended = False
        self._queue: deque[SendCall | CloseConnection] = deque()  # what is to be sent after the call in flight
        self._timer: asyncio.TimerHandle | None = None
        self._timer_due = 0
        self.faults: FaultInjection | None = None
        """What goes wrong on purpose; set before `start`, None if nothing does."""

    # -- life ---------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Begin: the behaviour, if it is on, learns that the connection is open."""
        if self.faults is not None:
            self.faults.link.start()
        self._start_behaviour()

    def end(self) -> None:
        """The connection has ended: what is in flight gets no answer any more."""
        if self._ended:
            return
        self._ended = True
        if self._timer is not None:
            self._timer.cancel()
        if self.faults is not None:
            self.faults.end()
        self.give_up_behaviour()
        for awaited in self._awaited.values():
            _settle(awaited, None)
        self._awaited.clear()
        for index in list(self.waiting):
            self.waits_no_more(index)

    def give_up_behaviour(self) -> None:
        """The behaviour learns that the connection is closed, and is free for the next one."""
        if self.behaviour is not None and self._started:
            self.behaviour.closed(self._clock())
        self.behaviour = None
        self._queue.clear()

    def set_automatic(self, automatic: bool) -> None:
        """Switch the behaviour; switching it on also answers what was waiting."""
        if automatic == self._automatic:
            return
        self._automatic = automatic
        if not automatic:
            self._queue.clear()
            return
        self._start_behaviour()
        for index, call in list(self.waiting.items()):
            self.waits_no_more(index)
            self._hear(call, call.action or "")
        self._schedule()

    def _start_behaviour(self) -> None:
        if self._automatic and self.behaviour is not None and not self._started:
            self._started = True
            self._perform(self.behaviour.opened(self._clock()))
            self._schedule()

    @property
    def automatic(self) -> bool:
        """Whether the behaviour is on."""
        return self._automatic

    # -- what arrives -------------------------------------------------------------------------------------------

    def received(self, index: int, frame: Message | Malformed) -> None:
        """Handle a message of the peer, already in the timeline at `index`."""
        if isinstance(frame, Message) and frame.kind.is_answer:
            call = self._timeline.other_half(index)
            # A late answer was given up before, and a CALLRESULTERROR does not answer a call of ours.
            if call is not None and self._timeline.answering(index) is AnswerStatus.FIRST and self._is_ours(call):
                self._answered(call, index, frame, self._clock())
                self._release()
        elif not self._automatic:
            self.behave(index, frame)
        elif self.faults is None or not self.faults.takes(index, frame, self._timeline.action(index)):
            self._hear(frame, self._timeline.action(index))
        self._schedule()

    def hold(self, index: int, call: Message) -> None:
        """Let a call of the peer wait for the user."""
        self.waiting[index] = call
        self._all_waiting[index] = self

    def behave(self, index: int, frame: Message | Malformed) -> None:
        """Let the behaviour, if it is on, handle what came from the peer and is at `index`; otherwise, a call waits."""
        if self._automatic:
            self._hear(frame, self._timeline.action(index))
            self._schedule()
        elif isinstance(frame, Message) and frame.kind is MessageKind.CALL:
            self.hold(index, frame)

    def _hear(self, frame: Message | Malformed, action: str) -> None:
        if self.behaviour is not None:
            settings = self.behaviour.settings
            heard = frame if self._interpreter is None else self._interpreter.heard(frame, settings)
            if isinstance(heard, list):
                self._perform(heard)
                return
            if heard is not frame and isinstance(heard, Message):
                action = heard.action or action
            self._perform(self.behaviour.received(heard, action, self._clock()))

    def _is_ours(self, index: int) -> bool:
        timeline = self._timeline
        return timeline.kind(index) is RecordKind.CALL and timeline.direction(index) is self.connection.sends

    def _answered(self, call: int, index: int | None, frame: Message | None, now: int) -> None:
        """Note that a call of ours got its answer, or was given up."""
        settled = (call,) if self.faults is None else self.faults.settled_with(call)
        for one in settled:
            awaited = self._awaited.pop(one, None)
            if awaited is not None:
                _settle(awaited, index)
        if settled:
            sent = self._timeline.frame(call)
            payload = sent.payload if isinstance(sent, Message) and isinstance(sent.payload, dict) else {}
            self._tell(self._timeline.action(call), payload, frame, now)

    def unanswered(self, action: str, payload: dict[str, Any]) -> None:
        """The peer did not get a call of ours, or could not read it, and the time for its answer is over."""
        self._tell(action, payload, None, self._clock())

    def _tell(self, action: str, payload: dict[str, Any], answer: Message | None, now: int) -> None:
        """Let the behaviour know what became of a call of ours."""
        if self._interpreter is not None:
            answer = self._interpreter.answer(action, payload, answer)
            meant = self._interpreter.meant(action, payload)
            action, payload = meant.action, meant.payload
        self._tell_untranslated(action, payload, answer, now)

    def _tell_untranslated(self, action: str, payload: dict[str, Any], answer: Message | None, now: int) -> None:
        """The same in the version of the behaviour."""
        if self.behaviour is not None:
            effects = self.behaviour.answered(action, payload, answer, now)
            if self._automatic:
                self._perform(effects)

    def undelivered(self, call: int) -> None:
        """The call of ours at a timeline index did not reach the peer."""
        if self._is_ours(call):
            self._answered(call, None, None, self._clock())
            self.go_on()

    def give_up(self, now: int) -> None:
        """Stop waiting for the answers that are overdue at `now`, µs since 1970."""
        for call in self._timeline.overdue(self.connection.number, self.connection.sends, now):
            self._answered(call, None, None, now)

    def wrote(self, index: int, frame: Message | Malformed) -> None:
        """A message of ours is on the wire and in the timeline at `index`."""
        if isinstance(frame, Message):
            if frame.kind is MessageKind.CALL:
                self._schedule()
            elif self.waiting:
                self.waits_no_more(self._timeline.other_half(index))

    def waits_no_more(self, index: int | None) -> None:
        """A call of the peer is answered, or is not to be."""
        if index is not None and self.waiting.pop(index, None) is not None:
            del self._all_waiting[index]

    # -- what we send -------------------------------------------------------------------------------------------

    async def send_call(self, action: str, payload: str) -> int:
        """Send a CALL, or the SEND of that name, at once, whatever is in flight; return its timeline index.

        `payload` is JSON text and is sent as it is. Raises NotConnected.
        """
        is_send = self._is_send(action)
        text = (self._encoding.send if is_send else self._encoding.call)(self._new_id(), action, payload)
        if self.faults is not None and self._automatic:
            return await self.faults.send(action, text, Origin.MANUAL, is_send=is_send)
        return await self.connection.send(text, Origin.MANUAL)

    async def answer_to(self, call: int) -> int | None:
        """The timeline index of the answer to a call of ours, as soon as it arrives.

        None if the call is given up or the connection ends.
        """
        answer = self._timeline.other_half(call)
        if answer is not None or self._ended or call not in self._in_flight:
            return answer
        awaited = self._awaited.get(call)
        if awaited is None:
            awaited = self._awaited[call] = asyncio.get_running_loop().create_future()
        return await asyncio.shield(awaited)

    def _is_send(self, action: str) -> bool:
        version = self.connection.version
        known = catalog.find_action(version, action) if version is not None else None
        return known is not None and known.is_send

    def perform(self, effects: list[Effect]) -> None:
        """Carry out what the behaviour wants after something that was done to it."""
        self._perform(effects)
        self._schedule()

    def _perform(self, effects: list[Effect]) -> None:
        for wanted in effects:
            effect = wanted if self._interpreter is None else self._interpreter.spoken(wanted)
            match effect:
                case None if isinstance(wanted, SendCall):
                    self._tell_untranslated(wanted.action, wanted.payload, EMPTY_RESULT, self._clock())
                case SendAnswer():  # the most frequent first
                    message = self._encoding.result_message(effect.call, effect.payload)
                    self._put(effect.call.id, message.raw, message)
                case SendCall() | CloseConnection():
                    self._queue.append(effect)
                case SendError():
                    of, details = effect.call or effect.id, mask_own_text(value_text(effect.details))
                    text = self._encoding.error(of, effect.code, mask_own_text(effect.description), details)
                    self._put(effect.id if effect.call is None else effect.call.id, text)
                case SendResultError():
                    description = mask_own_text(effect.description)
                    self._put("", self._encoding.result_error(effect.result, effect.code, description))
                case (
                    LoseConnection()
                    | Reconnect()
                    | TransferFile()
                    | CancelTransfer()
                    | ConnectWith()
                    | TrustRoots()
                    | PingEvery()
                    | AskResponder()
                    | AddNote()
                ):
                    if self.behaviour is not None:
                        self._outside(self.behaviour, effect)
        self._release()

    def _release(self) -> None:
        """Send the behaviour's next call unless one is in flight: one at a time in each direction."""
        while self._queue and not self._is_busy:
            call = self._queue.popleft()
            if isinstance(call, CloseConnection):
                self._queue.clear()
                if self.faults is not None:
                    self.faults.link.flush()
                self.connection.begin_close(CLOSE_GOING_AWAY, call.reason)
                return
            is_send = self._is_send(call.action)
            write = self._encoding.send if is_send else self._encoding.call
            text = write(self._new_id(), call.action, value_text(call.payload))
            if self.faults is not None:
                self.faults.call(call.action, text, is_send=is_send)
            else:
                self._write(text)

    def go_on(self) -> None:
        """Send what waits, if nothing is in flight (any more)."""
        self._release()
        self._schedule()

    @property
    def _is_busy(self) -> bool:
        """Whether the behaviour's next call must wait."""
        if self.faults is None:
            return self._oldest_in_flight is not None
        return self.faults.link.is_busy or not all(map(self.faults.is_settled, self._in_flight))

    @property
    def _in_flight(self) -> list[int]:
        return self._timeline.in_flight(self.connection.number, self.connection.sends)

    @property
    def _oldest_in_flight(self) -> int | None:
        return self._timeline.oldest_in_flight(self.connection.number, self.connection.sends)

    def _put(self, call_id: str, text: str | bytes, message: Message | Malformed | None = None) -> None:
        """Write the answer to a call of the peer."""
        if self.faults is not None and isinstance(text, str):
            self.faults.answer(call_id, text, message)
        else:
            self._write(text, message)

    def _write(self, text: str | bytes, message: Message | Malformed | None = None) -> None:
        """Write at once; what a closing connection does not accept is lost."""
        try:
            self.connection.write(text, Origin.BEHAVIOUR, message)
        except NotConnected:
            return

    # -- time ---------------------------------------------------------------------------------------------------

    def _schedule(self) -> None:
        """Arrange to be called when the behaviour or a time-out is next due; an earlier alarm stays."""
        oldest = self._oldest_in_flight
        due = 0 if oldest is None else self._timeline.overdue_at(oldest)
        if self._automatic and self.behaviour is not None:
            wakeup = self.behaviour.wakeup()
            if wakeup is not None and (not due or wakeup < due):
                due = wakeup
        if not due or self._ended or (self._timer is not None and self._timer_due <= due):
            return
        if self._timer is not None:
            self._timer.cancel()
        self._timer_due = due
        delay = max(0.0, (due - self._clock()) / 1e6)
        self._timer = asyncio.get_running_loop().call_later(delay, self._tick)

    def clock_set(self, by: int) -> None:
        """The clock was set by so many microseconds: the alarm stays where it is."""
        self._timer_due += by

    def _tick(self) -> None:
        self._timer = None
        now = self._clock()
        self.give_up(now)
        if self._automatic and self.behaviour is not None:
            wakeup = self.behaviour.wakeup()
            if wakeup is not None and wakeup <= now:
                self._perform(self.behaviour.tick(now))
        self._release()
        self._schedule()


def _settle(awaited: asyncio.Future[int | None], index: int | None) -> None:
    if not awaited.done():
        awaited.set_result(index)
