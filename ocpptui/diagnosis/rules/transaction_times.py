"""Times that transactions report of themselves, in all versions: their order, and how they fit the other clock."""

from __future__ import annotations

from typing import Any

from ocpptui.diagnosis.checker import Checker, on_call, on_connection, on_exchange
from ocpptui.diagnosis.known import MOST_TRANSACTIONS
from ocpptui.diagnosis.rule import Phrase, Rule, TimeSpan
from ocpptui.diagnosis.rules.clocks import NEVER_SET
from ocpptui.diagnosis.seen import Seen
from ocpptui.diagnosis.status_traces import BOOT_2, BOOT_16
from ocpptui.ocpp.date_times import SECOND, time_of
from ocpptui.ocpp.payload import text_at
from ocpptui.ocpp.version import FIRST_GENERATION, SECOND_GENERATION, Version
from ocpptui.runtime.bounded import put
from ocpptui.timeline.record import ConnectionEvent
from ocpptui.timeline.severity import Severity

_FIELDS = "OCPP 1.6 sections 6.45 and 6.49; OCPP 2.0.1 and 2.1 Part 2, TransactionEventRequest, field timestamp"


def _start(timestamp: str, number: int = 7, at: str = "10:05:00") -> str:
    return (
        f'{at} > StartTransaction {{"connectorId":1,"idTag":"A","meterStart":0,"timestamp":"{timestamp}"}}\n'
        f'{at} < ok {{"idTagInfo":{{"status":"Accepted"}},"transactionId":{number}}}\n'
    )


def _stop(timestamp: str) -> str:
    return f'10:20:00 > StopTransaction {{"meterStop":10,"timestamp":"{timestamp}","transactionId":7}}\n10:20:00 < ok\n'


def _queued_stop(timestamp: str) -> str:
    return _stop(timestamp).replace("10:20:00 ", "10:06:00 ")


def _values(time: str, at: str = "10:21:00") -> str:
    value = f'{{"timestamp":"2026-01-01T{time}Z","sampledValue":[{{"value":"5"}}]}}'
    return f'{at} > MeterValues {{"connectorId":1,"transactionId":7,"meterValue":[{value}]}}\n{at} < ok\n'


_OF_ANOTHER = _queued_stop("2026-01-01T09:30:00Z").replace(" >", " CP2 >").replace(" <", " CP2 <")


def _event(kind: str, number: int, at: str, timestamp: str = "", more: str = "") -> str:
    reason = {"Started": "CablePluggedIn", "Updated": "MeterValuePeriodic", "Ended": "EVDeparted"}[kind]
    timestamp = timestamp or f"2026-01-01T{at}Z"
    return (
        f'{at} > TransactionEvent {{"eventType":"{kind}","timestamp":"{timestamp}","triggerReason":"{reason}",'
        f'"seqNo":{number},"transactionInfo":{{"transactionId":"t1"}}{more}}}\n{at} < ok\n'
    )


_LOST = f"{BOOT_2}{_event('Started', 0, '10:01:00')}10:10:00 closed\n10:30:00 opened\n"
_RECONNECTED = """
2.0.1
10:29:00 opened
10:29:01 > Heartbeat {}
10:29:01 < ok {"currentTime":"2026-01-01T10:29:01Z"}
"""
_PENDING = BOOT_2.replace("Accepted", "Pending")
_OFFLINE = ',"offline":true'
_IN_BETWEEN = "2026-01-01T10:20:00Z"

STOP_BEFORE_START = Rule(
    "tx.times",
    Severity.ERROR,
    "By its timestamps, the transaction ended before it started.",
    "OCPP 1.6 sections 6.45 and 6.49",
    versions=FIRST_GENERATION,
    says="By its timestamps, transaction {transaction} ended {before} before it started.",
    remedy="The clock of the charge point was set meanwhile. Many central systems refuse or lose such a transaction.",
    positive=(f"{_start('2026-01-01T10:05:00Z')}* {_stop('2026-01-01T09:20:00Z')}",),
    negative=(
        f"{_start('2026-01-01T10:05:00Z')}{_stop('2026-01-01T10:20:00Z')}",
        f"{_start('2026-01-01T10:05:00Z')}{_stop('2026-01-01T11:20:00+01:00')}",
        _stop("2026-01-01T09:20:00Z"),
    ),
)

