"""What a central system that is not ours gets from a charge point with a quirk.

If one of these fails, a user tries a backend against a fault that never leaves the program.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from websockets.asyncio.server import ServerConnection, serve

from ocpptui.diagnosis.findings import findings_at
from ocpptui.network.client_settings import ClientSettings
from ocpptui.ocpp.version import Role, Version
from ocpptui.session.session import Session
from ocpptui.session.settings import SessionSettings
from ocpptui.simulator.behaviour_settings import ChargePointSettings
from ocpptui.simulator.driver_side import Operation
from ocpptui.simulator.equipment import Equipment, Outlet
from ocpptui.simulator.quirks import BOOT_ON_RECONNECT, QUIRKS

BOOTED = {"status": "Accepted", "interval": 300}
ACCEPTED = {"idTagInfo": {"status": "Accepted"}}
ANSWERS: dict[str, dict[str, Any]] = {
    "BootNotification": BOOTED,
    "Authorize": ACCEPTED,
    "StartTransaction": {**ACCEPTED, "transactionId": 17},
}


class Backend:
    """A bare central system of 1.6, which accepts everything."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, Any]] = []
        self.texts: list[str] = []
        self.connections = 0
        self.rules: set[str] = set()
        """Those that the diagnosis of the charge point's own session finds broken."""
        self._changed = asyncio.Condition()
        self._socket: ServerConnection | None = None

    async def serve(self, socket: ServerConnection) -> None:
        self._socket = socket
        self.connections += 1
        async with self._changed:
            self._changed.notify_all()
        async for text in socket:
            frame = json.loads(text)
            if frame[0] != 2:
                continue
            self.texts.append(str(text))
            self.calls.append((frame[2], frame[3]))
            now = (
                {"currentTime": datetime.now(UTC).isoformat()} if frame[2] in ("BootNotification", "Heartbeat") else {}
            )
            await socket.send(json.dumps([3, frame[1], ANSWERS.get(frame[2], {}) | now]))
            async with self._changed:
                self._changed.notify_all()

    async def until(self, is_there: Callable[[], bool]) -> None:
        async with asyncio.timeout(20), self._changed:
            await self._changed.wait_for(is_there)

    async def got(self, action: str, number: int = 1) -> None:
        await self.until(lambda: len(self.payloads(action)) >= number)

    async def trigger(self, message: str) -> None:
        assert self._socket is not None
        request = {"requestedMessage": message, "connectorId": 1}
        await self._socket.send(json.dumps([2, f"trigger {message}", "TriggerMessage", request]))

    async def hang_up(self) -> None:
        assert self._socket is not None
        await self._socket.close()

    def payloads(self, action: str) -> list[Any]:
        return [payload for name, payload in self.calls if name == action]

    def statuses(self, connector: int | None = None) -> list[str]:
        found = self.payloads("StatusNotification")
        return [one["status"] for one in found if connector in (None, one["connectorId"])]

    def samples(self, measurand: str) -> list[Any]:
        values = self.payloads("MeterValues")[0]["meterValue"]
        return [one for one in values[0]["sampledValue"] if one["measurand"] == measurand]


def _times(backend: Backend) -> list[str]:
    return [payload["timestamp"] for _, payload in backend.calls if "timestamp" in payload]


