"""Times that transactions report of themselves, in all versions: their order, and how they fit the other clock."""

from __future__ import annotations

from typing import Any

from ocpptui.diagnosis.checker import Checker, on_call, on_connection, on_exchange
from ocpptui.diagnosis.known import MOST_TRANSACTIONS
from ocpptui.diagnosis.rule import Rule, TimeSpan
from ocpptui.diagnosis.rules.clocks import NEVER_SET
from ocpptui.diagnosis.seen import Seen
from ocpptui.ocpp.date_times import SECOND
from ocpptui.ocpp.version import Version
from ocpptui.runtime.bounded import put
from ocpptui.timeline.record import ConnectionEvent
from ocpptui.timeline.severity import Severity

_1X = frozenset(version for version in Version if version.generation == 1)
_2X = frozenset(Version) - _1X
_FIELDS = "OCPP 1.6 sections 6.45 and 6.49; OCPP 2.0.1 and 2.1 Part 2, TransactionEventRequest, field timestamp"

_BOOT = """
10:00:00 opened
10:00:00 > BootNotification {"chargePointVendor":"A","chargePointModel":"B"}
10:00:01 < ok {"currentTime":"2026-01-01T10:00:01Z","interval":300,"status":"Accepted"}
"""
_BOOT_2 = """
2.0.1
10:00:00 opened
10:00:00 > BootNotification {"reason":"PowerUp","chargingStation":{"vendorName":"A","model":"B"}}
10:00:01 < ok {"currentTime":"2026-01-01T10:00:01Z","interval":300,"status":"Accepted"}
"""


def _start(timestamp: str) -> str:
    return (
        f'10:05:00 > StartTransaction {{"connectorId":1,"idTag":"A","meterStart":0,"timestamp":"{timestamp}"}}\n'
        '10:05:00 < ok {"idTagInfo":{"status":"Accepted"},"transactionId":7}\n'
    )


def _stop(timestamp: str) -> str:
    return f'10:20:00 > StopTransaction {{"meterStop":10,"timestamp":"{timestamp}","transactionId":7}}\n10:20:00 < ok\n'


def _event(kind: str, number: int, at: str, timestamp: str = "", more: str = "") -> str:
    reason = {"Started": "CablePluggedIn", "Updated": "MeterValuePeriodic", "Ended": "EVDeparted"}[kind]
    timestamp = timestamp or f"2026-01-01T{at}Z"
    return (
        f'{at} > TransactionEvent {{"eventType":"{kind}","timestamp":"{timestamp}","triggerReason":"{reason}",'
        f'"seqNo":{number},"transactionInfo":{{"transactionId":"t1"}}{more}}}\n{at} < ok\n'
    )


_LOST = f"{_BOOT_2}{_event('Started', 0, '10:01:00')}10:10:00 closed\n10:30:00 opened\n"
_OFFLINE = ',"offline":true'
_IN_BETWEEN = "2026-01-01T10:20:00Z"

STOP_BEFORE_START = Rule(
    "tx.times",
    Severity.ERROR,
    "By its timestamps, the transaction ended before it started.",
    "OCPP 1.6 sections 6.45 and 6.49",
    versions=_1X,
    says="By its timestamps, transaction {transaction} ended {before} before it started.",
    remedy="The clock of the charge point was set meanwhile. Many central systems refuse or lose such a transaction.",
    positive=(f"{_start('2026-01-01T10:05:00Z')}* {_stop('2026-01-01T09:20:00Z')}",),
    negative=(
        f"{_start('2026-01-01T10:05:00Z')}{_stop('2026-01-01T10:20:00Z')}",
        f"{_start('2026-01-01T10:05:00Z')}{_stop('2026-01-01T11:20:00+01:00')}",
        _stop("2026-01-01T09:20:00Z"),
    ),
)

BACKWARDS = Rule(
    "tx2.times",
    Severity.WARNING,
    "By its timestamp, an event happened before an earlier one of its transaction.",
    "OCPP 2.0.1 and 2.1 Part 2, TransactionEventRequest, fields timestamp and seqNo",
    versions=_2X,
    says="Event {number} of transaction {transaction} is {before} older than event {earlier}.",
    remedy="The clock of the charging station was set meanwhile. Costs that depend on the time may be wrong.",
    positive=(
        f"2.0.1\n{_event('Started', 0, '10:01:00')}* {_event('Updated', 1, '10:02:00', '2026-01-01T09:02:00Z')}",
    ),
    negative=(
        f"2.0.1\n{_event('Started', 0, '10:01:00')}{_event('Updated', 1, '10:02:00')}",
        f"2.0.1\n{_event('Started', 0, '10:01:00')}{_event('Updated', 1, '10:02:00', '2026-01-01T10:00:58Z')}",
        f"2.0.1\n{_event('Updated', 3, '10:05:00')}{_event('Updated', 1, '10:05:01', '2026-01-01T10:01:00Z')}",
    ),
)

