"""Independent peers: the `ocpp` package's own classes as central systems and charge points, on real sockets."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from typing import Any, TypeVar, cast

from ocpp import routing
from ocpp.v16 import ChargePoint as Peer16
from ocpp.v16 import call as call16
from ocpp.v16 import call_result as result16
from ocpp.v201 import ChargePoint as Peer201
from ocpp.v201 import call as call201
from ocpp.v201 import call_result as result201
from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from ocpptui.runtime.tasks import Tasks

NOW = "2026-11-22T10:00:00Z"
"""When things happen that a charge point reports."""

F = TypeVar("F", bound=Callable[..., Any])


def clock() -> str:
    """The currentTime of a central system."""
    return f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"


def on(action: str) -> Callable[[F], F]:
    """The package's decorator for a handler, typed."""
    return cast(Callable[[F], F], routing.on(action))


def after(action: str) -> Callable[[F], F]:
    """The package's decorator for what follows the answer to a call, typed."""
    return cast(Callable[[F], F], routing.after(action))


class Backend16(Peer16):  # type: ignore[misc]
    """A central system of OCPP 1.6 that numbers its transactions from `first`, and makes two calls of its own."""

    first = 1001

    def __init__(self, identity: str, connection: ServerConnection) -> None:
        super().__init__(identity, connection)
        self.received: list[tuple[str, dict[str, Any]]] = []
        self.answers: list[Any] = []
        self.transaction = self.first - 1

    async def route_message(self, raw_msg: Any) -> None:
        self.raw = raw_msg
        await super().route_message(raw_msg)

    @on("BootNotification")
    def boot(self, **payload: Any) -> Any:
        self.received.append(("BootNotification", payload))
        return result16.BootNotification(current_time=clock(), interval=300, status="Accepted")

    @on("StatusNotification")
    def status(self, **payload: Any) -> Any:
        self.received.append(("StatusNotification", payload))
        return result16.StatusNotification()

    @after("StatusNotification")
    async def ask(self, connector_id: int, **payload: Any) -> None:
        if connector_id == 0:
            self.answers.append(await self.call(call16.GetConfiguration(key=["HeartbeatInterval"])))

    @on("Authorize")
    def authorize(self, **payload: Any) -> Any:
        self.received.append(("Authorize", payload))
        return result16.Authorize(id_tag_info={"status": "Accepted"})

    @on("StartTransaction")
    def begin(self, **payload: Any) -> Any:
        self.received.append(("StartTransaction", payload))
        self.transaction += 1
        return result16.StartTransaction(transaction_id=self.transaction, id_tag_info={"status": "Accepted"})

    @on("MeterValues")
    def meter(self, **payload: Any) -> Any:
        self.received.append(("MeterValues", payload))
        return result16.MeterValues()

    @after("MeterValues")
    async def remote_stop(self, **payload: Any) -> None:
        self.answers.append(await self.call(call16.RemoteStopTransaction(transaction_id=self.transaction)))

    @on("StopTransaction")
    def end(self, **payload: Any) -> Any:
        self.received.append(("StopTransaction", payload))
        return result16.StopTransaction(id_tag_info={"status": "Accepted"})

    @on("Heartbeat")
    def beat(self, **payload: Any) -> Any:
        self.received.append(("Heartbeat", payload))
        return result16.Heartbeat(current_time=clock())


class Later16(Backend16):
    """The same central system on another day, with other transaction numbers."""

    first = 7


class Backend201(Peer201):  # type: ignore[misc]
    """A central system of OCPP 2.0.1 that asks for a report once and answers every TransactionEvent."""

    request = 11

    def __init__(self, identity: str, connection: ServerConnection) -> None:
        super().__init__(identity, connection)
        self.received: list[tuple[str, dict[str, Any]]] = []
        self.answers: list[Any] = []

    @on("BootNotification")
    def boot(self, **payload: Any) -> Any:
        self.received.append(("BootNotification", payload))
        return result201.BootNotification(current_time=clock(), interval=300, status="Accepted")

    @on("StatusNotification")
    def status(self, **payload: Any) -> Any:
        self.received.append(("StatusNotification", payload))
        return result201.StatusNotification()

    @after("StatusNotification")
    async def ask(self, **payload: Any) -> None:
        report = call201.GetBaseReport(request_id=self.request, report_base="SummaryInventory")
        self.answers.append(await self.call(report))

    @on("NotifyReport")
    def report(self, **payload: Any) -> Any:
        self.received.append(("NotifyReport", payload))
        return result201.NotifyReport()

    @on("TransactionEvent")
    def event(self, **payload: Any) -> Any:
        self.received.append(("TransactionEvent", payload))
        return result201.TransactionEvent(total_cost=payload["seq_no"])


