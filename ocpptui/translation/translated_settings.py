"""The messages about settings: configuration keys of OCPP 1.6 as variables of 2.0.1, and back.

A key has the variable of the same meaning (`generation_values`). Sources: OCPP 1.6 sections 5.3, 5.8 and 9; OCPP 2.0.1
Part 2 use cases B05 to B07 and appendix 3.
"""

from __future__ import annotations

from typing import Any

from ocpptui.ocpp.payload import Payload, objects_at
from ocpptui.ocpp.setting_place import SettingPlace, variable_named_in
from ocpptui.translation.exchange_half import ExchangeHalf
from ocpptui.translation.generation_values import keys_of_variables, variables_of_keys
from ocpptui.translation.notes import TranslationNotes
from ocpptui.translation.payload_changes import change_value, respell, with_values

_UNKNOWN_SETTINGS = ("UnknownComponent", "UnknownVariable", "NotSupportedAttributeType")

# -- from 1.6 -------------------------------------------------------------------------------------------------------


def variables_asked(half: ExchangeHalf, notes: TranslationNotes) -> ExchangeHalf | None:
    """GetConfiguration as GetVariables; without keys, which means all, as GetBaseReport."""
    keys = half.payload.get("key")
    if not keys:
        return half.says({"requestId": 1, "reportBase": "ConfigurationInventory"}, "GetBaseReport")
    wanted: list[Payload] = []
    for number, key in enumerate(keys if isinstance(keys, list) else []):
        place = _place_of_key(key)
        if place is None:
            notes.lose(f"$.key[{number}]", f"2.0.1 has no variable for {key}")
        else:
            wanted.append(place.as_payload())
    return half.says({"getVariableData": wanted}, "GetVariables") if wanted else None


def variable_changed(half: ExchangeHalf) -> ExchangeHalf | None:
    """ChangeConfiguration as SetVariables."""
    place = _place_of_key(half.payload.get("key"))
    if place is None:
        return None
    changed = place.as_payload() | with_values(attributeValue=half.payload.get("value"))
    return half.says({"setVariableData": [changed]}, "SetVariables")


def variable_change_answered(half: ExchangeHalf, notes: TranslationNotes) -> ExchangeHalf | None:
    """The answer to ChangeConfiguration as that to SetVariables."""
    place = _place_of_key((half.request or {}).get("key"))
    if half.request is not None and place is None:
        return None
    result = with_values(attributeStatus=half.payload.get("status")) | ({} if place is None else place.as_payload())
    change_value(result, "attributeStatus", {"NotSupported": "UnknownVariable"}, notes, "$.setVariableResult[0]")
    return half.says({"setVariableResult": [result]}, "SetVariables")


def variables_answered(half: ExchangeHalf, notes: TranslationNotes) -> ExchangeHalf | None:
    """The answer to GetConfiguration as that to GetVariables."""
    if half.request is not None and not half.request.get("key"):
        return None  # 2.0.1 sends all settings with NotifyReport
    results: list[Payload] = []
    for number, entry in enumerate(objects_at(half.payload, "configurationKey")):
        place = _place_of_key(entry.get("key"))
        if place is None:
            notes.lose(f"$.configurationKey[{number}]", f"2.0.1 has no variable for {entry.get('key')}")
            continue
        results.append(
            {"attributeStatus": "Accepted"} | place.as_payload() | with_values(attributeValue=entry.get("value"))
        )
        if "readonly" in entry:
            notes.lose(f"$.configurationKey[{number}].readonly", "2.0.1 says so in NotifyReport")
    unknown = half.payload.get("unknownKey")
    for number, key in enumerate(unknown if isinstance(unknown, list) else []):
        if (place := _place_of_key(key)) is not None:
            results.append({"attributeStatus": "UnknownVariable"} | place.as_payload())
        else:
            notes.lose(f"$.unknownKey[{number}]", f"2.0.1 has no variable for {key}")
    return half.says({"getVariableResult": results}, "GetVariables")


def _place_of_key(key: Any) -> SettingPlace | None:
    return variables_of_keys().get(key.casefold()) if isinstance(key, str) else None


# -- to 1.6 ---------------------------------------------------------------------------------------------------------


def keys_asked(half: ExchangeHalf, notes: TranslationNotes) -> ExchangeHalf | None:
    """GetVariables as GetConfiguration; None if 1.6 has none of the keys, since no key means all."""
    found = []
    for number, entry in enumerate(objects_at(half.payload, "getVariableData")):
        if (key := _key_in(entry)) is None:
            notes.lose(f"$.getVariableData[{number}]", "1.6 has no key for it")
        else:
            found.append(key)
    return half.says({"key": found}, "GetConfiguration") if found else None


def key_changed(half: ExchangeHalf, notes: TranslationNotes) -> ExchangeHalf | None:
    """SetVariables as ChangeConfiguration, which changes one key: the first that 1.6 has."""
    found: Payload | None = None
    for number, entry in enumerate(objects_at(half.payload, "setVariableData")):
        key = _key_in(entry)
        if key is not None and found is None:
            found = with_values(key=key, value=entry.get("attributeValue"))
        else:
            why = "1.6 has no key for it" if key is None else "1.6 changes one key with each call"
            notes.lose(f"$.setVariableData[{number}]", why)
    return None if found is None else half.says(found, "ChangeConfiguration")


def key_change_answered(payload: Payload) -> Payload:
    """The payload of the answer to SetVariables as that to ChangeConfiguration."""
    results = objects_at(payload, "setVariableResult")
    known = [one for one in results if _key_in(one) is not None] or results
    status = with_values(status=known[0].get("attributeStatus") if known else None)
    respell(status, "status", dict.fromkeys(_UNKNOWN_SETTINGS, "NotSupported"))
    return status


def keys_answered(payload: Payload, notes: TranslationNotes) -> Payload:
    """The payload of the answer to GetVariables as that to GetConfiguration."""
    known: list[Payload] = []
    unknown: list[str] = []
    for number, result in enumerate(objects_at(payload, "getVariableResult")):
        key = _key_in(result)
        if key is None:
            notes.lose(f"$.getVariableResult[{number}]", "1.6 has no key for it")
        elif result.get("attributeStatus") == "Accepted":
            known.append({"key": key, "readonly": False} | with_values(value=result.get("attributeValue")))
            notes.assume(f"$.configurationKey[{len(known) - 1}].readonly", False, "which the answer does not say")
        else:
            unknown.append(key)
    return with_values(configurationKey=known or None, unknownKey=unknown or None)


def _key_in(entry: Payload) -> str | None:
    """The key of 1.6 for the variable that an element names."""
    if entry.get("attributeType", "Actual") != "Actual":
        return None
    return keys_of_variables().get(variable_named_in(entry).folded)
