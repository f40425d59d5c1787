"""Which messages go wrong, and how. If these fail, a fault that a user found cannot be had again."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ocpptui.ocpp.version import Direction, Role
from ocpptui.simulator.fault_plan import Deed, FaultPlan, FaultRule, LinkDeed, LinkFault
from ocpptui.simulator.misbehaviour import ChosenFault, Misbehaviour

RULES = st.builds(
    FaultRule,
    name=st.just("one"),
    deed=st.sampled_from(list(Deed)),
    probability=st.floats(0, 1),
    nth=st.integers(0, 5),
    every=st.integers(1, 4),
    times=st.integers(0, 4),
    seconds=st.floats(0, 10),
    jitter=st.floats(0, 10),
    direction=st.sampled_from([None, *Direction]),
)
PLANS = st.builds(FaultPlan, st.lists(RULES, max_size=5).map(tuple), st.just(()), st.integers())
TRAFFIC = st.lists(st.sampled_from(list(Direction)), max_size=40)


def faults(plan: FaultPlan, traffic: list[Direction], charge_point: str = "CP001") -> list[ChosenFault | None]:
    """What happens to these calls, which match every filter."""
    misbehaviour = Misbehaviour(plan, charge_point, Role.CENTRAL_SYSTEM)
    return [misbehaviour.fault(direction, "Heartbeat", lambda place: True) for direction in traffic]


@given(PLANS, TRAFFIC)
def test_the_same_seed_gives_the_same_faults(plan: FaultPlan, traffic: list[Direction]) -> None:
    assert faults(plan, traffic) == faults(plan, traffic)


@given(PLANS, TRAFFIC)
def test_the_other_direction_changes_nothing(plan: FaultPlan, traffic: list[Direction]) -> None:
    """Which side's call comes first is a matter of microseconds, and differs from run to run."""
    for direction in Direction:
        alone = [one for one in traffic if one is direction]
        mixed = [fault for one, fault in zip(traffic, faults(plan, traffic), strict=True) if one is direction]
        assert mixed == faults(plan, alone)


@given(RULES, RULES, TRAFFIC)
def test_a_rule_below_it_changes_nothing(first: FaultRule, second: FaultRule, traffic: list[Direction]) -> None:
    """Otherwise a user who adds a rule would lose the fault that was there."""
    both = faults(FaultPlan((first, second)), traffic)
    for alone, found in zip(faults(FaultPlan((first,)), traffic), both, strict=True):
        assert alone is None or alone == found


@given(RULES, TRAFFIC)
def test_counts_and_waits_are_what_the_rule_says(rule: FaultRule, traffic: list[Direction]) -> None:
    done: dict[Direction, list[ChosenFault]] = {direction: [] for direction in Direction}
    for direction, fault in zip(traffic, faults(FaultPlan((rule,)), traffic), strict=True):
        if fault is not None:
            done[direction].append(fault)
            assert rule.direction in (None, direction)
            assert rule.seconds <= fault.wait <= rule.seconds + rule.jitter
            assert fault.number % rule.every == 0 and rule.nth in (0, fault.number)
            assert 0 <= fault.place < 1
    for one in done.values():
        assert not rule.times or len(one) <= rule.times


def test_charge_points_differ() -> None:
    """A fleet in which all fail at once would be another test."""
    plan = FaultPlan((FaultRule(name="half", deed=Deed.ERROR, probability=0.5),))
    traffic = [Direction.TO_CSMS] * 40
    assert faults(plan, traffic, "CP001") != faults(plan, traffic, "CP002")


def test_a_link_fails_as_often_as_it_should() -> None:
    link = LinkFault(name="cut", deed=LinkDeed.DISCONNECT, every=10, jitter=5, times=2)
    waits = []
    for _ in range(2):
        misbehaviour = Misbehaviour(FaultPlan((), (link,)), "CP001", Role.CHARGE_POINT)
        [(place, found)] = misbehaviour.links
        assert found is link
        taken = []
        while (wait := misbehaviour.link_wait(place)) is not None:
            taken.append(wait)
            misbehaviour.link_done(place)
        waits.append(taken)
    assert waits[0] == waits[1] and len(waits[0]) == 2
    assert all(10 <= wait <= 15 for wait in waits[0]) and waits[0][0] != waits[0][1]
