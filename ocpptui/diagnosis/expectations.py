"""What must follow a command that was accepted."""

from __future__ import annotations

from collections.abc import Callable

from ocpptui.diagnosis.checker import Checker, on_stray
from ocpptui.diagnosis.known import KnownTransaction
from ocpptui.diagnosis.rule import TimeSpan
from ocpptui.diagnosis.seen import Seen
from ocpptui.ocpp.date_times import SECOND
from ocpptui.ocpp.version import Direction


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
