"""OCPP 1.2, 1.5 and 1.6 in each other: the names and values that a step between two of them changes.

Sources: the WSDLs of the three versions, and the version histories in OCPP 1.5 and 1.6 section 1.
"""

from __future__ import annotations

from typing import Any

from ocpptui.ocpp.measurands import ENERGY, LARGEST_WHOLE
from ocpptui.ocpp.payload import Payload, measured_at, objects_at
from ocpptui.ocpp.schema import Part, field_tree
from ocpptui.ocpp.version import Version
from ocpptui.translation.generation_values import OCCUPIED
from ocpptui.translation.notes import TranslationNotes
from ocpptui.translation.payload_changes import change_value, rename, respell

_IN_VALUE = ("context", "format", "measurand", "location", "unit", "phase")
_OF_MEANING = ("format", "measurand", "unit", "phase")


def to_1_5_from_1_6(action: str, part: Part, payload: Payload, notes: TranslationNotes) -> Payload | None:
    """A payload of 1.6 as one of 1.5."""
    match action, part:
        case "BootNotification", Part.RESPONSE:
            rename(payload, "interval", "heartbeatInterval")
            change_value(payload, "status", {"Pending": "Rejected"}, notes)
        case "StatusNotification", Part.REQUEST:
            change_value(payload, "status", dict.fromkeys(OCCUPIED, "Occupied"), notes)
            change_value(payload, "errorCode", _ERRORS_OF_1_6, notes)
        case (("FirmwareStatusNotification" | "DiagnosticsStatusNotification"), Part.REQUEST):
            return None if payload.get("status") in _ON_THE_WAY else payload
        case "MeterValues", Part.REQUEST:
            rename(payload, "meterValue", "values")
            payload["values"] = _older_readings(payload.get("values"), "$.values", notes)
        case "StopTransaction", Part.REQUEST if "transactionData" in payload:
            readings = _older_readings(payload["transactionData"], "$.transactionData", notes)
            payload["transactionData"] = [{"values": readings}]
        case "UnlockConnector", Part.RESPONSE:
            change_value(payload, "status", {"Unlocked": "Accepted"} | dict.fromkeys(_LOCKED, "Rejected"), notes)
        case "ChangeConfiguration", Part.RESPONSE:
            change_value(payload, "status", {"RebootRequired": "Accepted"}, notes)
        case "SendLocalList", Part.REQUEST:
            rename(payload, "localAuthorizationList", "localAuthorisationList")
    return payload


def to_1_6_from_1_5(action: str, part: Part, payload: Payload, notes: TranslationNotes) -> Payload | None:
    """A payload of 1.5 as one of 1.6."""
    match action, part:
        case "BootNotification", Part.RESPONSE:
            rename(payload, "heartbeatInterval", "interval")
        case "StatusNotification", Part.REQUEST:
            change_value(payload, "status", {"Occupied": "Charging"}, notes)
            change_value(payload, "errorCode", {"Mode3Error": "EVCommunicationError"}, notes)
        case "MeterValues", Part.REQUEST:
            rename(payload, "values", "meterValue")
            payload["meterValue"] = _newer_readings(payload.get("meterValue"))
        case "StopTransaction", Part.REQUEST if "transactionData" in payload:
            parts = payload["transactionData"] if isinstance(payload["transactionData"], list) else []
            payload["transactionData"] = [
                one for data in parts if isinstance(data, dict) for one in _newer_readings(data.get("values"))
            ]
        case "UnlockConnector", Part.RESPONSE:
            change_value(payload, "status", {"Accepted": "Unlocked", "Rejected": "UnlockFailed"}, notes)
        case "SendLocalList", Part.REQUEST:
            rename(payload, "localAuthorisationList", "localAuthorizationList")
        case "SendLocalList", Part.RESPONSE:
            change_value(payload, "status", {"HashError": "Failed"}, notes)
    return payload


def to_1_2_from_1_5(action: str, part: Part, payload: Payload, notes: TranslationNotes) -> Payload | None:
    """A payload of 1.5 as one of 1.2."""
    match action, part:
        case "StatusNotification", Part.REQUEST:
            change_value(payload, "status", {"Reserved": "Occupied"}, notes)
            change_value(payload, "errorCode", dict.fromkeys(_NEW_ERRORS_OF_1_5, "PowerSwitchFailure"), notes)
        case "MeterValues", Part.REQUEST:
            payload["values"] = _oldest_readings(payload.get("values"), notes)
    return payload


