"""The clock of the machine is set while charge point and central system run. Times of day change, spans of time do not.

A user would wait an hour for a heartbeat, a meter value or a retry.
"""

from __future__ import annotations

from itertools import cycle
from typing import Any

import pytest

from ocpptui.ocpp.date_times import time_of
from ocpptui.ocpp.payload import object_at
from ocpptui.ocpp.version import Role, Version
from ocpptui.simulator.behaviour_settings import CentralSystemSettings, ChargePointSettings
from ocpptui.simulator.central_system_behaviour import CentralSystemBehaviour
from ocpptui.simulator.charge_point_behaviour import ChargePointBehaviour
from ocpptui.simulator.demo_script import DemoCentralSystem, DemoChargePoint
from ocpptui.simulator.registrations import RegistrationPlan
from tests.simulator.conftest import Operate, SimulatedWire

SECOND = 1_000_000
HOUR = 3600 * SECOND
JUMPS = [-HOUR, HOUR, 24 * HOUR, -24 * HOUR, 87_660 * HOUR, -87_660 * HOUR]
Orders = list[tuple[float, str]]
"""Seconds to wait, and what happens then."""

SCRIPTS: dict[str, Orders] = {
    "heartbeats": [(60, "")],
    "a charge": [(5, "start"), (60, "stop"), (30, "")],
    "a charge whose messages get no answer": [(5, "deaf"), (1, "start"), (400, "hearing"), (200, "")],
    "a charge whose end gets no answer": [(5, "start"), (20, "stop and deaf"), (400, "hearing"), (100, "")],
    "a lost connection": [(5, "start"), (20, "lose"), (60, "reset"), (60, "")],
    "a reset that waits": [(5, "start"), (9, "reset and deaf"), (60, "hearing"), (60, "")],
    "an upload": [(5, "log"), (1, "log"), (20, "")],
    "a registration without an answer": [(0, "deaf"), (500, "hearing"), (300, "")],
    "a call that nobody gives up": [(0, "patient"), (5, "deaf"), (1, "start"), (800, "hearing"), (300, "")],
    "a pending registration": [(0, "Pending"), (70, "Accepted"), (70, "")],
    "a rejected registration": [(0, "Rejected"), (70, "Accepted"), (70, "")],
    "the demo": [(60, "")],
}
OFTEN = 0.7
"""Seconds after which the clock is set again."""