OUT_OF_ORDER = Rule(
    "tx.order",
    Severity.ERROR,
    "The charge point does not send messages of its transactions in the order in which they happened.",
    "OCPP 1.6 section 3.7",
    versions=frozenset({Version.V16}),
    says="{action} is {before} older than the {earlier} that was sent before it.",
    remedy="What is queued must be sent first, the oldest message first. The central system may refuse what comes "
    "late, or compute the costs of a transaction without it.",
    positive=(
        f"{_start('2026-01-01T10:05:00Z')}{_stop('2026-01-01T10:20:00Z')}* {_values('10:15:00')}{_values('10:16:00')}",
        f"{BOOT_16}{_start('2026-01-01T10:05:00Z', 8)}* {_queued_stop('2026-01-01T09:30:00Z')}",
        f"{BOOT_16}{_values('10:12:00')}* {_values('10:10:00')}{_values('10:08:00')}",
    ),
    negative=(
        f"{_start('2026-01-01T10:05:00Z')}{_values('10:15:00', '10:15:01')}{_stop('2026-01-01T10:20:00Z')}",
        f"{_start('2026-01-01T10:05:00Z')}{_stop('2026-01-01T10:20:00Z')}{_values('10:20:00')}",
        f"{_stop('2026-01-01T10:20:00Z').replace('7}', '8}')}{_values('10:15:00')}",
        f"{BOOT_16}{_queued_stop('2026-01-01T09:30:00Z')}{_start('2026-01-01T10:05:00Z', 8, '10:07:00')}",
        f"{_start('2026-01-01T10:05:00Z', 8)}{_queued_stop('2026-01-01T09:30:00Z')}",  # the clocks are unknown
        f"{BOOT_16}{_start('2026-01-01T10:50:00Z', 8)}{_queued_stop('2026-01-01T10:06:00Z')}",  # its clock was set
        f"{BOOT_16}{_start('2026-01-01T10:05:00Z', 8)}{_OF_ANOTHER}",
        f"{BOOT_16}{_values('10:10:00')}{_values('10:12:00')}",
        f"{BOOT_16}{_values('10:12:00')}{_values('10:10:00').replace(':7,', ':8,')}",
        f"{BOOT_16}{_values('10:12:00')}10:22:00 closed\n10:23:00 opened\n{_values('10:10:00', '10:23:01')}",
        f"{_values('10:12:00')}{_values('10:10:00')}",  # the clocks are unknown
        f"{BOOT_16}{_values('10:21:00')}{_values('10:10:00')}",  # the first is not from the queue
    ),
)

BACKWARDS = Rule(
    "tx2.times",
    Severity.ERROR,
    "By its timestamp, an event happened before an earlier one of its transaction.",
    "OCPP 2.0.1 and 2.1 Part 2 functional block E section 1.3; TransactionEventRequest, fields timestamp and seqNo",
    versions=SECOND_GENERATION,
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
        f"{BOOT_16}* {_start('2026-01-01T11:05:00Z')}",
        f"{BOOT_2}* {_event('Started', 0, '10:01:00', '2026-01-01T12:01:00Z')}",
    ),
    negative=(
        f"{BOOT_16}{_start('2026-01-01T10:05:10Z')}",
        f"{BOOT_16}{_start('2026-01-01T12:05:00+02:00')}",
        _start("2026-01-01T11:05:00Z"),
    ),
)

OFFLINE_FLAG = Rule(
    "tx2.offline-flag",
    Severity.WARNING,
    "An event happened while the charging station was offline and does not say so, or says so wrongly.",
    "OCPP 2.0.1 and 2.1 Part 2 E04.FR.03, E11.FR.02 and E12.FR.02",
    versions=SECOND_GENERATION,
    says="The event happened {span} {side} the connection opened, but offline is {flag}.",
    remedy="The CSMS takes an old event for a current one and authorizes or bills by it, or a current one for an old.",
    positive=(
        f"{_LOST}* {_event('Updated', 1, '10:30:10', _IN_BETWEEN)}",
        f"{_LOST}* {_event('Updated', 1, '10:40:00', '', _OFFLINE)}",
    ),
    negative=(
        f"{_LOST}{_event('Updated', 1, '10:30:10', _IN_BETWEEN, _OFFLINE)}",
        f"{_LOST}{_event('Updated', 1, '10:30:10')}",
        f"{_LOST}{_event('Updated', 1, '10:30:10', '2026-01-01T10:09:50Z')}",
        f"{_LOST}{_event('Updated', 1, '10:30:10', '', _OFFLINE)}",
        f"{BOOT_2}{_event('Updated', 1, '10:30:10', _IN_BETWEEN)}",
        f"{_RECONNECTED}{_event('Updated', 1, '10:30:10', _IN_BETWEEN)}",
        f"2.0.1\n{_event('Updated', 1, '10:40:00', '', _OFFLINE)}",
        f"{_PENDING}{_event('Updated', 1, '10:40:00', '', _OFFLINE)}",
        f"{BOOT_2}{_event('Started', 0, '10:30:00', '2026-01-01T09:50:00Z', _OFFLINE)}",
        f"{BOOT_2}{_event('Updated', 1, '10:30:00', '2026-01-01T09:50:00Z')}",  # it may have had another connection
    ),
)

RULES = (STOP_BEFORE_START, OUT_OF_ORDER, BACKWARDS, IN_FUTURE, OFFLINE_FLAG)