class Charger16(Peer16):  # type: ignore[misc]
    """A charge point of OCPP 1.6 that does what `run` says and answers the central system's calls."""

    availability = "Scheduled"

    def __init__(self, identity: str, connection: Any) -> None:
        super().__init__(identity, connection)
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.told = asyncio.Event()

    @on("ChangeAvailability")
    def change_availability(self, **payload: Any) -> Any:
        self.asked.append(("ChangeAvailability", payload))
        return result16.ChangeAvailability(status=self.availability)

    @on("RemoteStopTransaction")
    def remote_stop(self, **payload: Any) -> Any:
        self.asked.append(("RemoteStopTransaction", payload))
        self.told.set()
        return result16.RemoteStopTransaction(status="Accepted")

    async def charge(self, meter: int = 0) -> dict[str, Any]:
        """Do a whole charge; return the answer to its StartTransaction."""
        await self.call(call16.BootNotification(charge_point_model="M", charge_point_vendor="V"))
        start = await self.call(call16.StartTransaction(connector_id=1, id_tag="TAG", meter_start=meter, timestamp=NOW))
        await self.told.wait()
        await self.call(
            call16.StopTransaction(meter_stop=meter + 10, timestamp=NOW, transaction_id=start.transaction_id)
        )
        return dict(vars(start))


class Charger201(Peer201):  # type: ignore[misc]
    """A charge point of OCPP 2.0.1 with its own transaction id."""

    transaction = "REC-TX"

    def __init__(self, identity: str, connection: Any) -> None:
        super().__init__(identity, connection)
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.told = asyncio.Event()

    @on("RequestStopTransaction")
    def stop(self, **payload: Any) -> Any:
        self.asked.append(("RequestStopTransaction", payload))
        self.told.set()
        return result201.RequestStopTransaction(status="Accepted")

    async def charge(self) -> None:
        boot = call201.BootNotification(charging_station={"model": "M", "vendor_name": "V"}, reason="PowerUp")
        await self.call(boot)
        await self.event("Started", 0, "Authorized")
        await self.told.wait()
        await self.event("Ended", 1, "RemoteStop")

    async def event(self, kind: str, number: int, reason: str) -> Any:
        info = {"transaction_id": self.transaction}
        if kind == "Ended":
            info["stopped_reason"] = "Remote"
        return await self.call(call201.TransactionEvent(kind, NOW, reason, number, info))


@asynccontextmanager
async def serving(
    make: Callable[[str, ServerConnection], Any], subprotocol: str
) -> AsyncIterator[tuple[str, list[Any]]]:
    """A central system on loopback: its URL without an id, and the peers it makes, one per connection."""
    peers: list[Any] = []

    async def handle(connection: ServerConnection) -> None:
        assert connection.request is not None
        peer = make(connection.request.path.rpartition("/")[2], connection)
        peers.append(peer)
        with suppress(ConnectionClosed):
            await peer.start()

    async with serve(handle, "127.0.0.1", 0, subprotocols=[Subprotocol(subprotocol)]) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        yield f"ws://127.0.0.1:{port}", peers


@asynccontextmanager
async def plugged_in(make: Callable[[str, Any], Any], url: str, subprotocol: str) -> AsyncIterator[Any]:
    """A charge point that is connected to `url`, which ends with its id, and reads messages."""
    async with connect(url, subprotocols=[Subprotocol(subprotocol)]) as connection:
        peer = make(url.rpartition("/")[2], connection)
        tasks = Tasks("charge point")
        tasks.start(_read(peer), "reading")
        try:
            yield peer
        finally:
            await tasks.cancel()


async def _read(peer: Any) -> None:
    with suppress(ConnectionClosed):
        await peer.start()