IN_FUTURE = Rule(
    "tx.time-ahead",
    Severity.WARNING,
    "By its timestamp, what is reported of the transaction has not happened yet.",
    _FIELDS,
    says="The timestamp is {ahead} ahead of the clock of the central system.",
    remedy="The charge point did not take over the currentTime, or writes its local time as UTC.",
    positive=(
        f"{_BOOT}* {_start('2026-01-01T11:05:00Z')}",
        f"{_BOOT_2}* {_event('Started', 0, '10:01:00', '2026-01-01T12:01:00Z')}",
    ),
    negative=(
        f"{_BOOT}{_start('2026-01-01T10:05:10Z')}",
        f"{_BOOT}{_start('2026-01-01T12:05:00+02:00')}",
        _start("2026-01-01T11:05:00Z"),
    ),
)

NOT_OFFLINE = Rule(
    "tx2.offline-flag",
    Severity.WARNING,
    "An event happened while the charging station was offline, but does not say so.",
    "OCPP 2.0.1 and 2.1 Part 2 E04.FR.03",
    versions=_2X,
    says="The event happened {before} before the connection opened, when there was none, but offline is not true.",
    remedy="The CSMS may take it for an event of now, and authorize or charge by it.",
    positive=(f"{_LOST}* {_event('Updated', 1, '10:30:10', _IN_BETWEEN)}",),
    negative=(
        f"{_LOST}{_event('Updated', 1, '10:30:10', _IN_BETWEEN, _OFFLINE)}",
        f"{_LOST}{_event('Updated', 1, '10:30:10')}",
        f"{_LOST}{_event('Updated', 1, '10:30:10', '2026-01-01T10:09:50Z')}",
        f"{_BOOT_2}{_event('Updated', 1, '10:30:10', _IN_BETWEEN)}",
    ),
)

RULES = (STOP_BEFORE_START, BACKWARDS, IN_FUTURE, NOT_OFFLINE)


class TransactionTimeChecker(Checker):
    """Compares the timestamps of a transaction with each other, and with the clock of the central system."""

    def begin(self) -> None:
        self.offset: int | None = None  # of the central system, in µs, against that of the recording
        self.latest: dict[str, tuple[int, int, int]] = {}  # by transaction: highest seqNo, its timestamp and record
        self.opened = 0  # the clock when the connection opened
        self.closed: int | None = None  # the clock when the one before closed, if both are in the recording
        self.lost: int | None = None
        self.reported: set[Rule] = set()  # once for each connection

    # -- clocks and connections ---------------------------------------------------------------------------------

    @on_exchange("BootNotification", "Heartbeat")
    def time_told(self, call: Seen, answer: Seen) -> None:
        now = answer.date_time("currentTime")
        if now is not None and answer.is_timed:
            self.offset = now - answer.clock

    @on_connection(ConnectionEvent.OPENED)
    def connected(self, event: Seen) -> None:
        self.opened, self.closed, self.lost = event.clock, self.lost, None
        self.reported.clear()

    @on_connection(ConnectionEvent.CLOSED)
    def disconnected(self, event: Seen) -> None:
        self.lost = event.clock

    # -- timestamps ---------------------------------------------------------------------------------------------

    @on_call("StartTransaction")
    def started(self, call: Seen) -> None:
        self.compare_clocks(call)

    @on_call("StopTransaction")
    def stopped(self, call: Seen) -> None:
        self.compare_clocks(call)
        one, time = self.known.transactions.get(str(call.integer("transactionId"))), call.date_time("timestamp")
        if one is None or one.start is None or one.started_at is None or time is None or not one.is_open:
            return
        if time < one.started_at and min(time, one.started_at) >= NEVER_SET:
            before = TimeSpan(one.started_at - time)
            self.found(STOP_BEFORE_START, call, (one.start,), transaction=one.id, before=before)

    @on_call("TransactionEvent")
    def event(self, call: Seen) -> None:
        time = self.compare_clocks(call)
        number, transaction = call.integer("seqNo"), call.text("transactionInfo", "transactionId")
        if time is None or time < NEVER_SET:
            return
        if call.value("offline") is not True:
            self.check_offline(call, time)
        if number is None or not transaction:
            return
        before = self.latest.get(transaction)
        if before is not None and call.text("eventType") != "Started":
            if number <= before[0]:
                return
            if time < before[1] - self.limits.clock_tolerance * SECOND:
                values = {"number": number, "earlier": before[0], "before": TimeSpan(before[1] - time)}
                self.found(BACKWARDS, call, (before[2],), transaction=transaction, **values)
        put(self.latest, transaction, (number, time, call.index), MOST_TRANSACTIONS)

    def compare_clocks(self, call: Seen) -> int | None:
        """Compare a timestamp, which is returned, with the clock of the central system."""
        time = call.date_time("timestamp")
        if time is None:
            return None
        if time >= NEVER_SET and self.offset is not None and call.is_timed:
            ahead = time - (call.clock + self.offset)
            if ahead > self.limits.clock_tolerance * SECOND:
                self.once(IN_FUTURE, call, ahead=TimeSpan(ahead))
        return time

    def check_offline(self, call: Seen, time: int) -> None:
        if self.offset is None or self.closed is None or not call.is_timed:
            return
        at, tolerance = time - self.offset, self.limits.clock_tolerance * SECOND
        if self.closed + tolerance < at < self.opened - tolerance:
            self.once(NOT_OFFLINE, call, before=TimeSpan(self.opened - at))

    def once(self, rule: Rule, call: Seen, **values: Any) -> None:
        if rule not in self.reported:
            self.reported.add(rule)
            self.found(rule, call, **values)
