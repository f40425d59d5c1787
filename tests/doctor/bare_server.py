"""A central system on a bare socket that does one thing wrong, as the test says."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from tests.network.watching import answering

OCPP = ("ocpp2.1", "ocpp2.0.1", "ocpp1.6")
_GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


@dataclass
class UpgradeRequest:
    """A request as it arrived."""

    path: str
    headers: dict[str, str]
    """By their names in lower case."""

    @property
    def offered(self) -> list[str]:
        return [name.strip() for name in self.headers.get("sec-websocket-protocol", "").split(",") if name.strip()]

    @property
    def password(self) -> bytes | None:
        """The password of HTTP Basic; None without credentials."""
        value = self.headers.get("authorization")
        return None if value is None else base64.b64decode(value.partition(" ")[2]).partition(b":")[2]


Answer = Callable[[UpgradeRequest], bytes | None]


def refusal(status: str, *lines: str, body: str = "") -> bytes:
    """An answer that opens no WebSocket."""
    head = [f"HTTP/1.1 {status}", *lines, f"Content-Length: {len(body.encode())}", "Connection: close", "", body]
    return "\r\n".join(head).encode()


def refusing(status: str, *lines: str, body: str = "") -> Answer:
    return lambda request: refusal(status, *lines, body=body)


def upgrade(
    request: UpgradeRequest, subprotocol: str | None, *lines: str, date: timedelta = timedelta(0), accept: str = ""
) -> bytes:
    """An answer that opens a WebSocket."""
    key = request.headers["sec-websocket-key"]
    token = accept or base64.b64encode(hashlib.sha1((key + _GUID).encode()).digest()).decode()
    head = ["HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade"]
    head.append(f"Sec-WebSocket-Accept: {token}")
    head.append(f"Date: {format_datetime(datetime.now(UTC) + date, usegmt=True)}")
    if subprotocol is not None:
        head.append(f"Sec-WebSocket-Protocol: {subprotocol}")
    return "\r\n".join([*head, *lines, "", ""]).encode()


def taking(*served: str, date: timedelta = timedelta(0)) -> Answer:
    """Takes the first of these subprotocols that is offered; refuses what offers none of them with 400."""

    def answer(request: UpgradeRequest) -> bytes | None:
        chosen = next((name for name in served if name in request.offered), None)
        if chosen is None:
            return refusal("400 Bad Request", body="no common subprotocol")
        return upgrade(request, chosen, date=date)

    return answer


@dataclass
class BareServer:
    """What it answers, what it does on an open connection, and what it saw."""

    answer: Answer = field(default_factory=lambda: taking(*OCPP))
    """None from it: say nothing, and keep the connection."""
    pongs: bool = True
    at_once: bytes = b""
    """Frames that are sent right after the upgrade."""
    reply: Callable[[str], str | None] = lambda text: None
    """What it answers to a message."""
    cut_after: float | None = None
    """Seconds after its first pong, however late that is asked for, after which it ends a connection."""
    requests: list[UpgradeRequest] = field(default_factory=list)

    @property
    def passwords(self) -> list[bytes]:
        """Those that came, in order."""
        return [request.password for request in self.requests if request.password is not None]

    @asynccontextmanager
    async def running(self, context: ssl.SSLContext | None = None) -> AsyncIterator[int]:
        """Its port."""
        async with answering(self._serve, ssl=context) as port:
            yield port

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        first = await reader.readexactly(1)
        if first == b"\x16":
            writer.write(refusal("400 Bad Request"))  # as web servers answer TLS on a plain port
            return
        head = (first + await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        pairs = (line.partition(":") for line in head[1:] if line)
        request = UpgradeRequest(head[0].split(" ")[1], {name.lower(): value.strip() for name, _, value in pairs})
        self.requests.append(request)
        answer = self.answer(request)
        if answer is None:
            await reader.read()
            return
        writer.write(answer + (self.at_once if answer.startswith(b"HTTP/1.1 101") else b""))
        if answer.startswith(b"HTTP/1.1 101") and answer.endswith(b"\r\n\r\n"):
            async with asyncio.timeout(None) as limit:
                await self._converse(reader, writer, limit)

    async def _converse(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, limit: asyncio.Timeout
    ) -> None:
        while True:
            first, second = await reader.readexactly(2)
            size = second & 0x7F
            if size == 126:
                size = int.from_bytes(await reader.readexactly(2))
            mask = await reader.readexactly(4)
            body = bytes(byte ^ mask[place % 4] for place, byte in enumerate(await reader.readexactly(size)))
            match first & 0x0F:
                case 8:
                    writer.write(frame(8, body))
                    return
                case 9 if self.pongs:
                    writer.write(frame(10, body))
                    if self.cut_after is not None and limit.when() is None:
                        limit.reschedule(asyncio.get_running_loop().time() + self.cut_after)
                case 1 if (text := self.reply(body.decode())) is not None:
                    writer.write(frame(1, text.encode()))


def frame(opcode: int, body: bytes) -> bytes:
    """A short WebSocket frame of a server."""
    size = bytes([len(body)]) if len(body) < 126 else b"\x7e" + len(body).to_bytes(2, "big")
    return bytes([0x80 | opcode]) + size + body
