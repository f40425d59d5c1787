"""What our charge point promises about monitors, its model and 2.1, it does: seen by a bare central system.

If one of these fails, a backend is tried against a charge point that promises and does not act, and passes here where
it fails with a real one. The sockets are real; the time jumps (`tests.kit.quick_time`).
"""

from __future__ import annotations

import pytest

from ocpptui.ocpp.date_times import SECOND, date_time, time_of
from ocpptui.ocpp.version import Version
from tests.interop.bare_central_system import ACCEPTED, BareBench
from tests.interop.promise_stories import (
    AVAILABILITY,
    HEARTBEAT,
    POWER,
    V21,
    configure,
    events,
    every_2x,
    monitor,
    reservation,
    rung,
    start,
    stop,
    tell,
)

# -- monitors -----------------------------------------------------------------------------------------------------


@every_2x
def test_monitors_ring(version: Version) -> None:
    async def story(at: BareBench) -> None:
        threshold = await monitor(at, "UpperThreshold", 400, HEARTBEAT)
        periodic = await monitor(at, "Periodic", 20, POWER)
        aligned = await monitor(at, "PeriodicClockAligned", 30, POWER, 6)
        delta = await monitor(at, "Delta", 1, AVAILABILITY)
        for value in ("300", "500", "200"):
            assert await configure(at, "", "OCPPCommCtrlr.HeartbeatInterval", value) == "Accepted"
        await at.central.wait(1)
        assert [one.get("cleared", False) for one in rung(at, threshold)] == [False, True]
        at.operate("plug-in")
        await at.central.wait(61)
        assert [one["actualValue"] for one in rung(at, delta)] == ["Occupied"]
        assert len(rung(at, periodic)) == 3
        assert len(rung(at, aligned)) == 2

    tell(version, story)


@every_2x
def test_what_happens_offline_is_told_if_it_is_severe(version: Version) -> None:
    """N07.FR.04: up to OfflineQueuingSeverity; what is less severe is looked at again once it is back."""

    async def story(at: BareBench) -> None:
        place = "MonitoringCtrlr.OfflineQueuingSeverity"
        assert await configure(at, "", place, "4") == "Accepted"
        severe = await monitor(at, "Delta", 1, AVAILABILITY, 4)
        mild = await monitor(at, "Delta", 1, AVAILABILITY, 5)
        at.operate("offline", "60")
        await at.central.wait(1)
        begun = at.central.clock()
        at.operate("plug-in")
        at.operate("unplug")
        at.operate("fault", "GroundFailure")
        at.operate("repair", "GroundFailure")
        await at.central.until(lambda: len(at.central.upgrades) == 2)
        await at.central.wait(5)
        values = [one["actualValue"] for one in rung(at, severe)]
        assert values == ["Occupied", "Available", "Faulted", "Available"]
        assert all((time_of(one["timestamp"]) or 0) - begun < SECOND for one in rung(at, severe))
        assert not rung(at, mild)
        told = [data for one in at.central.told("NotifyEvent") for data in one["eventData"]]
        assert [one["cleared"] for one in told if one.get("techCode") == "GroundFailure"] == [False, True]
        numbers = [one["eventId"] for one in told]
        assert len(set(numbers)) == len(numbers)

    tell(version, story)


def test_a_stream_is_opened_and_sends() -> None:
    async def story(at: BareBench) -> None:
        at.central.answers["OpenPeriodicEventStream"] = ACCEPTED
        item = {"type": "Periodic", "value": 5.0, "severity": 5, "periodicEventStream": {"values": 3}, **POWER}
        answer = await at.central.call("SetVariableMonitoring", {"setMonitoringData": [item]})
        assert answer["setMonitoringResult"][0]["status"] == "Accepted"
        await at.central.first("OpenPeriodicEventStream")
        sent = await at.central.first("NotifyPeriodicEventStream")
        assert [one["t"] for one in sent["data"]] == pytest.approx([0, 5, 10], abs=0.1)
        assert not at.central.told("NotifyEvent")

    tell(V21, story)


# -- the device model ---------------------------------------------------------------------------------------------


