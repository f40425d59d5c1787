"""What charge points in the field do wrong is named while our central system talks with them.

If this fails, a technician watches the messages go by and has to count them.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from ocpptui.diagnosis.findings import findings_at
from ocpptui.network.server_settings import ServerSettings
from ocpptui.ocpp.version import Role, Version
from ocpptui.session.session import Session
from ocpptui.session.settings import SessionSettings
from ocpptui.simulator.behaviour_settings import CentralSystemSettings

V16, V201 = Version.V16, Version.V201
HEARTBEATS = 130
"""In about a second: what a charge point sent that had accepted HeartbeatInterval=abc."""


class OddChargePoint:
    """A charge point without any simulator, which sends what it is told to."""

    def __init__(self, session: Session, version: Version) -> None:
        self.session = session
        self.version = version
        self._count = 0
        self._socket: ClientConnection | None = None

    @asynccontextmanager
    async def online(self) -> AsyncIterator[OddChargePoint]:
        protocol = Subprotocol(self.version.subprotocol)
        url = f"{self.session.listening_urls[0]}/CP-{self.version}"
        async with connect(url, subprotocols=[protocol]) as self._socket:
            yield self

    async def call(self, action: str, payload: dict[str, Any]) -> Any:
        """The answer to a call."""
        assert self._socket is not None
        self._count += 1
        await self._socket.send(json.dumps([2, str(self._count), action, payload]))
        answer = json.loads(await asyncio.wait_for(self._socket.recv(), 20))
        assert answer[:2] == [3, str(self._count)], answer
        return answer[2]

    async def boot(self) -> None:
        if self.version is V16:
            await self.call("BootNotification", {"chargePointVendor": "Odd", "chargePointModel": "One"})
        else:
            station = {"vendorName": "Odd", "model": "One"}
            await self.call("BootNotification", {"reason": "PowerUp", "chargingStation": station})

    async def broken(self, rule: str) -> None:
        """Wait until the diagnosis of the session names a rule."""
        timeline = self.session.timeline

        def is_found() -> bool | None:
            self.session.live_diagnosis.catch_up()
            found = {one.rule for index in range(len(timeline)) for one in findings_at(timeline, index)}
            return rule in found or None

        assert await self.session.until(is_found, 60), rule


def event(kind: str, number: int, now: str) -> dict[str, Any]:
    info = {"transactionId": "T1", **({"stoppedReason": "Local"} if kind == "Ended" else {"chargingState": "Charging"})}
    place = {"evse": {"id": 1, "connectorId": 1}} if kind == "Started" else {}
    trigger = {"Started": "CablePluggedIn", "Updated": "ChargingStateChanged", "Ended": "StopAuthorized"}[kind]
    return {
        "eventType": kind,
        "timestamp": now,
        "triggerReason": trigger,
        "seqNo": number,
        "transactionInfo": info,
        **place,
    }


async def test_what_charge_points_do_wrong_is_named_while_they_do_it() -> None:
    """Gaps in seqNo, a second end, a flood of heartbeats, a boot on each connection."""
    own = CentralSystemSettings(interval=300)
    session = Session(role=Role.CENTRAL_SYSTEM, settings=SessionSettings(central_system=own))
    try:
        await session.listen(ServerSettings(host="127.0.0.1", port=0))
        old, new = OddChargePoint(session, V16), OddChargePoint(session, V201)
        now = datetime.now(UTC).isoformat()
        async with old.online():
            await old.boot()
            start = {"connectorId": 1, "idTag": "A", "meterStart": 0, "timestamp": now}
            number = (await old.call("StartTransaction", start))["transactionId"]
            stop = {"transactionId": number, "meterStop": 10, "timestamp": now}
            await old.call("StopTransaction", stop)
            await old.call("StopTransaction", {**stop, "meterStop": 11})
            await old.broken("tx.stop-unknown")
            for _ in range(HEARTBEATS):
                await old.call("Heartbeat", {})
            await old.broken("heartbeat.interval")
        async with old.online():
            await old.boot()
        async with old.online():
            await old.boot()
            await old.broken("boot.unneeded")
        async with new.online():
            await new.boot()
            for kind, sequence in (("Started", 0), ("Updated", 1), ("Ended", 4)):
                await new.call("TransactionEvent", event(kind, sequence, now))
            await new.broken("tx2.seq-gap")
    finally:
        await session.close()
