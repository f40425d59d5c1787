"""The central system. If these fail, a charge point on the bench is not served, or not as its maker expects."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from ocpptui.ocpp import actions as catalog
from ocpptui.ocpp.examples import complete_example, smallest
from ocpptui.ocpp.json_encoding import JSON, parse
from ocpptui.ocpp.message import Message
from ocpptui.ocpp.schema import Part, field_tree
from ocpptui.ocpp.validation import violations
from ocpptui.ocpp.version import Role, Version
from ocpptui.simulator.behaviour_settings import CentralSystemSettings
from ocpptui.simulator.central_system_behaviour import CentralSystemBehaviour
from ocpptui.simulator.central_system_memory import CentralSystemMemory
from ocpptui.simulator.certificate_authority import CertificateAuthority, new_authority
from ocpptui.simulator.effects import (
    AddNote,
    AskResponder,
    ResponderOutcome,
    SendAnswer,
    SendCall,
    SendError,
    SendResultError,
)
from ocpptui.simulator.own_certificates import OwnCertificates
from ocpptui.simulator.registrations import RegistrationPlan
from ocpptui.simulator.token_table import TokenTable

NOW = 1_795_341_723_120_000
TIME = "2026-11-22T10:02:03Z"
MakeCall = Callable[..., Message]


def answer(behaviour: CentralSystemBehaviour, frame: Message) -> dict[str, Any]:
    (effect,) = behaviour.received(frame, frame.action or "", NOW)
    assert isinstance(effect, SendAnswer)
    assert effect.call is frame
    return effect.payload


def boot(version: Version) -> dict[str, Any]:
    if version is Version.V16:
        return {"chargePointVendor": "v", "chargePointModel": "m"}
    return {"reason": "PowerUp", "chargingStation": {"model": "m", "vendorName": "v"}}


def start(**changes: Any) -> dict[str, Any]:
    return {"connectorId": 1, "idTag": "ABC", "meterStart": 0, "timestamp": TIME, **changes}


def test_every_call_of_a_charge_point_gets_one_valid_answer(version: Version) -> None:
    behaviour = CentralSystemBehaviour(version)
    assert behaviour.opened(NOW) == []
    for action in catalog.actions(version, Role.CHARGE_POINT):
        tree = field_tree(version, action.name, Part.REQUEST)
        assert tree is not None
        for payload in (smallest(tree), complete_example(tree)):
            text = (JSON.send if action.is_send else JSON.call)("m1", action.name, json.dumps(payload))
            frame = parse(text)
            assert isinstance(frame, Message)
            effects = behaviour.received(frame, action.name, NOW)
            if action.is_send:
                assert effects == []
                continue
            asked = [one for one in effects if isinstance(one, AskResponder)]
            for one in asked:  # nobody knows the certificates of an example
                effects = behaviour.responded(ResponderOutcome(one.number, failure="it cannot be reached"), NOW)
            (effect,) = [one for one in effects if not isinstance(one, AddNote)]
            assert isinstance(effect, SendAnswer)
            assert violations(version, action.name, Part.RESPONSE, effect.payload) == ()
    assert behaviour.wakeup() is None


@pytest.mark.parametrize("status", ["Accepted", "Pending", "Rejected"])
def test_the_registration_is_answered_as_configured(version: Version, status: str, call: MakeCall) -> None:
    behaviour = CentralSystemBehaviour(
        version, CentralSystemSettings(registration=RegistrationPlan(status), interval=77)
    )
    payload = answer(behaviour, call("BootNotification", boot(version)))
    assert (payload["status"], payload["interval"]) == (status, 77)
    assert payload["currentTime"] == "2026-11-22T10:02:03.120Z"


def test_status_before_the_registration_is_answered_unless_it_is_required(version: Version, call: MakeCall) -> None:
    early = call("Heartbeat")
    assert "currentTime" in answer(CentralSystemBehaviour(version), early)
    strict = CentralSystemBehaviour(version, CentralSystemSettings(require_boot=True))
    (refused,) = strict.received(early, "Heartbeat", NOW)
    assert isinstance(refused, SendError)
    assert refused.code == "SecurityError"
    answer(strict, call("BootNotification", boot(version)))
    assert "currentTime" in answer(strict, early)


def test_required_registration_must_be_accepted(call: MakeCall) -> None:
    settings = CentralSystemSettings(require_boot=True, registration=RegistrationPlan("Pending"))
    behaviour = CentralSystemBehaviour(Version.V201, settings)
    answer(behaviour, call("BootNotification", boot(Version.V201)))
    (refused,) = behaviour.received(call("Heartbeat"), "Heartbeat", NOW)
    assert isinstance(refused, SendError)


def test_a_repeated_start_gets_the_same_number_and_a_different_one_a_new_number(call: MakeCall) -> None:
    """A station that missed the answer sends the same StartTransaction again."""
    behaviour = CentralSystemBehaviour(Version.V16)
    first = answer(behaviour, call("StartTransaction", start()))
    again = answer(behaviour, call("StartTransaction", start(), "m2"))
    other = answer(behaviour, call("StartTransaction", start(connectorId=2)))
    assert first["transactionId"] == again["transactionId"] > 0
    assert other["transactionId"] != first["transactionId"]


@pytest.mark.parametrize(
    ("names", "serial", "is_said"),
    [
        (("CP001",), "SN-1", True), (("SN-1",), "SN-1", False), (("CP001", "SN-1"), "SN-1", False),
        (("CP001",), None, False), ((), "SN-1", False),
    ],
)  # fmt: skip
def test_a_certificate_of_another_serial_number_is_said(
    names: tuple[str, ...], serial: str | None, is_said: bool, call: MakeCall
) -> None:
    """The charge point works here, and is disconnected by the central system of the operator (2.x B01.FR.12)."""
    behaviour = CentralSystemBehaviour(Version.V201, charge_point="CP001")
    behaviour.certificate_names = names
    station = {"model": "M", "vendorName": "V", **({"serialNumber": serial} if serial else {})}
    boot = call("BootNotification", {"reason": "PowerUp", "chargingStation": station})
    notes = [one.text for one in behaviour.received(boot, "BootNotification", NOW) if isinstance(one, AddNote)]
    assert bool(notes) == is_said
    if is_said:
        assert notes[0].startswith("The certificate of CP001 names 'CP001', but its serial number is 'SN-1'.")


def test_numbers_are_unique_among_all_charge_points_of_a_session(call: MakeCall) -> None:
    memory = CentralSystemMemory()
    given = [
        answer(
            CentralSystemBehaviour(Version.V16, memory=memory, charge_point=name),
            call("StartTransaction", start()),
        )["transactionId"]
        for name in ("CP001", "CP002", "CP001")
    ]
    assert given == [1, 2, 1]


def test_tokens_have_their_configured_status_in_any_case(call: MakeCall) -> None:
    settings = CentralSystemSettings(tokens=TokenTable().with_status("Blocked", "Bad1"))
    old = CentralSystemBehaviour(Version.V16, settings)
    assert answer(old, call("Authorize", {"idTag": "BAD1"})) == {"idTagInfo": {"status": "Blocked"}}
    assert answer(old, call("Authorize", {"idTag": "good"})) == {"idTagInfo": {"status": "Accepted"}}
    assert answer(old, call("StartTransaction", start(idTag="bad1")))["idTagInfo"] == {"status": "Blocked"}
    new = CentralSystemBehaviour(Version.V201, settings)
    token = {"idToken": {"idToken": "bad1", "type": "ISO14443"}}
    assert answer(new, call("Authorize", token)) == {"idTokenInfo": {"status": "Blocked"}}


def event(kind: str, transaction: str, token: str = "", evse: int = 1) -> dict[str, Any]:
    return {
        "eventType": kind,
        "timestamp": TIME,
        "triggerReason": "Authorized",
        "seqNo": 0,
        "transactionInfo": {"transactionId": transaction},
        "evse": {"id": evse},
        **({"idToken": {"idToken": token, "type": "ISO14443"}} if token else {}),
    }


def test_a_token_that_charges_elsewhere_is_concurrent_in_1_6(call: MakeCall) -> None:
    """Only at a start: the card that ends the charge is authorized, too (1.6 section 7.2)."""
    memory = CentralSystemMemory(CentralSystemSettings(tokens=TokenTable(concurrent=False)))
    first, second = (CentralSystemBehaviour(Version.V16, memory=memory, charge_point=name) for name in ("CP1", "CP2"))
    number = answer(first, call("StartTransaction", start()))["transactionId"]
    assert answer(first, call("StartTransaction", start(), "again"))["idTagInfo"] == {"status": "Accepted"}
    assert answer(second, call("StartTransaction", start()))["idTagInfo"] == {"status": "ConcurrentTx"}
    assert answer(second, call("Authorize", {"idTag": "abc"}))["idTagInfo"] == {"status": "Accepted"}
    stop = {"transactionId": number, "meterStop": 1, "timestamp": TIME, "idTag": "ABC"}
    assert answer(first, call("StopTransaction", stop))["idTagInfo"] == {"status": "Accepted"}
    later = answer(second, call("StartTransaction", start(timestamp="2026-11-22T11:00:00Z")))
    assert later["idTagInfo"] == {"status": "Accepted"}
    assert later["transactionId"] > number


@pytest.mark.parametrize("version", [Version.V201, Version.V21], ids=str)
def test_a_token_that_charges_elsewhere_is_concurrent_in_2_x(version: Version, call: MakeCall) -> None:
    memory = CentralSystemMemory(CentralSystemSettings(tokens=TokenTable(concurrent=False)))
    behaviour = CentralSystemBehaviour(version, memory=memory, charge_point="CP1")

    def told(kind: str, transaction: str, token: str = "", evse: int = 1) -> str | None:
        payload = answer(behaviour, call("TransactionEvent", event(kind, transaction, token, evse)))
        status = payload.get("idTokenInfo", {}).get("status")
        assert status is None or isinstance(status, str)
        return status

    assert told("Started", "a") is None
    assert told("Updated", "a", "CARD") == "Accepted"
    assert told("Updated", "a", "CARD") == "Accepted"
    assert told("Started", "b", "card", 2) == "ConcurrentTx"
    assert told("Updated", "a", "OTHER") == "Accepted", "another card of the group ends it"
    assert told("Started", "b", "card", 2) == "ConcurrentTx"
    assert told("Ended", "a", "CARD") == "Accepted"
    assert told("Started", "c", "card", 2) == "Accepted"


def test_an_available_connector_frees_the_token(call: MakeCall) -> None:
    memory = CentralSystemMemory(CentralSystemSettings(tokens=TokenTable(concurrent=False)))
    behaviour = CentralSystemBehaviour(Version.V16, memory=memory, charge_point="CP1")
    answer(behaviour, call("StartTransaction", start()))
    status = {"connectorId": 1, "errorCode": "NoError", "status": "Available"}
    assert answer(behaviour, call("StatusNotification", status)) == {}
    again = answer(behaviour, call("StartTransaction", start(connectorId=2)))
    assert again["idTagInfo"] == {"status": "Accepted"}


def test_a_charge_point_that_is_not_accepted_may_send_only_what_it_was_asked_for(
    version: Version, call: MakeCall
) -> None:
    """2.x B02.FR.02 and B02.FR.09; 1.6 errata 3.10. The diagnosis of ocpptui would blame its own central system."""
    settings = CentralSystemSettings(registration=RegistrationPlan("Pending", 1), interval=300, boot_interval=5)
    behaviour = CentralSystemBehaviour(version, settings, charge_point="CP1")
    assert answer(behaviour, call("BootNotification", boot(version)))["interval"] == 5

    def code(action: str) -> str | None:
        (effect,) = behaviour.received(call(action), action, NOW)
        return effect.code if isinstance(effect, SendError) else None

    assert code("Heartbeat") == "SecurityError"
    refused = parse('[3,"m1",{"status":"Rejected"}]')
    accepted = parse('[3,"m1",{"status":"Accepted"}]')
    assert isinstance(refused, Message) and isinstance(accepted, Message)
    trigger = {"requestedMessage": "Heartbeat"}
    behaviour.answered("TriggerMessage", trigger, refused, NOW)
    behaviour.answered("TriggerMessage", trigger, None, NOW)
    assert code("Heartbeat") == "SecurityError"
    behaviour.answered("TriggerMessage", trigger, accepted, NOW)
    assert code("Heartbeat") is None
    behaviour.closed(NOW)
    behaviour.opened(NOW)
    assert answer(behaviour, call("BootNotification", boot(version)))["status"] == "Accepted"
    assert code("Heartbeat") is None


def test_a_lenient_central_system_answers_also_who_is_not_accepted(call: MakeCall) -> None:
    behaviour = CentralSystemBehaviour(Version.V16, CentralSystemSettings(registration=RegistrationPlan("Rejected")))
    behaviour.set_strict(False)
    answer(behaviour, call("BootNotification", boot(Version.V16)))
    assert "currentTime" in answer(behaviour, call("Heartbeat"))


def test_without_a_ca_and_for_a_wrong_csr_the_answer_is_rejected(version: Version, call: MakeCall) -> None:
    """After Accepted, a 2.x charge point would ask again and again for what does not come (A02.FR.17)."""
    csr = call("SignCertificate", {"csr": "-----BEGIN CERTIFICATE REQUEST-----"})
    assert answer(CentralSystemBehaviour(version), csr) == {"status": "Rejected"}
    made = new_authority(NOW)
    settings = CentralSystemSettings(authority=CertificateAuthority(made.chain, made.key))
    sent, note = CentralSystemBehaviour(version, settings, charge_point="CP1").received(csr, "SignCertificate", NOW)
    assert isinstance(sent, SendAnswer) and sent.payload["status"] == "Rejected"
    assert violations(version, "SignCertificate", Part.RESPONSE, sent.payload) == ()
    assert isinstance(note, AddNote) and "CP1" in note.text and "not a certificate signing request" in note.text


def test_a_csr_is_signed_for_the_identity_and_the_serial_number(version: Version, call: MakeCall) -> None:
    made = new_authority(NOW)
    settings = CentralSystemSettings(authority=CertificateAuthority(made.chain, made.key))
    memory = CentralSystemMemory(settings)
    behaviour = CentralSystemBehaviour(version, settings, memory=memory, charge_point="CP1")
    payload = boot(version)
    if version is Version.V16:
        payload["chargePointSerialNumber"] = "SN-7"
    else:
        payload["chargingStation"]["serialNumber"] = "SN-7"
    answer(behaviour, call("BootNotification", payload))
    more: dict[str, Any] = {} if version is Version.V16 else {"certificateType": "ChargingStationCertificate"}
    if version is Version.V21:
        more["requestId"] = 12
    for name in ("CP1", "SN-7"):
        own = OwnCertificates()
        request = {"csr": own.request("", name, ""), **more}
        answered, signed = behaviour.received(call("SignCertificate", request), "SignCertificate", NOW)
        assert isinstance(answered, SendAnswer) and answered.payload == {"status": "Accepted"}
        assert isinstance(signed, SendCall) and signed.action == "CertificateSigned"
        assert violations(version, signed.action, Part.REQUEST, signed.payload) == ()
        assert {key: signed.payload[key] for key in more} == more
        assert not isinstance(own.take("", signed.payload["certificateChain"], NOW), str)
    wrong = {"csr": OwnCertificates().request("", "SN-8", ""), **more}
    refused, _ = behaviour.received(call("SignCertificate", wrong), "SignCertificate", NOW)
    assert isinstance(refused, SendAnswer) and refused.payload["status"] == "Rejected"


def test_a_nonsensical_transaction_of_1_6_is_answered_anyway(call: MakeCall) -> None:
    """Without an answer the station would repeat it (sections 4.7, 4.8, 4.10)."""
    behaviour = CentralSystemBehaviour(Version.V16)
    assert answer(behaviour, call("StartTransaction", {"connectorId": -7, "timestamp": "never"}))["transactionId"] > 0
    unknown = {"transactionId": -1, "meterStop": 0, "timestamp": TIME}
    assert answer(behaviour, call("StopTransaction", unknown)) == {}
    assert answer(behaviour, call("MeterValues", {"connectorId": "one"})) == {}


def test_invalid_calls_are_refused_and_nothing_else_is_sent(call: MakeCall) -> None:
    behaviour = CentralSystemBehaviour(Version.V16)
    for frame, code in [
        (call("Bogus"), "NotImplemented"),
        (call("ClearCache"), "NotSupported"),
        (call("Authorize", {"idTag": None}), "TypeConstraintViolation"),
    ]:
        (effect,) = behaviour.received(frame, frame.action or "", NOW)
        assert isinstance(effect, SendError)
        assert effect.code == code


def test_an_invalid_result_is_refused_in_2_1_only(version: Version) -> None:
    wrong = parse('[3,"m1",{"status":"Perhaps"}]')
    assert isinstance(wrong, Message)
    behaviour = CentralSystemBehaviour(version)
    effects = behaviour.answered("ClearCache", {}, wrong, NOW)
    assert [type(effect) for effect in effects] == ([SendResultError] if version is Version.V21 else [])
    assert behaviour.answered("ClearCache", {}, None, NOW) == []