SEEN: dict[str, Callable[[Backend], bool]] = {
    "boot-on-reconnect": lambda got: len(got.payloads("BootNotification")) == 2,
    "no-status-after-reconnect": lambda got: got.calls[-1][0] == "Heartbeat" and got.statuses()[-1] == "Available",
    "clock-off": lambda got: all(_times(got)),
    "clock-starts-off": lambda got: got.payloads("SecurityEventNotification")[0]["type"] == "SettingSystemTime",
    "timestamp-without-zone": lambda got: not any(time.endswith("Z") for time in _times(got)),
    "timestamp-with-short-zone": lambda got: all(time.endswith("+00") for time in _times(got)),
    "timestamp-with-nanoseconds": lambda got: all(len(time.partition(".")[2]) == 10 for time in _times(got)),
    "timestamp-without-fraction": lambda got: all(len(time) == 20 for time in _times(got)),
    "clock-never-set": lambda got: all(time.startswith("1970-01-01T") for time in _times(got)),
    "empty-timestamp": lambda got: set(_times(got)) == {""},
    "no-connector-zero": lambda got: not got.statuses(0) and bool(got.statuses(1)),
    "lower-case-status": lambda got: {"available", "preparing", "charging", "finishing"} <= set(got.statuses()),
    "no-preparing": lambda got: "Preparing" not in got.statuses() and "Charging" in got.statuses(),
    "no-finishing": lambda got: "Finishing" not in got.statuses() and "Charging" in got.statuses(),
    "long-serial": lambda got: len(got.payloads("BootNotification")[0]["chargePointSerialNumber"]) == 60,
    "unknown-error-code": lambda got: {one["errorCode"] for one in got.payloads("StatusNotification")} == {"Error"},
    "long-info": lambda got: len(got.payloads("StatusNotification")[0]["info"]) == 60,
    "long-model": lambda got: len(got.payloads("BootNotification")[0]["chargePointModel"]) == 60,
    "long-token": lambda got: len(got.payloads("StartTransaction")[0]["idTag"]) == 300,
    "null-for-missing": lambda got: got.payloads("BootNotification")[0]["iccid"] is None,
    "vendor-field": lambda got: all(payload["vendorExtension"] for _, payload in got.calls),
    "duplicate-stop": lambda got: len(got.payloads("StopTransaction")) == 2,
    "stop-without-token": lambda got: "idTag" not in got.payloads("StopTransaction")[0],
    "meter-start-zero": lambda got: got.payloads("StartTransaction")[0]["meterStart"] == 0,
    "transaction-minus-one": lambda got: got.payloads("StopTransaction")[0]["transactionId"] == -1,
    "decimals-for-integers": lambda got: any('"meterStart":5000.0' in text.replace(" ", "") for text in got.texts),
    "meter-without-transaction": lambda got: "transactionId" not in got.payloads("MeterValues")[0],
    "kwh-as-wh": lambda got: 5.0 <= float(got.samples("Energy.Active.Import.Register")[0]["value"]) < 6.0,
    "energy-unit-of-power": lambda got: got.samples("Power.Active.Import")[0]["unit"] == "Wh",
    "unknown-measurand": lambda got: bool(got.samples("Request.Energy")),
    "current-on-neutral": lambda got: {one["phase"] for one in got.samples("Current.Import")} == {"N"},
    "numbers-for-texts": lambda got: isinstance(got.samples("Voltage")[0]["value"], float),
    "object-for-list": lambda got: isinstance(got.payloads("MeterValues")[0]["meterValue"], dict),
}
"""How each quirk shows in a charge with a triggered reading."""
SILENT = {"heartbeat-only-while-charging", "trigger-never-kept"}
"""What is not sent shows after some time: `tests/simulator/test_quirks.py`."""


def test_every_quirk_is_seen() -> None:
    assert set(SEEN) | SILENT == set(QUIRKS)


async def charge(quirks: dict[str, float], reconnects: bool) -> Backend:
    """A charge with such a charge point, and a reconnection where wanted, until the central system has all of it."""
    backend = Backend()
    own = ChargePointSettings(serial="S1", equipment=Equipment((Outlet(register=5000.0),), quirks=quirks))
    station = Session(role=Role.CHARGE_POINT, settings=SessionSettings(charge_point=own))
    subprotocols: Any = ["ocpp1.6"]
    async with serve(backend.serve, "127.0.0.1", 0, subprotocols=subprotocols) as server:
        port = server.sockets[0].getsockname()[1]
        url = f"ws://127.0.0.1:{port}"
        try:
            await station.connect(ClientSettings(url=url, charge_point="CP001", versions=(Version.V16,)))
            await backend.until(lambda: "available" in [status.lower() for status in backend.statuses(1)])
            assert station.operate("CP001", Operation("plug-in")) == ""
            assert station.operate("CP001", Operation("card")) == ""
            await backend.until(lambda: "charging" in [status.lower() for status in backend.statuses(1)])
            await backend.trigger("MeterValues")
            await backend.got("MeterValues")
            assert station.operate("CP001", Operation("card")) == ""
            await backend.got("StopTransaction")
            assert station.operate("CP001", Operation("unplug")) == ""
            await backend.until(lambda: backend.statuses(1)[-1].lower() == "available")
            if reconnects:
                await backend.hang_up()
                await backend.until(lambda: backend.connections == 2)
                if BOOT_ON_RECONNECT in quirks:
                    await backend.got("BootNotification", 2)
            await backend.trigger("Heartbeat")
            await backend.got("Heartbeat")
            station.live_diagnosis.catch_up()
            timeline = station.timeline
            backend.rules = {one.rule for n in range(len(timeline)) for one in findings_at(timeline, n)}
        finally:
            await station.close()
    return backend


@pytest.mark.parametrize("name", SEEN)
async def test_an_independent_central_system_sees_the_quirk(name: str) -> None:
    reconnects = "reconnect" in name
    with_quirk = await charge({name: 5.0 if QUIRKS[name].unit else 1.0}, reconnects)
    assert SEEN[name](with_quirk)
    if name == "boot-on-reconnect":
        assert "boot.unneeded" in with_quirk.rules
    if name == "clock-off":
        plain = await charge({}, reconnects)
        assert _times(with_quirk)[0] > _times(plain)[0]
        assert _times(with_quirk)[0][:13] != _times(plain)[0][:13]
