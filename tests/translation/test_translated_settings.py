"""Keys of 1.6 as variables of 2.0.1, and back. If these fail, a setting gets another meaning in the other version."""

from __future__ import annotations

from typing import Any

from ocpptui.ocpp.schema import Part
from ocpptui.translation.exchange_half import ExchangeHalf
from ocpptui.translation.notes import TranslationNotes
from ocpptui.translation.translated_settings import (
    key_change_answered,
    key_changed,
    keys_answered,
    keys_asked,
    variable_change_answered,
    variable_changed,
    variables_answered,
    variables_asked,
)

KEY = "HeartbeatInterval"
INTERVAL: dict[str, Any] = {"component": {"name": "OCPPCommCtrlr"}, "variable": {"name": "HeartbeatInterval"}}
OTHER: dict[str, Any] = {"component": {"name": "X"}, "variable": {"name": "Y"}}


def asked(action: str, payload: dict[str, Any]) -> ExchangeHalf:
    return ExchangeHalf(action, Part.REQUEST, payload)


def answered(action: str, payload: dict[str, Any], request: dict[str, Any] | None = None) -> ExchangeHalf:
    return ExchangeHalf(action, Part.RESPONSE, payload, request)


def test_a_key_is_asked_for_and_changed_as_its_variable() -> None:
    notes = TranslationNotes()
    found = variables_asked(asked("GetConfiguration", {"key": [KEY, "com.vendor.Key"]}), notes)
    assert found is not None
    assert (found.action, found.payload) == ("GetVariables", {"getVariableData": [INTERVAL]})
    assert notes.lost == ["$.key[1]: 2.0.1 has no variable for com.vendor.Key"]
    whole = variables_asked(asked("GetConfiguration", {}), notes)
    assert whole is not None and whole.action == "GetBaseReport"
    changed = variable_changed(asked("ChangeConfiguration", {"key": KEY, "value": "9"}))
    assert changed is not None
    assert changed.payload == {"setVariableData": [INTERVAL | {"attributeValue": "9"}]}
    assert variable_changed(asked("ChangeConfiguration", {"key": "com.vendor.Key", "value": "9"})) is None


def test_an_answer_about_keys_is_one_about_variables() -> None:
    notes = TranslationNotes()
    read = {"configurationKey": [{"key": KEY, "readonly": False, "value": "9"}], "unknownKey": ["X"]}
    found = variables_answered(answered("GetConfiguration", read, {"key": [KEY, "X"]}), notes)
    result = INTERVAL | {"attributeStatus": "Accepted", "attributeValue": "9"}
    assert found is not None and found.payload == {"getVariableResult": [result]}
    assert "$.unknownKey[0]: 2.0.1 has no variable for X" in notes.lost
    assert variables_answered(answered("GetConfiguration", read, {}), notes) is None, "2.0.1 sends NotifyReport"
    status = answered("ChangeConfiguration", {"status": "NotSupported"}, {"key": KEY})
    changed = variable_change_answered(status, notes)
    assert changed is not None
    assert changed.payload == {"setVariableResult": [INTERVAL | {"attributeStatus": "UnknownVariable"}]}


def test_a_variable_is_asked_for_and_changed_as_its_key() -> None:
    notes = TranslationNotes()
    found = keys_asked(asked("GetVariables", {"getVariableData": [OTHER, INTERVAL]}), notes)
    assert found is not None and (found.action, found.payload) == ("GetConfiguration", {"key": [KEY]})
    assert keys_asked(asked("GetVariables", {"getVariableData": [OTHER]}), notes) is None, "no key would mean all"
    data = [one | {"attributeValue": "9"} for one in (OTHER, INTERVAL, INTERVAL)]
    changed = key_changed(asked("SetVariables", {"setVariableData": data}), notes)
    assert changed is not None
    assert (changed.action, changed.payload) == ("ChangeConfiguration", {"key": KEY, "value": "9"})
    assert notes.lost[-2:] == [
        "$.setVariableData[0]: 1.6 has no key for it",
        "$.setVariableData[2]: 1.6 changes one key with each call",
    ]


def test_an_answer_about_variables_is_one_about_keys() -> None:
    notes = TranslationNotes()
    results = [
        OTHER | {"attributeStatus": "Accepted", "attributeValue": "1"},
        INTERVAL | {"attributeStatus": "Accepted", "attributeValue": "9"},
        INTERVAL | {"attributeStatus": "UnknownVariable"},
    ]
    assert keys_answered({"getVariableResult": results}, notes) == {
        "configurationKey": [{"key": KEY, "readonly": False, "value": "9"}],
        "unknownKey": [KEY],
    }
    assert "which the answer does not say" in notes.assumed[0]
    refused = {"setVariableResult": [OTHER | {"attributeStatus": "Accepted"}, results[2]]}
    assert key_change_answered(refused) == {"status": "NotSupported"}
