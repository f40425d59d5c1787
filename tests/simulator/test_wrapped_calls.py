"""Plug and charge of 1.6, wrapped in DataTransfer. If these fail, nobody can try it with 1.6."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ocpptui.ocpp.json_encoding import JSON, parse
from ocpptui.ocpp.message import Message
from ocpptui.ocpp.schema import Part
from ocpptui.ocpp.validation import violations
from ocpptui.ocpp.version import Version
from ocpptui.ocpp.wrapped_messages import (
    OF_CENTRAL_SYSTEM,
    OF_CHARGE_POINT,
    PLUG_AND_CHARGE,
    call_within,
    result_within,
    wrapped_request,
)
from ocpptui.simulator.behaviour_settings import CentralSystemSettings
from ocpptui.simulator.central_system_behaviour import CentralSystemBehaviour
from ocpptui.simulator.certificate_authority import CertificateAuthority, new_authority
from ocpptui.simulator.effects import AskResponder, Effect, ResponderOutcome, SendAnswer, SendCall
from ocpptui.simulator.own_certificates import OwnCertificates
from tests.kit.talk import NOW
from tests.simulator.conftest import Operated

CONTRACT = {"idToken": {"idToken": "DE8AAA1B2C3D45", "type": "eMAID"}}
HASHES = {"hashAlgorithm": "SHA256", "issuerNameHash": "ab" * 32, "issuerKeyHash": "cd" * 32, "serialNumber": "1f"}


def heard(behaviour: CentralSystemBehaviour, payload: dict[str, Any], number: str = "m1") -> list[Effect]:
    frame = parse(JSON.call(number, "DataTransfer", json.dumps(payload)))
    assert isinstance(frame, Message)
    return behaviour.received(frame, "DataTransfer", NOW)


def answered(effects: list[Effect]) -> dict[str, Any]:
    (answer,) = [one for one in effects if isinstance(one, SendAnswer)]
    assert answer.call.action == "DataTransfer"
    assert violations(Version.V16, "DataTransfer", Part.RESPONSE, answer.payload) == ()
    return answer.payload


@pytest.mark.parametrize(
    ("payload", "status"),
    [
        ({"vendorId": "someone.else", "messageId": "Authorize", "data": "{}"}, "UnknownVendorId"),
        ({"vendorId": PLUG_AND_CHARGE, "messageId": "Boot", "data": "{}"}, "UnknownMessageId"),
        ({"vendorId": PLUG_AND_CHARGE, "data": "{}"}, "UnknownMessageId"),
        ({"vendorId": PLUG_AND_CHARGE, "messageId": "CertificateSigned", "data": "{}"}, "UnknownMessageId"),
        ({"vendorId": PLUG_AND_CHARGE, "messageId": "Authorize", "data": "no JSON"}, "Rejected"),
        ({"vendorId": PLUG_AND_CHARGE, "messageId": "Authorize", "data": "[]"}, "Rejected"),
        (wrapped_request("Authorize", {"idTag": "AB"}), "Rejected"),
        ({"vendorId": PLUG_AND_CHARGE, "messageId": "Authorize"}, "Rejected"),
    ],
)
def test_what_is_not_a_message_of_a_charge_point_is_refused(payload: dict[str, Any], status: str) -> None:
    assert answered(heard(CentralSystemBehaviour(Version.V16), payload))["status"] == status


def test_a_call_is_answered_as_in_201() -> None:
    behaviour = CentralSystemBehaviour(Version.V16, charge_point="CP1")
    result = result_within(answered(heard(behaviour, wrapped_request("Authorize", CONTRACT))))
    assert result == {"idTokenInfo": {"status": "Accepted"}}
    question = {"ocspRequestData": {**HASHES, "responderURL": "http://127.0.0.1:9/"}}
    (asked,) = heard(behaviour, wrapped_request("GetCertificateStatus", question), "m2")
    assert isinstance(asked, AskResponder)
    effects = behaviour.responded(ResponderOutcome(asked.number, failure="it cannot be reached"), NOW)
    result = result_within(answered(effects))
    assert result is not None and result["status"] == "Failed"
    (asked,) = heard(behaviour, wrapped_request("GetCertificateStatus", question), "m3")
    assert isinstance(asked, AskResponder)
    behaviour.closed(NOW)
    assert behaviour.responded(ResponderOutcome(asked.number), NOW) == [], "nobody waits for it any more"


def test_each_of_many_calls_with_one_message_id_is_answered() -> None:
    """A charge point that numbers its calls wrongly, or does not wait for answers, would end the session."""
    behaviour = CentralSystemBehaviour(Version.V16, charge_point="CP1")
    question = {"ocspRequestData": {**HASHES, "responderURL": "http://127.0.0.1:9/"}}
    effects = [one for _ in range(250) for one in heard(behaviour, wrapped_request("GetCertificateStatus", question))]
    asked = [one for one in effects if isinstance(one, AskResponder)]
    for one in asked:
        effects += behaviour.responded(ResponderOutcome(one.number, failure="it cannot be reached"), NOW)
    answers = [result_within(one.payload) for one in effects if isinstance(one, SendAnswer)]
    assert [answer["status"] for answer in answers if answer is not None] == ["Failed"] * 250


def test_what_is_wrapped_is_judged_as_strictly_as_everything_else() -> None:
    """A user who makes a running session lenient wants to see the wrong messages answered."""
    behaviour = CentralSystemBehaviour(Version.V16, charge_point="CP1")
    wrong = wrapped_request("Authorize", {**CONTRACT, "odd": 1})
    assert answered(heard(behaviour, wrong))["status"] == "Rejected"
    behaviour.set_strict(False)
    assert answered(heard(behaviour, wrong))["status"] == "Accepted"


def test_a_certificate_is_signed_within_a_data_transfer() -> None:
    authority = CertificateAuthority(*new_authority(NOW)[:2])
    behaviour = CentralSystemBehaviour(Version.V16, CentralSystemSettings(vehicle_authority=authority))
    csr = OwnCertificates().request("V2GCertificate", "CP1", "")
    request = {"csr": csr, "certificateType": "V2GCertificate"}
    effects = heard(behaviour, wrapped_request("SignCertificate", request))
    assert result_within(answered(effects)) == {"status": "Accepted"}
    (sent,) = [one for one in effects if isinstance(one, SendCall)]
    assert sent.action == "DataTransfer"
    wrapped = call_within(sent.payload)
    assert wrapped is not None and wrapped.action == "CertificateSigned" and wrapped.payload is not None
    assert violations(Version.V201, "CertificateSigned", Part.REQUEST, wrapped.payload) == ()


@pytest.mark.parametrize("version", [Version.V16])
def test_the_charge_point_answers_what_is_for_it(operated: Operated) -> None:
    def order(action: str, payload: dict[str, Any]) -> dict[str, Any] | None:
        return result_within(operated.order("DataTransfer", wrapped_request(action, payload)))

    pem = new_authority(NOW).root
    for kind in ("V2GRootCertificate", "MORootCertificate"):
        assert order("InstallCertificate", {"certificateType": kind, "certificate": pem}) == {"status": "Accepted"}
    found = order("GetInstalledCertificateIds", {})
    assert found is not None
    (chain,) = found["certificateHashDataChain"]
    assert violations(Version.V201, "GetInstalledCertificateIds", Part.RESPONSE, found) == ()
    assert order("DeleteCertificate", {"certificateHashData": chain["certificateHashData"]}) == {"status": "Accepted"}
    assert order("TriggerMessage", {"requestedMessage": "Heartbeat"}) == {"status": "NotImplemented"}
    assert operated.order("DataTransfer", wrapped_request("InstallCertificate", {}))["status"] == "Rejected"
    for action in OF_CHARGE_POINT:
        refused = operated.order("DataTransfer", wrapped_request(action, {}))
        assert refused == {"status": "UnknownMessageId"}
    assert operated.order("DataTransfer", {"vendorId": "someone.else"}) == {"status": "UnknownVendorId"}


def test_no_message_is_for_both_sides() -> None:
    assert not OF_CHARGE_POINT & OF_CENTRAL_SYSTEM
