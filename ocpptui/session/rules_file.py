"""Reads a rules file: TOML that says what a simulated side does wrong on purpose. `docs/FAULTS.md` describes it.

seed = 7

[[rule]]
action = "MeterValues"
filter = "connectorId=2"
nth = 3
do = "drop"

[[link]]
do = "disconnect"
every = 60
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from ocpptui.filter.query import QueryError, parse_filter
from ocpptui.filter.values import glob
from ocpptui.ocpp.actions import actions, versions_of
from ocpptui.ocpp.did_you_mean import suggestion
from ocpptui.ocpp.version import Direction, Role, Version
from ocpptui.session.rules_table import LARGEST, RulesTable, WrongRules
from ocpptui.simulator.answer_template import NAMES, wrong_placeholders
from ocpptui.simulator.fault_plan import (
    NOT_IN_PASSING,
    OF_ANSWERS,
    OF_OWN_CALLS,
    Breakage,
    Deed,
    Fault,
    FaultPlan,
    FaultRule,
    LinkDeed,
    LinkFault,
    RuleSubject,
    is_possible,
)

DIRECTIONS = {"to-csms": Direction.TO_CSMS, "to-cp": Direction.TO_CHARGE_POINT}


def read_rules(path: Path, role: Role | None) -> FaultPlan:
    """The content of a rules file for our side of the connections, or (None) for a proxy. Raises WrongRules."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise WrongRules(f"{path}: cannot be read: {error}") from None
    try:
        return parse_rules(text, role)
    except WrongRules as error:
        raise WrongRules(f"{path}: {error}") from None


def parse_rules(text: str, role: Role | None) -> FaultPlan:
    """The same for the text of such a file. Raises WrongRules."""
    import tomllib  # slow to load, and most sessions have no such file

    try:
        content = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # ValueError: also dates and numbers that Python cannot hold
        raise WrongRules(f"not valid TOML: {error}") from None
    top = RulesTable("", content, {"seed", "rule", "link"})
    plan = FaultPlan(
        tuple(_rule(table, role) for table in _tables(content, "rule", RULE_SETTINGS)),
        tuple(_link(table) for table in _tables(content, "link", LINK_SETTINGS)),
        top.number("seed", 0, least=-LARGEST),
    )
    if not plan.rules and not plan.links:
        raise WrongRules("there is neither a [[rule]] nor a [[link]] in it")
    return plan


def fault_from(settings: Mapping[str, Any], name: str, role: Role | None) -> Fault:
    """The rule or the fault of the link that one table of such a file says; `name` is for one without a name.

    Raises WrongRules.
    """
    values = dict(settings)
    if values.get("do") in set(LinkDeed):
        return _link(RulesTable(name, values, LINK_SETTINGS))
    return _rule(RulesTable(name, values, RULE_SETTINGS), role)


COMMON = (
    "name", "action", "direction", "message", "filter", "probability", "nth", "every", "times", "seconds", "jitter",
    "enabled",
)  # fmt: skip
"""The settings that each [[rule]] may have."""
OF_DEEDS: dict[str, frozenset[Any]] = {
    "payload": frozenset({Deed.ANSWER}),
    "code": frozenset({Deed.ERROR, Deed.CLOSE}),
    "description": frozenset({Deed.ERROR}),
    "details": frozenset({Deed.ERROR}),
    "reason": frozenset({Deed.CLOSE}),
    "how": frozenset({Deed.BREAK}),
    "within": frozenset({Deed.REORDER}),
}
"""Further settings of a [[rule]], and what it must do for them to have an effect."""
OF_LINKS: dict[str, frozenset[Any]] = {
    "every": frozenset({LinkDeed.DISCONNECT, LinkDeed.HALF_OPEN}),
    "times": frozenset({LinkDeed.DISCONNECT, LinkDeed.HALF_OPEN}),
    "seconds": frozenset({LinkDeed.LATENCY, LinkDeed.HALF_OPEN}),
    "jitter": frozenset({LinkDeed.DISCONNECT, LinkDeed.HALF_OPEN, LinkDeed.LATENCY}),
    "code": frozenset({LinkDeed.DISCONNECT}),
    "reason": frozenset({LinkDeed.DISCONNECT}),
}
"""The settings of a [[link]], in the same manner."""
OF_EACH_LINK = ("name", "charge-point", "enabled")
"""The settings that each [[link]] may have."""
RULE_SETTINGS = frozenset({"do", *COMMON, *OF_DEEDS})
LINK_SETTINGS = frozenset({"do", *OF_EACH_LINK, *OF_LINKS})


