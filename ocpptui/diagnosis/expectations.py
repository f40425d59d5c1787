"""What must follow a command that was accepted."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

from ocpptui.diagnosis.checker import Checker, CheckerOwner, on_call, on_connection, on_stray
from ocpptui.diagnosis.known import MOST_TRANSACTIONS, KnownChargePoint, KnownTransaction
from ocpptui.diagnosis.rule import Rule, TimeSpan
from ocpptui.diagnosis.seen import Seen
from ocpptui.ocpp.date_times import SECOND
from ocpptui.ocpp.version import Direction
from ocpptui.runtime.bounded import put
from ocpptui.timeline.record import ConnectionEvent

ROUNDED = SECOND
"""How much later than it was a time may be said to be, in µs."""


class ExpectingChecker(Checker):
    """A checker that waits for what the charge point must send.

    An answer of the central system whose call the recording lacks may be the answer to that: then nothing is missed.
    """

    @on_stray
    def answers_what_is_not_recorded(self, answer: Seen) -> None:
        if answer.direction is Direction.TO_CHARGE_POINT:
            self.stop_all_waiting()

    def expect(self, name: str, call: Seen, answer: Seen, seconds: float, missed: Callable[[TimeSpan], None]) -> None:
        """Call `missed` if nobody stops waiting for `name` within so many seconds after the answer."""
        if answer.is_timed and call.is_timed:
            wait = round(seconds * SECOND)
            self.wait(name, answer.clock + wait, lambda: missed(TimeSpan(wait)))

    def is_of_connection(self, clock: int | None, record: Seen) -> bool:
        """Whether something happened in the connection of a record: before that, much may be missing."""
        connection = self.known.connections.get(record.connection)
        if clock is None or connection is None:
            return False
        return connection.opened is None or clock >= connection.opened

    def runs(self, one: KnownTransaction, record: Seen) -> bool:
        """Whether a transaction runs for certain: nothing says that the recording lacks its end."""
        is_whole = one.start is not None and self.known.lacks_own < one.start
        return one.is_open and is_whole and self.is_of_connection(one.started, record)

    def statuses_at(self, place: int, record: Seen) -> list[str]:
        """The statuses that a connector (1.x), an EVSE (2.x) or, with 0, all of them reported in this connection."""
        return [
            one.status
            for (evse, connector), one in self.known.connectors.items()
            if (evse or connector) and place in (0, evse or connector) and self.is_of_connection(one.since, record)
        ]


class _Suspicion(NamedTuple):
    """What a charge point did while a transaction ran, as far as is known."""

    transaction: str
    answer: int
    """The record in which it did that."""

    @property
    def name(self) -> str:
        """Of the wait for the end."""
        return f"end of {self.transaction} {self.answer}"


class RunningTransactionChecker(ExpectingChecker):
    """A checker of what a charge point may not do while a transaction runs.

    The end of the transaction may be in the queue of the charge point, and then says that it was before. So a finding
    waits for it, or for the time after which there would have been one; after a reconnect nobody can know.
    """

    def __init__(self, known: KnownChargePoint, owner: CheckerOwner) -> None:
        self._suspicions: dict[_Suspicion, tuple[int, Callable[[], None]]] = {}
        super().__init__(known, owner)

    def found_if_it_ran(self, rule: Rule, one: KnownTransaction, call: Seen, answer: Seen, **values: Any) -> None:
        """Report the answer, once it is certain that the transaction ran when the charge point gave it."""
        if not (call.is_timed and answer.is_timed):
            return
        suspicion, related = _Suspicion(one.id, answer.index), (call.index, one.start or 0)
        report: Callable[[], None] = partial(self.found, rule, answer.index, related, **values)
        put(self._suspicions, suspicion, (answer.time, report), MOST_TRANSACTIONS)

        def goes_on(_: TimeSpan) -> None:
            if self._suspicions.pop(suspicion, None):
                report()

        self.expect(suspicion.name, call, answer, self.limits.command_patience, goes_on)

    @on_call("StopTransaction", "TransactionEvent")
    def ends(self, call: Seen) -> None:
        """The end of a transaction: it says whether it ran until then."""
        if not self._suspicions or (call.action == "TransactionEvent" and call.text("eventType") != "Ended"):
            return
        number = call.text("transactionInfo", "transactionId") or str(call.integer("transactionId"))
        ended = call.date_time("timestamp")
        for one in [one for one in self._suspicions if one.transaction == number]:
            since, report = self._suspicions.pop(one)
            self.stop_waiting(one.name)
            if ended is not None and ended > since + ROUNDED:
                report()

    @on_connection(ConnectionEvent.CLOSED, ConnectionEvent.OPENED)
    def queue_may_hold_more(self, event: Seen) -> None:
        """A charge point reports the end of a transaction that ended offline only after it reconnects, if at all."""
        for one in self._suspicions:
            self.stop_waiting(one.name)
        self._suspicions.clear()
