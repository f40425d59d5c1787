"""Retries: a message that is sent again and again, or too soon, after it was refused or not answered."""

from __future__ import annotations

from dataclasses import dataclass, field

from ocpptui.diagnosis.checker import Checker, on_call, on_exchange, on_overlap, on_refusal, once_woken
from ocpptui.diagnosis.rule import Rule, TimeSpan
from ocpptui.diagnosis.rules.answers import LATE_ANSWER
from ocpptui.diagnosis.seen import Seen
from ocpptui.ocpp.date_times import SECOND
from ocpptui.ocpp.payload import Payload
from ocpptui.timeline.severity import Severity

ATTEMPTS = ("TransactionMessageAttempts", "OCPPCommCtrlr.MessageAttempts[TransactionEvent]")
INTERVAL = ("TransactionMessageRetryInterval", "OCPPCommCtrlr.MessageAttemptInterval[TransactionEvent]")
MOST_ATTEMPTS = 5
"""How often a message is sent at most, where no message shows the setting for it."""
MOST_FAILED = 20
"""Messages of one action that failed and are remembered."""
MOST_RELATED = 10
TOLERANCE = 2 * SECOND
_REPEATED = ("StartTransaction", "StopTransaction", "MeterValues", "TransactionEvent")
"""What a charge point sends again if it fails (OCPP 1.6 section 3.7.1; OCPP 2.0.1 Part 2 E13)."""

_STOP = '> StopTransaction {"transactionId":7,"meterStop":5,"timestamp":"2026-01-01T09:59:00Z"}'
_EVENT = """> TransactionEvent {"eventType":"Updated","timestamp":"2026-01-01T09:59:00Z","triggerReason":"Trigger",
    "seqNo":3,"transactionInfo":{"transactionId":"7"}}"""
_SETTINGS = """
    09:58:00 < GetConfiguration {"key":["TransactionMessageRetryInterval","TransactionMessageAttempts"]}
    09:58:01 > ok {"configurationKey":[{"key":"TransactionMessageRetryInterval","readonly":false,"value":"60"},
    {"key":"TransactionMessageAttempts","readonly":false,"value":"%d"}]}
"""


def _often(count: int, message: str = _STOP, ring: int | None = MOST_ATTEMPTS) -> str:
    """The message `count` times, each refused; the star is before the one with the number `ring`."""
    return "\n".join(
        f"{'* ' if number == ring else ''}{10 + number // 60}:{number % 60:02}:00 {message}\n"
        f"{10 + number // 60}:{number % 60:02}:01 < error NotSupported"
        for number in range(count)
    )


RETRY_STORM = Rule(
    "rpc.retry-storm",
    Severity.ERROR,
    "The charge point sends a message again and again, although it is always refused or not answered.",
    "OCPP 1.6 section 3.7.1 (TransactionMessageAttempts); OCPP 2.0.1 Part 2 E13.FR.02 to E13.FR.04",
    says="{action} is sent {count} times with the same content, and without success.",
    remedy="Nothing else gets through meanwhile. Answer it with a CALLRESULT, even if its content is not accepted.",
    positive=(
        _often(20),
        "2.0.1\n" + _often(8, _EVENT),
        "10:00:00 opened\n10:00:00 > Heartbeat {}\n"
        '10:00:00 < ok {"currentTime":"2026-01-01T10:00:00Z"}\n'
        # Without any answer.
        + "\n".join(f"{'* ' if n == MOST_ATTEMPTS else ''}10:{n + 1:02}:00 {_STOP}" for n in range(8)),
        (_SETTINGS % 3) + _often(5, ring=3),
    ),
    negative=(
        f"""
        10:00:00 {_STOP}
        10:00:01 < error InternalError
        10:01:00 {_STOP}
        10:01:01 < error InternalError
        10:03:00 {_STOP}
        10:03:01 < ok
        """,
        (_SETTINGS % 10) + _often(8, ring=None),
        "\n".join(f"10:{n:02}:00 > Heartbeat {{}}" for n in range(8)),
        # Always other values.
        "\n".join(
            f"""10:{n:02}:00 > MeterValues {{"connectorId":1,"meterValue":[{{"timestamp":"2026-01-01T10:{n:02}:00Z",
            "sampledValue":[{{"value":"{n}"}}]}}]}}\n10:{n:02}:01 < error InternalError"""
            for n in range(8)
        ),
        "\n".join(f"10:{n:02}:00 CP{n} {_STOP}\n10:{n:02}:01 CP{n} < error NotSupported" for n in range(8)),
    ),
)

