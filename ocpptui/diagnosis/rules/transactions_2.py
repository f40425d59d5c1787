"""Transactions of OCPP 2.x: which TransactionEvent may follow which, and their sequence numbers."""

from __future__ import annotations

from ocpptui.diagnosis.checker import Checker, on_call, on_exchange
from ocpptui.diagnosis.known import MOST_TRANSACTIONS, KnownTransaction
from ocpptui.diagnosis.rule import Rule, TimeSpan
from ocpptui.diagnosis.seen import Seen
from ocpptui.ocpp.date_times import SECOND
from ocpptui.ocpp.version import Version
from ocpptui.runtime.bounded import put
from ocpptui.timeline.severity import Severity

MOST_NUMBERS = 50
"""Sequence numbers of one transaction that are remembered, and as many that are missing."""
_2X = frozenset(version for version in Version if version.generation == 2)
_EVENT_KINDS = "OCPP 2.0.1 and 2.1 Part 2, TransactionEventEnumType"


def _event(kind: str, number: int, at: str = "10:00:00", info: str = "", more: str = "") -> str:
    reason = {"Started": "CablePluggedIn", "Updated": "MeterValuePeriodic", "Ended": "EVDeparted"}[kind]
    return (
        f'{at} > TransactionEvent {{"eventType":"{kind}","timestamp":"2026-01-01T{at}Z","triggerReason":"{reason}",'
        f'"seqNo":{number},"transactionInfo":{{"transactionId":"t1"{info}}}{more}}}\n{at} < ok\n'
    )


def _of_evse(evse: int, connector: int = 1) -> str:
    return f',"evse":{{"id":{evse},"connectorId":{connector}}}'


_OFFLINE = ',"offline":true'
_START = "2.0.1\n" + _event("Started", 0)
_END = _event("Ended", 1, "10:10:00")
_LATER = "10:30:00 > Heartbeat {}"
_BOOT = """
2.0.1
09:00:00 opened
09:00:01 > BootNotification {"reason":"PowerUp","chargingStation":{"vendorName":"A","model":"B"}}
09:00:02 < ok {"currentTime":"2026-01-01T09:00:02Z","interval":300,"status":"Accepted"}
"""

NUMBER_REPEATED = Rule(
    "tx2.seq-repeated",
    Severity.ERROR,
    "Two events of a transaction have the same sequence number.",
    "OCPP 2.0.1 and 2.1 Part 2 E01.FR.07",
    versions=_2X,
    says="Two different events of transaction {transaction} have the seqNo {number}.",
    remedy="The CSMS may drop one of them as a repetition, and cannot tell whether it has received all events.",
    positive=(f"{_START}* {_event('Updated', 0, '10:01:00')}",),
    negative=(f"{_START}{_event('Updated', 1, '10:01:00')}", f"{_START}{_event('Started', 0)}"),
)

NUMBER_MISSING = Rule(
    "tx2.seq-gap",
    Severity.WARNING,
    "A transaction has ended, but some of its events are missing.",
    "OCPP 2.0.1 and 2.1 Part 2 E01.FR.07",
    versions=_2X,
    says="Transaction {transaction} has ended, but {waited} later no event with the seqNo {numbers} has come.",
    remedy="The CSMS cannot know what happened in between. Only a charging station that was offline may drop events.",
    positive=(f"{_START}* {_event('Ended', 2, '10:10:00')}{_LATER}",),
    negative=(
        f"{_START}{_END}{_LATER}",
        f"{_START}{_event('Ended', 2, '10:10:00')}{_event('Updated', 1, '10:10:01')}{_LATER}",
        f"2.0.1\n{_event('Updated', 4)}{_event('Ended', 6, '10:10:00')}{_LATER}",
        f"{_START}{_event('Ended', 4, '10:10:00', more=_OFFLINE)}{_LATER}",
        f"{_START}{_event('Ended', 2, '10:10:00')}",
        f"{_START}10:05:00 closed\n10:06:00 opened\n{_event('Ended', 2, '10:10:00')}{_LATER}",
    ),
)

