"""Rules files as users write them. If these fail, a wrong word in one is taken for no rule at all, or ends in a
traceback.
"""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocpptui.ocpp.version import Direction, Role
from ocpptui.session.rules_file import COMMON, OF_DEEDS, parse_rules, read_rules
from ocpptui.session.rules_table import WrongRules
from ocpptui.simulator.fault_plan import Breakage, Deed, FaultPlan, LinkDeed
from ocpptui.simulator.misbehaviour import Misbehaviour


def rule(settings: str) -> str:
    return f"[[rule]]\n{settings}"


def link(settings: str) -> str:
    return f"[[link]]\n{settings}"


WRONG = [
    ("", "neither a [[rule]] nor a [[link]]"),
    ("[[rule", "not valid TOML"),
    ("[rule]\ndo = 'drop'", "rule must be written as [[rule]]"),
    ("link = 3", "link must be written as [[link]]"),
    ("sead = 3\n" + rule("do='drop'"), "no setting 'sead'; did you mean seed?"),
    ("seed = 'x'\n" + rule("do='drop'"), "seed must be a whole number"),
    (rule("action='Reset'"), "rule 1: do is missing; write one of behave, hold, answer"),
    (rule("do='dropp'"), "rule 1: do cannot be 'dropp'; did you mean drop?"),
    (rule("do='qqq'"), "write one of behave"),
    (rule("do=3"), "do must be a text in quotes, not 3"),
    (rule("do='drop'\nprobabilty=1"), "no setting 'probabilty'; did you mean probability?"),
    (rule("do='drop'\nprobability=2"), "probability must be a number from 0 to 1, not 2"),
    (rule("do='drop'\nprobability=nan"), "probability must be a number from 0 to 1, not nan"),
    (rule("do='drop'\nprobability=true"), "probability must be a number from 0 to 1, not True"),
    (rule("do='drop'\nnth=0"), "nth must be a whole number from 1 to"),
    (rule("do='drop'\nnth=1.5"), "nth must be a whole number from 1 to"),
    (rule("do='drop'\nevery=-1"), "every must be a whole number from 1"),
    (rule("do='drop'\nseconds=-1"), "seconds must be seconds, from 0 to 86400, not -1"),
    (rule("do='drop'\nseconds=inf"), "seconds must be seconds, from 0 to 86400, not inf"),
    (
        rule("do='drop'\naction='StatusNotificaton'"),
        "no version of OCPP has an action 'StatusNotificaton'; did you mean",
    ),
    (rule("do='drop'\naction=[1]"), "action must be a text in quotes or a list of them"),
    (rule("do='drop'\nfilter='action:('"), "rule 1: filter: "),
    (rule("do='drop'\nfilter='acton:Reset'"), "rule 1: filter: "),
    (rule("do='drop'\ndirection='up'"), "direction cannot be 'up'; write one of to-csms, to-cp"),
    (
        rule("do='drop'\ndirection='to-cp'"),
        "direction = 'to-cp' are calls of the other side, and do = 'drop' is not for",
    ),
    (
        rule("do='hold'\ndirection='to-csms'"),
        "direction = 'to-csms' are our own calls, and do = 'hold' is not for them",
    ),
    (rule("do='drop'\nmessage='cal'"), "message cannot be 'cal'; did you mean call?"),
    (rule("do='error'\ncode='X'\nmessage='send'"), "message = 'send': do = 'error' is not for such messages"),
    (rule("do='hold'\nmessage='malformed'"), "message = 'malformed': do = 'hold' is not for such messages"),
    (
        rule("do='close'\nmessage='malformed'\ndirection='to-csms'"),
        "message = 'malformed': do = 'close' is not for such messages",
    ),
    (rule("do='drop'\nenabled=1"), "enabled must be true or false, not 1"),
    (rule("do='drop'\ncode='X'"), "code has no effect with do = 'drop', only with 'close' or 'error'"),
    (rule("do='error'"), "code is missing; write an error code"),
    (rule("do='error'\ncode=3"), "code must be a text in quotes, not 3"),
    (rule("do='close'\ncode='X'"), "code must be a whole number"),
    (rule("do='close'\ncode=1006"), "code 1006 is not a close code that may be sent; these are 1000 to 1003"),
    (rule("do='close'\nreason='" + "x" * 124 + "'"), "reason must not be longer than 123 bytes"),
    (rule("do='delay'"), "seconds is missing: how long it waits"),
    (rule("do='answer'\npayload=3"), 'payload must be a table such as { status = "Accepted" }'),
    (rule("do='answer'\npayload={a=2026-11-22}"), "which JSON does not have; write it in quotes"),
    (rule("do='answer'\npayload={a=[nan]}"), "payload contains nan, which JSON does not have"),
    (rule("do='answer'\npayload={a='${nw}'}"), "payload: ${nw} means nothing; there are ${now}, ${count}"),
    (rule("do='break'\nhow='shred'"), "how cannot be 'shred'; write one of truncated, wrong-type, not-array"),
    (rule("do='reorder'\nwithin=0"), "within must be more than 0 seconds"),
    (rule("do='drop'\n") + rule("do='x'"), "rule 2: do cannot be 'x'"),
    (link("do='drop'"), "link 1: do cannot be 'drop'; write one of disconnect, half-open, latency, no-pong"),
    (link("do='disconnect'"), "link 1: every is missing"),
    (link("do='disconnect'\nevery=0"), "every must be more than 0 seconds"),
    (link("do='disconnect'\nevery=5\nreason='x'"), "reason needs a code"),
    (link("do='half-open'\nevery=5\nseconds=0"), "seconds must be more than 0 seconds"),
    (link("do='latency'"), "seconds is missing"),
    (link("do='no-pong'\nevery=5"), "every has no effect with do = 'no-pong', only with 'disconnect' or 'half-open'"),
]


