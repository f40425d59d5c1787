"""One rule of a schema that a payload breaks, in words."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from math import isfinite
from typing import TYPE_CHECKING, Any

from ocpptui.jsontext.path import json_path
from ocpptui.ocpp.advisories import HINTS, UNIT_OF_ERRATA, UNITS_OF_ERRATA, date_time_advisory
from ocpptui.ocpp.did_you_mean import suggestion
from ocpptui.ocpp.schema import Field
from ocpptui.ocpp.version import Version

if TYPE_CHECKING:
    from jsonschema_rs import ValidationError


@dataclass(frozen=True, slots=True)
class Violation:
    """One rule of the schema that a payload breaks."""

    path: str
    """Its path, `$.meterValue[0].sampledValue[1].unit` for example; also of a missing or unexpected field."""
    rule: str
    """The keyword of JSON Schema: `required`, `additionalProperties`, `type`, `enum`, `format`, `maxLength` …"""
    expected: str
    got: str
    hint: str = ""
    """What was probably meant, or why it is advisory; empty if there is nothing to say."""
    advisory: str = ""
    """The name of the advisory if no peer should refuse it (see `ocpptui.ocpp.advisories`); else empty."""

    def is_at(self, paths: Iterable[str]) -> bool:
        """Whether it is about the value at one of these paths or about a part of it."""
        return any(self.path == path or self.path.startswith((f"{path}.", f"{path}[")) for path in paths)

    def without_value(self) -> Violation:
        """The same without the value, which is a secret; its length stays if that is the violation."""
        if self.got == "nothing":
            return self
        size = _SIZE.search(self.got) if self.rule in _LIMITS else None
        expected = self.expected if self.rule in _WORDED else f"what the rule {self.rule} demands"
        return replace(self, expected=expected, got=f"a secret{size[0] if size else ''}", hint="")

    def __str__(self) -> str:
        match self.rule:
            case "required":
                sentence = f"{self.path}: the field is required, but missing"
            case "additionalProperties":
                sentence = f"{self.path}: unknown field, got {self.got}"
            case _:
                sentence = f"{self.path}: expected {self.expected}, got {self.got}"
        return f"{sentence} ({self.hint})" if self.hint else sentence


def explained(version: Version, tree: Field, payload: Any, error: ValidationError) -> Iterator[Violation]:
    """An error of the validator as violations, one for each path; none if another error describes it better.

    `tree` is the whole payload's, and `payload` the whole payload as it came.
    """
    steps = error.instance_path
    rule = error.kind.name
    value = _value_at(payload, steps, error)
    path = json_path(steps)
    match error.kind.as_dict():
        case _ if rule in _NO_FURTHER_FIELDS and isinstance(value, dict):
            # Texts forbid further properties as well, which does not matter for an object in place of a text.
            if (owner := _object_at(tree, steps)) is not None:
                known = [field.name for field in owner.fields]
                yield from (_unexpected(known, [*steps, key], value[key]) for key in value if key not in known)
        case {"property": str(key)}:
            yield Violation(json_path([*steps, key]), rule, "a value", "nothing")
        case {"types": list(types)}:
            yield _wrong_type(path, types, value)
        case {"options": list(options)}:
            # A number or an object instead of a text is already reported by its type.
            if isinstance(value, str):
                yield _wrong_choice(version, path, options, value)
        case {"format": str(name)}:
            yield _wrong_format(path, name, value)
        case {"multiple_of": step}:
            yield Violation(path, rule, f"a multiple of {step}", brief_value(value))
        case {"limit": limit} if rule in _LIMITS:
            words, unit = _LIMITS[rule]
            yield Violation(path, rule, words.format(limit), _sized(value, unit))
        case _:
            yield Violation(path, rule, error.message[:200], brief_value(value))


def _unexpected(known: Sequence[str], steps: Sequence[str | int], value: Any) -> Violation:
    meant = suggestion(str(steps[-1]), known, before="")
    return Violation(json_path(steps), "additionalProperties", "no field of this name", brief_value(value), hint=meant)


def _object_at(tree: Field, steps: Sequence[str | int]) -> Field | None:
    """The field at a path, if the schema has an object there."""
    field = tree.at(steps)
    return field if field is not None and field.type == "object" else None


def _wrong_type(path: str, types: list[str], value: Any) -> Violation:
    expected = " or ".join(_TYPE_WORDS[name] for name in types)
    return Violation(path, "type", expected, brief_value(value), hint=_type_hint(types, value))


def _wrong_choice(version: Version, path: str, options: list[Any], value: str) -> Violation:
    names = [option for option in options if isinstance(option, str)]
    shown = ", ".join(names[:6]) + (f" … ({len(names)} values)" if len(names) > 6 else "")
    expected = f"one of {shown}" if len(names) > 1 else shown
    if version.generation == 1 and path.endswith(".unit") and value in UNITS_OF_ERRATA:
        return Violation(path, "enum", expected, brief_value(value), HINTS[UNIT_OF_ERRATA], UNIT_OF_ERRATA)
    return Violation(path, "enum", expected, brief_value(value), hint=suggestion(value, names, before=""))


def _wrong_format(path: str, name: str, value: Any) -> Violation:
    if name == "date-time":
        expected = "a date-time of RFC 3339 such as 2026-01-31T12:00:00Z"
        advisory = date_time_advisory(value) if isinstance(value, str) else ""
        return Violation(path, "format", expected, brief_value(value), HINTS.get(advisory, ""), advisory)
    return Violation(path, "format", f"a valid {name}", brief_value(value))


def _type_hint(types: list[str], value: Any) -> str:
    if isinstance(value, str) and types[0] in ("integer", "number") and _is_number(value):
        return "the number is in quotation marks"
    if types == ["string"] and _is_real_number(value):
        return "quotation marks are missing"
    if types == ["boolean"] and isinstance(value, str) and value.casefold() in ("true", "false"):
        return "the boolean is in quotation marks"
    return ""


def _is_real_number(value: Any) -> bool:
    return type(value) is int or (type(value) is float and isfinite(value))


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _value_at(payload: Any, steps: Sequence[str | int], error: ValidationError) -> Any:
    """The value in the payload as it was given: the library's own copy has null instead of NaN."""
    value = payload
    try:
        for step in steps:
            value = value[step]
    except (LookupError, TypeError):
        return error.instance
    return value


