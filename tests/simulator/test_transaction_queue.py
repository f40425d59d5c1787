"""The queue of messages about transactions. If these fail, a backend misses energy, or an end that it waits for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocpptui.ocpp.json_encoding import parse
from ocpptui.ocpp.message import Message
from ocpptui.ocpp.payload import Payload
from ocpptui.ocpp.version import Role, Version
from ocpptui.simulator.behaviour_settings import ChargePointSettings
from ocpptui.simulator.effects import Effect, SendCall
from ocpptui.simulator.transaction_queue import MOST_MESSAGES, TransactionQueue
from tests.simulator.conftest import START, Operated

if TYPE_CHECKING:
    from tests.simulator.conftest import Operate

CP, CS = Role.CHARGE_POINT, Role.CENTRAL_SYSTEM
SECOND = 1_000_000
ONE = ChargePointSettings(meter_interval=10, connectors=1)


class OneSender:
    """Puts messages that are all different."""

    def __init__(self) -> None:
        self.done: list[tuple[SendCall, Payload | None]] = []

    def filled(self, call: SendCall) -> SendCall:
        return call

    def delivered(self, call: SendCall, answer: Payload | None, now: int) -> list[Effect]:
        self.done.append((call, answer))
        return []


def queue(operate: Operate) -> TransactionQueue:
    return operate(Version.V201, ONE).charge_point.device.queue


def test_the_queue_drops_readings_and_keeps_the_ends_when_it_overflows(operate: Operate) -> None:
    waiting, sender = queue(operate), OneSender()
    waiting.close()
    for number in range(2 * MOST_MESSAGES):
        is_edge = number % 1000 == 0
        waiting.put(
            SendCall("TransactionEvent", {"n": number, "edge": is_edge}), sender, lambda: "t", START, is_edge=is_edge
        )
    assert len(waiting) <= MOST_MESSAGES
    effects = waiting.open(START)
    numbers, edges = [], 0
    while effects:
        (call,) = effects
        assert isinstance(call, SendCall)
        numbers.append(call.payload["n"])
        edges += call.payload["edge"]
        effects = waiting.answered(call.action, call.payload, answer(), START) or []
    assert numbers == sorted(numbers)
    assert edges == 10


def answer() -> Message:
    found = parse('[3,"1",{}]')
    assert isinstance(found, Message)
    return found


def test_a_reading_without_an_answer_is_sent_again_as_it_was(operate: Operate, version: Version) -> None:
    """2.x E13.FR.02; 1.6 section 3.7.1 speaks of all transaction messages."""
    operated = operate(version, ONE)
    operated.configure("TransactionMessageRetryInterval", "5")
    operated.start()
    operated.bench.said.clear()
    operated.bench.drop = lambda said: said.by is CP and len(operated.told("MeterValues", "TransactionEvent")) == 1
    operated.bench.run(60)
    first, second, third, *_ = operated.told("MeterValues", "TransactionEvent")
    assert first.payload == second.payload != third.payload
    assert second.time - first.time == 35 * SECOND  # 30 until the time-out, then 5


def test_messages_of_a_connection_that_was_cut_are_all_delivered_in_order(operate: Operate) -> None:
    operated = operate(Version.V201, ONE)
    operated.start()
    operated.bench.drop = lambda said: said.by is CS and said.action != "Heartbeat"
    operated.bench.run(35)
    operated.bench.lose_connection(20)
    operated.bench.drop = lambda said: False
    operated.bench.run(200)
    delivered = [said.payload["seqNo"] for said in operated.told("TransactionEvent")]
    assert sorted(set(delivered)) == list(range(max(delivered) + 1))
    assert delivered[-1] > 10


@pytest.mark.parametrize("how", ["reset", "restart", "power-loss"])
def test_an_end_without_an_answer_survives_a_restart(operate: Operate, version: Version, how: str) -> None:
    """2.x B12.FR.05; 1.6 section 3.7.1: otherwise the backend keeps an open transaction for ever."""
    operated = operate(version, ONE)
    operated.start()
    operated.bench.drop = lambda said: said.by is CS and said.action in ("StopTransaction", "TransactionEvent")
    operated.stop(operated.transaction)
    if how == "reset":
        operated.order("Reset", {"type": "Hard" if version is Version.V16 else "Immediate"}, 40)
    else:
        operated.operate(how, seconds=40)
    operated.bench.drop = lambda said: False
    operated.bench.run(200)
    ends = [
        said
        for said in operated.told("StopTransaction", "TransactionEvent")
        if said.payload.get("eventType", "Ended") == "Ended"
    ]
    boots = operated.told("BootNotification")
    assert len(ends) >= 2
    assert ends[-1].time > boots[-1].time
    assert all(end.payload == ends[0].payload for end in ends)
    assert not operated.charge_point.device.queue.holds()


def test_messages_in_queue_is_true_while_they_wait(operate: Operate) -> None:
    """2.x E14.FR.02."""
    operated = operate(Version.V21, ONE)
    operated.start()
    transaction = operated.transaction
    assert operated.order("GetTransactionStatus", {"transactionId": transaction})["messagesInQueue"] is False
    operated.bench.drop = lambda said: said.action == "TransactionEvent" and said.by is CS
    operated.bench.run(12)
    status = operated.order("GetTransactionStatus", {"transactionId": transaction})
    assert status == {"ongoingIndicator": True, "messagesInQueue": True}


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.sampled_from(["card", "plug-in", "unplug", "stop", "offline", "online", "wait", "power-loss"]), max_size=12
    )
)
def test_whatever_a_driver_does_every_transaction_is_told_once_and_whole(operations: list[str]) -> None:
    for version in (Version.V16, Version.V201):
        operated = Operated(version, ONE)
        operated.configure("AllowOfflineTxForUnknownId", "true")
        for operation in operations:
            if operation == "wait":
                operated.bench.run(25)
            else:
                operated.operate(operation, 0, "", 3)
        operated.operate("online", seconds=30)
        operated.operate("stop", seconds=5)
        operated.operate("unplug", seconds=120)
        if version is Version.V16:
            started = [
                operated.bench.answer_of(said).payload["transactionId"] for said in operated.told("StartTransaction")
            ]
            stopped = [said.payload["transactionId"] for said in operated.told("StopTransaction")]
            assert len(set(started)) == len(set(stopped)) == len(stopped)
            assert set(started) == set(stopped)
        else:
            events: dict[str, list[Payload]] = {}
            for said in operated.told("TransactionEvent"):
                events.setdefault(said.payload["transactionInfo"]["transactionId"], []).append(said.payload)
            for told in events.values():
                numbers = [event["seqNo"] for event in told]
                assert sorted(set(numbers)) == list(range(len(set(numbers))))
                assert told[0]["eventType"] == "Started"
                assert told[-1]["eventType"] == "Ended"
        assert not operated.charge_point.device.queue.holds()