RETRY_INTERVAL = Rule(
    "rpc.retry-interval",
    Severity.INFO,
    "The charge point repeats a message before its retry interval is over.",
    "OCPP 1.6 section 3.7.1 (TransactionMessageRetryInterval); OCPP 2.0.1 Part 2 E13.FR.03",
    says="{action} is repeated after {waited}, but attempt {count} must wait {interval}.",
    positive=(
        (_SETTINGS % 5)
        + f"""
        10:00:00 {_STOP}
        10:00:01 < error InternalError
        * 10:00:05 {_STOP}
        10:00:06 < error InternalError
        10:00:10 {_STOP}
        """,
        (_SETTINGS % 5)
        + f"""
        10:00:00 {_STOP}
        10:00:01 < error InternalError
        10:01:00 {_STOP}
        10:01:01 < error InternalError
        * 10:02:00 {_STOP}
        """,
    ),
    negative=(
        (_SETTINGS % 5)
        + f"""
        10:00:00 {_STOP}
        10:00:01 < error InternalError
        10:01:00 {_STOP}
        10:01:01 < error InternalError
        10:03:00 {_STOP}
        """,
        # Nothing shows the interval.
        f"10:00:00 {_STOP}\n10:00:01 < error InternalError\n10:00:05 {_STOP}",
        # A new connection: what was queued comes at once.
        (_SETTINGS % 5) + f"10:00:00 {_STOP}\n10:00:01 closed\n10:00:04 opened\n10:00:05 {_STOP}",
    ),
)

RULES = (RETRY_STORM, RETRY_INTERVAL)


@dataclass(slots=True)
class _Failed:
    """A message that had no success."""

    payload: Payload
    connection: int
    calls: list[int] = field(default_factory=list)
    """The first calls."""
    count: int = 0
    last: int | None = None
    """The clock of the last call."""
    is_early: bool = False
    """A retry that came too early was reported."""


class RetryChecker(Checker):
    """Remembers the messages that failed, and counts how often they come again."""

    def begin(self) -> None:
        self.failed: dict[str, list[_Failed]] = {}

    @on_refusal(*_REPEATED)
    def refused(self, call: Seen, error: Seen) -> None:
        self.fail(call)

    @on_overlap
    def unanswered(self, before: Seen, call: Seen) -> None:
        if before.action in _REPEATED:
            self.fail(before)

    def fail(self, call: Seen) -> None:
        """Note that a call had no success."""
        known = self.failed.setdefault(call.action, [])
        if not any(one.payload == call.payload for one in known):
            clock = call.clock if call.is_timed else None
            known.append(_Failed(call.payload, call.connection, [call.index], 1, clock))
            del known[:-MOST_FAILED]
            self.wake()

    def failure_of(self, call: Seen) -> _Failed | None:
        """The failed message with the content of a call."""
        known = self.failed.get(call.action)
        return next((one for one in known if one.payload == call.payload), None) if known else None

    @on_exchange("StartTransaction", "StopTransaction", "TransactionEvent")
    @once_woken
    def answered(self, call: Seen, answer: Seen) -> None:
        one = self.failure_of(call)
        if one is None or one.calls[-1] == call.index or call.index not in one.calls or not answer.is_in_time:
            return
        again = one.calls[one.calls.index(call.index) + 1]
        waited = None if one.last is None else one.last - call.clock
        if waited is not None:
            values = {"action": call.action, "waited": TimeSpan(waited)}
            self.found(LATE_ANSWER, answer, (call, again), **values)

    @on_call(*_REPEATED)
    @once_woken
    def sent(self, call: Seen) -> None:
        if not self.failed or (one := self.failure_of(call)) is None:
            return
        one.count += 1
        self.check_interval(one, call)
        most = self.known.whole_setting(*ATTEMPTS) or MOST_ATTEMPTS
        if one.count == most + 1:
            self.found(RETRY_STORM, call, tuple(one.calls), action=call.action, count=one.count)
        if len(one.calls) < MOST_RELATED:
            one.calls.append(call.index)
        one.last, one.connection = call.clock if call.is_timed else None, call.connection

    def check_interval(self, one: _Failed, call: Seen) -> None:
        interval, waited = self.known.whole_setting(*INTERVAL), call.since(one.last)
        if not interval or waited is None or one.is_early or one.connection != call.connection:
            return
        wanted = interval * SECOND * (one.count - 1)
        if waited + TOLERANCE < wanted:
            one.is_early = True
            values = {"waited": TimeSpan(waited), "interval": TimeSpan(wanted)}
            self.found(RETRY_INTERVAL, call, tuple(one.calls[-1:]), action=call.action, count=one.count, **values)
