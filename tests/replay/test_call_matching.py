"""Which recorded call a live call matches, and which recorded answer it gets."""

from __future__ import annotations

from ocpptui.ocpp.json_encoding import JSON, parse
from ocpptui.ocpp.message import Message
from ocpptui.ocpp.version import Role, Version
from ocpptui.replay.call_matching import PeerCalls
from ocpptui.replay.plan import plan
from ocpptui.replay.rewriting import Rewriting
from tests.replay.tape import Tape


def live(action: str, payload: str) -> Message:
    frame = parse(JSON.call("live", action, payload))
    assert isinstance(frame, Message)
    return frame


def status(connector: int, value: str) -> str:
    return f'{{"connectorId":{connector},"errorCode":"NoError","status":"{value}"}}'


def test_calls_count_by_order_and_are_answered_by_content(tape: Tape) -> None:
    """Connectors that report in another order would get each other's answers, or the replay would wait in vain."""
    tape.up(f'[2,"1","StatusNotification",{status(1, "Available")}]')
    tape.down('[3,"1",{"for":1}]')
    tape.up(f'[2,"2","StatusNotification",{status(2, "Available")}]')
    tape.down('[3,"2",{"for":2}]')
    calls = PeerCalls(plan(tape.timeline, Role.CENTRAL_SYSTEM))
    rewriting = Rewriting(Version.V16)

    first = calls.meet("StatusNotification", 70)
    assert first is calls.slot(0)
    assert (first.position, first.answer_position, first.live) == (0, 1, 70)
    assert calls.choose("StatusNotification", live("StatusNotification", status(2, "Available")), rewriting) == (2, 3)
    second = calls.meet("StatusNotification", 71)
    assert second is calls.slot(2)
    assert calls.choose("StatusNotification", live("StatusNotification", status(2, "Faulted")), rewriting) == (0, 1)
    assert calls.meet("StatusNotification", 72) is None
    assert calls.choose("StatusNotification", live("StatusNotification", status(1, "Available")), rewriting) == (0, 1)
    assert calls.choose("StatusNotification", live("StatusNotification", status(3, "Available")), rewriting) is None
    assert calls.meet("Heartbeat", 73) is None


def test_equal_calls_get_their_answers_in_order(tape: Tape) -> None:
    """A token that was rejected at first would be rejected again at the second attempt."""
    for number, verdict in enumerate(["Blocked", "Accepted"]):
        tape.up(f'[2,"{number}","Authorize",{{"idTag":"A"}}]')
        tape.down(f'[3,"{number}",{{"idTagInfo":{{"status":"{verdict}"}}}}]')
    calls = PeerCalls(plan(tape.timeline, Role.CENTRAL_SYSTEM))
    asked = live("Authorize", '{"idTag":"A"}')
    assert [calls.choose("Authorize", asked, Rewriting(Version.V16)) for _ in range(3)] == [(0, 1), (2, 3), (2, 3)]


def test_calls_are_compared_with_live_ids_in_place_of_recorded_ones(tape: Tape) -> None:
    """Of two transactions, each stop would get the other's answer."""
    for number, transaction in enumerate(["A", "B"]):
        tape.version = Version.V201
        event = f'{{"eventType":"Ended","transactionInfo":{{"transactionId":"{transaction}"}}}}'
        tape.up(f'[2,"{number}","TransactionEvent",{event}]')
        tape.down(f'[3,"{number}",{{"totalCost":{number}}}]')
    calls = PeerCalls(plan(tape.timeline, Role.CENTRAL_SYSTEM))
    rewriting = Rewriting(Version.V201)
    for recorded, now in (("A", "x"), ("B", "y")):
        text = '{{"eventType":"Started","transactionInfo":{{"transactionId":"{}"}}}}'
        rewriting.learn("TransactionEvent", text.format(recorded), text.format(now), in_answer=False)
    ended = live("TransactionEvent", '{"eventType":"Ended","transactionInfo":{"transactionId":"y"}}')
    assert calls.choose("TransactionEvent", ended, rewriting) == (2, 3)


def test_a_call_that_the_recording_left_unanswered_has_no_answer(tape: Tape) -> None:
    """It would get the answer to another call."""
    tape.up('[2,"1","Heartbeat",{}]')
    tape.up('[2,"2","Authorize",{"idTag":"A"}]')
    tape.down('[3,"2",{"idTagInfo":{"status":"Accepted"}}]')
    calls = PeerCalls(plan(tape.timeline, Role.CENTRAL_SYSTEM))
    slot = calls.meet("Heartbeat", 5)
    assert slot is not None and slot.answer_position is None
    assert calls.choose("Heartbeat", live("Heartbeat", "{}"), Rewriting(Version.V16)) is None
