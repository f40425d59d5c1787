"""Turns: one call at a time in each direction, and an answer before the other side loses patience."""

from __future__ import annotations

from ocpptui.diagnosis.checker import Checker, on_connection, on_record
from ocpptui.diagnosis.known import MOST_CONNECTIONS
from ocpptui.diagnosis.rule import Rule, TimeSpan
from ocpptui.diagnosis.seen import Seen
from ocpptui.ocpp.correlation import AnswerStatus
from ocpptui.ocpp.date_times import SECOND
from ocpptui.ocpp.version import Direction
from ocpptui.stations.state import put
from ocpptui.timeline.record import ConnectionEvent, RecordKind
from ocpptui.timeline.severity import Severity

_SIDES = {Direction.TO_CSMS: "charge point", Direction.TO_CHARGE_POINT: "central system"}
_SILENT_CALLS = 3
"""This many calls in a row without an answer mean that the other side does not answer at all."""
_METER = (
    'MeterValues {"connectorId":1,"meterValue":[{"timestamp":"2026-01-01T10:00:00Z","sampledValue":[{"value":"1"}]}]}'
)

CONCURRENT_CALLS = Rule(
    "rpc.concurrent-calls",
    Severity.WARNING,
    "One side sends a call while its call before has no answer.",
    "OCPP-J 1.6 section 4.1.1; OCPP 2.0.1 and 2.1 Part 4 section 4.1.1",
    says="The {side} sends this call {waited} after {before}, which has no answer yet.",
    remedy="Each side must wait for the answer or the time-out. Many peers drop or mix up calls that overlap.",
    positive=(
        f"10:00:00 opened\n10:00:01 > {_METER}\n* 10:00:02 > Heartbeat {{}}\n10:00:03 > Heartbeat {{}}",
        """
        2.0.1
        10:00:01 < GetLocalListVersion {}
        * 10:00:02 < ClearCache {}
        10:00:03 > ok {"status":"Accepted"}
        10:00:03 > ok {"versionNumber":1}
        """,
    ),
    negative=(
        f"10:00:01 > {_METER}\n10:00:02 < ok\n10:00:02 > Heartbeat {{}}",
        "10:00:01 > Heartbeat {}\n10:00:01 < ClearCache {}",
        "10:00:01 > Heartbeat {}\n10:01:00 > Heartbeat {}",
        "10:00:00 opened\n10:00:01 > Heartbeat {}\n10:00:02 closed\n10:00:03 opened\n10:00:04 > Heartbeat {}",
        '10:00:01 > [2,"1","Heartbeat",{}]\n10:00:05 > [2,"1","Heartbeat",{}]',
        "10:00:01 > Heartbeat {}\n10:00:01 CP2 > Heartbeat {}",
        "- > Heartbeat {}\n- > Heartbeat {}",
    ),
)

SLOW_ANSWER = Rule(
    "rpc.slow-answer",
    Severity.WARNING,
    "The answer takes long.",
    "OCPP-J 1.6 section 4.1.1; Open OCPP Trace, fixture slow response",
    says="{action} was answered after {waited}; the limit is {limit}.",
    remedy="Peers with a shorter time-out repeat the call or give up. `slow_answer` under [check] sets the limit.",
    positive=('10:00:00 > Heartbeat {}\n* 10:00:15.2 < ok {"currentTime":"2026-01-01T10:00:15Z"}',),
    negative=(
        '10:00:00 > Heartbeat {}\n10:00:09 < ok {"currentTime":"2026-01-01T10:00:09Z"}',
        '10:00:00 > Heartbeat {}\n10:01:00 < ok {"currentTime":"2026-01-01T10:01:00Z"}',  # late, which says it already
        '10:00:00 > Heartbeat {}\n- < ok {"currentTime":"2026-01-01T10:00:09Z"}',
    ),
)

