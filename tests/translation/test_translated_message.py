"""What a message of one version would be in another: whoever migrates trusts it, and the simulator speaks by it."""

from __future__ import annotations

from itertools import cycle, pairwise, permutations
from typing import Any

import pytest

from ocpptui.ocpp.actions import actions, find_action
from ocpptui.ocpp.examples import complete_example, smallest
from ocpptui.ocpp.schema import Part, field_tree
from ocpptui.ocpp.validation import violations
from ocpptui.ocpp.version import Version
from ocpptui.translation.translated_message import TranslatedMessage, translated_message
from tests.kit.changed_payloads import places

V16, V201, V21 = Version.V16, Version.V201, Version.V21
FIRST = (Version.V12, Version.V15, Version.V16)
TIME = "2026-01-01T00:00:00Z"


@pytest.mark.parametrize(("source", "target"), list(permutations(FIRST, 2)))
def test_each_valid_payload_is_valid_in_the_other_version_too(source: Version, target: Version) -> None:
    """Or there is none, where the other version has no such action or state; what it requires besides is said."""
    for action in actions(source):
        for part in Part:
            tree = field_tree(source, action.name, part)
            assert tree is not None
            for payload in (smallest(tree), complete_example(tree)):
                found = translated_message(source, target, action.name, part, payload)
                if found is None:
                    assert find_action(target, action.name) is None or payload["status"] == "Idle"
                else:
                    assert found.missing == UNSAID.get((action.name, part), ()) or found.missing == ()
                    assert len(violations(target, action.name, part, found.payload)) == len(found.missing)


UNSAID = {
    ("BootNotification", Part.RESPONSE): ("$.currentTime: the field is required, but missing",),
    ("MeterValues", Part.REQUEST): ("$.meterValue: expected at least 1 items, got 0 items",),
}
"""What newer versions require and older ones leave open."""


def _translated(
    source: Version, target: Version, action: str, payload: dict[str, Any], part: Part = Part.REQUEST
) -> Any:
    found = translated_message(source, target, action, part, payload)
    assert isinstance(found, TranslatedMessage)
    return found


def test_meter_values_lose_what_an_old_version_cannot_say_and_keep_their_meaning() -> None:
    """A state of charge read as energy would be billed."""
    sample = {"timestamp": TIME, "sampledValue": [
        {"value": "1.5", "unit": "kWh"},
        {"value": "40", "measurand": "SoC", "unit": "Percent"},
        {"value": "16", "measurand": "Current.Import", "unit": "A", "context": "Trigger"},
        {"value": "230", "measurand": "Voltage", "unit": "V", "phase": "L1"},
    ]}  # fmt: skip
    found = _translated(Version.V16, Version.V15, "MeterValues", {"connectorId": 1, "meterValue": [sample]})
    assert found.payload["values"] == [
        {"timestamp": TIME, "value": [
            {"value": "1.5", "unit": "kWh"}, {"value": "16", "measurand": "Current.Import", "unit": "Amp"},
        ]}
    ]  # fmt: skip
    assert found.lost == (
        "$.values[0].value[1]: 1.5 has no measurand SoC",
        "$.values[0].value[2].context: 1.5 has no context Trigger",
        "$.values[0].value[3]: 1.5 has no phase L1",
    )
    oldest = _translated(Version.V16, Version.V12, "MeterValues", {"connectorId": 1, "meterValue": [sample]})
    assert oldest.payload == {"connectorId": 1, "values": [{"timestamp": TIME, "value": 1500}]}


def test_a_state_says_what_it_was() -> None:
    status = {"connectorId": 1, "status": "SuspendedEV", "errorCode": "OverVoltage", "info": "x"}
    found = _translated(Version.V16, Version.V15, "StatusNotification", status)
    assert found.payload == {"connectorId": 1, "status": "Occupied", "errorCode": "OtherError", "info": "x"}
    assert found.lost == ("$.status: SuspendedEV becomes Occupied", "$.errorCode: OverVoltage becomes OtherError")
    oldest = _translated(Version.V16, Version.V12, "StatusNotification", status)
    assert oldest.payload == {"connectorId": 1, "status": "Occupied", "errorCode": "PowerSwitchFailure"}
    assert "$.info: the other version has no such field" in oldest.lost


@pytest.mark.parametrize("status", ["Downloading", "Installing", "Idle"])
def test_what_an_old_version_does_not_report_has_no_translation(status: str) -> None:
    payload = {"status": status}
    assert translated_message(Version.V16, Version.V15, "FirmwareStatusNotification", Part.REQUEST, payload) is None


