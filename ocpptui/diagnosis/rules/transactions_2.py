"""Transactions of OCPP 2.x: which TransactionEvent may follow which, and their sequence numbers."""

from __future__ import annotations

from ocpptui.diagnosis.bookkeeping import statuses_in
from ocpptui.diagnosis.checker import Checker, on_call, on_connection, on_exchange, on_stray
from ocpptui.diagnosis.known import MOST_CONNECTORS, MOST_TRANSACTIONS, KnownTransaction
from ocpptui.diagnosis.rule import Phrase, Rule
from ocpptui.diagnosis.seen import Seen
from ocpptui.diagnosis.status_traces import status_2
from ocpptui.ocpp.version import SECOND_GENERATION
from ocpptui.runtime.bounded import put
from ocpptui.timeline.record import ConnectionEvent
from ocpptui.timeline.severity import Severity

MOST_NUMBERS = 50
"""Sequence numbers of one transaction that are remembered, and as many that are missing."""
_EVENT_KINDS = "OCPP 2.0.1 and 2.1 Part 2, TransactionEventEnumType"


def _event(kind: str, number: int, at: str = "10:00:00", info: str = "", more: str = "") -> str:
    reason = {"Started": "CablePluggedIn", "Updated": "MeterValuePeriodic", "Ended": "EVDeparted"}[kind]
    return (
        f'{at} > TransactionEvent {{"eventType":"{kind}","timestamp":"2026-01-01T{at}Z","triggerReason":"{reason}",'
        f'"seqNo":{number},"transactionInfo":{{"transactionId":"t1"{info}}}{more}}}\n{at} < ok\n'
    )


def _unanswered(number: int, at: str) -> str:
    return _event("Updated", number, at).splitlines()[0] + "\n"


def _of_evse(evse: int, connector: int = 1) -> str:
    return f',"evse":{{"id":{evse},"connectorId":{connector}}}'


_OFFLINE = ',"offline":true'
_START = "2.0.1\n" + _event("Started", 0)
_OTHER = f"2.0.1\n{_event('Started', 0)}{_event('Ended', 1)}".replace("t1", "t2")
_END = _event("Ended", 1, "10:10:00")
_BOOT = """
2.0.1
09:00:00 opened
09:00:01 > BootNotification {"reason":"PowerUp","chargingStation":{"vendorName":"A","model":"B"}}
09:00:02 < ok {"currentTime":"2026-01-01T09:00:02Z","interval":300,"status":"Accepted"}
"""

_FREE = status_2("Available", "09:01:00")

NUMBER_REPEATED = Rule(
    "tx2.seq-repeated",
    Severity.ERROR,
    "Two events of a transaction have the same sequence number.",
    "OCPP 2.0.1 and 2.1 Part 2 E01.FR.07",
    versions=SECOND_GENERATION,
    says="Two different events of transaction {transaction} have the seqNo {number}.",
    remedy="The CSMS may drop one of them as a repetition, and cannot tell whether it has received all events.",
    positive=(f"{_START}* {_event('Updated', 0, '10:01:00')}",),
    negative=(f"{_START}{_event('Updated', 1, '10:01:00')}", f"{_START}{_event('Started', 0)}"),
)

