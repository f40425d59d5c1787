"""The transactions of a log in the other generation: without their ids and places, nobody could follow one."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from ocpptui.ocpp.schema import Part
from ocpptui.ocpp.version import Version
from ocpptui.translation.transaction_numbers import TransactionNumbers
from ocpptui.translation.translated_message import TranslatedMessage

TIME = "2026-01-01T00:00:00Z"
START = {"connectorId": 1, "idTag": "A", "meterStart": 5, "timestamp": TIME}
READING = {"timestamp": TIME, "sampledValue": [{"value": "7"}]}
V12, V15, V16, V20, V201, V21 = Version


def to_newer(numbers: TransactionNumbers, target: Version, name: str, action: str, number: int) -> TranslatedMessage:
    """A call of a transaction of 1.6."""
    payload: dict[str, Any] = {
        "StartTransaction": START,
        "MeterValues": {"connectorId": 1, "transactionId": number, "meterValue": [READING]},
        "StopTransaction": {"transactionId": number, "meterStop": 9, "timestamp": TIME},
    }[action]
    answer = {"transactionId": number, "idTagInfo": {"status": "Accepted"}}
    found = numbers.translated(V16, target, name, action, Part.REQUEST, payload, answer=answer)
    assert found is not None
    return found


RUNNING = st.lists(st.tuples(st.sampled_from("AB"), st.integers(1, 3)), min_size=1, max_size=12)
"""Charge points and transactions, one for each reading."""


@settings(max_examples=40)
@given(
    st.lists(st.tuples(st.sampled_from("AB"), st.integers(1, 3)), min_size=1, max_size=12),
    st.sampled_from([V201, V21, V20]),
)
def test_each_transaction_of_1_6_is_counted_by_itself_whatever_else_goes_on(
    readings: list[tuple[str, int]], target: Version
) -> None:
    numbers = TransactionNumbers()
    places: dict[tuple[str, int], list[int]] = {}
    running = list(dict.fromkeys(readings))
    steps = [(one, "StartTransaction") for one in running]
    steps += [(one, "MeterValues") for one in readings] + [(one, "StopTransaction") for one in running]
    for (name, number), action in steps:
        found = to_newer(numbers, target, name, action, number)
        payload = found.payload
        id_of = payload["transactionData"]["id"] if target is V20 else payload["transactionInfo"]["transactionId"]
        assert (id_of, found.missing) == (str(number), ())
        places.setdefault((name, number), []).append(payload["seqNo"])
    for one, found_places in places.items():
        assert found_places == list(range(readings.count(one) + 2))


def test_what_the_log_does_not_show_stays_unknown() -> None:
    """A place that is made up would look like an event that is lost."""
    numbers = TransactionNumbers()
    unanswered = numbers.translated(V16, V201, "A", "StartTransaction", Part.REQUEST, START)
    assert unanswered is not None and unanswered.missing == (
        "$.transactionInfo.transactionId: the field is required, but missing",
    )
    found = to_newer(numbers, V201, "A", "MeterValues", 7)  # its start was before the log
    assert [one for one in found.assumed if "seqNo" in one] == [
        "$.seqNo: 1, its place among the events of the transaction"
    ]


def event(kind: str, transaction: str, place: int) -> dict[str, Any]:
    value = {"Started": "Transaction.Begin", "Updated": "Sample.Periodic", "Ended": "Transaction.End"}[kind]
    return {
        "eventType": kind,
        "timestamp": TIME,
        "triggerReason": "Authorized",
        "seqNo": place,
        "transactionInfo": {"transactionId": transaction},
        "evse": {"id": 1, "connectorId": 1},
        "idToken": {"idToken": "A", "type": "ISO14443"},
        "meterValue": [{"timestamp": TIME, "sampledValue": [{"value": 5, "context": value}]}],
    }


def test_a_transaction_of_2_x_has_one_number_in_all_messages_of_1_6() -> None:
    numbers = TransactionNumbers()
    told: dict[tuple[str, str], list[int]] = {}
    for name, transaction in (("A", "3f1c"), ("B", "3f1c"), ("A", "2"), ("A", "9a"), ("A", "007")):
        found = told.setdefault((name, transaction), [])
        for place, kind in enumerate(("Started", "Updated", "Ended")):
            said = event(kind, transaction, place)
            call = numbers.translated(V201, V16, name, "TransactionEvent", Part.REQUEST, said)
            answer = numbers.translated(
                V201,
                V16,
                name,
                "TransactionEvent",
                Part.RESPONSE,
                {"idTokenInfo": {"status": "Accepted"}},
                request=said,
            )
            assert call is not None and answer is not None and (call.missing, answer.missing) == ((), ())
            found.append((answer if kind == "Started" else call).payload["transactionId"])
            assert said == event(kind, transaction, place)
        stop = numbers.translated(
            V201, V16, name, "RequestStopTransaction", Part.REQUEST, {"transactionId": transaction}
        )
        assert stop is not None and stop.action == "RemoteStopTransaction"
        found.append(stop.payload["transactionId"])
    assert all(len(set(found)) == 1 for found in told.values())
    assert told["A", "2"][0] != told["B", "3f1c"][0] and len({found[0] for found in told.values()}) == 5


def test_a_number_stays_itself_and_only_others_are_noted() -> None:
    numbers = TransactionNumbers()
    for text, number, is_noted in (("7", 7, False), ("x", 1, True), ("1", 2, True)):
        found = numbers.translated(V201, V16, "A", "TransactionEvent", Part.REQUEST, event("Ended", text, 1))
        assert found is not None and found.payload["transactionId"] == number
        assert any(one.startswith("$.transactionId:") for one in found.assumed) is is_noted
        assert not any("transactionId" in one for one in found.lost)


def test_within_a_generation_nothing_is_counted() -> None:
    found = TransactionNumbers().translated(V201, V21, "A", "TransactionEvent", Part.REQUEST, event("Ended", "x", 5))
    assert (
        found is not None and found.payload["transactionInfo"]["transactionId"] == "x" and found.payload["seqNo"] == 5
    )