def _sized(value: Any, unit: str | None) -> str:
    if unit is None or not isinstance(value, str | list | dict):
        return brief_value(value)
    size = f"{len(value)} {unit}"
    return f"{brief_value(value)} with {size}" if isinstance(value, str) else size


def brief_value(value: Any) -> str:
    """A value of a payload as short JSON."""
    if isinstance(value, dict | list):
        return "an object" if isinstance(value, dict) else "an array"
    if isinstance(value, str):
        cut = value if len(value) <= _SHOWN else value[: _SHOWN - 1] + "…"
        return json.dumps(cut.encode("utf-8", "replace").decode(), ensure_ascii=False)
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= 10**_SHOWN:
        return "a huge number"
    return json.dumps(value, default=str)


_SHOWN = 40
_SIZE = re.compile(r" with [0-9]+ characters\Z")
_NO_FURTHER_FIELDS = frozenset({"additionalProperties", "falseSchema"})
"""The validator uses the second instead of the first if an object has no fields at all."""
OF_BUILD = _NO_FURTHER_FIELDS | {"required", "type"}
"""The rules about which fields there are, and what kind of value each has."""
_TYPE_WORDS = {
    "object": "an object",
    "array": "an array",
    "string": "a string",
    "integer": "an integer",
    "number": "a number",
    "boolean": "a boolean",
    "null": "null",
}
_LIMITS = {
    "maxLength": ("at most {} characters", "characters"),
    "minLength": ("at least {} characters", "characters"),
    "maxItems": ("at most {} items", "items"),
    "minItems": ("at least {} items", "items"),
    "maximum": ("at most {:g}", None),
    "minimum": ("at least {:g}", None),
}
_WORDED = frozenset({"additionalProperties", "enum", "falseSchema", "format", "required", "type", *_LIMITS})
"""Rules whose expectation is in our own words, which do not contain the value."""
