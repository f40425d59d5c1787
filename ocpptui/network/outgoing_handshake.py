"""One attempt of a charge point to connect: name, TCP, TLS, HTTP upgrade."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from websockets.client import ClientProtocol
from websockets.http11 import Request, Response

from ocpptui.network.explain_connect import Target, failure
from ocpptui.network.limits import QUEUE_DEPTH
from ocpptui.network.problems import ConnectStep
from ocpptui.network.tcp_connect import addresses_of, first_connected
from ocpptui.network.tls_layer import TlsLayer
from ocpptui.network.websocket_transport import WebSocketTransport
from ocpptui.ocpp.version import Version
from ocpptui.runtime.clock import Clock
from ocpptui.runtime.end_of_turn import EndOfTurn
from ocpptui.runtime.tasks import Tasks
from ocpptui.timeline.connection_detail import ConnectionDetail


@dataclass(frozen=True, slots=True)
class Dialled:
    """A connection to a central system that is open but has not been read yet."""

    wire: WebSocketTransport
    url: str
    version: Version | None
    subprotocol: str | None
    detail: ConnectionDetail


async def dialled_before(dial: Coroutine[Any, Any, Dialled], end: Coroutine[Any, Any, None]) -> Dialled | None:
    """The connection that `dial` opens, or None if `end` comes first and nothing is open. When this is cancelled, a
    connection that has just been opened is aborted, since nobody else knows it."""
    tasks = Tasks("upstream")
    dialling = tasks.start(dial, "dial")
    ending = tasks.start(end, "end")
    try:
        try:
            await asyncio.wait((dialling, ending), return_when=asyncio.FIRST_COMPLETED)
        finally:
            await tasks.cancel()
    except asyncio.CancelledError:
        dialling.add_done_callback(_abort_dialled)
        raise
    return None if dialling.cancelled() else dialling.result()


def _abort_dialled(dialling: asyncio.Task[Dialled]) -> None:
    if not dialling.cancelled() and dialling.exception() is None:
        dialling.result().wire.abort()


class OutgoingHandshake:
    """Drives one connection through its steps; `opened` is called while the answer to the upgrade is being read."""

    def __init__(
        self,
        protocol: ClientProtocol,
        request: Request,
        target: Target,
        clock: Clock,
        *,
        context: ssl.SSLContext | None,
        open_timeout: float,
        close_timeout: float,
        opened: Callable[[WebSocketTransport, Response], None],
    ) -> None:
        self.step = ConnectStep.DNS
        self._request = request
        self._target = target
        self._open_timeout = open_timeout
        self._opened = opened
        self._done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._wire = WebSocketTransport(
            protocol,
            clock,
            self,
            tls=TlsLayer(context, server_hostname=target.host) if context is not None else None,
            open_timeout=open_timeout,
            close_timeout=close_timeout,
            queue_depth=QUEUE_DEPTH,
            end_of_turn=EndOfTurn(),
        )

    async def run(self) -> None:
        """Connect and upgrade. Raises ConnectionFailed."""
        wire, target = self._wire, self._target
        try:
            async with asyncio.timeout(self._open_timeout):
                await self._connect()
                await self._done
        except Exception as error:
            if not isinstance(
                error, ssl.SSLError
            ):  # then it ends automatically, as soon as the peer has read the alert
                wire.abort()
            raise failure(error, self.step, target, self._open_timeout, wire.answer, bytes(wire.head)) from None
        except BaseException:
            wire.abort()
            raise

    async def ended(self) -> None:
        """Wait until a failed attempt is cleaned up."""
        if self._wire.transport is None:
            return
        try:
            await self._wire.wait_lost()
        finally:
            self._wire.abort()

    async def _connect(self) -> None:
        loop = asyncio.get_running_loop()
        target = self._target
        found = await addresses_of(target.host, target.port)
        self.step = ConnectStep.TCP
        sock = await first_connected(found, self._open_timeout)
        self.step = ConnectStep.TLS
        await loop.create_connection(lambda: self._wire, sock=sock)

    # -- Handshake ----------------------------------------------------------------------------------------------

    def ready(self) -> None:
        self.step = ConnectStep.HTTP
        self._wire.request(self._request)

    def posted(self, data: bytes) -> None:
        """No server sends one."""

    def received(self, event: Request | Response) -> None:
        assert isinstance(event, Response)
        self._opened(self._wire, event)
        self._settle(None)

    def broken(self, error: Exception) -> None:
        self._settle(error)

    def lost(self, error: Exception | None) -> None:
        self._settle(error or ConnectionError("the connection ended"))

    def _settle(self, error: Exception | None) -> None:
        if self._done.done():
            return
        if error is None:
            self._done.set_result(None)
        else:
            self._done.set_exception(error)
            self._done.exception()  # it may arrive when nothing waits for it any more
