"""An open OCPP connection: every frame, in both directions, becomes a record."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any, Protocol

from ocpptui.network.keepalive import Pings
from ocpptui.network.large_messages import LARGE
from ocpptui.network.problems import NetworkProblem, NotConnected, ProblemCode
from ocpptui.network.wire import Wire
from ocpptui.ocpp.encoding import SpokenEncoding
from ocpptui.ocpp.json_encoding import JSON
from ocpptui.ocpp.message import Malformed, Message
from ocpptui.ocpp.version import Direction, Role, Version
from ocpptui.runtime.clock import Clock
from ocpptui.timeline.connection_detail import ConnectionDetail
from ocpptui.timeline.record import ConnectionEvent, Origin, Record, RecordKind, message_record


class Observer(Protocol):
    """Sees everything that happens on a connection; called on the event loop, in order, and must not block."""

    def words_for(self, problem: NetworkProblem) -> str:
        """The sentence with which a peer learns of a problem."""

    def observed(
        self,
        record: Record,
        connection: Connection | None,
        kept: Record | None = None,
        stored: Callable[[], None] | None = None,
    ) -> int:
        """Anything that happened; `connection` is None if none is open. Returns the record's index.

        `kept` is what `as_kept` made of the record, if it was asked. `stored` is called once the record is in the
        recording and before it is judged and anyone sees it; nothing may be observed in it.
        """

    def as_kept(self, record: Record) -> Record:
        """The record as it will be kept; called in a thread for a large message, because it takes long."""

    def about_to_send(self) -> None:
        """Something is being sent now: what was observed before must be stored."""

    def opened(self, connection: Connection) -> None:
        """A handshake succeeded; its record has been observed."""

    def closed(self, connection: Connection) -> None:
        """An open connection has ended; its record has been observed."""

    def legs_changed(self, connection: Connection, detail: ConnectionDetail) -> None:
        """The leg of a relayed connection to the central system is gone, or back, as its `legs` say."""

    def next_connection(self) -> int:
        """The number of the next connection, or attempt at one."""


class Connection:
    """A connection between a charge point and a central system, from the handshake to the end of the TCP connection."""

    def __init__(
        self,
        wire: Wire,
        observer: Observer,
        clock: Clock,
        *,
        number: int,
        charge_point: str,
        version: Version | None,
        role: Role,
        url: str,
        ping_interval: float | None,
        ping_timeout: float | None,
        at_end: Callable[[Connection], ConnectionDetail],
        encoding: SpokenEncoding = JSON,
    ) -> None:
        self.number = number
        self.charge_point = charge_point
        """The identity of the charge point, decoded."""
        self.version = version
        self.role = role
        """Our side."""
        self.sends: Direction = role.sends
        """The direction of what we send."""
        self.encoding = encoding
        """The encoding of its messages."""
        self.url = url
        self.peer_names: tuple[str, ...] = ()
        """The common names in the certificate of the peer, once it is open."""
        self._receives = self.sends.opposite
        self._wire = wire
        self._observer = observer
        self._clock = clock
        self._at_end = at_end  # notifies the owner; returns what it adds to the record of the end
        self._opened_at = self._last_frame = self._last_message = clock()
        self._answers_pings = True
        self._remarked: set[ProblemCode] = set()
        self._is_stopped = False  # nothing is read
        self._pings = Pings(wire, self._pinged, ping_interval, ping_timeout)

    @property
    def legs(self) -> tuple[Connection, ...]:
        """The connection itself; for a proxied one, the leg to the charge point, which has its number in the session,
        and, while there is one, the leg to the central system."""
        return (self,)

    @property
    def is_relayed(self) -> bool:
        """Whether it runs through us, so that we are neither of its sides."""
        return False

    @property
    def is_ours(self) -> bool:
        """Whether we answer what arrives on it, and do not pass it on."""
        return True

    @property
    def open(self) -> bool:
        """Whether messages can be sent."""
        return self._wire.is_open

    def start(self, detail: ConnectionDetail) -> None:
        """Report to the observer that the handshake has succeeded, and begin to ping. The owner calls it."""
        event: ConnectionDetail = {"event": ConnectionEvent.OPENED, "url": self.url, **detail}
        tls = detail.get("tls")
        if isinstance(tls, dict):
            self.peer_names = tuple(tls.get("certificate", {}).get("commonNames", ()))
        self._observe(self._record(RecordKind.CONNECTION, self._opened_at, event))
        self._observer.opened(self)
        self._pings.start()

    def write(
        self,
        text: str | bytes,
        origin: Origin,
        message: Message | Malformed | None = None,
        *,
        at_once: bool = False,
        detail: Mapping[str, Any] | None = None,
    ) -> int:
        """Send a text message now; return the index of its record. Bytes are sent as they are, UTF-8 or not.

        It is sent in this turn of the event loop, together with others, or `at_once`.

        `message` is the parsed text, if the caller has it, so that it need not be parsed again; `detail` is that of the
        record.
        The record has the time of the write and was passed to the observer when this returns. The queue for a peer
        that does not read is bounded, because then nothing more is read from it. Raises NotConnected.
        """
        if not self._wire.is_open:
            problem = NetworkProblem(ProblemCode.NOT_OPEN, connection=self.number, name=self.charge_point)
            raise NotConnected(problem)
        data, raw = wire_form(text)
        time = self._last_frame = self._last_message = self._clock()
        self._wire.queue_text(data)
        record = message_record(
            raw,
            time=time,
            connection=self.number,
            direction=self.sends,
            charge_point=self.charge_point,
            version=self.version,
            origin=origin,
            parsed=message,
            transport=self.encoding.transport,
        )
        if detail:
            record = replace(record, detail=detail)
        try:
            return self._observer.observed(record, self)
        finally:
            self._wire.send_queued(at_once=at_once)

    def remark(
        self, problem: NetworkProblem, about: str = "", *, undelivered: str = "", direction: Direction | None = None
    ) -> None:
        """Say in the log that something other than a message is wrong, each problem once unless it is `about` one.

        `undelivered` is the id of a call that gets no answer because of this; it went in `direction`, if not in ours.
        """
        if not about and problem.code in self._remarked:
            return
        self._remarked.add(problem.code)
        words = self._observer.words_for(problem)
        detail: dict[str, Any] = {"text": f"{about}: {words}" if about else words, **problem.detail}
        if undelivered:
            detail["undelivered"] = undelivered
        of = (direction or self.sends) if undelivered else None
        self._observe(self._record(RecordKind.NOTE, self._clock(), detail, of, Origin.BEHAVIOUR))

    async def send(self, text: str | bytes, origin: Origin) -> int:
        """Like `write`, then wait while the peer does not read. Raises NotConnected."""
        index = self.write(text, origin, at_once=True)
        await self._wire.wait_writable()
        return index

    async def close(self, code: int = 1000, reason: str = "") -> None:
        """Close with this code and wait for the end. Raises ValueError for a code that may not be sent."""
        self.begin_close(code, reason)
        await self._wire.wait_lost()

    def begin_close(self, code: int = 1000, reason: str = "") -> None:
        """Like `close`, without waiting."""
        if self._is_stopped:  # the answer of the peer must be read
            self.read_on()
        self._wire.close(code, reason)

    async def wait_closed(self) -> None:
        """Wait until the connection has ended."""
        await self._wire.wait_lost()

    def stop_reading(self) -> None:
        """Read nothing and send no pings until `read_on`, as if the connection were half-open."""
        if self._wire.is_open:
            self._is_stopped = True
            self._pings.stop()
            self._wire.hold()

    def read_on(self) -> None:
        """Read what has arrived meanwhile, and whatever follows; the end of a half-open time."""
        if self._is_stopped:
            self._is_stopped = False
            self._wire.release()
            self._pings.start()

    def ping_every(self, seconds: float | None) -> None:
        """From now on, send a ping at this interval; None for none."""
        self._pings.stop()
        self._pings.interval = seconds
        if self._wire.is_open and not self._is_stopped:
            self._pings.start()

    def answer_pings(self, on: bool) -> None:
        """From now on, send pongs, or none."""
        if on is not self._answers_pings:
            self._answers_pings = on
            (self._wire.answer_pings if on else self._wire.leave_pings_alone)()

    def abort(self) -> None:
        """End the TCP connection at once."""
        self._wire.abort()

    def clock_set(self, by: int) -> None:
        """The clock was set by so many microseconds, negative: back."""
        self._opened_at += by
        self._last_frame += by
        self._last_message += by
        self._wire.clock_set(by)

    def give_up(self) -> None:
        """End the TCP connection of a peer that takes too long to close it."""
        self._wire.give_up()

    # -- what arrives -------------------------------------------------------------------------------------------

    def message(self, data: bytes | bytearray, is_text: bool, time: int) -> None:
        self._last_frame = self._last_message = time
        if len(data) <= LARGE:
            self._observe(self._received(data, is_text, time))
        else:
            self._wire.wait_for(partial(self._read_large, [data], is_text, time))

    def _read_large(self, held: list[bytes | bytearray], is_text: bool, time: int) -> Callable[[], None]:
        """Read a large message, in a thread; return what is left to do on the event loop.

        `held` has the message and loses it, so that nothing else keeps its memory.
        """
        record = self._received(held.pop(), is_text, time)
        kept = self._observer.as_kept(record)

        def observe() -> None:
            self._observe(record, kept)

        return observe

    def _received(self, data: bytes | bytearray, is_text: bool, time: int) -> Record:
        raw: str | bytes
        try:
            raw = data.decode()
        except UnicodeDecodeError:
            raw = bytes(data)
        record = message_record(
            raw,
            time=time,
            connection=self.number,
            direction=self._receives,
            charge_point=self.charge_point,
            version=self.version,
            transport=self.encoding.transport,
        )
        return record if is_text else replace(record, detail={"binary": True})

    def ping(self, data: bytes, time: int) -> None:
        self._control(RecordKind.PING, self._receives, time, data)
        if self._answers_pings:
            self._control(RecordKind.PONG, self.sends, time, data)

    def pong(self, data: bytes, time: int) -> None:
        round_trip = self._pings.answered(data)
        detail = {} if round_trip is None else {"roundTripMs": round(round_trip * 1000, 3)}
        self._control(RecordKind.PONG, self._receives, time, b"" if detail else data, detail)

    def about_to_send(self) -> None:
        self._observer.about_to_send()

    def closing(self) -> None:
        """The end is reported by `lost`."""

    def lost(self, error: Exception | None) -> None:
        self._pings.stop()
        self._record_end(self._wire.how_it_ended(error, ping_unanswered=self._pings.gave_up))

    def _record_end(self, how: ConnectionDetail) -> None:
        time = self._clock()
        detail: ConnectionDetail = {
            "event": ConnectionEvent.CLOSED,
            "url": self.url,
            **how,
            **self._duration(time),
            **self._at_end(self),
        }
        self._observe(self._record(RecordKind.CONNECTION, time, detail))
        self._observer.closed(self)

    def _duration(self, time: int) -> ConnectionDetail:
        return {
            "secondsOpen": round((time - self._opened_at) / 1e6, 3),
            "secondsSinceLastFrame": round((time - self._last_frame) / 1e6, 3),
            "secondsSinceLastMessage": round((time - self._last_message) / 1e6, 3),
        }

    # -- records ------------------------------------------------------------------------------------------------

    def _pinged(self) -> None:
        self._control(RecordKind.PING, self.sends, self._clock(), b"")

    def _control(
        self, kind: RecordKind, direction: Direction, time: int, data: bytes, detail: Mapping[str, Any] | None = None
    ) -> None:
        self._last_frame = time
        shown = dict(detail or {})
        if data:
            shown["data"] = data.decode("utf-8", "backslashreplace")
        origin = Origin.BEHAVIOUR if direction is self.sends else Origin.WIRE
        self._observe(self._record(kind, time, shown, direction, origin))

    def _record(
        self,
        kind: RecordKind,
        time: int,
        detail: Mapping[str, Any],
        direction: Direction | None = None,
        origin: Origin = Origin.WIRE,
    ) -> Record:
        """A record of this connection that is not of a message."""
        return Record(
            time,
            self.number,
            kind,
            direction,
            self.charge_point,
            self.version,
            origin=origin,
            detail=detail,
            transport=self.encoding.transport,
        )

    def _observe(
        self, record: Record, kept: Record | None = None, stored: Callable[[], None] | None = None
    ) -> int | None:
        """A fault in code that acts on a record must not end the connection; the index of the record is then None."""
        try:
            return self._observer.observed(record, self, kept, stored)
        except Exception as error:
            context = {"message": f"a record of connection {self.number} could not be added", "exception": error}
            asyncio.get_running_loop().call_exception_handler(context)
            return None


def wire_form(text: str | bytes) -> tuple[bytes, str | bytes]:
    """The bytes that are sent, and what the record keeps: the same bytes if they are not UTF-8."""
    if isinstance(text, str):
        try:
            return text.encode(), text
        except UnicodeEncodeError:
            data = text.encode("utf-8", "surrogatepass")
            return data, data
    try:
        return text, text.decode()
    except UnicodeDecodeError:
        return text, text
