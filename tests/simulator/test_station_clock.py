"""The clock of the simulated charge point. If these fail, a backend that trusts the times of its chargers cannot be
tried against one whose clock it has to set."""

from __future__ import annotations

import json

import pytest

from ocpptui.ocpp.date_times import DAY, HOUR, SECOND, date_time, time_of
from ocpptui.ocpp.json_encoding import parse
from ocpptui.ocpp.message import Malformed, Message
from ocpptui.ocpp.version import Role, Version
from ocpptui.simulator.behaviour_settings import ChargePointSettings
from ocpptui.simulator.central_system_behaviour import CentralSystemBehaviour
from ocpptui.simulator.charge_point_behaviour import ChargePointBehaviour
from ocpptui.simulator.driver_side import Operation
from ocpptui.simulator.effects import Effect
from ocpptui.simulator.equipment import Equipment, Outlet
from ocpptui.simulator.station_clock import TOLERANCE, StationClock
from tests.simulator.conftest import START, Operate, Operated, SentMessage, SimulatedWire

JUMPS = [HOUR, -HOUR, DAY, -3650 * DAY]


def heartbeat_answer(time: int) -> Message:
    frame = parse(json.dumps([3, "1", {"currentTime": date_time(time)}]))
    assert isinstance(frame, Message)
    return frame


@pytest.mark.parametrize("by", [-DAY, -3 * SECOND, 3 * SECOND, 400 * DAY])
def test_an_answer_sets_it(by: int) -> None:
    clock = StationClock()
    clock.asked("Heartbeat", START)
    assert clock.answered("Heartbeat", heartbeat_answer(START + by), START) == by
    assert clock.ahead == by
    clock.asked("Heartbeat", START + by)
    assert clock.answered("Heartbeat", heartbeat_answer(START + by), START + by) == 0


@pytest.mark.parametrize("waited", [0, 20 * SECOND])
def test_a_late_answer_is_not_another_time(waited: int) -> None:
    for told in (START - TOLERANCE, START, START + waited + TOLERANCE):
        clock = StationClock()
        clock.asked("BootNotification", START)
        assert clock.answered("BootNotification", heartbeat_answer(told), START + waited) == 0


def test_what_says_no_time_sets_nothing() -> None:
    clock = StationClock()
    error = parse('[4,"1","InternalError","",{}]')
    assert isinstance(error, Message)
    for answer in (None, error, parse('[3,"1",{"currentTime":"soon"}]'), parse('[3,"1",[]]')):
        assert answer is None or isinstance(answer, Message)
        assert clock.answered("Heartbeat", answer, START) == 0
    assert clock.answered("Authorize", heartbeat_answer(START + DAY), START) == 0


def test_once_set_it_does_not_follow_the_machine() -> None:
    clock = StationClock()
    assert clock.machine_set(DAY) == DAY
    clock.asked("Heartbeat", START)
    clock.answered("Heartbeat", heartbeat_answer(START + DAY), START)
    assert clock.machine_set(5 * DAY) == 0
    assert clock.ahead == -4 * DAY


def test_an_answer_that_was_on_its_way_when_the_machine_was_set_sets_nothing() -> None:
    clock = StationClock()
    clock.asked("Heartbeat", START)
    assert clock.machine_set(DAY) == DAY
    assert clock.answered("Heartbeat", heartbeat_answer(START), START + DAY) == 0


def wrong_by(operated: Operated, by: int) -> None:
    """From now on, the clock of the central system is another one."""
    central = operated.bench.sides[Role.CENTRAL_SYSTEM].behaviour
    received = central.received

    def shifted(frame: object, action: str, now: int) -> object:
        return received(frame, action, now + by)  # type: ignore[arg-type]

    central.received = shifted  # type: ignore[method-assign, assignment]


def stamp(said: SentMessage) -> int:
    payload = said.payload
    return time_of(payload.get("timestamp") or payload["meterValue"][0]["timestamp"]) or 0


