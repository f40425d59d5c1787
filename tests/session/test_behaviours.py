"""The simulated charge point of a session, over real sockets. If these fail, nothing happens when one plugs in."""

from __future__ import annotations

import json

import pytest

from ocpptui.ocpp.version import Version
from ocpptui.simulator.driver_side import Operation
from ocpptui.timeline.record import ConnectionEvent, RecordKind
from tests.kit.station_bench import STATION, VERSIONS, said_by_station, station_bench


@pytest.mark.parametrize("version", VERSIONS, ids=str)
async def test_a_driver_charges(version: Version) -> None:
    async with station_bench(version) as (central, station):
        assert station.operate(STATION, Operation("plug-in")) == ""
        assert station.operate(STATION, Operation("card", 1, "CARD-1")) == ""
        if version is Version.V16:
            assert await said_by_station(central, "StatusNotification", status="Charging") is not None
            assert station.operate(STATION, Operation("stop")) == ""
            stopped = await said_by_station(central, "StopTransaction", reason="Local")
            assert stopped is not None
            assert stopped["idTag"] == "CARD-1"
        else:
            assert await said_by_station(central, "TransactionEvent", triggerReason="ChargingStateChanged") is not None
            assert station.operate(STATION, Operation("stop")) == ""
            assert await said_by_station(central, "TransactionEvent", eventType="Ended") is not None


@pytest.mark.parametrize("version", VERSIONS, ids=str)
async def test_a_charge_goes_on_while_there_is_no_connection(version: Version) -> None:
    """Its time runs without a connection, and what it measured arrives afterwards, with the times of then."""
    async with station_bench(version) as (central, station):
        station.operate(STATION, Operation("plug-in"))
        station.operate(STATION, Operation("card"))
        started = "StartTransaction" if version is Version.V16 else "TransactionEvent"
        assert await said_by_station(central, started) is not None
        assert station.operate(STATION, Operation("offline")) == ""
        assert await station.until(lambda: not station.connections or None, 60)
        behaviour = station.behaviours.charge_point(STATION)
        assert behaviour is not None

        def queued() -> bool | None:
            return len(behaviour.device.queue) >= 2 or None

        for _ in range(200):
            if queued():
                break
            await station.until(lambda: None, 0.05)
        assert queued()
        assert station.operate(STATION, Operation("stop")) == ""
        assert station.operate(STATION, Operation("online")) == ""
        last = {"reason": "Local"} if version is Version.V16 else {"eventType": "Ended"}
        ended = await said_by_station(
            central, "StopTransaction" if version is Version.V16 else "TransactionEvent", **last
        )
        assert ended is not None
        if version is not Version.V16:
            assert ended["offline"] is True
        boots = [i for i in range(len(central.timeline)) if central.timeline.action(i) == "BootNotification"]
        assert len(boots) == 2, "one call and its answer"


async def test_offline_for_a_time_comes_back_by_itself() -> None:
    async with station_bench(Version.V16) as (_, station):
        assert station.operate(STATION, Operation("offline", 0, "0.3")) == ""
        assert await station.until(lambda: not station.connections or None, 60)
        assert await station.until(lambda: station.connection_of(STATION), 60)
        closed = [
            station.timeline.record(index).detail or {}
            for index in range(len(station.timeline))
            if station.timeline.kind(index) is RecordKind.CONNECTION
        ]
        ended = next(detail for detail in closed if detail.get("event") == ConnectionEvent.CLOSED)
        assert ended.get("retryInSeconds") == 0.3


async def test_what_cannot_be_operated_is_said() -> None:
    async with station_bench(Version.V16) as (central, station):
        assert station.operate("CP999", Operation("plug-in")) == "No charge point CP999 is simulated here."
        assert central.operate(STATION, Operation("plug-in")) == f"No charge point {STATION} is simulated here."
        assert station.operate(STATION, Operation("unplug")) == "No car is plugged in."
        assert station.behaviours.charge_points() == [STATION]
    async with station_bench(Version.V16, automatic=False) as (_, station):
        assert station.operate(STATION, Operation("plug-in")) == "The simulated charge point is switched off."


async def test_a_new_password_is_used_for_the_next_connection() -> None:
    """Security whitepaper A01: a backend that drops the old key would lock the charge point out."""
    async with station_bench(Version.V16) as (central, station):
        [number] = central.connections
        key = "0123456789abcdef" * 2
        change = json.dumps({"key": "AuthorizationKey", "value": key})
        await central.send_call(number, "ChangeConfiguration", change)

        def reconnected() -> bool | None:
            connection = central.connection_of(STATION)
            return (connection is not None and connection.number != number) or None

        assert await central.until(reconnected, 60)
        opened = [
            central.timeline.record(index).detail or {}
            for index in range(len(central.timeline))
            if central.timeline.event(index) is ConnectionEvent.OPENED
        ]
        assert [line for line in opened[-1]["requestHeaders"] if line.startswith("Authorization: Basic")]
        assert key not in str(opened)
        assert "BootNotification" not in {central.timeline.action(i) for i in range(8, len(central.timeline))}
