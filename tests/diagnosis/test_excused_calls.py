"""A call that was kept back, or whose answer the log cut, accuses nobody."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from math import inf
from typing import Any

import pytest

from ocpptui.diagnosis.diagnosis import Diagnosis
from ocpptui.diagnosis.findings import findings_at
from ocpptui.diagnosis.trace import read_trace
from ocpptui.timeline.record import ConnectionEvent, RecordKind
from ocpptui.timeline.timeline import Timeline

BEAT = '[3,"%s",{"currentTime":"2026-01-01T10:00:00Z"}]'
LATER = f'10:02:00 > [2,"9","Heartbeat",{{}}]\n10:02:00 < {BEAT % 9}'
CALL = '10:00:00 opened\n10:00:10 > [2,"1","Heartbeat",{}]\n'
NEXT = f'10:00:12 > [2,"2","Heartbeat",{{}}]\n10:00:13 < {BEAT % 2}\n'
DROPPED = '10:00:10.1 ping {"change":"dropped","insteadOf":4}\n'
"""A note; traces have none, so that it is written as a ping."""
ACCUSING = {"rpc.unanswered", "rpc.parallel-calls", "rpc.passed-over", "rpc.peer-does-not-answer"}


def accused(text: str, detail: Mapping[str, Any], *, at_once: bool) -> set[str]:
    """The rules on missing answers that the records break; the first call has this detail."""
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
    return {rule for index in range(len(timeline)) for rule in timeline.broken_rules(index)} & ACCUSING


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


CLOSED = "10:00:14 closed\n10:00:20 opened\n"


@pytest.mark.parametrize(
    ("between", "words"),
    (
        (CLOSED, "No answer came: the connection closed 4 s after the call."),
        (f"{NEXT}{CLOSED}", "No answer came: the connection closed 4 s after the call."),
        ("10:01:30 closed\n10:01:31 opened\n", "No answer came within the time-out."),
        ("10:00:14 CP2 opened\n10:00:15 CP2 closed\n", "No answer came within the time-out."),
        ("", "No answer came within the time-out."),
    ),
)
def test_a_call_without_an_answer_says_when_its_connection_closed(between: str, words: str) -> None:
    """The time-out explains nothing where the peer hung up: whoever reads it would look for a slow central system."""
    timeline = Timeline()
    diagnosis = Diagnosis(timeline)
    for record in read_trace(CALL + between + LATER).records:
        timeline.append(record)
    assert diagnosis.advance(inf)
    (finding,) = findings_at(timeline, 1, only=("rpc.unanswered",))
    assert finding.text == words
    assert all(timeline.event(index) is ConnectionEvent.CLOSED for index in finding.related)
