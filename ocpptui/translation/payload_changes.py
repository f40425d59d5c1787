"""Changes of a payload between versions. None of them raises, since the captures of faulty peers are translated too."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ocpptui.ocpp.payload import Payload
from ocpptui.translation.notes import TranslationNotes

NEWLY_REQUIRED = "which 2.0.1 requires"
"""Why a value is assumed that an older version leaves open."""


def rename(payload: Payload, old: str, new: str) -> None:
    """The same value under another name, if there is one."""
    if old in payload:
        payload[new] = payload.pop(old)


def change_value(
    payload: Payload, name: str, values: Mapping[str, str], notes: TranslationNotes, path: str = "$"
) -> None:
    """Another value that says less; noted."""
    value = payload.get(name)
    if isinstance(value, str) and value in values:
        payload[name] = values[value]
        notes.change(f"{path}.{name}", value, values[value])


def respell(payload: Payload, name: str, values: Mapping[str, str]) -> None:
    """The same value as the other version spells it."""
    value = payload.get(name)
    if isinstance(value, str):
        payload[name] = values.get(value, value)


def assume(payload: Payload, name: str, value: Any, why: str, notes: TranslationNotes, path: str = "$") -> None:
    """A value for a field that the payload does not have; noted."""
    if name not in payload:
        payload[name] = value
        notes.assume(f"{path}.{name}", value, why)


def with_values(**fields: Any) -> Payload:
    """An object of the fields that are not None."""
    return {name: value for name, value in fields.items() if value is not None}
