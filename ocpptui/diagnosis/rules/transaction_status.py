"""What the CSMS asks and tells the charging station about transactions: GetTransactionStatus and CostUpdated."""

from __future__ import annotations

from ocpptui.diagnosis.checker import Checker, on_call, on_exchange
from ocpptui.diagnosis.rule import Rule
from ocpptui.diagnosis.seen import Seen
from ocpptui.ocpp.version import SECOND_GENERATION
from ocpptui.timeline.severity import Severity


def _event(kind: str, number: int, trigger: str, at: str) -> str:
    return (
        f'{at} > TransactionEvent {{"eventType":"{kind}","timestamp":"2026-01-01T{at}Z","triggerReason":"{trigger}",'
        f'"seqNo":{number},"transactionInfo":{{"transactionId":"t1"}}}}\n{at} < ok\n'
    )


_START = "2.0.1\n" + _event("Started", 0, "CablePluggedIn", "10:00:00")
_END = _event("Ended", 1, "EVDeparted", "10:10:00")
_ASK = '10:15:00 < GetTransactionStatus {"transactionId":"t1"}\n'
STATUS_CONTRADICTS = Rule(
    "tx2.status-answer",
    Severity.WARNING,
    "What the charging station says of a transaction contradicts its events.",
    "OCPP 2.0.1 and 2.1 Part 2 E14.FR.02 to E14.FR.05",
    versions=SECOND_GENERATION,
    says="The charging station says that transaction {transaction} {answer}, but by its events it {known}.",
    remedy="One of the two is wrong: the Ended was lost, or belongs to another transaction.",
    positive=(
        f'{_START}{_END}{_ASK}* 10:15:01 > ok {{"ongoingIndicator":true,"messagesInQueue":false}}',
        f'{_START}{_ASK}* 10:15:01 > ok {{"ongoingIndicator":false,"messagesInQueue":false}}',
    ),
    negative=(
        f'{_START}{_END}{_ASK}10:15:01 > ok {{"ongoingIndicator":false,"messagesInQueue":false}}',
        f'{_START}{_ASK}10:15:01 > ok {{"ongoingIndicator":false,"messagesInQueue":true}}',
        f'2.0.1\n{_ASK}10:15:01 > ok {{"ongoingIndicator":false,"messagesInQueue":false}}',
    ),
)

STATUS_INCOMPLETE = Rule(
    "tx2.status-incomplete",
    Severity.WARNING,
    "The answer does not fit the question about the transaction.",
    "OCPP 2.0.1 and 2.1 Part 2 E14.FR.01 to E14.FR.03 and E14.FR.06",
    versions=SECOND_GENERATION,
    says="The answer {has} ongoingIndicator, although the request {asks} a transaction.",
    positive=(
        '2.0.1\n10:15:00 < GetTransactionStatus {}\n* 10:15:01 > ok {"ongoingIndicator":true,"messagesInQueue":false}',
        f'2.0.1\n{_ASK}* 10:15:01 > ok {{"messagesInQueue":false}}',
    ),
    negative=(
        '2.0.1\n10:15:00 < GetTransactionStatus {}\n10:15:01 > ok {"messagesInQueue":false}',
        f'2.0.1\n{_ASK}10:15:01 > ok {{"ongoingIndicator":true,"messagesInQueue":false}}',
    ),
)

_COST = 'CostUpdated {"totalCost":1.5,"transactionId":"t1"}'
COST_AFTER_END = Rule(
    "tx2.cost-after-end",
    Severity.INFO,
    "The CSMS sends a running cost for a transaction that has ended.",
    "OCPP 2.0.1 and 2.1 Part 2 use cases I02 and I03",
    versions=SECOND_GENERATION,
    says="The CSMS sends a running cost for transaction {transaction}, which has ended.",
    remedy="The final cost belongs in the answer to Ended.",
    positive=(f"{_START}{_END}* 10:15:00 < {_COST}",),
    negative=(f"{_START}10:05:00 < {_COST}", f"2.0.1\n10:05:00 < {_COST}"),
)

RULES = (STATUS_CONTRADICTS, STATUS_INCOMPLETE, COST_AFTER_END)


class TransactionStatusChecker(Checker):
    """Compares what the two sides say of a transaction with its events."""

    @on_exchange("GetTransactionStatus")
    def status(self, call: Seen, answer: Seen) -> None:
        transaction, is_ongoing = call.text("transactionId"), answer.value("ongoingIndicator")
        if (transaction is None) != (is_ongoing is None):
            has, asks = ("has no", "names") if is_ongoing is None else ("has an", "does not name")
            self.found(STATUS_INCOMPLETE, answer, (call,), has=has, asks=asks)
        known = self.known.transactions.get(transaction or "")
        if known is None or known.start is None:
            return
        if is_ongoing is True and known.end is not None and known.end < call.index:
            values = {"answer": "goes on", "known": "has ended"}
            self.found(STATUS_CONTRADICTS, answer, (call, known.end), transaction=known.id, **values)
        elif is_ongoing is False and known.is_open and answer.value("messagesInQueue") is False:
            values = {"answer": "has ended", "known": "has not"}
            self.found(STATUS_CONTRADICTS, answer, (call, known.start), transaction=known.id, **values)

    @on_call("CostUpdated")
    def cost(self, call: Seen) -> None:
        known = self.known.transactions.get(call.text("transactionId") or "")
        if known is not None and known.end is not None:
            self.found(COST_AFTER_END, call, (known.end,), transaction=known.id)
