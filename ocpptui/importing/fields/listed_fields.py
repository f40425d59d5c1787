"""Objects that programs write as a list: of names and values, of entries, of tags."""

from __future__ import annotations

from typing import Any

from ocpptui.importing.fields.field_vocabulary import meanings
from ocpptui.jsontext.lazy_pattern import lazily

LONGEST_TAG = 100
"""The most characters of a tag."""
_NAME_OF_FIELD = ("field", "name", "key")
_TYPED = frozenset(("Type", "Value"))
"""An attribute of OpenTelemetry, as its library for Go prints it."""
_STREAM_ID = lazily(r"\d{10,16}-\d{1,9}")
_PLAIN_NAME = lazily(r"[^\W\d][\w.-]{0,60}")


def fields_listed(values: list[Any]) -> dict[str, Any] | None:
    """The fields of an object that is written as a list of names and values, as CloudWatch and OpenTelemetry do; None
    if it is not one."""
    fields: dict[str, Any] = {}
    for value in values:
        if type(value) is not dict or not 2 <= len(value) <= 3:
            return None
        value = {key.lower(): one for key, one in value.items()}
        name = next((value[key] for key in _NAME_OF_FIELD if key in value), None)
        if type(name) is not str or "value" not in value:
            return None
        inner = value["value"]
        if type(inner) is dict and len(inner) == 1 and next(iter(inner)).endswith("Value"):
            (inner,) = inner.values()  # {"stringValue": "CP7"}
        elif type(inner) is dict and inner.keys() == _TYPED:
            inner = inner["Value"]
        fields[name] = inner
    return fields or None


def tags_in(values: list[Any]) -> dict[str, Any] | None:
    """The fields in a list of tags, as Datadog and StatsD write them: `["env:prod", "station:CP-77"]`; None if it is
    not one."""
    if not values or not all(type(value) is str and len(value) <= LONGEST_TAG for value in values):
        return None
    tags = [value.partition(":") for value in values]
    return {name: value for name, _, value in tags} if all(name and value for name, _, value in tags) else None


def fields_in_turn(values: list[Any]) -> dict[str, Any] | None:
    """The fields of an object that is written as its names and values in turn, as the headers of `kcat` and the hashes
    of Redis are: `["cp", "CP7", "dir", "in"]`; None if it is not one."""
    names = values[::2]
    if len(values) % 2 or not all(type(name) is str and _PLAIN_NAME.fullmatch(name) for name in names):
        return None
    known = sum(1 for name in names if meanings(name))
    if len(set(names)) < len(names) or not known or 2 * known < len(names):
        return None
    return dict(zip(names, values[1::2], strict=True))


def entry_of_stream(values: list[Any]) -> dict[str, Any] | None:
    """The fields of an entry of a stream, as redis-cli writes it in JSON: `["1773480600250-0", ["cp", "CP7"]]`; None
    if it is not one."""
    if len(values) != 2 or type(values[0]) is not str or _STREAM_ID.fullmatch(values[0]) is None:
        return None
    fields = values[1]
    if type(fields) is list and not len(fields) % 2 and all(type(name) is str for name in fields[::2]):
        fields = dict(zip(fields[::2], fields[1::2], strict=True))
    return {"epochMillis": values[0], **fields} if type(fields) is dict else None
