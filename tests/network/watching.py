"""An observer of connections that keeps what it sees, and the peers that tests use."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from ocpptui.cli.option_remedies import option_remedy
from ocpptui.describe.network_problems import recorded_words, worded, words_of
from ocpptui.network.central_system_server import CentralSystemServer
from ocpptui.network.charge_point_client import ChargePointClient
from ocpptui.network.client_settings import ClientSettings
from ocpptui.network.connection import Connection
from ocpptui.network.problems import NetworkProblem
from ocpptui.network.server_settings import ServerSettings
from ocpptui.runtime.tasks import Tasks
from ocpptui.timeline.connection_detail import ConnectionDetail
from ocpptui.timeline.record import ConnectionEvent, Record, RecordKind

T = TypeVar("T")
PATIENCE = 60.0
"""Seconds until a test gives up on a condition."""

UPGRADE = (
    "GET {path} HTTP/1.1\r\nHost: csms.test\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n{more}\r\n"
)
"""An upgrade request as text; `more` are further header lines, each with its CRLF."""


CALL = '[2,"1","Heartbeat",{}]'
V16 = [Subprotocol("ocpp1.6")]


class Watcher:
    """Keeps records, worded as in a session, and connections in the order in which they were reported."""

    def __init__(self) -> None:
        self.records: list[Record] = []
        self.open: list[Connection] = []
        self.last_number = 0
        self.on_record: Callable[[Record, Connection | None], None] | None = None
        self._changed = asyncio.Event()

    def as_kept(self, record: Record) -> Record:
        return record

    def observed(
        self,
        record: Record,
        connection: Connection | None,
        kept: Record | None = None,
        stored: Callable[[], None] | None = None,
    ) -> int:
        if stored is not None:
            stored()
        json.dumps(dict(record.detail))  # or a recording could not hold it
        record = worded(record)
        is_asked = any("?" in str(fact) for fact in record.detail.get("facts", {}).values())
        assert is_asked or "?" not in record.detail.get("error", ""), "a fact is missing"
        self.records.append(record)
        self._changed.set()
        if self.on_record is not None:
            self.on_record(record, connection)
        return len(self.records) - 1

    def words_for(self, problem: NetworkProblem) -> str:
        return words_of(problem).sentence

    def about_to_send(self) -> None:
        pass

    def opened(self, connection: Connection) -> None:
        self.open.append(connection)
        self._changed.set()

    def legs_changed(self, connection: Connection, detail: ConnectionDetail) -> None:
        self._changed.set()

    def closed(self, connection: Connection) -> None:
        self.open.remove(connection)
        self._changed.set()

    def next_connection(self) -> int:
        self.last_number += 1
        return self.last_number

    async def until(self, condition: Callable[[], T | None]) -> T:
        """What the condition gives as soon as it is something; asked again whenever anything happened."""
        async with asyncio.timeout(PATIENCE):
            while not (result := condition()):
                self._changed.clear()
                await self._changed.wait()
        return result

    async def event(self, event: ConnectionEvent, count: int = 1) -> Record:
        """The record of the `count`th such event, as soon as it is there."""
        await self.until(lambda: len(self.events(event)) >= count)
        return self.events(event)[count - 1]

    async def connection(self) -> Connection:
        """The newest open connection, as soon as there is one."""
        return await self.until(lambda: self.open[-1] if self.open else None)

    def events(self, event: ConnectionEvent) -> list[Record]:
        return [r for r in self.records if r.kind is RecordKind.CONNECTION and r.detail["event"] == event]

    def of_kind(self, kind: RecordKind) -> list[Record]:
        return [record for record in self.records if record.kind is kind]

    def messages(self) -> list[Record]:
        return [record for record in self.records if record.kind.is_message]


def advised(record: Record) -> str:
    """What the command line says of the problem in a record, its options among it."""
    return " ".join(recorded_words(record.detail, option_remedy))


@asynccontextmanager
async def listening(watcher: Watcher, **settings: Any) -> AsyncIterator[CentralSystemServer]:
    """A central system of ours on a free port of the loopback."""
    link = CentralSystemServer(
        ServerSettings(**{"port": 0, "ping_interval": None, "close_timeout": 0.5, **settings}), watcher
    )
    await link.start()
    try:
        yield link
    finally:
        await link.close()


@asynccontextmanager
async def connecting(watcher: Watcher, url: str, **settings: Any) -> AsyncIterator[ChargePointClient]:
    """A charge point of ours that runs until the end of the block."""
    whole = {"charge_point": "CP001", "ping_interval": None, "close_timeout": 0.5, "reconnect": False, **settings}
    link = ChargePointClient(ClientSettings(url=url, **whole), watcher, random=lambda: 0.5)
    tasks = Tasks("test")
    running = tasks.start(link.run(), "client link")
    try:
        yield link
    finally:
        await link.close()
        await asyncio.wait_for(running, PATIENCE)


@asynccontextmanager
async def answering(
    answer: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Any], **options: Any
) -> AsyncIterator[int]:
    """A TCP server that does as `answer` says, with a socket of its own for each peer; its port."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await answer(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0, **options)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


@asynccontextmanager
async def raw_peer(url: str, **options: Any) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """A bare TCP (or TLS) connection to the host and port of a URL."""
    host, _, port = url.split("/")[2].partition(":")
    reader, writer = await asyncio.open_connection(host, int(port), **options)
    try:
        yield reader, writer
    finally:
        writer.transport.abort()


def upgrade_request(path: str = "/CP001", *lines: str) -> bytes:
    """A valid upgrade request for a path, with further header lines."""
    return UPGRADE.format(path=path, more="".join(f"{line}\r\n" for line in lines)).encode()


def masked_frame(opcode: int, payload: bytes, *, fin: bool = True, rsv: int = 0) -> bytes:
    """A WebSocket frame as a client sends it, with a mask of zeros (RFC 6455 section 5.2)."""
    first = (0x80 if fin else 0) | rsv << 4 | opcode
    if len(payload) < 126:
        length = bytes([0x80 | len(payload)])
    elif len(payload) < 65536:
        length = bytes([0x80 | 126]) + len(payload).to_bytes(2, "big")
    else:
        length = bytes([0x80 | 127]) + len(payload).to_bytes(8, "big")
    return bytes([first]) + length + b"\0\0\0\0" + payload


@asynccontextmanager
async def bare_charge_point(watcher: Watcher, **settings: Any) -> AsyncIterator[tuple[ClientConnection, Connection]]:
    """A bare `websockets` charge point CP001 with OCPP 1.6, and our side of its connection."""
    async with (
        listening(watcher, **settings) as link,
        connect(link.urls[0] + "CP001", subprotocols=V16, ping_interval=None, close_timeout=2) as peer,
    ):
        yield peer, await watcher.connection()
