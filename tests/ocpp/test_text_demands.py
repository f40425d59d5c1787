"""Demands beyond the schema: a value that a schema allows and the text forbids is found, and nothing else."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings

from ocpptui.ocpp.schema import Part
from ocpptui.ocpp.text_demands import MOST_REPORTED
from ocpptui.ocpp.validation import breaches, flawless, is_valid
from ocpptui.ocpp.version import Version
from tests.kit.changed_payloads import ChangedPayload, changed_payloads

V16, V201, V21 = Version.V16, Version.V201, Version.V21
REQUEST, RESPONSE = Part
EVENT = {
    "generatedAt": "2026-01-01T10:00:00Z",
    "seqNo": 0,
    "eventData": [
        {
            "eventId": 1,
            "timestamp": "2026-01-01T10:00:00Z",
            "trigger": "Alerting",
            "actualValue": "1",
            "eventNotificationType": "HardWiredMonitor",
            "component": {"name": "A"},
            "variable": {"name": "B"},
        }
    ],
}


def schedule_of(period: dict[str, Any], **more: Any) -> dict[str, Any]:
    schedule = {"id": 1, "chargingRateUnit": "A", "chargingSchedulePeriod": [period], **more}
    kinds = {"chargingProfilePurpose": "TxDefaultProfile", "chargingProfileKind": "Relative"}
    return {"evseId": 1, "chargingProfile": {"id": 1, "stackLevel": 0, **kinds, "chargingSchedule": [schedule]}}


@pytest.mark.parametrize(
    ("version", "action", "part", "payload", "expected"),
    [
        (V16, "ChangeAvailability", REQUEST, {"connectorId": -1, "type": "Operative"},
            "$.connectorId connector-number"),
        (V16, "ChangeAvailability", REQUEST, {"connectorId": 0, "type": "Operative"}, ""),
        (V16, "UnlockConnector", REQUEST, {"connectorId": 0}, "$.connectorId connector-number"),
        (V16, "RemoteStartTransaction", REQUEST, {"connectorId": 0, "idTag": "A"}, "$.connectorId connector-number"),
        (V16, "GetCompositeSchedule", RESPONSE, {"status": "Rejected", "connectorId": 0}, ""),
        (V201, "RequestStartTransaction", REQUEST, {"evseId": 0, "remoteStartId": 1, "idToken":
            {"idToken": "A", "type": "Local"}}, "$.evseId connector-number"),
        (V201, "UnlockConnector", REQUEST, {"evseId": 0, "connectorId": 0}, ""),
        (V201, "TriggerMessage", REQUEST, {"requestedMessage": "Heartbeat", "evse": {"id": -1}},
            "$.evse.id connector-number"),
        (V201, "ClearChargingProfile", REQUEST, {"chargingProfileCriteria": {"evseId": -1}},
            "$.chargingProfileCriteria.evseId connector-number"),
        (V201, "SetMonitoringLevel", REQUEST, {"severity": 10}, "$.severity out-of-range"),
        (V201, "SetMonitoringLevel", REQUEST, {"severity": 9}, ""),
        (V201, "NotifyEvent", REQUEST, EVENT | {"seqNo": -1}, "$.seqNo out-of-range"),
        (V201, "SetDisplayMessage", REQUEST, {"message": {"id": -1, "priority": "NormalCycle", "message":
            {"format": "UTF8", "content": "A"}}}, "$.message.id out-of-range"),
        (V201, "GetLocalListVersion", RESPONSE, {"versionNumber": -1}, "$.versionNumber out-of-range"),
        (V16, "GetLocalListVersion", RESPONSE, {"listVersion": -1}, ""),
        (V16, "GetLocalListVersion", RESPONSE, {"listVersion": -2}, "$.listVersion out-of-range"),
        (V201, "BootNotification", RESPONSE, {"currentTime": "2026-01-01T10:00:00Z", "interval": -1,
            "status": "Accepted"}, ""),
        (V16, "GetCompositeSchedule", RESPONSE, {"status": "Accepted", "chargingSchedule":
            {"chargingRateUnit": "A", "chargingSchedulePeriod": []}},
            "$.chargingSchedule.chargingSchedulePeriod empty-list"),
        (V16, "GetConfiguration", REQUEST, {"key": []}, ""),
        (V201, "SetChargingProfile", REQUEST, schedule_of({"startPeriod": 0, "limit": 8.15}),
            "$.chargingProfile.chargingSchedule[0].chargingSchedulePeriod[0].limit limit-digits"),
        (V201, "SetChargingProfile", REQUEST, schedule_of({"startPeriod": 0, "limit": 8.1}), ""),
        (V201, "SetChargingProfile", REQUEST, schedule_of({"startPeriod": 0, "limit": -1}), ""),
        (V201, "SetChargingProfile", REQUEST, schedule_of({"startPeriod": 0, "limit": 1}, minChargingRate=0.25),
            "$.chargingProfile.chargingSchedule[0].minChargingRate limit-digits"),
        (V201, "Heartbeat", RESPONSE, {"currentTime": "2026-01-01T10:00:00.1234Z"}, "$.currentTime date-digits"),
        (V201, "Heartbeat", RESPONSE, {"currentTime": "2026-01-01T10:00:00.123Z"}, ""),
        (V16, "Heartbeat", RESPONSE, {"currentTime": "2026-01-01T10:00:00.123456Z"}, ""),
        (V16, "Heartbeat", RESPONSE, {"currentTime": ""}, "$.currentTime unreadable-date"),
        (V21, "Heartbeat", RESPONSE, {"currentTime": "0"}, "$.currentTime unreadable-date"),
        (V16, "Heartbeat", RESPONSE, {"currentTime": "2026-01-01T10:00:00"}, ""),
        (V16, "UnlockConnector", REQUEST, {"connectorId": 1.0}, "$.connectorId integer-as-decimal"),
        (V201, "UnlockConnector", REQUEST, {"evseId": 1.0, "connectorId": 1}, "$.evseId integer-as-decimal"),
        (V201, "UnlockConnector", REQUEST, {"evseId": 1.5, "connectorId": 1}, ""),
        (V201, "ClearChargingProfile", REQUEST, {"chargingProfileCriteria": {}},
            "$.chargingProfileCriteria empty-optional"),
        (V201, "GetReport", REQUEST, {"requestId": 1, "componentCriteria": []}, "$.componentCriteria empty-optional"),
        (V21, "GetReport", REQUEST, {"requestId": 1, "customData": None}, "$.customData empty-optional"),
        (V201, "SetMonitoringLevel", REQUEST, {"severity": None}, ""),
        (V201, "DataTransfer", REQUEST, {"vendorId": "A", "data": None}, ""),
        (V16, "GetConfiguration", REQUEST, {"key": None}, ""),
        (V201, "GetLog", REQUEST, {"logType": "SecurityLog", "requestId": 1, "log": {"remoteLocation": "x"}},
            "$.log.remoteLocation not-a-url"),
        (V201, "GetLog", REQUEST, {"logType": "SecurityLog", "requestId": 1, "log": {"remoteLocation": "ftp://x"}}, ""),
        (V201, "CertificateSigned", REQUEST, {"certificateChain": ""}, ""),
        (V201, "Heartbeat", REQUEST, {"customData": {"vendorId": "A", "severity": 99, "x": {}}}, ""),
    ],
)  # fmt: skip
def test_what_the_text_demands(version: Version, action: str, part: Part, payload: Any, expected: str) -> None:
    found = breaches(version, action, part, payload)
    assert [f"{one.path} {one.advisory}" for one in found] == ([expected] if expected else [])


@pytest.mark.parametrize(
    ("payload", "sentence"),
    [
        ({"evseId": 1.0, "connectorId": 1}, "$.evseId: expected an integer without a decimal point, got 1.0"),
        ({"evseId": 1, "connectorId": -1}, "$.connectorId: expected at least 0, got -1"),
        (
            {"evseId": 1, "connectorId": 1, "customData": {}},
            "$.customData: expected a value or no field, got an object",
        ),
    ],
)
def test_a_broken_demand_names_place_and_value(payload: Any, sentence: str) -> None:
    assert [str(one) for one in breaches(V201, "UnlockConnector", REQUEST, payload)] == [sentence]


@given(changed_payloads())
@settings(max_examples=400, deadline=None)
def test_a_payload_is_flawless_if_it_breaks_neither_its_schema_nor_a_demand(changed: ChangedPayload) -> None:
    """The quick test decides what is looked at: a fault that it lets pass is never found."""
    test = flawless(*changed[:3])
    assert test is not None
    found = breaches(*changed)
    assert test(changed.payload) == (bool(is_valid(*changed)) and not found), json.dumps(changed.payload)
    for one in found:
        assert one.advisory == one.rule or one.rule in ("minimum", "maximum")


def test_only_what_follows_its_schema_can_be_out_of_range() -> None:
    """Such a finding would repeat what the schema says."""
    payload = {"severity": "10"}
    assert not is_valid(V201, "SetMonitoringLevel", REQUEST, payload)
    assert breaches(V201, "SetMonitoringLevel", REQUEST, payload) == ()


def test_a_hostile_payload_is_looked_at_in_bounded_time() -> None:
    events = [EVENT["eventData"][0] | {"techInfo": None}] * 20_000  # type: ignore[index]
    assert len(breaches(V201, "NotifyEvent", REQUEST, EVENT | {"eventData": events})) == MOST_REPORTED
    lone = flawless(V201, "DataTransfer", REQUEST)
    assert lone is not None
    assert lone({"vendorId": "\ud800"})
