"""Transactions of OCPP 1.x: StartTransaction, StopTransaction, and the MeterValues between them."""

from __future__ import annotations

from ocpptui.diagnosis.checker import Checker, on_call, on_exchange
from ocpptui.diagnosis.known import MOST_CONNECTORS, MOST_TRANSACTIONS
from ocpptui.diagnosis.meter_traces import meter_call, start_call, stop_call
from ocpptui.diagnosis.rule import Phrase, Rule
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


def _next_start(meter: int, connector: int = 1, day: int = 1, hour: int = 12) -> str:
    return (
        f'12:00:00 > StartTransaction {{"connectorId":{connector},"idTag":"A2","meterStart":{meter},'
        f'"timestamp":"2026-01-{day:02}T{hour:02}:00:00Z"}}\n'
    )


def _values(connector: int) -> str:
    return (
        f'10:05:00 > MeterValues {{"connectorId":{connector},"transactionId":7,"meterValue":'
        f'[{{"timestamp":"2026-01-01T10:05:00Z","sampledValue":[{{"value":"1200"}}]}}]}}\n'
    )


_OTHER_START = """
10:02:00 > StartTransaction {"connectorId":2,"idTag":"A2","meterStart":1000,"timestamp":"2026-01-01T10:02:00Z"}
10:02:01 < ok {"idTagInfo":{"status":"Accepted"},"transactionId":7}
"""
_FREE = """
09:00:00 > BootNotification {"chargePointVendor":"A","chargePointModel":"B"}
09:00:01 < ok {"currentTime":"2026-01-01T09:00:01Z","interval":300,"status":"Accepted"}
09:00:02 > StatusNotification {"connectorId":1,"errorCode":"NoError","status":"Available"}
09:00:02 < ok
"""

STOPPED_TWICE = Rule(
    "tx.stopped-twice",
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
    "tx.meter-backwards",
    Severity.ERROR,
    "The meter at the end of the transaction is lower than at its start, or than in its last sample.",
    "OCPP 1.6 sections 6.45, 6.49 and 7.31; errata sheet 3.78",
    versions=_1X,
    says="The meter shows {stop} Wh at the end of transaction {transaction}, but {before} Wh {at}.",
    remedy="The central system bills too little, or refuses it: the meter was reset or replaced, or its unit is wrong.",
    positive=(
        f"{_START}* {_stop(900)}",
        f"{start_call()}{meter_call(2000, '10:10:00')}* {stop_call(1800)}",
    ),
    negative=(
        f"{_START}{_stop(1000)}",
        f"{_START}{_stop(1500)}",
        _stop(900),
        f"{start_call()}{meter_call(2000.7, '10:10:00')}{stop_call(2000)}",
        meter_call(2000, "10:10:00", number=8) + stop_call(1800),
    ),
)