@pytest.mark.parametrize(("text", "sentence"), WRONG, ids=[sentence[:40] for _, sentence in WRONG])
def test_what_is_wrong_is_said(text: str, sentence: str) -> None:
    with pytest.raises(WrongRules) as raised:
        parse_rules(text, Role.CHARGE_POINT)
    assert sentence in str(raised.value)


def test_the_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "rules.toml"
    for content in (b"\xff", rule("do='dropp'").encode()):
        path.write_bytes(content)
        with pytest.raises(WrongRules, match="rules.toml: "):
            read_rules(path, Role.CHARGE_POINT)
    with pytest.raises(WrongRules, match="missing.toml: cannot be read"):
        read_rules(tmp_path / "missing.toml", Role.CHARGE_POINT)


def test_a_rule_is_read(tmp_path: Path) -> None:
    path = tmp_path / "rules.toml"
    path.write_text(
        "seed = -5\n"
        + rule("name='third'\naction=['Meter*','heartbeat*']\ndirection='to-csms'\nfilter='connectorId=1'\n")
        + "nth=3\nprobability=0.25\ntimes=2\nseconds=1\njitter=2\nhow='wrong-type'\ndo='break'\n"
        + link("do='disconnect'\nevery=5\ncode=1012\nreason='away'"),
        encoding="utf-8-sig",
    )
    plan = read_rules(path, Role.CHARGE_POINT)
    [one], [fault] = plan.rules, plan.links
    assert plan.seed == -5
    assert (one.name, one.direction, one.filter, one.nth, one.times) == (
        "third",
        Direction.TO_CSMS,
        "connectorId=1",
        3,
        2,
    )
    assert (one.probability, one.seconds, one.jitter, one.breakage) == (0.25, 1.0, 2.0, Breakage.WRONG_TYPE)
    assert one.covers("MeterValues") and one.covers("Heartbeat") and not one.covers("Reset")
    assert (fault.name, fault.deed, fault.every, fault.close_code) == ("link 1", LinkDeed.DISCONNECT, 5.0, 1012)


def test_every_deed_can_be_written() -> None:
    needed = {Deed.ERROR: "code='X'", Deed.DELAY: "seconds=1"}
    for deed in Deed:
        [read] = parse_rules(rule(f"do='{deed.value}'\n{needed.get(deed, '')}"), Role.CHARGE_POINT).rules
        assert read.deed is deed


def toml(value: Any) -> str:
    """A value as TOML writes it in one line."""
    match value:
        case dict():
            return "{" + ", ".join(f"{json.dumps(key)} = {toml(one)}" for key, one in value.items()) + "}"
        case list():
            return "[" + ", ".join(map(toml, value)) + "]"
        case datetime():
            return value.isoformat()
        case float():
            return repr(value)
    return json.dumps(value)


TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), max_size=12)
WORDS = st.sampled_from(
    [*Deed, *LinkDeed, *Breakage, "to-csms", "to-cp", "Reset", "Meter*", "cp:CP* not (", "${now}", "${call.a[0]}"]
).map(str)
SCALARS = st.booleans() | st.integers() | st.floats() | st.datetimes() | TEXTS | WORDS
VALUES = st.recursive(SCALARS, lambda one: st.lists(one, max_size=3) | st.dictionaries(TEXTS, one, max_size=3))
KEYS = st.sampled_from([*sorted({"name", "charge-point", "odd", *COMMON, *OF_DEEDS})])
LIKELY = st.one_of(WORDS, st.sampled_from([1, 3, 0.5, 1001, "X", {"a": 1}]))
SETTINGS = st.dictionaries(KEYS, LIKELY | VALUES, max_size=5)
TABLES = st.tuples(st.sampled_from(["rule", "link"]), st.sampled_from([*Deed, *LinkDeed]), SETTINGS)


@given(st.lists(TABLES, max_size=4), LIKELY | VALUES, st.sampled_from([Role.CHARGE_POINT, Role.CENTRAL_SYSTEM]))
def test_any_file_is_read_or_refused(tables: list[tuple[str, str, dict[str, Any]]], seed: Any, role: Role) -> None:
    lines = [f"seed = {toml(seed)}"]
    for kind, do, settings in tables:
        lines += [f"[[{kind}]]", f"do = {toml(str(do))}", *(f"{key} = {toml(one)}" for key, one in settings.items())]
    try:
        plan = parse_rules("\n".join(lines), role)
    except WrongRules as wrong:
        assert str(wrong)
        return
    assert isinstance(plan, FaultPlan)
    misbehaviour = Misbehaviour(plan, "CP001", role)
    for direction in Direction:
        misbehaviour.fault(direction, "Heartbeat", lambda place: True)
    for place, one in misbehaviour.links:
        misbehaviour.latency(place) if one.deed is LinkDeed.LATENCY else misbehaviour.link_wait(place)


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    with pytest.raises(WrongRules):
        parse_rules(text, Role.CHARGE_POINT)
