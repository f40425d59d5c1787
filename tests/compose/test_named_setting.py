"""A key or variable is chosen by its name and brings its value; else the value of another one would be sent."""

from __future__ import annotations

from itertools import takewhile

import pytest

from ocpptui.compose.draft import Draft, DraftNode
from ocpptui.compose.known_values import KnownValues
from ocpptui.compose.named_setting import OF_THE_STANDARD
from ocpptui.ocpp.schema import Part, field_tree
from ocpptui.ocpp.version import Version
from tests.compose.desk import CS, NOW, Desk, configured, modelled


def test_keys_are_offered_with_their_values() -> None:
    desk = Desk(configured(), CS, "ChangeConfiguration")
    assert shown_first(desk, "$.key") == {
        "AuthorizationKey": "",
        "HeartbeatInterval": "900",
        "MeterValueSampleInterval": "60",
        "NumberOfConnectors": "2 · read-only",
    }
    assert "MeterValueSampleInterval" in {
        one.value
        for one in Desk(configured(), CS, "GetConfiguration").values.offered(
            _item(Desk(configured(), CS, "GetConfiguration"))
        )
    }


def shown_first(desk: Desk, path: str) -> dict[str, str]:
    """What is offered before the settings of the standard."""
    return dict(takewhile(lambda one: one[1] != OF_THE_STANDARD, desk.offered(path).items()))


def test_settings_of_the_standard_that_were_never_shown_are_offered_behind() -> None:
    """A charge point that lists nothing left the user with the specification."""
    desk = Desk(configured(), CS, "ChangeConfiguration")
    further = list(desk.offered("$.key").items())[4:]
    assert {note for _, note in further} == {OF_THE_STANDARD}
    names = [name for name, _ in further]
    assert "LocalPreAuthorize" in names
    assert "HeartbeatInterval" not in names, "it was shown"
    desk.choose("$.key", "LocalPreAuthorize")
    assert desk.payload == {"key": "LocalPreAuthorize", "value": ""}, "the value of another key is not kept"
    assert list(desk.offered("$.value")) == ["true", "false"]


@pytest.mark.parametrize(
    ("version", "action", "path", "name", "payload"),
    [
        (Version.V16, "ChangeConfiguration", "$.key", "LocalPreAuthorize", {"key": "LocalPreAuthorize", "value": ""}),
        (
            Version.V201,
            "SetVariables",
            "$.setVariableData[0].variable.name",
            "OCPPCommCtrlr.MessageAttempts[TransactionEvent]",
            {
                "setVariableData": [
                    {
                        "attributeValue": "",
                        "component": {"name": "OCPPCommCtrlr"},
                        "variable": {"name": "MessageAttempts", "instance": "TransactionEvent"},
                    }
                ]
            },
        ),
    ],
)
def test_they_are_offered_for_a_charge_point_of_which_nothing_is_known(
    version: Version, action: str, path: str, name: str, payload: object
) -> None:
    values = KnownValues(version, CS, action, lambda: None)
    draft = Draft.started(field_tree(version, action, Part.REQUEST), NOW, suggestions=values.named)
    node = next(row.node for row in draft.all_rows() if row.path == path)
    assert {one.note for one in values.offered(node)} == {OF_THE_STANDARD}
    values.choose(draft, node, name, NOW)
    assert draft.value() == payload


def _item(desk: Desk) -> DraftNode:
    item = desk.draft.add_item(desk.node("$.key"), NOW)
    assert item is not None
    return item


def test_the_value_is_that_of_the_chosen_key_and_not_an_example() -> None:
    """An example of HeartbeatInterval was sent to any other key."""
    desk = Desk(configured(), CS, "ChangeConfiguration")
    assert desk.payload == {"key": "HeartbeatInterval", "value": "900"}
    desk.choose("$.key", "MeterValueSampleInterval")
    assert desk.payload == {"key": "MeterValueSampleInterval", "value": "60"}
    assert desk.values.note(desk.node("$.value")) == "now 60"
    desk.write("$.value", "5")
    assert desk.values.note(desk.node("$.value")) == "60 → 5"
    desk.choose("$.key", "NumberOfConnectors")
    assert desk.payload == {"key": "NumberOfConnectors", "value": "5"}, "what the user typed stays"
    assert desk.values.note(desk.node("$.value")) == "2 → 5 · read-only"
    assert not desk.values.note(desk.node("$.key"))


