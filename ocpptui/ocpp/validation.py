"""The violations of a payload against the schema of its action.

Validation is advisory: it annotates and never blocks. Nothing here raises, whatever the payload contains.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import islice
from typing import Any

import jsonschema_rs

from ocpptui.ocpp.advisories import UNIT_OF_ERRATA, UNITS_OF_ERRATA, date_time_advisory
from ocpptui.ocpp.bounded_payload import excerpt
from ocpptui.ocpp.schema import SCHEMAS_KEPT, Field, Part, field_tree, schema
from ocpptui.ocpp.secrets import secret_paths
from ocpptui.ocpp.text_demands import broken_demands, flawless_schema
from ocpptui.ocpp.version import Version
from ocpptui.ocpp.violation import OF_BUILD, Violation, explained

__all__ = [
    "MAX_VIOLATIONS",
    "Violation",
    "advisories",
    "bare_flawless",
    "breaches",
    "flawless",
    "is_built_right",
    "is_valid",
    "meant_for",
    "valid_in",
    "validator",
    "violations",
]

MAX_VIOLATIONS = 100
"""The most violations that are reported for one payload."""


def violations(version: Version, action: str, part: Part, payload: Any) -> tuple[Violation, ...]:
    """Every rule that the payload breaks, `MAX_VIOLATIONS` at most; none if there is no schema.

    null counts as `{}`: OCPP-J 1.6 section 4.2.1 and Part 4 section 4.1.5 of 2.0.1 and 2.1 allow it when it is empty.
    The value of a secret is not reported, because violations go into reports and, in a CALLERROR, to the peer.
    """
    payload = {} if payload is None else payload
    return _without_secrets(action, payload, _violations(version, action, part, payload))


def is_built_right(version: Version, action: str, part: Part, payload: Any) -> bool:
    """Whether a payload has the fields that the version demands and no others, each with the right kind of value; True
    also if there is no schema. What the values are does not matter."""
    payload = {} if payload is None else payload
    check = _compiled(version, action, part)
    if check is None or is_valid(version, action, part, payload):
        return True
    wanted = (schema(version, action, part) or {}).get("required", ())
    if isinstance(payload, dict) and not payload.keys() >= set(wanted):
        return False  # as those of another generation, without a list of all errors
    return not any(error.kind.name in OF_BUILD for error in _errors(version, action, part, payload))


def breaches(version: Version, action: str, part: Part, payload: Any) -> tuple[Violation, ...]:
    """The demands beyond its schema that the payload breaks (see `ocpptui.ocpp.text_demands`)."""
    payload = {} if payload is None else payload
    found = tuple(broken_demands(version, action, part, payload, _names(version, action, part)))
    return _without_secrets(action, payload, found)


def _without_secrets(action: str, payload: Any, found: tuple[Violation, ...]) -> tuple[Violation, ...]:
    secrets = secret_paths(action, payload) if found else ()
    return tuple(one.without_value() if one.is_at(secrets) else one for one in found) if secrets else found


def _violations(version: Version, action: str, part: Part, payload: Any) -> tuple[Violation, ...]:
    check = _compiled(version, action, part)
    valid = validator(version, action, part)
    tree = field_tree(version, action, part)
    if check is None or valid is None or tree is None or valid(payload):
        return ()
    errors = _errors(version, action, part, payload)
    found = tuple(
        islice((each for error in errors for each in explained(version, tree, payload, error)), MAX_VIOLATIONS)
    )
    if found:
        return found
    try:
        check.validate(payload)
    except jsonschema_rs.ValidationError as error:
        # The violation is outside the excerpt: the first one suffices.
        return tuple(explained(version, tree, payload, error))
    except ValueError as error:
        return (Violation("$", "unreadable", "a payload that can be validated", str(error)),)
    return ()


def is_valid(version: Version, action: str, part: Part, payload: Any) -> bool | None:
    """True if the payload breaks no rule at all, not even an advisory one; None if there is no schema."""
    check = validator(version, action, part)
    return None if check is None else check({} if payload is None else payload)


def advisories(version: Version, action: str, part: Part, payload: Any) -> tuple[str, ...] | None:
    """The advisories of a payload that breaks its schema (see `ocpptui.ocpp.advisories`); None if a
    violation is more than advisory.

    It judges the payload as a whole, as fast as a validity test; `violations` judges each place.
    """
    lenient = _lenient_validator(version, action, part)
    return None if lenient is None else lenient.advisories({} if payload is None else payload)


@lru_cache(maxsize=SCHEMAS_KEPT)
def validator(version: Version, action: str, part: Part) -> Callable[[Any], bool] | None:
    """The fastest test of a payload by its schema, or None if there is no schema. It never raises. Cached."""
    return _guarded(version, action, part, _compiled(version, action, part))


@lru_cache(maxsize=SCHEMAS_KEPT)
def flawless(version: Version, action: str, part: Part) -> Callable[[Any], bool] | None:
    """The fastest test of whether there is nothing to say about a payload: it breaks neither its schema nor a demand
    beyond it. None if there is no schema. It never raises. Cached."""
    return _guarded(version, action, part, _compiled_flawless(version, action, part))


def bare_flawless(version: Version, action: str, part: Part) -> Callable[[Any], bool] | None:
    """The same test without its safety net: it raises ValueError for the few payloads that must be shortened first."""
    compiled = _compiled_flawless(version, action, part)
    return None if compiled is None else compiled.is_valid


def _guarded(
    version: Version, action: str, part: Part, compiled: jsonschema_rs.Validator | None
) -> Callable[[Any], bool] | None:
    if compiled is None:
        return None
    check = compiled.is_valid

    def test(payload: Any) -> bool:
        try:
            return check(payload)
        except ValueError:
            return check(excerpt(payload, _names(version, action, part)))

    return test


def valid_in(action: str, part: Part, payload: Any, except_for: Version) -> tuple[Version, ...]:
    """The other versions in which this payload would be valid, oldest first.

    Not the withdrawn 2.0, whose schemas allow any further field.
    """
    tried = (version for version in Version if version is not except_for and not version.is_withdrawn)
    return tuple(version for version in tried if is_valid(version, action, part, payload))


def meant_for(version: Version, action: str, part: Part, payload: Any) -> tuple[Version, ...]:
    """The other versions for which a payload that breaks the schema of `version` was probably made, oldest first.

    Versions that would allow it only because they have a higher limit, or any text in place of a list of values, are
    not among them: a value that is too long here says nothing about the version of the peer.
    """
    found = valid_in(action, part, payload, version)
    if not found or not is_built_right(version, action, part, payload):
        return found
    foreign = [one for one in _errors(version, action, part, payload) if one.kind.name == "enum"]
    return tuple(
        other
        for other in found
        if (tree := field_tree(other, action, part)) is not None
        and any((field := tree.at(one.instance_path)) is not None and field.enum for one in foreign)
    )


def _errors(version: Version, action: str, part: Part, payload: Any) -> Iterator[jsonschema_rs.ValidationError]:
    check = _compiled(version, action, part)
    return iter(()) if check is None else check.iter_errors(excerpt(payload, _names(version, action, part)))


@lru_cache(maxsize=SCHEMAS_KEPT)
def _compiled(version: Version, action: str, part: Part) -> jsonschema_rs.Validator | None:
    found = schema(version, action, part)
    return None if found is None else jsonschema_rs.validator_for(found, validate_formats=True)


@lru_cache(maxsize=SCHEMAS_KEPT)
def _compiled_flawless(version: Version, action: str, part: Part) -> jsonschema_rs.Validator | None:
    found = schema(version, action, part)
    if found is None:
        return None
    return jsonschema_rs.validator_for(flawless_schema(version, action, part, found), validate_formats=True)


class _LenientValidator:
    """A schema that accepts what is only advisory, and notes what it accepted."""

    def __init__(self, strict: dict[str, Any], version: Version, names: frozenset[str]) -> None:
        self._names = names
        self._taken: set[str] = set()
        formats = {"date-time": self._takes_date_time, _UNIT_FORMAT: self._takes_unit}
        lenient = _with_units(strict) if version.generation == 1 else strict
        self._check = jsonschema_rs.validator_for(lenient, validate_formats=True, formats=formats).is_valid

    def advisories(self, payload: Any) -> tuple[str, ...] | None:
        self._taken.clear()
        try:
            is_taken = self._check(payload)
        except ValueError:
            is_taken = self._check(excerpt(payload, self._names))
        return tuple(sorted(self._taken)) if is_taken else None

    def _takes_date_time(self, text: str) -> bool:
        if _IS_DATE_TIME(text):
            return True
        advisory = date_time_advisory(text)
        self._taken.add(advisory)
        return advisory != ""

    def _takes_unit(self, unit: str) -> bool:
        self._taken.add(UNIT_OF_ERRATA)
        return True


def _with_units(node: Any, name: str = "") -> Any:
    """A copy of a schema of OCPP 1.6 in which every `unit` may also be one from the errata."""
    if isinstance(node, list):
        return [_with_units(item) for item in node]
    if not isinstance(node, dict):
        return node
    copy = {key: _with_units(value, key) for key, value in node.items()}
    if name == "unit" and "enum" in node and (missing := sorted(UNITS_OF_ERRATA.difference(node["enum"]))):
        del copy["enum"]
        copy["anyOf"] = [{"enum": node["enum"]}, {"enum": missing, "format": _UNIT_FORMAT}]
    return copy


@lru_cache(maxsize=SCHEMAS_KEPT)
def _lenient_validator(version: Version, action: str, part: Part) -> _LenientValidator | None:
    found = schema(version, action, part)
    return None if found is None else _LenientValidator(found, version, _names(version, action, part))


_UNIT_FORMAT = "unit-of-errata"
_IS_DATE_TIME = jsonschema_rs.validator_for({"type": "string", "format": "date-time"}, validate_formats=True).is_valid


@lru_cache(maxsize=SCHEMAS_KEPT)
def _names(version: Version, action: str, part: Part) -> frozenset[str]:
    """Every field name in the schema of this payload."""

    def names(field: Field) -> Iterator[str]:
        yield field.name
        for inner in (*field.fields, *([field.item] if field.item else ())):
            yield from names(inner)

    tree = field_tree(version, action, part)
    return frozenset(names(tree)) if tree is not None else frozenset()
