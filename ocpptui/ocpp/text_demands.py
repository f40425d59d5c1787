"""What a version demands of a payload beyond its schema: in its text, in the descriptions of its fields, in JSON.

The demands on a payload are a JSON Schema of their own. `flawless_schema` puts it beside that of the action, so that
one test decides about both; `broken_demands` says which demands a payload breaks.

Sources: OCPP 1.6 sections 3.8, 3.15, 5.10, 6.31, 6.33, 6.45, 6.51, 6.53, 7.8, 7.13 and 7.33; OCPP 2.0.1 and 2.1 Part 1
section 7.1, Part 2 (the descriptions of the fields, and the section on date-times), Part 4 section 4.1.5.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Any

import jsonschema_rs

from ocpptui.jsontext.path import json_path
from ocpptui.ocpp.advisories import date_time_advisory
from ocpptui.ocpp.bounded_payload import excerpt
from ocpptui.ocpp.schema import SCHEMAS_KEPT, Field, Part, field_tree, schema_tree
from ocpptui.ocpp.version import Version
from ocpptui.ocpp.violation import Violation, brief_value, explained

if TYPE_CHECKING:
    from jsonschema_rs import ValidationError

CONNECTOR_NUMBER = "connector-number"
"""A connector or EVSE below 0, or 0, the whole charge point, where only one of them can be meant."""
OUT_OF_RANGE = "out-of-range"
"""A number outside the range that the description of its field gives."""
EMPTY_LIST = "empty-list"
"""A list without an element, which the text of OCPP 1.6 does not allow (cardinality 1..*)."""
LIMIT_DIGITS = "limit-digits"
"""A charging limit with more than one digit after the point."""
DATE_DIGITS = "date-digits"
"""More than three digits of a second after the point."""
UNREADABLE_DATE = "unreadable-date"
"""A text where a date-time belongs; the schema forbids it as well."""
INTEGER_AS_DECIMAL = "integer-as-decimal"
"""An integer that is written with a decimal point: an integer in draft-06 of JSON Schema, but not in draft-04."""
EMPTY_OPTIONAL = "empty-optional"
"""null, {} or [] in place of an optional field that is not set."""
NOT_A_URL = "not-a-url"
"""A location that does not begin with the scheme of a URL."""

DEMANDS = (
    CONNECTOR_NUMBER,
    OUT_OF_RANGE,
    EMPTY_LIST,
    LIMIT_DIGITS,
    DATE_DIGITS,
    UNREADABLE_DATE,
    INTEGER_AS_DECIMAL,
    EMPTY_OPTIONAL,
    NOT_A_URL,
)
"""What a broken demand may be called."""

MOST_REPORTED = 100
"""Broken demands that are reported for one payload."""


def flawless_schema(version: Version, action: str, part: Part, schema: dict[str, Any]) -> dict[str, Any]:
    """A schema that also has the demands, and in which 1.0 is not an integer."""
    tree = schema_tree(schema, is_described=False)
    demands = _Demands(version, action, part, is_thorough=False).on(tree, "")
    return {**schema, "$schema": _DRAFT_4, **({"allOf": [demands]} if demands else {})}


def broken_demands(
    version: Version, action: str, part: Part, payload: Any, names: Collection[str]
) -> Iterator[Violation]:
    """The demands that a payload breaks, each a violation with its name as `advisory`; `MOST_REPORTED` at most.

    `names` has the names of all fields. The payload may break its schema as well.
    """
    tree, check = field_tree(version, action, part), _thorough(version, action, part)
    if tree is None or check is None:
        return
    errors = check.iter_errors(excerpt(payload, names))
    found = (one for error in errors if (one := _broken(version, tree, payload, error)) is not None)
    yield from islice(found, MOST_REPORTED)


@lru_cache(maxsize=SCHEMAS_KEPT)
def _thorough(version: Version, action: str, part: Part) -> jsonschema_rs.Validator | None:
    tree = field_tree(version, action, part)
    demands = None if tree is None else _Demands(version, action, part, is_thorough=True).on(tree, "")
    if not demands:
        return None
    return jsonschema_rs.validator_for({"$schema": _DRAFT_4, **demands}, validate_formats=True)


class _Demands:
    """Writes the demands on one payload as a JSON Schema.

    A thorough one also has what no payload breaks that follows its schema.
    """

    def __init__(self, version: Version, action: str, part: Part, *, is_thorough: bool) -> None:
        self._is_1x = version.generation == 1
        self._part, self._is_thorough = part, is_thorough
        self._means_one = part is Part.REQUEST and action in (_OF_ONE_1X if self._is_1x else _OF_ONE_2X)
        self._is_report = action in _REPORTS

    def on(self, field: Field, parent: str) -> dict[str, Any]:
        """The demands on a field and all in it; empty if there are none. `parent` is the name of what it is in."""
        if field.type == "any":
            return {}
        node = self._limits(field, parent)
        if self._is_thorough:
            node["type"] = field.type
            if field.format == "date-time":
                node["format"] = field.format
        if not self._is_1x and not field.required:
            if field.type == "object" and (self._is_thorough or not any(one.required for one in field.fields)):
                node["minProperties"] = 1
            elif field.type == "array" and (self._is_thorough or field.min_items is None):
                node["minItems"] = 1
        of_vendor = field.name == "customData"
        inner = {one.name: its for one in field.fields if not of_vendor and (its := self.on(one, field.name))}
        if inner:
            node["properties"] = inner
        if field.item is not None and (items := self.on(field.item, field.name)):
            node["items"] = items
        return node

    def _limits(self, field: Field, parent: str) -> dict[str, Any]:
        name, is_number = field.name, field.type in ("integer", "number")
        if self._is_1x:
            if name in _LISTS and not field.min_items:
                return {"minItems": 1}
            limits = {"minimum": -1} if name == "listVersion" and self._part is Part.RESPONSE else _RANGES_1X.get(name)
        elif field.format == "date-time":
            return {"pattern": _MILLISECONDS}
        elif (parent, name) in _LOCATIONS and not field.format:
            return {"pattern": _URL}
        elif (name == "id" and parent in _NAMED_FROM_0) or (name == "versionNumber" and self._part is Part.RESPONSE):
            limits = {"minimum": 0}
        else:
            limits = _RANGES_2X.get(name) if name != "seqNo" or self._is_report else None
        if name in _CONNECTORS:
            limits = {"minimum": int(self._means_one and name == ("connectorId" if self._is_1x else "evseId"))}
        known = {"minimum": field.minimum, "maximum": field.maximum, "multipleOf": field.multiple_of}
        return {key: limit for key, limit in (limits or {}).items() if is_number and known[key] is None}


def _broken(version: Version, tree: Field, payload: Any, error: ValidationError) -> Violation | None:
    steps, rule, value = error.instance_path, error.kind.name, error.instance
    field = tree.at(steps)
    if field is None:
        return None
    match rule:
        case "type":
            if value is None and not field.required and version.generation > 1:
                return _violation(steps, EMPTY_OPTIONAL, "a value or no field", value)
            if field.type == "integer" and isinstance(value, float) and value.is_integer():
                return _violation(steps, INTEGER_AS_DECIMAL, "an integer without a decimal point", value)
        case "minProperties":
            return _violation(steps, EMPTY_OPTIONAL, "a value or no field", value)
        case "minItems":
            if version.generation > 1:
                return _violation(steps, EMPTY_OPTIONAL, "a value or no field", value)
            return _violation(steps, EMPTY_LIST, "at least one item", value)
        case "format":
            if isinstance(value, str) and not date_time_advisory(value):
                return _violation(steps, UNREADABLE_DATE, "a date-time such as 2026-01-31T12:00:00Z", value)
        case "pattern" if field.format == "date-time":
            return _violation(steps, DATE_DIGITS, "at most 3 digits of a second after the point", value)
        case "pattern":
            return _violation(steps, NOT_A_URL, "a URL", value)
        case "multipleOf":
            return _violation(steps, LIMIT_DIGITS, "at most one digit after the point", value)
        case "minimum" | "maximum":
            is_connector = steps[-1] in _CONNECTORS or steps[-2:-1] == ["evse"]
            name = CONNECTOR_NUMBER if is_connector else OUT_OF_RANGE
            return next((replace(one, advisory=name) for one in explained(version, tree, payload, error)), None)
    return None


def _violation(steps: Sequence[str | int], name: str, expected: str, value: Any) -> Violation:
    return Violation(json_path(steps), name, expected, brief_value(value), advisory=name)


_DRAFT_4 = "http://json-schema.org/draft-04/schema#"
_CONNECTORS = ("connectorId", "evseId")
_OF_ONE_1X = (
    "StartTransaction",
    "RemoteStartTransaction",
    "UnlockConnector",
    "TriggerMessage",
    "ExtendedTriggerMessage",
)
_OF_ONE_2X = ("NotifyChargingLimit", "NotifyEVChargingNeeds", "NotifyEVChargingSchedule", "RequestStartTransaction")
"""The requests in which 0, the whole charge point, is not a connector or EVSE."""
_REPORTS = ("NotifyCustomerInformation", "NotifyEvent", "NotifyMonitoringReport", "NotifyReport")
"""Their `seqNo` starts at 0; that of a TransactionEvent only should."""
_LISTS = ("chargingSchedulePeriod", "meterValue", "sampledValue")
_RANGES_1X: dict[str, dict[str, Any]] = {"stackLevel": {"minimum": 0}}
_RANGES_2X: dict[str, dict[str, Any]] = {
    "amountMultiplier": {"minimum": -3, "maximum": 3},
    "chargingPriority": {"minimum": -9, "maximum": 9},
    "limit": {"multipleOf": 0.1},
    "minChargingRate": {"multipleOf": 0.1},
    "phaseToUse": {"minimum": 1, "maximum": 3},
    "seqNo": {"minimum": 0},
    "severity": {"minimum": 0, "maximum": 9},
    "stackLevel": {"minimum": 0},
    "stateOfCharge": {"minimum": 0, "maximum": 100},
}
_NAMED_FROM_0 = ("evse", "message", "messageInfo")
"""Objects whose `id` is 0 or above. An EVSE with the id 0 is common in the field for the whole charging station."""
_LOCATIONS = (("log", "remoteLocation"), ("firmware", "location"))
"""What the text calls a URL and the schema a string."""
_MILLISECONDS = r"^[^.]*(\.[0-9]{1,3}([^0-9]|$)|$)"
_URL = "^[A-Za-z][A-Za-z0-9+.-]*:"
