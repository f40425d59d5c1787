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

from collections.abc import Callable, Collection
from dataclasses import fields
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

from ocpptui.filter.query import QueryError, parse_filter
from ocpptui.filter.values import glob
from ocpptui.ocpp.actions import actions, versions_of
from ocpptui.ocpp.did_you_mean import suggestion
from ocpptui.ocpp.version import Direction, Role, Version
from ocpptui.simulator.answer_template import NAMES, wrong_placeholders
from ocpptui.simulator.fault_plan import (
    OF_ANSWERS,
    OF_OWN_CALLS,
    Breakage,
    Deed,
    FaultPlan,
    FaultRule,
    LinkDeed,
    LinkFault,
)

E = TypeVar("E", bound=StrEnum)
LONGEST = 86_400.0
"""Seconds: the longest time that a rule may name."""
LARGEST = 10**9
"""The largest count or seed."""
CLOSE_CODES = (range(1000, 1004), range(1007, 1015), range(3000, 5000))
"""The codes that an endpoint may send (RFC 6455 section 7.4 and the IANA registry)."""
LONGEST_REASON = 123
"""Bytes of the reason in a Close frame (RFC 6455 section 5.5)."""
DIRECTIONS = {"to-csms": Direction.TO_CSMS, "to-cp": Direction.TO_CHARGE_POINT}


class WrongRules(ValueError):
    """A rules file cannot be used; the message names the file, the rule and what was expected."""


