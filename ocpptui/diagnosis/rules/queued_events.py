"""Events of transactions of OCPP 2.x that waited in the queue of an offline charging station: their order."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from ocpptui.diagnosis.checker import Checker, on_call, on_connection
from ocpptui.diagnosis.known import MOST_TRANSACTIONS
from ocpptui.diagnosis.rule import Phrase, Rule
from ocpptui.diagnosis.seen import Seen
from ocpptui.diagnosis.status_traces import BOOT_2, event_2
from ocpptui.ocpp.version import SECOND_GENERATION
from ocpptui.runtime.bounded import put
from ocpptui.timeline.record import ConnectionEvent
from ocpptui.timeline.severity import Severity

MOST_NUMBERS = 1000
"""Sequence numbers of one transaction that are remembered, to know an event that is sent again."""


def _update(number: int, at: str, happened: str = "") -> str:
    """An Updated; with the time when it happened, one that waited in the queue."""
    event = event_2("Updated", at, number, trigger="MeterValuePeriodic")
    return event.replace(f'"2026-01-01T{at}Z"', f'"2026-01-01T{happened}Z","offline":true') if happened else event


def _unanswered(number: int, at: str, happened: str) -> str:
    return _update(number, at, happened).replace(f"{at} < ok", "")


_LOST = f"{BOOT_2}{event_2('Started', '10:01:00')}10:05:00 closed\n10:20:00 opened\n"

QUEUE_ORDER = Rule(
    "tx2.queue-order",
    Severity.INFO,
    "An event that waited in the queue is sent after a later one of its transaction.",
    "OCPP 2.0.1 and 2.1 Part 2 functional block E section 1.3.2 (which allows it); TransactionEventRequest, fields "
    "seqNo and offline",
    versions=SECOND_GENERATION,
    says="Event {number} of transaction {transaction} waited in the queue, but event {later}, which {kind}, was sent "
    "before it.",
    remedy="OCPP 2.x allows that: the CSMS must sort events by seqNo. One that does not may take an old state for the "
    "present one, or compute costs without what is missing.",
    positive=(
        f"{_LOST}{_update(3, '10:20:01')}* {_update(1, '10:20:02', '10:06:00')}{_update(2, '10:20:03', '10:12:00')}",
        f"{_LOST}{_update(2, '10:20:01', '10:12:00')}* {_update(1, '10:20:02', '10:06:00')}",
    ),
    negative=(
        f"{_LOST}{_update(1, '10:20:01', '10:06:00')}{_update(2, '10:20:02', '10:12:00')}{_update(3, '10:20:03')}",
        # Event 1 is sent again.
        f"{_LOST}{_update(1, '10:20:01', '10:06:00')}{_update(2, '10:20:02')}{_update(1, '10:20:03', '10:06:00')}",
        # Another connection: event 2 was not answered, or its answer was lost.
        f"{_LOST}{_update(2, '10:20:01')}10:20:02 closed\n10:20:05 opened\n{_update(1, '10:20:06', '10:06:00')}",
        # The log of a program with threads.
        f"{_LOST}{_unanswered(2, '10:20:01', '10:12:00')}{_update(1, '10:20:02', '10:06:00')}10:20:03 < ok",
        f"{_LOST}{_update(2, '10:20:01')}{_update(1, '10:20:02', '10:06:00').replace('t1', 't2')}",
    ),
)

RULES = (QUEUE_ORDER,)


@dataclass(slots=True)
class _Sent:
    """What was sent of one transaction in a connection."""

    highest: int
    event: int
    """The event with the highest number."""
    was_queued: bool
    numbers: deque[int] = field(default_factory=lambda: deque(maxlen=MOST_NUMBERS))
    is_told: bool = False


class QueuedEventChecker(Checker):
    """Follows the sequence numbers of the transactions of a connection, once it has an event from the queue."""

    def begin(self) -> None:
        self.sent: dict[str, _Sent] = {}  # by transaction

    @on_connection(ConnectionEvent.OPENED, ConnectionEvent.CLOSED)
    def connected(self, event: Seen) -> None:
        self.sent.clear()

    @on_call("TransactionEvent")
    def event(self, call: Seen) -> None:
        number, transaction = call.integer("seqNo"), call.text("transactionInfo", "transactionId")
        if number is None or not transaction:
            return
        is_queued, sent = call.value("offline") is True, self.sent.get(transaction)
        if sent is None:
            sent = _Sent(number, call.index, is_queued)
            put(self.sent, transaction, sent, MOST_TRANSACTIONS)
        elif number > sent.highest:
            sent.highest, sent.event, sent.was_queued = number, call.index, is_queued
        elif is_queued and number not in sent.numbers and not sent.is_told:
            answer = call.another(sent.event).other
            if answer is not None and 0 <= answer < call.index:
                sent.is_told = True
                kind = Phrase("waited, too" if sent.was_queued else "did not wait")
                values = {"number": number, "transaction": transaction, "later": sent.highest, "kind": kind}
                self.found(QUEUE_ORDER, call, (sent.event,), **values)
        sent.numbers.append(number)
