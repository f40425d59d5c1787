"""Transactions of OCPP 1.x: StartTransaction, StopTransaction, and the MeterValues between them."""

from __future__ import annotations

from ocpptui.diagnosis.checker import Checker, on_call, on_exchange, on_stray
from ocpptui.diagnosis.known import MOST_CONNECTORS, MOST_TRANSACTIONS
from ocpptui.diagnosis.rule import Phrase, Rule
from ocpptui.diagnosis.seen import Seen
from ocpptui.ocpp.version import FIRST_GENERATION
from ocpptui.runtime.bounded import put
from ocpptui.timeline.severity import Severity

MOST_STOPPED = 200
"""Transactions of one charge point whose end is remembered."""

_START = """
10:00:00 > StartTransaction {"connectorId":1,"idTag":"A1","meterStart":1000,"timestamp":"2026-01-01T10:00:00Z"}
10:00:01 < ok {"idTagInfo":{"status":"Accepted"},"transactionId":7}
"""


def _stop(meter: int, at: str = "11:00:00") -> str:
    return f'{at} > StopTransaction {{"meterStop":{meter},"timestamp":"2026-01-01T{at}Z","transactionId":7}}\n'


def _values(connector: int) -> str:
    return (
        f'10:05:00 > MeterValues {{"connectorId":{connector},"transactionId":7,"meterValue":'
        f'[{{"timestamp":"2026-01-01T10:05:00Z","sampledValue":[{{"value":"1200"}}]}}]}}\n'
    )


_OTHER_START = """
10:02:00 > StartTransaction {"connectorId":2,"idTag":"A2","meterStart":1000,"timestamp":"2026-01-01T10:02:00Z"}
10:02:01 < ok {"idTagInfo":{"status":"Accepted"},"transactionId":7}
"""
_AGAIN = _START.strip().replace("10:00:0", "10:01:0", 1).replace("10:00:01", "10:01:01")
_FREE = """
09:00:00 > BootNotification {"chargePointVendor":"A","chargePointModel":"B"}
09:00:01 < ok {"currentTime":"2026-01-01T09:00:01Z","interval":300,"status":"Accepted"}
09:00:02 > StatusNotification {"connectorId":1,"errorCode":"NoError","status":"Available"}
09:00:02 < ok
"""

START_REPEATED = Rule(
    "tx.start-repeated",
    Severity.WARNING,
    "The StartTransaction was sent before, and was answered.",
    "OCPP 1.6 sections 3.7 and 4.8",
    versions=FIRST_GENERATION,
    says="The same StartTransaction for connector {connector} was answered before in this connection.",
    remedy="The central system may count two transactions. A request may be repeated only until it is answered.",
    positive=(f"{_START}* {_START.strip().replace('10:00:0', '10:01:0', 1)}",),
    negative=(
        _START.strip().splitlines()[0]
        + '\n10:00:01 < error InternalError "no"\n'
        + _START.replace("10:00:00 >", "10:01:00 >"),
        f"{_START}10:00:05 closed\n10:00:06 opened\n{_START.strip().replace('10:00:00 >', '10:00:07 >')}",
        f"{_START}{_START.replace('A1', 'A2')}",
    ),
)

DUPLICATE_START = Rule(
    "tx.duplicate-start",
    Severity.WARNING,
    "The central system gives a StartTransaction that was repeated another transaction id.",
    "OCPP 1.6 sections 3.7.1 and 4.8",
    versions=FIRST_GENERATION,
    says="This StartTransaction got the id {before} before, and now gets {transaction}: one transaction has two ids.",
    remedy="The charge point stops only one of them, and the other one stays open. The central system should know the "
    "request by its connector, idTag, timestamp and meterStart.",
    positive=(
        f"{_START}{_AGAIN.replace('10:01:01', '* 10:01:01').replace(':7}', ':8}')}",
        f"{_START}10:00:30 closed\n10:00:40 opened\n{_AGAIN.replace('10:01:01', '* 10:01:01').replace(':7}', ':8}')}",
    ),
    negative=(
        f"{_START}{_AGAIN}",
        f"{_START}{_OTHER_START.replace(':7}', ':8}')}",
        f"{_START}{_AGAIN.replace('10:01:00 >', '10:01:00 CP2 >').replace('10:01:01', '10:01:01 CP2')}".replace(
            ":7}", ":8}"
        ),
        _START.splitlines()[1] + "\n" + _AGAIN.replace(":7}", ":8}"),
    ),
)

ID_NOT_POSITIVE = Rule(
    "tx.id-not-positive",
    Severity.WARNING,
    "The central system gives a transaction an id that is not positive.",
    "OCPP 1.6 sections 4.8 and 6.46; errata sheet 3.54",
    versions=FIRST_GENERATION,
    says="The central system gives this transaction the id {transaction}.",
    remedy="Many charge points treat 0 or a negative id as no transaction.",
    positive=(_START.replace("10:00:01", "* 10:00:01").replace(":7}", ":0}"),),
    negative=(_START, _START.replace("Accepted", "Invalid").replace(":7}", ":0}")),
)

