"""What the state panel and the compose form know of a charge point."""

from __future__ import annotations

from typing import Any

import pytest

from ocpptui.ocpp.setting_place import SettingPlace
from ocpptui.ocpp.version import Version
from ocpptui.stations.meter_values import HISTORY, MeterKey
from ocpptui.stations.setting_messages import SettingNews
from ocpptui.stations.state import ChargePointState
from ocpptui.stations.tracker import StationTracker
from ocpptui.timeline.record import ConnectionEvent
from tests.ocpp.envelopes import CS_12, CS_15, CS_16, request, response
from tests.stations.station_talk import DOWN, SECOND, StationTalk
from tests.timeline.example_session import soap, timeline_of


def sample(value: Any, **more: Any) -> dict[str, Any]:
    return {"timestamp": "2025-11-22T10:00:00Z", "sampledValue": [{"value": value, **more}]}


def test_a_boot_of_1_6_and_its_answer_give_identity_and_registration() -> None:
    talk = StationTalk()
    boot = {
        "chargePointVendor": "Acme",
        "chargePointModel": "One",
        "chargeBoxSerialNumber": "old",
        "chargePointSerialNumber": "S1",
        "firmwareVersion": "1.2",
    }
    talk.call("BootNotification", boot, {"status": "Pending", "interval": 9, "currentTime": "x"})
    known = talk.known
    assert (known.vendor, known.model, known.serial, known.firmware) == ("Acme", "One", "S1", "1.2")
    assert (known.registration, known.heartbeat_interval, known.version) == ("Pending", None, Version.V16)
    talk.call("BootNotification", boot, {"status": "Accepted", "interval": 300, "currentTime": "x"})
    assert (known.registration, known.heartbeat_interval) == ("Accepted", 300)


@pytest.mark.parametrize("version", [Version.V201, Version.V21])
def test_a_boot_of_2_x_gives_the_same(version: Version) -> None:
    talk = StationTalk(version)
    station = {"vendorName": "Acme", "model": "Two", "serialNumber": "S2", "firmwareVersion": "3"}
    answer = {"status": "Accepted", "interval": 60, "currentTime": "x"}
    talk.call("BootNotification", {"reason": "PowerUp", "chargingStation": station}, answer)
    known = talk.known
    assert (known.vendor, known.model, known.serial, known.firmware) == ("Acme", "Two", "S2", "3")
    assert (known.registration, known.heartbeat_interval, known.version) == ("Accepted", 60, version)


def test_the_state_of_each_connector_and_since_when() -> None:
    talk = StationTalk()
    talk.call("StatusNotification", {"connectorId": 1, "errorCode": "NoError", "status": "Available"}, {})
    talk.call("StatusNotification", {"connectorId": 1, "errorCode": "NoError", "status": "Available"}, {})
    talk.call("StatusNotification", {"connectorId": 2, "errorCode": "GroundFailure", "status": "Faulted"}, {})
    first, second = talk.known.connectors[0, 1], talk.known.connectors[0, 2]
    assert (first.status, first.error, first.since) == ("Available", "", 0)
    assert (second.status, second.error, second.since) == ("Faulted", "GroundFailure", 4 * SECOND)
    talk.call("StatusNotification", {"connectorId": 1, "errorCode": "NoError", "status": "Charging"}, {})
    assert (first.status, first.since) == ("Charging", 6 * SECOND)
    assert talk.known.suggestions("connectorId") == ["1", "2"]


def test_notify_event_of_2_1_also_gives_the_state_of_connectors() -> None:
    talk = StationTalk(Version.V21)
    status = {"timestamp": "x", "connectorStatus": "Occupied", "evseId": 1, "connectorId": 2}
    talk.call("StatusNotification", status, {})
    event = {"component": {"name": "Connector", "evse": {"id": 2, "connectorId": 1}}, "actualValue": "Faulted"}
    talk.call(
        "NotifyEvent",
        {
            "eventData": [
                {**event, "variable": {"name": "AvailabilityState"}},
                {**event, "variable": {"name": "Problem"}, "actualValue": "true"},
                {
                    "component": {"name": "ChargingStation"},
                    "variable": {"name": "AvailabilityState"},
                    "actualValue": "Available",
                },
            ]
        },
        {},
    )
    states = {place: state.status for place, state in talk.known.connectors.items()}
    assert states == {(1, 2): "Occupied", (2, 1): "Faulted", (0, 0): "Available"}
    assert talk.known.suggestions("evseId") == ["1", "2"]
    assert talk.known.suggestions("connectorId") == ["1", "2", "0"]


