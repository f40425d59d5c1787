"""Charging profiles at the charge point. If these fail, a limit that a backend sets has no effect."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from ocpptui.ocpp.version import Version
from ocpptui.simulator.behaviour_settings import ChargePointSettings

if TYPE_CHECKING:
    from tests.simulator.conftest import Operate, Operated

V16, V201, V21 = Version.V16, Version.V201, Version.V21


def profile(version: Version, number: int = 1, limit: float = 10.0, **changes: Any) -> dict[str, Any]:
    schedule: dict[str, Any] = {
        "chargingRateUnit": "A",
        "chargingSchedulePeriod": [{"startPeriod": 0, "limit": limit}],
    }
    common = {
        "stackLevel": 0,
        "chargingProfilePurpose": "TxDefaultProfile",
        "chargingProfileKind": "Relative",
        **changes,
    }
    if version is V16:
        return {"chargingProfileId": number, "chargingSchedule": schedule, **common}
    return {"id": number, "chargingSchedule": [{"id": 1, **schedule}], **common}


def install(operated: Operated, connector: int, content: dict[str, Any]) -> str:
    if operated.version is V16:
        payload = {"connectorId": connector, "csChargingProfiles": content}
    else:
        payload = {"evseId": connector, "chargingProfile": content}
    status: str = operated.order("SetChargingProfile", payload)["status"]
    return status


def clear(operated: Operated, **criteria: Any) -> str:
    if operated.version is not V16:
        number = criteria.pop("id", None)
        by_id = {"chargingProfileId": number}
        criteria = by_id if number is not None else {"chargingProfileCriteria": criteria} if criteria else {}
    status: str = operated.order("ClearChargingProfile", criteria)["status"]
    return status


def schedule(operated: Operated, connector: int, unit: str = "A") -> dict[str, Any]:
    key = "connectorId" if operated.version is V16 else "evseId"
    return operated.order("GetCompositeSchedule", {key: connector, "duration": 600, "chargingRateUnit": unit})


def limits(answer: dict[str, Any]) -> list[tuple[int, float]]:
    inner = answer["chargingSchedule"] if "chargingSchedule" in answer else answer["schedule"]
    return [(period["startPeriod"], period["limit"]) for period in inner["chargingSchedulePeriod"]]


def test_the_whole_charge_point_may_draw_what_its_connectors_may_together(operate: Operate, version: Version) -> None:
    """Without any profile, too. An invented limit would be taken for the fuse of the building."""
    operated = operate(version)
    assert limits(schedule(operated, 0)) == [(0, 32.0)]
    assert install(operated, 1, profile(version, limit=6.0)) == "Accepted"
    assert limits(schedule(operated, 0)) == [(0, 22.0)]


def test_a_profile_limits_the_charge_and_the_schedule(operate: Operate, version: Version) -> None:
    operated = operate(version, ChargePointSettings(meter_interval=20))
    sampled = "Current.Import"
    operated.start()
    operated.bench.run(60)
    assert install(operated, 1, profile(version, limit=6.0)) == "Accepted"
    operated.bench.run(60)
    metered = [
        said.payload for said in operated.told("MeterValues", "TransactionEvent") if "meterValue" in said.payload
    ]
    currents = [
        float(sample["value"])
        for payload in metered
        for sample in payload["meterValue"][0]["sampledValue"]
        if sample["measurand"] == sampled
    ]
    assert max(currents) == 16.0
    assert currents[-1] == 6.0
    assert limits(schedule(operated, 1)) == [(0, 6.0)]
    assert limits(schedule(operated, 1, "W")) == [(0, 4140.0)]
    assert limits(schedule(operated, 2)) == [(0, 16.0)]


def test_a_limit_of_zero_suspends_the_charge(operate: Operate) -> None:
    operated = operate(V16, ChargePointSettings(meter_interval=10))
    operated.start()
    install(operated, 1, profile(V16, limit=0.0))
    operated.bench.run(20)
    assert operated.statuses()[-1] == (1, "SuspendedEVSE")
    clear(operated, id=1)
    operated.bench.run(20)
    assert operated.statuses()[-1] == (1, "Charging")


def test_profiles_are_accepted_only_where_they_belong(operated: Operated) -> None:
    version = operated.version
    whole = "ChargePointMaxProfile" if version is V16 else "ChargingStationMaxProfile"
    maximum = profile(version, chargingProfilePurpose=whole, chargingProfileKind="Absolute")
    assert install(operated, 1, maximum) == "Rejected"
    assert install(operated, 0, maximum) == "Accepted"
    assert install(operated, 9, profile(version, 2)) == "Rejected"
    of_transaction = profile(version, 3, chargingProfilePurpose="TxProfile")
    assert install(operated, 1, of_transaction) == "Rejected"
    operated.start()
    assert install(operated, 1, of_transaction) == "Accepted"
    assert install(operated, 1, {**of_transaction, "transactionId": 9 if version is V16 else "x"}) == "Rejected"
    operated.stop(operated.transaction)
    assert [stored.id for stored in operated.charge_point.device.profiles] == [1]


def test_a_profile_can_come_with_the_remote_start(operated: Operated) -> None:
    content = profile(operated.version, 4, 8.0, chargingProfilePurpose="TxProfile")
    assert operated.start(1, chargingProfile=content) == {"status": "Accepted"}
    assert limits(schedule(operated, 1)) == [(0, 8.0)]
    assert operated.start(2, chargingProfile=profile(operated.version, 5)) == {"status": "Rejected"}


def test_profiles_are_cleared_by_id_or_by_criteria(operated: Operated) -> None:
    for number, level in ((1, 0), (2, 1), (3, 2)):
        install(operated, 1, profile(operated.version, number, stackLevel=level))
    assert clear(operated, id=9) == "Unknown"
    assert clear(operated, id=1) == "Accepted"
    assert clear(operated, stackLevel=1) == "Accepted"
    assert [stored.id for stored in operated.charge_point.device.profiles] == [3]
    assert clear(operated) == "Accepted"
    assert clear(operated) == "Unknown"


@pytest.mark.parametrize("version", [V201, V21])
def test_profiles_are_reported(operated: Operated) -> None:
    assert operated.order("GetChargingProfiles", {"requestId": 3, "chargingProfile": {}}) == {"status": "NoProfiles"}
    contents = {1: profile(operated.version, 1), 2: profile(operated.version, 2)}
    for evse, content in contents.items():
        install(operated, evse, content)
    assert operated.order("GetChargingProfiles", {"requestId": 4, "chargingProfile": {}}) == {"status": "Accepted"}
    reports = [said.payload for said in operated.told("ReportChargingProfiles")]
    assert [(report["evseId"], report["tbc"]) for report in reports] == [(1, True), (2, False)]
    assert [report["chargingProfile"] for report in reports] == [[contents[1]], [contents[2]]]
    by_id = {"requestId": 5, "chargingProfile": {"chargingProfileId": [2]}}
    assert operated.order("GetChargingProfiles", by_id) == {"status": "Accepted"}
    assert operated.told("ReportChargingProfiles")[-1].payload["evseId"] == 2
    elsewhere = {"requestId": 6, "evseId": 2, "chargingProfile": {"chargingLimitSource": ["EMS"]}}
    assert operated.order("GetChargingProfiles", elsewhere) == {"status": "NoProfiles"}


def test_a_schedule_of_a_connector_that_does_not_exist(operated: Operated) -> None:
    assert schedule(operated, 9) == {"status": "Rejected"}


def limit(version: Version, amperes: float, *, number: int = 1, purpose: str = "TxDefaultProfile") -> dict[str, Any]:
    """A SetChargingProfile with one limit."""
    is_1x = version is Version.V16
    if purpose == "Max":
        purpose = "ChargePointMaxProfile" if is_1x else "ChargingStationMaxProfile"
    schedule: dict[str, Any] = {
        "chargingRateUnit": "A",
        "chargingSchedulePeriod": [{"startPeriod": 0, "limit": amperes}],
    }
    profile: dict[str, Any] = {
        "stackLevel": 0,
        "chargingProfilePurpose": purpose,
        "chargingProfileKind": "Absolute" if purpose.endswith("MaxProfile") else "Relative",
    }
    if profile["chargingProfileKind"] == "Absolute":
        schedule["startSchedule"] = "2026-11-22T00:00:00Z"
    if is_1x:
        content = {"chargingProfileId": 9, **profile, "chargingSchedule": schedule}
        return {"connectorId": number, "csChargingProfiles": content}
    return {"evseId": number, "chargingProfile": {"id": 9, **profile, "chargingSchedule": [{"id": 1, **schedule}]}}


def states(operated: Operated) -> list[str]:
    """The states of the charge, as the backend gets them."""
    if operated.version is Version.V16:
        return [status for connector, status in operated.statuses() if connector == 1]
    events = [said.payload for said in operated.told("TransactionEvent")]
    return [e["transactionInfo"]["chargingState"] for e in events if e["triggerReason"] == "ChargingStateChanged"]


def test_a_limit_acts_at_once_also_with_sampling_off(operate: Operate, version: Version) -> None:
    """A backend that protects a fuse with 0 A must not see the register run on until the next sample."""
    operated = operate(version, ChargePointSettings(meter_interval=0))
    operated.start()
    operated.bench.run(20)
    before = operated.charge_point.device.connectors[1].meter.read(operated.bench.now).energy
    assert operated.order("SetChargingProfile", limit(version, 0), 1)["status"] == "Accepted"
    assert states(operated)[-1] == "SuspendedEVSE"
    operated.bench.run(600)
    after = operated.charge_point.device.connectors[1].meter.read(operated.bench.now).energy
    assert after - before <= 1
    clear = {"id": 9} if version is Version.V16 else {"chargingProfileId": 9}
    operated.order("ClearChargingProfile", clear, 1)
    assert states(operated)[-1] == "Charging"


def test_a_period_of_the_schedule_acts_when_it_begins(operate: Operate, version: Version) -> None:
    operated = operate(version, ChargePointSettings(meter_interval=0))
    operated.start()
    profile = limit(version, 16)
    content = profile["csChargingProfiles" if version is Version.V16 else "chargingProfile"]
    schedule = content["chargingSchedule"] if version is Version.V16 else content["chargingSchedule"][0]
    schedule["chargingSchedulePeriod"] = [{"startPeriod": 0, "limit": 16}, {"startPeriod": 100, "limit": 0}]
    operated.order("SetChargingProfile", profile, 80)
    assert states(operated)[-1] == "Charging"
    operated.bench.run(30)
    assert states(operated)[-1] == "SuspendedEVSE"


def test_below_6_amperes_the_car_pauses(operate: Operate, version: Version) -> None:
    operated = operate(version, ChargePointSettings(meter_interval=0))
    operated.start()
    operated.order("SetChargingProfile", limit(version, 3), 1)
    assert states(operated)[-1] == "SuspendedEVSE"


def test_two_cars_share_the_limit_of_the_charge_point(operate: Operate, version: Version) -> None:
    """ChargePointMaxProfile limits what the whole charge point draws (1.6 section 3.13.1, 2.x K01)."""
    operated = operate(version, ChargePointSettings(meter_interval=0))
    operated.start(1)
    operated.start(2)
    operated.order("SetChargingProfile", limit(version, 14, number=0, purpose="Max"), 20)
    meters = [connector.meter for connector in operated.charge_point.device.connectors.values()]
    assert [round(meter.read(operated.bench.now).current, 1) for meter in meters] == [7.0, 7.0]
    operated.order("SetChargingProfile", limit(version, 10, number=0, purpose="Max"), 20)
    assert [round(meter.read(operated.bench.now).current, 1) for meter in meters] == [10.0, 0.0]


@pytest.mark.parametrize("wrong", ["level", "periods", "first period"])
def test_a_profile_that_cannot_be_followed_is_refused(operate: Operate, version: Version, wrong: str) -> None:
    """1.6 sections 9.4.1 and 9.4.3, 2.x K01.FR.26 and K01.FR.31: accepted, it would have no effect."""
    operated = operate(version)
    profile = limit(version, 10)
    content = profile["csChargingProfiles" if version is Version.V16 else "chargingProfile"]
    schedule = content["chargingSchedule"] if version is Version.V16 else content["chargingSchedule"][0]
    if wrong == "level":
        content["stackLevel"] = 11
    elif wrong == "periods":
        schedule["chargingSchedulePeriod"] = [{"startPeriod": 60 * n, "limit": 10.0} for n in range(25)]
    else:
        schedule["chargingSchedulePeriod"][0]["startPeriod"] = 5
    assert operated.order("SetChargingProfile", profile)["status"] == "Rejected"
    assert not list(operated.charge_point.device.profiles)


def test_more_profiles_than_fit_are_refused_but_replaced(operate: Operate, version: Version) -> None:
    """1.6 section 9.4.4 MaxChargingProfilesInstalled; 2.x SmartChargingCtrlr.Entries."""
    operated = operate(version)
    key, number = ("csChargingProfiles", "chargingProfileId") if version is Version.V16 else ("chargingProfile", "id")
    operated.configure("MaxChargingProfilesInstalled", "2")
    for place, (one, level, expected) in enumerate(((1, 0, "Accepted"), (2, 1, "Accepted"), (3, 2, "Rejected"))):
        profile = limit(version, 10 + place)
        profile[key] |= {number: one, "stackLevel": level}
        assert operated.order("SetChargingProfile", profile)["status"] == expected
    again = limit(version, 8)
    again[key] |= {number: 2, "stackLevel": 1}
    assert operated.order("SetChargingProfile", again)["status"] == "Accepted"


@pytest.mark.parametrize(
    ("period", "schedule", "whole"),
    [
        pytest.param({"setpoint": 5.0}, {}, {}, id="setpoint"),
        pytest.param({"limit_L2": 5.0}, {}, {}, id="limit of one phase"),
        pytest.param({"operationMode": "CentralSetpoint"}, {}, {}, id="operation mode"),
        pytest.param({}, {"limitAtSoC": {"soc": 80, "limit": 8.0}}, {}, id="limit at a state of charge"),
        pytest.param({}, {"randomizedDelay": 30}, {}, id="randomized delay"),
        pytest.param({}, {}, {"maxOfflineDuration": 30}, id="offline duration"),
    ],
)
def test_what_2_1_adds_and_would_have_no_effect_is_refused(
    operate: Operate, period: dict[str, Any], schedule: dict[str, Any], whole: dict[str, Any]
) -> None:
    operated = operate(Version.V21)
    content = profile(Version.V21, 1)
    assert install(operated, 1, content) == "Accepted"
    content["chargingSchedule"][0]["chargingSchedulePeriod"][0] |= period
    content["chargingSchedule"][0] |= schedule
    assert install(operated, 1, content | whole) == "Rejected"


def test_two_profiles_of_one_level_at_one_time_are_refused(operate: Operate, version: Version) -> None:
    """2.x K01.FR.06 refuses the second; in 1.6 it replaces the first (section 3.13.2)."""
    operated = operate(version)
    assert install(operated, 1, profile(version, 1)) == "Accepted"
    assert install(operated, 1, profile(version, 2)) == ("Accepted" if version is V16 else "Rejected")
    assert [stored.id for stored in operated.charge_point.device.profiles] == [2 if version is V16 else 1]
    assert install(operated, 1, profile(version, 3, stackLevel=1)) == "Accepted"


def test_a_remote_start_is_refused_with_a_profile_that_cannot_be_followed(operate: Operate, version: Version) -> None:
    operated = operate(version)
    content = profile(version, chargingProfilePurpose="TxProfile", stackLevel=99)
    assert operated.start(chargingProfile=content)["status"] == "Rejected"
    assert not operated.charge_point.device.running()


def test_priority_charging_needs_its_profile_and_its_transaction(operate: Operate) -> None:
    """2.1 K21: Rejected for an unknown transaction, NoProfile without a profile; then it acts at once."""
    operated = operate(Version.V21, ChargePointSettings(meter_interval=0))
    assert operated.order("UsePriorityCharging", {"transactionId": "x", "activate": True}) == {"status": "Rejected"}
    operated.start()
    operated.order("SetChargingProfile", limit(Version.V21, 0))
    use = {"transactionId": operated.transaction, "activate": True}
    assert operated.order("UsePriorityCharging", use) == {"status": "NoProfile"}
    profile = limit(Version.V21, 16, purpose="PriorityCharging")
    profile["chargingProfile"]["id"] = 10
    assert operated.order("SetChargingProfile", profile)["status"] == "Accepted"
    assert states(operated)[-1] == "SuspendedEVSE"
    assert operated.order("UsePriorityCharging", use) == {"status": "Accepted"}
    assert states(operated)[-1] == "Charging"
    (told,) = operated.told("NotifyPriorityCharging")
    assert told.payload == {"transactionId": operated.transaction, "activated": True}
    assert operated.operate("no-priority") == ""  # K22: the driver decides, too
    assert states(operated)[-1] == "SuspendedEVSE"
    assert operated.operate("priority") == ""
    assert states(operated)[-1] == "Charging"
    assert [said.payload["activated"] for said in operated.told("NotifyPriorityCharging")] == [True, False, True]
