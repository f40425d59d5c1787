"""What the tests of kept promises are made of: a charge point of ours at a bare central system, in time that jumps."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from ocpptui.ocpp.date_times import SECOND, date_time
from ocpptui.ocpp.version import Version
from tests.interop.bare_central_system import BareBench, bare_bench
from tests.kit.quick_time import in_quick_time
from tests.kit.station_bench import VERSIONS

Payload = dict[str, Any]
Story = Callable[[BareBench], Awaitable[None]]
V16, V201, V21 = VERSIONS


def tell(version: Version, story: Story, **bench: Any) -> None:
    """Run a story at a bench of this version."""

    async def run() -> None:
        async with bare_bench(version, **bench) as at:
            await story(at)

    in_quick_time(run)


every_version = pytest.mark.parametrize("version", VERSIONS, ids=str)
every_2x = pytest.mark.parametrize("version", [V201, V21], ids=str)


async def start(at: BareBench, connector: int = 1, token: str = "ABC") -> str:
    """Start a charge remotely; the id of its transaction, as GetTransactionStatus has it."""
    if at.is_1x:
        assert (
            await at.central.status("RemoteStartTransaction", {"idTag": token, "connectorId": connector}) == "Accepted"
        )
        await at.central.first("StatusNotification", connectorId=connector, status="Charging")
        return "41"
    request = {"idToken": {"idToken": token, "type": "Central"}, "remoteStartId": 7, "evseId": connector}
    known = len(at.central.told("TransactionEvent", eventType="Started"))
    assert await at.central.status("RequestStartTransaction", request) == "Accepted"
    started = await at.central.until(lambda: at.central.told("TransactionEvent", eventType="Started")[known:])
    transaction = started[0]["transactionInfo"]["transactionId"]
    await at.central.until(lambda: state(at, transaction) == "Charging")
    return str(transaction)


async def stop(at: BareBench, transaction: str) -> Payload:
    """Stop it remotely; its last message."""
    if at.is_1x:
        assert await at.central.status("RemoteStopTransaction", {"transactionId": int(transaction)}) == "Accepted"
        return await at.central.first("StopTransaction")
    assert await at.central.status("RequestStopTransaction", {"transactionId": transaction}) == "Accepted"
    return await at.central.first("TransactionEvent", eventType="Ended")


def events(at: BareBench, transaction: str = "") -> list[Payload]:
    """The TransactionEvents of a transaction, or of all."""
    told = at.central.told("TransactionEvent")
    return [one for one in told if transaction in ("", one["transactionInfo"]["transactionId"])]


def state(at: BareBench, transaction: str = "") -> str:
    """What a charge was last said to be doing, in the words of 2.x."""
    if at.is_1x:
        statuses = [one["status"] for one in at.central.told("StatusNotification", connectorId=1)]
        return statuses[-1] if statuses else ""
    states = [one["transactionInfo"].get("chargingState") for one in events(at, transaction)]
    return next((one for one in reversed(states) if one is not None), "")


def energy(reading: Payload) -> float:
    """The register in a MeterValue, in Wh."""
    for value in reading["sampledValue"]:
        if value.get("measurand", "Energy.Active.Import.Register") == "Energy.Active.Import.Register":
            return float(value["value"])
    raise AssertionError(reading)


def profile(at: BareBench, limit: float, purpose: str = "TxDefaultProfile", **more: Any) -> Payload:
    """A SetChargingProfile in amperes for connector 1, or for all with a maximum."""
    place = 0 if "Max" in purpose else 1
    periods = more.pop("periods", [{"startPeriod": 0, "limit": limit}])
    now = date_time(at.central.clock() - SECOND)
    schedule = {"startSchedule": now, "chargingRateUnit": "A", "chargingSchedulePeriod": periods}
    content = {"stackLevel": 0, "chargingProfilePurpose": purpose, "chargingProfileKind": "Absolute"}
    number = more.pop("number", 1)
    if at.is_1x:
        content |= {"chargingProfileId": number, "chargingSchedule": schedule, **more}
        return {"connectorId": place, "csChargingProfiles": content}
    content |= {"id": number, "chargingSchedule": [{"id": 1, **schedule}], **more}
    return {"evseId": place, "chargingProfile": content}


def maximum(at: BareBench) -> str:
    return "ChargePointMaxProfile" if at.is_1x else "ChargingStationMaxProfile"


async def configure(at: BareBench, key: str, place: str, value: str, instance: str = "") -> str:
    """Set a key of 1.6, or the `Component.Variable` of 2.x: the status."""
    if at.is_1x:
        return await at.central.status("ChangeConfiguration", {"key": key, "value": value})
    component, _, variable = place.partition(".")
    named = {"name": variable, **({"instance": instance} if instance else {})}
    item = {"component": {"name": component}, "variable": named, "attributeValue": value}
    answer = await at.central.call("SetVariables", {"setVariableData": [item]})
    return str(answer["setVariableResult"][0]["attributeStatus"])


async def read(at: BareBench, place: str, instance: str = "") -> Payload:
    """What GetVariables says of a `Component.Variable`."""
    component, _, variable = place.partition(".")
    named = {"name": variable, **({"instance": instance} if instance else {})}
    item = {"component": {"name": component}, "variable": named}
    answer = await at.central.call("GetVariables", {"getVariableData": [item]})
    return dict(answer["getVariableResult"][0])


async def reset(at: BareBench) -> str:
    return await at.central.status("Reset", {"type": "Soft" if at.is_1x else "Immediate"})


def reservation(at: BareBench, seconds: int, **more: Any) -> Payload:
    """A ReserveNow of connector 1 for the token DEF."""
    expiry = date_time(at.central.clock() + seconds * SECOND)
    if at.is_1x:
        return {"connectorId": 1, "reservationId": 5, "expiryDate": expiry, "idTag": "DEF", **more}
    token = {"idToken": "DEF", "type": "ISO14443"}
    return {"evseId": 1, "id": 5, "expiryDateTime": expiry, "idToken": token, **more}


def shown(at: BareBench) -> str:
    """The status of connector 1."""
    key = "status" if at.is_1x else "connectorStatus"
    place = {"connectorId": 1} if at.is_1x else {"evseId": 1}
    return str(at.central.told("StatusNotification", **place)[-1][key])


HEARTBEAT: Payload = {"component": {"name": "OCPPCommCtrlr"}, "variable": {"name": "HeartbeatInterval"}}
POWER: Payload = {"component": {"name": "EVSE", "evse": {"id": 1}}, "variable": {"name": "Power"}}
AVAILABILITY: Payload = {"component": {"name": "EVSE", "evse": {"id": 1}}, "variable": {"name": "AvailabilityState"}}


async def monitor(at: BareBench, kind: str, value: float, place: Payload, severity: int = 5) -> int:
    item = {"type": kind, "value": value, "severity": severity, **place}
    answer = await at.central.call("SetVariableMonitoring", {"setMonitoringData": [item]})
    (result,) = answer["setMonitoringResult"]
    assert result["status"] == "Accepted", result
    return int(result["id"])


def rung(at: BareBench, number: int) -> list[Payload]:
    """The events of a monitor."""
    told = [data for one in at.central.told("NotifyEvent") for data in one["eventData"]]
    return [data for data in told if data.get("variableMonitoringId") == number]
