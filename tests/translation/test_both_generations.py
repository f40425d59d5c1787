"""OCPP 1.6 in 2.0.1 and back: who migrates reads it as what their side will have to send."""

from __future__ import annotations

from typing import Any

import pytest

from ocpptui.ocpp.actions import actions
from ocpptui.ocpp.examples import complete_example, smallest
from ocpptui.ocpp.schema import Part, field_tree
from ocpptui.ocpp.validation import violations
from ocpptui.ocpp.version import Version
from ocpptui.translation.translated_message import TranslatedMessage, translated_message

V16, V201 = Version.V16, Version.V201
REQUEST, RESPONSE = Part.REQUEST, Part.RESPONSE
TIME = "2026-01-01T00:00:00Z"


@pytest.mark.parametrize(("source", "target"), [(V16, V201), (V201, V16)], ids=str)
def test_each_valid_payload_is_valid_in_the_other_generation(source: Version, target: Version) -> None:
    """Or there is none; what the other version requires besides is in the list below, and said."""
    unsaid, without = set(), set()
    for action in actions(source):
        for part in Part:
            tree, asked = field_tree(source, action.name, part), field_tree(source, action.name, REQUEST)
            assert tree is not None and asked is not None
            for make in (smallest, complete_example):
                request = make(asked) if part is RESPONSE else None
                found = translated_message(source, target, action.name, part, make(tree), request)
                if found is None:
                    without.add(action.name)
                    continue
                assert len(violations(target, found.action, part, found.payload)) == len(found.missing)
                unsaid |= {(action.name, part, one.partition(": ")[0]) for one in found.missing}
    assert unsaid == UNSAID[source]
    assert not without & MAPPED


MAPPED = frozenset(
    {
        "Authorize", "BootNotification", "CancelReservation", "ChangeAvailability", "ClearCache",
        "ClearChargingProfile", "DataTransfer", "DeleteCertificate", "DiagnosticsStatusNotification",
        "ExtendedTriggerMessage", "FirmwareStatusNotification", "GetCompositeSchedule", "GetDiagnostics",
        "GetInstalledCertificateIds", "GetLocalListVersion", "GetLog", "Heartbeat", "LogStatusNotification",
        "MeterValues", "RemoteStartTransaction", "RemoteStopTransaction", "RequestStartTransaction",
        "RequestStopTransaction", "ReserveNow", "SecurityEventNotification", "SendLocalList", "SetChargingProfile",
        "SignCertificate", "SignedFirmwareStatusNotification", "SignedUpdateFirmware", "StartTransaction",
        "StatusNotification", "StopTransaction", "TransactionEvent", "TriggerMessage", "UnlockConnector",
        "UpdateFirmware",
    }
)  # fmt: skip
"""The actions whose every example has a counterpart."""
UNSAID = {
    V16: {
        ("StartTransaction", REQUEST, "$.transactionInfo.transactionId"),
        ("StatusNotification", REQUEST, "$.timestamp"),
    },
    V201: {
        ("GetInstalledCertificateIds", REQUEST, "$.certificateType"),
        ("RequestStopTransaction", REQUEST, "$.transactionId"),
        ("TransactionEvent", REQUEST, "$.connectorId"),
        ("TransactionEvent", REQUEST, "$.idTag"),
        ("TransactionEvent", REQUEST, "$.meterStart"),
        ("TransactionEvent", RESPONSE, "$.transactionId"),
    },
}
"""What one version requires and the other leaves open."""


def _said(
    source: Version, target: Version, action: str, payload: dict[str, Any], part: Part = REQUEST, request: Any = None
) -> TranslatedMessage:
    found = translated_message(source, target, action, part, payload, request)
    assert isinstance(found, TranslatedMessage)
    return found


TOKEN = {"idToken": "ABC", "type": "ISO14443"}
INTERVAL = {"component": {"name": "OCPPCommCtrlr"}, "variable": {"name": "HeartbeatInterval"}}


