"""The clock of the simulated charge point. If these fail, a backend that trusts the times of its chargers cannot be
tried against one whose clock it has to set."""

from __future__ import annotations

import json

import pytest

from ocpptui.ocpp.date_times import DAY, SECOND, date_time, time_of
from ocpptui.ocpp.json_encoding import parse
from ocpptui.ocpp.message import Message
from ocpptui.ocpp.version import Role, Version
from ocpptui.simulator.station_clock import TOLERANCE, StationClock
from tests.simulator.conftest import START, Operate, Operated, SentMessage


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
    clock.answered("Heartbeat", heartbeat_answer(START + DAY), START)
    assert clock.machine_set(5 * DAY) == 0
    assert clock.ahead == -4 * DAY


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
