"""One open connection of a session: what is in flight, what waits for an answer, and the behaviour that drives it."""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ocpptui.jsontext.text import value_text
from ocpptui.network.problems import NotConnected
from ocpptui.ocpp import actions as catalog
from ocpptui.ocpp.message import Malformed, Message, MessageKind
from ocpptui.simulator.effects import (
    Behaviour,
    CloseConnection,
    Effect,
    SendAnswer,
    SendCall,
    SendError,
    SendResultError,
)
from ocpptui.timeline.record import Origin

if TYPE_CHECKING:
    from ocpptui.network.connection import Connection

CLOSE_GOING_AWAY = 1001
"""RFC 6455 section 7.4.1: an endpoint is going away; what a charge point says before it resets."""


@dataclass(slots=True, eq=False)
class Sent:
    """A CALL of ours, from the moment it was handed over until it is answered or given up."""

    message_id: str
    action: str
    payload: dict[str, Any]
    deadline: int
    """Microseconds since 1970 after which the call counts as timed out."""
    answered: asyncio.Future[int | None]
    """Timeline index of the answer; None when it timed out or the connection ended."""
    index: int | None = None
    """Timeline index of the call, as soon as it is on the wire."""
    written: asyncio.Event = field(default_factory=asyncio.Event)


class ConnectionDriver:
    """What a session knows and does about one connection. It lives from the handshake to the close."""

    def __init__(
        self,
        connection: Connection,
        behaviour: Behaviour | None,
        *,
        clock: Callable[[], int],
        new_id: Callable[[], str],
        call_timeout: int,
        automatic: bool,
    ) -> None:
        self.connection = connection
        self.behaviour = behaviour
        self.waiting: dict[int, Message] = {}
        """Calls of the peer that wait for the user's answer, by timeline index."""
        self.in_flight: dict[str, Sent] = {}
        """Our unanswered calls by message id."""
        self._encoding = connection.encoding
        self._clock = clock
        self._new_id = new_id
        self._call_timeout = call_timeout
        self._automatic = automatic
        self._started = False  # the behaviour has been told that the connection is open
        self._ended = False
        self._queue: deque[SendCall | CloseConnection] = deque()  # what stands behind the call in flight
        self._timer: asyncio.TimerHandle | None = None
        self._timer_due = 0

    # -- life ---------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Begin: the behaviour, where it is on, learns that the connection is open."""
        self._start_behaviour()

    def end(self) -> None:
        """The connection is gone: what is in flight gets no answer any more."""
        if self._ended:
            return
        self._ended = True
        if self._timer is not None:
            self._timer.cancel()
        self.give_up_behaviour()
        for sent in self.in_flight.values():
            _settle(sent, None)
        self.in_flight.clear()
        self.waiting.clear()

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
        waiting, self.waiting = self.waiting, {}
        for call in waiting.values():
            self._behave(call, call.action or "")
        self._schedule()

    def _start_behaviour(self) -> None:
        if self._automatic and self.behaviour is not None and not self._started:
            self._started = True
            self._perform(self.behaviour.opened(self._clock()))
            self._schedule()

    # -- what arrives -------------------------------------------------------------------------------------------

    def received(self, index: int, frame: Message | Malformed, action: str) -> None:
        """A message of the peer, already in the timeline at `index`."""
        if isinstance(frame, Message) and frame.kind.is_answer:
            self._answered(index, frame, action)
        elif self._automatic:
            self._behave(frame, action)
        elif isinstance(frame, Message) and frame.kind is MessageKind.CALL:
            self.waiting[index] = frame
        self._schedule()

    def _behave(self, frame: Message | Malformed, action: str) -> None:
        if self.behaviour is not None:
            self._perform(self.behaviour.received(frame, action, self._clock()))

    def _answered(self, index: int, frame: Message, action: str) -> None:
        if frame.kind is MessageKind.CALLRESULTERROR:
            return  # it refuses our answer to a call of the peer's; it answers no call of ours
        sent = self.in_flight.pop(frame.id, None)
        if sent is None:
            return
        _settle(sent, index)
        if self.behaviour is not None:
            effects = self.behaviour.answered(sent.action, sent.payload, frame, self._clock())
            if self._automatic:
                self._perform(effects)
        self._release()

    def wrote(self, index: int, frame: Message | Malformed) -> None:
        """A message of ours is on the wire and in the timeline at `index`."""
        if not isinstance(frame, Message):
            return
        if frame.kind is MessageKind.CALL:
            sent = self.in_flight.get(frame.id) or self._register(frame.id, frame.action or "", frame.payload)
            sent.index = index
            sent.written.set()
            self._schedule()
        elif frame.kind.is_answer:
            for call_index, call in list(self.waiting.items()):
                if call.id == frame.id:
                    del self.waiting[call_index]

    # -- what we send -------------------------------------------------------------------------------------------

    async def send_call(self, action: str, payload: str, origin: Origin) -> Sent | None:
        """Send a CALL at once, whatever is in flight; `payload` is JSON text and goes out as it stands.

        Returns None for a SEND, which gets no answer. Raises NotConnected.
        """
        message_id = self._new_id()
        if self._is_send(action):
            await self.connection.send(self._encoding.send(message_id, action, payload), origin)
            return None
        sent = self._register(message_id, action, _object(payload))
        try:
            await self.connection.send(self._encoding.call(message_id, action, payload), origin)
        except NotConnected:
            self.in_flight.pop(message_id, None)
            raise
        return sent

    def _register(self, message_id: str, action: str, payload: Any) -> Sent:
        content = payload if isinstance(payload, dict) else {}
        answered: asyncio.Future[int | None] = asyncio.get_running_loop().create_future()
        sent = Sent(message_id, action, content, self._clock() + self._call_timeout, answered)
        self.in_flight[message_id] = sent
        return sent

    def _is_send(self, action: str) -> bool:
        version = self.connection.version
        known = catalog.find_action(version, action) if version is not None else None
        return known is not None and known.is_send

    def _perform(self, effects: list[Effect]) -> None:
        for effect in effects:
            match effect:
                case SendCall() | CloseConnection():
                    self._queue.append(effect)
                case SendAnswer():
                    self._put(self._encoding.result(effect.call, value_text(effect.payload)))
                case SendError():
                    of, details = effect.call or effect.id, value_text(effect.details)
                    self._put(self._encoding.error(of, effect.code, effect.description, details))
                case SendResultError():
                    self._put(self._encoding.result_error(effect.result, effect.code, effect.description))
        self._release()

    def _release(self) -> None:
        """Send the behaviour's next call unless one is in flight: one at a time in each direction."""
        while self._queue and not self.in_flight:
            call = self._queue.popleft()
            if isinstance(call, CloseConnection):
                self._queue.clear()
                self.connection.begin_close(CLOSE_GOING_AWAY, call.reason)
                return
            message_id = self._new_id()
            if self._is_send(call.action):
                self._put(self._encoding.send(message_id, call.action, value_text(call.payload)))
                continue
            self._register(message_id, call.action, call.payload)
            self._put(self._encoding.call(message_id, call.action, value_text(call.payload)))

    def _put(self, text: str) -> None:
        """Write at once; what a connection that is closing does not take is lost with it."""
        with suppress(NotConnected):
            self.connection.write(text, Origin.BEHAVIOUR)

    # -- time ---------------------------------------------------------------------------------------------------

    def _schedule(self) -> None:
        """Arrange to be called when the behaviour or a time-out is next due; an earlier alarm is left to ring."""
        due = min((sent.deadline for sent in self.in_flight.values()), default=0)
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

    def _tick(self) -> None:
        self._timer = None
        now = self._clock()
        for sent in [sent for sent in self.in_flight.values() if sent.deadline <= now]:
            del self.in_flight[sent.message_id]
            _settle(sent, None)
            if self.behaviour is not None:
                effects = self.behaviour.answered(sent.action, sent.payload, None, now)
                if self._automatic:
                    self._perform(effects)
        if self._automatic and self.behaviour is not None:
            wakeup = self.behaviour.wakeup()
            if wakeup is not None and wakeup <= now:
                self._perform(self.behaviour.tick(now))
        self._release()
        self._schedule()


def _settle(sent: Sent, index: int | None) -> None:
    if not sent.answered.done():
        sent.answered.set_result(index)
    sent.written.set()


def _object(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return {}