def test_a_transaction_of_1_6_from_start_to_stop() -> None:
    talk = StationTalk()
    start = {"connectorId": 2, "idTag": "ABC", "meterStart": 1000, "timestamp": "x"}
    talk.call("StartTransaction", start)
    assert talk.known.transactions == {}
    talk.say('[3,"1",{"transactionId":7,"idTagInfo":{"status":"Accepted"}}]', DOWN)
    transaction = talk.known.transactions["7"]
    assert (transaction.connector, transaction.id_token, transaction.started) == (2, "ABC", SECOND)
    assert (transaction.meter_start, transaction.meter_last, transaction.running) == (1000, 1000, True)
    energy = sample("1.5", unit="kWh", measurand="Energy.Active.Import.Register")
    talk.call(
        "MeterValues",
        {"connectorId": 2, "transactionId": 7, "meterValue": [energy, sample("230", measurand="Voltage")]},
        {},
    )
    assert transaction.meter_last == 1500
    talk.call("StartTransaction", {**start, "connectorId": 1}, {"transactionId": 8, "idTagInfo": {}})
    assert talk.known.suggestions("transactionId") == ["8", "7"]
    talk.call(
        "StopTransaction", {"transactionId": 8, "meterStop": 1200, "timestamp": "x", "reason": "EVDisconnected"}, {}
    )
    talk.call("StopTransaction", {"transactionId": 7, "meterStop": 2200, "timestamp": "x"}, {})
    assert (transaction.running, transaction.meter_last, transaction.reason) == (False, 2200, "Local")
    assert transaction.stopped == 8 * SECOND
    assert talk.known.transactions["8"].reason == "EVDisconnected"
    assert talk.known.running == []


def test_a_refused_or_unanswered_start_is_not_a_transaction() -> None:
    talk = StationTalk()
    talk.call("StartTransaction", {"connectorId": 2, "idTag": "ABC", "meterStart": 1000, "timestamp": "x"})
    talk.say('[4,"1","InternalError","",{}]', DOWN)
    talk.say('[3,"1",{"transactionId":7,"idTagInfo":{"status":"Accepted"}}]', DOWN)
    assert talk.known.transactions == {}


def test_a_transaction_of_2_x_from_start_to_end() -> None:
    talk = StationTalk(Version.V201)
    talk.call(
        "TransactionEvent",
        {
            "eventType": "Started",
            "transactionInfo": {"transactionId": "T-1", "chargingState": "EVConnected"},
            "evse": {"id": 1, "connectorId": 2},
            "idToken": {"idToken": "ABC", "type": "ISO14443"},
            "meterValue": [sample(1, unitOfMeasure={"unit": "Wh", "multiplier": 3})],
        },
        {},
    )
    talk.call(
        "TransactionEvent",
        {
            "eventType": "Updated",
            "transactionInfo": {"transactionId": "T-1", "chargingState": "Charging", "remoteStartId": 5},
            "meterValue": [sample(1.25, unitOfMeasure={"unit": "kWh"}), sample(7, measurand="Power.Active.Import")],
        },
        {},
    )
    transaction = talk.known.transactions["T-1"]
    assert (transaction.evse, transaction.connector, transaction.id_token) == (1, 2, "ABC")
    assert (transaction.started, transaction.state, transaction.meter_start) == (0, "Charging", 1000)
    assert (transaction.meter_last, transaction.running) == (1250, True)
    talk.call(
        "TransactionEvent",
        {"eventType": "Ended", "transactionInfo": {"transactionId": "T-1", "stoppedReason": "Remote"}},
        {},
    )
    assert (transaction.stopped, transaction.reason) == (4 * SECOND, "Remote")
    assert talk.known.suggestions("remoteStartId") == ["5"]


def test_meter_values_give_a_short_history_by_measurand_phase_and_connector() -> None:
    talk = StationTalk()
    for number in range(HISTORY + 10):
        values = [
            sample(str(number), measurand="Voltage", unit="V", phase="L1"),
            sample(str(-number), measurand="Temperature"),
        ]
        talk.call("MeterValues", {"connectorId": 1, "meterValue": values})
    meter = talk.known.meters[MeterKey(0, 1, "Voltage", "L1")]
    assert list(meter.values) == [float(number) for number in range(10, HISTORY + 10)]
    assert (meter.unit, meter.last, meter.time) == ("V", HISTORY + 9, (HISTORY + 9) * SECOND)
    assert talk.known.meters[MeterKey(0, 1, "Temperature")].last == -HISTORY - 9


