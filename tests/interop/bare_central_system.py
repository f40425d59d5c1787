"""A central system made of `websockets` alone: it answers what the schemas demand, says what it is told, keeps all.

It shares no code with ours but the location of the published schemas, by which it judges every message.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import websockets
from websockets.asyncio.server import ServerConnection, serve
from websockets.datastructures import Headers
from websockets.frames import Opcode
from websockets.http11 import Request, Response

from ocpptui.network.client_settings import ClientSettings
from ocpptui.network.credentials import Credentials
from ocpptui.ocpp.date_times import date_time
from ocpptui.ocpp.version import Role, Version
from ocpptui.session.session import Session
from ocpptui.session.settings import SessionSettings
from ocpptui.simulator.behaviour_settings import ChargePointSettings
from ocpptui.simulator.driver_side import Operation
from tests.interop.schema_peer import problems
from tests.kit.quick_time import quick_clock

Payload = dict[str, Any]
Answer = Payload | Callable[[Payload], Payload | None] | None
"""What a call is answered with; None: not at all."""
STATION = "CP001"
PATIENCE = 600.0
"""Seconds of quick time after which what a test waits for does not come."""
ACCEPTED = {"status": "Accepted"}


@dataclass(frozen=True, slots=True)
class StationCall:
    """One call of the charge point."""

    time: int
    """Microseconds since 1970-01-01 UTC."""
    action: str
    payload: Payload
    connection: int
    """1 is the first."""


@dataclass(slots=True)
class BareCentralSystem:
    """The central system."""

    version: Version
    clock: Callable[[], int]
    ahead: int = 0
    """Microseconds that its clock is ahead of that of the charge point."""
    said: list[StationCall] = field(default_factory=list)
    answers: dict[str, Answer] = field(default_factory=dict)
    """For an action, something else than the usual answer."""
    upgrades: list[Headers] = field(default_factory=list)
    """The headers of each request to connect."""
    refuses: Callable[[Headers], bool] = lambda headers: False
    """Which requests to connect get a 401."""
    pings: list[int] = field(default_factory=list)
    """When a ping came."""
    closes: int = 0
    _socket: ServerConnection | None = None
    _waiting: dict[str, asyncio.Future[Any]] = field(default_factory=dict)
    _changed: asyncio.Event = field(default_factory=asyncio.Event)
    _count: int = 0

    # -- what a test says -----------------------------------------------------------------------------------------

    async def call(self, action: str, payload: Payload | None = None) -> Any:
        """Make a call: the payload of the answer, or the code of the error."""
        await self.until(lambda: self._socket is not None)
        assert self._socket is not None
        self._count += 1
        message_id = f"cs-{self._count}"
        answer = self._waiting[message_id] = asyncio.get_running_loop().create_future()
        await self._socket.send(json.dumps([2, message_id, action, payload or {}]))
        frame = await asyncio.wait_for(answer, PATIENCE)
        if frame[0] == 4:
            return frame[2]
        assert problems(self.version, action, "response", frame[2]) == [], frame
        return frame[2]

    async def status(self, action: str, payload: Payload | None = None) -> str:
        """Make a call: the status in its answer, or the code of the error."""
        answer = await self.call(action, payload)
        return answer if isinstance(answer, str) else str(answer["status"])

    def cut(self) -> None:
        """Cut the TCP connection."""
        assert self._socket is not None
        self._socket.transport.abort()

    async def until(self, condition: Callable[[], Any]) -> Any:
        """Wait until something is true."""
        async with asyncio.timeout(PATIENCE):
            while not (found := condition()):
                self._changed.clear()
                await self._changed.wait()
            return found

    async def wait(self, seconds: float) -> None:
        """Let time pass."""
        await asyncio.sleep(seconds)

    # -- what the charge point said -------------------------------------------------------------------------------

    def told(self, action: str, **fields: Any) -> list[Payload]:
        """The payloads of its calls of an action with these values."""
        return [one.payload for one in self.said if one.action == action and fields.items() <= one.payload.items()]

    async def next(self, action: str, **fields: Any) -> Payload:
        """The next such call from now on."""
        known = len(self.told(action, **fields))
        found: list[Payload] = await self.until(lambda: self.told(action, **fields)[known:])
        return found[0]

    async def more(self, action: str, known: int) -> list[Payload]:
        """Those calls of an action that come after so many known ones; at least one."""
        found: list[Payload] = await self.until(lambda: self.told(action)[known:])
        return found

    async def reconnected(self, known: int) -> None:
        """Wait until it connects again, after so many known requests to connect."""
        await self.until(lambda: len(self.upgrades) > known)

    async def first(self, action: str, **fields: Any) -> Payload:
        """The first such call, once it is there."""
        found: list[Payload] = await self.until(lambda: self.told(action, **fields))
        return found[0]

    # -- the connection ---------------------------------------------------------------------------------------------

    def admit(self, connection: ServerConnection, request: Request) -> Response | None:
        """Let it connect, or refuse its password."""
        self.upgrades.append(request.headers)
        return connection.respond(401, "no\n") if self.refuses(request.headers) else None

    async def serve(self, socket: ServerConnection) -> None:
        """Talk with the charge point."""
        self._socket = socket
        assert isinstance(socket, PingedConnection)
        socket.pinged = lambda: self.pings.append(self.clock())
        number = len(self.upgrades)
        self._changed.set()
        try:
            async for message in socket:
                await self._heard(socket, json.loads(message), number)
        except websockets.ConnectionClosed:
            pass
        finally:
            self.closes += 1
            if self._socket is socket:
                self._socket = None
            self._changed.set()

    async def _heard(self, socket: ServerConnection, frame: list[Any], number: int) -> None:
        if frame[0] in (2, 6):
            kind, message_id, action, payload = frame
            assert problems(self.version, action, "request", payload) == [], frame
            self.said.append(StationCall(self.clock(), action, payload, number))
            if kind == 6:
                return self._changed.set()
            answer = self.answers[action] if action in self.answers else self._usual(action, payload)
            answer = answer(payload) if callable(answer) else answer
            if answer is not None:
                is_error = "errorCode" in answer
                rest = [answer["errorCode"], "", {}] if is_error else [answer]
                await socket.send(json.dumps([4 if is_error else 3, message_id, *rest]))
        elif (waiting := self._waiting.pop(frame[1], None)) is not None:
            waiting.set_result(frame)
        self._changed.set()

    def _usual(self, action: str, payload: Payload) -> Payload:
        now = date_time(self.clock() + self.ahead)
        is_1x = self.version is Version.V16
        match action:
            case "BootNotification":
                return {"currentTime": now, "interval": 300, "status": "Accepted"}
            case "Heartbeat":
                return {"currentTime": now}
            case "StartTransaction":
                return {"idTagInfo": ACCEPTED, "transactionId": 41}
            case "Authorize":
                return {"idTagInfo" if is_1x else "idTokenInfo": ACCEPTED}
            case "SignCertificate":
                return ACCEPTED
        return {}


class PingedConnection(ServerConnection):
    """A connection that says when a ping comes."""

    pinged: Callable[[], None]

    def process_event(self, event: Any) -> None:
        if getattr(event, "opcode", None) is Opcode.PING:
            self.pinged()
        super().process_event(event)


@dataclass(slots=True)
class BareBench:
    """The charge point and the central system that it is connected to."""

    version: Version
    central: BareCentralSystem
    session: Session

    def operate(self, name: str, argument: str = "", connector: int = 1) -> None:
        """Let somebody do something at the charge point."""
        assert self.session.operate(STATION, Operation(name, connector, argument)) == ""

    @property
    def is_1x(self) -> bool:
        return self.version is Version.V16


@asynccontextmanager
async def bare_bench(
    version: Version, *, connectors: int = 1, meter_interval: int = 60, speed: float = 1.0, password: str = ""
) -> AsyncIterator[BareBench]:
    """A booted charge point of ours at a bare central system, in quick time."""
    clock = quick_clock()
    central = BareCentralSystem(version, clock)
    own = ChargePointSettings(connectors=connectors, meter_interval=meter_interval, speed=speed)
    session = Session(role=Role.CHARGE_POINT, settings=SessionSettings(charge_point=own), clock=clock)
    names = [websockets.Subprotocol(version.subprotocol)]
    server = serve(
        central.serve,
        "127.0.0.1",
        0,
        subprotocols=names,
        process_request=central.admit,
        create_connection=PingedConnection,
        ping_interval=None,
    )
    async with server as listening:
        url = f"ws://127.0.0.1:{next(iter(listening.sockets)).getsockname()[1]}"
        credentials = Credentials.parse(None, password) if password else None
        await session.connect(
            ClientSettings(url=url, charge_point=STATION, versions=(version,), credentials=credentials)
        )
        try:
            await central.until(
                lambda: len(central.told("StatusNotification")) >= connectors + (version is Version.V16)
            )
            yield BareBench(version, central, session)
        finally:
            await session.close()
