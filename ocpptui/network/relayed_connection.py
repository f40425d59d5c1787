"""A connection that is relayed through us: two legs, one number, and one record for each frame.

A frame is recorded when it is read, with the time until it was passed on. What was changed, dropped, answered or held
here is a second record of origin `proxy`, which names the first by its number.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any, TypeAlias

from ocpptui.network.connection import Connection, Observer, wire_form
from ocpptui.network.explain_close import ABNORMAL, NO_STATUS, SERVER_AWAY
from ocpptui.network.intervention import Intervention
from ocpptui.network.large_messages import LARGE
from ocpptui.network.wire import RelayWire
from ocpptui.ocpp.encoding import SpokenEncoding
from ocpptui.ocpp.json_encoding import JSON
from ocpptui.ocpp.message import Message
from ocpptui.ocpp.version import Role, Version
from ocpptui.runtime.clock import Clock
from ocpptui.timeline.connection_detail import ConnectionDetail
from ocpptui.timeline.record import Origin, Passage, Record, RecordKind, message_record

MOST_WAITING = 1000
"""Messages that wait for a central system that is away; then nothing more is read from the charge point."""
_GOING_ON = (Passage.CHANGED, Passage.ANSWERED, Passage.PASSED_LATER, Passage.REPEATED)
"""What is done with a message as long as one of the sides expects it."""

Intercept: TypeAlias = Callable[["RelayLeg", Record], Intervention | None]
"""Decides about a message that was read from a leg; None passes it on as it is. It must not block."""


def pass_everything(leg: RelayLeg, record: Record) -> None:
    """The `Intercept` that never intervenes."""


class RelayLeg(Connection):
    """One leg of a relayed connection. On it, we have the role that the peer expects at the other end."""

    _wire: RelayWire

    def __init__(
        self,
        wire: RelayWire,
        observer: Observer,
        clock: Clock,
        *,
        number: int,
        charge_point: str,
        version: Version | None,
        role: Role,
        url: str,
        at_end: Callable[[Connection], ConnectionDetail],
        encoding: SpokenEncoding = JSON,
    ) -> None:
        super().__init__(
            wire,
            observer,
            clock,
            number=number,
            charge_point=charge_point,
            version=version,
            role=role,
            url=url,
            ping_interval=None,
            ping_timeout=None,
            at_end=at_end,
            encoding=encoding,
        )
        self.relay: Relay
        """What it is a leg of; set by `join`."""
        self.end: ConnectionDetail | None = None
        """How the leg ended, once it has."""

    @property
    def legs(self) -> tuple[Connection, ...]:
        return self.relay.legs

    @property
    def is_relayed(self) -> bool:
        return True

    @property
    def is_ours(self) -> bool:
        return self.relay.answers_alone and self.relay.central_system is None

    @property
    def subprotocol(self) -> str | None:
        """The one that the handshake agreed on."""
        return self._wire.subprotocol

    def join(self, relay: Relay) -> None:
        """Become a leg of this relay: we no longer answer the peer's pings by ourselves."""
        self.relay = relay
        self._wire.leave_pings_alone()

    def attach(self, other: RelayLeg | None) -> None:
        """Receive from here on, as fast as the other peer reads."""
        if other is not None:
            self._wire.couple(other._wire)
        self._wire.attach(self)

    def couple(self, other: RelayLeg) -> None:
        """Read as fast as the peer of this leg reads, too."""
        self._wire.couple(other._wire)

    def release(self) -> None:
        """Receive what arrived before both legs existed."""
        self._wire.release()

    # -- what arrives -------------------------------------------------------------------------------------------

    def message(self, data: bytes | bytearray, is_text: bool, time: int) -> None:
        self._last_frame = self._last_message = time
        if self.is_ours:
            super().message(data, is_text, time)
        elif len(data) <= LARGE:
            self._pass_on(_as_bytes(data), is_text, self._received(data, True, time))
        else:
            self._wire.wait_for(partial(self._read_large, [data], is_text, time))

    def _read_large(self, held: list[bytes | bytearray], is_text: bool, time: int) -> Callable[[], None]:
        data = held.pop()
        record = self._received(data, True, time)
        return partial(self._pass_on, _as_bytes(data), is_text, record, self._observer.as_kept(record))

    def _pass_on(self, content: bytes, is_text: bool, record: Record, kept: Record | None = None) -> None:
        detail: dict[str, Any] = {"frame": self.relay.next_frame()}
        if not is_text:
            detail["binary"] = True
        record.detail = detail  # nobody else has this record yet
        intervention = self._decided(record, content)
        other = self.relay.beyond(self)
        went = None
        if intervention is None:
            if other is not None and other._wire.is_open:
                detail |= self._queue(other, detail["frame"], content, is_text)
                detail["passedOnMs"] = self._since(record.time)
                went = partial(other._wire.send_queued, at_once=True)  # once it is recorded, or a kill could lose it
            elif self.relay.is_missing(other):
                self._wait(detail["frame"], content, is_text)
        elif intervention.passage is Passage.OURS:
            detail["change"] = Passage.OURS
        index = self._observe(record, None if kept is None else replace(kept, detail=detail), went)
        if went is not None and index is None:  # it could not be recorded, and goes on all the same
            went()
        if intervention is not None:
            intervention.noted(index)
            self.intervene(intervention, detail["frame"])

    def _decided(self, record: Record, content: bytes) -> Intervention | None:
        """What to do with a message that was read here; None passes it on as it is."""
        return self.relay.intercept(self, record)

    def _queue(self, other: RelayLeg, frame: int, content: bytes, is_text: bool) -> dict[str, Any]:
        """Queue what was read here for the other side; return what its record says besides."""
        (other._wire.queue_text if is_text else other._wire.queue_binary)(content)
        return {}

    def _queue_answer(self, frame: int, content: bytes) -> None:
        """Queue an answer to what was read here."""
        self._wire.queue_text(content)

    def _is_awaited(self, frame: int) -> bool:
        """Whether what was read here can still go on."""
        return True

    def intervene(self, intervention: Intervention, frame: int, *, is_text: bool = True) -> int | None:
        """Do with a message that was read here, and has this number, what was decided; return the index of the record.

        None if there is none: nothing is done (yet), or the leg is closed.
        """
        passage = intervention.passage
        if passage in _GOING_ON and not self._is_awaited(frame):
            passage = Passage.DROPPED
        detail = {"change": passage, "insteadOf": frame, **dict(intervention.detail)}
        match passage:
            case Passage.HELD | Passage.OURS:
                return None
            case Passage.DROPPED:
                return self._note(detail)
            case Passage.PASSED_LATER:
                other = self.relay.beyond(self)
                content, _ = wire_form(intervention.text)
                if other is None or not other._wire.is_open:
                    if self.relay.is_missing(other):
                        self._wait(frame, content, is_text)
                    return None
                detail |= self._queue(other, frame, content, is_text)
                index = self._note(detail)
                other._wire.send_queued(at_once=True)
                return index
        leg = self if passage is Passage.ANSWERED else self.relay.beyond(self)
        content, raw = wire_form(intervention.text)
        record = message_record(
            raw,
            time=self._clock(),
            direction=self.sends if leg is self else self._receives,
            origin=Origin.PROXY,
            **self._labels(),
        )
        if leg is not None and leg._wire.is_open:
            if leg is self:
                self._queue_answer(frame, content)
            else:
                detail |= self._queue(leg, frame, content, True)
            went = partial(leg._wire.send_queued, at_once=True)
            index = self._observe(replace(record, detail=detail), None, went)
            if index is None:
                went()
            return index
        if leg is not self and self.relay.is_missing(leg):
            self._wait(frame, content, True)
            return self._observe(replace(record, detail=detail))
        return None

    def _note(self, detail: dict[str, Any]) -> int | None:
        return self._observe(self._record(RecordKind.NOTE, self._clock(), detail, self._receives, Origin.PROXY))

    def _wait(self, frame: int, content: bytes, is_text: bool) -> None:
        """Keep a message until the central system is back."""
        waiting = self.relay.waiting
        waiting.append((frame, content, is_text))
        if len(waiting) >= MOST_WAITING:
            self._wire.hold()

    def catch_up(self) -> None:
        """Pass on what has waited for the central system.

        Answers are left out: their calls came over the leg that has ended.
        """
        waiting = self.relay.waiting
        while waiting:
            frame, content, is_text = waiting.popleft()
            message = self.encoding.read(content)
            is_late = isinstance(message, Message) and message.kind.is_answer
            passage = Passage.DROPPED if is_late else Passage.PASSED_LATER
            self.intervene(Intervention(passage, content), frame, is_text=is_text)
        self._wire.release()

    def ping(self, data: bytes, time: int) -> None:
        if self.relay.beyond(self) is None:
            self._wire.send_pong(data)
            super().ping(data, time)
        else:
            self._pass_control(RecordKind.PING, data, time)

    def pong(self, data: bytes, time: int) -> None:
        self._pass_control(RecordKind.PONG, data, time)

    def _pass_control(self, kind: RecordKind, data: bytes, time: int) -> None:
        other = self.relay.beyond(self)
        detail: dict[str, Any] = {}
        is_passed = kind is RecordKind.PONG or self.relay.passes_pings
        if is_passed and other is not None and other._wire.is_open:
            (other._wire.send_ping if kind is RecordKind.PING else other._wire.send_pong)(data)
            detail["passedOnMs"] = self._since(time)
        self._control(kind, self._receives, time, data, detail)

    # -- the end ------------------------------------------------------------------------------------------------

    async def wait_closed(self) -> None:
        """Wait until both legs have ended: only then is the end recorded."""
        for leg in self.relay.legs:
            await leg._wire.wait_lost()

    def give_up(self) -> None:
        """End the TCP connections of both legs."""
        for leg in self.relay.legs:
            leg._wire.give_up()

    def closing(self) -> None:
        received = self._wire.received_close
        if received is None or (self is self.relay.central_system and self.relay.survives(received.code)):
            return
        self.relay.ends(self)
        other = self.relay.beyond(self)
        if other is not None:
            other._wire.close(None if received.code == NO_STATUS else received.code, received.reason)

    def lost(self, error: Exception | None) -> None:
        self.end = self._wire.how_it_ended(error, ping_unanswered=False)
        code = self.end.get("closeCode", NO_STATUS)
        if self is self.relay.central_system and self.relay.survives(code):
            self.relay.goes_on_alone(self.end)
            return
        self.relay.ends(self)
        other = self.relay.beyond(self)
        for frame, _, _ in self.relay.waiting:
            self.relay.charge_point.intervene(Intervention(Passage.DROPPED), frame)
        self.relay.waiting.clear()
        if other is not None and other.end is None:
            if code == ABNORMAL:
                other._wire.abort()
            else:
                other._wire.close(None if code == NO_STATUS else code)
            return
        self.relay.ended()

    def closed(self, detail: ConnectionDetail) -> None:
        """Record the end of both legs."""
        self._record_end(detail)

    def tell_legs(self, detail: ConnectionDetail) -> None:
        """Tell the observer that the leg to the central system is gone, or there again."""
        self._observer.legs_changed(self, detail)

    # -- records ------------------------------------------------------------------------------------------------

    def _since(self, time: int) -> float:
        return round((self._clock() - time) / 1000, 3)

    def _labels(self) -> dict[str, Any]:
        return {
            "connection": self.number,
            "charge_point": self.charge_point,
            "version": self.version,
            "transport": self.encoding.transport,
        }


