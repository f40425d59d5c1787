"""Transactions, of all versions, that nothing ends although the charge point has begun something else."""

from __future__ import annotations

from ocpptui.diagnosis.bookkeeping import statuses_in
from ocpptui.diagnosis.checker import on_call, on_connection, on_exchange, on_stray, once_woken
from ocpptui.diagnosis.expectations import ExpectingChecker
from ocpptui.diagnosis.known import MOST_TRANSACTIONS, KnownTransaction
from ocpptui.diagnosis.meter_traces import meter_call, start_call, stop_call
from ocpptui.diagnosis.rule import Phrase, Rule, TimeSpan
from ocpptui.diagnosis.seen import Seen
from ocpptui.diagnosis.status_traces import status_2, status_16
from ocpptui.ocpp.date_times import SECOND, time_of
from ocpptui.ocpp.payload import text_at
from ocpptui.ocpp.version import FIRST_GENERATION, SECOND_GENERATION
from ocpptui.runtime.bounded import put
from ocpptui.timeline.record import ConnectionEvent
from ocpptui.timeline.severity import Severity

_LATER = "10:40:00 > Heartbeat {}\n"
_RESTART = """
10:05:00 closed
10:06:00 opened
10:06:01 > BootNotification {"chargePointVendor":"A","chargePointModel":"B"}
10:06:02 < ok {"currentTime":"2026-01-01T10:06:02Z","interval":300,"status":"Accepted"}
"""
_RESTART_2 = """
10:06:01 > BootNotification {"reason":"PowerUp","chargingStation":{"vendorName":"A","model":"B"}}
10:06:02 < ok {"currentTime":"2026-01-01T10:06:02Z","interval":300,"status":"Accepted"}
"""
_RECONNECTED = "10:05:00 closed\n10:06:00 opened\n"
_TRIGGERED = """
10:05:00 < TriggerMessage {"requestedMessage":"BootNotification"}
10:05:00 > ok {"status":"Accepted"}
"""
_FREE = status_16("Available", "10:06:05")
_NEXT = start_call("10:20:00", 2000, 8)
_ELSEWHERE = _NEXT.replace('"connectorId":1', '"connectorId":2')
_QUEUED = start_call("09:00:00", 100, 8).replace("09:00:00 ", "10:20:00 ")
_AGAIN = start_call(number=8).replace("10:00:00 ", "10:01:00 ")


def _marked(text: str) -> str:
    """A trace whose first line breaks the rule."""
    return f"* {text.strip()}\n"


def _bad(restart: str) -> str:
    """A restart whose BootNotification breaks the rule."""
    return restart.replace("10:06:01", "* 10:06:01")


def _event(kind: str, at: str, more: str = "", *, number: int = 0, evse: int = 1, connector: int = 1) -> str:
    reason = {"Started": "CablePluggedIn", "Updated": "MeterValuePeriodic", "Ended": "EVDeparted"}[kind]
    return (
        f'{at} > TransactionEvent {{"eventType":"{kind}","timestamp":"2026-01-01T{at}Z","triggerReason":"{reason}",'
        f'"seqNo":{number},"transactionInfo":{{"transactionId":"t1"}},"evse":{{"id":{evse},"connectorId":{connector}}}'
        f"{more}}}\n{at} < ok\n"
    )


def _second(at: str, more: str = "", *, evse: int = 1, connector: int = 1) -> str:
    return _event("Started", at, more, evse=evse, connector=connector).replace("t1", "t2")


_START_2 = "2.0.1\n" + _event("Started", "10:00:00")
_OFFLINE = ',"offline":true'