ID_REUSED = Rule(
    "tx.id-reused",
    Severity.ERROR,
    "The central system gives a transaction the id of another one.",
    "OCPP 1.6 sections 4.8 and 6.46; errata sheet 3.54",
    versions=FIRST_GENERATION,
    says="The central system gives the id {transaction} to this transaction, but it belongs to another one, {which}.",
    remedy="Nobody can tell which of them a StopTransaction or MeterValues is for.",
    positive=(
        f"{_START}{_OTHER_START.replace('10:02:01', '* 10:02:01')}",
        f"{_START}{_stop(2000, '10:01:00')}10:01:01 < ok\n{_OTHER_START.replace('10:02:01', '* 10:02:01')}",
    ),
    negative=(
        f"{_START}{_OTHER_START.replace(':7}', ':8}')}",
        f"{_START}{_START}",
        f"{_START}{_stop(2000, '10:01:00')}10:01:01 < ok\n{_START.replace('10:00:00 >', '10:05:00 >')}",
        f"{_START}{_OTHER_START.replace('Accepted', 'Blocked')}",
        f"{_START.replace('Accepted', 'Blocked')}{_OTHER_START}",
        f"{_stop(2000, '10:01:00')}10:01:01 < ok\n{_OTHER_START}",
        f"{_START}{_OTHER_START.replace('10:02:00 >', '10:02:00 CP2 >').replace('10:02:01', '10:02:01 CP2')}",
    ),
)

OTHER_CONNECTOR = Rule(
    "meter.other-connector",
    Severity.WARNING,
    "MeterValues of one connector name the transaction of another.",
    "OCPP 1.6 sections 4.7 and 6.31",
    versions=FIRST_GENERATION,
    says="The MeterValues are of connector {connector}, but transaction {transaction} is on connector {other}.",
    remedy="The energy is added to the wrong transaction.",
    positive=(f"{_START}* {_values(2)}10:05:01 < ok\n{_values(2)}",),
    negative=(f"{_START}{_values(1)}", f"{_START}{_values(0)}", _values(2)),
)

UNKNOWN_STOPPED = Rule(
    "tx.stop-unknown",
    Severity.WARNING,
    "A transaction is stopped that was never started, or was stopped before.",
    "OCPP 1.6 section 4.10",
    versions=FIRST_GENERATION,
    says="Transaction {transaction} is stopped, {but}.",
    remedy="The charge point does not use the id in the answer to its StartTransaction, or repeats a StopTransaction "
    "that was answered. The central system may bill it twice.",
    positive=(
        f"{_FREE}* {_stop(2000)}",
        f"{_FREE}{_START}* {_stop(2000).replace(':7}', ':8}')}",
        # Many charge points send 0 when they could not read the answer to the start.
        f"{_FREE}{_START}* {_stop(2000).replace(':7}', ':0}')}",
        f"{_FREE.replace('Available', 'Preparing')}* {_stop(2000)}",
        f"{_START}{_stop(2000)}11:00:01 < ok\n* {_stop(2000, '11:05:00')}",
    ),
    negative=(
        f"{_FREE}{_START}{_stop(2000)}",
        _FREE.replace('"Available"', '"Charging"') + _stop(2000),
        _FREE + _stop(2000, "08:00:00").replace("08:00:00 >", "10:00:00 >"),
        _stop(2000),
        _FREE + _START.strip().splitlines()[0] + "\n" + _stop(2000),
        _FREE + _START.strip().splitlines()[1].replace("ok {", '[3,"start",{') + "]\n" + _stop(2000),
        f"{_START}{_stop(2000)}{_stop(2000, '11:05:00')}",
        f"{_START}{_stop(2000)}11:00:01 < error InternalError\n{_stop(2000, '11:05:00')}",
        f"{_START}{_stop(2000)}11:00:01 < ok\n{_stop(2000, '11:05:00').replace('11:05:00 >', '11:05:00 CP2 >')}",
    ),
)

RULES = (
    START_REPEATED,
    DUPLICATE_START,
    ID_NOT_POSITIVE,
    ID_REUSED,
    OTHER_CONNECTOR,
    UNKNOWN_STOPPED,
)

_Start = tuple[int | None, str | None, str | None, float | None]
"""Connector, id tag, timestamp and meter of a StartTransaction."""


_FREE_STATUSES = {"Available", "Preparing", "Reserved"}


