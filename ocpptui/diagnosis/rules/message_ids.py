"""Message ids over several connections of a charge point."""

from __future__ import annotations

from typing import NamedTuple

from ocpptui.diagnosis.checker import Checker, on_connection, on_record
from ocpptui.diagnosis.known import MOST_CONNECTIONS
from ocpptui.diagnosis.rule import Rule
from ocpptui.diagnosis.rules.answers import RETRY_SAME_ID
from ocpptui.diagnosis.seen import Seen
from ocpptui.ocpp.version import Direction, Version
from ocpptui.runtime.bounded import put
from ocpptui.timeline.record import ConnectionEvent, RecordKind
from ocpptui.timeline.severity import Severity

FIRST_CALLS = 4
"""The calls at the beginning of a connection whose ids are compared: numbers that start again repeat these."""
MOST_IDS = 200

_BOOT = '[2,"%s","BootNotification",{"chargePointVendor":"A","chargePointModel":"B"}]'
_ACCEPTED = '[3,"%s",{"currentTime":"2026-01-01T10:00:00Z","interval":60,"status":"Accepted"}]'


def _connections(first: str, second: str, mark: str = "* ", other: str = "") -> str:
    """Two connections, each with a boot with the given id."""
    return (
        f"10:00:00 opened\n10:00:01 > {_BOOT % first}\n10:00:02 < {_ACCEPTED % first}\n10:10:00 closed\n"
        f"10:20:00 {other}opened\n{mark}10:20:01 {other}> {_BOOT % second}\n10:20:02 {other}< {_ACCEPTED % second}"
    )


IDS_RESTART = Rule(
    "rpc.ids-restart",
    Severity.WARNING,
    "One side uses message ids again that it used on an earlier connection.",
    "OCPP-J 1.6 errata 2025-04 (section 4.1.4 only asks for unique ids per connection); "
    "OCPP 2.0.1 and 2.1 Part 4 section 4.1.4",
    severities=dict.fromkeys((version for version in Version if version.generation == 1), Severity.INFO),
    says="The {side} used the message id {message_id} on an earlier connection: its numbers start again.",
    remedy="An answer that comes after a reconnect may be taken for that of another call.",
    positive=(
        _connections("1", "1"),
        (
            '2.0.1\n10:00:00 opened\n10:00:01 < [2,"1","ClearCache",{}]\n'
            '10:01:00 closed\n10:02:00 opened\n* 10:02:01 < [2,"1","GetLocalListVersion",{}]'
        ),
    ),
    negative=(
        _connections("a1", "a2", ""),
        _connections("1", "1", "", "CP2 "),
        # A call without an answer is sent again.
        f"10:00:00 opened\n10:00:01 > {_BOOT % 1}\n10:00:09 closed\n10:01:00 opened\n10:01:01 > {_BOOT % 1}",
        # The two sides.
        (
            '10:00:00 opened\n10:00:01 > [2,"1","Heartbeat",{}]\n10:01:00 closed\n10:02:00 opened\n'
            '10:02:01 < [2,"1","ClearCache",{}]'
        ),
    ),
)

RULES = (IDS_RESTART,)


class _Use(NamedTuple):
    """A call that used a message id."""

    call: int
    connection: int
    raw: str | bytes


class MessageIdChecker(Checker):
    """Compares the ids of the first calls of each connection with those of earlier connections."""

    def begin(self) -> None:
        self.counts: dict[int, int] = {}
        """The calls of each connection, up to those that are compared."""
        self.used: dict[tuple[Direction, str], _Use] = {}

    @on_connection(ConnectionEvent.OPENED)
    def opened(self, event: Seen) -> None:
        self.listen(True)

    @on_record(RecordKind.CALL)
    def called(self, call: Seen) -> None:
        direction, connection, frame = call.direction, call.connection, call.frame
        count = self.counts.get(connection, 0) + 1
        put(self.counts, connection, count, MOST_CONNECTIONS)
        if count >= FIRST_CALLS:
            self.listen(False)
        if count > FIRST_CALLS or direction is None or frame is None or not frame.id:
            return
        before, used = self.used.get((direction, frame.id)), _Use(call.index, connection, frame.raw)
        put(self.used, (direction, frame.id), used, MOST_IDS)
        if before is None or before.connection == connection:
            return
        if before.raw == frame.raw and not call.follows_answer_to(before.call):
            self.found(RETRY_SAME_ID, call, (before.call,))
            return
        put(self.counts, connection, FIRST_CALLS, MOST_CONNECTIONS)
        self.found(IDS_RESTART, call, (before.call,), side=direction.sender.words, message_id=frame.id)
