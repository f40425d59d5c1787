"""Make the recordings in this folder anew: the tool's own sessions against the `ocpp` package and a bare peer.

python recordings/make.py [FOLDER]
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import ocpp.v16
import ocpp.v201
from ocpp.routing import on
from ocpp.v16 import call as call16
from ocpp.v16 import call_result as result16
from ocpp.v201 import call as call201
from ocpp.v201 import call_result as result201
from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from ocpptui.network.client_settings import ClientSettings
from ocpptui.network.server_settings import ServerSettings
from ocpptui.ocpp.version import Role, Version
from ocpptui.recording.writer import RecordingWriter
from ocpptui.session.session import Session
from ocpptui.session.settings import SessionSettings
from ocpptui.simulator.charge_point_behaviour import ChargePointSettings

STATION = ChargePointSettings(
    vendor="ACME", model="Wallbox 22", serial="ACME-000042", firmware="1.4.2", connectors=1, meter_interval=1, speed=60
)


def now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class CentralSystem16(ocpp.v16.ChargePoint):  # type: ignore[misc]
    """The package's class as a backend of 1.6."""

    registrations = ["Accepted"]

    @on("BootNotification")  # type: ignore[untyped-decorator]
    def on_boot(self, **_: Any) -> Any:
        registration = self.registrations.pop(0) if len(self.registrations) > 1 else self.registrations[0]
        return result16.BootNotification(current_time=now(), interval=1, status=registration)

    @on("Heartbeat")  # type: ignore[untyped-decorator]
    def on_heartbeat(self) -> Any:
        return result16.Heartbeat(current_time=now())

    @on("StatusNotification")  # type: ignore[untyped-decorator]
    def on_status(self, **_: Any) -> Any:
        return result16.StatusNotification()

    @on("Authorize")  # type: ignore[untyped-decorator]
    def on_authorize(self, **_: Any) -> Any:
        return result16.Authorize(id_tag_info={"status": "Accepted"})

    @on("StartTransaction")  # type: ignore[untyped-decorator]
    def on_start(self, **_: Any) -> Any:
        return result16.StartTransaction(transaction_id=4711, id_tag_info={"status": "Accepted"})

    @on("MeterValues")  # type: ignore[untyped-decorator]
    def on_meter_values(self, **_: Any) -> Any:
        return result16.MeterValues()

    @on("StopTransaction")  # type: ignore[untyped-decorator]
    def on_stop(self, **_: Any) -> Any:
        return result16.StopTransaction(id_tag_info={"status": "Accepted"})

    async def operate(self) -> None:
        """What an operator does: look at the configuration, start a charge, limit it, stop it."""
        await asyncio.sleep(1)
        await self.call(call16.GetConfiguration(key=["HeartbeatInterval", "MeterValueSampleInterval", "NoSuchKey"]))
        await self.call(call16.RemoteStartTransaction(id_tag="04A2B3C4D5", connector_id=1))
        await asyncio.sleep(3)
        period = {"start_period": 0, "limit": 10.5}
        profile = {
            "charging_profile_id": 1,
            "stack_level": 0,
            "charging_profile_purpose": "TxProfile",
            "charging_profile_kind": "Relative",
            "charging_schedule": {"charging_rate_unit": "A", "charging_schedule_period": [period]},
        }
        await self.call(call16.SetChargingProfile(connector_id=1, cs_charging_profiles=profile))
        await asyncio.sleep(3)
        await self.call(call16.RemoteStopTransaction(transaction_id=4711))
        await asyncio.sleep(1.5)


class CentralSystem201(ocpp.v201.ChargePoint):  # type: ignore[misc]
    """The package's class as a backend of 2.0.1."""

    transaction_id = ""

    @on("BootNotification")  # type: ignore[untyped-decorator]
    def on_boot(self, **_: Any) -> Any:
        return result201.BootNotification(current_time=now(), interval=60, status="Accepted")

    @on("Heartbeat")  # type: ignore[untyped-decorator]
    def on_heartbeat(self) -> Any:
        return result201.Heartbeat(current_time=now())

    @on("StatusNotification")  # type: ignore[untyped-decorator]
    def on_status(self, **_: Any) -> Any:
        return result201.StatusNotification()

    @on("Authorize")  # type: ignore[untyped-decorator]
    def on_authorize(self, **_: Any) -> Any:
        return result201.Authorize(id_token_info={"status": "Accepted"})

    @on("TransactionEvent")  # type: ignore[untyped-decorator]
    def on_transaction_event(self, transaction_info: dict[str, Any], **payload: Any) -> Any:
        self.transaction_id = transaction_info["transaction_id"]
        info = {"status": "Accepted"} if "id_token" in payload else None
        return result201.TransactionEvent(id_token_info=info)

    @on("NotifyReport")  # type: ignore[untyped-decorator]
    def on_report(self, **_: Any) -> Any:
        return result201.NotifyReport()

    async def operate(self) -> None:
        """What an operator does: read a variable, start a charge, stop it."""
        await asyncio.sleep(1)
        wanted = {"component": {"name": "OCPPCommCtrlr"}, "variable": {"name": "HeartbeatInterval"}}
        await self.call(call201.GetVariables(get_variable_data=[wanted]))
        token = {"id_token": "04A2B3C4D5", "type": "ISO14443"}
        await self.call(call201.RequestStartTransaction(id_token=token, remote_start_id=7, evse_id=1))
        await asyncio.sleep(5)
        await self.call(call201.RequestStopTransaction(transaction_id=self.transaction_id))
        await asyncio.sleep(1.5)