PEER_SILENT = Rule(
    "rpc.peer-does-not-answer",
    Severity.ERROR,
    "One side has not answered the last calls of a connection.",
    "OCPP-J 1.6 section 4.1.1; Open OCPP Trace, fixture unresponsive CSMS",
    says="The {side} has answered none of the last {count} calls, in {waited}.",
    remedy="The connection is open, but nothing handles its messages: look for a proxy, or a stuck process.",
    positive=(
        """
        10:00:00 > Heartbeat {}
        10:01:00 > Heartbeat {}
        10:02:00 > Heartbeat {}
        * 10:03:00 > Heartbeat {}
        10:04:00 > Heartbeat {}
        """,
    ),
    negative=(
        """
        10:00:00 > Heartbeat {}
        10:01:00 > Heartbeat {}
        10:02:00 > Heartbeat {}
        10:02:01 < ok {"currentTime":"2026-01-01T10:02:01Z"}
        10:03:00 > Heartbeat {}
        """,
        "10:00:00 > Heartbeat {}\n10:00:01 > Heartbeat {}\n10:00:02 > Heartbeat {}\n10:00:03 > Heartbeat {}",
        """
        10:00:00 > Heartbeat {}
        10:01:00 > Heartbeat {}
        10:01:30 closed
        10:01:40 opened
        10:02:00 > Heartbeat {}
        10:03:00 > Heartbeat {}
        """,
    ),
)

RULES = (CONCURRENT_CALLS, SLOW_ANSWER, PEER_SILENT)


class _Turn:
    """The calls of one direction of one connection."""

    __slots__ = ("before", "overlaps", "unanswered")

    def __init__(self) -> None:
        self.before: Seen | None = None
        """The last call; its payload was not read for this."""
        self.overlaps = False
        """Calls that overlap are reported once for each connection and direction."""
        self.unanswered: list[Seen] = []
        """The last calls, if none of them has an answer; none once that is reported, until one has."""


class TurnChecker(Checker):
    """Follows the calls of each direction of each connection."""

    def begin(self) -> None:
        self.turns: dict[tuple[int, Direction], _Turn] = {}

    @on_record(RecordKind.CALL)
    def called(self, call: Seen) -> None:
        direction = call.direction
        if direction is None:
            return
        key = call.connection, direction
        turn = self.turns.get(key)
        if turn is None:
            turn = _Turn()
            put(self.turns, key, turn, 2 * MOST_CONNECTIONS)
        before, turn.before = turn.before, call
        if before is None:
            return
        if (answer := before.other_half) is not None and answer < call.index:
            turn.unanswered = []
            return
        waited = call.since(before)
        if waited is None:
            return
        if waited <= self.time_out:
            if not turn.overlaps and not call.repeats_id:
                turn.overlaps = True
                side = _SIDES[direction]
                self.found(CONCURRENT_CALLS, call, (before,), side=side, waited=TimeSpan(waited), before=before.action)
        elif len(turn.unanswered) < _SILENT_CALLS:
            self.silent(turn, before, call)

    def silent(self, turn: _Turn, before: Seen, call: Seen) -> None:
        """Note a call that has waited longer than the time-out when the next one was made."""
        turn.unanswered.append(before)
        if len(turn.unanswered) == _SILENT_CALLS and call.direction is not None:
            waited = call.since(turn.unanswered[0])
            if waited is not None:
                side, count = _SIDES[call.direction.opposite], _SILENT_CALLS
                self.found(PEER_SILENT, call, tuple(turn.unanswered), side=side, count=count, waited=TimeSpan(waited))

    @on_record(RecordKind.CALLRESULT)
    def answered(self, answer: Seen) -> None:
        call = answer.other_half
        if call is None or answer.answering is not AnswerStatus.FIRST:
            return
        waited, limit = answer.waited, round(self.limits.slow_answer * SECOND)
        if waited is not None and waited > limit:
            self.found(
                SLOW_ANSWER, answer, (call,), action=answer.action, waited=TimeSpan(waited), limit=TimeSpan(limit)
            )

    @on_connection(ConnectionEvent.CLOSED)
    def closed(self, event: Seen) -> None:
        for direction in Direction:
            self.turns.pop((event.connection, direction), None)
