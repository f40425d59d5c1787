"""The start value of a new field: a value known from the peer, the time, or else an example."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ocpptui.jsontext.text import is_number
from ocpptui.jsontext.tree import Number, Tree, tree_of
from ocpptui.ocpp.date_times import HOUR, date_time
from ocpptui.ocpp.schema import Field

Suggestions = Callable[[str], Sequence[str]]
"""Known values of a field by its name (`idTag`, `transactionId`, `evseId` ...), the likeliest first."""


def nothing_known(name: str) -> Sequence[str]:
    """No suggestions."""
    return ()


def known_name(field: Field, parent: str) -> str:
    """The name under which values of a field are known: `evseId` for the `id` of an `evse`."""
    return f"{parent}Id" if field.name == "id" and parent else field.name


def start_tree(field: Field, value: Any, now: int, suggestions: Suggestions, parent: str = "") -> Tree:
    """An example value of a field, with the time `now` and known values in place of invented ones.

    `parent` is the name of the object that contains the field.
    """
    if field.type == "object" and isinstance(value, dict):
        fields = {child.name: child for child in field.fields}
        tree = {
            key: start_tree(fields[key], item, now, suggestions, field.name) if key in fields else tree_of(item)
            for key, item in value.items()
        }
        return tree_of(tree)
    if field.type == "array" and isinstance(value, list) and field.item is not None:
        return [start_tree(field.item, item, now, suggestions, field.name) for item in value]
    if field.format == "date-time":
        return date_time(now + HOUR if _lies_ahead(field.name) else now)
    name = known_name(field, parent)
    return _known(field, suggestions(name) if _refers(name) else (), value)


def _refers(name: str) -> bool:
    """Whether a field must refer to something the peer knows."""
    return name.endswith("Id") or name in ("id", "idTag", "idToken", "location", "remoteLocation")


def _lies_ahead(name: str) -> bool:
    return "expiry" in name.lower() or name == "validTo"


def _known(field: Field, known: Sequence[str], value: Any) -> Tree:
    if not known or field.enum:
        return tree_of(value)
    if field.type == "string":
        return known[0] if field.max_length is None or len(known[0]) <= field.max_length else tree_of(value)
    if field.type in ("integer", "number") and is_number(known[0]):
        return Number(known[0])
    return tree_of(value)
