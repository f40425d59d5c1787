"""A central system on bare `websockets`, with or without TLS, which keeps what it sees of each connection."""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography import x509
from websockets.asyncio.server import ServerConnection, serve
from websockets.frames import Frame, Opcode
from websockets.http11 import Response
from websockets.protocol import Event
from websockets.typing import Subprotocol

from ocpptui.ocpp.version import Version

PATIENCE = 60.0


@dataclass
class SeenConnection:
    """What the backend saw of one connection."""

    authorization: str | None
    certificate: x509.Certificate | None
    socket: ServerConnection
    calls: list[tuple[str, Any]] = field(default_factory=list)

    def payloads(self, action: str) -> list[Any]:
        return [payload for name, payload in self.calls if name == action]


class _CountsPings(ServerConnection):
    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.pings = 0
        self.got_ping = asyncio.Event()

    def process_event(self, event: Event) -> None:
        if isinstance(event, Frame) and event.opcode is Opcode.PING:
            self.pings += 1
            self.got_ping.set()
        super().process_event(event)


class BareBackend:
    """Accepts each charge point; the test makes calls and waits for what it wants to see."""

    def __init__(self, version: Version) -> None:
        self.version = version
        self.connections: list[SeenConnection] = []
        self.refuses: Callable[[str | None], bool] = lambda authorization: False
        """Whether it answers a request with this Authorization header with 401."""
        self.ahead = timedelta(0)
        """How far its clock is ahead."""
        self.boots = True
        """Whether a charge point boots at its first connection."""
        self.port = 0
        self._answers: dict[str, Any] = {}
        self._changed = asyncio.Condition()
        self._ids = 0

    @asynccontextmanager
    async def listening(self, tls: ssl.SSLContext | None = None, port: int = 0) -> AsyncIterator[str]:
        """Listen at a port of the loopback interface; the URL."""
        names: list[Any] = [Subprotocol(self.version.subprotocol)]
        async with serve(
            self._serve,
            "127.0.0.1",
            port,
            ssl=tls,
            subprotocols=names,
            process_request=self._judge,
            create_connection=_CountsPings,
            ping_interval=None,
        ) as server:
            self.port = server.sockets[0].getsockname()[1]
            yield f"{'ws' if tls is None else 'wss'}://127.0.0.1:{self.port}"

    def _judge(self, connection: ServerConnection, request: Any) -> Response | None:
        if self.refuses(request.headers.get("Authorization")):
            return connection.respond(401, "who are you?\n")
        return None

    async def _serve(self, socket: ServerConnection) -> None:
        assert socket.request is not None
        tls = socket.transport.get_extra_info("ssl_object")
        der = None if tls is None else tls.getpeercert(True)
        certificate = None if der is None else x509.load_der_x509_certificate(der)
        seen = SeenConnection(socket.request.headers.get("Authorization"), certificate, socket)
        self.connections.append(seen)
        await self._tell()
        async for text in socket:
            frame = json.loads(text)
            if frame[0] == 2:
                seen.calls.append((frame[2], frame[3]))
                await socket.send(json.dumps([3, frame[1], self._answer(frame[2])]))
            else:
                self._answers[frame[1]] = frame
            await self._tell()

    def _answer(self, action: str) -> Any:
        now = {"currentTime": (datetime.now(UTC) + self.ahead).isoformat()}
        if action == "BootNotification":
            return {**now, "status": "Accepted", "interval": 300}
        if action == "SignCertificate":
            return {"status": "Accepted"}
        return now if action == "Heartbeat" else {}

    async def _tell(self) -> None:
        async with self._changed:
            self._changed.notify_all()

    async def until(self, is_there: Callable[[], object]) -> None:
        """Wait until something is so, looked at after each message and connection."""
        async with asyncio.timeout(PATIENCE), self._changed:
            await self._changed.wait_for(lambda: bool(is_there()))

    async def connection(self, number: int) -> SeenConnection:
        """The connection with this number, from 1; the first one once the charge point has booted."""
        await self.until(lambda: len(self.connections) >= number)
        seen = self.connections[number - 1]
        if number == 1 and self.boots:
            await self.until(lambda: seen.payloads("StatusNotification"))
        return seen

    async def got(self, action: str, connection: SeenConnection, number: int = 1) -> Any:
        """The payload of the call with this number, from 1, of a connection."""
        await self.until(lambda: len(connection.payloads(action)) >= number)
        return connection.payloads(action)[number - 1]

    async def pinged(self, connection: SeenConnection, number: int) -> None:
        """Wait until so many pings have come."""
        socket = connection.socket
        assert isinstance(socket, _CountsPings)
        async with asyncio.timeout(PATIENCE):
            while socket.pings < number:
                socket.got_ping.clear()
                await socket.got_ping.wait()

    async def ask(self, action: str, **payload: Any) -> Any:
        """Make a call on the newest connection; the payload of the answer."""
        self._ids += 1
        name = f"backend-{self._ids}"
        await self.connections[-1].socket.send(json.dumps([2, name, action, payload]))
        await self.until(lambda: name in self._answers)
        frame = self._answers[name]
        assert frame[0] == 3, frame
        return frame[2]

    async def set(self, component: str, variable: str, value: str) -> str:
        """Set a variable of 2.x; the status."""
        item = {"component": {"name": component}, "variable": {"name": variable}, "attributeValue": value}
        answer = await self.ask("SetVariables", setVariableData=[item])
        return str(answer["setVariableResult"][0]["attributeStatus"])

    async def get(self, component: str, variable: str) -> str:
        """The value of a variable of 2.x."""
        item = {"component": {"name": component}, "variable": {"name": variable}}
        answer = await self.ask("GetVariables", getVariableData=[item])
        return str(answer["getVariableResult"][0]["attributeValue"])

    async def change(self, key: str, value: str) -> str:
        """Change a key of 1.6; the status."""
        return str((await self.ask("ChangeConfiguration", key=key, value=value))["status"])

    async def read(self, key: str) -> str:
        """The value of a key of 1.6."""
        return str((await self.ask("GetConfiguration", key=[key]))["configurationKey"][0]["value"])


@asynccontextmanager
async def one_port(plain: int, encrypted: int) -> AsyncIterator[int]:
    """A port that leads to one of two others: clients that begin with TLS to the second, all others to the first."""

    async def lead(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        first = await reader.read(4096)
        port = encrypted if first[:1] == b"\x16" else plain
        beyond, to_beyond = await asyncio.open_connection("127.0.0.1", port)
        to_beyond.write(first)
        async with asyncio.TaskGroup() as both:
            both.create_task(_pass_on(reader, to_beyond))
            both.create_task(_pass_on(beyond, writer))

    server = await asyncio.start_server(lead, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await reader.read(65536):
            writer.write(data)
    writer.close()