def test_signed_and_unreadable_meter_values_are_left_out() -> None:
    talk = StationTalk()
    odd = [
        sample("OCMF|{}", format="SignedData"),
        sample("0123", format="SignedData"),
        sample("NaN"),
        sample(True),
        sample(None),
        sample("1e400"),
        {},
        7,
    ]
    talk.call("MeterValues", {"connectorId": 1, "meterValue": odd})
    talk.call("MeterValues", {"evseId": 1, "meterValue": [sample(1e90, unitOfMeasure={"multiplier": 10**9})]})
    assert talk.known.meters == {}


def test_tokens_are_remembered_newest_first() -> None:
    talk = StationTalk()
    talk.call("Authorize", {"idTag": "A"}, {"idTagInfo": {"status": "Invalid"}})
    talk.ask("RemoteStartTransaction", {"idTag": "B"}, {"status": "Accepted"})
    talk.ask("SendLocalList", {"localAuthorizationList": [{"idTag": "C"}, {"idToken": {"idToken": "D"}}]}, {})
    talk.call("Authorize", {"idTag": "A"}, {})
    assert talk.known.suggestions("idTag") == ["A", "D", "C", "B"]
    assert talk.known.suggestions("idToken") == ["A", "D", "C", "B"]


def test_a_reservation_is_active_until_it_is_used_cancelled_or_over() -> None:
    talk = StationTalk()
    for number in (1, 2, 3, 4):
        talk.ask("ReserveNow", {"connectorId": 1, "idTag": "A", "reservationId": number}, {"status": "Accepted"})
    talk.ask("ReserveNow", {"id": 5, "idToken": {"idToken": "A"}}, {"status": "Accepted"})
    talk.ask("ReserveNow", {"id": 6, "idToken": {"idToken": "A"}}, {"status": "Occupied"})
    assert talk.known.suggestions("reservationId") == ["5", "4", "3", "2", "1"]
    talk.ask("CancelReservation", {"reservationId": 1}, {"status": "Accepted"})
    talk.ask("CancelReservation", {"reservationId": 2}, {"status": "Rejected"})
    talk.call("ReservationStatusUpdate", {"reservationId": 3, "reservationUpdateStatus": "Expired"}, {})
    talk.call("StartTransaction", {"connectorId": 1, "idTag": "A", "reservationId": 4}, {"transactionId": 1})
    assert talk.known.suggestions("reservationId") == ["5", "2"]


def test_configuration_of_1_6_read_and_changed() -> None:
    talk = StationTalk()
    keys = [{"key": "HeartbeatInterval", "readonly": False, "value": "300"}, {"key": "Empty", "readonly": True}]
    talk.ask("GetConfiguration", {}, {"configurationKey": keys, "unknownKey": ["X"]})
    assert talk.known.configuration == {"HeartbeatInterval": "300", "Empty": ""}
    assert talk.known.heartbeat_interval == 300
    talk.ask("ChangeConfiguration", {"key": "HeartbeatInterval", "value": "60"}, {"status": "Accepted"})
    talk.ask("ChangeConfiguration", {"key": "Empty", "value": "no"}, {"status": "Rejected"})
    talk.ask("ChangeConfiguration", {"key": "Other", "value": "1"}, {"status": "RebootRequired"})
    assert talk.known.configuration == {"HeartbeatInterval": "60", "Empty": "", "Other": "1"}
    assert talk.known.heartbeat_interval == 60
    assert talk.known.suggestions("key") == ["Empty", "HeartbeatInterval", "Other"]