async def as_charge_point(
    path: Path, version: Version, peer: type[Any], work: Callable[[Any], Awaitable[None]]
) -> None:
    """Our charge point in a session with the package's class, recorded."""
    done = asyncio.Event()

    async def play(connection: ServerConnection) -> None:
        central_system = peer("CP001", connection)
        async with asyncio.TaskGroup() as group:
            reading = group.create_task(_read(central_system))
            await work(central_system)
            done.set()
            await connection.wait_closed()
            reading.cancel()

    async with serve(play, "127.0.0.1", 0, subprotocols=[Subprotocol(version.subprotocol)]) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        session = Session(
            role=Role.CHARGE_POINT, writer=RecordingWriter(path), settings=SessionSettings(charge_point=STATION)
        )
        url = f"ws://127.0.0.1:{port}/ocpp"
        await session.connect(ClientSettings(url=url, charge_point="CP001", versions=(version,), reconnect=False))
        await done.wait()
        await session.close()


async def _read(central_system: Any) -> None:
    try:
        await central_system.start()
    except ConnectionClosed:
        return


async def wait_for_the_third_boot(central_system: Any) -> None:
    await asyncio.sleep(4.5)


BROKEN: tuple[str | bytes, ...] = (
    '[2,"1","BootNotification",{"chargePointVendor":"ACME","chargePointModel":"Wallbox 22"}]',
    '[2,2,"Heartbeat",{}]',  # a message id that is a number
    '[2,"3","StatusNotification",{"connectorId":1,"errorCode":"Error","status":"available"}]',  # values that are none
    '[2,"4","GetConfiguration",{"configurationKey":]',  # broken JSON
    '[2,"5","StatusNotification",{"connectorId":1,"errorCode":"NoErr',  # cut off
    '{"hello":"world"}',  # no array
    '[9,"6",{}]',  # no message type
    '[2,"7"]',  # no action
    '[2,"8","Heartbeat",{},"more"]',  # more than belongs there
    '[2,"9","NoSuchAction",{}]',
    '[2,"a message id that is longer than thirty-six characters","Heartbeat",{}]',
    '[2,"11","DataTransfer",{"vendorId":"ACME","data":"\\u0000","data":"twice"}]',
    '[2,"12","DataTransfer",{"vendorId":"A\x00B"}]',  # a bare NUL byte
    '[4,"13","GenericError"]',  # an error without its end, to nothing
    '[3,"14",{}]',  # an answer to nothing
    b'[2,"15","DataTransfer",{"vendorId":"caf\xe9"}]',  # Latin-1, no UTF-8
    '[\n  2,\n  "16",\n  "Heartbeat",\n  {}\n]',  # pretty-printed
)


async def as_central_system(path: Path) -> None:
    """Our central system and a charger that breaks every rule of the frame, recorded."""
    session = Session(role=Role.CENTRAL_SYSTEM, writer=RecordingWriter(path))
    await session.listen(ServerSettings(host="127.0.0.1", port=0))
    url = session.listening_urls[0].rstrip("/") + "/BROKEN-1"
    async with connect(url, subprotocols=[Subprotocol("ocpp1.6")]) as charger:
        for frame in BROKEN:
            await charger.send(frame, text=True)
            await asyncio.sleep(0.2)
    await session.until(lambda: not session.connections or None, 5)
    await session.close()


async def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent
    CentralSystem16.registrations = ["Accepted"]
    await as_charge_point(folder / "charge-1.6.jsonl", Version.V16, CentralSystem16, CentralSystem16.operate)
    await as_charge_point(folder / "charge-2.0.1.jsonl", Version.V201, CentralSystem201, CentralSystem201.operate)
    CentralSystem16.registrations = ["Rejected", "Pending", "Accepted"]
    await as_charge_point(folder / "refused-boot-1.6.jsonl", Version.V16, CentralSystem16, wait_for_the_third_boot)
    await as_central_system(folder / "malformed-1.6.jsonl")


if __name__ == "__main__":
    asyncio.run(main())