@pytest.mark.parametrize(
    ("action", "older", "newer_action", "newer"),
    [
        ("Authorize", {"idTag": "ABC"}, "Authorize", {"idToken": TOKEN}),
        ("RemoteStartTransaction", {"idTag": "ABC", "connectorId": 2}, "RequestStartTransaction",
         {"idToken": TOKEN, "evseId": 2, "remoteStartId": 1}),
        ("RemoteStopTransaction", {"transactionId": 5}, "RequestStopTransaction", {"transactionId": "5"}),
        ("Reset", {"type": "Hard"}, "Reset", {"type": "Immediate"}),
        ("ChangeAvailability", {"connectorId": 0, "type": "Inoperative"}, "ChangeAvailability",
         {"operationalStatus": "Inoperative"}),
        ("ReserveNow", {"connectorId": 1, "expiryDate": TIME, "idTag": "ABC", "reservationId": 4}, "ReserveNow",
         {"id": 4, "expiryDateTime": TIME, "idToken": TOKEN, "evseId": 1}),
        ("ChangeConfiguration", {"key": "HeartbeatInterval", "value": "9"}, "SetVariables",
         {"setVariableData": [INTERVAL | {"attributeValue": "9"}]}),
        ("GetConfiguration", {"key": ["HeartbeatInterval"]}, "GetVariables", {"getVariableData": [INTERVAL]}),
        ("ExtendedTriggerMessage", {"requestedMessage": "SignChargePointCertificate"}, "TriggerMessage",
         {"requestedMessage": "SignChargingStationCertificate"}),
        ("SendLocalList", {"listVersion": 2, "updateType": "Full", "localAuthorizationList": [{"idTag": "ABC"}]},
         "SendLocalList",
         {"versionNumber": 2, "updateType": "Full", "localAuthorizationList": [{"idToken": TOKEN}]}),
        ("ClearChargingProfile", {"id": 1, "connectorId": 0, "chargingProfilePurpose": "ChargePointMaxProfile"},
         "ClearChargingProfile", {"chargingProfileId": 1, "chargingProfileCriteria":
          {"evseId": 0, "chargingProfilePurpose": "ChargingStationMaxProfile"}}),
        ("InstallCertificate", {"certificateType": "CentralSystemRootCertificate", "certificate": "x"},
         "InstallCertificate", {"certificateType": "CSMSRootCertificate", "certificate": "x"}),
        ("UpdateFirmware", {"location": "ftp://a", "retrieveDate": TIME}, "UpdateFirmware",
         {"requestId": 1, "firmware": {"location": "ftp://a", "retrieveDateTime": TIME}}),
    ],
)  # fmt: skip
def test_what_both_generations_say_comes_back(
    action: str, older: dict[str, Any], newer_action: str, newer: dict[str, Any]
) -> None:
    """What is lost on the way is not there on the way back."""
    there = _said(V16, V201, action, older)
    assert (there.action, there.payload, there.missing) == (newer_action, newer, ())
    back = _said(V201, V16, newer_action, newer)
    assert (back.action, back.payload, back.missing) == (action, older, ())


def _reading(value: float, context: str) -> dict[str, Any]:
    sample = {"value": value, "context": context, "measurand": "Energy.Active.Import.Register"}
    return {"timestamp": TIME, "sampledValue": [sample | {"unitOfMeasure": {"unit": "Wh"}}]}


def test_the_messages_of_a_transaction_are_events() -> None:
    """Three messages of 1.6 are one of 2.0.1, and become three again."""
    start = {"connectorId": 2, "idTag": "ABC", "meterStart": 100, "timestamp": TIME}
    started = _said(V16, V201, "StartTransaction", start)
    assert started.action == "TransactionEvent"
    assert started.payload["evse"] == {"id": 2, "connectorId": 1}
    assert started.payload["meterValue"] == [_reading(100, "Transaction.Begin")]
    assert started.missing == ("$.transactionInfo.transactionId: the field is required, but missing",)
    assert [one.split(":")[0] for one in started.assumed] == [
        "$.triggerReason", "$.seqNo", "$.evse.connectorId", "$.idToken.type"
    ]  # fmt: skip
    assert _said(V201, V16, "TransactionEvent", started.payload).payload == start
    metered = {"connectorId": 2, "transactionId": 7, "meterValue": [
        {"timestamp": TIME, "sampledValue": [{"value": "1.5", "measurand": "Power.Active.Import", "unit": "kW"}]}
    ]}  # fmt: skip
    updated = _said(V16, V201, "MeterValues", metered)
    assert updated.payload["triggerReason"] == "MeterValuePeriodic"
    assert (updated.payload["transactionInfo"], updated.missing) == ({"transactionId": "7"}, ())
    back = _said(V201, V16, "TransactionEvent", updated.payload)
    assert (back.action, back.payload) == ("MeterValues", metered)
    stop = {"transactionId": 7, "meterStop": 2500, "timestamp": TIME, "reason": "HardReset"}
    ended = _said(V16, V201, "StopTransaction", stop)
    assert ended.payload["transactionInfo"] == {"transactionId": "7", "stoppedReason": "ImmediateReset"}
    assert "$.transactionInfo.stoppedReason: HardReset becomes ImmediateReset" in ended.lost
    older = _said(V201, V16, "TransactionEvent", ended.payload)
    assert {name: older.payload[name] for name in stop} == stop
    state = {"eventType": "Updated", "transactionInfo": {"transactionId": "T", "chargingState": "SuspendedEV"}}
    changed = _said(V201, V16, "TransactionEvent", state | {"timestamp": TIME, "evse": {"id": 1}})
    assert (changed.action, changed.payload["status"]) == ("StatusNotification", "SuspendedEV")