NUMBER_NOT_ZERO = Rule(
    "tx2.seq-start",
    Severity.INFO,
    "The first event of a transaction has another sequence number than 0.",
    "OCPP 2.0.1 and 2.1 Part 2 E01.FR.07",
    versions=_2X,
    says="The Started of transaction {transaction} has the seqNo {number}; 0 is recommended.",
    positive=(f"2.0.1\n* {_event('Started', 5)}",),
    negative=(_START, f"2.0.1\n{_event('Updated', 5)}"),
)

SECOND_START = Rule(
    "tx2.started-twice",
    Severity.ERROR,
    "A transaction starts a second time.",
    _EVENT_KINDS,
    versions=_2X,
    says="Transaction {transaction} starts a second time.",
    remedy="Started is the first event of a transaction, and only the first one.",
    positive=(f"{_START}* {_event('Started', 1, '10:01:00')}",),
    negative=(f"{_START}{_event('Started', 0)}", f"{_START}{_event('Updated', 1, '10:01:00')}"),
)

ID_USED_AGAIN = Rule(
    "tx2.id-reused",
    Severity.ERROR,
    "A transaction starts with the id of one that has ended.",
    "OCPP 2.0.1 and 2.1 Part 2 E01.FR.08",
    versions=_2X,
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
    Severity.WARNING,
    "A transaction has an event after the one that ended it.",
    _EVENT_KINDS,
    versions=_2X,
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
    Severity.WARNING,
    "A transaction has an event, but was not started.",
    _EVENT_KINDS,
    versions=_2X,
    says="Transaction {transaction} has the event {kind}, but no Started came before it.",
    remedy="The CSMS does not know the transaction. Look for a Started that was refused, lost or is still queued.",
    positive=(f"2.0.1\n* {_event('Updated', 0)}", f"{_BOOT}* {_event('Updated', 3)}{_event('Updated', 4)}"),
    negative=(
        f"{_BOOT}{_event('Started', 0)}{_event('Updated', 1)}",
        f"2.0.1\n{_event('Updated', 3)}",
        f"{_BOOT}{_event('Updated', 3, more=_OFFLINE)}",
        f"{_BOOT}{_event('Ended', 3)}",
        f"{_BOOT}{_event('Updated', 3)}".replace("PowerUp", "Triggered"),
    ),
)

EVSE_CHANGED = Rule(
    "tx2.evse-changed",
    Severity.ERROR,
    "The events of a transaction name different EVSEs or connectors.",
    "OCPP 2.0.1 and 2.1 Part 2 E01.FR.16",
    versions=_2X,
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

    __slots__ = ("connection", "ended", "highest", "is_whole", "late", "missing", "seen", "started")

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
        self.is_whole = True
        """Nothing gave the charging station a reason to drop events."""

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
        self.powered_up = False  # the recording has a boot after which no older transaction can be open

    @on_exchange("BootNotification")
    def booted(self, call: Seen, answer: Seen) -> None:
        if answer.text("status") == "Accepted" and call.text("reason") == "PowerUp":
            self.powered_up = not self.known.open_transactions

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
        if call.value("offline") is True or call.connection != sequence.connection:
            sequence.is_whole = False
        self.place_of(call, transaction, kind, known)
        if number is not None:
            self.numbered(call, transaction, kind, number, sequence, likeness)
        if kind == "Started":
            sequence.started = likeness

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
        elif known is None:
            must_be_known = self.powered_up and kind == "Updated" and call.value("offline") is not True
            if number == 0 or must_be_known:
                self.found(BEFORE_START, call, transaction=transaction, kind=kind)

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
            if sequence.missing and sequence.started is not None and call.is_timed:
                self.expect_missing(call, transaction, sequence)

    def expect_missing(self, call: Seen, transaction: str, sequence: _Sequence) -> None:
        wait, index = round(self.limits.queue_patience * SECOND), call.index

        def look() -> None:
            if sequence.missing and sequence.is_whole:
                numbers = ", ".join(map(str, sorted(sequence.missing)[:5]))
                numbers += " and others" if len(sequence.missing) > 5 else ""
                self.found(NUMBER_MISSING, index, transaction=transaction, numbers=numbers, waited=TimeSpan(wait))

        self.wait(f"events {transaction}", call.clock + wait, look)

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