NUMBER_MISSING = Rule(
    "tx2.seq-gap",
    Severity.ERROR,
    "The sequence number of an event is not the next one of its transaction.",
    "OCPP 2.0.1 and 2.1 Part 2 E01.FR.07, and functional block E section 1.3.2.1",
    versions=SECOND_GENERATION,
    says="The event with the seqNo {number} of transaction {transaction} follows that with {before}: {count} missing.",
    remedy="The CSMS cannot know what happened in between. Only a charging station that was offline may drop events.",
    positive=(
        f"{_START}{_event('Updated', 1, '10:01:00')}* {_event('Updated', 3, '10:03:00')}",
        f"{_OTHER}{_event('Started', 0, '10:01:00')}* {_event('Updated', 2, '10:02:00')}",
        f"{_START}* {_event('Ended', 2, '10:10:00')}",
        f"{_START}* {_unanswered(2, '10:02:00')}{_unanswered(3, '10:03:00')}",
    ),
    negative=(
        f"{_START}{_END}",
        f"2.0.1\n{_event('Updated', 4)}{_event('Ended', 6, '10:10:00')}",
        f"{_START}{_event('Ended', 4, '10:10:00', more=_OFFLINE)}",
        f"{_START}10:05:00 closed\n10:06:00 opened\n{_event('Ended', 2, '10:10:00')}",
        f"{_START}{_event('Updated', 3, '10:05:00', more=_OFFLINE)}{_event('Updated', 6, '10:10:00')}",
        f'{_START}10:01:00 < [3,"event-1",{{}}]\n{_event("Updated", 2, "10:02:00")}',  # the recording lacks one
        # in the log of a program with threads
        f"{_START}{_unanswered(2, '10:02:00')}{_unanswered(1, '10:02:00')}10:02:01 < ok\n10:02:01 < ok",
        # one count for all transactions
        f"{_START}{_event('Started', 1, '10:01:00').replace('t1', 't2')}{_event('Updated', 2, '10:02:00')}",
        f"2.0.1\n{_event('Started', 7)}{_event('Updated', 9, '10:01:00')}",
    ),
)

NUMBER_NOT_ZERO = Rule(
    "tx2.seq-start",
    Severity.INFO,
    "The first event of a transaction has another sequence number than 0.",
    "OCPP 2.0.1 and 2.1 Part 2 E01.FR.07",
    versions=SECOND_GENERATION,
    says="The Started of transaction {transaction} has the seqNo {number}; 0 is recommended.",
    positive=(f"2.0.1\n* {_event('Started', 5)}",),
    negative=(_START, f"2.0.1\n{_event('Updated', 5)}"),
)

SECOND_START = Rule(
    "tx2.started-twice",
    Severity.ERROR,
    "A transaction starts a second time.",
    _EVENT_KINDS,
    versions=SECOND_GENERATION,
    says="Transaction {transaction} starts a second time.",
    remedy="Only the first event of a transaction may be Started.",
    positive=(f"{_START}* {_event('Started', 1, '10:01:00')}",),
    negative=(f"{_START}{_event('Started', 0)}", f"{_START}{_event('Updated', 1, '10:01:00')}"),
)

ID_USED_AGAIN = Rule(
    "tx2.id-reused",
    Severity.ERROR,
    "A transaction starts with the id of one that has ended.",
    "OCPP 2.0.1 and 2.1 Part 2 E01.FR.08",
    versions=SECOND_GENERATION,
    says="A transaction starts with the id {transaction}, which belongs to one that has ended.",
    remedy="The id must be unique. The CSMS may add the energy of both, or drop one of them.",
    positive=(f"{_START}{_END}* {_event('Started', 0, '11:00:00')}",),
    negative=(
        f"{_START}{_END}{_event('Started', 0, '11:00:00').replace('t1', 't2')}",
        f"{_START}{_END}{_event('Started', 0)}",
        f"2.0.1\n{_END}{_event('Started', 0)}",
    ),
)

AFTER_END = Rule(
    "tx2.after-ended",
    Severity.ERROR,
    "A transaction has an event after the one that ended it.",
    _EVENT_KINDS,
    versions=SECOND_GENERATION,
    says="Transaction {transaction} had ended, but here comes {kind}, with a higher seqNo.",
    remedy="Ended is the last event of a transaction. The CSMS may ignore what comes after it, energy too.",
    positive=(
        f"{_START}{_END}* {_event('Updated', 2, '10:11:00')}{_event('Updated', 3, '10:12:00')}",
        f"{_START}{_END}* {_event('Ended', 2, '10:11:00')}",
    ),
    negative=(
        f"{_START}{_event('Ended', 2, '10:10:00')}{_event('Updated', 1, '10:09:00')}",
        f"{_START}{_END}{_END}",
    ),
)

