"""A connection that is opened to see how a central system behaves. It sends only what its methods are asked for."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from ocpptui.network.charge_point_client import ChargePointClient
from ocpptui.network.client_settings import ClientSettings
from ocpptui.network.connection import Connection
from ocpptui.network.outgoing_handshake import Dialled
from ocpptui.network.problems import NetworkProblem
from ocpptui.network.websocket_transport import WebSocketTransport
from ocpptui.ocpp.json_encoding import JSON
from ocpptui.ocpp.message import Malformed, Message
from ocpptui.runtime.clock import Clock, now
from ocpptui.timeline.connection_detail import ConnectionDetail
from ocpptui.timeline.record import Record

CLOSE_AFTER = 2.0
"""Seconds that a server has to answer our Close frame."""
MOST_KEPT = 100
"""How many messages of a server are kept."""


class ProbeConnection:
    """An open connection; the calls of the central system are counted and not answered."""

    def __init__(self, dialled: Dialled) -> None:
        self.detail: ConnectionDetail = dialled.detail
        """What both sides said in the handshake."""
        self.subprotocol = dialled.subprotocol
        self.version = dialled.version
        self.received: list[Message | Malformed] = []
        """The first messages of the central system."""
        self._wire: WebSocketTransport = dialled.wire
        self._pongs = 0
        self._end: ConnectionDetail | None = None
        self._changed = asyncio.Event()
        dialled.wire.attach(self)
        dialled.wire.release()

    @property
    def is_open(self) -> bool:
        """Whether neither side has begun to close it."""
        return self._wire.is_open

    async def round_trip(self, timeout: float) -> float | None:
        """Send a ping; seconds until its pong, None if it did not come within `timeout` seconds."""
        if not self._wire.is_open:
            return None
        loop, known = asyncio.get_running_loop(), self._pongs
        sent = loop.time()
        self._wire.send_ping(b"ocpptui")
        came = await self._until(lambda: self._pongs > known or self._end is not None, timeout)
        return loop.time() - sent if came and self._pongs > known else None

    async def call(self, message_id: str, text: str, timeout: float) -> Message | None:
        """Send a CALL; its answer, None if none came within `timeout` seconds."""
        if not self._wire.is_open:
            return None
        self._wire.queue_text(text.encode())
        self._wire.send_queued(at_once=True)

        def answer() -> Message | None:
            return next(
                (
                    one
                    for one in self.received
                    if isinstance(one, Message) and one.kind.is_answer and one.id == message_id
                ),
                None,
            )

        await self._until(lambda: answer() is not None or self._end is not None, timeout)
        return answer()

    async def ends_within(self, seconds: float) -> ConnectionDetail | None:
        """How the connection ended within so many seconds, as in the record of its end; None if it did not."""
        await self._until(lambda: self._end is not None, seconds)
        return self._end

    async def close(self) -> None:
        """Close it, and wait for the end of the TCP connection."""
        self._wire.close(1000)
        try:
            await self._until(lambda: self._end is not None, CLOSE_AFTER)
        finally:
            self._wire.abort()

    async def _until(self, holds: Callable[[], bool], seconds: float) -> bool:
        try:
            async with asyncio.timeout(seconds):
                while not holds():
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError:
            return False
        return True

    # -- Receiver -----------------------------------------------------------------------------------------------

    def message(self, data: bytes | bytearray, is_text: bool, time: int) -> None:
        if len(self.received) < MOST_KEPT:
            self.received.append(JSON.read(bytes(data).decode("utf-8", "backslashreplace")))
        self._changed.set()

    def ping(self, data: bytes, time: int) -> None: ...

    def pong(self, data: bytes, time: int) -> None:
        self._pongs += data == b"ocpptui"
        self._changed.set()

    def about_to_send(self) -> None:
        """Nothing is recorded."""

    def closing(self) -> None:
        """The end is known by `lost`."""

    def lost(self, error: Exception | None) -> None:
        self._end = self._wire.how_it_ended(error)
        self._changed.set()


class _Nobody:
    """The observer of attempts that are not recorded."""

    def words_for(self, problem: NetworkProblem) -> str:
        return ""

    def observed(
        self,
        record: Record,
        connection: Connection | None,
        kept: Record | None = None,
        stored: Callable[[], None] | None = None,
    ) -> int:
        return 0

    def as_kept(self, record: Record) -> Record:
        return record

    def about_to_send(self) -> None: ...

    def opened(self, connection: Connection) -> None: ...

    def closed(self, connection: Connection) -> None: ...

    def legs_changed(self, connection: Connection, detail: ConnectionDetail) -> None: ...

    def next_connection(self) -> int:
        return 0


async def open_probe(settings: ClientSettings, clock: Clock = now) -> ProbeConnection:
    """Connect once with these settings. Raises ConnectionFailed and UnusableCertificate."""
    return ProbeConnection(await ChargePointClient(settings, _Nobody(), clock).dial())