def _rule(table: RulesTable, role: Role | None) -> FaultRule:
    deed = table.choice("do", Deed)
    if role is None and deed in NOT_IN_PASSING:
        raise table.wrong(f"a proxy cannot do = {deed.value!r}; it passes on what others send")
    table.only([key for key, deeds in OF_DEEDS.items() if deed in deeds], deed, OF_DEEDS)
    rule = FaultRule(
        name=table.text("name", table.what),
        deed=deed,
        enabled=table.flag("enabled", default=True),
        actions=_actions(table),
        covers=_any_of(table.texts("action")),
        message=_message(table, deed, role),
        direction=_direction(table, deed, role),
        filter=_filter(table),
        probability=table.probability("probability"),
        nth=table.number("nth", 0),
        every=table.number("every", 1),
        times=table.number("times", 0),
        seconds=table.seconds("seconds"),
        jitter=table.seconds("jitter"),
        payload=_payload(table),
        code=table.text("code") if deed is Deed.ERROR else "",
        description=table.text("description"),
        details=table.object_or_text("details"),
        close_code=table.close_code(1001) if deed is Deed.CLOSE else 1001,
        reason=table.reason(),
        breakage=table.choice("how", Breakage, Breakage.TRUNCATED),
        within=table.seconds("within", _default(FaultRule, "within"), positive=True),
    )
    if deed is Deed.ERROR and not rule.code:
        raise table.wrong('code is missing; write an error code such as code = "InternalError"')
    if deed is Deed.DELAY and not rule.seconds + rule.jitter:
        raise table.wrong("seconds is missing: how long it waits")
    return rule


def _link(table: RulesTable) -> LinkFault:
    deed = table.choice("do", LinkDeed)
    table.only([key for key, deeds in OF_LINKS.items() if deed in deeds], deed, OF_LINKS)
    is_repeated, is_half_open = deed in OF_LINKS["every"], deed is LinkDeed.HALF_OPEN
    if is_repeated and "every" not in table.values:
        raise table.wrong("every is missing: the seconds between two such faults")
    link = LinkFault(
        name=table.text("name", table.what),
        deed=deed,
        enabled=table.flag("enabled", default=True),
        charge_points=tuple(table.texts("charge-point")),
        covers=_any_of(table.texts("charge-point")),
        every=table.seconds("every", positive=is_repeated),
        seconds=table.seconds("seconds", 60.0 if is_half_open else 0.0, positive=is_half_open),
        jitter=table.seconds("jitter"),
        times=table.number("times", 0),
        close_code=table.close_code(1001) if "code" in table.values else None,
        reason=table.reason(),
    )
    if deed is LinkDeed.LATENCY and not link.seconds + link.jitter:
        raise table.wrong("seconds is missing: how late each message is sent")
    if link.reason and link.close_code is None:
        raise table.wrong("reason needs a code: without one, the TCP connection is cut")
    return link


def _tables(content: dict[str, Any], key: str, known: Collection[str]) -> list[RulesTable]:
    """The tables of an array of tables, each named by its number."""
    found = content.get(key, [])
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise WrongRules(f"{key} must be written as [[{key}]], once for each")
    return [RulesTable(f"{key} {number}", one, known) for number, one in enumerate(found, 1)]


def _actions(table: RulesTable) -> tuple[str, ...]:
    names = table.texts("action")
    for name in names:
        if "*" not in name and not versions_of(name):
            known = [action.name for version in Version for action in actions(version)]
            raise table.wrong(f"no version of OCPP has an action {name!r}{suggestion(name, known)}")
    return tuple(names)


def _any_of(patterns: list[str]) -> Callable[[str], bool]:
    """The test whether a name is like one of these; any name is, if there are none."""
    tests = [glob(pattern) for pattern in patterns or ["*"]]
    return lambda name: any(test(name) for test in tests)


def _direction(table: RulesTable, deed: Deed, role: Role | None) -> Direction | None:
    word = table.text("direction")
    if not word:
        return None
    direction = DIRECTIONS.get(word)
    if direction is None:
        raise table.wrong(f"direction cannot be {word!r}; write one of {', '.join(DIRECTIONS)}")
    if role is None:
        return direction
    own = direction is role.sends
    if deed in (OF_ANSWERS if own else OF_OWN_CALLS):
        whose = "our own calls" if own else "calls of the other side"
        raise table.wrong(f"direction = {word!r} are {whose}, and do = {deed.value!r} is not for them")
    return direction


def _message(table: RulesTable, deed: Deed, role: Role | None) -> RuleSubject | None:
    if "message" not in table.values:
        return None
    form = table.choice("message", RuleSubject)
    direction = DIRECTIONS.get(table.text("direction"))
    sides: list[bool | None] = [True, False] if direction is None else [role is not None and direction is role.sends]
    if role is None:
        sides = [None]
    if not any(is_possible(deed, form, own=own) for own in sides):
        raise table.wrong(f"message = {form.value!r}: do = {deed.value!r} is not for such messages")
    return form


def _filter(table: RulesTable) -> str:
    text = table.text("filter")
    try:
        parse_filter(text)
    except QueryError as error:
        raise table.wrong(f"filter: {error}") from None
    return text


def _payload(table: RulesTable) -> dict[str, Any]:
    payload = table.object("payload")
    for name in wrong_placeholders(payload):
        known = ", ".join(f"${{{one}}}" for one in NAMES)
        raise table.wrong(f"payload: ${{{name}}} means nothing; there are {known}")
    return payload


def _default(kind: type[Any], name: str) -> Any:
    return next(field.default for field in fields(kind) if field.name == name)
