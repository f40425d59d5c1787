"""Whether the status of a connector goes with its transactions."""

from __future__ import annotations

from collections.abc import Callable

from ocpptui.diagnosis.checker import on_call, on_connection, on_exchange
from ocpptui.diagnosis.expectations import ExpectingChecker
from ocpptui.diagnosis.known import MOST_TRANSACTIONS, KnownTransaction
from ocpptui.diagnosis.rule import Phrase, Rule, TimeSpan
from ocpptui.diagnosis.seen import Seen
from ocpptui.diagnosis.status_traces import (
    BOOT_2,
    BOOT_16,
    START_16,
    STILL_THERE,
    STOP_16,
    event_2,
    status_2,
    status_16,
)
from ocpptui.ocpp.connector_states import PLUGGED_IN
from ocpptui.ocpp.date_times import SECOND
from ocpptui.ocpp.version import FIRST_GENERATION, Version
from ocpptui.runtime.bounded import put
from ocpptui.timeline.record import ConnectionEvent
from ocpptui.timeline.severity import Severity

_CHARGING = ',"chargingState":"Charging"'
_UNPLUGGED = ',"stoppedReason":"EVDisconnected"'
_RESTART = BOOT_16.partition("opened")[2].replace("10:00", "10:03")
_REMOTE = ',"stoppedReason":"Remote"'

CHARGES_WITHOUT_TRANSACTION = Rule(
    "status.without-transaction",
    Severity.WARNING,
    "A connector is Charging, but no transaction was started on it.",
    "OCPP 1.6 sections 3.6, 4.8 and 4.9",
    versions=frozenset({Version.V16}),
    says="Connector {connector} is Charging, but after {waited} it has no transaction.",
    remedy="Nobody can be billed for the energy. Look for a StartTransaction that the charge point has queued.",
    positive=(f"{BOOT_16}* {status_16('Charging', '10:00:30')}{STILL_THERE}",),
    negative=(
        f"{BOOT_16}{status_16('Charging', '10:00:30')}{START_16}{STILL_THERE}",
        f"{BOOT_16}{START_16}{status_16('Charging', '10:01:30')}{STILL_THERE}",
        f"{status_16('Charging', '10:00:30')}{STILL_THERE}",
        f"{BOOT_16}{status_16('Charging', '10:00:30')}{status_16('Finishing', '10:00:40')}{STILL_THERE}",
        f"{BOOT_16}{status_16('Charging', '10:00:30')}10:00:40 closed\n10:10:00 opened\n{STILL_THERE}",
    ),
)

