"""Turns: one call at a time in each direction, and an answer before the other side loses patience."""

from __future__ import annotations

from typing import Any

from ocpptui.diagnosis.checker import Checker, on_overlap, on_record, on_slow_answer
from ocpptui.diagnosis.known import MOST_CONNECTIONS
from ocpptui.diagnosis.rule import Rule, TimeSpan
from ocpptui.diagnosis.rules.action_rules import STREAM
from ocpptui.diagnosis.seen import Seen
from ocpptui.diagnosis.time_held import held_words, is_late_on_purpose, time_held
from ocpptui.ocpp.date_times import SECOND
from ocpptui.ocpp.version import Direction, Version
from ocpptui.runtime.bounded import put
from ocpptui.timeline.columns import DIRECTION_CODES
from ocpptui.timeline.record import RecordKind, was_kept_back
from ocpptui.timeline.severity import Severity

PASSED_OVER_AFTER = 2 * SECOND
"""A call that has waited so long should be answered before one that is made then."""
_SILENT_CALLS = 3
"""This many calls in a row without an answer mean that the other side does not answer at all."""
_METER = (
    'MeterValues {"connectorId":1,"meterValue":[{"timestamp":"2026-01-01T10:00:00Z","sampledValue":[{"value":"1"}]}]}'
)

PARALLEL_CALLS = Rule(
    "rpc.parallel-calls",
    Severity.WARNING,
    "One side sends a call while its previous call has no answer.",
    "OCPP-J 1.6 section 4.1.1; OCPP 2.0.1 and 2.1 Part 4 section 4.1.1",
    says="The {side} sends this call {waited} after {before}, which has no answer yet.",
    severities=dict.fromkeys((version for version in Version if version.generation > 1), Severity.ERROR),
    remedy="Each side must wait for the answer or the time-out. Many peers drop or mix up calls that overlap.",
    positive=(
        f"10:00:00 opened\n10:00:01 > {_METER}\n* 10:00:02 > Heartbeat {{}}\n10:00:03 > Heartbeat {{}}",
        """
        2.0.1
        10:00:00 < ClearCache {}
        10:00:00 > ok {"status":"Accepted"}
        10:00:01 < GetLocalListVersion {}
        * 10:00:02 < ClearCache {}
        10:00:03 > ok {"status":"Accepted"}
        10:00:03 > ok {"versionNumber":1}
        """,
        # The answers only come after the calls.
        f"""
        10:00:01 > [2,"a","Heartbeat",{{}}]
        * 10:00:02 > [2,"b","{_METER.replace(" ", '",', 1)}]
        10:00:03 < [3,"a",{{"currentTime":"2026-01-01T10:00:00Z"}}]
        10:00:04 < [3,"b",{{}}]
        """,
        '10:00:01 > Heartbeat {}\n* 10:00:02 > DataTransfer {"vendorId":"A"}\n10:00:03 < error NotSupported',
    ),
    negative=(
        f"10:00:01 > {_METER}\n10:00:02 < ok\n10:00:02 > Heartbeat {{}}",
        f"10:00:01 > {_METER}\n10:00:02 > Heartbeat {{}}",  # no answer at all: the log may be of one side
        # The recording lacks a later call, and so perhaps the answer to the first.
        f'10:00:00 opened\n10:00:01 > {_METER}\n10:00:01 < [3,"lost",{{}}]\n10:00:02 > Heartbeat {{}}\n10:00:02 < ok',
        "10:00:01 > Heartbeat {}\n10:00:01 < ClearCache {}",
        "10:00:01 > Heartbeat {}\n10:01:00 > Heartbeat {}",
        "10:00:00 opened\n10:00:01 > Heartbeat {}\n10:00:02 closed\n10:00:03 opened\n10:00:04 > Heartbeat {}",
        '10:00:01 > [2,"1","Heartbeat",{}]\n10:00:05 > [2,"1","Heartbeat",{}]',
        "10:00:01 > Heartbeat {}\n10:00:01 CP2 > Heartbeat {}",
        "- > Heartbeat {}\n- > Heartbeat {}",
        f'2.1\n10:00:00 opened\n10:00:01 > Heartbeat {{}}\n10:00:02 > [6,"s","NotifyPeriodicEventStream",{STREAM}]',
    ),
)

