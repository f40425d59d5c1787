"""What is saved on screen reads back. If these fail, a user's faults are others the next day, or are refused."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocpptui.ocpp.version import Role
from ocpptui.session.rules_file import (
    DIRECTIONS,
    LINK_SETTINGS,
    OF_DEEDS,
    OF_LINKS,
    RULE_SETTINGS,
    fault_from,
    parse_rules,
)
from ocpptui.session.rules_table import WrongRules
from ocpptui.session.rules_text import rules_text, settings_of
from ocpptui.simulator.fault_plan import Breakage, Deed, FaultPlan, FaultRule, LinkDeed, LinkFault, RuleSubject

TEXTS = st.text(st.characters(codec="utf-8"), max_size=8)
OBJECTS = st.dictionaries(
    TEXTS,
    st.recursive(
        st.one_of(
            TEXTS.filter(lambda text: "$" not in text),
            st.integers(-(2**63), 2**63 - 1),
            st.floats(-1e9, 1e9),
            st.booleans(),
        ),
        lambda inner: st.lists(inner, max_size=2) | st.dictionaries(TEXTS, inner, max_size=2),
        max_leaves=4,
    ),
    max_size=3,
)
SECONDS = st.floats(0.001, 86_400)
ANYTHING: dict[str, st.SearchStrategy[Any]] = {
    "name": TEXTS,
    "action": st.sampled_from(["Reset", ["Reset", "*Transaction"], "*"]),
    "direction": st.sampled_from(sorted(DIRECTIONS)),
    "message": st.sampled_from([str(form) for form in RuleSubject]),
    "filter": st.sampled_from(["", "connectorId=1", 'cp:"CP 1*" not idTag=A*']),
    "probability": st.floats(0, 1),
    "nth": st.integers(1, 9),
    "every": st.integers(1, 9),
    "times": st.integers(1, 9),
    "seconds": SECONDS,
    "jitter": SECONDS,
    "enabled": st.booleans(),
    "payload": OBJECTS,
    "code": TEXTS,
    "description": TEXTS,
    "details": OBJECTS | TEXTS,
    "reason": TEXTS,
    "how": st.sampled_from([str(how) for how in Breakage]),
    "within": SECONDS,
    "charge-point": st.sampled_from(["CP1*", ["A", "B*"]]),
}


@st.composite
def any_settings(draw: st.DrawFn) -> dict[str, Any]:
    """The settings of a rule or of a fault of the link, which may contradict each other."""
    do = draw(st.sampled_from([*Deed, *LinkDeed]))
    is_link = isinstance(do, LinkDeed)
    owners = OF_LINKS if is_link else OF_DEEDS
    names = {name for name in (LINK_SETTINGS if is_link else RULE_SETTINGS) - {"do"} if do in owners.get(name, {do})}
    names -= draw(st.sets(st.sampled_from(sorted(names))))
    kinds = dict(ANYTHING)
    if do in (Deed.CLOSE, LinkDeed.DISCONNECT):
        kinds["code"] = st.sampled_from([1000, 1001, 4999])
    if is_link:
        kinds["every"] = SECONDS
    return {"do": str(do), **{name: draw(kinds[name]) for name in sorted(names)}}


@given(
    st.lists(any_settings(), min_size=1, max_size=4),
    st.sampled_from([Role.CHARGE_POINT, Role.CENTRAL_SYSTEM]),
    st.integers(-9, 9),
)
def test_a_plan_reads_back_the_same(tables: list[dict[str, Any]], role: Role, seed: int) -> None:
    faults = []
    for settings in tables:
        try:
            faults.append(fault_from(settings, "one", role))
        except WrongRules:
            continue  # they contradict each other
    plan = FaultPlan(
        tuple(fault for fault in faults if isinstance(fault, FaultRule)),
        tuple(fault for fault in faults if isinstance(fault, LinkFault)),
        seed,
    )
    if faults:
        read = parse_rules(rules_text(plan), role)
        assert read == plan
        actions = ["Reset", "StopTransaction", "Heartbeat"]
        pairs = zip(read.rules, plan.rules, strict=True)
        assert all([one.covers(name) == two.covers(name) for name in actions] for one, two in pairs)
    for fault in faults:
        assert fault_from(settings_of(fault), "one", role) == fault


@pytest.mark.parametrize("value", [None, "\ud800", float("nan"), {"a": [None]}, {"\ud800": 1}])
def test_what_a_file_cannot_hold_is_refused(value: Any) -> None:
    """A user types JSON on screen; TOML has no null, and UTF-8 no half of a character."""
    with pytest.raises(WrongRules, match="does not have; write it in quotes"):
        fault_from({"do": "answer", "payload": {"a": value}}, "one", Role.CENTRAL_SYSTEM)
