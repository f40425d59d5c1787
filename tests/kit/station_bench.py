"""A session that plays a charge point, connected to a central system of ours over a real socket."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from ocpptui.network.client_settings import ClientSettings
from ocpptui.network.server_settings import ServerSettings
from ocpptui.ocpp.message import Message
from ocpptui.ocpp.version import Direction, Role, Version
from ocpptui.session.session import Session
from ocpptui.session.settings import SessionSettings
from ocpptui.simulator.behaviour_settings import ChargePointSettings
from ocpptui.timeline.record import RecordKind

STATION = "CP001"
VERSIONS = [Version.V16, Version.V201, Version.V21]


@asynccontextmanager
async def station_bench(
    version: Version,
    *,
    automatic: bool = True,
    connectors: int = 1,
    own: ChargePointSettings | None = None,
    settings: SessionSettings | None = None,
) -> AsyncIterator[tuple[Session, Session]]:
    """The central system, and the charge point: unless it is one's `own`, it has a reading each second, and its cars
    charge fast. `settings` are those of the central system."""
    own = own or ChargePointSettings(connectors=connectors, meter_interval=1, speed=50.0, step=0.1)
    central = Session(role=Role.CENTRAL_SYSTEM, settings=settings)
    station = Session(role=Role.CHARGE_POINT, settings=SessionSettings(charge_point=own, automatic=automatic))
    try:
        await central.listen(ServerSettings(host="127.0.0.1", port=0, ping_interval=None))
        url = central.listening_urls[0]
        await station.connect(ClientSettings(url=url, charge_point=STATION, versions=(version,), ping_interval=None))
        assert await station.until(lambda: station.connection_of(STATION), 60)
        if automatic:
            assert await said_by_station(central, "StatusNotification") is not None
        yield central, station
    finally:
        await station.close()
        await central.close()


async def said_by_station(central: Session, action: str, **fields: Any) -> dict[str, Any] | None:
    """The payload of the first such call of the charge point, once it is there; None if it does not come."""

    def find() -> dict[str, Any] | None:
        timeline = central.timeline
        for index in range(len(timeline)):
            if timeline.kind(index) is not RecordKind.CALL or timeline.action(index) != action:
                continue
            frame = timeline.frame(index)
            if timeline.direction(index) is not Direction.TO_CSMS or not isinstance(frame, Message):
                continue
            if isinstance(frame.payload, dict) and fields.items() <= frame.payload.items():
                return frame.payload
        return None

    return await central.until(find, 60)