NOT_FOLLOWING = Rule(
    "status.not-following",
    Severity.WARNING,
    "The status of a connector does not follow its transaction.",
    "OCPP 1.6 sections 4.9 and 4.10; OCPP 2.0.1 and 2.1 Part 2 E02.FR.05, G01.FR.03 and G01.FR.04",
    says="Transaction {transaction} {state}, but {place} {status} {waited}.",
    remedy="Either the charge point does not report the status, or a message of the transaction is missing or queued.",
    positive=(
        f"{START_16}* {status_16('Available', '10:03:00')}{STILL_THERE}",
        f"{status_16('Available', '10:00:00')}* {START_16.strip()}\n{STILL_THERE}",
        f"{START_16}{status_16('Charging', '10:01:10')}* {STOP_16.strip()}\n{STILL_THERE}",
        f"{BOOT_2}{status_2('Available', '10:00:02')}* {event_2('Started', '10:01:00', info=_CHARGING)}{STILL_THERE}",
        (
            f"2.0.1\n{event_2('Started', '10:01:00')}{status_2('Occupied', '10:01:02')}"
            f"* {event_2('Ended', '10:02:00', 1, _UNPLUGGED, 'EVDeparted')}{STILL_THERE}"
        ),
    ),
    negative=(
        (
            f"{status_16('Preparing', '10:00:50')}{START_16}{status_16('Charging', '10:01:10')}{STOP_16}"
            f"{status_16('Finishing', '10:02:05')}{status_16('Available', '10:03:00')}{STILL_THERE}"
        ),
        f"{START_16}{STOP_16}{status_16('Available', '10:03:00')}{STILL_THERE}",
        f"{START_16}{status_16('Available', '10:01:50')}{STOP_16}{STILL_THERE}",
        f"{START_16}{status_16('Available', '10:03:00', 2)}{STILL_THERE}",
        f"{START_16}{status_16('Available', '10:03:00')}10:03:10 closed\n10:10:00 opened",
        f"{START_16}{STILL_THERE}",
        f"{status_16('Available', '10:00:00')}10:00:10 closed\n10:00:20 opened\n{START_16}{STILL_THERE}",
        f"{status_16('Available', '10:00:00')}{START_16}10:01:30 closed\n10:20:00 opened\n{STILL_THERE}",
        # A start from the queue: the status is of now.
        f"{status_16('Available', '10:00:00')}{START_16.replace('T10:01', 'T08:01')}{STILL_THERE}",
        f"{START_16}{status_16('Charging', '10:01:10')}{STOP_16}{status_16('Finishing', '10:02:40')}{STILL_THERE}",
        f"{START_16}{status_16('Charging', '10:01:10')}{STOP_16}10:02:10 closed\n10:20:00 opened\n{STILL_THERE}",
        # It starts with the authorization, before the cable is in.
        (
            f"{BOOT_2}{status_2('Available', '10:00:02')}{event_2('Started', '10:01:00', trigger='Authorized')}"
            f"{STILL_THERE}"
        ),
        (
            f"{BOOT_2}{status_2('Available', '10:00:02')}{event_2('Started', '10:01:00', info=_CHARGING)}"
            f"{status_2('Occupied', '10:01:05')}{STILL_THERE}"
        ),
        # The car is still there.
        (
            f"2.0.1\n{event_2('Started', '10:01:00')}{status_2('Occupied', '10:01:02')}"
            f"{event_2('Ended', '10:02:00', 1, _REMOTE, 'RemoteStop')}{STILL_THERE}"
        ),
        (
            f"2.0.1\n{event_2('Started', '10:01:00')}{status_2('Occupied', '10:01:02')}"
            f"{event_2('Ended', '10:02:00', 1, _UNPLUGGED, 'EVDeparted')}{status_2('Available', '10:02:02')}"
            f"{STILL_THERE}"
        ),
        # The charge point has restarted meanwhile, and tells nothing of connections (OCPP-S).
        (f"{START_16}{status_16('Charging', '10:01:10')}{_RESTART}{status_16('Available', '10:03:05')}{STILL_THERE}"),
        # The clock of the recording is not known.
        f"{status_16('Available', '10:00:00')}{START_16}{STILL_THERE}".replace("10:01:00 >", "- >"),
    ),
)

RULES = (CHARGES_WITHOUT_TRANSACTION, NOT_FOLLOWING)

_FREE = ("Available", "Reserved")
_IN_USE = ("Charging", "SuspendedEV", "SuspendedEVSE")


