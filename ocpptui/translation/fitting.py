"""Cuts a payload to what the schema of a version has."""

from __future__ import annotations

from typing import Any

from ocpptui.ocpp.schema import Field, Part, field_tree
from ocpptui.ocpp.version import Version
from ocpptui.translation.notes import TranslationNotes

_FREE = "customData"
"""The one object that may have any field. The schemas of 2.0 allow further fields in every object, by mistake."""


def cut_to_schema(payload: dict[str, Any], tree: Field, notes: TranslationNotes) -> dict[str, Any]:
    """The payload without the fields and values that the schema does not have; each is noted."""
    found = _cut(payload, tree, "$", notes)
    return found if isinstance(found, dict) else {}


def measurands_of(version: Version) -> tuple[str, ...]:
    """The measurands that the meter values of 1.6 and later may have."""
    tree = field_tree(version, "MeterValues", Part.REQUEST)
    field = None if tree is None else tree.at(("meterValue", 0, "sampledValue", 0, "measurand"))
    return () if field is None else field.enum


def _cut(value: Any, field: Field, path: str, notes: TranslationNotes) -> Any:
    """The value as the field allows it; None if the field does not allow it."""
    if isinstance(value, dict) and field.type == "object":
        found = {}
        for name, inner in value.items():
            known = field.child(name)
            if known is None and field.name == _FREE:
                found[name] = inner
            elif known is None:
                notes.lose(f"{path}.{name}")
            elif (fitting := _cut(inner, known, f"{path}.{name}", notes)) is not None:
                found[name] = fitting
        return found
    if isinstance(value, list) and field.item is not None:
        items = [_cut(one, field.item, f"{path}[{place}]", notes) for place, one in enumerate(value)]
        return [one for one in items if one is not None]
    if isinstance(value, str) and field.enum and value not in field.enum:
        notes.lose(path, f"the other version has no value {value}")
        return None
    if isinstance(value, str) and field.max_length is not None and len(value) > field.max_length:
        notes.lose(path, f"{len(value)} characters, of which the other version allows {field.max_length}")
    return value