NEVER_STOPPED = Rule(
    "tx.never-stopped",
    Severity.ERROR,
    "The charge point has restarted, and has neither continued nor stopped a transaction from before.",
    "OCPP 1.6 sections 4.10 and 7.36 (PowerLoss, Reboot); Open OCPP Trace, fixture station offline during session",
    versions=FIRST_GENERATION,
    says="Transaction {transaction} was open when the charge point restarted, and was not stopped {until}.",
    remedy="The charge point has lost the transaction, and nobody knows its energy. It must send a StopTransaction "
    "with the reason PowerLoss or Reboot.",
    positive=(
        f"{start_call()}{_RESTART}{_marked(_NEXT)}",
        f"{start_call()}{_bad(_RESTART)}{_FREE}{_LATER}",
        f"{start_call()}{_bad(_RESTART)}{status_16('Preparing', '10:06:05')}{_LATER}{_NEXT.replace('10:20', '10:50')}",
        f"{start_call()}{_RESTART}{_RECONNECTED.replace('10:0', '10:1')}{_marked(_NEXT)}",
    ),
    negative=(
        f"{start_call()}10:01:00 > Heartbeat {{}}",
        f"{start_call()}{_RESTART}{stop_call(2000, '10:06:10')}10:06:10 < ok\n{_NEXT}{_LATER}",
        f"{start_call()}{_RESTART}{_FREE}{stop_call(2000, '10:04:59').replace('10:04:59 >', '10:15:00 >')}{_LATER}",
        f"{start_call()}{_RESTART}{meter_call(1200, '10:07:00')}{_LATER}",
        f"{start_call()}{_RESTART}{meter_call(1200, '10:07:00')}{_NEXT}",  # another rule: it went on after the restart
        f"{start_call()}{_RESTART}{status_16('Charging', '10:06:05')}{_LATER}",
        f"{start_call()}{_RESTART}{status_16('Faulted', '10:06:05')}{_LATER}",
        f"{start_call()}{_RESTART}{_LATER}",
        f"{start_call().replace('Accepted', 'Invalid')}{_RESTART}{_FREE}{_LATER}",
        f"{start_call()}{_RESTART}{status_16('Available', '10:06:05', 2)}{_LATER}",
        f"{start_call()}{_RESTART}",
        f"{_RESTART}{_FREE}{_LATER}{_NEXT}",
        f"{start_call()}{_RESTART}{_FREE}10:07:00 closed\n{_LATER}",
        f"{start_call()}{_TRIGGERED}{_RESTART}{_FREE}{_LATER}",
        f"{start_call()}{_RESTART}{_ELSEWHERE}",
        f"{start_call()}{_RESTART}{_QUEUED}",  # from the queue
        f"{start_call()}{_RESTART}{_NEXT.replace('10:20:00 ', '10:20:00 CP2 ')}",
        # the queue is still being sent, one message each five minutes
        start_call()
        + _RESTART
        + _FREE
        + "".join(
            meter_call(900, "09:30:00", sent=f"10:{minute}:00", number=6, context="Sample.Clock")
            for minute in (10, 15, 20, 25)
        )
        + stop_call(2000, "10:04:00").replace("10:04:00 >", "10:30:00 >"),
        f"{start_call()}{_RESTART}{_AGAIN.replace('10:01:00 ', '10:07:00 ')}",
    ),
)

BUSY = Rule(
    "tx.connector-busy",
    Severity.ERROR,
    "A transaction starts on a connector whose last transaction was not stopped.",
    "OCPP 1.6 sections 3.6, 4.8 and 4.10",
    versions=FIRST_GENERATION,
    says="A transaction starts on connector {connector}, where transaction {transaction} was not stopped.",
    remedy="The StopTransaction was lost, or comes later. Until then nobody knows the energy of that transaction.",
    positive=(
        f"{start_call()}{_marked(_NEXT)}",
        f"{start_call()}{status_16('Preparing', '10:19:00')}{_marked(_NEXT)}",
        f"{start_call()}{_RECONNECTED}{_marked(_NEXT)}",
    ),
    negative=(
        f"{start_call()}{stop_call(2000, '10:10:00')}10:10:00 < ok\n{_NEXT}",
        f"{start_call()}{stop_call(2000, '10:10:00')}10:10:00 < error InternalError\n{_NEXT}",
        f"{start_call().replace('Accepted', 'Invalid')}{_NEXT}",
        f"{start_call()}{stop_call(2000, '10:10:00', number=-1)}10:10:00 < ok\n{_NEXT}",
        f'{start_call()}10:10:00 < [3,"stop",{{}}]\n{_NEXT}',  # of a call that the recording lacks
        f"{start_call()}{_ELSEWHERE}",
        f"{start_call()}{_QUEUED}",  # from the queue
        f"{start_call()}{_AGAIN}{stop_call(2000, '10:10:00', number=8)}10:10:00 < ok\n{_NEXT}",
        _NEXT,
    ),
)

