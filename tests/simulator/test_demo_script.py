"""The demo. If these fail, `ocpptui demo` shows less than a charge, or something that is not OCPP."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ocpptui.ocpp.message import MessageKind
from ocpptui.ocpp.version import Role, Version
from ocpptui.session.station_profiles import with_connectors
from ocpptui.simulator.demo_script import DemoCentralSystem, DemoChargePoint
from ocpptui.simulator.station_profile import station_profile

if TYPE_CHECKING:
    from tests.simulator.conftest import SimulatedWire

PROFILES = Path(__file__).parents[2] / "ocpptui" / "simulator" / "profiles"
CP, CS = Role.CHARGE_POINT, Role.CENTRAL_SYSTEM


def demo(bench: type[SimulatedWire], version: Version, pace: float = 1.0) -> SimulatedWire:
    return bench(version, DemoChargePoint(version, pace), DemoCentralSystem(version, pace))


def test_ten_seconds_show_a_charge_and_a_call_of_the_central_system(
    bench: type[SimulatedWire], version: Version
) -> None:
    run = demo(bench, version).run(9.5)
    seen = {said.action for said in run.calls(CP)}
    transaction = "StartTransaction" if version is Version.V16 else "TransactionEvent"
    assert {"BootNotification", "StatusNotification", "Authorize", transaction, "MeterValues", "Heartbeat"} <= seen
    assert len(run.calls(CS)) >= 3
    for said in run.calls(CP) + run.calls(CS):
        if said.time < run.now - run.LATENCY * 2:
            assert run.answer_of(said).kind is MessageKind.CALLRESULT, said


def test_hours_of_the_demo_are_valid_to_the_last_frame(bench: type[SimulatedWire], version: Version) -> None:
    """The user would see invalid frames; the bench checks every call and answer."""
    run = demo(bench, version, 10).run(3 * 3600)
    assert len(run.said) > 1500
    starts = run.calls(CP, "StartTransaction")
    stops = run.calls(CP, "StopTransaction")
    if version is not Version.V16:
        events = run.calls(CP, "TransactionEvent")
        starts = [said for said in events if said.payload["eventType"] == "Started"]
        stops = [said for said in events if said.payload["eventType"] == "Ended"]
    assert len(starts) > 50
    assert 0 <= len(starts) - len(stops) <= 2
    remote = "RemoteStartTransaction" if version is Version.V16 else "RequestStartTransaction"
    answers = [run.answer_of(said).payload["status"] for said in run.calls(CS, remote)[:-1]]
    assert set(answers) == {"Accepted"}
    assert not [said for said in run.said if said.frame.kind is MessageKind.CALLERROR]


def test_the_demo_is_the_same_every_time(bench: type[SimulatedWire], version: Version) -> None:
    first, second = (demo(bench, version).run(120) for _ in range(2))
    assert [said.frame.raw for said in first.said] == [said.frame.raw for said in second.said]


@pytest.mark.parametrize("pace", [0.2, 5.0])
def test_the_pace_sets_the_interval_of_the_meter_values(bench: type[SimulatedWire], pace: float) -> None:
    run = demo(bench, Version.V16, pace).run(20 * pace)
    times = [said.time for said in run.calls(CP, "MeterValues") if said.payload["connectorId"] == 1]
    gaps = [later - earlier for earlier, later in zip(times[:6], times[1:6], strict=False)]
    assert all(abs(gap - pace * 1e6) <= 0.2e6 for gap in gaps)


def test_the_demo_continues_after_a_lost_connection(bench: type[SimulatedWire], version: Version) -> None:
    run = demo(bench, version).run(30)
    run.lose_connection()
    run.said.clear()
    run.run(30)
    assert run.calls(CS)
    assert run.calls(CP, "MeterValues", "TransactionEvent")


@pytest.mark.parametrize("name", sorted(file.stem for file in PROFILES.glob("*.toml")))
def test_any_built_in_charge_point_is_in_the_demo(bench: type[SimulatedWire], name: str) -> None:
    profile = station_profile((PROFILES / f"{name}.toml").read_text(encoding="utf-8"), name)
    version = (profile.versions or (Version.V16,))[0]
    built = with_connectors(profile.settings, max(2, profile.settings.connectors))
    run = bench(version, DemoChargePoint(version, 1.0, built), DemoCentralSystem(version, 1.0)).run(30)
    seen = {said.action for said in run.calls(CP)}
    assert seen & {"StartTransaction", "TransactionEvent"} and "MeterValues" in seen
    assert profile.settings.model in run.calls(CP, "BootNotification")[0].frame.raw


def test_a_charge_point_with_a_schedule_has_no_other_drivers(bench: type[SimulatedWire]) -> None:
    """Two drivers at one cable would get into each other's way."""
    profile = station_profile("[[connectors]]\n[[connectors]]\n[[schedule]]\nat = 5\ndo = 'plug-in'", "mine")
    charge_point = DemoChargePoint(Version.V16, 1.0, profile.settings)
    run = bench(Version.V16, charge_point, DemoCentralSystem(Version.V16, 1.0)).run(12)
    said = [one.payload["status"] for one in run.calls(CP, "StatusNotification") if one.payload["connectorId"] == 1]
    assert said == ["Available", "Preparing"]
    assert not run.calls(CP, "Authorize")
