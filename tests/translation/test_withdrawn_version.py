"""OCPP 2.0 in 2.0.1 and back: the simulator speaks the withdrawn version by it."""

from __future__ import annotations

from typing import Any

import pytest

from ocpptui.ocpp.actions import actions, find_action
from ocpptui.ocpp.examples import complete_example, smallest
from ocpptui.ocpp.schema import Part, field_tree
from ocpptui.ocpp.validation import violations
from ocpptui.ocpp.version import Version
from ocpptui.translation.fitting import cut_to_schema
from ocpptui.translation.notes import TranslationNotes
from ocpptui.translation.translated_message import TranslatedMessage, translated_message

V20, V201 = Version.V20, Version.V201
REQUEST, RESPONSE = Part.REQUEST, Part.RESPONSE


@pytest.mark.parametrize(("source", "target"), [(V20, V201), (V201, V20)], ids=str)
def test_each_valid_payload_is_valid_in_the_other_version(source: Version, target: Version) -> None:
    """Or there is none; what the other version requires besides is in the list below, and said."""
    unsaid = set()
    for action in actions(source):
        for part in Part:
            tree = field_tree(source, action.name, part)
            asked = field_tree(source, action.name, REQUEST)
            assert tree is not None and asked is not None
            for make in (smallest, complete_example):
                request = make(asked) if part is RESPONSE else None
                found = translated_message(source, target, action.name, part, make(tree), request)
                if found is None:
                    assert find_action(target, action.name) is None or action.name in WITHOUT_COUNTERPART
                    continue
                cut = TranslationNotes()  # the schemas of 2.0 let any further field pass
                wanted = field_tree(target, found.action, part)
                assert wanted is not None
                assert cut_to_schema(found.payload, wanted, cut) == found.payload, cut.lost
                assert len(violations(target, found.action, part, found.payload)) == len(found.missing)
                unsaid |= {(action.name, part, one.partition(":")[0]) for one in found.missing}
    assert unsaid == UNSAID[source]


WITHOUT_COUNTERPART = {"Reset", "PublishFirmwareStatusNotification"}
"""A reset of one EVSE, and the status Idle: 2.0 has neither, while it has the rest of the action."""
UNSAID = {
    V20: {
        ("GetCertificateStatus", REQUEST, "$.ocspRequestData.responderURL"),
        ("NotifyEVChargingSchedule", REQUEST, "$.chargingSchedule.chargingSchedulePeriod"),
        ("SetNetworkProfile", REQUEST, "$.connectionData.securityProfile"),
        ("Update15118EVCertificate", RESPONSE, "$.exiResponse"),
    },
    V201: {
        ("Get15118EVCertificate", RESPONSE, "$.contractSignatureCertificateChain"),
        ("Get15118EVCertificate", RESPONSE, "$.saProvisioningCertificateChain"),
        ("GetInstalledCertificateIds", REQUEST, "$.typeOfCertificate"),
        ("NotifyDisplayMessages", REQUEST, "$.messageInfo"),
        ("NotifyMonitoringReport", REQUEST, "$.monitor"),
        ("NotifyReport", REQUEST, "$.reportData"),
        ("ReserveNow", REQUEST, "$.reservation.evse"),
    },
}
"""What one version requires and the other leaves open."""