def test_the_value_of_a_flag_or_a_choice_is_offered_and_a_wrong_one_is_noticed() -> None:
    """The schema takes any text for a value."""
    talk = configured()
    flag = {"key": "LocalPreAuthorize", "readonly": False, "value": "false"}
    talk.ask("GetConfiguration", {}, {"configurationKey": [flag]})
    desk = Desk(talk, CS, "ChangeConfiguration")
    desk.choose("$.key", "LocalPreAuthorize")
    assert desk.offered("$.value") == {"true": "", "false": "now"}
    desk.write("$.value", "maybe")
    assert desk.values.note(desk.node("$.value")) == "false → maybe · must be true or false"
    desk.choose("$.key", "MeterValueSampleInterval")
    assert desk.offered("$.value") == {}
    assert desk.values.note(desk.node("$.value")) == "60 → maybe · must be a whole number"


def test_a_key_that_is_typed_letter_by_letter_brings_its_value_too() -> None:
    desk = Desk(configured(), CS, "ChangeConfiguration")
    name = "MeterValueSampleInterval"
    desk.write("$.key", "")
    for length in range(1, len(name)):
        desk.write("$.key", name[:length])
        assert desk.draft.value()["value"] == ""
    desk.write("$.key", name)
    assert desk.payload == {"key": name, "value": "60"}
    desk.write("$.key", "AuthorizationKey")
    assert desk.payload["value"] == "", "its value is not shown"


def test_a_masked_secret_is_never_filled_in() -> None:
    talk = configured()
    talk.ask("ChangeConfiguration", {"key": "AuthorizationKey", "value": "***"}, {"status": "Accepted"})
    desk = Desk(talk, CS, "ChangeConfiguration")
    desk.choose("$.key", "AuthorizationKey")
    assert desk.payload["value"] == ""
    assert desk.offered("$.key")["AuthorizationKey"] == "***"
    assert desk.values.note(desk.node("$.value")) == ""


def test_variables_are_offered_with_their_components_and_fill_the_names_and_the_value() -> None:
    desk = Desk(modelled(), CS, "SetVariables")
    entry = "$.setVariableData[0]"
    assert desk.payload["setVariableData"][0]["attributeValue"] == "900"
    assert shown_first(desk, f"{entry}.component.name") == {
        "EVSE@2.Power": "22000",
        "OCPPCommCtrlr.HeartbeatInterval": "900",
        "SampledDataCtrlr.TxUpdatedInterval": "30",
    }
    assert next(iter(desk.offered(f"{entry}.variable.name"))) == "OCPPCommCtrlr.HeartbeatInterval"
    desk.choose(f"{entry}.variable.name", "EVSE@2.Power")
    assert desk.payload["setVariableData"] == [
        {
            "attributeValue": "22000",
            "component": {"name": "EVSE", "evse": {"id": 2}},
            "variable": {"name": "Power"},
        }
    ]
    desk.write(f"{entry}.attributeValue", "11000")
    assert desk.values.note(desk.node(f"{entry}.attributeValue")) == "22000 → 11000"


def test_other_messages_that_name_variables_offer_them_too() -> None:
    for action, at in (("GetVariables", "$.getVariableData[0]"), ("SetVariableMonitoring", "$.setMonitoringData[0]")):
        desk = Desk(modelled(), CS, action)
        desk.choose(f"{at}.component.name", "SampledDataCtrlr.TxUpdatedInterval")
        assert desk.node(f"{at}.variable.name").edit_text == "TxUpdatedInterval"
        assert desk.payload


def test_any_other_name_can_be_written() -> None:
    desk = Desk(modelled(), CS, "SetVariables")
    desk.choose("$.setVariableData[0].component.name", "Custom")
    assert desk.payload["setVariableData"][0]["component"] == {"name": "Custom"}
