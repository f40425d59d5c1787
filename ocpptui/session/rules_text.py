"""Faults on purpose as the text of a rules file, which reads back as the same plan."""

from __future__ import annotations

import re
from dataclasses import fields
from typing import Any

from ocpptui.jsontext.text import quote
from ocpptui.session.rules_file import DIRECTIONS
from ocpptui.simulator.fault_plan import Deed, Fault, FaultPlan, FaultRule

_BARE = re.compile(r"[A-Za-z0-9_-]+")
SETTINGS = {"charge_points": "charge-point", "actions": "action", "deed": "do", "breakage": "how", "close_code": "code"}
"""The settings that have another name than the fields that they are for."""


def rules_text(plan: FaultPlan) -> str:
    """The text of a rules file with this plan."""
    parts = [f"seed = {plan.seed}\n"] if plan.seed else []
    for kind, faults in (("rule", plan.rules), ("link", plan.links)):
        for fault in faults:
            lines = [f"{name} = {toml_value(value)}\n" for name, value in settings_of(fault).items()]
            parts.append("".join([f"[[{kind}]]\n", *lines]))
    return "\n".join(parts)


def settings_of(fault: Fault) -> dict[str, Any]:
    """The settings of a fault as a rules file has them, without those that have their default."""
    found: dict[str, Any] = {}
    for field in fields(fault):
        value = getattr(fault, field.name)
        is_needed = field.name in ("name", "deed") or (field.name == "close_code" and _has_code(fault))
        if field.name == "covers" or (not is_needed and value in (field.default, {}, ())):
            continue
        name = SETTINGS.get(field.name, field.name)
        if field.name == "direction":
            value = next(word for word, direction in DIRECTIONS.items() if direction is value)
        found[name] = list(value) if isinstance(value, tuple) else value
    return found


def _has_code(fault: Fault) -> bool:
    """Whether the code of a Close frame is a setting of it."""
    return fault.deed is Deed.CLOSE if isinstance(fault, FaultRule) else fault.close_code is not None


def toml_value(value: Any) -> str:
    """A value as TOML on one line. It has no null."""
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return quote(str(value)).replace("\x7f", "\\u007f")  # JSON may hold this character as it is, TOML not
        case dict():
            pairs = (f"{_key(key)} = {toml_value(one)}" for key, one in value.items())
            return f"{{ {', '.join(pairs)} }}" if value else "{}"
        case list():
            return f"[{', '.join(map(toml_value, value))}]"
    return repr(value)


def _key(name: str) -> str:
    return name if _BARE.fullmatch(name) else toml_value(name)