def test_an_answer_is_understood_by_its_call() -> None:
    """The answer to TransactionEvent says by itself neither which message of 1.6 it answers, nor the id."""
    info = {"idTokenInfo": {"status": "NoCredit"}}
    assert translated_message(V201, V16, "TransactionEvent", RESPONSE, info) is None
    started = _said(V201, V16, "TransactionEvent", info, RESPONSE, {"eventType": "Started"})
    assert (started.action, started.payload) == ("StartTransaction", {"idTagInfo": {"status": "Blocked"}})
    assert "$.idTokenInfo.status: NoCredit becomes Blocked" in started.lost
    ended = _said(V201, V16, "TransactionEvent", {}, RESPONSE, {"eventType": "Ended"})
    assert (ended.action, ended.payload) == ("StopTransaction", {})


def test_meter_values_keep_what_they_measure() -> None:
    """A temperature without its measurand would be read as energy, and billed."""
    samples = [
        {"value": "40", "measurand": "Temperature", "unit": "Celsius"}, {"value": "abc"},
        {"value": "x", "format": "SignedData"}, {"value": "230", "measurand": "Voltage", "phase": "L1-N", "unit": "V"},
    ]  # fmt: skip
    payload = {"connectorId": 1, "meterValue": [{"timestamp": TIME, "sampledValue": samples}]}
    found = _said(V16, V201, "MeterValues", payload)
    kept = {"value": 230, "measurand": "Voltage", "phase": "L1-N", "unitOfMeasure": {"unit": "V"}}
    assert found.payload["meterValue"] == [{"timestamp": TIME, "sampledValue": [kept]}]
    assert len(found.lost) == 3
    scaled = {"value": 2, "unitOfMeasure": {"unit": "Wh", "multiplier": 3}}
    newer = {"evseId": 1, "meterValue": [{"timestamp": TIME, "sampledValue": [scaled]}]}
    older = _said(V201, V16, "MeterValues", newer)
    assert older.payload["meterValue"][0]["sampledValue"] == [{"value": "2000", "unit": "Wh"}]


@pytest.mark.parametrize(
    ("source", "target", "action", "payload"),
    [
        (V16, V201, "StatusNotification", {"connectorId": 0, "status": "Available", "errorCode": "NoError"}),
        (V16, V201, "ChangeConfiguration", {"key": "com.vendor.Key", "value": "1"}),
        (V201, V16, "Reset", {"type": "Immediate", "evseId": 1}),
        (V201, V16, "TransactionEvent", {"eventType": "Updated", "transactionInfo": {"chargingState": "Idle"}}),
        (V201, V16, "GetVariables", {"getVariableData": [{"component": {"name": "X"}, "variable": {"name": "Y"}}]}),
        (V201, V16, "InstallCertificate", {"certificateType": "V2GRootCertificate"}),
        (V201, V16, "NotifyEvent", {}),
    ],
)
def test_what_has_no_counterpart_has_no_translation(
    source: Version, target: Version, action: str, payload: dict[str, Any]
) -> None:
    """A translation that says something else would be believed."""
    assert translated_message(source, target, action, REQUEST, payload) is None