NEVER_ENDED = Rule(
    "tx2.never-ended",
    Severity.ERROR,
    "A transaction was never ended, although the charging station has restarted or has begun another one at its EVSE.",
    "OCPP 2.0.1 and 2.1 Part 2 use case E06, and ReasonEnumType (PowerLoss, Reboot); "
    "Open OCPP Trace, fixture station offline during session",
    versions=SECOND_GENERATION,
    says="Transaction {transaction} was not ended {until}.",
    remedy="The CSMS cannot bill it. The charging station must send an Ended, after a restart with the reason "
    "PowerLoss or Reboot.",
    positive=(
        f"{_START_2}{_RESTART_2}{_marked(_second('10:20:00'))}",
        f"{_START_2}{_marked(_second('10:20:00'))}",
        f"{_START_2}{_bad(_RESTART_2)}{status_2('Available', '10:06:05')}{_LATER}",
    ),
    negative=(
        _START_2,
        f"{_START_2}{_event('Ended', '10:10:00', number=1)}{_second('10:20:00')}",
        f"{_START_2}{_second('10:20:00', evse=2)}",
        f"{_START_2}{_second('10:20:00', _OFFLINE)}",
        f'{_START_2}10:10:00 < [3,"ended",{{}}]\n{_second("10:20:00")}',  # of a call that the recording lacks
        f"{_START_2}{_RESTART_2}{status_2('Available', '10:06:05')}{_event('Ended', '10:06:10', number=1)}{_LATER}",
        f"{_START_2}{_RESTART_2}{_event('Updated', '10:06:10', number=1)}{_LATER}",
        f"{_START_2}{_RESTART_2}{status_2('Occupied', '10:06:05')}{_LATER}",
        f"{_START_2}{_RESTART_2}{status_2('Available', '10:06:05', 2)}{_LATER}",
        f"{_START_2}{_RESTART_2}{_LATER}",
        f"2.0.1{_RESTART_2}{status_2('Available', '10:06:05')}{_second('10:20:00')}",
        f"{_START_2}{_RESTART_2.replace('PowerUp', 'Triggered')}{status_2('Available', '10:06:05')}{_LATER}",
    ),
)

TWO_ON_EVSE = Rule(
    "tx2.two-on-evse",
    Severity.ERROR,
    "A transaction starts on another connector of an EVSE that has an open transaction.",
    "OCPP 2.0.1 and 2.1 Part 2 E01.FR.14",
    versions=SECOND_GENERATION,
    says="A transaction starts on connector {connector} of EVSE {evse}, where transaction {transaction} is open.",
    remedy="An EVSE has one transaction at a time. The Ended of the other one was lost, or comes later.",
    positive=(f"{_START_2}{_marked(_second('10:20:00', connector=2))}",),
    negative=(
        f"{_START_2}{_event('Ended', '10:10:00', number=1)}{_second('10:20:00', connector=2)}",
        f"{_START_2}{_second('10:20:00', evse=2)}",
        f"{_START_2}{_second('10:20:00')}",
        f"{_START_2}{_second('10:20:00', _OFFLINE, connector=2)}",
        f"2.0.1\n{_event('Updated', '10:00:00', number=5)}{_second('10:20:00', connector=2)}",
    ),
)

RULES = (NEVER_STOPPED, BUSY, NEVER_ENDED, TWO_ON_EVSE)

_NO_TRANSACTION = ("Available", "Preparing", "Reserved")
"""Statuses of a connector that no transaction can have outlived a restart with."""
_MAY_GO_ON = ("Charging", "Finishing", "Occupied", "SuspendedEV", "SuspendedEVSE")