class StatusInTransactionChecker(ExpectingChecker):
    """Waits until a status and the transaction of its connector agree."""

    def begin(self) -> None:
        self.starting: dict[int, bool] = {}  # connectors of starts whose answer may be missing
        self.compared: dict[str, bool] = {}  # transactions of 2.x whose connector was looked at

    def settle(self, name: str, record: Seen, look: Callable[[TimeSpan], None]) -> None:
        """Call `look` when the status must agree with the transaction."""
        wait = round((self.limits.status_settles + (self.known.whole_setting("MinimumStatusDuration") or 0)) * SECOND)
        if record.is_timed:
            self.wait(name, record.clock + wait, lambda: look(TimeSpan(wait)))

    # -- a status -----------------------------------------------------------------------------------------------

    @on_call("StatusNotification")
    def reported(self, call: Seen) -> None:
        status, connector = call.text("status"), call.integer("connectorId")
        if status is None or not connector or self.known.version not in FIRST_GENERATION:
            return
        before = self.known.connectors.get((0, connector))
        if before is not None and before.status == status:
            return
        name, index = f"connector {connector}", call.index
        self.stop_waiting(name)
        if status not in ("Charging", "Available"):
            return
        transaction = self.known.open_transaction_at(None, connector)
        is_whole = self.known.boot is not None and self.known.lacks_own < self.known.boot
        if status == "Charging" and transaction is None and self.known.booted and is_whole:

            def look(waited: TimeSpan) -> None:
                if self.known.open_transaction_at(None, connector) is None and connector not in self.starting:
                    self.found(CHARGES_WITHOUT_TRANSACTION, index, connector=connector, waited=waited)

            self.settle(name, call, look)
        elif status == "Available" and transaction is not None and self.runs(transaction, call):
            start, number = transaction.start or 0, transaction.id
            if self.known.boot is not None and start < self.known.boot:
                return  # a restart may have ended it: `tx.never-stopped` follows that

            def look_again(waited: TimeSpan) -> None:
                if number in self.known.open:
                    self.differs(index, number, "is still open", connector, "has been Available for", waited, (start,))

            self.settle(name, call, look_again)

    # -- a transaction ------------------------------------------------------------------------------------------

    @on_call("StartTransaction")
    def starts(self, call: Seen) -> None:
        put(self.starting, call.integer("connectorId") or 0, True, MOST_TRANSACTIONS)

    @on_exchange("StartTransaction")
    def started(self, call: Seen, answer: Seen) -> None:
        number, connector, index = answer.integer("transactionId"), call.integer("connectorId"), call.index
        self.starting.pop(connector or 0, None)
        if number is None or not connector or not self.is_present(call):
            return
        statuses, key = self.statuses(connector, call), str(number)
        if statuses and all(status in _FREE for status in statuses):

            def look(waited: TimeSpan) -> None:
                now = self.statuses(connector)
                if key in self.known.open and now == statuses:
                    self.differs(index, key, "was started", connector, f"is still {now[0]} after", waited)

            self.settle(f"start {number}", answer, look)

    @on_call("StopTransaction")
    def stopped(self, call: Seen) -> None:
        one = self.known.open.get(str(call.integer("transactionId")))
        if one is not None and one.connector and self.is_present(call):
            self.expect_return(call, one, one.connector, _IN_USE)

    @on_call("TransactionEvent")
    def event(self, call: Seen) -> None:
        number = call.text("transactionInfo", "transactionId") or ""
        one = self.known.open.get(number)
        evse = call.integer("evse", "id") or (None if one is None else one.evse)
        if not evse or not number or not self.is_present(call):
            return
        if call.text("eventType") == "Ended":
            if one is not None and call.text("transactionInfo", "stoppedReason") == "EVDisconnected":
                self.expect_return(call, one, evse, ("Occupied",))
        elif number not in self.compared and call.text("transactionInfo", "chargingState") in PLUGGED_IN:
            put(self.compared, number, True, MOST_TRANSACTIONS)
            statuses, index = self.statuses(evse, call), call.index

            def look(waited: TimeSpan) -> None:
                still = self.known.open.get(number)
                is_plugged_in = still is not None and still.charging_state in PLUGGED_IN
                if is_plugged_in and (now := self.statuses(evse)) == statuses:
                    self.differs(index, number, "has begun", evse, f"is still {now[0]} after", waited)

            if statuses and all(status in _FREE for status in statuses):
                self.settle(f"start {number}", call, look)

    def expect_return(self, call: Seen, one: KnownTransaction, place: int, in_use: tuple[str, ...]) -> None:
        """A connector that was in use must not stay so when its transaction has ended."""
        statuses, number, index = self.statuses(place, call), one.id, call.index
        self.stop_waiting(f"start {number}")

        def look(waited: TimeSpan) -> None:
            now = self.statuses(place)
            is_busy = any(place == (other.connector if other.evse is None else other.evse) for other in self.open())
            if now == statuses and not is_busy:
                self.differs(index, number, "has ended", place, f"is still {now[0]} after", waited)

        if statuses and all(status in in_use for status in statuses):
            self.settle(f"stop {number}", call, look)

    @on_connection(ConnectionEvent.CLOSED)
    def closed(self, event: Seen) -> None:
        self.stop_all_waiting()

    # -- what is known ------------------------------------------------------------------------------------------

    def open(self) -> list[KnownTransaction]:
        return self.known.open_transactions

    def is_present(self, call: Seen) -> bool:
        """Whether a message of a transaction tells of now, and was not queued."""
        said = call.date_time("timestamp")
        return said is not None and call.is_timed and call.time - said < self.limits.queue_patience * SECOND

    def statuses(self, place: int, call: Seen | None = None) -> list[str]:
        """The statuses at a connector (1.x) or EVSE; with a call, only those of its connection."""
        connection = None if call is None else self.known.connections.get(call.connection)
        since = 0 if connection is None else connection.opened or 0
        return [
            one.status
            for (evse, connector), one in self.known.connectors.items()
            if place == (evse or connector)
            and one.since >= since
            and (call is None or self.known.lacks_own < one.index)
        ]

    def differs(
        self,
        index: int,
        transaction: str,
        state: str,
        place: int,
        status: str,
        waited: TimeSpan,
        related: tuple[int, ...] = (),
    ) -> None:
        where = Phrase(f"{'connector' if self.known.version in FIRST_GENERATION else 'EVSE'} {place}")
        words = {"state": Phrase(state), "place": where, "status": Phrase(status)}
        self.found(NOT_FOLLOWING, index, related, transaction=transaction, waited=waited, **words)