@every_2x
def test_every_list_in_the_inventory_says_what_it_may_contain(version: Version) -> None:
    async def story(at: BareBench) -> None:
        request = {"requestId": 3, "reportBase": "FullInventory"}
        assert await at.central.status("GetBaseReport", request) == "Accepted"
        await at.central.first("NotifyReport", tbc=False)
        items = [item for part in at.central.told("NotifyReport") for item in part["reportData"]]
        for item in items:
            characteristics = item["variableCharacteristics"]
            if characteristics["dataType"] in ("OptionList", "MemberList", "SequenceList"):
                assert characteristics["valuesList"], item

    tell(version, story)


@every_2x
def test_what_is_switched_off_refuses(version: Version) -> None:
    async def story(at: BareBench) -> None:
        for component in ("AuthCacheCtrlr", "ReservationCtrlr", "LocalAuthListCtrlr", "MonitoringCtrlr"):
            assert await configure(at, "", f"{component}.Enabled", "false") == "Accepted"
        assert await at.central.status("ClearCache") == "Rejected"
        assert await at.central.status("ReserveNow", reservation(at, 60)) == "Rejected"
        assert await at.central.call("GetLocalListVersion") == {"versionNumber": 0}
        item = {"type": "Delta", "value": 1, "severity": 5, **AVAILABILITY}
        answer = await at.central.call("SetVariableMonitoring", {"setMonitoringData": [item]})
        assert answer["setMonitoringResult"][0]["status"] == "Rejected"

    tell(version, story)


@every_2x
def test_monitors_are_silent_while_monitoring_is_off(version: Version) -> None:
    async def story(at: BareBench) -> None:
        number = await monitor(at, "Delta", 1, AVAILABILITY)
        assert await configure(at, "", "MonitoringCtrlr.Enabled", "false") == "Accepted"
        at.operate("plug-in")
        await at.central.wait(2)
        assert not rung(at, number)

    tell(version, story)


@every_2x
def test_the_version_of_the_local_list_is_that_of_the_last_update(version: Version) -> None:
    async def story(at: BareBench) -> None:
        empty = {"versionNumber": 9, "updateType": "Full"}
        assert await at.central.status("SendLocalList", empty) == "Accepted"
        assert await at.central.call("GetLocalListVersion") == {"versionNumber": 9}
        entry = {"idToken": {"idToken": "ABC", "type": "ISO14443"}, "idTokenInfo": ACCEPTED}
        twice = {"versionNumber": 10, "updateType": "Full", "localAuthorizationList": [entry, entry]}
        assert await at.central.status("SendLocalList", twice) == "Failed"
        assert await at.central.call("GetLocalListVersion") == {"versionNumber": 9}

    tell(version, story)


# -- what 2.1 adds ------------------------------------------------------------------------------------------------


def test_the_answers_of_2_1_agree_with_the_state() -> None:
    async def story(at: BareBench) -> None:
        transaction = await start(at)
        tariff = {"tariffId": "T2", "currency": "EUR"}
        change = {"transactionId": transaction, "tariff": tariff}
        assert await at.central.status("ChangeTransactionTariff", change) == "Accepted"
        await at.central.first("TransactionEvent", triggerReason="TariffChanged")
        unknown = {"transactionId": "none", "activate": True}
        assert await at.central.status("UsePriorityCharging", unknown) == "Rejected"
        token = {"idToken": "ABC", "type": "ISO14443"}
        assert await at.central.status("RequestBatterySwap", {"idToken": token, "requestId": 1}) == "Rejected"
        signal = {"timestamp": date_time(at.central.clock()), "signal": 1}
        assert await at.central.status("AFRRSignal", signal) == "Rejected"

    tell(V21, story)


def test_the_cost_of_a_tariff_is_told() -> None:
    async def story(at: BareBench) -> None:
        tariff = {"tariffId": "T1", "currency": "EUR", "energy": {"prices": [{"priceKwh": 0.5}]}}
        assert await at.central.status("SetDefaultTariff", {"evseId": 0, "tariff": tariff}) == "Accepted"
        transaction = await start(at)
        await at.central.wait(130)
        details = (await stop(at, transaction))["costDetails"]
        used = details["totalUsage"]["energy"]
        assert used > 0.3
        assert details["totalCost"]["total"]["exclTax"] == pytest.approx(used * 0.5, abs=0.001)
        assert "costDetails" in next(one for one in events(at) if one["triggerReason"] == "MeterValuePeriodic")

    tell(V21, story)
