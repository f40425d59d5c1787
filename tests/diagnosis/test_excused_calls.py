"""A call that was kept back, that lost its connection, or whose answer the log cut, accuses nobody."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import replace
from math import inf
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocpptui.diagnosis.diagnosis import Diagnosis
from ocpptui.diagnosis.findings import findings_at
from ocpptui.diagnosis.trace import read_trace
from ocpptui.ocpp.message import Message
from ocpptui.ocpp.version import Transport
from ocpptui.timeline.record import RecordKind
from ocpptui.timeline.severity import Severity
from ocpptui.timeline.timeline import Timeline

BEAT = '[3,"%s",{"currentTime":"2026-01-01T10:00:00Z"}]'
LATER = f'10:02:00 > [2,"9","Heartbeat",{{}}]\n10:02:00 < {BEAT % 9}'
CALL = '10:00:00 opened\n10:00:10 > [2,"1","Heartbeat",{}]\n'
NEXT = f'10:00:12 > [2,"2","Heartbeat",{{}}]\n10:00:13 < {BEAT % 2}\n'
DROPPED = '10:00:10.1 ping {"change":"dropped","insteadOf":4}\n'
"""A note; traces have none, so that it is written as a ping."""
ACCUSING = {"rpc.unanswered", "rpc.parallel-calls", "rpc.passed-over", "rpc.peer-does-not-answer"}


def accused(text: str, detail: Mapping[str, Any], *, at_once: bool, rules: AbstractSet[str] = ACCUSING) -> set[str]:
    """Those of the rules on missing answers that the records break; the first call has this detail."""
    timeline, records = Timeline(), read_trace(text).records
    diagnosis = Diagnosis(timeline)
    records[1] = replace(records[1], detail=detail)
    records = [replace(one, kind=RecordKind.NOTE) if one.kind is RecordKind.PING else one for one in records]
    if at_once:
        with timeline.at_once():
            for record in records:
                timeline.append(record)
    else:
        for record in records:
            timeline.append(record)
    assert diagnosis.advance(inf)
    return {rule for index in range(len(timeline)) for rule in timeline.broken_rules(index)} & rules


@pytest.mark.parametrize("at_once", (False, True))
@pytest.mark.parametrize(
    ("between", "detail"),
    (
        ("", {"keptBack": "BLOCKED"}),
        ("", {"frame": 4}),
        (DROPPED, {"frame": 4}),
        ('10:00:11 < cut:mark [3,"1",{"currentTi...\n', {}),
        ('10:00:11 < cut:edge [3,"1",{"currentTi\n', {}),
    ),
)
def test_nobody_is_accused(between: str, detail: Mapping[str, Any], at_once: bool) -> None:
    assert accused(CALL + between + NEXT + LATER, detail, at_once=at_once) == set()


@pytest.mark.parametrize("at_once", (False, True))
@pytest.mark.parametrize(
    ("between", "detail"),
    (
        ("", {}),
        ("", {"frame": 4, "passedOnMs": 1}),
        ('10:00:11 < [3,"1",{"currentTi\n', {}),  # the peer sent it so
        ('10:00:11 < cut:mark [3,"7",{"currentTi...\n', {}),  # the answer to another call
        (DROPPED.replace("dropped", "passed-later"), {"frame": 4}),
    ),
)
def test_a_call_that_went_on_is_unanswered(between: str, detail: Mapping[str, Any], at_once: bool) -> None:
    found = accused(CALL + between + NEXT + LATER, detail, at_once=at_once)
    assert {"rpc.unanswered", "rpc.parallel-calls"} <= found


CLOSED, UNANSWERED = "rpc.closed-before-answer", "rpc.unanswered"
_STEPS = st.tuples(st.sampled_from(("call", "call", "command", "answer", "end")), st.sampled_from((1, 9, 29, 31, 90)))


def _talk(steps: list[tuple[str, int]]) -> tuple[str, dict[str, str]]:
    """A trace with these steps, some seconds apart; and by their ids the calls without an answer, with their rules."""
    lines, expected, now = ["10:00:00 opened"], dict[str, str](), 0
    waiting = dict[str, int]()  # when they were made
    for number, (what, gap) in enumerate((*steps, ("end", 1), ("end", 100))):
        now += gap
        clock = f"{10 + now // 3600}:{now // 60 % 60:02}:{now % 60:02}"
        if what == "end":
            expected |= {call: CLOSED if now - sent <= 30 else UNANSWERED for call, sent in waiting.items()}
            waiting.clear()
            lines += [f"{clock} closed", f"{clock} opened"]
        elif what == "command":
            waiting[f"down {number}"] = now
            lines.append(f'{clock} < [2,"down {number}","ClearCache",{{}}]')
        elif what == "call":
            waiting[f"up {number}"] = now
            lines.append(f'{clock} > [2,"up {number}","Heartbeat",{{}}]')
        elif calls := [call for call in waiting if call.startswith("up")]:
            del waiting[calls[-1]]  # also of a late answer
            lines.append(f"{clock} < {BEAT % calls[-1]}")
    return "\n".join(lines), expected


@given(st.lists(_STEPS, max_size=20), st.integers(1, 9))
def test_a_call_that_lost_its_connection_accuses_nobody(steps: list[tuple[str, int]], size: int) -> None:
    """Support would look for the fault in a peer that had no time to answer, or not see which calls were lost."""
    text, expected = _talk(steps)
    records, timeline = read_trace(text).records, Timeline()
    diagnosis = Diagnosis(timeline)
    for start in range(0, len(records), size):
        with timeline.at_once():
            for record in records[start : start + size]:
                timeline.append(record)
    assert diagnosis.advance(inf)
    found = {}
    for index, record in enumerate(records):
        if record.kind is RecordKind.CALL and isinstance(record.frame, Message):
            for rule in {CLOSED, UNANSWERED}.intersection(timeline.broken_rules(index)):
                found[record.frame.id] = rule
    assert found == expected


@pytest.mark.parametrize(
    ("between", "rule"),
    (
        ("10:00:14 closed\n10:00:20 opened\n", CLOSED),
        (f"{NEXT}10:00:14 closed\n10:00:20 opened\n", CLOSED),
        ("10:01:30 closed\n10:01:31 opened\n", UNANSWERED),
        ("10:00:14 CP2 opened\n10:00:15 CP2 closed\n", UNANSWERED),
        ("", UNANSWERED),
    ),
)
def test_only_the_close_of_its_own_connection_explains_why_a_call_has_no_answer(between: str, rule: str) -> None:
    assert accused(CALL + between + LATER, {}, at_once=False, rules={CLOSED, UNANSWERED}) == {rule}


@pytest.mark.parametrize(
    ("trace", "sentence"),
    (
        (f"{CALL}10:00:13.5 closed", "The connection closed 3.5 s after this call, before it was answered."),
        (f"{CALL}10:00:10 closed", "The connection closed before this call was answered."),
        (CALL.replace("10:00:10", "-") + "10:00:13 closed", "The connection closed before this call was answered."),
    ),
)
def test_the_finding_says_when_the_connection_closed(trace: str, sentence: str) -> None:
    timeline = Timeline()
    Diagnosis(timeline)
    for record in read_trace(trace).records:
        timeline.append(record)
    (found,) = (one for one in findings_at(timeline, 1) if one.rule == CLOSED)
    assert (found.text, found.related, found.severity) == (sentence, (2,), Severity.INFO)


def test_a_connection_that_begins_anew_had_closed() -> None:
    """Many logs say only that a charge point connected."""
    timeline = Timeline()
    Diagnosis(timeline)
    records = read_trace(f"{CALL}10:00:20 closed").records
    records[2] = replace(records[2], detail={"event": "opened"})
    for record in records:
        timeline.append(record)
    (found,) = (one for one in findings_at(timeline, 1) if one.rule == CLOSED)
    assert found.text == "A new connection opened 10 s after this call, before it was answered."


def test_a_log_without_answers_does_not_say_that_a_close_prevented_them() -> None:
    """It would be an invention: each of them may have been answered at once."""
    timeline = Timeline()
    diagnosis = Diagnosis(timeline)
    for record in read_trace("".join(f"10:0{n}:00 > Heartbeat {{}}\n10:0{n}:03 closed\n" for n in range(6))).records:
        timeline.append(record)
    assert diagnosis.advance(inf)
    assert CLOSED not in timeline.broken_rules(10), "it is not overdue yet"
    assert {rule for n in range(0, 10, 2) for rule in timeline.broken_rules(n)} & {CLOSED, UNANSWERED} == set()


def test_over_soap_a_close_leaves_no_call_behind() -> None:
    """There, each call has an HTTP connection of its own, so its peer failed to answer on that."""
    timeline = Timeline()
    diagnosis = Diagnosis(timeline)
    for record in read_trace(f"{CALL}10:00:20 closed\n10:02:00 opened").records:
        timeline.append(replace(record, transport=Transport.SOAP))
    assert diagnosis.advance(inf)
    assert {CLOSED, UNANSWERED}.intersection(timeline.broken_rules(1)) == {UNANSWERED}
