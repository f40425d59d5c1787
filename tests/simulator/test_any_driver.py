"""Drivers who do anything at any time. If these fail, the simulator breaks OCPP, or a rule rings for what is right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ocpptui.ocpp.version import Transport, Version
from ocpptui.simulator.behaviour_settings import ChargePointSettings
from ocpptui.simulator.driver_side import KINDS
from tests.kit.partial_recordings import problems_of
from tests.kit.simulated_records import records_of

if TYPE_CHECKING:
    from tests.simulator.conftest import Operate

ARGUMENTS = {
    "plug-in": ("", "99.99"),
    "card": ("", "OTHER"),
    "fault": ("GroundFailure", "ReaderFailure"),
    "grid-frequency": ("50.5",),
    "power-loss": ("3",),
    "offline": ("20", ""),
}
OPERATIONS = st.sampled_from([(kind.name, each) for kind in KINDS for each in ARGUMENTS.get(kind.name, ("",))])
STEPS = st.lists(st.tuples(OPERATIONS, st.sampled_from((0.0, 0.03, 0.05, 1.0, 30.0, 90.0))), min_size=1, max_size=12)
TWO = ChargePointSettings(meter_interval=20, connectors=2)
ON_PURPOSE = ("status.fault", "conn.", "rpc.unanswered", "boot.repeated")
"""What somebody may cause: faults, lost connections with the calls on their way, restarts right after each other."""


@given(STEPS, st.sampled_from([*Version.offered(Transport.JSON)]))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_whatever_a_driver_does_nothing_is_wrong_with_the_messages(
    operate: Operate, steps: list[tuple[tuple[str, str], float]], version: Version
) -> None:
    operated = operate(version, TWO)
    for (name, argument), seconds in steps:
        operated.operate(name, 0, argument, seconds)
    operated.operate("online", seconds=300)
    operated.bench.said[:0] = operated.boot
    problems = problems_of(records_of(operated.bench), "")
    found = [problem for problem in problems if not problem[0].startswith(ON_PURPOSE)]
    assert not found, (steps, found, operated.story())