SLOW_ANSWER = Rule(
    "rpc.slow-answer",
    Severity.WARNING,
    "The answer takes a long time.",
    "OCPP-J 1.6 section 4.1.1; Open OCPP Trace, fixture slow response",
    says="{action} was answered after {waited}; the limit is {limit}.{held}",
    remedy="Peers with a shorter time-out repeat the call or give up. `slow-answer` under [check] sets the limit.",
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
        10:00:00 opened
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

PASSED_OVER = Rule(
    "rpc.passed-over",
    Severity.WARNING,
    "A call has no answer, although a later one of the same side is answered.",
    "OCPP-J 1.6 section 4.1.1; Open OCPP Trace, fixture unresponsive CSMS",
    says="{before} had waited {waited} without an answer when {action}, which was sent later, was answered.",
    remedy="The other side is alive: its log may say why it does not answer this message.",
    positive=(
        """
        * 10:00:00 > BootNotification {"chargePointVendor":"A","chargePointModel":"B"}
        10:00:05 > [2,"x","Heartbeat",{}]
        10:00:05.5 < [3,"x",{"currentTime":"2026-01-01T10:00:05Z"}]
        """,
    ),
    negative=(
        # In the order in which they were sent, or at once.
        """
        10:00:00 > [2,"x","Heartbeat",{}]
        10:00:05 > [2,"y","DataTransfer",{"vendorId":"A"}]
        10:00:06 < [3,"x",{"currentTime":"2026-01-01T10:00:05Z"}]
        10:00:07 < [3,"y",{"status":"Accepted"}]
        """,
        """
        10:00:00 > [2,"x","Heartbeat",{}]
        10:00:00.1 > [2,"y","DataTransfer",{"vendorId":"A"}]
        10:00:00.2 < [3,"y",{"status":"Accepted"}]
        10:00:00.3 < [3,"x",{"currentTime":"2026-01-01T10:00:05Z"}]
        """,
        # The recording ends.
        "10:00:00 > Heartbeat {}\n10:00:05 > Heartbeat {}",
        '10:00:00 > Heartbeat {}\n10:00:05 < ClearCache {}\n10:00:06 > ok {"status":"Accepted"}',
    ),
)

RULES = (PARALLEL_CALLS, SLOW_ANSWER, PEER_SILENT, PASSED_OVER)


class _Silence:
    """The last calls of one direction of one connection, none of which has an answer."""

    __slots__ = ("calls", "last")

    def __init__(self) -> None:
        self.calls: list[Seen] = []
        self.last = -1
        """The call that was made when the last of them had waited too long."""


class TurnChecker(Checker):
    """Follows the calls of each direction of each connection."""

    listens = False  # only while it is unknown whether the recording has the answers to calls that overlap

    def begin(self) -> None:
        self.unproven: dict[tuple[int, Direction | None], tuple[int, int, dict[str, Any]]] = {}
        self.waiting: dict[tuple[int, Direction | None], tuple[int, int, dict[str, Any]]] = {}
        """The last call that had no answer when the next was made, that one, and the values of a finding."""
        self.overlaps: dict[tuple[int, Direction | None], bool] = {}  # those that were reported
        self.silences: dict[tuple[int, Direction | None], _Silence] = {}

    @on_overlap
    def overlapped(self, before: Seen, call: Seen) -> None:
        waited, key, direction = call.since(before), (call.connection, call.direction), call.direction
        lacking = self.known.lacks_own if direction is Direction.TO_CSMS else self.known.lacks_command
        if waited is None or direction is None or before.index < lacking:
            return
        if before.is_ours is not call.is_ours:
            return  # a proxy made one of them: the side that it stands beside knows nothing of it
        if PASSED_OVER_AFTER <= waited <= self.time_out:
            values = {"before": before.action, "action": call.action, "clock": before.clock}
            put(self.waiting, key, (call.index, before.index, values), MOST_CONNECTIONS)
            self.listen(True)
        has_answers = self.has_answers(call.connection, direction.opposite)
        if waited > self.time_out:
            if has_answers:
                self.unanswered(key, before, call)
        elif key not in self.overlaps and not call.repeats_id:
            values = {"side": direction.sender.words, "waited": TimeSpan(waited), "before": before.action}
            if (has_answers or key not in self.unproven) and before.is_excused(call):
                return
            if has_answers:
                put(self.overlaps, key, True, MOST_CONNECTIONS)
                self.found(PARALLEL_CALLS, call, (before,), **values)
            elif key not in self.unproven:
                put(self.unproven, key, (call.index, before.index, values), MOST_CONNECTIONS)
                self.listen(True)

    @on_record(RecordKind.CALLRESULT, RecordKind.CALLERROR)
    def answered(self, answer: Seen) -> None:
        """Report calls that overlapped before the first answer of the recording."""
        direction = answer.direction
        if direction is None:
            return
        key = (answer.connection, direction.opposite)
        if (overlap := self.unproven.pop(key, None)) is not None:
            call, before, values = overlap
            put(self.overlaps, key, True, MOST_CONNECTIONS)
            self.found(PARALLEL_CALLS, call, (before,), **values)
        if (overlap := self.waiting.pop(key, None)) is not None:
            call, before, values = overlap
            waited = answer.since(values.pop("clock"))
            is_passed_over = answer.answers(call) and not answer.follows_answer_to(before)
            if is_passed_over and waited is not None and not _is_excused(answer.another(before), answer):
                self.found(PASSED_OVER, before, (call,), waited=TimeSpan(waited), **values)
        self.listen(bool(self.unproven or self.waiting))

    def has_answers(self, number: int, direction: Direction) -> bool:
        """Whether the recording has the answers in a direction: it may be a log of one side, or filtered."""
        connection = self.known.connections.get(number)
        return connection is not None and (
            connection.opened is not None or connection.answered[DIRECTION_CODES[direction]]
        )

    def unanswered(self, key: tuple[int, Direction | None], before: Seen, call: Seen) -> None:
        """Note a call that had waited longer than the time-out when the next one was made."""
        silence = self.silences.get(key)
        if silence is None or silence.last != before.index:  # there was an answer
            silence = _Silence()
            put(self.silences, key, silence, MOST_CONNECTIONS)
        silence.last = call.index
        if len(silence.calls) == _SILENT_CALLS or call.direction is None:
            return
        silence.calls.append(before)
        waited = call.since(silence.calls[0])
        if len(silence.calls) < _SILENT_CALLS or waited is None:
            return
        if not any(_is_excused(one, call) for one in silence.calls):
            side, count = call.direction.opposite.sender.words, _SILENT_CALLS
            self.found(PEER_SILENT, call, tuple(silence.calls), side=side, count=count, waited=TimeSpan(waited))

    @on_slow_answer
    def slow(self, call: Seen, answer: Seen) -> None:
        waited, limit = answer.waited, round(self.limits.slow_answer * SECOND)
        if waited is None or is_late_on_purpose(answer):
            return
        held = time_held(call, answer)
        if waited - held > limit:
            values = {"waited": TimeSpan(waited - held), "limit": TimeSpan(limit), "held": held_words(held)}
            self.found(SLOW_ANSWER, answer, (call,), action=call.action, **values)


def _is_excused(call: Seen, before: Seen) -> bool:
    """Whether nobody is to blame that a call had no answer in time when another record came."""
    return was_kept_back(call.detail) or call.is_excused(before)
