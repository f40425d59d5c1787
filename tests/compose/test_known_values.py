"""The form offers what is known of the charge point, and starts with it."""

from __future__ import annotations

import pytest

from ocpptui.compose.draft import Draft
from ocpptui.compose.known_values import KnownValues
from ocpptui.ocpp import actions as catalog
from ocpptui.ocpp.schema import Part, field_tree
from ocpptui.ocpp.version import Role, Transport, Version
from tests.compose.desk import CP, CS, NOW, Desk, charging, modelled


def test_connectors_transactions_and_tokens_are_offered_with_what_is_known_of_them() -> None:
    assert Desk(charging(), CS, "UnlockConnector").offered("$.connectorId") == {"1": "Charging", "2": "Faulted"}
    assert Desk(charging(), CS, "RemoteStopTransaction").offered("$.transactionId") == {
        "41": "running · connector 1 · CAFE"
    }
    assert Desk(charging(), CS, "RemoteStartTransaction").offered("$.idTag") == {"CAFE": "in transaction 41"}
    new = Desk(charging(Version.V201), CS, "UnlockConnector")
    assert list(new.offered("$.evseId")) == ["1", "2"]
    new.write("$.evseId", "2")
    assert list(new.offered("$.connectorId")) == ["21", "22"], "those of that EVSE only"


def test_what_is_new_gets_a_number_that_was_not_used() -> None:
    """A report with the id of an earlier one could not be told from it."""
    talk = modelled()
    talk.ask("GetBaseReport", {"requestId": 7, "reportBase": "FullInventory"}, {"status": "Accepted"})
    assert Desk(talk, CS, "GetBaseReport").payload["requestId"] == 8
    assert Desk(talk, CP, "NotifyReport").payload["requestId"] == 7, "it answers the request"
    talk.ask("ReserveNow", {"id": 3, "expiryDateTime": "x", "idToken": {"idToken": "A"}}, {"status": "Accepted"})
    assert Desk(talk, CS, "ReserveNow").payload["id"] == 4
    assert Desk(talk, CS, "CancelReservation").payload["reservationId"] == 3


def test_profiles_files_and_certificates_are_offered() -> None:
    talk = charging()
    profile = {"chargingProfileId": 12}
    talk.ask("SetChargingProfile", {"connectorId": 1, "csChargingProfiles": profile}, {"status": "Accepted"})
    talk.ask("GetDiagnostics", {"location": "ftp://files/here"}, {})
    assert list(Desk(talk, CS, "ClearChargingProfile").offered("$.id")) == ["12"]
    assert Desk(talk, CS, "GetDiagnostics").payload["location"] == "ftp://files/here"
    hashes = {"hashAlgorithm": "SHA384", "issuerNameHash": "AA", "issuerKeyHash": "BB"}
    listed = [{**hashes, "serialNumber": "01"}, {**hashes, "serialNumber": "02", "issuerNameHash": "CC"}]
    asked = {"certificateType": "CentralSystemRootCertificate"}
    talk.ask("GetInstalledCertificateIds", asked, {"status": "Accepted", "certificateHashData": listed})
    desk = Desk(talk, CS, "DeleteCertificate")
    assert desk.payload == {"certificateHashData": listed[0]}
    assert list(desk.offered("$.certificateHashData.serialNumber")) == ["01", "02"]
    desk.choose("$.certificateHashData.serialNumber", "02")
    assert desk.payload == {"certificateHashData": listed[1]}


@pytest.mark.parametrize("version", Version.offered(Transport.JSON))
@pytest.mark.parametrize("role", [CP, CS])
def test_every_form_starts_valid_whatever_is_known(version: Version, role: Role) -> None:
    talk = charging(version)
    for action in catalog.actions(version):
        if field_tree(version, action.name, Part.REQUEST) is not None:
            assert Desk(talk, role, action.name).payload is not None


@pytest.mark.parametrize("version", [Version.V16, Version.V201])
def test_a_file_is_asked_for_at_a_url_of_ours(version: Version) -> None:
    """A technician has no server for files at hand, and an example is none."""
    action, path = ("GetDiagnostics", "$.location") if version.generation == 1 else ("GetLog", "$.log.remoteLocation")
    values = KnownValues(version, CS, action, lambda: None, "http://ours/CP001")
    draft = Draft.started(field_tree(version, action, Part.REQUEST), NOW, suggestions=values.named)
    assert next(row.node.text for row in draft.all_rows() if row.path == path) == "http://ours/CP001"
    firmware = KnownValues(version, CS, "UpdateFirmware", lambda: None, "http://ours/CP001")
    assert not firmware.named("location")