def to_1_5_from_1_2(action: str, part: Part, payload: Payload, notes: TranslationNotes) -> Payload | None:
    """A payload of 1.2 as one of 1.5."""
    if (action, part) == ("MeterValues", Part.REQUEST):
        for one in objects_at(payload, "values"):
            if "value" in one:
                one["value"] = [{"value": str(one["value"])}]
    if (action, part) == ("BootNotification", Part.RESPONSE) and "heartbeatInterval" not in payload:
        payload["heartbeatInterval"] = 0
        notes.assume("$.heartbeatInterval", 0, "which 1.5 requires")
    return payload


# -- readings -------------------------------------------------------------------------------------------------------


def _older_readings(readings: Any, path: str, notes: TranslationNotes) -> list[Payload]:
    """Meter values of 1.6 as 1.5 has them; where nothing of a reading is left, neither is the reading."""
    allowed, found = _allowed_in_1_5(), []
    for place, reading in enumerate(objects_at(readings)):
        values = [
            older
            for number, sample in enumerate(objects_at(reading, "sampledValue"))
            if (older := _older_value(sample, allowed, f"{path}[{place}].value[{number}]", notes)) is not None
        ]
        if values:
            found.append({**reading, "value": values})
            del found[-1]["sampledValue"]
    return found


def _older_value(
    sample: Payload, allowed: dict[str, tuple[str, ...]], path: str, notes: TranslationNotes
) -> Payload | None:
    """None for a value whose measurand, unit or phase 1.5 does not have: without that it would mean another one."""
    older = dict(sample)
    respell(older, "unit", _UNITS_OF_1_5)
    for name in _IN_VALUE:
        if name not in older or older[name] in allowed.get(name, ()):
            continue
        if name in _OF_MEANING:
            notes.lose(path, f"1.5 has no {name} {older[name]}")
            return None
        notes.lose(f"{path}.{name}", f"1.5 has no {name} {older.pop(name)}")
    return older


def _newer_readings(readings: Any) -> list[Payload]:
    found = []
    for reading in objects_at(readings):
        if "value" not in reading:
            continue
        values = [dict(sample) for sample in objects_at(reading, "value")]
        for sample in values:
            respell(sample, "unit", _UNITS_OF_1_6)
        found.append({**reading, "sampledValue": values})
        del found[-1]["value"]
    return found


def _oldest_readings(readings: Any, notes: TranslationNotes) -> list[Payload]:
    """Meter values of 1.5 as 1.2 has them: the energy in whole Wh."""
    found = []
    for place, reading in enumerate(objects_at(readings)):
        for number, sample in enumerate(objects_at(reading, "value")):
            energy = _watt_hours(sample)
            if energy is None:
                notes.lose(f"$.values[{place}].value[{number}]", "1.2 has only the energy in Wh")
            else:
                found.append({**reading, "value": energy})
    return found


def _watt_hours(sample: Payload) -> int | None:
    if sample.get("measurand", ENERGY) != ENERGY or sample.get("format", "Raw") != "Raw":
        return None
    factor = {"Wh": 1, "kWh": 1000}.get(str(sample.get("unit", "Wh")))
    value = measured_at(sample, "value")
    if factor is None or value is None or abs(value) > LARGEST_WHOLE:
        return None
    return round(value * factor)


def _allowed_in_1_5() -> dict[str, tuple[str, ...]]:
    tree = field_tree(Version.V15, "MeterValues", Part.REQUEST)
    value = None if tree is None else tree.at(("values", 0, "value", 0))
    return {} if value is None else {field.name: field.enum for field in value.fields}


_LOCKED = ("UnlockFailed", "NotSupported")
_ON_THE_WAY = ("Idle", "Downloading", "Installing", "Uploading")
"""The states between beginning and end, which 1.5 does not report."""
_ERRORS_OF_1_6 = {
    "EVCommunicationError": "Mode3Error",
    "InternalError": "OtherError",
    "LocalListConflict": "OtherError",
    "OverVoltage": "OtherError",
}
_NEW_ERRORS_OF_1_5 = ("GroundFailure", "OverCurrentFailure", "UnderVoltage", "WeakSignal", "OtherError")
_UNITS_OF_1_5 = {"A": "Amp", "V": "Volt", "Celcius": "Celsius"}
_UNITS_OF_1_6 = {"Amp": "A", "Volt": "V"}
