"""DataTransfer of known vendors, and the error codes of vendors beside those of the standard."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from ocpptui.ocpp.schema import Part
from ocpptui.ocpp.wrapped_messages import PLUG_AND_CHARGE
from ocpptui.unwrapping.vendor_messages import LANGUAGES, PRICING, vendor_contents
from tests.kit.signed_values import issued
from tests.kit.talk import Talk
from tests.tui.widgets.test_inspector import words

PEM = issued("CP001").pem
STATUS = {
    "connectorId": 1, "errorCode": "OtherError", "status": "Faulted",
    "vendorErrorCode": "E-21", "vendorId": "com.acme", "info": "door open",
}  # fmt: skip


def transferred(vendor: str, message: str, data: Any) -> str:
    """A DataTransfer of OCPP 1.6."""
    text = data if isinstance(data, str) else json.dumps(data)
    return json.dumps({"vendorId": vendor, "messageId": message, "data": text})


def inspected(payload: str, answer: str | None = None) -> str:
    """The inspector of a DataTransfer, or of the answer to it."""
    talk = Talk()
    call = talk.call("DataTransfer", payload)
    return words(talk, call if answer is None else talk.answer(call, answer))


def test_plug_and_charge_is_validated_by_the_schema_of_2_0_1() -> None:
    """The payload is a text for 1.6, so that no schema is applied to it anywhere else."""
    text = inspected(transferred(PLUG_AND_CHARGE, "CertificateSigned", {"certificateChain": PEM}))
    assert "$.data  CertificateSignedRequest of OCPP 2.0.1 (Plug & Charge in OCPP 1.6)" in text
    assert "Valid by the schema of OCPP 2.0.1." in text
    assert "$.data.certificateChain  certificate\n  subject  CN=CP001" in text


def test_a_violation_within_plug_and_charge_is_said() -> None:
    """The other side refuses it, and the reason is two texts deep."""
    text = inspected(transferred(PLUG_AND_CHARGE, "CertificateSigned", {"certificateChian": PEM}))
    assert "$.certificateChain: the field is required, but missing" in text
    assert "$.certificateChian: unknown field" in text
    assert "Valid by the schema" not in text


def test_an_answer_is_read_by_the_message_of_its_call() -> None:
    """The answer names neither the vendor nor the message."""
    call = transferred(PLUG_AND_CHARGE, "Authorize", {"idToken": {"idToken": "DEABC", "type": "eMAID"}})
    right = json.dumps({"status": "Accepted", "data": json.dumps({"idTokenInfo": {"status": "Accepted"}})})
    wrong = json.dumps({"status": "Accepted", "data": json.dumps({"idTokenInfo": {"status": "Acepted"}})})
    assert "AuthorizeResponse of OCPP 2.0.1" in inspected(call, right)
    assert "Valid by the schema of OCPP 2.0.1." in inspected(call, right)
    assert "$.idTokenInfo.status: expected one of" in inspected(call, wrong)


def test_a_message_that_plug_and_charge_does_not_have_is_named() -> None:
    """A wrong messageId is answered with UnknownMessageId and no reason."""
    text = inspected(transferred(PLUG_AND_CHARGE, "Authorise", {}))
    assert "The messageId is not one of Authorize, CertificateSigned" in text


@pytest.mark.parametrize(
    ("message", "data", "shown"),
    [
        ("SetUserPrice", {"idToken": "T1", "priceText": "0.30 per kWh"}, ["token  T1", "price  0.30 per kWh"]),
        (
            "RunningCost",
            {
                "transactionId": 7, "timestamp": "2023-11-14T22:00:00Z", "meterValue": 1200, "cost": 2.31,
                "state": "Charging", "chargingPrice": {"kWhPrice": 0.3, "hourPrice": 0, "flatFee": 1},
                "idlePrice": {"graceMinutes": 30, "hourPrice": 4},
            },
            ["cost  2.31", "charging price  0.3 per kWh, 0 per hour, 1 once", "30 min of grace"],
        ),
        ("FinalCost", {"transactionId": 7, "cost": 3}, ["cost  3", "priceText: FinalCost requires the field"]),
        ("ConnectorUnplugged", {"transactionId": 7}, ["timestamp: ConnectorUnplugged requires the field"]),
        ("Price", {}, ["The messageId is not one of SetUserPrice"]),
    ],
)  # fmt: skip
def test_california_pricing_is_in_words(message: str, data: Any, shown: list[str]) -> None:
    """A driver who was shown a wrong price asks what the central system sent."""
    text = inspected(transferred(PRICING, message, data))
    assert f"{message} (California pricing)" in text
    for one in shown:
        assert one in text


@pytest.mark.parametrize(
    ("data", "problems"),
    [
        ({"cost": "2.31"}, ['cost: expected a number, got "2.31"']),
        ({"transactionId": "x", "meterValue": True},
         ['transactionId: expected a number, got "x"', "meterValue: expected a number, got true"]),
        ({"state": 3, "timestamp": 17}, ["timestamp: expected a text, got 17", "state: expected a text, got 3"]),
        ({"chargingPrice": {"kWhPrice": "0.3"}}, ['chargingPrice.kWhPrice: expected a number, got "0.3"']),
        ({"nextPeriod": {"idlePrice": {"graceMinutes": []}}},
         ["nextPeriod.idlePrice.graceMinutes: expected a number, got an array"]),
        ({}, []),
    ],
)  # fmt: skip
def test_a_price_that_a_charge_point_cannot_read_is_a_problem(data: dict[str, Any], problems: list[str]) -> None:
    """A cost in a text looks right to people, and the display stays empty."""
    right = {"transactionId": 7, "timestamp": "2023-11-14T22:00:00Z", "meterValue": 1200, "cost": 2, "state": "Idle"}
    call = {"vendorId": PRICING, "messageId": "RunningCost", "data": json.dumps({**right, **data})}
    (found,) = vendor_contents("DataTransfer", Part.REQUEST, call, call)
    assert [line.text for line in found.lines if line.sort == "problem"] == problems


def test_texts_in_several_languages_are_one_a_line() -> None:
    """They are in a list of objects in a text."""
    extra = [{"format": "UTF8", "language": "nl", "content": "Klaar"}, {"language": "de", "content": "Fertig"}]
    final = {"transactionId": 7, "cost": 3, "priceText": "Done", "priceTextExtra": extra}
    assert "nl  Klaar\n  de  Fertig" in inspected(transferred(PRICING, "FinalCost", final))
    assert "nl  Klaar\n  de  Fertig" in inspected(transferred(LANGUAGES, "", extra))


def test_data_that_is_cut_off_says_so() -> None:
    """A CiString of 255 characters truncates the JSON of some central systems."""
    text = inspected(transferred("com.acme", "Config", '{"a": [1, 2'))
    assert "$.data  text that begins as JSON" in text
    assert "The text ends inside the JSON after 11 characters." in text


def test_an_error_code_of_a_vendor_is_beside_that_of_the_standard() -> None:
    """OtherError says nothing; the vendor's code is what its manual explains."""
    talk = Talk()
    text = words(talk, talk.call("StatusNotification", json.dumps(STATUS)))
    assert "$.vendorErrorCode  vendor's code E-21 · errorCode OtherError\n  vendor  com.acme\n  info  door open" in text


JSON = some.recursive(
    some.one_of(some.none(), some.booleans(), some.integers(), some.floats(), some.text()),
    lambda inner: some.one_of(some.lists(inner), some.dictionaries(some.sampled_from(
        ["cost", "idToken", "chargingPrice", "nextPeriod", "priceTextExtra", "language", "content", "kWhPrice", "x"]
    ), inner)),
)  # fmt: skip


@given(
    some.sampled_from([PLUG_AND_CHARGE, PRICING, LANGUAGES]),
    some.sampled_from(["Authorize", "TriggerMessage", "RunningCost", "FinalCost", "", None, 3]),
    some.sampled_from(list(Part)),
    some.one_of(JSON, JSON.map(json.dumps)),
)
def test_no_data_raises(vendor: str, message: Any, part: Part, data: Any) -> None:
    """A peer could close the inspector with a message."""
    call = {"vendorId": vendor, "messageId": message}
    for found in vendor_contents("DataTransfer", part, {**call, "data": data}, call):
        assert found.what
    for action in ("StatusNotification", "NotifyEvent"):
        list(vendor_contents(action, part, data, data))
