"""A proxy of ours between bare `websockets` peers: the central system beyond, and charge points."""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.http11 import Request, Response
from websockets.typing import Subprotocol

from ocpptui.network.backoff import BackOff
from ocpptui.network.client_settings import ClientSettings
from ocpptui.network.server_settings import ServerSettings
from ocpptui.network.upstream import WhenDown
from ocpptui.session.proxy import ProxySettings, breakpoint_for
from ocpptui.session.rules_file import parse_rules
from ocpptui.session.session import Session
from ocpptui.session.settings import SessionSettings
from ocpptui.timeline.record import Record, RecordKind

PATIENCE = 60.0
NAMES = [Subprotocol("ocpp1.6"), Subprotocol("ocpp2.0.1")]
SOON = BackOff(wait_minimum=0.02, random_range=0, repeat_times=1)
"""A back-off that no test has to wait for."""


class KeepingBackend:
    """A central system that keeps what it hears of each path, and answers each call with `answer`."""

    def __init__(self) -> None:
        self.heard: dict[str, list[str | bytes]] = {}
        self.sockets: dict[str, ServerConnection] = {}
        self.requests: list[Request] = []
        self.refusal: Callable[[ServerConnection], Response] | None = None
        self.answer: Callable[[list[Any]], Any] | None = lambda call: [3, call[1], {"by": "backend"}]
        self.port = 0
        self._server: Server | None = None
        self._changed = asyncio.Condition()

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self.port}"

    async def start(self, tls: ssl.SSLContext | None = None, **options: Any) -> None:
        settings: dict[str, Any] = {"subprotocols": NAMES, "ping_interval": None, "max_size": 2**24, **options}
        self._server = await serve(
            self._serve, "127.0.0.1", self.port, ssl=tls, process_request=self._judge, **settings
        )
        self.port = next(iter(self._server.sockets)).getsockname()[1]

    async def stop(self) -> None:
        """Go down at once; `start` begins again at the same port."""
        if self._server is not None:
            self._server.close(close_connections=False)
            for socket in self.sockets.values():
                socket.transport.abort()
            await self._server.wait_closed()

    def _judge(self, socket: ServerConnection, request: Request) -> Response | None:
        self.requests.append(request)
        return None if self.refusal is None else self.refusal(socket)

    async def _serve(self, socket: ServerConnection) -> None:
        assert socket.request is not None
        path = socket.request.path
        self.sockets[path] = socket
        await self._tell()
        async for message in socket:
            self.heard.setdefault(path, []).append(message)
            await self._tell()
            call = call_in(message)
            if call is not None and self.answer is not None:
                await socket.send(json.dumps(self.answer(call)))

    async def _tell(self) -> None:
        async with self._changed:
            self._changed.notify_all()

    async def hears(self, path: str, count: int) -> list[str | bytes]:
        """All that it has heard of a path, once that are so many messages."""
        async with asyncio.timeout(PATIENCE), self._changed:
            await self._changed.wait_for(lambda: len(self.heard.get(path, [])) >= count)
        return self.heard.get(path, [])

    async def socket(self, path: str) -> ServerConnection:
        """The newest connection of a path."""
        async with asyncio.timeout(PATIENCE), self._changed:
            await self._changed.wait_for(lambda: path in self.sockets)
        return self.sockets[path]


def call_in(message: str | bytes) -> list[Any] | None:
    """The CALL that a message is, if it is one."""
    try:
        frame = json.loads(message)
    except ValueError:
        return None
    return frame if isinstance(frame, list) and frame[:1] == [2] else None


@asynccontextmanager
async def backend(tls: ssl.SSLContext | None = None, **options: Any) -> AsyncIterator[KeepingBackend]:
    """A central system that listens."""
    made = KeepingBackend()
    await made.start(tls, **options)
    try:
        yield made
    finally:
        await made.stop()


@asynccontextmanager
async def proxy(
    url: str,
    *,
    rules: str = "",
    breaks: tuple[str, ...] = (),
    when_down: WhenDown = WhenDown.CLOSE,
    mirror: str | None = None,
    soap: ClientSettings | None = None,
    soap_mirror: ClientSettings | None = None,
    server: dict[str, Any] | None = None,
    writer: Any = None,
    **upstream: Any,
) -> AsyncIterator[Session]:
    """A session between charge points and the central system with this URL."""
    session = Session(
        writer=writer,
        settings=SessionSettings(faults=parse_rules(rules, None) if rules else None, call_timeout=PATIENCE),
        proxy=ProxySettings(
            upstream=ClientSettings(url=url, charge_point="-", backoff=SOON, **upstream),
            soap_upstream=soap,
            when_down=when_down,
            mirror=None if mirror is None else ClientSettings(url=mirror, charge_point="-", backoff=SOON),
            soap_mirror=soap_mirror,
            breakpoints=tuple(map(breakpoint_for, breaks)),
        ),
    )
    await session.relay(ServerSettings(**{"port": 0, "close_timeout": 0.5, **(server or {})}))
    try:
        yield session
    finally:
        await session.close()


def charge_point(session: Session, path: str = "CP1", **options: Any) -> Any:
    """Connects a charge point with this path to the proxy."""
    settings: dict[str, Any] = {"subprotocols": NAMES, "ping_interval": None, "max_size": 2**24, **options}
    return connect(session.listening_urls[0] + path, **settings)


async def heard(peer: ClientConnection | ServerConnection) -> Any:
    """The next message that a peer gets."""
    async with asyncio.timeout(PATIENCE):
        return await peer.recv()


async def until(session: Session, condition: Callable[[], Any]) -> Any:
    """Wait until something is so, looked at after each record."""
    async with asyncio.timeout(PATIENCE):
        while not (found := condition()):
            await asyncio.sleep(0.005)
    return found


def records(session: Session, *kinds: RecordKind) -> list[Record]:
    """The records of a session, or those of some kinds."""
    found = [session.timeline.record(index) for index in range(len(session.timeline))]
    return [record for record in found if not kinds or record.kind in kinds]


def notes(session: Session) -> list[str]:
    """The texts of the notes so far."""
    return [str(one.detail.get("text", "")) for one in records(session, RecordKind.NOTE)]