BEFORE_START = Rule(
    "tx2.not-started",
    Severity.ERROR,
    "The first event of a transaction is not Started.",
    _EVENT_KINDS,
    versions=SECOND_GENERATION,
    says="Transaction {transaction} has the event {kind}, but {why}.",
    remedy="The CSMS does not know the transaction. Look for a Started that was refused, lost or is still queued.",
    positive=(
        f"2.0.1\n* {_event('Updated', 0)}",
        f"{_BOOT}{_FREE}* {_event('Updated', 3, more=_of_evse(1))}{_event('Updated', 4, '10:01:00')}",
        f"{_BOOT}{_FREE}* {_event('Updated', 3)}",
    ),
    negative=(
        f"{_BOOT}{_FREE}{_event('Started', 0)}{_event('Updated', 1)}",
        f"2.0.1\n{_event('Updated', 3)}",
        f"2.0.1\n{status_2('Available', '09:01:00')}{_event('Updated', 3)}",
        f"{_BOOT}{_event('Updated', 3)}",  # it goes on with a transaction from before its restart
        f"{_BOOT}{status_2('Occupied', '09:01:00')}{_event('Updated', 3, more=_of_evse(1))}",
        f"{_BOOT}{_FREE}{status_2('Occupied', '09:01:01', 2)}{_event('Updated', 3, more=_of_evse(2))}",
        f"{_BOOT}{_FREE}{status_2('Occupied', '09:01:01', 2)}{_event('Updated', 3)}",
        f"{_BOOT}{_FREE}{_event('Updated', 3, more=_OFFLINE)}",
        f"{_BOOT}{_FREE}{_event('Updated', 3, '08:00:00').replace('08:00:00 ', '10:00:00 ')}",  # from the queue
        f"{_BOOT}{_FREE}09:10:00 closed\n09:50:00 opened\n{_event('Updated', 3)}",
        f"{_BOOT}{_FREE}{_event('Ended', 3)}",
        f'{_BOOT}{_FREE}09:59:00 < [3,"started",{{}}]\n{_event("Updated", 3)}',  # the recording lacks a call
        f"{_BOOT.replace('PowerUp', 'Triggered')}{_FREE}{_event('Updated', 3)}",
        f"{_BOOT}{_FREE}{_event('Updated', 3).replace(' >', ' CP2 >').replace(' <', ' CP2 <')}",
    ),
)

EVSE_CHANGED = Rule(
    "tx2.evse-changed",
    Severity.ERROR,
    "The events of a transaction name different EVSEs or connectors.",
    "OCPP 2.0.1 and 2.1 Part 2 E01.FR.16",
    versions=SECOND_GENERATION,
    says="Transaction {transaction} is at {before}, but this event names {place}.",
    remedy="A transaction stays at its EVSE. The CSMS may charge the wrong customer.",
    positive=(
        f"2.0.1\n{_event('Started', 0, more=_of_evse(1))}* {_event('Updated', 1, '10:01:00', more=_of_evse(2))}",
        f"2.0.1\n{_event('Started', 0, more=_of_evse(1))}* {_event('Updated', 1, '10:01:00', more=_of_evse(1, 2))}",
    ),
    negative=(
        f"2.0.1\n{_event('Started', 0, more=_of_evse(1))}{_event('Updated', 1, '10:01:00', more=_of_evse(1))}",
        f"{_START}{_event('Updated', 1, '10:01:00', more=_of_evse(2))}",
    ),
)

RULES = (
    NUMBER_REPEATED,
    NUMBER_MISSING,
    NUMBER_NOT_ZERO,
    SECOND_START,
    ID_USED_AGAIN,
    AFTER_END,
    BEFORE_START,
    EVSE_CHANGED,
)

_Likeness = tuple[str | None, ...]


