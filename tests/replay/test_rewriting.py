"""Only the ids that the live peer chooses change in what is sent."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocpptui.ocpp import actions as catalog
from ocpptui.ocpp.json_encoding import parse
from ocpptui.ocpp.message import Message
from ocpptui.ocpp.version import Transport, Version
from ocpptui.replay import linked_ids as ids
from ocpptui.replay.rewriting import Rewriting, Rewritten


def frame(raw: str) -> Message:
    found = parse(raw)
    assert isinstance(found, Message)
    return found


def charging(recorded: str = "1001", live: str = "7") -> Rewriting:
    rewriting = Rewriting(Version.V16)
    rewriting.learn(
        "StartTransaction",
        f'{{"transactionId":{recorded},"idTagInfo":{{"status":"Accepted"}}}}',
        f'{{"idTagInfo":{{"status":"Accepted"}},"transactionId":{live}}}',
        in_answer=True,
    )
    return rewriting


def test_the_live_transaction_id_goes_into_every_later_frame_that_names_it() -> None:
    """The live central system would hear of a transaction that it does not know."""
    rewriting = charging()
    assert rewriting.apply("MeterValues", '{"connectorId":1001,"transactionId":1001}') == (
        '{"connectorId":1001,"transactionId":7}'
    )
    profile = '{"csChargingProfiles":{"transactionId": 1001 ,"stackLevel":1001}}'
    assert rewriting.apply("SetChargingProfile", profile) == profile.replace(": 1001 ", ": 7 ")
    assert rewriting.table == (Rewritten(ids.TRANSACTION, "1001", "7", 2),)


def test_everything_else_stays_byte_for_byte() -> None:
    """A replay must send what was recorded, including number notation, key order and white space."""
    payload = '{ "meterStop" : 21.40e1,\n"transactionId":1001, "x":"\\u00e4ä", "transactionData":[ ] , "b":1,"a":-0.0 }'
    assert charging().apply("StopTransaction", payload) == payload.replace('"transactionId":1001', '"transactionId":7')


LEAVES = st.integers() | st.text(max_size=5) | st.none()


@given(st.dictionaries(st.text(max_size=5), LEAVES | st.lists(LEAVES | st.dictionaries(st.text(max_size=5), LEAVES))))
def test_a_payload_without_a_known_id_is_not_touched(payload: dict[str, object]) -> None:
    """A replay would not send what was recorded."""
    text = json.dumps(payload, indent=1, ensure_ascii=False)
    assert charging("-77777", "5").apply("MeterValues", text) == text


def test_another_transaction_keeps_its_id() -> None:
    """A transaction that began before the recording has no live counterpart."""
    assert charging().apply("StopTransaction", '{"transactionId":1002}') == '{"transactionId":1002}'


def test_an_id_of_another_type_is_a_different_id() -> None:
    """A recorded mistake in the type must be repeated, not repaired."""
    assert charging().apply("StopTransaction", '{"transactionId":"1001"}') == '{"transactionId":"1001"}'


def test_a_transaction_id_given_twice_maps_to_the_latest_live_id() -> None:
    """Some central systems give every transaction the same id; the frames would name an old transaction."""
    rewriting = charging("0", "7")
    rewriting.learn("StartTransaction", '{"transactionId":0}', '{"transactionId":8}', in_answer=True)
    assert rewriting.apply("StopTransaction", '{"transactionId":0}') == '{"transactionId":8}'
    assert [row.live for row in rewriting.table] == ["7", "8"]


def test_an_answer_without_the_id_teaches_nothing() -> None:
    """An error or an incomplete answer would put null into later frames."""
    rewriting = Rewriting(Version.V16)
    for live in ("{}", "[]", "null", '{"idTagInfo":{"transactionId":3}}', "not json"):
        rewriting.learn("StartTransaction", '{"transactionId":1001}', live, in_answer=True)
    assert rewriting.table == ()


def test_a_charge_point_of_2x_chooses_its_transaction_ids() -> None:
    """As central system we would ask a charge point to stop a transaction that it does not have."""
    rewriting = Rewriting(Version.V201)
    recorded = '{"eventType":"Started","transactionInfo":{"transactionId":"rec-1"}}'
    rewriting.learn("TransactionEvent", recorded, recorded.replace("rec-1", "liv-\\u0031"), in_answer=False)
    assert json.loads(rewriting.apply("RequestStopTransaction", '{"transactionId":"rec-1"}')) == {
        "transactionId": "liv-1"
    }
    assert rewriting.expected("TransactionEvent", recorded) == recorded.replace("rec-1", "liv-1")


def test_a_repeated_transaction_id_is_not_learnt_for_another_transaction() -> None:
    """The id of the first transaction would replace that of the second after an extra meter value."""
    rewriting = Rewriting(Version.V201)

    def learn(recorded: str, live: str, event: str) -> None:
        text = '{{"eventType":"{}","transactionInfo":{{"transactionId":"{}"}}}}'
        rewriting.learn("TransactionEvent", text.format(event, recorded), text.format(event, live), in_answer=False)

    learn("A", "x", "Started")
    learn("B", "x", "Updated")  # the live peer sends one more for its first transaction
    learn("A", "y", "Updated")
    learn("B", "y", "Started")
    stop = '{"transactionId":"%s"}'
    assert rewriting.apply("RequestStopTransaction", stop % "A") == stop % "x"
    assert rewriting.apply("RequestStopTransaction", stop % "B") == stop % "y"


def test_reservation_ids_are_replaced_under_both_names() -> None:
    """OCPP 2.x calls it `id` in ReserveNow and `reservationId` everywhere else."""
    rewriting = Rewriting(Version.V201)
    rewriting.learn("ReserveNow", '{"id":1,"evseId":1}', '{"id":42,"evseId":1}', in_answer=False)
    assert rewriting.apply("ReservationStatusUpdate", '{"reservationId":1}') == '{"reservationId":42}'
    assert rewriting.apply("SetDisplayMessage", '{"id":1}') == '{"id":1}'
    old = Rewriting(Version.V16)
    old.learn("ReserveNow", '{"reservationId":1}', '{"reservationId":42}', in_answer=False)
    assert old.apply("StartTransaction", '{"reservationId":1}') == '{"reservationId":42}'


def test_request_ids_of_different_requests_are_kept_apart() -> None:
    """Request 1 for a log and request 1 for a report are different requests."""
    rewriting = Rewriting(Version.V201)
    rewriting.learn("GetLog", '{"requestId":1}', '{"requestId":10}', in_answer=False)
    rewriting.learn("GetBaseReport", '{"requestId":1}', '{"requestId":20}', in_answer=False)
    assert rewriting.apply("LogStatusNotification", '{"requestId":1}') == '{"requestId":10}'
    assert rewriting.apply("NotifyReport", '{"requestId":1}') == '{"requestId":20}'
    assert rewriting.apply("FirmwareStatusNotification", '{"requestId":1}') == '{"requestId":1}'


@pytest.mark.parametrize("version", Version.offered(Transport.JSON))
def test_every_action_that_is_named_exists_in_some_version(version: Version) -> None:
    """The ids of a misspelt action in the table would not be replaced."""
    named = {action for actions in ids._REQUESTS.values() for action in actions}
    assert all(catalog.versions_of(action) for action in named)
    announcing = {action for action in named if ids.announced_kinds(version, action, False)}
    assert announcing >= {"GetLog", "GetReport", "SignCertificate", "PublishFirmware", "UpdateFirmware"}
    assert not announcing & {"NotifyReport", "LogStatusNotification", "CertificateSigned", "ReportChargingProfiles"}


def test_only_the_message_id_and_the_linked_ids_of_a_frame_change() -> None:
    """Odd framing is often the reason to repeat a recording."""
    raw = ' [2, "old" ,"StopTransaction",\n{"transactionId": 1001},"extra"] '
    assert charging().frame(frame(raw), "StopTransaction", '"new"') == (
        ' [2, "new" ,"StopTransaction",\n{"transactionId": 7},"extra"] '
    )
    assert charging().frame(frame('[3,5,{"a":1001}]'), "X", '"n"') == '[3,"n",{"a":1001}]'
    assert charging().frame(frame('[4,"o","C","D",{"transactionId":1001}]'), "X", '"n"') == (
        '[4,"n","C","D",{"transactionId":7}]'
    )
    assert charging().frame(frame('[2,"o","Heartbeat"]'), "Heartbeat", '"n"') == '[2,"n","Heartbeat"]'
    assert charging().frame(frame('\ufeff[2,"o","Heartbeat",{}]'), "Heartbeat", '"n"') == '\ufeff[2,"n","Heartbeat",{}]'


def test_only_an_announced_id_that_is_unknown_is_free() -> None:
    """A live call would match any recorded transaction instead of its own."""
    rewriting = Rewriting(Version.V201)
    event = '{"eventType":"Started","transactionInfo":{"transactionId":"A","remoteStartId":1}}'
    assert rewriting.free_paths("TransactionEvent", event, in_answer=False) == {"$.transactionInfo.transactionId"}
    rewriting.learn("TransactionEvent", event, event.replace('"A"', '"x"'), in_answer=False)
    assert rewriting.free_paths("TransactionEvent", event, in_answer=False) == frozenset()
    assert rewriting.free_paths("Heartbeat", "{}", in_answer=False) == frozenset()
