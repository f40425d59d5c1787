"""Transactions of OCPP 1.x: StartTransaction and StopTransaction."""

from __future__ import annotations

from ocpptui.diagnosis.checker import Checker, on_call, on_exchange
from ocpptui.diagnosis.rule import Rule
from ocpptui.diagnosis.seen import Seen
from ocpptui.ocpp.version import Version
from ocpptui.runtime.bounded import put
from ocpptui.timeline.severity import Severity

MOST_STOPPED = 200
"""Transactions of one charge point whose end is remembered."""
_1X = frozenset(version for version in Version if version.generation == 1)

_START = """
10:00:00 > StartTransaction {"connectorId":1,"idTag":"A1","meterStart":1000,"timestamp":"2026-01-01T10:00:00Z"}
10:00:01 < ok {"idTagInfo":{"status":"Accepted"},"transactionId":7}
"""


def _stop(meter: int, at: str = "11:00:00") -> str:
    return f'{at} > StopTransaction {{"meterStop":{meter},"timestamp":"2026-01-01T{at}Z","transactionId":7}}\n'


STOPPED_TWICE = Rule(
    "transaction.stopped-twice",
    Severity.WARNING,
    "The transaction was stopped before.",
    "OCPP 1.6 section 4.10",
    versions=_1X,
    says="Transaction {transaction} was stopped before, and that StopTransaction was answered.",
    remedy="The central system may bill it twice. A StopTransaction may be repeated only until it is answered.",
    positive=(f"{_START}{_stop(2000)}11:00:01 < ok\n* {_stop(2000, '11:05:00')}",),
    negative=(f"{_START}{_stop(2000)}* {_stop(2000, '11:05:00')}".replace("* ", ""),),
)

METER_BACKWARDS = Rule(
    "transaction.meter-backwards",
    Severity.ERROR,
    "The meter at the end of the transaction is lower than at its start.",
    "OCPP 1.6 sections 6.45 and 6.49",
    versions=_1X,
    says="The meter shows {stop} Wh at the end of transaction {transaction}, but {start} Wh at its start.",
    remedy="The energy of the transaction would be negative: the meter was reset or replaced, or its unit is wrong.",
    positive=(f"{_START}* {_stop(900)}",),
    negative=(f"{_START}{_stop(1000)}", _stop(900)),
)

START_WHILE_OPEN = Rule(
    "transaction.start-while-open",
    Severity.WARNING,
    "A transaction starts on a connector whose last transaction was not stopped.",
    "OCPP 1.6 sections 4.8 and 4.10",
    versions=_1X,
    says="A transaction starts on connector {connector}, where transaction {transaction} was not stopped.",
    remedy="The StopTransaction was lost, or comes later. Until then nobody knows the energy of that transaction.",
    positive=(
        f"""{_START}
        11:00:00 > StatusNotification {{"connectorId":1,"errorCode":"NoError","status":"Preparing"}}
        11:00:00 < ok
        * 11:00:01 > StartTransaction
            {{"connectorId":1,"idTag":"A2","meterStart":2000,"timestamp":"2026-01-01T11:00:01Z"}}
        """,
    ),
    negative=(
        f"""{_START}{_stop(2000)}
        11:00:00 < ok
        11:00:01 > StartTransaction
            {{"connectorId":1,"idTag":"A2","meterStart":2000,"timestamp":"2026-01-01T11:00:01Z"}}
        """,
        f"""{_START}
        11:00:01 > StartTransaction
            {{"connectorId":2,"idTag":"A2","meterStart":2000,"timestamp":"2026-01-01T11:00:01Z"}}
        """,
    ),
)

RULES = (STOPPED_TWICE, METER_BACKWARDS, START_WHILE_OPEN)


class Transaction1Checker(Checker):
    """Compares the end of each transaction with its start, and the starts with each other."""

    def begin(self) -> None:
        self.stopped: dict[str, int] = {}  # the answered StopTransaction of each transaction

    @on_call("StartTransaction")
    def start(self, call: Seen) -> None:
        connector = call.integer("connectorId")
        open_one = self.known.open_transaction_at(None, connector) if connector else None
        if open_one is None or open_one.start is None:
            return
        is_repeated = (open_one.id_token, open_one.started_at) == (call.text("idTag"), call.date_time("timestamp"))
        if not is_repeated:
            self.found(START_WHILE_OPEN, call, (open_one.start,), connector=connector, transaction=open_one.id)

    @on_exchange("StartTransaction")
    def started(self, call: Seen, answer: Seen) -> None:
        self.stopped.pop(str(answer.integer("transactionId")), None)

    @on_call("StopTransaction")
    def stop(self, call: Seen) -> None:
        transaction = self.known.transactions.get(str(call.integer("transactionId")))
        if transaction is None:
            return
        if (before := self.stopped.get(transaction.id)) is not None:
            self.found(STOPPED_TWICE, call, (before,), transaction=transaction.id)
        first, last = transaction.meter_start, call.measured("meterStop")
        if first is not None and last is not None and last < first and transaction.start is not None:
            values = {"start": f"{first:g}", "stop": f"{last:g}"}
            self.found(METER_BACKWARDS, call, (transaction.start,), transaction=transaction.id, **values)

    @on_exchange("StopTransaction")
    def stop_answered(self, call: Seen, answer: Seen) -> None:
        if (number := call.integer("transactionId")) is not None:
            put(self.stopped, str(number), call.index, MOST_STOPPED)