def test_variables_of_2_x_read_set_and_reported() -> None:
    talk = StationTalk(Version.V201)
    interval = {"component": {"name": "OCPPCommCtrlr"}, "variable": {"name": "HeartbeatInterval"}}
    place = {
        "component": {"name": "Connector", "evse": {"id": 1, "connectorId": 2}},
        "variable": {"name": "Power", "instance": "max"},
    }
    talk.ask(
        "GetVariables",
        {"getVariableData": [interval, place]},
        {
            "getVariableResult": [
                {**interval, "attributeStatus": "Accepted", "attributeValue": "60"},
                {**place, "attributeStatus": "Rejected"},
                {**place, "attributeStatus": "Accepted", "attributeType": "MaxSet", "attributeValue": "9"},
            ]
        },
    )
    assert talk.known.configuration == {"OCPPCommCtrlr.HeartbeatInterval": "60"}
    assert talk.known.heartbeat_interval == 60
    talk.ask(
        "SetVariables",
        {"setVariableData": [{**interval, "attributeValue": "30"}, {**place, "attributeValue": "5"}]},
        {
            "setVariableResult": [
                {**place, "attributeStatus": "Rejected"},
                {**interval, "attributeStatus": "Accepted"},
            ]
        },
    )
    talk.call(
        "NotifyReport",
        {"reportData": [{**place, "variableAttribute": [{"value": "7"}, {"type": "Target", "value": "8"}]}]},
        {},
    )
    assert talk.known.configuration == {
        "OCPPCommCtrlr.HeartbeatInterval": "30",
        "Connector@1.2.Power[max]": "7",
    }
    assert talk.known.heartbeat_interval == 30


def test_other_ids_that_messages_refer_to_are_remembered() -> None:
    talk = StationTalk(Version.V201)
    talk.ask("GetLog", {"requestId": 3}, {})
    talk.ask("GetReport", {"requestId": 4}, {})
    talk.call("DataTransfer", {"vendorId": "com.acme", "messageId": "m"}, {})
    talk.ask("SetChargingProfile", {"evseId": 1, "chargingProfile": {"id": 9}}, {})
    suggestions = talk.known.suggestions
    assert suggestions("requestId") == ["4", "3"]
    assert (suggestions("vendorId"), suggestions("messageId")) == (["com.acme"], ["m"])
    assert suggestions("chargingProfileId") == ["9"]
    assert suggestions("nothing") == []


def test_connected_as_long_as_one_of_its_connections_is_open() -> None:
    talk = StationTalk()
    talk.happen(ConnectionEvent.OPENING)
    assert not talk.known.connected and talk.known.last_seen is None
    talk.happen(ConnectionEvent.OPENED)
    talk.happen(ConnectionEvent.OPENED, connection=2)
    talk.happen(ConnectionEvent.CLOSED)
    assert talk.known.connected
    talk.say('[2,"1","Heartbeat",{}]')
    talk.say('[3,"1",{}]', DOWN)
    talk.happen(ConnectionEvent.CLOSED, connection=2)
    assert not talk.known.connected
    assert talk.known.last_seen == 4 * SECOND


def test_a_capture_without_connection_events_counts_as_connected_by_its_messages() -> None:
    talk = StationTalk(None)
    talk.say('[2,"1","Heartbeat",{}]')
    assert talk.known.connected


def test_charge_points_are_kept_apart() -> None:
    talk = StationTalk()
    talk.call("Authorize", {"idTag": "A"})
    talk.charge_point = "CP002"
    talk.call("Authorize", {"idTag": "B"})
    talk.charge_point = ""
    talk.call("Authorize", {"idTag": "C"})
    assert {name: list(known.id_tokens) for name, known in talk.knowledge.items()} == {"CP001": ["A"], "CP002": ["B"]}


@pytest.mark.parametrize(
    ("service", "values"),
    [
        (CS_12, "<o:values><o:value>1500</o:value></o:values>"),
        (CS_15, '<o:values><o:value unit="Wh">1500</o:value></o:values>'),
        (CS_16, "<o:meterValue><o:sampledValue><o:value>1500</o:value></o:sampledValue></o:meterValue>"),
    ],
)
def test_a_charge_over_soap_is_followed_like_any_other(service: str, values: str) -> None:
    """The panel of a charge point of 1.5 would stay empty while its log is full."""
    interval = "interval" if service == CS_16 else "heartbeatInterval"
    answers = {
        "BootNotification": f"<o:status>Accepted</o:status><o:{interval}>900</o:{interval}>",
        "StartTransaction": "<o:transactionId>7</o:transactionId>",
        "MeterValues": "",
    }
    calls = {
        "BootNotification": "<o:chargePointVendor>Acme</o:chargePointVendor>",
        "StartTransaction": "<o:connectorId>1</o:connectorId><o:idTag>A</o:idTag><o:meterStart>1000</o:meterStart>",
        "MeterValues": f"<o:connectorId>1</o:connectorId><o:transactionId>7</o:transactionId>{values}",
    }
    timeline = timeline_of()
    for number, (action, payload) in enumerate(calls.items()):
        timeline.append(soap(request(action, payload, service=service, message_id=str(number))))
        answer = response(action, answers[action], service=service, relates_to=str(number))
        timeline.append(soap(answer, DOWN))
    tracker = StationTracker()
    assert tracker.advance(timeline, 1)
    known = tracker["OLD"]
    assert (known.vendor, known.registration, known.heartbeat_interval) == ("Acme", "Accepted", 900)
    (transaction,) = known.transactions.values()
    assert (transaction.id_token, transaction.meter_start, transaction.meter_last) == ("A", 1000, 1500)


