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

_BACK_OFF = """
2.0.1
09:00:00 < GetVariables {"getVariableData":[{"component":{"name":"OCPPCommCtrlr"},
    "variable":{"name":"RetryBackOffWaitMinimum"}}]}
09:00:00 > ok {"getVariableResult":[{"attributeStatus":"Accepted","attributeValue":"30",
    "component":{"name":"OCPPCommCtrlr"},"variable":{"name":"RetryBackOffWaitMinimum"}}]}
"""

VERSION_FLIPS = Rule(
    "conn.version-flips",
    Severity.WARNING,
    "The charge point connects with one version of OCPP, then at once with another.",
    "OCPP-J 1.6 section 3.1.2; OCPP 2.0.1 and 2.1 Part 4 section 3.1.2; seen in the field",
    says="The connection before had version {before} and lasted {lasted}; this one has {version}.",
    remedy="It probes which versions the central system speaks. A central system that remembers the version for each "
    "charge point, not for each connection, reads the messages by the wrong one.",
    positive=(
        "10:00:00 opened\n10:00:02 closed\n2.0.1\n* 10:00:03 opened\n10:00:04 > Heartbeat {}",
        "2.0.1\n10:00:00 opened\n10:00:02 closed\n1.6\n* 10:00:03 opened\n10:00:10 closed\n2.0.1\n* 10:00:20 opened",
    ),
    negative=(
        "10:00:00 opened\n10:00:02 closed\n10:00:03 opened",
        "10:00:00 opened\n11:00:00 closed\n2.0.1\n11:00:03 opened",  # a new firmware
        "10:00:00 opened\n10:00:02 closed\n2.0.1\n10:30:00 opened",
        "10:00:00 opened\n10:00:02 closed\n2.0.1\n10:00:03 CP2 opened",
        "10:00:02 > Heartbeat {}\n2.0.1\n10:00:03 opened",
    ),
)

FLAPPING = Rule(
    "conn.flapping",
    Severity.WARNING,
    "The charge point connects again and again.",
    "OCPP-J 1.6 errata sheet section 3.4; OCPP 2.0.1 Part 4 section 5.3; OCPP 2.1 Part 4 section 5.4",
    says="{count} connections of the charge point began within {waited}.",
    remedy="Look at how the connections end: an idle time-out of a proxy, bad reception, a second charge point.",
    positive=(
        f"{_OPENED_FOUR_TIMES}* 10:04:00 opened\n10:04:10 closed\n10:05:00 opened",
        (
            f"{_BACK_OFF}10:00:00 opened\n10:01:00 closed\n10:01:02 opened\n10:30:00 closed\n10:30:02 opened\n"
            "11:00:00 closed\n* 11:00:02 opened\n"
        ),
    ),
    negative=(
        f"{_OPENED_FOUR_TIMES}10:20:00 opened",
        f"{_OPENED_FOUR_TIMES}10:04:00 CP2 opened",
        (
            "10:00:00 opened\n10:00:01 closed\n10:00:11 opened\n10:00:12 closed\n10:00:32 opened\n10:00:33 closed\n"
            "10:01:13 opened"
        ),
        (
            f"{_BACK_OFF}10:00:00 opened\n10:01:00 closed\n10:01:32 opened\n10:30:00 closed\n10:30:31 opened\n"
            "11:00:00 closed\n11:00:30 opened\n"
        ),
        (
            f"{_BACK_OFF.replace('30', '0')}10:00:00 opened\n10:01:00 closed\n10:01:02 opened\n10:30:00 closed\n"
            "10:30:02 opened\n11:00:00 closed\n11:00:02 opened\n"
        ),
    ),
)

TWO_AT_ONCE = Rule(
    "conn.two-at-once",
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

RULES = (VERSION_FLIPS, FLAPPING, TWO_AT_ONCE, LOST_IN_TRANSACTION)

_ON_PURPOSE = (1000, 1001)
"""Close codes of someone who ends the connection and knows it (RFC 6455 section 7.4.1)."""
_OFTEN = 5
"""So many connections within `unstable_period` are too many."""


_PROBE = 60 * SECOND
"""A connection that was so short, and so shortly before, may have been a probe."""
_WAIT_AT_LEAST = "OCPPCommCtrlr.RetryBackOffWaitMinimum"
_TOO_SOON = 3
"""So many times in a row a charge point may not connect again before its back-off is over."""


class ReconnectionChecker(Checker):
    """Follows when the connections of a charge point begin and end."""

    def begin(self) -> None:
        self.opened_at: deque[tuple[int, int]] = deque(maxlen=_OFTEN)  # clock and record
        self.too_soon: deque[tuple[int, int]] = deque(maxlen=_TOO_SOON)
        self.lost: int | None = None  # the clock when the last connection closed

    @on_connection(ConnectionEvent.OPENED)
    def opened(self, event: Seen) -> None:
        others = [one for one in self.known.connections.values() if one.number != event.connection]
        for other in others:
            if other.opened is not None and other.closed is None:
                self.found(TWO_AT_ONCE, event, other=other.number)
                break
        if others and (before := others[-1]).opened is not None and before.closed is not None:
            lasted = before.closed - before.opened
            if (
                before.version is not None
                and before.version is not event.version is not None
                and max(lasted, event.clock - before.closed) <= _PROBE
            ):
                versions = {"before": str(before.version), "version": str(event.version)}
                self.found(VERSION_FLIPS, event, (), lasted=TimeSpan(lasted), **versions)
        self.opened_at.append((event.clock, event.index))
        self.count(event, self.opened_at, self.limits.unstable_period)
        wait = self.known.whole_setting(_WAIT_AT_LEAST)
        if not wait or self.lost is None or event.clock - self.lost >= (wait - 1) * SECOND:
            self.too_soon.clear()
        else:
            self.too_soon.append((event.clock, event.index))
            self.count(event, self.too_soon, None)

    def count(self, event: Seen, last: deque[tuple[int, int]], within: float | None) -> None:
        """Report the last connections if there are as many as are too many, within so many seconds."""
        clocks, records = zip(*last, strict=True)
        waited = event.clock - clocks[0]
        if len(last) == last.maxlen and (within is None or waited <= within * SECOND):
            self.found(FLAPPING, event, records[:-1], count=len(last), waited=TimeSpan(waited))
            last.clear()

    @on_connection(ConnectionEvent.CLOSED)
    def closed(self, event: Seen) -> None:
        self.lost = event.clock
        if event.detail.get("closeCode") in _ON_PURPOSE:
            return
        for transaction in self.known.open_transactions:
            if transaction.start is not None:
                self.found(LOST_IN_TRANSACTION, event, (transaction.start,), transaction=transaction.id)
                return
