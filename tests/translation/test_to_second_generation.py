"""OCPP 1.6 as 2.0.1: what a migrated charger will have to send, with all that somebody still has to decide."""

from __future__ import annotations

from typing import Any

import pytest

from ocpptui.ocpp.schema import Part
from ocpptui.ocpp.version import Version
from ocpptui.translation.translated_message import TranslatedMessage, translated_message

TIME = "2026-01-01T00:00:00Z"


def newer(
    action: str, payload: dict[str, Any], part: Part = Part.REQUEST, request: dict[str, Any] | None = None
) -> TranslatedMessage:
    found = translated_message(Version.V16, Version.V201, action, part, payload, request)
    assert found is not None
    return found


def assumed(found: TranslatedMessage) -> list[str]:
    return [one.partition(":")[0] for one in found.assumed]


@pytest.mark.parametrize(
    ("reason", "trigger", "stopped"),
    [
        (None, "StopAuthorized", "Local"),  # the default of 1.6 (section 6.49)
        ("EVDisconnected", "EVCommunicationLost", "EVDisconnected"),
        ("Remote", "RemoteStop", "Remote"),
        ("SoftReset", "ResetCommand", "ImmediateReset"),
        ("PowerLoss", "AbnormalCondition", "PowerLoss"),
    ],
)
def test_the_reason_of_a_stop_says_what_triggered_its_event(reason: str | None, trigger: str, stopped: str) -> None:
    """1.6 has one field, 2.0.1 two; the second is derived, and said to be."""
    payload = {"transactionId": 7, "meterStop": 5, "timestamp": TIME} | ({} if reason is None else {"reason": reason})
    found = newer("StopTransaction", payload)
    assert (found.payload["triggerReason"], found.payload["transactionInfo"]["stoppedReason"]) == (trigger, stopped)
    assert "$.triggerReason" in assumed(found)


@pytest.mark.parametrize(
    ("contexts", "trigger"),
    [
        ([], "MeterValuePeriodic"),
        (["Sample.Periodic"], "MeterValuePeriodic"),
        (["Sample.Clock"], "MeterValueClock"),
        (["Trigger"], "Trigger"),
        (["Other"], "MeterValuePeriodic"),
    ],
)
def test_the_context_of_the_readings_says_what_triggered_their_event(contexts: list[str], trigger: str) -> None:
    samples = [{"value": "1", "context": context} for context in contexts] or [{"value": "1"}]
    readings = [{"timestamp": TIME, "sampledValue": samples}]
    found = newer("MeterValues", {"connectorId": 1, "transactionId": 7, "meterValue": readings})
    assert (found.action, found.payload["triggerReason"]) == ("TransactionEvent", trigger)
    assert found.payload["timestamp"] == TIME


def test_readings_outside_a_transaction_stay_meter_values() -> None:
    """And so does their answer, which is understood by its call."""
    readings = [{"timestamp": TIME, "sampledValue": [{"value": "1"}]}]
    assert newer("MeterValues", {"connectorId": 3, "meterValue": readings}).payload["evseId"] == 3
    assert newer("MeterValues", {}, Part.RESPONSE, {"connectorId": 3}).action == "MeterValues"
    assert newer("MeterValues", {}, Part.RESPONSE, {"transactionId": 7}).action == "TransactionEvent"


@pytest.mark.parametrize("status", ["Preparing", "Charging", "SuspendedEV", "SuspendedEVSE", "Finishing"])
def test_a_busy_connector_is_occupied_and_the_finer_status_is_lost_with_a_word(status: str) -> None:
    found = newer("StatusNotification", {"connectorId": 1, "status": status, "errorCode": "NoError", "timestamp": TIME})
    assert found.payload["connectorStatus"] == "Occupied"
    assert found.lost == (f"$.connectorStatus: {status} becomes Occupied",)


def test_no_error_is_no_loss_but_an_error_is() -> None:
    """2.0.1 reports errors with NotifyEvent: a fault must not vanish from what is compared."""
    status = {"connectorId": 1, "status": "Faulted", "timestamp": TIME}
    assert newer("StatusNotification", status | {"errorCode": "NoError"}).lost == ()
    assert [
        one.partition(":")[0] for one in newer("StatusNotification", status | {"errorCode": "GroundFailure"}).lost
    ] == ["$.errorCode"]


def test_what_2_0_1_requires_is_made_up_and_said() -> None:
    """None of it is in the message, so that nobody may take it for what the charger said."""
    assert "$.reason" in assumed(newer("BootNotification", {"chargePointVendor": "A", "chargePointModel": "B"}))
    assert "$.requestId" in assumed(newer("UpdateFirmware", {"location": "x", "retrieveDate": TIME}))
    assert "$.idToken.type" in assumed(newer("Authorize", {"idTag": "A"}))
    assert "$.requestId" in assumed(newer("GetDiagnostics", {"location": "x"}))


@pytest.mark.parametrize(("version", "newest", "is_changed"), [(-1, 0, True), (0, 0, False), (12, 12, False)])
def test_a_charge_point_without_a_local_list_has_version_0(version: int, newest: int, is_changed: bool) -> None:
    """-1 in 1.6 (section 6.28); 2.0.1 has no such answer (Part 2, D02)."""
    found = newer("GetLocalListVersion", {"listVersion": version}, Part.RESPONSE, {})
    assert (found.payload["versionNumber"], bool(found.lost)) == (newest, is_changed)


def test_connector_0_is_the_whole_charge_point() -> None:
    assert "evse" not in newer("ChangeAvailability", {"connectorId": 0, "type": "Operative"}).payload
    assert newer("ChangeAvailability", {"connectorId": 2, "type": "Operative"}).payload["evse"] == {"id": 2}
    assert "evseId" not in newer("ReserveNow", {"connectorId": 0, "idTag": "A", "reservationId": 1}).payload
