"""Which messages can contain a secret, and the names of their other fields, according to the schemas."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from ocpptui.ocpp.schema import Field, Part, field_tree
from ocpptui.ocpp.secret_names import SECRET_FIELDS
from ocpptui.ocpp.version import Version

PROFILE = "SetNetworkProfile"
"""Its secrets are separate fields; everywhere else a secret is the value of a setting whose name is beside it."""
SETTINGS = frozenset(
    {"ChangeConfiguration", "GetConfiguration", "GetVariables", "NotifyEvent", "NotifyReport", "SetVariables"}
)
"""The actions with settings in their calls or answers."""
CARRIERS = SETTINGS | {PROFILE, "DataTransfer"}
"""The actions whose messages can contain a secret."""
LARGE = 300_000
"""From this many characters on, a text that may contain a secret is not searched value by value, because that would
block everything else; more of it is masked instead."""
VALUES = frozenset({"value", "attributeValue", "actualValue"})
"""The fields that contain the value of a setting."""
VALUE_LABELS = frozenset(name.lower() for name in VALUES)


@cache
def setting_fields() -> frozenset[str]:
    """The names of all other fields beside the value of a setting, in every version."""
    return frozenset(field.name for action in SETTINGS for field in _fields(action)) - VALUES - SECRET_FIELDS - {"key"}


@cache
def profile_fields() -> frozenset[str]:
    """The names of all fields of a network profile that are not secrets, in every version."""
    return frozenset(field.name for field in _fields(PROFILE)) - SECRET_FIELDS - {"key"}


@cache
def longest_allowed(version: Version, name: str) -> int | None:
    """How many characters a version allows in a field of this name that may be a secret; None if it does not say."""
    lengths = [
        field.max_length
        for action in SETTINGS | {PROFILE}
        for field in _fields(action, version)
        if field.name == name and field.max_length is not None
    ]
    return min(lengths, default=None)


def _fields(action: str, *versions: Version) -> Iterator[Field]:
    """Every field of an action, at every level."""
    for version in versions or Version:
        for part in Part:
            tree = field_tree(version, action, part)
            if tree is not None:
                yield from _within(tree)


def _within(field: Field) -> Iterator[Field]:
    for inner in (*field.fields, *([field.item] if field.item is not None else ())):
        yield inner
        yield from _within(inner)