def test_processing_a_file_in_slices_gives_the_same_state() -> None:
    talk = StationTalk()
    for number in range(600):
        talk.call("StartTransaction", {"connectorId": number % 3, "idTag": str(number % 7)}, {"transactionId": number})
        talk.call("StopTransaction", {"transactionId": number, "meterStop": number}, {})
    later = StationTracker()
    slices = 1
    while not later.advance(talk.timeline, 0):
        slices += 1
    assert slices > 3
    assert repr(later["CP001"].transactions) == repr(talk.known.transactions)
    assert later["CP001"].suggestions("idTag") == talk.known.suggestions("idTag")
    talk.call("Authorize", {"idTag": "new"})
    assert later.advance(talk.timeline, 0)
    assert later["CP001"].suggestions("idTag")[0] == "new"


def test_the_inventions_of_a_hostile_peer_do_not_fill_the_memory() -> None:
    known = ChargePointState("x")
    for number in range(20_000):
        known.set_status(0, number, "Available", "", number)
        known.transaction(str(number))
        known.settings.take(SettingNews(SettingPlace(str(number)), "x"), number)
        known.id_tokens.add(str(number))
        known.remember("requestId", str(number))
    assert len(known.connectors) <= 1000 and len(known.transactions) <= 1000
    assert len(known.id_tokens) <= 1000 and len(known.remembered["requestId"]) <= 1000
    assert len(known.settings) <= 10_000
    assert known.suggestions("idTag")[0] == "19999"
    talk = StationTalk()
    talk.call("Authorize", {"idTag": "x" * 100_000})
    assert talk.known.suggestions("idTag") == []


def certificate(serial: str) -> dict[str, str]:
    return {"hashAlgorithm": "SHA256", "issuerNameHash": "AA", "issuerKeyHash": "BB", "serialNumber": serial}


def test_the_certificates_that_it_lists_are_known_until_they_are_deleted() -> None:
    """Nobody can type the hashes that name a certificate."""
    old = StationTalk()
    for use, serial in (("CentralSystemRootCertificate", "1"), ("ManufacturerRootCertificate", "2")):
        answer = {"status": "Accepted", "certificateHashData": [certificate(serial)]}
        old.ask("GetInstalledCertificateIds", {"certificateType": use}, answer)
    assert {one.serial: one.use for one in old.known.certificates} == {
        "2": "ManufacturerRootCertificate",
        "1": "CentralSystemRootCertificate",
    }
    assert old.known.certificates[0].as_payload() == certificate("2")
    old.ask("DeleteCertificate", {"certificateHashData": certificate("2")}, {"status": "Failed"})
    assert len(old.known.certificates) == 2
    old.ask("DeleteCertificate", {"certificateHashData": certificate("2")}, {"status": "Accepted"})
    assert [one.serial for one in old.known.certificates] == ["1"]

    new = StationTalk(Version.V201)
    chain = {
        "certificateType": "V2GCertificateChain",
        "certificateHashData": certificate("3"),
        "childCertificateHashData": [certificate("4")],
    }
    new.ask("GetInstalledCertificateIds", {}, {"status": "Accepted", "certificateHashDataChain": [chain]})
    assert [(one.serial, one.use) for one in new.known.certificates] == [("3", "V2GCertificateChain"), ("4", "")]


def test_the_urls_of_files_are_remembered() -> None:
    talk = StationTalk()
    talk.ask("GetDiagnostics", {"location": "ftp://a"}, {})
    talk.ask("GetLog", {"logType": "DiagnosticsLog", "requestId": 1, "log": {"remoteLocation": "https://b"}}, {})
    assert talk.known.suggestions("location") == ["https://b", "ftp://a"]
    assert talk.known.suggestions("remoteLocation") == ["https://b", "ftp://a"]
