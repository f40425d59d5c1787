"""Connections that follow each other: too often, too fast, at the same time, or in the middle of a transaction."""

from __future__ import annotations

from collections import deque

from ocpptui.diagnosis.checker import Checker, on_connection
from ocpptui.diagnosis.rule import Rule, TimeSpan
from ocpptui.diagnosis.seen import Seen
from ocpptui.ocpp.date_times import SECOND
from ocpptui.timeline.record import ConnectionEvent
from ocpptui.timeline.severity import Severity

_CHARGING = """
10:00:00 opened
10:00:01 > StartTransaction {"connectorId":1,"idTag":"A","meterStart":0,"timestamp":"2026-01-01T10:00:01Z"}
10:00:02 < ok {"idTagInfo":{"status":"Accepted"},"transactionId":7}
"""
_OPENED_FOUR_TIMES = """
10:00:00 opened
10:00:10 closed
10:01:00 opened
10:01:10 closed
10:02:00 opened
10:02:10 closed
10:03:00 opened
10:03:10 closed
"""

FLAPPING = Rule(
    "conn.unstable",
    Severity.WARNING,
    "The charge point connects again and again.",
    "OCPP-J 1.6 section 5.3; OCPP 2.0.1 and 2.1 Part 4 section 5.3; RFC 6455 section 7.2.3",
    says="The charge point connects for the {count}th time within {waited}.",
    remedy="Look at how the connections end: an idle time-out of a proxy, bad reception, a second charge point.",
    positive=(f"{_OPENED_FOUR_TIMES}* 10:04:00 opened\n10:04:10 closed\n10:05:00 opened",),
    negative=(
        f"{_OPENED_FOUR_TIMES}10:20:00 opened",
        f"{_OPENED_FOUR_TIMES}10:04:00 CP2 opened",
    ),
)

TWO_AT_ONCE = Rule(
    "conn.second-connection",
    Severity.WARNING,
    "The charge point opens a connection while it has another.",
    "OCPP-J 1.6 section 3.1; OCPP 2.0.1 and 2.1 Part 4 section 3.1",
    says="The charge point opens this connection while its connection {other} is open.",
    remedy="Two charge points may have the same identity, or the charge point lost the first one without closing it.",
    positive=(
        "10:00:00 opened\n10:00:01 > Heartbeat {}\n* 10:00:10 opened\n10:00:11 > Heartbeat {}",
        "10:00:00 opened\n* 10:00:10 opened\n10:00:20 closed\n* 10:00:30 opened",
    ),
    negative=(
        "10:00:00 opened\n10:00:09 closed\n10:00:10 opened",
        "10:00:00 opened\n10:00:10 CP2 opened",
        "10:00:00 > Heartbeat {}\n10:00:10 opened",
    ),
)

LOST_IN_TRANSACTION = Rule(
    "conn.lost-in-transaction",
    Severity.WARNING,
    "The connection ends while a transaction is open.",
    "OCPP 1.6 section 3.7; OCPP 2.0.1 and 2.1 Part 2 use cases E04 and E12; Open OCPP Trace, fixture offline session",
    says="The connection ends while transaction {transaction} is open.",
    remedy="The charge point must queue what happens in the transaction, and send it when it is connected again.",
    positive=(f'{_CHARGING}* 10:05:00 closed {{"closeCode":1006}}',),
    negative=(
        f"""
        {_CHARGING}
        10:04:00 > StopTransaction {{"transactionId":7,"meterStop":10,"timestamp":"2026-01-01T10:04:00Z"}}
        10:04:01 < ok
        10:05:00 closed
        """,
        "10:00:00 opened\n10:05:00 closed",
        f'{_CHARGING}10:05:00 closed {{"closeCode":1000}}',
    ),
)

RULES = (FLAPPING, TWO_AT_ONCE, LOST_IN_TRANSACTION)

_ON_PURPOSE = (1000, 1001)
"""Close codes of someone who ends the connection and knows it (RFC 6455 section 7.4.1)."""
_OFTEN = 5
"""So many connections within `unstable_period` are too many."""


class ReconnectionChecker(Checker):
    """Follows when the connections of a charge point begin and end."""

    def begin(self) -> None:
        self.opened_at: deque[Seen] = deque(maxlen=_OFTEN)

    @on_connection(ConnectionEvent.OPENED)
    def opened(self, event: Seen) -> None:
        for other in self.known.connections.values():
            if other.opened is not None and other.closed is None and other.number != event.connection:
                self.found(TWO_AT_ONCE, event, other=other.number)
                break
        self.opened_at.append(event)
        if len(self.opened_at) == _OFTEN:
            waited = event.since(self.opened_at[0])
            if waited is not None and waited <= self.limits.unstable_period * SECOND:
                self.found(FLAPPING, event, tuple(self.opened_at)[:-1], count=_OFTEN, waited=TimeSpan(waited))
                self.opened_at.clear()

    @on_connection(ConnectionEvent.CLOSED)
    def closed(self, event: Seen) -> None:
        if event.detail.get("closeCode") in _ON_PURPOSE:
            return
        for transaction in self.known.open_transactions:
            if transaction.start is not None:
                self.found(LOST_IN_TRANSACTION, event, (transaction.start,), transaction=transaction.id)
                return