def read_rules(path: Path, role: Role) -> FaultPlan:
    """The content of a rules file for our side of the connections. Raises WrongRules."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise WrongRules(f"{path}: cannot be read: {error}") from None
    try:
        return parse_rules(text, role)
    except WrongRules as error:
        raise WrongRules(f"{path}: {error}") from None


def parse_rules(text: str, role: Role) -> FaultPlan:
    """The same for the text of such a file. Raises WrongRules."""
    import tomllib  # slow to load, and most sessions have no such file

    try:
        content = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # ValueError: also dates and numbers that Python cannot hold
        raise WrongRules(f"not valid TOML: {error}") from None
    top = _Table("", content, {"seed", "rule", "link"})
    plan = FaultPlan(
        tuple(_rule(table, role) for table in _tables(content, "rule", {"do", *COMMON, *OF_DEEDS})),
        tuple(_link(table) for table in _tables(content, "link", {"do", "name", "charge-point", *OF_LINKS})),
        top.number("seed", 0, least=-LARGEST),
    )
    if not plan.rules and not plan.links:
        raise WrongRules("there is neither a [[rule]] nor a [[link]] in it")
    return plan


class _Table:
    """One table of the file; reading a value checks it. Raises WrongRules."""

    def __init__(self, what: str, values: dict[str, Any], known: Collection[str]) -> None:
        self.what = what
        self.values = values
        for key in values:
            if key not in known:
                raise self.wrong(f"there is no setting {key!r}{suggestion(key, known)}")

    def wrong(self, sentence: str) -> WrongRules:
        return WrongRules(f"{self.what}: {sentence}" if self.what else sentence)

    def text(self, key: str, default: str = "") -> str:
        value = self.values.get(key, default)
        if not isinstance(value, str):
            raise self.wrong(f"{key} must be a text in quotes, not {_shown(value)}")
        return value

    def texts(self, key: str) -> list[str]:
        value = self.values.get(key, [])
        found = value if isinstance(value, list) else [value]
        if not all(isinstance(one, str) and one for one in found):
            raise self.wrong(f"{key} must be a text in quotes or a list of them, not {_shown(value)}")
        return found

    def number(self, key: str, default: int, *, least: int = 1, most: int = LARGEST) -> int:
        if key not in self.values:
            return default
        value = self.values[key]
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise self.wrong(f"{key} must be a whole number from {least} to {most}, not {_shown(value)}")
        return value

    def seconds(self, key: str, default: float = 0.0, *, positive: bool = False) -> float:
        value = self.values.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= LONGEST:
            raise self.wrong(f"{key} must be seconds, from 0 to {LONGEST:g}, not {_shown(value)}")
        if positive and not value:
            raise self.wrong(f"{key} must be more than 0 seconds")
        return float(value)

    def probability(self, key: str) -> float:
        value = self.values.get(key, 1.0)
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
            raise self.wrong(f"{key} must be a number from 0 to 1, not {_shown(value)}")
        return float(value)

    def choice(self, key: str, choices: type[E], default: E | None = None) -> E:
        if key not in self.values:
            if default is None:
                raise self.wrong(f"{key} is missing; write one of {_listed(choices)}")
            return default
        word = self.text(key)
        if word not in {choice.value for choice in choices}:
            meant = suggestion(word, choices) or f"; write one of {_listed(choices)}"
            raise self.wrong(f"{key} cannot be {word!r}{meant}")
        return choices(word)

    def object(self, key: str) -> dict[str, Any]:
        value = self.values.get(key, {})
        if not isinstance(value, dict):
            raise self.wrong(f'{key} must be a table such as {{ status = "Accepted" }}, not {_shown(value)}')
        if (odd := _not_json(value)) is not None:
            raise self.wrong(f"{key} contains {_shown(odd)}, which JSON does not have; write it in quotes")
        return value

    def close_code(self, default: int) -> int:
        code = self.number("code", default, least=0, most=65535)
        if not any(code in codes for codes in CLOSE_CODES):
            ranges = ", ".join(f"{codes.start} to {codes.stop - 1}" for codes in CLOSE_CODES)
            raise self.wrong(f"code {code} is not a close code that may be sent; these are {ranges}")
        return code

    def reason(self) -> str:
        reason = self.text("reason")
        if len(reason.encode()) > LONGEST_REASON:
            raise self.wrong(f"reason must not be longer than {LONGEST_REASON} bytes")
        return reason

    def only(self, used: Collection[str], deed: str, owners: dict[str, frozenset[Any]]) -> None:
        """Refuse the settings that have no effect with a deed, of those that only some deeds have."""
        for key in self.values:
            if key in owners and key not in used:
                users = " or ".join(sorted(repr(str(one)) for one in owners[key]))
                raise self.wrong(f"{key} has no effect with do = {str(deed)!r}, only with {users}")


COMMON = ("name", "action", "direction", "filter", "probability", "nth", "every", "times", "seconds", "jitter")
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


def _rule(table: _Table, role: Role) -> FaultRule:
    deed = table.choice("do", Deed)
    table.only([key for key, deeds in OF_DEEDS.items() if deed in deeds], deed, OF_DEEDS)
    rule = FaultRule(
        name=table.text("name", table.what),
        deed=deed,
        covers=_of_actions(table),
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
        details=table.object("details"),
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


def _link(table: _Table) -> LinkFault:
    deed = table.choice("do", LinkDeed)
    table.only([key for key, deeds in OF_LINKS.items() if deed in deeds], deed, OF_LINKS)
    is_repeated, is_half_open = deed in OF_LINKS["every"], deed is LinkDeed.HALF_OPEN
    if is_repeated and "every" not in table.values:
        raise table.wrong("every is missing: the seconds between two such faults")
    link = LinkFault(
        name=table.text("name", table.what),
        deed=deed,
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


def _tables(content: dict[str, Any], key: str, known: Collection[str]) -> list[_Table]:
    """The tables of an array of tables, each named by its number."""
    found = content.get(key, [])
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise WrongRules(f"{key} must be written as [[{key}]], once for each")
    return [_Table(f"{key} {number}", one, known) for number, one in enumerate(found, 1)]


def _of_actions(table: _Table) -> Callable[[str], bool]:
    names = table.texts("action")
    for name in names:
        if "*" not in name and not versions_of(name):
            known = [action.name for version in Version if version.has_schemas for action in actions(version)]
            raise table.wrong(f"no version of OCPP has an action {name!r}{suggestion(name, known)}")
    return _any_of(names)


def _any_of(patterns: list[str]) -> Callable[[str], bool]:
    """The test whether a name is like one of these; any name is, if there are none."""
    tests = [glob(pattern) for pattern in patterns or ["*"]]
    return lambda name: any(test(name) for test in tests)


def _direction(table: _Table, deed: Deed, role: Role) -> Direction | None:
    word = table.text("direction")
    if not word:
        return None
    direction = DIRECTIONS.get(word)
    if direction is None:
        raise table.wrong(f"direction cannot be {word!r}; write one of {', '.join(DIRECTIONS)}")
    own = direction is role.sends
    if deed in (OF_ANSWERS if own else OF_OWN_CALLS):
        whose = "our own calls" if own else "calls of the other side"
        raise table.wrong(f"direction = {word!r} are {whose}, and do = {deed.value!r} is not for them")
    return direction


def _filter(table: _Table) -> str:
    text = table.text("filter")
    try:
        parse_filter(text)
    except QueryError as error:
        raise table.wrong(f"filter: {error}") from None
    return text


def _payload(table: _Table) -> dict[str, Any]:
    payload = table.object("payload")
    for name in wrong_placeholders(payload):
        known = ", ".join(f"${{{one}}}" for one in NAMES)
        raise table.wrong(f"payload: ${{{name}}} means nothing; there are {known}")
    return payload


def _not_json(value: Any) -> object | None:
    """The first value that JSON does not have; None if there is none."""
    match value:
        case dict():
            return next((odd for one in value.values() if (odd := _not_json(one)) is not None), None)
        case list():
            return next((odd for one in value if (odd := _not_json(one)) is not None), None)
        case float():
            return None if abs(value) < float("inf") else value
        case bool() | int() | str():
            return None
    return value  # type: ignore[no-any-return]


def _default(kind: type[Any], name: str) -> Any:
    return next(field.default for field in fields(kind) if field.name == name)


def _listed(choices: type[StrEnum]) -> str:
    return ", ".join(choice.value for choice in choices)


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 40 else text[:39] + "…"