class Transaction1Checker(Checker):
    """Compares the end of each transaction with its start, and the starts with each other."""

    def begin(self) -> None:
        self.stopped: dict[str, int] = {}  # the answered StopTransaction of each transaction
        self.starts: dict[_Start, tuple[int, int, int | None]] = {}  # answered: the call, its connection and its id
        self.unanswered: dict[int, bool] = {}  # the StartTransactions without an answer
        self.misplaced: dict[str, bool] = {}  # transactions whose MeterValues were reported
        self.first_status: dict[int, str] = {}  # of each connector since the boot
        self.booted_at: int | None = None  # by the clock of the central system

    # -- since the boot -----------------------------------------------------------------------------------------

    @on_exchange("BootNotification")
    def booted(self, call: Seen, answer: Seen) -> None:
        self.first_status.clear()
        self.booted_at = answer.date_time("currentTime") if answer.text("status") == "Accepted" else None

    @on_stray
    def lacks_calls(self, answer: Seen) -> None:
        self.booted_at = None  # it may be the answer to a StartTransaction

    @on_call("StatusNotification")
    def status(self, call: Seen) -> None:
        connector, status = call.integer("connectorId"), call.text("status")
        if connector and status is not None and connector not in self.first_status:
            put(self.first_status, connector, status, MOST_CONNECTORS)

    # -- start --------------------------------------------------------------------------------------------------

    @on_call("StartTransaction")
    def start(self, call: Seen) -> None:
        key = _key(call)
        put(self.unanswered, call.index, True, MOST_TRANSACTIONS)
        before = self.starts.get(key)
        if before is not None and None not in key and before[1] == call.connection:
            self.found(START_REPEATED, call, (before[0],), connector=call.integer("connectorId"))

    @on_exchange("StartTransaction")
    def started(self, call: Seen, answer: Seen) -> None:
        number = answer.integer("transactionId")
        transaction_id = str(number)
        self.stopped.pop(transaction_id, None)
        self.misplaced.pop(transaction_id, None)
        self.unanswered.pop(call.index, None)
        key = _key(call)
        before = self.starts.get(key)
        put(self.starts, key, (call.index, answer.connection, number), MOST_TRANSACTIONS)
        if number is None or answer.text("idTagInfo", "status") != "Accepted":
            return
        if number <= 0:
            self.found(ID_NOT_POSITIVE, answer, (call,), transaction=number)
        elif before is not None and None not in key and before[2] not in (None, number):
            self.found(DUPLICATE_START, answer, (call, before[0]), transaction=number, before=before[2])
        other = self.known.transactions.get(transaction_id)
        if other is None or other.start is None or number <= 0 or other.token_status != "Accepted":
            return
        same = (other.connector, other.id_token, other.started_at)
        if same != (call.integer("connectorId"), call.text("idTag"), call.date_time("timestamp")):
            which = Phrase("which is open" if other.is_open else "which has ended")
            self.found(ID_REUSED, answer, (call, other.start), transaction=number, which=which)

    # -- between ------------------------------------------------------------------------------------------------

    @on_call("MeterValues")
    def metered(self, call: Seen) -> None:
        payload = call.payload  # most records are these
        number, connector = payload.get("transactionId"), payload.get("connectorId")
        one = self.known.transactions.get(str(number)) if type(number) is int else None
        if one is None or one.connector == connector or one.start is None or not one.connector:
            return
        if type(connector) is not int or not connector:
            return
        if one.id not in self.misplaced:
            put(self.misplaced, one.id, True, MOST_TRANSACTIONS)
            values = {"connector": connector, "other": one.connector}
            self.found(OTHER_CONNECTOR, call, (one.start,), transaction=one.id, **values)

    # -- stop ---------------------------------------------------------------------------------------------------

    @on_call("StopTransaction")
    def stop(self, call: Seen) -> None:
        number = call.integer("transactionId")
        transaction = self.known.transactions.get(str(number))
        if transaction is None:
            if number is not None and number >= 0 and self.knows_all(call):
                related = () if self.known.boot is None else (self.known.boot,)
                but = Phrase("but since the boot, when all connectors were free, it was not started")
                self.found(UNKNOWN_STOPPED, call, related, transaction=number, but=but)
            return
        if (before := self.stopped.get(transaction.id)) is not None:
            but = Phrase("but it was stopped before, and that StopTransaction was answered")
            self.found(UNKNOWN_STOPPED, call, (before,), transaction=transaction.id, but=but)

    def knows_all(self, call: Seen) -> bool:
        """Whether each transaction that this stop can be of was started in the recording."""
        stopped_at = call.date_time("timestamp")
        if stopped_at is None or self.booted_at is None or stopped_at <= self.booted_at or self.unanswered:
            return False
        return bool(self.first_status) and set(self.first_status.values()) <= _FREE_STATUSES

    @on_exchange("StopTransaction")
    def stop_answered(self, call: Seen, answer: Seen) -> None:
        if (number := call.integer("transactionId")) is not None:
            put(self.stopped, str(number), call.index, MOST_STOPPED)


def _key(call: Seen) -> _Start:
    return call.integer("connectorId"), call.text("idTag"), call.text("timestamp"), call.measured("meterStart")