@pytest.mark.parametrize(
    ("action", "part", "of_1_6", "of_1_5"),
    [
        ("BootNotification", Part.RESPONSE, {"interval": 9}, {"heartbeatInterval": 9}),
        ("UnlockConnector", Part.RESPONSE, {"status": "Unlocked"}, {"status": "Accepted"}),
        (
            "SendLocalList", Part.REQUEST, {"localAuthorizationList": [{"idTag": "A"}]},
            {"localAuthorisationList": [{"idTag": "A"}]},
        ),
        (
            "StopTransaction", Part.REQUEST,
            {"transactionData": [{"timestamp": TIME, "sampledValue": [{"value": "1", "unit": "V"}]}]},
            {"transactionData": [{"values": [{"timestamp": TIME, "value": [{"value": "1", "unit": "Volt"}]}]}]},
        ),
    ],
)  # fmt: skip
def test_names_and_forms_differ_and_come_back(
    action: str, part: Part, of_1_6: dict[str, Any], of_1_5: dict[str, Any]
) -> None:
    assert _translated(Version.V16, Version.V15, action, of_1_6, part).payload == of_1_5
    assert _translated(Version.V15, Version.V16, action, of_1_5, part).payload == of_1_6


def test_a_payload_that_is_wrong_is_translated_as_far_as_it_goes() -> None:
    """The capture of a faulty charge point is what one looks at."""
    for payload in ({"values": 3}, {"values": [3, {"value": 4}]}, {"values": [{"value": [7, {}]}]}, {"status": 5}):
        for source, target in permutations(FIRST, 2):
            for action in ("MeterValues", "StatusNotification", "StopTransaction"):
                translated_message(source, target, action, Part.REQUEST, payload)
    values: list[Any] = [3, None, "x", [], [3], {}, [{}], {"id": [1]}, [{"sampledValue": [{"value": {}}, 4]}, []]]
    for value in values:
        for source, target in STEPS:
            for known in actions(source):
                for part in Part:
                    tree = field_tree(source, known.name, part)
                    wrong = dict.fromkeys([] if tree is None else [field.name for field in tree.fields], value)
                    translated_message(source, target, known.name, part, wrong)
                    translated_message(source, target, known.name, Part.RESPONSE, wrong, wrong)


def test_no_value_anywhere_in_a_payload_stops_the_translation() -> None:
    """A list in place of a unit would end the translation of a whole log."""
    wrong = cycle([[], {}, float("inf")])
    for source, target in [*pairwise(FIRST), *pairwise(FIRST[::-1]), *STEPS]:
        for known in actions(source):
            for part in Part:
                tree = field_tree(source, known.name, part)
                payload = {} if tree is None else complete_example(tree)
                for container, key in list(places(payload)):
                    right, container[key] = container[key], next(wrong)
                    translated_message(source, target, known.name, part, payload)
                    container[key] = right


STEPS = [(V16, V201), (V201, V16), (Version.V20, V201), (V201, Version.V20), (V201, V21), (V21, V201)]


def test_a_distant_version_is_reached_over_those_between() -> None:
    """A charge point of 1.5 is looked at as one of 2.1 without anyone translating twice by hand."""
    found = translated_message(Version.V15, V21, "Authorize", Part.REQUEST, {"idTag": "A"})
    assert found is not None
    assert found.payload == {"idToken": {"idToken": "A", "type": "ISO14443"}}
    back = translated_message(V21, Version.V12, "Authorize", Part.REQUEST, found.payload)
    assert back is not None and back.payload == {"idTag": "A"}
    assert translated_message(Version.V20, Version.V20, "Heartbeat", Part.REQUEST, {}) == ("Heartbeat", {}, (), (), ())


def test_the_message_itself_is_not_changed() -> None:
    payload = {"connectorId": 1, "meterValue": [{"timestamp": TIME, "sampledValue": [{"value": "1"}]}]}
    copy = {"connectorId": 1, "meterValue": [{"timestamp": TIME, "sampledValue": [{"value": "1"}]}]}
    _translated(Version.V16, Version.V12, "MeterValues", payload)
    assert payload == copy


@pytest.mark.parametrize(("source", "target"), [(V201, V21), (V21, V201)], ids=str)
def test_little_is_lost_between_2_0_1_and_2_1(source: Version, target: Version) -> None:
    """A superset says all of 2.0.1; the reverse lacks only what 2.1 has opened or made optional."""
    unsaid = set()
    for action in actions(source):
        for part in Part:
            tree = field_tree(source, action.name, part)
            for payload in () if tree is None else (smallest(tree), complete_example(tree)):
                found = translated_message(source, target, action.name, part, payload)
                if found is None:
                    assert find_action(target, action.name) is None
                    continue
                assert len(violations(target, found.action, part, found.payload)) == len(found.missing)
                unsaid |= {one.partition(": ")[0].rpartition(".")[2] for one in found.missing}
                assert target is V201 or found.lost == ()
    assert unsaid == (set() if target is V21 else {"type", "limit", "ocppVersion"})