@pytest.mark.parametrize("by", [-DAY, DAY])
def test_spans_of_time_stay_when_it_is_set(operate: Operate, version: Version, by: int) -> None:
    """Meter values keep their interval, and a reservation ends at its time of day."""
    operated = operate(version)
    operated.start()
    operated.bench.run(50)
    wrong_by(operated, by)
    operated.order("TriggerMessage", {"requestedMessage": "Heartbeat"})
    operated.bench.run(125)
    readings = [said for said in operated.told("MeterValues", "TransactionEvent") if "meterValue" in said.payload]
    last, before = readings[-1], readings[-2]
    assert last.time - before.time == 60 * SECOND
    assert stamp(last) - last.time == pytest.approx(by, abs=SECOND)
    expiry = date_time(operated.bench.now + by + 30 * SECOND)
    request = (
        {"connectorId": 2, "reservationId": 5, "expiryDate": expiry, "idTag": "DEF"}
        if version is Version.V16
        else {"evseId": 2, "id": 5, "expiryDateTime": expiry, "idToken": {"idToken": "DEF", "type": "Central"}}
    )
    assert operated.order("ReserveNow", request)["status"] == "Accepted"
    operated.bench.run(20)
    assert operated.statuses()[-1] == (2, "Reserved")
    operated.bench.run(10)
    assert operated.statuses()[-1] == (2, "Available")


class Ahead(CentralSystemBehaviour):
    """A central system whose clock is ahead."""

    def __init__(self, version: Version, ahead: int) -> None:
        super().__init__(version)
        self.ahead = ahead

    def received(self, frame: Message | Malformed, action: str, now: int) -> list[Effect]:
        return super().received(frame, action, now + self.ahead)


def a_charge(version: Version, ahead: int, **quirks: float) -> SimulatedWire:
    """Ten minutes with a charge, with a central system whose clock is ahead."""
    equipment = Equipment((Outlet(),), quirks=quirks)
    own = ChargePointSettings(equipment=equipment, heartbeat_interval=100, meter_interval=20)
    charge_point = ChargePointBehaviour(version, own)
    wire = SimulatedWire(version, charge_point, Ahead(version, ahead))
    wire.run(5)
    for name, seconds in (("plug-in", 5), ("card", 300), ("card", 5), ("unplug", 285)):
        outcome = charge_point.operate(Operation(name, 1), wire.now)
        wire.perform(Role.CHARGE_POINT, outcome.effects)
        wire.run(seconds)
    return wire


def said(wire: SimulatedWire) -> list[tuple[int, str]]:
    """What the charge point called, and when by the clock of the session; not that it has set its clock."""
    calls = wire.calls(Role.CHARGE_POINT)
    return [(call.time, call.action) for call in calls if call.action != "SecurityEventNotification"]


def times(wire: SimulatedWire) -> list[int]:
    """How far the times of its messages are ahead of the moments at which they were sent."""
    found = [
        (call.time, time_of(call.payload["timestamp"]))
        for call in wire.calls(Role.CHARGE_POINT)
        if "timestamp" in call.payload
    ]
    return [told - time for time, told in found if told is not None]


@pytest.mark.parametrize("ahead", JUMPS)
def test_its_times_follow_the_central_system_and_its_timers_do_not(version: Version, ahead: int) -> None:
    plain, other = a_charge(version, 0), a_charge(version, ahead)
    assert said(other) == said(plain)
    assert all(abs(time - ahead) < TOLERANCE for time in times(other))
    assert times(other)
    [event] = other.calls(Role.CHARGE_POINT, "SecurityEventNotification")
    assert event.payload["type"] == "SettingSystemTime"


def test_a_clock_that_is_wrong_at_first_is_set(version: Version) -> None:
    wire = a_charge(version, 0, **{"clock-starts-off": 5.0})
    assert said(wire) == said(a_charge(version, 0))
    assert all(abs(time) < TOLERANCE for time in times(wire))
