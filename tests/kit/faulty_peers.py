"""A session with a rules file, and the bare WebSocket peer that meets its faults."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from itertools import count
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from ocpptui.network.backoff import BackOff
from ocpptui.network.client_settings import ClientSettings
from ocpptui.network.server_settings import ServerSettings
from ocpptui.ocpp.version import Role, Version
from ocpptui.runtime.tasks import Tasks
from ocpptui.session.rules_file import parse_rules
from ocpptui.session.session import Session
from ocpptui.session.settings import SessionSettings
from ocpptui.timeline.record import Record, RecordKind

PATIENCE = 60.0
SUBPROTOCOL = Subprotocol(Version.V16.subprotocol)
BOOTED = '{"status":"Accepted","currentTime":"2026-11-22T10:00:00Z","interval":300}'


def session_with(rules: str, role: Role, *, call_timeout: float = 30.0) -> Session:
    """A session whose message ids count up, so that two runs can be compared."""
    numbers = count(1)
    settings = SessionSettings(faults=parse_rules(rules, role), call_timeout=call_timeout)
    return Session(role=role, settings=settings, new_id=lambda: f"own-{next(numbers)}")


class HearingPeer:
    """The peer: what it heard, in order, and its socket."""

    def __init__(self, socket: ClientConnection | ServerConnection) -> None:
        self.socket = socket
        self.heard: list[str] = []
        self.times: list[float] = []
        self._changed = asyncio.Event()
        self.closed = asyncio.Event()

    async def listen(self, answer: Callable[[list[Any]], str | None] = lambda frame: None) -> None:
        """Keep what arrives; `answer` says what to answer to a call."""
        try:
            async for message in self.socket:
                self.heard.append(str(message))
                self.times.append(asyncio.get_running_loop().time())
                self._changed.set()
                try:
                    frame = json.loads(message)
                except ValueError:
                    continue
                if isinstance(frame, list) and frame[0] == 2 and (text := answer(frame)) is not None:
                    await self.socket.send(text)
        except ConnectionClosed:
            pass
        finally:
            self.closed.set()
            self._changed.set()

    async def until(self, enough: Callable[[], object]) -> None:
        async with asyncio.timeout(PATIENCE):
            while not enough():
                self._changed.clear()
                await self._changed.wait()

    async def hears(self, number: int) -> list[str]:
        """The first so many messages."""
        await self.until(lambda: len(self.heard) >= number)
        return self.heard[:number]

    async def call(self, message_id: str, action: str, payload: str = "{}") -> None:
        await self.socket.send(f'[2,"{message_id}","{action}",{payload}]')

    async def ends(self) -> None:
        async with asyncio.timeout(PATIENCE):
            await self.closed.wait()


@asynccontextmanager
async def central_system_with(rules: str, **options: Any) -> AsyncIterator[tuple[Session, HearingPeer]]:
    """Our central system with these rules, and a charge point that is only a WebSocket."""
    session, tasks = session_with(rules, Role.CENTRAL_SYSTEM), Tasks("charge point of the test")
    try:
        await session.listen(ServerSettings(port=0, ping_interval=None))
        url = f"{session.listening_urls[0]}CP001"
        async with connect(url, subprotocols=[SUBPROTOCOL], compression=None, close_timeout=1, **options) as socket:
            wire = HearingPeer(socket)
            tasks.start(wire.listen(), "wire")
            assert await session.until(lambda: session.connections or None, PATIENCE)
            yield session, wire
    finally:
        await tasks.cancel()
        await session.close()


def usual(frame: list[Any]) -> str:
    """What a central system answers to the calls of a charge point that starts."""
    return f"[3,{json.dumps(frame[1])},{BOOTED if frame[2] == 'BootNotification' else '{}'}]"


@asynccontextmanager
async def charge_point_with(
    rules: str, *, answer: Callable[[list[Any]], str | None] = usual, call_timeout: float = 30.0
) -> AsyncIterator[tuple[Session, list[HearingPeer]]]:
    """Our charge point with these rules, and the connections of a central system that is only a WebSocket."""
    session, wires = session_with(rules, Role.CHARGE_POINT, call_timeout=call_timeout), list[HearingPeer]()

    async def handle(socket: ServerConnection) -> None:
        wires.append(HearingPeer(socket))
        await wires[-1].listen(answer)

    async with serve(handle, "127.0.0.1", 0, subprotocols=[SUBPROTOCOL], close_timeout=1) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        try:
            await session.connect(
                ClientSettings(
                    url=f"ws://127.0.0.1:{port}/CP001",
                    versions=(Version.V16,),
                    ping_interval=None,
                    backoff=BackOff(wait_minimum=0.05, random_range=0.0),
                )
            )
            assert await session.until(lambda: wires or None, PATIENCE)
            yield session, wires
        finally:
            await session.close()


def told_faults(session: Session) -> list[tuple[str, str]]:
    """What the records say of faults on purpose: the kind of the record, and what was done."""
    records: list[Record] = [session.timeline.record(index) for index in range(len(session.timeline))]
    return [(record.kind.name, record.detail["fault"]["do"]) for record in records if "fault" in record.detail]


def recorded_as_sent(session: Session) -> list[str | bytes | None]:
    """The texts of what our side sent, in order."""
    timeline, ours = session.timeline, session.role
    assert ours is not None
    return [
        timeline.record(index).raw
        for index in range(len(timeline))
        if timeline.kinds[index] <= RecordKind.SEND and timeline.direction(index) is ours.sends
    ]
