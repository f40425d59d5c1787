"""A message by hand continues the running transaction, or each would begin a new one."""

from __future__ import annotations

from ocpptui.ocpp.version import Version
from tests.compose.desk import CP, Desk, charging


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
