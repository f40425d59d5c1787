"""The form offers what is known of the charge point, and starts with it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ocpptui.compose.draft import Draft, DraftNode
from ocpptui.compose.known_values import KnownValues
from ocpptui.ocpp import actions as catalog
from ocpptui.ocpp.schema import Part, field_tree
from ocpptui.ocpp.validation import is_valid
from ocpptui.ocpp.version import Role, Transport, Version
from tests.stations.station_talk import StationTalk

NOW = 1_700_000_000_000_000
CP, CS = Role.CHARGE_POINT, Role.CENTRAL_SYSTEM


class Desk:
    """A message that is being written to a charge point, or by it."""

    def __init__(self, talk: StationTalk, role: Role, action: str) -> None:
        assert talk.version is not None
        self.talk = talk
        self.version, self.action = talk.version, action
        self.values = KnownValues(talk.version, role, action, lambda: talk.knowledge.get(talk.charge_point))
        field = field_tree(talk.version, action, Part.REQUEST)
        self.draft = Draft.started(field, NOW, suggestions=self.values.named)
        self.values.start(self.draft, NOW)

    @property
    def payload(self) -> Any:
        assert is_valid(self.version, self.action, Part.REQUEST, json.loads(self.draft.to_json()))
        return self.draft.value()

    def node(self, path: str) -> DraftNode:
        return next(row.node for row in self.draft.all_rows() if row.path == path)

    def offered(self, path: str) -> dict[str, str]:
        return {one.value: one.note for one in self.values.offered(self.node(path))}

    def choose(self, path: str, text: str) -> None:
        self.values.choose(self.draft, self.node(path), text, NOW)

    def write(self, path: str, text: str) -> None:
        self.values.write(self.draft, self.node(path), text, NOW)


def configured() -> StationTalk:
    talk = StationTalk()
    keys = [
        {"key": "HeartbeatInterval", "readonly": False, "value": "900"},
        {"key": "MeterValueSampleInterval", "readonly": False, "value": "60"},
        {"key": "NumberOfConnectors", "readonly": True, "value": "2"},
        {"key": "AuthorizationKey", "readonly": False},
    ]
    talk.ask("GetConfiguration", {}, {"configurationKey": keys})
    return talk


def modelled() -> StationTalk:
    talk = StationTalk(Version.V201)

    def entry(component: str, variable: str, value: str, evse: int = 0) -> dict[str, Any]:
        place = {"evse": {"id": evse}} if evse else {}
        attribute = {"value": value, "mutability": "ReadWrite"}
        return {
            "component": {"name": component, **place},
            "variable": {"name": variable},
            "variableAttribute": [attribute],
        }

    data = [
        entry("OCPPCommCtrlr", "HeartbeatInterval", "900"),
        entry("SampledDataCtrlr", "TxUpdatedInterval", "30"),
        entry("EVSE", "Power", "22000", evse=2),
    ]
    talk.call("NotifyReport", {"requestId": 7, "generatedAt": "x", "seqNo": 0, "reportData": data}, {})
    return talk


# -- settings ---------------------------------------------------------------------------------------------------


def test_keys_are_offered_with_their_values() -> None:
    desk = Desk(configured(), CS, "ChangeConfiguration")
    assert desk.offered("$.key") == {
        "AuthorizationKey": "",
        "HeartbeatInterval": "900",
        "MeterValueSampleInterval": "60",
        "NumberOfConnectors": "2 · read-only",
    }
    assert "MeterValueSampleInterval" in {
        one.value
        for one in Desk(configured(), CS, "GetConfiguration").values.offered(
            _item(Desk(configured(), CS, "GetConfiguration"))
        )
    }


def _item(desk: Desk) -> DraftNode:
    item = desk.draft.add_item(desk.node("$.key"), NOW)
    assert item is not None
    return item


def test_the_value_is_that_of_the_chosen_key_and_not_an_example() -> None:
    """An example of HeartbeatInterval was sent to any other key."""
    desk = Desk(configured(), CS, "ChangeConfiguration")
    assert desk.payload == {"key": "HeartbeatInterval", "value": "900"}
    desk.choose("$.key", "MeterValueSampleInterval")
    assert desk.payload == {"key": "MeterValueSampleInterval", "value": "60"}
    assert desk.values.note(desk.node("$.value")) == "now 60"
    desk.write("$.value", "5")
    assert desk.values.note(desk.node("$.value")) == "60 → 5"
    desk.choose("$.key", "NumberOfConnectors")
    assert desk.payload == {"key": "NumberOfConnectors", "value": "5"}, "what the user typed stays"
    assert desk.values.note(desk.node("$.value")) == "2 → 5 · read-only"
    assert not desk.values.note(desk.node("$.key"))


def test_the_value_of_a_flag_or_a_choice_is_offered_and_a_wrong_one_is_noticed() -> None:
    """The schema takes any text for a value."""
    talk = configured()
    flag = {"key": "LocalPreAuthorize", "readonly": False, "value": "false"}
    talk.ask("GetConfiguration", {}, {"configurationKey": [flag]})
    desk = Desk(talk, CS, "ChangeConfiguration")
    desk.choose("$.key", "LocalPreAuthorize")
    assert desk.offered("$.value") == {"true": "", "false": "now"}
    desk.write("$.value", "maybe")
    assert desk.values.note(desk.node("$.value")) == "false → maybe · must be true or false"
    desk.choose("$.key", "MeterValueSampleInterval")
    assert desk.offered("$.value") == {}
    assert desk.values.note(desk.node("$.value")) == "60 → maybe · must be a whole number"


def test_a_key_that_is_typed_letter_by_letter_brings_its_value_too() -> None:
    desk = Desk(configured(), CS, "ChangeConfiguration")
    name = "MeterValueSampleInterval"
    desk.write("$.key", "")
    for length in range(1, len(name)):
        desk.write("$.key", name[:length])
        assert desk.draft.value()["value"] == ""
    desk.write("$.key", name)
    assert desk.payload == {"key": name, "value": "60"}
    desk.write("$.key", "AuthorizationKey")
    assert desk.payload["value"] == "", "its value is not shown"


def test_a_masked_secret_is_never_filled_in() -> None:
    talk = configured()
    talk.ask("ChangeConfiguration", {"key": "AuthorizationKey", "value": "***"}, {"status": "Accepted"})
    desk = Desk(talk, CS, "ChangeConfiguration")
    desk.choose("$.key", "AuthorizationKey")
    assert desk.payload["value"] == ""
    assert desk.offered("$.key")["AuthorizationKey"] == "***"
    assert desk.values.note(desk.node("$.value")) == ""


def test_variables_are_offered_with_their_components_and_fill_the_names_and_the_value() -> None:
    desk = Desk(modelled(), CS, "SetVariables")
    entry = "$.setVariableData[0]"
    assert desk.payload["setVariableData"][0]["attributeValue"] == "900"
    assert desk.offered(f"{entry}.component.name") == {
        "EVSE@2.Power": "22000",
        "OCPPCommCtrlr.HeartbeatInterval": "900",
        "SampledDataCtrlr.TxUpdatedInterval": "30",
    }
    assert next(iter(desk.offered(f"{entry}.variable.name"))) == "OCPPCommCtrlr.HeartbeatInterval"
    desk.choose(f"{entry}.variable.name", "EVSE@2.Power")
    assert desk.payload["setVariableData"] == [
        {
            "attributeValue": "22000",
            "component": {"name": "EVSE", "evse": {"id": 2}},
            "variable": {"name": "Power"},
        }
    ]
    desk.write(f"{entry}.attributeValue", "11000")
    assert desk.values.note(desk.node(f"{entry}.attributeValue")) == "22000 → 11000"


def test_other_messages_that_name_variables_offer_them_too() -> None:
    for action, at in (("GetVariables", "$.getVariableData[0]"), ("SetVariableMonitoring", "$.setMonitoringData[0]")):
        desk = Desk(modelled(), CS, action)
        desk.choose(f"{at}.component.name", "SampledDataCtrlr.TxUpdatedInterval")
        assert desk.node(f"{at}.variable.name").edit_text == "TxUpdatedInterval"
        assert desk.payload


def test_any_other_name_can_be_written() -> None:
    desk = Desk(modelled(), CS, "SetVariables")
    desk.choose("$.setVariableData[0].component.name", "Custom")
    assert desk.payload["setVariableData"][0]["component"] == {"name": "Custom"}


# -- places, transactions, tokens, files ------------------------------------------------------------------------


def charging(version: Version = Version.V16) -> StationTalk:
    talk = StationTalk(version)
    if version.generation == 1:
        for connector, status in ((1, "Charging"), (2, "Faulted")):
            fields = {"connectorId": connector, "errorCode": "NoError", "status": status}
            talk.call("StatusNotification", fields, {})
        start = {"connectorId": 1, "idTag": "CAFE", "meterStart": 1000, "timestamp": "x"}
        talk.call("StartTransaction", start, {"transactionId": 41, "idTagInfo": {"status": "Accepted"}})
        sample = {"timestamp": "x", "sampledValue": [{"value": "1.25", "unit": "kWh"}]}
        talk.call("MeterValues", {"connectorId": 1, "transactionId": 41, "meterValue": [sample]}, {})
        return talk
    for evse in (1, 2):
        for connector in (1, 2):
            fields = {"evseId": evse, "connectorId": evse * 10 + connector, "connectorStatus": "Available"}
            talk.call("StatusNotification", {"timestamp": "x", **fields}, {})
    sample = {"timestamp": "x", "sampledValue": [{"value": 1250}]}
    talk.call(
        "TransactionEvent",
        {
            "eventType": "Started",
            "timestamp": "x",
            "triggerReason": "Authorized",
            "seqNo": 4,
            "transactionInfo": {"transactionId": "T1", "chargingState": "Charging"},
            "evse": {"id": 2, "connectorId": 21},
            "idToken": {"idToken": "CAFE", "type": "eMAID"},
            "meterValue": [sample],
        },
        {},
    )
    return talk


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


# -- transactions that go on ------------------------------------------------------------------------------------


def test_an_event_of_a_transaction_continues_it() -> None:
    desk = Desk(charging(Version.V201), CP, "TransactionEvent")
    payload = desk.payload
    assert payload["eventType"] == "Updated"
    assert payload["seqNo"] == 5
    assert payload["transactionInfo"] == {"transactionId": "T1", "chargingState": "Charging"}
    assert payload["evse"] == {"id": 2, "connectorId": 21}
    assert payload["idToken"] == {"idToken": "CAFE", "type": "eMAID"}
    (sample,) = payload["meterValue"][0]["sampledValue"]
    assert (sample["value"], sample["unitOfMeasure"]) == (1250, {"unit": "Wh"})
    desk.talk.call("TransactionEvent", payload, {})
    assert Desk(desk.talk, CP, "TransactionEvent").payload["seqNo"] == 6, "also after one that was sent by hand"


def test_after_the_end_a_new_transaction_starts() -> None:
    talk = charging(Version.V201)
    desk = Desk(talk, CP, "TransactionEvent")
    talk.call("TransactionEvent", {**desk.payload, "eventType": "Ended"}, {})
    first, second = (Desk(talk, CP, "TransactionEvent").payload for _ in range(2))
    assert (first["eventType"], first["seqNo"], first["evse"]) == ("Started", 0, {"id": 1, "connectorId": 1})
    assert len({"T1", first["transactionInfo"]["transactionId"], second["transactionInfo"]["transactionId"]}) == 3


def test_the_messages_of_1_6_continue_the_transaction() -> None:
    talk = charging()
    values = Desk(talk, CP, "MeterValues").payload
    assert (values["connectorId"], values["transactionId"]) == (1, 41)
    assert values["meterValue"][0]["sampledValue"][0]["value"] == "1250"
    stop = Desk(talk, CP, "StopTransaction").payload
    assert (stop["transactionId"], stop["meterStop"], stop["idTag"]) == (41, 1250, "CAFE")
    talk.call("StopTransaction", {**stop, "meterStop": 2000}, {})
    assert Desk(talk, CP, "StartTransaction").payload["meterStart"] == 2000


def test_the_transaction_that_is_chosen_is_the_one_that_goes_on() -> None:
    talk = charging()
    start = {"connectorId": 2, "idTag": "BEEF", "meterStart": 50, "timestamp": "x"}
    talk.call("StartTransaction", start, {"transactionId": 42, "idTagInfo": {"status": "Accepted"}})
    desk = Desk(talk, CP, "StopTransaction")
    assert desk.payload["meterStop"] == 50, "the newest"
    desk.choose("$.transactionId", "41")
    assert (desk.payload["transactionId"], desk.payload["meterStop"], desk.payload["idTag"]) == (41, 1250, "CAFE")


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