class Played:
    """Two sides that play a script while somebody sets the clock again and again, or not."""

    def __init__(self, version: Version, script: str, jumps: list[int]) -> None:
        self.version = version
        self.settings = CentralSystemSettings(interval=11)
        own = ChargePointSettings(meter_interval=7, retry_interval=5)
        sides = (
            (DemoChargePoint(version), DemoCentralSystem(version))
            if script == "the demo"
            else (ChargePointBehaviour(version, own), CentralSystemBehaviour(version, self.settings))
        )
        self.bench = SimulatedWire(version, *sides)
        self.total = 0
        self.start = self.bench.now
        self.said: list[tuple[int, str, str, int | None]] = []
        """When, in microseconds that really passed, who said what, and how long the car has charged by then."""
        forever = cycle(jumps)
        for seconds, order in SCRIPTS[script]:
            while seconds > 0:
                span = min(seconds, OFTEN)
                self.bench.run(span)
                seconds -= span
                self._collect()
                by = next(forever)
                self.total += by
                self.bench.set_clock(by)
            for one in order.split(" and "):
                self._order(one)
            self._collect()

    def _collect(self) -> None:
        start = self.start + self.total
        for one in self.bench.said:
            charged = object_at(one.payload, "transactionInfo").get("timeSpentCharging")
            self.said.append((one.time - start, one.by.value, one.action, charged))
        self.bench.said.clear()

    def _order(self, name: str) -> None:
        """What somebody does to a running charge point."""
        is_1x, bench = self.version.generation == 1, self.bench
        payload: dict[str, Any]
        match name:
            case "deaf":
                bench.drop = lambda said: said.by is Role.CENTRAL_SYSTEM
            case "hearing":
                bench.drop = lambda said: False
            case "patient":
                setattr(bench, "TIMEOUT", HOUR)  # noqa: B010 - for this one alone
            case "lose":
                bench.lose_connection()
            case "Pending" | "Rejected" | "Accepted":
                central = bench.sides[Role.CENTRAL_SYSTEM].behaviour
                assert isinstance(central, CentralSystemBehaviour)
                central.memory.registrations.change(RegistrationPlan(name))
            case "start":
                token = {"idToken": "ABC", "type": "Central"}
                payload = {"idTag": "ABC"} if is_1x else {"idToken": token, "remoteStartId": 1}
                bench.call(
                    Role.CENTRAL_SYSTEM, "RemoteStartTransaction" if is_1x else "RequestStartTransaction", payload
                )
            case "stop":
                behaviour = bench.sides[Role.CHARGE_POINT].behaviour
                assert isinstance(behaviour, ChargePointBehaviour)
                (charge,) = behaviour.device.running()
                payload = {"transactionId": int(charge.transaction) if is_1x else charge.transaction}
                action = "RemoteStopTransaction" if is_1x else "RequestStopTransaction"
                bench.call(Role.CENTRAL_SYSTEM, action, payload)
            case "log":
                where = "ftp://example.com"
                payload = {"log": {"remoteLocation": where}, "logType": "SecurityLog", "requestId": 1}
                bench.call(
                    Role.CENTRAL_SYSTEM,
                    "GetDiagnostics" if is_1x else "GetLog",
                    {"location": where} if is_1x else payload,
                )
            case "reset":
                bench.call(Role.CENTRAL_SYSTEM, "Reset", {"type": "Soft" if is_1x else "Immediate"})


@pytest.mark.parametrize("script", SCRIPTS)
def test_everything_is_said_as_if_nobody_had_set_the_clock(version: Version, script: str) -> None:
    """Whatever is planned while the clock is set, is done after the same time, to the microsecond."""
    undisturbed = Played(version, script, [0]).said
    assert len(undisturbed) > 5
    assert Played(version, script, [-HOUR, 24 * HOUR, -87_660 * HOUR, 87_000 * HOUR]).said == undisturbed


@pytest.mark.parametrize("by", JUMPS)
def test_what_is_written_is_by_the_new_clock(version: Version, by: int) -> None:
    """A backend would get times of yesterday."""
    central = CentralSystemBehaviour(version, CentralSystemSettings(interval=11))
    bench = SimulatedWire(version, ChargePointBehaviour(version), central).run(5)
    bench.set_clock(by)
    bench.said.clear()
    bench.run(12)
    (heartbeat,) = bench.calls(Role.CHARGE_POINT, "Heartbeat")
    answered = time_of(bench.answer_of(heartbeat).payload["currentTime"])
    assert answered is not None
    assert abs(answered - heartbeat.time) < SECOND


def test_what_is_planned_for_a_time_of_day_is_done_at_that_time(operate: Operate, version: Version) -> None:
    """A reservation ends by the calendar, and not by how long it was to last."""
    operated = operate(version)
    expiry = "2026-11-22T12:00:00Z"
    if version is Version.V16:
        reservation: dict[str, Any] = {"connectorId": 1, "expiryDate": expiry, "idTag": "A", "reservationId": 1}
    else:
        reservation = {"id": 1, "expiryDateTime": expiry, "evseId": 1, "idToken": {"idToken": "A", "type": "Central"}}
    assert operated.order("ReserveNow", reservation)["status"] == "Accepted"
    assert operated.statuses()[-1][1] == "Reserved"
    operated.bench.set_clock(24 * HOUR)
    operated.bench.run(1)
    assert operated.statuses()[-1][1] == "Available"
