"""A connection that is relayed through us: two legs, one number, and one record for each frame.

A frame is recorded when it is read, with the time until it was passed on. What was changed, dropped or answered here
is a second record of origin `proxy`, which names the first by its number.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, TypeAlias

from ocpptui.network.connection import Connection, Observer, wire_form
from ocpptui.network.explain_close import ABNORMAL, NO_STATUS, closing_detail
from ocpptui.network.large_messages import LARGE
from ocpptui.network.websocket_transport import WebSocketTransport
from ocpptui.ocpp.version import Role, Version
from ocpptui.runtime.clock import Clock
from ocpptui.timeline.connection_detail import ConnectionDetail
from ocpptui.timeline.record import Origin, Passage, Record, RecordKind, message_record


@dataclass(frozen=True, slots=True)
class Intervention:
    """What to do with a message instead of passing it on."""

    passage: Passage
    text: str | bytes = ""
    """The message to send in its place, or the answer."""


Intercept: TypeAlias = Callable[[Record], Intervention | None]
"""Decides about a message that was read; None passes it on as it is. It must not block."""


def pass_everything(record: Record) -> None:
    """The `Intercept` that never intervenes."""


class RelayLeg(Connection):
    """One leg of a relayed connection. On it, we have the role that the peer expects at the other end."""

    def __init__(
        self,
        wire: WebSocketTransport,
        observer: Observer,
        clock: Clock,
        *,
        number: int,
        charge_point: str,
        version: Version | None,
        role: Role,
        url: str,
        at_end: Callable[[Connection], ConnectionDetail],
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
        )
        self._relay: Relay
        self.end: ConnectionDetail | None = None
        """How the leg ended, once it has."""

    @property
    def legs(self) -> tuple[Connection, ...]:
        return self._relay.legs

    def join(self, relay: Relay) -> None:
        """Become a leg of this relay: we no longer answer the peer's pings."""
        self._relay = relay
        self._wire.leave_pings_alone()

    def attach(self, other: RelayLeg) -> None:
        """Receive from here on, as fast as the other peer reads."""
        self._wire.couple(other._wire)
        self._wire.attach(self)

    def release(self) -> None:
        """Receive what arrived before both legs existed."""
        self._wire.release()

    # -- what arrives -------------------------------------------------------------------------------------------

    def message(self, data: bytes | bytearray, is_text: bool, time: int) -> None:
        self._last_frame = self._last_message = time
        if len(data) <= LARGE:
            self._pass_on(bytes(data), is_text, self._received(data, True, time))
        else:
            self._wire.wait_for(partial(self._read_large, [data], is_text, time))

    def _read_large(self, held: list[bytes | bytearray], is_text: bool, time: int) -> Callable[[], None]:
        data = held.pop()
        record = self._received(data, True, time)
        return partial(self._pass_on, bytes(data), is_text, record, self._observer.as_kept(record))

    def _pass_on(self, content: bytes, is_text: bool, record: Record, kept: Record | None = None) -> None:
        detail: dict[str, Any] = {"frame": self._relay.next_frame()}
        if not is_text:
            detail["binary"] = True
        other = self._relay.beyond(self)
        intervention = self._relay.intercept(replace(record, detail=detail))
        if intervention is None and other._wire.is_open:
            (other._wire.queue_text if is_text else other._wire.queue_binary)(content)
            detail["passedOnMs"] = self._since(record.time)
        self._observe(replace(record, detail=detail), None if kept is None else replace(kept, detail=detail))
        other._wire.send_queued(at_once=True)  # after it is recorded, or a kill could lose it
        if intervention is not None:
            self._intervene(intervention, detail["frame"], other)

    def _intervene(self, intervention: Intervention, frame: int, other: RelayLeg) -> None:
        detail = {"change": intervention.passage, "insteadOf": frame}
        if intervention.passage is Passage.DROPPED:
            self._observe(
                Record(
                    self._clock(),
                    self.number,
                    RecordKind.NOTE,
                    self._receives,
                    self.charge_point,
                    self.version,
                    origin=Origin.PROXY,
                    detail=detail,
                )
            )
            return
        leg = other if intervention.passage is Passage.CHANGED else self
        if leg._wire.is_open:
            content, raw = wire_form(intervention.text)
            leg._wire.queue_text(content)
            record = message_record(raw, time=self._clock(), direction=leg.sends, origin=Origin.PROXY, **self._labels())
            self._observe(replace(record, detail=detail))
            leg._wire.send_queued(at_once=True)

    def ping(self, data: bytes, time: int) -> None:
        self._pass_control(RecordKind.PING, data, time)

    def pong(self, data: bytes, time: int) -> None:
        self._pass_control(RecordKind.PONG, data, time)

    def _pass_control(self, kind: RecordKind, data: bytes, time: int) -> None:
        other = self._relay.beyond(self)._wire
        detail: dict[str, Any] = {}
        if other.is_open:
            (other.send_ping if kind is RecordKind.PING else other.send_pong)(data)
            detail["passedOnMs"] = self._since(time)
        self._control(kind, self._receives, time, data, detail)

    # -- the end ------------------------------------------------------------------------------------------------

    def closing(self) -> None:
        received = self._wire.protocol.close_rcvd
        if received is not None:
            self._relay.ends(self)
            code = None if received.code == NO_STATUS else received.code
            self._relay.beyond(self)._wire.close(code, received.reason)

    def lost(self, error: Exception | None) -> None:
        self.end = closing_detail(self._wire, error, False)
        self._relay.ends(self)
        other = self._relay.beyond(self)
        if other.end is None:
            if self.end["closeCode"] == ABNORMAL:
                other._wire.abort()
            else:
                other._wire.close(None if self.end["closeCode"] == NO_STATUS else self.end["closeCode"])
            return
        self._relay.ended()

    def closed(self, detail: ConnectionDetail) -> None:
        """Record the end of both legs."""
        self._record_end(detail)

    # -- records ------------------------------------------------------------------------------------------------

    def _since(self, time: int) -> float:
        return round((self._clock() - time) / 1000, 3)

    def _labels(self) -> dict[str, Any]:
        return {"connection": self.number, "charge_point": self.charge_point, "version": self.version}


class Relay:
    """Two joined legs: what arrives on one is passed on over the other."""

    def __init__(self, charge_point: RelayLeg, central_system: RelayLeg, intercept: Intercept) -> None:
        self.legs = (charge_point, central_system)
        """To the charge point, and to the central system."""
        self.intercept = intercept
        self._frames = 0
        self._ended_by: RelayLeg | None = None
        for leg in self.legs:
            leg.join(self)

    def start(self, detail: ConnectionDetail) -> None:
        """Record that the connection is open, and release both legs."""
        first, second = self.legs
        first.attach(second)
        second.attach(first)
        first.start(detail)
        first.release()
        second.release()

    def beyond(self, leg: RelayLeg) -> RelayLeg:
        """The other leg."""
        return self.legs[1] if leg is self.legs[0] else self.legs[0]

    def next_frame(self) -> int:
        """The number of the next message on this connection, from 1."""
        self._frames += 1
        return self._frames

    def ends(self, leg: RelayLeg) -> None:
        """A leg has begun to end."""
        if self._ended_by is None:
            self._ended_by = leg

    def ended(self) -> None:
        """Both legs have ended."""
        first, second = self.legs
        detail: ConnectionDetail = {**(first.end or {})}
        if second.end is not None:
            detail["upstream"] = {"url": second.url, **second.end}
        if self._ended_by is not None:
            detail["endedBy"] = self._ended_by.role.other
        first.closed(detail)