class LeftOpenChecker(ExpectingChecker):
    """Waits for a sign of each transaction that was open at a restart, and compares each start with what is open."""

    def begin(self) -> None:
        self.silent: dict[str, int] = {}  # the transactions of which nothing was heard since a restart: that boot
        self.free: dict[str, bool] = {}  # those of them whose connector was then reported free
        self.told: dict[str, bool] = {}  # those that were reported
        self.is_asked_to_boot = False
        self.booted_at: int | None = None  # by the clock of the central system
        self.queue_heard = 0  # the clock of the last message from before the restart
        self.unclear = -1  # the last record that may have ended any transaction

    # -- restarts -----------------------------------------------------------------------------------------------

    @on_exchange("TriggerMessage", "ExtendedTriggerMessage")
    def triggered(self, call: Seen, answer: Seen) -> None:
        self.is_asked_to_boot |= call.text("requestedMessage") == "BootNotification"

    @on_exchange("BootNotification")
    def booted(self, call: Seen, answer: Seen) -> None:
        is_restart = not self.is_asked_to_boot and call.text("reason") != "Triggered"
        self.is_asked_to_boot = False
        if not is_restart or answer.text("status") != "Accepted":
            return
        self.booted_at, self.queue_heard = answer.date_time("currentTime"), 0
        for one in self.known.open_transactions:
            is_certain = one.token_status in (None, "Accepted") or self.known.version in SECOND_GENERATION
            if one.start is not None and one.start < call.index and one.id not in self.told and is_certain:
                put(self.silent, one.id, call.index, MOST_TRANSACTIONS)
                self.wake()
                self.free.pop(one.id, None)
                if answer.is_timed:
                    self.expect_sign(one.id, one.start, call.index, answer.clock)

    def expect_sign(self, number: str, start: int, boot: int, since: int) -> None:
        """Look whether anything was heard of a transaction within the patience."""
        wait = round(self.limits.queue_patience * SECOND)

        def look() -> None:
            if self.queue_heard > since:  # what is queued still comes
                self.expect_sign(number, start, boot, self.queue_heard)
            elif self.free.get(number) and self.unclear < start:
                self.tell(number, boot, (start,), Phrase(f"in the {TimeSpan(wait)} after this restart"))

        self.wait(f"boot {number}", since + wait, look)

    @on_call("MeterValues")
    @once_woken
    def metered(self, call: Seen) -> None:
        if not self.silent:
            return
        if (number := call.integer("transactionId")) is not None:
            self.heard(str(number))
        if values := call.objects("meterValue"):
            self.note_queue(call, time_of(text_at(values[0], "timestamp") or ""))

    @on_call("StatusNotification", "NotifyEvent")
    @once_woken
    def status(self, call: Seen) -> None:
        if not self.silent:
            return
        for (evse, connector), status, _ in statuses_in(call):
            for number in list(self.silent):
                one = self.known.transactions.get(number)
                if one is None or (evse or connector) != (one.connector if one.evse is None else one.evse):
                    continue
                if status in _MAY_GO_ON:
                    self.heard(number)
                else:
                    self.free[number] = status in _NO_TRANSACTION

    def note_queue(self, call: Seen, time: int | None) -> None:
        if time is not None and self.booted_at is not None and time < self.booted_at and call.is_timed:
            self.queue_heard = call.clock

    def heard(self, number: str) -> None:
        """Something was heard of a transaction."""
        if self.silent.pop(number, None) is not None:
            self.free.pop(number, None)
            self.stop_waiting(f"boot {number}")

    @on_stray
    def lacks_calls(self, answer: Seen) -> None:
        self.unclear = answer.index  # it may be the answer to a StopTransaction

    @on_connection(ConnectionEvent.CLOSED)
    def closed(self, event: Seen) -> None:
        for number in self.silent:
            self.stop_waiting(f"boot {number}")

    # -- starts and ends ----------------------------------------------------------------------------------------

    @on_call("StartTransaction")
    def start(self, call: Seen) -> None:
        connector, time = call.integer("connectorId"), call.date_time("timestamp")
        if self.silent:
            self.note_queue(call, time)
        before = self.known.open_transaction_at(None, connector) if connector else None
        if before is None or before.start is None or before.id in self.told or self.unclear > before.start:
            return
        if before.token_status not in (None, "Accepted"):
            return  # many charge points take it for not started
        if time is not None and before.started_at is not None and time <= before.started_at:
            return  # the same once more, or one from the queue
        if before.id in self.silent:
            self.tell(before.id, call.index, (before.start, self.silent[before.id]), _UNTIL_NEXT)
        else:
            put(self.told, before.id, True, MOST_TRANSACTIONS)
            self.found(BUSY, call, (before.start,), connector=connector, transaction=before.id)

    @on_exchange("StartTransaction")
    def started(self, call: Seen, answer: Seen) -> None:
        self.told.pop(str(answer.integer("transactionId")), None)

    @on_call("StopTransaction")
    def stop(self, call: Seen) -> None:
        number = str(call.integer("transactionId"))
        self.heard(number)
        if self.silent:
            self.note_queue(call, call.date_time("timestamp"))
        if number not in self.known.open:
            self.unclear = call.index

    @on_call("TransactionEvent")
    def event(self, call: Seen) -> None:
        if (number := call.text("transactionInfo", "transactionId")) is None:
            return
        if self.silent:
            self.heard(number)
            self.note_queue(call, call.date_time("timestamp"))
        if call.text("eventType") != "Started" or call.value("offline") is True:
            return
        evse, time = call.integer("evse", "id"), call.date_time("timestamp")
        before = None if evse is None else self.known.open_transaction_at(evse, None)
        if before is None or before.id == number or before.start is None or before.id in self.told:
            return
        if self.unclear > before.start:
            return
        if time is None or before.started_at is None or time > before.started_at:
            self.compare(call, before, evse)

    def compare(self, call: Seen, before: KnownTransaction, evse: int | None) -> None:
        connector, start = call.integer("evse", "connectorId"), before.start
        related = () if start is None else (start,)
        if before.id in self.silent:
            self.tell(before.id, call.index, (*related, self.silent[before.id]), _UNTIL_NEXT)
        elif None not in (connector, before.connector) and connector != before.connector:
            put(self.told, before.id, True, MOST_TRANSACTIONS)
            self.found(TWO_ON_EVSE, call, related, evse=evse, connector=connector, transaction=before.id)
        else:
            self.tell(before.id, call.index, related, _UNTIL_NEXT)

    def tell(self, number: str, where: int, related: tuple[int, ...], until: Phrase) -> None:
        """Report a transaction that was left open."""
        put(self.told, number, True, MOST_TRANSACTIONS)
        self.silent.pop(number, None)
        rule = NEVER_ENDED if self.known.version in SECOND_GENERATION else NEVER_STOPPED
        self.found(rule, where, related, transaction=number, until=until)


_UNTIL_NEXT = Phrase("before the next one starts there")
