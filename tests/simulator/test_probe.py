"""The questions after a connection. If these fail, a charge point that says nothing stays unknown."""

from __future__ import annotations

from typing import Any

import pytest

from ocpptui.ocpp.message import MessageKind
from ocpptui.ocpp.version import Role, Version
from ocpptui.simulator.behaviour_settings import CentralSystemSettings, ChargePointSettings
from ocpptui.simulator.central_system_behaviour import CentralSystemBehaviour
from ocpptui.simulator.charge_point_behaviour import ChargePointBehaviour
from ocpptui.simulator.registrations import RegistrationPlan
from tests.simulator.conftest import SimulatedWire

CP, CS = Role.CHARGE_POINT, Role.CENTRAL_SYSTEM


def wire(
    version: Version, plan: RegistrationPlan | None = None, **own: Any
) -> tuple[SimulatedWire, CentralSystemBehaviour]:
    settings = CentralSystemSettings(probe=True, registration=plan or RegistrationPlan(), interval=60)
    central = CentralSystemBehaviour(version, settings, charge_point="CP1")
    return SimulatedWire(version, ChargePointBehaviour(version, ChargePointSettings(**own)), central), central


def asked(bench: SimulatedWire) -> list[str]:
    """What the central system asked, in short."""
    found = []
    for said in bench.calls(CS):
        evse = said.payload.get("evse", {})
        place = f" {evse['id']}.{evse['connectorId']}" if evse else ""
        found.append(f"{said.action} {said.payload.get('requestedMessage', '')}{place}".strip())
    return found


def questions(version: Version, *, boots: bool = False) -> list[str]:
    boot = ["TriggerMessage BootNotification"] if boots else []
    if version is Version.V16:
        return ["GetConfiguration", *boot, "TriggerMessage StatusNotification"]
    states = [f"TriggerMessage StatusNotification {evse}.1" for evse in (1, 2)]
    return ["GetBaseReport", *boot, *states]


def test_a_charge_point_that_boots_is_asked_once_it_is_accepted(version: Version) -> None:
    bench, _ = wire(version, connectors=2)
    bench.run(30)
    assert bench.said[0].action == "BootNotification"
    assert asked(bench) == questions(version)


def test_one_question_follows_the_answer_to_the_other(version: Version) -> None:
    bench, _ = wire(version, connectors=2)
    bench.run(30)
    in_flight = 0
    for said in bench.said:
        if said.by is CS and said.frame.kind is MessageKind.CALL:
            in_flight += 1
        elif said.by is CP and said.frame.kind.is_answer:
            in_flight -= 1
        assert in_flight <= 1


def test_after_a_reconnect_it_is_asked_again_without_a_boot(version: Version) -> None:
    """A charge point that only reconnects does not boot; a registered one would refuse to."""
    bench, _ = wire(version, connectors=2)
    bench.run(30)
    bench.said.clear()
    bench.lose_connection()
    bench.run(30)
    assert asked(bench) == questions(version)


def test_a_silent_charge_point_is_asked_to_boot(version: Version) -> None:
    """One that was registered by an earlier central system says nothing at all after it has connected."""
    bench, central = wire(version, connectors=2)
    bench.drop = lambda said: said.action == "BootNotification" and said.frame.kind is MessageKind.CALL
    bench.run(4)
    assert asked(bench) == []
    bench.run(1.5)
    bench.drop = lambda said: False
    bench.run(60)
    assert asked(bench) == questions(version, boots=True)
    assert central.registration == "Accepted"


def test_a_rejected_charge_point_is_asked_nothing(version: Version) -> None:
    bench, _ = wire(version, RegistrationPlan("Rejected"), connectors=2)
    bench.run(50)
    assert asked(bench) == []
    bench.lose_connection()
    bench.run(50)
    assert asked(bench) == []


def test_it_is_asked_once_it_is_no_more_rejected(version: Version) -> None:
    bench, _ = wire(version, RegistrationPlan("Rejected", 1), connectors=2)
    bench.run(150)
    assert asked(bench) == questions(version)


def test_a_pending_charge_point_is_asked_for_its_configuration(version: Version) -> None:
    bench, _ = wire(version, RegistrationPlan("Pending"), connectors=2)
    bench.run(50)
    assert asked(bench) == questions(version), "it has booted and will again"
    if version is not Version.V16:
        assert bench.calls(CP, "NotifyReport"), "its reports are not refused"
        answers = [said.frame.kind for said in bench.said if said.action == "NotifyReport" and said.by is CS]
        assert set(answers) == {MessageKind.CALLRESULT}


@pytest.mark.parametrize("version", [Version.V201, Version.V21], ids=str)
def test_a_report_that_stays_away_is_not_waited_for(version: Version) -> None:
    bench, _ = wire(version, connectors=2)
    bench.drop = lambda said: said.action == "NotifyReport"
    bench.run(100)
    assert asked(bench) == ["GetBaseReport", "TriggerMessage StatusNotification 1.1"]


def test_questions_without_an_answer_are_given_up(version: Version) -> None:
    bench, _ = wire(version, connectors=2)
    bench.drop = lambda said: said.by is CP and said.frame.kind.is_answer
    bench.run(200)
    assert asked(bench)[-1].startswith("TriggerMessage StatusNotification")
    assert bench.sides[CS].behaviour.wakeup() is None


def test_a_clock_that_is_set_delays_nothing(version: Version) -> None:
    bench, _ = wire(version, connectors=2)
    bench.drop = lambda said: said.by is CP
    bench.run(1)
    bench.set_clock(-3_600_000_000)
    bench.run(6)
    assert asked(bench)[0] == questions(version)[0]
