"""DER controls of 2.1. If these fail, a grid operator's curve is accepted and no car charges any differently."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from ocpptui.ocpp.date_times import date_time
from ocpptui.ocpp.version import Version
from ocpptui.simulator.behaviour_settings import ChargePointSettings
from ocpptui.simulator.der_controls import DER_TYPES, MOST_CONTROLS
from ocpptui.simulator.equipment import Equipment, Outlet
from ocpptui.simulator.station_profile import station_profile
from tests.simulator.call_scenes import current
from tests.simulator.conftest import SECOND

if TYPE_CHECKING:
    from tests.simulator.conftest import Operate, Operated

V21 = Version.V21
STATION = ChargePointSettings(connectors=1, equipment=Equipment((Outlet(),), der_types=DER_TYPES))
ACCEPTED = {"status": "Accepted"}
HIGH = [(49.0, -100.0), (50.0, -100.0), (50.5, -50.0), (51.0, 0.0)]


def curve(
    name: str,
    points: list[tuple[float, float]],
    *,
    kind: str = "FreqWatt",
    priority: int = 5,
    start: int | None = None,
    duration: int = 60,
    unit: str = "PctMaxW",
) -> dict[str, Any]:
    """A default control, or one that is scheduled from `start` for so many seconds."""
    content: dict[str, Any] = {
        "priority": priority,
        "yUnit": unit,
        "curveData": [{"x": x, "y": y} for x, y in points],
    }
    if start is not None:
        content |= {"startTime": date_time(start), "duration": duration}
    return {"isDefault": start is None, "controlId": name, "controlType": kind, "curve": content}


def flat(name: str, per_cent: float, **more: Any) -> dict[str, Any]:
    """A curve that lets cars charge with so many per cent of the most power."""
    return curve(name, [(50.0, -per_cent)], **more)


def limit_of(at: Operated) -> float:
    """What flows, as a share of 16 A, in per cent."""
    return round(current(at) / 16 * 100, 1)


def told(at: Operated) -> list[tuple[str, bool, list[str]]]:
    """The id, whether it started, and what it superseded, of each NotifyDERStartStop."""
    reports = [said.payload for said in at.told("NotifyDERStartStop")]
    return [(one["controlId"], one["started"], one.get("supersededIds", [])) for one in reports]


def alarms(at: Operated) -> list[tuple[str, str, bool]]:
    found = [said.payload for said in at.told("NotifyDERAlarm")]
    return [(one["controlType"], one["gridEventFault"], one.get("alarmEnded", False)) for one in found]


def report(at: Operated, **wanted: Any) -> list[dict[str, Any]]:
    at.bench.said.clear()
    assert at.order("GetDERControl", {"requestId": 7, **wanted}) == ACCEPTED
    reports = [said.payload for said in at.told("ReportDERControl")]
    assert [one["tbc"] for one in reports] == [*[True] * (len(reports) - 1), False]
    assert {one["requestId"] for one in reports} == {7}
    return [one for each in reports for one in (*each.get("curve", []), *each.get("enterService", []))]


def test_a_curve_over_frequency_limits_what_cars_take(operate: Operate) -> None:
    at = operate(V21, STATION)
    at.start()
    at.bench.run(10)
    assert limit_of(at) == 100
    assert at.order("SetDERControl", curve("c", HIGH)) == ACCEPTED
    assert limit_of(at) == 100
    for hertz, expected in (("50.25", 75.0), ("50.5", 50.0), ("52", 0.0), ("49.9", 100.0)):
        assert at.operate("grid-frequency", 0, hertz, 10) == ""
        assert limit_of(at) == expected
    composite = {"evseId": 1, "duration": 60, "chargingRateUnit": "W"}
    at.operate("grid-frequency", 0, "50.5")
    schedule = at.order("GetCompositeSchedule", composite)["schedule"]
    assert schedule["chargingSchedulePeriod"][0]["limit"] == 5520.0
    assert at.order("ClearDERControl", {"isDefault": True, "controlId": "c"}, 10) == ACCEPTED
    assert limit_of(at) == 100


def test_a_scheduled_control_starts_and_stops_by_itself_and_takes_the_place_of_the_default(operate: Operate) -> None:
    at = operate(V21, STATION)
    at.start()
    start = at.bench.now + 30 * SECOND
    assert at.order("SetDERControl", flat("usual", 80)) == ACCEPTED
    assert at.order("SetDERControl", flat("event", 50, start=start, duration=60)) == ACCEPTED
    at.bench.run(10)
    assert limit_of(at) == 80
    assert not told(at)
    at.bench.run(30)
    assert limit_of(at) == 50
    assert told(at) == [("event", True, [])]
    assert at.told("NotifyDERStartStop")[0].payload["timestamp"][:19] == date_time(start)[:19]
    at.bench.run(60)
    assert limit_of(at) == 80
    assert told(at) == [("event", True, []), ("event", False, [])]
    assert [one["id"] for one in report(at)] == ["usual"]


def test_the_highest_priority_counts_and_says_what_it_supersedes(operate: Operate) -> None:
    at = operate(V21, STATION)
    at.start()
    begin = at.bench.now + 20 * SECOND
    assert at.order("SetDERControl", flat("low", 60, priority=9, start=begin, duration=200), 1) == ACCEPTED
    later = begin + 40 * SECOND
    answer = at.order("SetDERControl", flat("high", 40, priority=1, start=later, duration=40), 1)
    assert answer == {"status": "Accepted", "supersededIds": ["low"]}
    elsewhere = flat("other", 10, priority=0, start=begin + 900 * SECOND)
    assert at.order("SetDERControl", elsewhere, 1) == ACCEPTED
    superseded = {one["id"]: one["isSuperseded"] for one in report(at, isDefault=False)}
    assert superseded == {"low": True, "high": False, "other": False}
    at.bench.run(30)
    assert limit_of(at) == 60
    at.bench.run(40)
    assert limit_of(at) == 40
    at.bench.run(40)
    assert limit_of(at) == 60
    assert told(at) == [("low", True, []), ("high", True, ["low"]), ("high", False, []), ("low", True, [])]


def test_one_that_is_cleared_while_it_runs_is_reported_as_stopped(operate: Operate) -> None:
    at = operate(V21, STATION)
    assert at.order("SetDERControl", flat("now", 50, start=at.bench.now, duration=600)) == ACCEPTED
    assert at.order("ClearDERControl", {"isDefault": True}) == ACCEPTED  # there is no default one
    assert told(at) == [("now", True, [])]
    assert at.order("ClearDERControl", {"isDefault": False, "controlType": "FreqWatt"}) == ACCEPTED
    assert told(at)[-1] == ("now", False, [])
    gone = {"isDefault": False, "controlId": "now"}
    assert at.order("ClearDERControl", gone) == {"status": "NotFound"}
    assert at.order("GetDERControl", {"requestId": 1, **gone}) == {"status": "NotFound"}


def test_a_trip_stops_all_cars_and_the_end_of_the_alarm_waits_for_the_grid(operate: Operate) -> None:
    """R05, and EnterService for the way back."""
    at = operate(V21, STATION)
    at.start()
    trip = curve("trip", [(10.0, 51.0), (0.5, 52.0)], kind="HFMustTrip", unit="Not_Applicable")
    assert at.order("SetDERControl", trip) == ACCEPTED
    enter = {"priority": 0, "highVoltage": 253, "lowVoltage": 207, "highFreq": 50.2, "lowFreq": 49.8, "delay": 30}
    back = {"isDefault": True, "controlId": "back", "controlType": "EnterService", "enterService": enter}
    assert at.order("SetDERControl", back) == ACCEPTED
    at.operate("grid-frequency", 0, "51.5", 8)
    assert limit_of(at) == 100
    at.operate("grid-frequency", 0, "50", 10)
    assert not alarms(at), "it was not beyond the limit for long enough"
    at.operate("grid-frequency", 0, "52.5", 3)
    assert limit_of(at) == 0
    assert alarms(at) == [("HFMustTrip", "OverFrequency", False)]
    at.operate("grid-frequency", 0, "50.5", 60)
    assert limit_of(at) == 0
    at.operate("grid-frequency", 0, "50.1", 25)
    assert limit_of(at) == 0
    at.bench.run(15)
    assert limit_of(at) == 100
    assert alarms(at)[-1] == ("HFMustTrip", "OverFrequency", True)
    assert {one["id"] for one in report(at)} == {"trip", "back"}
    assert report(at, controlType="EnterService") == [{"id": "back", "enterService": enter}]


def test_what_happens_offline_is_reported_later(operate: Operate) -> None:
    at = operate(V21, STATION)
    at.order("SetDERControl", flat("event", 50, start=at.bench.now + 20 * SECOND, duration=30))
    at.bench.lose_connection(100)
    at.bench.run(99)
    assert not told(at)
    at.bench.run(10)
    assert told(at) == [("event", True, []), ("event", False, [])]


def test_controls_outlive_the_process(operate: Operate) -> None:
    at = operate(V21, STATION)
    at.order("SetDERControl", flat("usual", 50))
    state: Any = json.loads(json.dumps(at.charge_point.kept_state(at.bench.now)))
    again = operate(V21, STATION, state=state, now=at.bench.now)
    again.start()
    again.bench.run(10)
    assert limit_of(again) == 50


@pytest.mark.parametrize(
    "request_",
    [
        pytest.param(flat("c", 50) | {"isDefault": False}, id="scheduled without a start"),
        pytest.param(flat("c", 50, start=1) | {"isDefault": True}, id="default with a start"),
        pytest.param(flat("c", 50, start=0), id="over"),
        pytest.param(flat("c", 50, unit="PctMaxVar"), id="another unit"),
        pytest.param(curve("c", [(50.0, 0.0), (50.0, -9.0)]), id="x that does not rise"),
        pytest.param(curve("c", [(-1.0, 52.0)], kind="HFMustTrip"), id="a negative time"),
        pytest.param({"isDefault": True, "controlId": "c", "controlType": "FreqWatt"}, id="no curve"),
    ],
)
def test_one_that_makes_no_sense_is_refused(operate: Operate, request_: dict[str, Any]) -> None:
    at = operate(V21, STATION)
    assert at.order("SetDERControl", request_)["status"] == "Rejected"
    assert at.order("GetDERControl", {"requestId": 1}) == {"status": "NotFound"}


def test_the_number_of_controls_is_limited_and_a_report_has_them_all(operate: Operate) -> None:
    at = operate(V21, STATION)
    far = at.bench.now + 3600 * SECOND
    for number in range(MOST_CONTROLS):
        assert at.order("SetDERControl", flat(f"d{number}", 50), 0.1)["status"] == "Accepted"
        assert at.order("SetDERControl", flat(f"s{number}", 50, start=far), 0.1)["status"] == "Accepted"
    assert at.order("SetDERControl", flat("more", 50)) == {"status": "Rejected"}
    assert at.order("SetDERControl", flat("d0", 60))["status"] == "Accepted"  # it takes the place of the old one
    assert len(report(at)) == 2 * MOST_CONTROLS


def test_types_that_the_profile_does_not_name_are_not_supported(operate: Operate) -> None:
    profile = station_profile('[grid]\nfrequency = 60\nder = ["FreqWatt"]', "x")
    at = operate(V21, profile.settings)
    assert at.charge_point.device.der.frequency == 60
    trip = curve("t", [(1.0, 62.0)], kind="HFMustTrip", unit="Not_Applicable")
    assert at.order("SetDERControl", trip) == {"status": "NotSupported"}
    wanted = {"requestId": 1, "controlType": "VoltVar"}
    assert at.order("GetDERControl", wanted) == {"status": "NotSupported"}
