"""OCPP 2.0 as 2.0.1: rules, state and commands know the later version only, and read and write the withdrawn one so."""

from __future__ import annotations

from typing import Any

from ocpptui.ocpp.schema import Part
from ocpptui.ocpp.version import Version


def commonly_read(version: Version | None, action: str, part: Part, payload: Any) -> Any:
    """The payload of a withdrawn version as that of its successor; any other, and what has no counterpart, as it is."""
    if version is None or not version.is_withdrawn or not isinstance(payload, dict):
        return payload
    from ocpptui.translation.translated_message import translated_message  # rarely needed

    found = translated_message(version, Version.V201, action, part, payload)
    return payload if found is None else found.payload


def commonly_written(version: Version, action: str, payload: dict[str, Any]) -> tuple[str, dict[str, Any]] | None:
    """The action and payload of a call of 2.0.1 as a withdrawn version has them; None if it cannot say that.

    Any other version gets them as they are.
    """
    if not version.is_withdrawn:
        return action, payload
    from ocpptui.translation.translated_message import translated_message  # rarely needed

    found = translated_message(Version.V201, version, action, Part.REQUEST, payload)
    return None if found is None else (found.action, found.payload)