class _Sequence:
    """The sequence numbers of one transaction."""

    __slots__ = ("connection", "counts", "ended", "gap", "highest", "late", "missing", "seen", "started", "was_online")

    def __init__(self, connection: int) -> None:
        self.connection = connection
        self.seen: dict[int, tuple[_Likeness, int]] = {}
        """What the events with the last numbers were, and their records."""
        self.highest: int | None = None
        self.missing: set[int] = set()
        self.started: _Likeness | None = None
        self.ended: int | None = None
        """The number of its Ended."""
        self.late = False
        """An event after its end was reported."""
        self.was_online = False
        """The last event was sent when it happened."""
        self.counts = False
        """It has counted from 0."""
        self.gap: tuple[int, int, int] | None = None
        """An event whose number is too high: its record, its number, and the one before."""

    def add(self, number: int, likeness: _Likeness, index: int) -> None:
        put(self.seen, number, (likeness, index), MOST_NUMBERS)
        self.missing.discard(number)
        if self.highest is not None and number > self.highest + 1:
            room = MOST_NUMBERS - len(self.missing)
            self.missing.update(range(self.highest + 1, min(number, self.highest + 1 + room)))
        self.highest = number if self.highest is None else max(number, self.highest)


class Transaction2Checker(Checker):
    """Follows the events of each transaction."""

    def begin(self) -> None:
        self.sequences: dict[str, _Sequence] = {}
        self.first_status: dict[tuple[int, int], str] = {}  # of each connector since the restart
        self.booted_at: int | None = None  # by the clock of the CSMS; None if that does not show what was open

    @on_exchange("BootNotification")
    def booted(self, call: Seen, answer: Seen) -> None:
        self.first_status.clear()
        is_restart = answer.text("status") == "Accepted" and call.text("reason") != "Triggered"
        self.booted_at = answer.date_time("currentTime") if is_restart and not self.known.open else None

    @on_stray
    def lacks_calls(self, answer: Seen) -> None:
        """The recording lacks a call, which may have been an event."""
        self.booted_at = None
        for sequence in self.sequences.values():
            sequence.was_online, sequence.gap = False, None

    @on_connection(ConnectionEvent.CLOSED)
    def closed(self, event: Seen) -> None:
        self.booted_at = None

    @on_call("StatusNotification", "NotifyEvent")
    def status(self, call: Seen) -> None:
        if self.booted_at is not None:
            for place, status, _ in statuses_in(call):
                if place not in self.first_status:
                    put(self.first_status, place, status, MOST_CONNECTORS)

    @on_exchange("TransactionEvent")
    def answered(self, call: Seen, answer: Seen) -> None:
        sequence = self.sequences.get(call.text("transactionInfo", "transactionId") or "")
        if sequence is not None and sequence.gap is not None and sequence.gap[0] == call.index:
            self.tell_gap(call.text("transactionInfo", "transactionId") or "", sequence)

    @on_call("TransactionEvent")
    def event(self, call: Seen) -> None:
        number, kind = call.integer("seqNo"), call.text("eventType")
        transaction = call.text("transactionInfo", "transactionId")
        if not transaction or kind not in ("Started", "Updated", "Ended"):
            return
        known, sequence = self.known.transactions.get(transaction), self.sequences.get(transaction)
        likeness = (kind, call.text("timestamp"), call.text("triggerReason"))
        if sequence is not None and number is not None and sequence.seen.get(number, (None,))[0] == likeness:
            return  # the same event once more, because it had no answer
        if (
            known is not None
            and sequence is not None
            and kind == "Started"
            and self.starts_again(call, known, sequence)
        ):
            sequence, known = None, None
        if sequence is None:
            self.first_event(call, transaction, kind, number, known)
            sequence = _Sequence(call.connection)
            put(self.sequences, transaction, sequence, MOST_TRANSACTIONS)
        is_online = call.value("offline") is not True
        if call.connection != sequence.connection:
            sequence.connection, sequence.was_online = call.connection, False
        if number is not None and sequence.highest is not None and number > sequence.highest + 1:
            self.tell_gap(transaction, sequence)
            if sequence.counts and sequence.was_online and is_online:
                sequence.gap = (call.index, number, sequence.highest)
        elif sequence.gap is not None and number == sequence.gap[1] + 1:
            self.tell_gap(transaction, sequence)
        sequence.was_online = is_online
        self.place_of(call, transaction, kind, known)
        if number is not None:
            self.numbered(call, transaction, kind, number, sequence, likeness)
        if kind == "Started":
            sequence.started, sequence.counts = likeness, number == 0

    def starts_again(self, call: Seen, known: KnownTransaction, sequence: _Sequence) -> bool:
        """Report a second start; whether another transaction has taken the id."""
        if known.start is None or sequence.started is None:
            return False
        if known.end is None:
            self.found(SECOND_START, call, (known.start,), transaction=known.id)
            return False
        self.found(ID_USED_AGAIN, call, (known.start, known.end), transaction=known.id)
        return True

    def first_event(
        self, call: Seen, transaction: str, kind: str, number: int | None, known: KnownTransaction | None
    ) -> None:
        if kind == "Started":
            if number:
                self.found(NUMBER_NOT_ZERO, call, transaction=transaction, number=number)
        elif known is None and number == 0:
            why = Phrase("it is the first event, and no Started")
            self.found(BEFORE_START, call, transaction=transaction, kind=kind, why=why)
        elif known is None and kind == "Updated" and self.was_free(call):
            why = Phrase("since the restart, when its EVSE was free, no Started has come")
            self.found(BEFORE_START, call, transaction=transaction, kind=kind, why=why)

    def was_free(self, call: Seen) -> bool:
        """Whether the transaction of an event must have started in this recording."""
        time, evse = call.date_time("timestamp"), call.integer("evse", "id")
        if self.booted_at is None or time is None or time <= self.booted_at or call.value("offline") is True:
            return False
        statuses = [status for place, status in self.first_status.items() if evse in (None, place[0])]
        return bool(statuses) and set(statuses) == {"Available"}

    def tell_gap(self, transaction: str, sequence: _Sequence) -> None:
        """Report a gap that nothing has filled."""
        gap, sequence.gap = sequence.gap, None
        if gap is None:
            return
        index, number, before = gap
        missing = set(range(before + 1, min(number, before + MOST_NUMBERS))) & sequence.missing
        since = sequence.seen[before][1] if before in sequence.seen else index
        elsewhere = {  # of one count for all transactions
            one
            for other in self.sequences.values()
            for one, (_, place) in other.seen.items()
            if other is not sequence and since < place < index
        }
        if missing - elsewhere:
            count = Phrase("1 event is" if number - before == 2 else f"{number - before - 1} events are")
            self.found(NUMBER_MISSING, index, transaction=transaction, number=number, before=before, count=count)

    def numbered(
        self, call: Seen, transaction: str, kind: str, number: int, sequence: _Sequence, likeness: _Likeness
    ) -> None:
        if (before := sequence.seen.get(number)) is not None:
            self.found(NUMBER_REPEATED, call, (before[1],), transaction=transaction, number=number)
        elif sequence.ended is not None and number > sequence.ended and not sequence.late:
            sequence.late = True
            ended = sequence.seen.get(sequence.ended)
            related = () if ended is None else (ended[1],)
            self.found(AFTER_END, call, related, transaction=transaction, kind=kind)
        sequence.add(number, likeness, call.index)
        if kind == "Ended" and sequence.ended is None:
            sequence.ended = number

    def place_of(self, call: Seen, transaction: str, kind: str, known: KnownTransaction | None) -> None:
        evse, connector = call.integer("evse", "id"), call.integer("evse", "connectorId")
        if evse is None:
            return
        if known is not None and known.evse is not None:
            is_other = known.evse != evse or None not in (connector, known.connector) and known.connector != connector
            if is_other:
                before, place = _place(known.evse, known.connector), _place(evse, connector)
                related = () if known.start is None else (known.start,)
                self.found(EVSE_CHANGED, call, related, transaction=transaction, before=before, place=place)


def _place(evse: int, connector: int | None) -> str:
    return f"EVSE {evse}" if connector is None else f"connector {connector} of EVSE {evse}"