class Relay:
    """Two joined legs: what arrives on one is passed on over the other.

    It may outlive the leg to the central system, and get another one.
    """

    def __init__(
        self,
        charge_point: RelayLeg,
        central_system: RelayLeg | None,
        intercept: Intercept,
        *,
        missed: Callable[[Relay], None] | None = None,
        answers_alone: bool = False,
    ) -> None:
        """`missed` is called when the leg to the central system has ended and another one is wanted; without it, the
        connection ends. Meanwhile messages of the charge point wait, or with `answers_alone` we answer them.
        """
        self.charge_point = charge_point
        self.central_system = central_system
        self.intercept = intercept
        self.answers_alone = answers_alone
        self.passes_pings = True
        """Whether pings go on; otherwise, nobody answers them."""
        self.made_again: Callable[[], RelayLeg] | None = None
        """Makes another leg to the central system, where that needs no handshake."""
        self.waiting: deque[tuple[int, bytes, bool]] = deque()
        """Frames of the charge point that wait for a central system: number, content, and whether it is text."""
        self._missed = missed
        self._frames = 0
        self._ended_by: RelayLeg | None = None
        for leg in filter(None, (charge_point, central_system)):
            leg.join(self)

    @property
    def legs(self) -> tuple[RelayLeg, ...]:
        """To the charge point, and while there is one, to the central system."""
        return (self.charge_point,) if self.central_system is None else (self.charge_point, self.central_system)

    def start(self, detail: ConnectionDetail) -> None:
        """Record that the connection is open, and release both legs."""
        first, second = self.charge_point, self.central_system
        first.attach(second)
        if second is not None:
            second.attach(first)
        first.start(detail)
        first.release()
        if second is not None:
            second.release()
        elif self._missed is not None:
            self._missed(self)

    def beyond(self, leg: RelayLeg) -> RelayLeg | None:
        """The other leg; None while there is no central system."""
        return self.central_system if leg is self.charge_point else self.charge_point

    def next_frame(self) -> int:
        """The number of the next message on this connection, from 1."""
        self._frames += 1
        return self._frames

    # -- without a central system -------------------------------------------------------------------------------

    @property
    def is_over(self) -> bool:
        """Whether the charge point is leaving, or gone."""
        return self._ended_by is not None or not self.charge_point.open

    @property
    def outlives_central_system(self) -> bool:
        """Whether the charge point stays connected without its central system."""
        return self._missed is not None and not self.is_over

    def is_missing(self, leg: RelayLeg | None) -> bool:
        """Whether this, the other leg of the charge point, is gone or about to be, and another one is wanted."""
        is_gone = leg is None or (leg is self.central_system and not leg.open)
        return is_gone and self.outlives_central_system

    def survives(self, code: int) -> bool:
        """Whether the charge point stays connected although the central system ends with this close code."""
        return self.outlives_central_system and code in SERVER_AWAY

    def goes_on_alone(self, how: ConnectionDetail) -> None:
        """The leg to the central system has ended."""
        assert self.central_system is not None and self._missed is not None
        gone, self.central_system = self.central_system, None
        if self.answers_alone:
            self.waiting.clear()  # we answer what waits
        self.charge_point.tell_legs({"upstream": {"url": gone.url, **how}})
        self._missed(self)

    def resume(self, central_system: RelayLeg, detail: ConnectionDetail) -> None:
        """The central system is back: pass on what has waited, then everything else."""
        self.central_system = central_system
        central_system.join(self)
        central_system.attach(self.charge_point)
        self.charge_point.couple(central_system)
        self.charge_point.tell_legs({"upstream": {"url": central_system.url, **detail}})
        self.charge_point.catch_up()
        central_system.release()

    # -- the end ------------------------------------------------------------------------------------------------

    def ends(self, leg: RelayLeg) -> None:
        """A leg has begun to end."""
        if self._ended_by is None:
            self._ended_by = leg

    def ended(self) -> None:
        """All legs have ended."""
        first, second = self.charge_point, self.central_system
        detail: ConnectionDetail = {**(first.end or {})}
        if second is not None and second.end is not None:
            detail["upstream"] = {"url": second.url, **second.end}
        if self._ended_by is not None:
            detail["endedBy"] = self._ended_by.role.other
        first.closed(detail)


def _as_bytes(data: bytes | bytearray) -> bytes:
    return data if isinstance(data, bytes) else bytes(data)
