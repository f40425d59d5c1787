"""Time for which the user held a message is not held against a peer, or every breakpoint ends in a false finding."""

from __future__ import annotations

from typing import Any

import pytest

from ocpptui.diagnosis.diagnosis import Diagnosis
from ocpptui.diagnosis.findings import findings_at
from ocpptui.ocpp.date_times import SECOND
from ocpptui.ocpp.version import Direction, Version
from ocpptui.timeline.record import ConnectionEvent, Origin, Record, RecordKind, message_record
from ocpptui.timeline.timeline import Timeline

START = 1_795_341_723 * SECOND
UP, DOWN = Direction.TO_CSMS, Direction.TO_CHARGE_POINT
CALL, ANSWER = '[2,"1","Heartbeat",{}]', '[3,"1",{"currentTime":"2026-11-22T12:00:00Z"}]'
STRAIGHT: dict[str, Any] = {"frame": 1, "passedOnMs": 0.2}
KEPT: dict[str, Any] = {"frame": 1}


def message(seconds: float, raw: str, direction: Direction, origin: Origin = Origin.WIRE, **detail: Any) -> Record:
    time = START + round(seconds * SECOND)
    record = message_record(
        raw, time=time, connection=1, direction=direction, charge_point="CP1", version=Version.V16, origin=origin
    )
    record.detail = detail
    return record


def note(seconds: float, origin: Origin = Origin.PROXY, **detail: Any) -> Record:
    time = START + round(seconds * SECOND)
    return Record(time, 1, RecordKind.NOTE, None, "CP1", Version.V16, origin=origin, detail=detail)


def told(*records: Record) -> list[str]:
    """The sentences about how long something took."""
    timeline = Timeline()
    diagnosis = Diagnosis(timeline)
    opened = {"event": ConnectionEvent.OPENED}
    timeline.append(Record(START, 1, RecordKind.CONNECTION, None, "CP1", Version.V16, detail=opened))
    for record in records:
        timeline.append(record)
    while not diagnosis.advance(1000):
        pass
    timed = ("rpc.slow-answer", "rpc.late-answer", "rpc.unanswered", "rpc.passed-over", "rpc.peer-does-not-answer")
    found = [one for index in range(len(timeline)) for one in findings_at(timeline, index)]
    return [one.text for one in found if one.rule in timed]


KEPT_BACK = " within the time-out, but the call did not go on at once: it was held or changed here."
SLOW = "Heartbeat was answered after {}; the limit is 10 s."


@pytest.mark.parametrize(
    ("records", "said"),
    [
        ([message(1, CALL, UP, **STRAIGHT), message(16, ANSWER, DOWN)], [SLOW.format("15 s")]),
        ([message(1, CALL, UP, **KEPT), note(14, change="passed-later", insteadOf=1), message(16, ANSWER, DOWN)], []),
        (
            [message(1, CALL, UP, **KEPT), note(6, change="passed-later", insteadOf=1), message(18, ANSWER, DOWN)],
            [SLOW.format("12 s") + " It was held here for 5 s before, which does not count."],
        ),
        # Another message was held.
        (
            [message(1, CALL, UP, **STRAIGHT), note(14, change="passed-later", insteadOf=9), message(16, ANSWER, DOWN)],
            [SLOW.format("15 s")],
        ),
        (
            [
                message(1, CALL, UP, **KEPT),
                message(14, CALL, UP, Origin.PROXY, change="changed", insteadOf=1),
                message(16, ANSWER, DOWN),
            ],
            [],
        ),
        # The proxy answers, the user answers, a rule delays the answer.
        ([message(1, CALL, UP, **KEPT), message(16, ANSWER, DOWN, Origin.PROXY, change="answered", insteadOf=1)], []),
        ([message(1, CALL, UP), message(16, ANSWER, DOWN, Origin.MANUAL)], []),
        ([message(1, CALL, UP), message(16, ANSWER, DOWN, Origin.BEHAVIOUR, fault={"rule": "a", "do": "delay"})], []),
        # The simulation is slow by itself, or after the call was released.
        ([message(1, CALL, UP), message(16, ANSWER, DOWN, Origin.BEHAVIOUR)], [SLOW.format("15 s")]),
        (
            [
                message(1, CALL, UP),
                note(15, Origin.BEHAVIOUR, released="1"),
                message(16, ANSWER, DOWN, Origin.BEHAVIOUR),
            ],
            [],
        ),
        # Later than the time-out: who waited is right to say so, and learns why.
        (
            [message(1, CALL, UP, **KEPT), note(50, change="passed-later", insteadOf=1), message(51, ANSWER, DOWN)],
            ["This answer did not come" + KEPT_BACK],
        ),
        (
            [message(1, CALL, UP, **KEPT), note(50, change="dropped", insteadOf=1), note(60)],
            [],  # it never reached the other side, which is not to blame
        ),
    ],
    ids=[
        "not held", "held", "held and slow", "another held", "changed", "answered by proxy", "answered by hand",
        "delayed by rule", "slow simulation", "released", "held too long", "dropped",
    ],
)  # fmt: skip
def test_the_time_is_what_the_peer_took(records: list[Record], said: list[str]) -> None:
    assert told(*records) == said


def test_a_call_that_was_held_is_not_passed_over() -> None:
    later = (
        message(5, CALL.replace("1", "x"), UP, frame=2, passedOnMs=0.1),
        message(5.5, ANSWER.replace('"1"', '"x"'), DOWN),
    )
    for detail, count in ((STRAIGHT, 1), (KEPT, 0)):
        assert len(told(message(1, CALL, UP, **detail), *later)) == count