START_REPEATED = Rule(
    "tx.start-repeated",
    Severity.WARNING,
    "The StartTransaction was sent before, and was answered.",
    "OCPP 1.6 sections 3.7 and 4.8",
    versions=_1X,
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

ID_NOT_POSITIVE = Rule(
    "tx.id-not-positive",
    Severity.INFO,
    "The central system gives a transaction an id that many take for none.",
    "OCPP 1.6 sections 4.8 and 6.46",
    versions=_1X,
    says="The central system gives this transaction the id {transaction}.",
    remedy="Many charge points take 0 or a negative number for no transaction.",
    positive=(_START.replace("10:00:01", "* 10:00:01").replace(":7}", ":0}"),),
    negative=(_START, _START.replace("Accepted", "Invalid").replace(":7}", ":0}")),
)

ID_OF_OPEN = Rule(
    "tx.id-reused",
    Severity.ERROR,
    "The central system gives a transaction the id of one that is open.",
    "OCPP 1.6 sections 4.8 and 6.46",
    versions=_1X,
    says="The central system gives the id {transaction} to this transaction, but another one has it and is open.",
    remedy="Nobody can tell which of them a StopTransaction or MeterValues is for.",
    positive=(f"{_START}{_OTHER_START.replace('10:02:01', '* 10:02:01')}",),
    negative=(
        f"{_START}{_OTHER_START.replace(':7}', ':8}')}",
        f"{_START}{_stop(2000, '10:01:00')}10:01:01 < ok\n{_OTHER_START}",
        f"{_START}{_START}",
        f"{_START}{_OTHER_START.replace('Accepted', 'Blocked')}",
    ),
)

METER_BELOW_LAST = Rule(
    "tx.meter-jump",
    Severity.WARNING,
    "The meter at the start of the transaction is lower than at the end of the one before.",
    "OCPP 1.6 sections 6.45 and 6.49",
    versions=_1X,
    says="The meter of connector {connector} shows {start} Wh, but {stop} Wh at the end of the transaction before.",
    remedy="The meter was reset or replaced, or its value is not that of the meter of this connector.",
    positive=(f"{_START}{_stop(2000)}11:00:01 < ok\n* {_next_start(1500)}",),
    negative=(
        f"{_START}{_stop(2000)}11:00:01 < ok\n{_next_start(2000)}",
        f"{_START}{_stop(2000)}11:00:01 < ok\n{_next_start(0)}",  # a meter that counts each transaction from 0
        f"{_START}{_stop(2000)}11:00:01 < ok\n{_next_start(1500, 2)}",
        f"{_START}{_stop(2000)}11:00:01 < ok\n{_next_start(1500, day=1, hour=9)}",  # from the queue
    ),
)

OTHER_CONNECTOR = Rule(
    "meter.other-connector",
    Severity.WARNING,
    "MeterValues of one connector name the transaction of another.",
    "OCPP 1.6 sections 4.7 and 6.31",
    versions=_1X,
    says="The MeterValues are of connector {connector}, but transaction {transaction} is on connector {other}.",
    remedy="The energy is added to the wrong transaction.",
    positive=(f"{_START}* {_values(2)}10:05:01 < ok\n{_values(2)}",),
    negative=(f"{_START}{_values(1)}", f"{_START}{_values(0)}", _values(2)),
)

UNKNOWN_STOPPED = Rule(
    "tx.stop-unknown",
    Severity.WARNING,
    "A transaction is stopped that was never started.",
    "OCPP 1.6 section 4.10",
    versions=_1X,
    says="Transaction {transaction} is stopped, but since the boot, when all connectors were free, it was not started.",
    remedy="The charge point does not use the id in the answer to its StartTransaction.",
    positive=(f"{_FREE}* {_stop(2000)}", f"{_FREE}{_START}* {_stop(2000).replace(':7}', ':8}')}"),
    negative=(
        f"{_FREE}{_START}{_stop(2000)}",
        _FREE.replace('"Available"', '"Charging"') + _stop(2000),
        _FREE + _stop(2000, "08:00:00").replace("08:00:00 >", "10:00:00 >"),
        _stop(2000),
        _FREE + _START.strip().splitlines()[0] + "\n" + _stop(2000),
    ),
)

RULES = (
    STOPPED_TWICE,
    METER_BACKWARDS,
    START_REPEATED,
    ID_NOT_POSITIVE,
    ID_OF_OPEN,
    METER_BELOW_LAST,
    OTHER_CONNECTOR,
    UNKNOWN_STOPPED,
)

_Start = tuple[int | None, str | None, str | None, float | None]
"""Connector, id tag, timestamp and meter of a StartTransaction."""


class Transaction1Checker(Checker):
    """Compares the end of each transaction with its start, and the starts with each other."""

    def begin(self) -> None:
        self.stopped: dict[str, int] = {}  # the answered StopTransaction of each transaction
        self.starts: dict[_Start, tuple[int, int]] = {}  # answered ones: the call and its connection
        self.unanswered: dict[int, bool] = {}  # the StartTransactions without an answer
        self.last_stop: dict[int, tuple[float, int | None, int]] = {}  # by connector: meter, timestamp and record
        self.misplaced: dict[str, bool] = {}  # transactions whose MeterValues were reported
        self.first_status: dict[int, str] = {}  # of each connector since the boot
        self.booted_at: int | None = None  # by the clock of the central system

    # -- since the boot -----------------------------------------------------------------------------------------

    @on_exchange("BootNotification")
    def booted(self, call: Seen, answer: Seen) -> None:
        self.first_status.clear()
        self.booted_at = answer.date_time("currentTime") if answer.text("status") == "Accepted" else None

    @on_call("StatusNotification")
    def status(self, call: Seen) -> None:
        connector, status = call.integer("connectorId"), call.text("status")
        if connector and status is not None and connector not in self.first_status:
            put(self.first_status, connector, status, MOST_CONNECTORS)

    # -- start --------------------------------------------------------------------------------------------------

    @on_call("StartTransaction")
    def start(self, call: Seen) -> None:
        connector, key = call.integer("connectorId"), _key(call)
        put(self.unanswered, call.index, True, MOST_TRANSACTIONS)
        before = self.starts.get(key)
        if before is not None and None not in key and before[1] == call.connection:
            self.found(START_REPEATED, call, (before[0],), connector=connector)
            return
        if connector:
            self.compare_meter(call, connector)

    def compare_meter(self, call: Seen, connector: int) -> None:
        last, meter, time = self.last_stop.get(connector), call.measured("meterStart"), call.date_time("timestamp")
        if last is None or not meter or time is None or last[1] is None:
            return
        if meter < last[0] and time >= last[1]:
            values = {"start": f"{meter:g}", "stop": f"{last[0]:g}"}
            self.found(METER_BELOW_LAST, call, (last[2],), connector=connector, **values)

    @on_exchange("StartTransaction")
    def started(self, call: Seen, answer: Seen) -> None:
        number = answer.integer("transactionId")
        self.stopped.pop(str(number), None)
        self.misplaced.pop(str(number), None)
        self.unanswered.pop(call.index, None)
        put(self.starts, _key(call), (call.index, answer.connection), MOST_TRANSACTIONS)
        if number is None or answer.text("idTagInfo", "status") != "Accepted":
            return
        if number <= 0:
            self.found(ID_NOT_POSITIVE, answer, (call,), transaction=number)
        other = self.known.transactions.get(str(number))
        if other is None or not other.is_open or other.start is None:
            return
        same = (other.connector, other.id_token, other.started_at)
        if same != (call.integer("connectorId"), call.text("idTag"), call.date_time("timestamp")):
            self.found(ID_OF_OPEN, answer, (call, other.start), transaction=number)

    # -- between ------------------------------------------------------------------------------------------------

    @on_call("MeterValues")
    def metered(self, call: Seen) -> None:
        known = self.known.transactions
        one = known.get(str(call.integer("transactionId"))) if known else None
        if one is None or one.start is None or not one.connector:
            return
        connector = call.integer("connectorId")
        if not connector or one.connector == connector:
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
            if number is not None and number > 0 and self.knows_all(call):
                related = () if self.known.boot is None else (self.known.boot,)
                self.found(UNKNOWN_STOPPED, call, related, transaction=number)
            return
        if (before := self.stopped.get(transaction.id)) is not None:
            self.found(STOPPED_TWICE, call, (before,), transaction=transaction.id)
        first, last = transaction.meter_start, call.measured("meterStop")
        if first is not None and last is not None and last < first and transaction.start is not None:
            values = {"before": f"{first:g}", "stop": f"{last:g}", "at": Phrase("at its start")}
            self.found(METER_BACKWARDS, call, (transaction.start,), transaction=transaction.id, **values)
        if transaction.connector is not None and last is not None:
            new = (last, call.date_time("timestamp"), call.index)
            put(self.last_stop, transaction.connector, new, MOST_CONNECTORS)

    def knows_all(self, call: Seen) -> bool:
        """Whether each transaction that this stop can be of was started in the recording."""
        stopped_at = call.date_time("timestamp")
        if stopped_at is None or self.booted_at is None or stopped_at <= self.booted_at or self.unanswered:
            return False
        return bool(self.first_status) and set(self.first_status.values()) == {"Available"}

    @on_exchange("StopTransaction")
    def stop_answered(self, call: Seen, answer: Seen) -> None:
        if (number := call.integer("transactionId")) is not None:
            put(self.stopped, str(number), call.index, MOST_STOPPED)


def _key(call: Seen) -> _Start:
    return call.integer("connectorId"), call.text("idTag"), call.text("timestamp"), call.measured("meterStart")
