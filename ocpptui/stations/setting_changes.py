"""The calls that read and change settings.

Source: OCPP 1.6 sections 5.3 and 5.8; OCPP 2.0.1 and 2.1 Part 2 use cases B05 to B08.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ocpptui.jsontext.text import value_text
from ocpptui.ocpp.payload import Payload
from ocpptui.ocpp.setting_place import SettingPlace
from ocpptui.ocpp.version import Version
from ocpptui.stations.state import ChargePointState

FULL_INVENTORY = "FullInventory"


class SettingChange(NamedTuple):
    """A new value for a setting."""

    place: SettingPlace
    value: str


class SettingCall(NamedTuple):
    """A call, and the changes that it makes."""

    action: str
    payload: Payload
    changes: tuple[SettingChange, ...] = ()


def change_calls(known: ChargePointState, version: Version, changes: Sequence[SettingChange]) -> Iterator[SettingCall]:
    """The calls that make these changes: a ChangeConfiguration for each in 1.x; in 2.x as few SetVariables as the
    charging station allows.
    """
    if version.generation == 1:
        for change in changes:
            yield SettingCall("ChangeConfiguration", {"key": change.place.name, "value": change.value}, (change,))
        return
    most_items, most_bytes = _limit(known, "ItemsPerMessage"), _limit(known, "BytesPerMessage")
    part: list[SettingChange] = []
    for change in changes:
        longer = [*part, change]
        too_many = most_items is not None and len(longer) > most_items
        if part and (too_many or (most_bytes is not None and _size(longer) > most_bytes)):
            yield _set_variables(part)
            longer = [change]
        part = longer
    if part:
        yield _set_variables(part)


def _set_variables(changes: Sequence[SettingChange]) -> SettingCall:
    data = [{"attributeValue": change.value, **change.place.as_payload()} for change in changes]
    return SettingCall("SetVariables", {"setVariableData": data}, tuple(changes))


def _size(changes: Sequence[SettingChange]) -> int:
    return len(value_text(_set_variables(changes).payload).encode()) + 100  # the message around it, too


def _limit(known: ChargePointState, name: str) -> int | None:
    value = known.settings.value(SettingPlace(name, "DeviceDataCtrlr", instance="SetVariables")) or ""
    return int(value) if value.isascii() and value.isdigit() and 0 < len(value) < 10 and int(value) else None


def reading_calls(known: ChargePointState, version: Version) -> tuple[SettingCall, ...]:
    """The calls that read all settings, to be tried in this order until one is accepted."""
    if version.generation == 1:
        return (SettingCall("GetConfiguration", {}),)
    used = [int(text) for text in known.suggestions("requestId") if text.isascii() and text.isdigit() and len(text) < 9]
    request_id = max(used, default=0) + 1
    return (
        SettingCall("GetBaseReport", {"requestId": request_id, "reportBase": FULL_INVENTORY}),
        SettingCall("GetReport", {"requestId": request_id}),
    )