SCHEDULE: dict[str, Any] = {"chargingRateUnit": "A", "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 16}]}
PROFILE: dict[str, Any] = {
    "id": 3, "stackLevel": 0, "chargingProfilePurpose": "TxProfile", "chargingProfileKind": "Relative"
}  # fmt: skip
ATTRIBUTE = {"constant": False, "value": "1"}
LAST = {"tbc": False, "requestId": 1}
CERTIFICATES = [f"-----BEGIN CERTIFICATE-----\n{text}\n-----END CERTIFICATE-----" for text in "AB"]
COMPOSITE: dict[str, Any] = {"startDateTime": "x", "chargingSchedule": SCHEDULE | {"duration": 9}}


@pytest.mark.parametrize(
    ("action", "part", "of_2_0", "of_2_0_1"),
    [
        ("ChangeAvailability", REQUEST, {"evseId": 2}, {"evse": {"id": 2}}),
        ("ChangeAvailability", REQUEST, {"evseId": 0}, {}),
        ("CertificateSigned", REQUEST, {"cert": CERTIFICATES},
         {"certificateChain": "\n".join(CERTIFICATES)}),
        ("ClearChargingProfile", REQUEST, {"evseId": 1, "chargingProfile": {"id": 3, "stackLevel": 1}},
         {"chargingProfileId": 3, "chargingProfileCriteria": {"evseId": 1, "stackLevel": 1}}),
        ("ReserveNow", REQUEST, {"reservation": {"id": 7, "expiryDateTime": "x", "evse": {"id": 1}}},
         {"id": 7, "expiryDateTime": "x", "evseId": 1}),
        ("SetChargingProfile", REQUEST, {"evseId": 1, "chargingProfile": PROFILE | {"chargingSchedule": SCHEDULE}},
         {"evseId": 1, "chargingProfile": PROFILE | {"chargingSchedule": [SCHEDULE | {"id": 1}]}}),
        ("GetCompositeSchedule", RESPONSE,
         {"status": "Accepted", "evseId": 1, "schedule": COMPOSITE},
         {"status": "Accepted", "schedule": SCHEDULE | {"evseId": 1, "scheduleStart": "x", "duration": 9}}),
        ("TransactionEvent", REQUEST, {"transactionData": {"id": "T", "chargingState": "EVDetected"}},
         {"transactionInfo": {"transactionId": "T", "chargingState": "EVConnected"}}),
        ("Authorize", RESPONSE, {"idTokenInfo": {"status": "Accepted"}, "evseId": [1]},
         {"idTokenInfo": {"status": "Accepted", "evseId": [1]}}),
        ("NotifyReport", REQUEST, {"reportData": [{"variableAttribute": [ATTRIBUTE | {"persistence": True}]}]} | LAST,
         {"reportData": [{"variableAttribute": [ATTRIBUTE | {"persistent": True}]}]} | LAST),
        ("PublishFirmwareStatusNotification", REQUEST, {"status": "Published", "location": "http://a"},
         {"status": "Published", "location": ["http://a"]}),
        ("InstallCertificate", REQUEST, {"certificateType": "V2GRootCertficate"},
         {"certificateType": "V2GRootCertificate"}),
    ],
)  # fmt: skip
def test_fields_have_moved_and_come_back(
    action: str, part: Part, of_2_0: dict[str, Any], of_2_0_1: dict[str, Any]
) -> None:
    """A field at its old place is not found, and the message is refused."""
    newer = translated_message(V20, V201, action, part, of_2_0)
    older = translated_message(V201, V20, action, part, of_2_0_1)
    assert newer is not None and newer.payload == of_2_0_1 and newer.lost == ()
    assert older is not None and older.payload == of_2_0
    assert not [one for one in older.lost if "chargingSchedule.id" not in one]


def test_an_update_of_a_contract_certificate_was_an_action_of_its_own() -> None:
    asked = {"15118SchemaVersion": "x", "exiRequest": "y"}
    newer = translated_message(V20, V201, "Update15118EVCertificate", REQUEST, asked)
    assert isinstance(newer, TranslatedMessage)
    assert (newer.action, newer.payload["action"]) == ("Get15118EVCertificate", "Update")
    older = translated_message(V201, V20, newer.action, REQUEST, newer.payload)
    assert older is not None and (older.action, older.payload) == ("Update15118EVCertificate", asked)
    answer = {"status": "Accepted", "exiResponse": "z"}
    back = translated_message(V201, V20, newer.action, RESPONSE, answer, newer.payload)
    assert back is not None and (back.action, back.payload) == ("Update15118EVCertificate", answer)


@pytest.mark.parametrize(
    ("action", "payload"),
    [
        ("Reset", {"type": "Immediate", "evseId": 1}),
        ("TriggerMessage", {"requestedMessage": "SignCombinedCertificate"}),
        ("PublishFirmwareStatusNotification", {"status": "Idle"}),
    ],
)
def test_what_2_0_cannot_say_is_not_said_otherwise(action: str, payload: dict[str, Any]) -> None:
    """A reset of one EVSE would become one of the charging station."""
    assert translated_message(V201, V20, action, REQUEST, payload) is None


def test_the_kind_of_each_listed_certificate_is_named_as_lost() -> None:
    """OCPP 2.0 asks for one kind and does not say it in its answer."""
    chain = {"certificateType": "CSMSRootCertificate", "certificateHashData": {"serialNumber": "1"}}
    answer = {"status": "Accepted", "certificateHashDataChain": [chain]}
    older = translated_message(V201, V20, "GetInstalledCertificateIds", RESPONSE, answer)
    assert older is not None and older.payload["certificateHashData"] == [{"serialNumber": "1"}]
    assert [one.partition(":")[0] for one in older.lost] == ["$.certificateHashDataChain[0].certificateType"]
