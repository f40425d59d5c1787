"""What must follow a command that was accepted."""

from __future__ import annotations

from collections.abc import Callable

from ocpptui.diagnosis.checker import Checker
from ocpptui.diagnosis.rule import TimeSpan
from ocpptui.diagnosis.seen import Seen
from ocpptui.ocpp.date_times import SECOND


class ExpectingChecker(Checker):
    """A checker that waits for what must follow a command."""

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

    def statuses_at(self, place: int, record: Seen) -> list[str]:
        """The statuses that a connector (1.x), an EVSE (2.x) or, with 0, all of them reported in this connection."""
        return [
            one.status
            for (evse, connector), one in self.known.connectors.items()
            if (evse or connector) and place in (0, evse or connector) and self.is_of_connection(one.since, record)
        ]
