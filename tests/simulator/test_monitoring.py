"""Monitors of variables. If these fail, a backend that watches a charging station hears nothing when it should."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from ocpptui.ocpp.date_times import time_of
from ocpptui.ocpp.version import Role, Version
from ocpptui.simulator.behaviour_settings import ChargePointSettings
from ocpptui.simulator.effects import SendAnswer
from tests.simulator.conftest import SECOND

if TYPE_CHECKING:
    from tests.simulator.conftest import Operate, Operated

TWO = [Version.V201, Version.V21]
HEARTBEAT = {"component": {"name": "OCPPCommCtrlr"}, "variable": {"name": "HeartbeatInterval"}}
AVAILABILITY = {
    "component": {"name": "Connector", "evse": {"id": 1, "connectorId": 1}},
    "variable": {"name": "AvailabilityState"},
}
POWER = {"component": {"name": "EVSE", "evse": {"id": 1}}, "variable": {"name": "Power"}}


def monitor(operated: Operated, kind: str, value: float, place: dict[str, Any], **more: Any) -> dict[str, Any]:
    item = {"type": kind, "value": value, "severity": 4, **place, **more}
    answer = operated.order("SetVariableMonitoring", {"setMonitoringData": [item]}, 0.5)
    result: dict[str, Any] = answer["setMonitoringResult"][0]
    return result


def put(operated: Operated, value: int) -> None:
    operated.order("SetVariables", {"setVariableData": [{**HEARTBEAT, "attributeValue": str(value)}]}, 1)


def events(operated: Operated) -> list[dict[str, Any]]:
    return [event for said in operated.told("NotifyEvent") for event in said.payload["eventData"]]


@pytest.mark.parametrize("version", TWO)
def test_a_threshold_rings_once_and_is_cleared(operate: Operate, version: Version) -> None:
    """N07.FR.16 to N07.FR.19."""
    operated = operate(version)
    put(operated, 300)
    assert monitor(operated, "UpperThreshold", 400, HEARTBEAT)["status"] == "Accepted"
    for value in (500, 600, 300):
        put(operated, value)
    told = [(event["trigger"], event["actualValue"], event.get("cleared", False)) for event in events(operated)]
    assert told == [("Alerting", "500", False), ("Alerting", "300", True)]
    assert events(operated)[0]["variableMonitoringId"] == 1
    assert events(operated)[0]["eventNotificationType"] == "CustomMonitor"


@pytest.mark.parametrize("version", TWO)
def test_a_delta_follows_numbers_and_states(operate: Operate, version: Version) -> None:
    operated = operate(version, ChargePointSettings(connectors=1))
    put(operated, 300)
    monitor(operated, "Delta", 50, HEARTBEAT)
    monitor(operated, "Delta", 1, AVAILABILITY, severity=2)
    for value in (320, 349, 350, 300):
        put(operated, value)
    operated.operate("plug-in")
    assert [event["actualValue"] for event in events(operated)] == ["350", "300", "Occupied"]
    assert {event["trigger"] for event in events(operated)} == {"Delta"}


@pytest.mark.parametrize("version", TWO)
def test_periodic_monitors_report_what_is_measured(operate: Operate, version: Version) -> None:
    operated = operate(version, ChargePointSettings(connectors=1, meter_interval=0))
    operated.start()
    monitor(operated, "Periodic", 2, POWER)
    operated.bench.run(9)
    told = events(operated)
    assert len(told) == 4
    assert all(float(event["actualValue"]) > 5_000 for event in told)


@pytest.mark.parametrize("version", TWO)
def test_clock_aligned_monitors_report_by_the_clock(operate: Operate, version: Version) -> None:
    operated = operate(version)
    monitor(operated, "PeriodicClockAligned", 10, HEARTBEAT)
    operated.bench.run(35)
    times = [time_of(event["timestamp"]) or 1 for event in events(operated)]
    assert len(times) >= 3
    assert [time % (10 * SECOND) for time in times] == [0] * len(times)


@pytest.mark.parametrize("version", TWO)
def test_the_level_silences_what_is_less_severe(operate: Operate, version: Version) -> None:
    """N05: a higher number is less severe."""
    operated = operate(version)
    put(operated, 300)
    monitor(operated, "UpperThreshold", 400, HEARTBEAT, severity=6)
    assert operated.order("SetMonitoringLevel", {"severity": 5})["status"] == "Accepted"
    put(operated, 500)
    assert not events(operated)
    operated.order("SetMonitoringLevel", {"severity": 9})
    put(operated, 300)
    assert len(events(operated)) == 1


@pytest.mark.parametrize("version", TWO)
def test_a_cleared_monitor_is_silent(operate: Operate, version: Version) -> None:
    operated = operate(version)
    number = monitor(operated, "Periodic", 2, HEARTBEAT)["id"]
    operated.order("ClearVariableMonitoring", {"id": [number]}, 20)
    assert len(events(operated)) <= 2


@pytest.mark.parametrize("kind", ["TargetDelta", "TargetDeltaRelative"])
def test_kinds_that_are_not_served_are_refused(operate: Operate, kind: str) -> None:
    assert monitor(operate(Version.V21), kind, 1, HEARTBEAT)["status"] == "UnsupportedMonitorType"


def test_only_a_periodic_monitor_has_a_stream(operate: Operate) -> None:
    stream = {"periodicEventStream": {"interval": 5, "values": 10}}
    assert monitor(operate(Version.V21), "Delta", 1, POWER, **stream)["status"] == "UnsupportedMonitorType"


def streamed(operated: Operated) -> list[list[str]]:
    """The values in each message of a stream."""
    told = operated.told("NotifyPeriodicEventStream")
    return [[one["v"] for one in said.payload["data"]] for said in told]


@pytest.mark.parametrize(("params", "sizes"), [({"interval": 10}, {5}), ({"values": 3}, {3}), ({}, {1})])
def test_a_stream_is_opened_and_sends_its_values_together(
    operate: Operate, params: dict[str, int], sizes: set[int]
) -> None:
    """2.1 N11: not one by one with NotifyEvent."""
    operated = operate(Version.V21)
    number = monitor(operated, "Periodic", 2, POWER, periodicEventStream=params)["id"]
    opened = operated.told("OpenPeriodicEventStream")[0].payload["constantStreamData"]
    assert opened == {"id": number, "variableMonitoringId": number, "params": params}
    operated.bench.run(60)
    assert {len(values) for values in streamed(operated)} == sizes
    assert sum(map(len, streamed(operated))) >= 27
    assert not operated.told("NotifyEvent")
    first = operated.told("NotifyPeriodicEventStream")[0].payload["data"]
    assert [one["t"] for one in first] == [2.0 * place for place in range(len(first))]
    operated.order("ClearVariableMonitoring", {"id": [number]})
    assert operated.told("ClosePeriodicEventStream")[0].payload == {"id": number}
    sent = len(streamed(operated))
    operated.bench.run(30)
    assert len(streamed(operated)) == sent


def test_the_pace_of_a_stream_is_adjusted_and_listed(operate: Operate) -> None:
    """2.1 N12, N14."""
    operated = operate(Version.V21)
    assert operated.order("GetPeriodicEventStream") == {}
    number = monitor(operated, "Periodic", 1, POWER, periodicEventStream={"values": 2})["id"]
    assert operated.order("AdjustPeriodicEventStream", {"id": number, "params": {"values": 5}}) == {
        "status": "Accepted"
    }
    operated.bench.said.clear()
    operated.bench.run(30)
    assert {len(values) for values in streamed(operated)[1:]} == {5}
    (listed,) = operated.order("GetPeriodicEventStream")["constantStreamData"]
    assert (listed["id"], listed["params"]) == (number, {"values": 5})
    unknown = {"id": number + 1, "params": {"values": 5}}
    assert operated.order("AdjustPeriodicEventStream", unknown) == {"status": "Rejected"}


def test_a_stream_that_is_refused_leaves_its_monitor_to_events(operate: Operate) -> None:
    operated = operate(Version.V21)
    central = operated.bench.sides[Role.CENTRAL_SYSTEM].behaviour
    received = central.received

    def refusing(frame: Any, action: str, now: int) -> Any:
        if action == "OpenPeriodicEventStream":
            return [SendAnswer(frame, {"status": "Rejected"})]
        return received(frame, action, now)

    central.received = refusing  # type: ignore[method-assign]
    monitor(operated, "Periodic", 2, POWER, periodicEventStream={"values": 2})
    operated.bench.run(20)
    assert not streamed(operated)
    assert len(operated.told("NotifyEvent")) >= 9


def test_a_stream_is_opened_again_after_a_restart(operate: Operate) -> None:
    operated = operate(Version.V21)
    monitor(operated, "Periodic", 2, POWER, periodicEventStream={"values": 2})
    operated.order("Reset", {"type": "Immediate"}, 20)
    assert len(operated.told("OpenPeriodicEventStream")) == 2
    order = [said.action for said in operated.told("BootNotification", "OpenPeriodicEventStream")]
    assert order == ["OpenPeriodicEventStream", "BootNotification", "OpenPeriodicEventStream"]
    known = len(streamed(operated))
    operated.bench.run(10)
    assert len(streamed(operated)) > known


@pytest.mark.parametrize("version", TWO)
def test_the_clock_can_be_set_under_a_periodic_monitor(operate: Operate, version: Version) -> None:
    operated = operate(version)
    monitor(operated, "Periodic", 5, HEARTBEAT)
    operated.bench.run(7)
    operated.bench.set_clock(-3600 * SECOND)
    operated.bench.run(10)
    assert len(events(operated)) == 3
