"""Dynamic charging profiles of 2.1. If these fail, a backend that steers charge by charge sees no car follow."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ocpptui.ocpp.json_encoding import JSON, parse
from ocpptui.ocpp.message import Malformed, Message
from ocpptui.ocpp.version import Role, Version
from ocpptui.simulator.behaviour_settings import ChargePointSettings
from ocpptui.simulator.central_system_behaviour import CentralSystemBehaviour
from ocpptui.simulator.dynamic_profiles import PULL
from ocpptui.simulator.effects import Effect, SendAnswer
from tests.simulator.call_scenes import current
from tests.simulator.conftest import SECOND

if TYPE_CHECKING:
    from tests.simulator.conftest import Operate, Operated

V21 = Version.V21


def dynamic(limit: float = 8.0, *, starts: tuple[int, ...] = (0,), schedules: int = 1, **more: Any) -> dict[str, Any]:
    periods = [{"startPeriod": start, "limit": limit} for start in starts]
    schedule = {"chargingRateUnit": "A", "chargingSchedulePeriod": periods}
    content = {"id": 5, "stackLevel": 0, "chargingProfilePurpose": "TxDefaultProfile", "chargingProfileKind": "Dynamic"}
    numbered = [{"id": number, **schedule} for number in range(schedules)]
    return {"evseId": 1, "chargingProfile": {**content, "chargingSchedule": numbered, **more}}


def install(at: Operated, request: dict[str, Any]) -> str:
    return str(at.order("SetChargingProfile", request, 10)["status"])


class SteeringCentralSystem(CentralSystemBehaviour):
    """Answers each PullDynamicScheduleUpdate with the next of these payloads."""

    def __init__(self, *payloads: dict[str, Any]) -> None:
        super().__init__(V21)
        self._payloads = iter(payloads)

    def received(self, frame: Message | Malformed, action: str, now: int) -> list[Effect]:
        if action == PULL and isinstance(frame, Message):
            return [SendAnswer(frame, next(self._payloads, {"status": "Rejected"}))]
        return super().received(frame, action, now)


def test_one_of_another_form_is_refused(operate: Operate) -> None:
    """K28.FR.01 to K28.FR.03."""
    at = operate(V21)
    for request in (dynamic(starts=(0, 60)), dynamic(starts=(5,)), dynamic(schedules=2)):
        assert install(at, request) == "Rejected"
    assert install(at, dynamic()) == "Accepted"


def test_the_station_asks_at_its_interval_and_follows_the_answer(operate: Operate) -> None:
    at = operate(V21, ChargePointSettings(connectors=1, meter_interval=0))
    at.bench.sides[Role.CENTRAL_SYSTEM].behaviour = SteeringCentralSystem(
        {"status": "Accepted", "scheduleUpdate": {"limit": 12.0}},
        {"status": "Rejected"},
        {"status": "Accepted", "scheduleUpdate": {"limit": 6.0}},
    )
    at.start()
    assert install(at, dynamic(dynUpdateInterval=30)) == "Accepted"
    assert current(at) == 8.0
    at.bench.run(25)
    assert current(at) == 12.0
    at.bench.run(30)
    assert current(at) == 12.0  # the central system did not know better
    at.bench.run(30)
    assert current(at) == 6.0
    first, second, third = (said.time for said in at.told(PULL))
    assert abs(second - first - 30 * SECOND) < SECOND
    assert abs(third - second - 30 * SECOND) < SECOND
    content = next(iter(at.charge_point.device.profiles)).content
    assert "dynUpdateTime" in content
    at.order("ClearChargingProfile", {"chargingProfileId": 5})
    at.bench.run(120)
    assert len(at.told(PULL)) == 3


def test_an_update_from_the_central_system_makes_it_ask_later(operate: Operate) -> None:
    at = operate(V21)
    install(at, dynamic(dynUpdateInterval=30))
    at.bench.run(15)
    update = {"chargingProfileId": 5, "scheduleUpdate": {"limit": 10.0}}
    assert at.order("UpdateDynamicSchedule", update, 20) == {"status": "Accepted"}
    assert not at.told(PULL)
    at.bench.run(15)
    assert len(at.told(PULL)) == 1
    composite = at.order("GetCompositeSchedule", {"evseId": 1, "duration": 60, "chargingRateUnit": "A"})
    assert composite["schedule"]["chargingSchedulePeriod"] == [{"startPeriod": 0, "limit": 10.0}]


def test_offline_it_keeps_the_last_limit_and_asks_once_when_it_is_back(operate: Operate) -> None:
    at = operate(V21)
    at.start()
    install(at, dynamic(dynUpdateInterval=30))
    at.bench.lose_connection(300)
    at.bench.run(299)
    assert current(at) == 8.0
    assert not at.told(PULL)
    at.bench.run(10)
    assert len(at.told(PULL)) == 1


def test_an_answer_that_is_none_changes_nothing(operate: Operate) -> None:
    at = operate(V21)
    at.start()
    install(at, dynamic())
    sent = {"chargingProfileId": 5}
    for update in ({}, {"limit": 9.0, "setpoint": 1.0}, {"dischargeLimit": -5.0}):
        text = JSON.result("x", json.dumps({"status": "Accepted", "scheduleUpdate": update}))
        answer = parse(text)
        assert isinstance(answer, Message)
        at.charge_point.device.dynamic.answered(sent, answer, at.bench.now)
    at.charge_point.device.dynamic.answered(sent, None, at.bench.now)
    at.bench.run(5)
    assert current(at) == 8.0