class TransactionTimeChecker(Checker):
    """Compares the timestamps of a transaction with each other, and with the clock of the central system."""

    def begin(self) -> None:
        self.latest: dict[str, tuple[int, int, int]] = {}  # by transaction: highest seqNo, its timestamp and record
        self.opened = 0  # the clock when the connection opened
        self.closed: int | None = None  # the clock when the one before closed, if both are in the recording
        self.lost: int | None = None
        self.reported: set[Rule] = set()  # once for each connection
        self.sent: tuple[int, int, str] | None = None  # the last Start or Stop of now: its timestamp, record and action
        self.queued: dict[int, tuple[int, int]] = {}  # by transaction of 1.x: its last values that had waited
        self.ended: dict[int | None, tuple[int, int]] = {}  # by transaction of 1.x: the timestamp and record of its end

    # -- connections --------------------------------------------------------------------------------------------

    @on_connection(ConnectionEvent.OPENED)
    def connected(self, event: Seen) -> None:
        self.opened, self.closed, self.lost = event.clock, self.lost, None
        self.reported.clear()
        self.queued.clear()

    @on_connection(ConnectionEvent.CLOSED)
    def disconnected(self, event: Seen) -> None:
        self.lost = event.clock

    # -- timestamps ---------------------------------------------------------------------------------------------

    @on_call("StartTransaction")
    def started(self, call: Seen) -> None:
        self.compare_order(call, self.compare_clocks(call))

    @on_exchange("StartTransaction")
    def confirmed(self, call: Seen, answer: Seen) -> None:
        self.ended.pop(answer.integer("transactionId"), None)

    @on_call("MeterValues")
    def metered(self, call: Seen) -> None:
        number = call.payload.get("transactionId")
        if type(number) is not int or not (values := call.objects("meterValue")):
            return
        time, tolerance = time_of(text_at(values[0], "timestamp") or ""), self.limits.clock_tolerance * SECOND
        if time is None:
            return
        if (ended := self.ended.get(number)) is not None and ended[0] - time > tolerance:
            del self.ended[number]
            values_of = {"action": "MeterValues", "before": TimeSpan(ended[0] - time), "earlier": "StopTransaction"}
            self.found(OUT_OF_ORDER, call, (ended[1],), **values_of)
            return
        offset = self.known.clock_offset
        if offset is None or not call.is_timed or time < NEVER_SET or call.clock + offset - time <= tolerance:
            return  # it has not waited, or nobody can tell: the clock may have been set since
        before = self.queued.get(number)
        if before is not None and before[0] - time > self.limits.meter_value_tolerance * SECOND:
            values_of = {"action": "MeterValues", "before": TimeSpan(before[0] - time), "earlier": "MeterValues"}
            self.once(OUT_OF_ORDER, call, (before[1],), **values_of)
        put(self.queued, number, (time, call.index), MOST_TRANSACTIONS)

    @on_call("StopTransaction")
    def stopped(self, call: Seen) -> None:
        time, number = self.compare_clocks(call), call.integer("transactionId")
        self.compare_order(call, time)
        if time is not None and time >= NEVER_SET:
            put(self.ended, number, (time, call.index), MOST_TRANSACTIONS)
        one = self.known.transactions.get(str(number))
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
        offset = self.known.clock_offset
        if time >= NEVER_SET and offset is not None and call.is_timed:
            ahead = time - (call.clock + offset)
            if ahead > self.limits.clock_tolerance * SECOND:
                self.once(IN_FUTURE, call, ahead=TimeSpan(ahead))
        return time

    def compare_order(self, call: Seen, time: int | None) -> None:
        """Find a message from the queue that comes after one of now.

        That one shows that the clock of the charge point was right: it was not set back since.
        """
        offset = self.known.clock_offset
        if time is None or offset is None or not call.is_timed or time < NEVER_SET:
            return
        tolerance, now = self.limits.clock_tolerance * SECOND, call.clock + offset
        if self.sent is not None and self.sent[0] - time > tolerance and now - time > tolerance:
            values = {"action": call.action, "before": TimeSpan(self.sent[0] - time), "earlier": self.sent[2]}
            self.once(OUT_OF_ORDER, call, (self.sent[1],), **values)
        elif abs(now - time) <= tolerance:
            self.sent = (time, call.index, call.action)

    def check_offline(self, call: Seen, time: int) -> None:
        """Compare `offline` with the times when the recording shows that there was a connection, or none."""
        offset = self.known.clock_offset
        if offset is None or not self.opened or not call.is_timed:
            return
        at, tolerance = time - offset, self.limits.clock_tolerance * SECOND
        if call.value("offline") is True:
            if self.known.booted and at > max(self.opened, self.known.registered or 0) + tolerance:
                span = TimeSpan(at - self.opened)
                self.once(OFFLINE_FLAG, call, span=span, side=Phrase("after"), flag=Phrase("true"))
            return
        if self.closed is not None and self.closed + tolerance < at < self.opened - tolerance:
            span = TimeSpan(self.opened - at)
            self.once(OFFLINE_FLAG, call, span=span, side=Phrase("before"), flag=Phrase("not true"))

    def once(self, rule: Rule, call: Seen, related: tuple[int, ...] = (), **values: Any) -> None:
        if rule not in self.reported:
            self.reported.add(rule)
            self.found(rule, call, related, **values)
