"""OCPP 2.0.1 as 1.6: a backend of 1.6 hears what it can, and the reader is told all that it does not hear."""

from __future__ import annotations

from typing import Any

import pytest

from ocpptui.ocpp.schema import Part
from ocpptui.ocpp.version import Version
from ocpptui.translation.translated_message import TranslatedMessage, translated_message

TIME = "2026-01-01T00:00:00Z"
READINGS = [{"timestamp": TIME, "sampledValue": [{"value": 100.0, "context": "Transaction.Begin"}]}]


def older(
    action: str, payload: dict[str, Any], part: Part = Part.REQUEST, request: dict[str, Any] | None = None
) -> TranslatedMessage:
    found = translated_message(Version.V201, Version.V16, action, part, payload, request)
    assert found is not None
    return found


def event(kind: str, **more: Any) -> TranslatedMessage:
    return older("TransactionEvent", {"eventType": kind, "timestamp": TIME, **more})


def lost(found: TranslatedMessage) -> list[str]:
    return [one.partition(":")[0] for one in found.lost]


INFO = {"transactionId": "7", "chargingState": "Charging", "timeSpentCharging": 60, "remoteStartId": 3}


@pytest.mark.parametrize(
    ("kind", "readings", "action", "unheard"),
    [
        ("Started", READINGS, "StartTransaction", {"transactionId", "chargingState"}),
        ("Updated", READINGS, "MeterValues", {"chargingState"}),
        ("Updated", [], "StatusNotification", {"transactionId"}),
        ("Ended", READINGS, "StopTransaction", {"chargingState"}),
    ],
)
def test_nothing_of_a_transaction_disappears_in_silence(
    kind: str, readings: list[Any], action: str, unheard: set[str]
) -> None:
    """Who compares a charger of 2.0.1 with a backend of 1.6 would blame the charger for what it did say."""
    found = event(kind, meterValue=readings, transactionInfo=INFO)
    assert found.action == action
    said = {f"$.transactionInfo.{name}" for name in {*unheard, "timeSpentCharging", "remoteStartId"}}
    assert said == {one for one in lost(found) if one.startswith("$.transactionInfo.")}


@pytest.mark.parametrize(
    ("kind", "heard"), [("Started", {"idTag": "A", "reservationId": 8}), ("Updated", {}), ("Ended", {"idTag": "A"})]
)
def test_the_token_and_the_reservation_are_heard_or_named_as_lost(kind: str, heard: dict[str, Any]) -> None:
    """A token that authorizes during a transaction has no place in the meter values of 1.6."""
    token = {"idToken": "A", "type": "ISO14443"}
    found = event(kind, meterValue=READINGS, transactionInfo=INFO, idToken=token, reservationId=8, seqNo=2)
    assert {name: found.payload[name] for name in ("idTag", "reservationId") if name in found.payload} == heard
    assert ("$.idToken" in lost(found)) is ("idTag" not in heard)
    assert ("$.reservationId" in lost(found)) is ("reservationId" not in heard)
    assert "$.seqNo" in lost(found)


def test_an_evse_is_the_connector_of_its_number_and_a_second_connector_is_named() -> None:
    assert event("Started", evse={"id": 2, "connectorId": 1}, transactionInfo={}).payload["connectorId"] == 2
    assert "$.evse.connectorId" in lost(event("Started", evse={"id": 2, "connectorId": 2}, transactionInfo={}))


@pytest.mark.parametrize("number", ["12345678901", "abc", "-7", "7.0", "٧"])
def test_an_id_that_is_not_a_number_is_missing_and_not_made_up(number: str) -> None:
    """The wrong transaction would be stopped."""
    found = older("RequestStopTransaction", {"transactionId": number})
    assert "transactionId" not in found.payload
    assert lost(found) == ["$.transactionId"]
    assert [one.partition(":")[0] for one in found.missing] == ["$.transactionId"]


@pytest.mark.parametrize(
    ("action", "payload", "said"),
    [
        ("UpdateFirmware", {"firmware": {"location": "x"}}, "UpdateFirmware"),
        ("UpdateFirmware", {"firmware": {"location": "x", "signature": "y"}}, "SignedUpdateFirmware"),
        ("FirmwareStatusNotification", {"status": "Installed"}, "FirmwareStatusNotification"),
        ("FirmwareStatusNotification", {"status": "Installed", "requestId": 1}, "SignedFirmwareStatusNotification"),
        ("TriggerMessage", {"requestedMessage": "Heartbeat"}, "TriggerMessage"),
        ("TriggerMessage", {"requestedMessage": "LogStatusNotification"}, "ExtendedTriggerMessage"),
    ],
)
def test_the_extension_for_security_is_spoken_where_only_it_has_the_request(
    action: str, payload: dict[str, Any], said: str
) -> None:
    """And its answer has the same name, so that both are one exchange."""
    assert older(action, payload).action == said
    assert older(action, {"status": "Accepted"}, Part.RESPONSE, payload).action == said


@pytest.mark.parametrize(
    ("action", "payload", "request_"),
    [
        ("GetBaseReport", {"status": "Accepted"}, {"reportBase": "FullInventory", "requestId": 1}),
        ("TransactionEvent", {}, None),
        ("Reset", {"status": "Accepted"}, {"type": "Immediate", "evseId": 1}),
    ],
)
def test_an_answer_without_a_counterpart_has_no_translation(
    action: str, payload: dict[str, Any], request_: dict[str, Any] | None
) -> None:
    assert translated_message(Version.V201, Version.V16, action, Part.RESPONSE, payload, request_) is None


def test_the_kind_of_each_listed_certificate_is_named_as_lost() -> None:
    """A list of several kinds would read as one of the single kind that 1.6 can ask for."""
    chains = [
        {"certificateType": kind, "certificateHashData": {"serialNumber": kind[:2]}}
        for kind in ("CSMSRootCertificate", "ManufacturerRootCertificate")
    ]
    found = older(
        "GetInstalledCertificateIds", {"status": "Accepted", "certificateHashDataChain": chains}, Part.RESPONSE
    )
    assert [one["serialNumber"] for one in found.payload["certificateHashData"]] == ["CS", "Ma"]
    assert lost(found) == [f"$.certificateHashDataChain[{number}].certificateType" for number in range(2)]
