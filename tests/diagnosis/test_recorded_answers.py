"""A log that holds the calls of one side only is no proof that nobody answered."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ocpptui.diagnosis.diagnosis import Diagnosis
from ocpptui.diagnosis.recorded_answers import ENOUGH
from ocpptui.ocpp.date_times import SECOND
from ocpptui.ocpp.version import Direction, Version
from ocpptui.timeline.record import Record, message_record
from ocpptui.timeline.timeline import Timeline

UP, DOWN = Direction.TO_CSMS, Direction.TO_CHARGE_POINT
_UNANSWERED, _NOTE, _UNSURE = "rpc.unanswered", "capture.no-answers", "capture.no-answer"


def _said(minute: int, number: int, direction: Direction, *, is_answer: bool = False) -> Record:
    action, payload = ("Heartbeat", '{"currentTime":"2026-01-01T10:00:00Z"}')
    if (direction is DOWN) != is_answer:
        action, payload = "ClearCache", '{"status":"Accepted"}'
    raw = f'[3,"{number}",{payload}]' if is_answer else f'[2,"{number}","{action}",{{}}]'
    return message_record(raw, time=minute * 60 * SECOND, connection=1, direction=direction, version=Version.V16)


def _findings(records: list[Record], step: int) -> list[tuple[str, ...]]:
    """What is found in each record, if they arrive in steps."""
    timeline = Timeline()
    diagnosis = Diagnosis(timeline)
    diagnosis.defers = True
    for start in range(0, len(records), step):
        with timeline.at_once():
            for record in records[start : start + step]:
                timeline.append(record)
    told = (_UNANSWERED, _NOTE, _UNSURE)
    return [tuple(rule for rule in timeline.broken_rules(index) if rule in told) for index in range(len(records))]


_WHAT = st.sampled_from([(UP, False), (UP, False), (DOWN, False), (DOWN, True), (UP, True)])


@given(st.lists(_WHAT, max_size=24), st.integers(1, 9))
def test_a_call_is_unanswered_only_where_answers_are_recorded(what: list[tuple[Direction, bool]], step: int) -> None:
    """Each call of a log of one side would be an error, and a central system seem to be dead that answers them all."""
    last: dict[Direction, int] = {}
    records, answered = [], set()
    for number, (direction, is_answer) in enumerate(what):
        call = last.pop(direction.opposite, None) if is_answer else None
        if call is not None:
            answered.add(call)
        if not is_answer:
            last[direction] = number
        records.append(_said(number, number if call is None else call, direction, is_answer=is_answer))
    found = _findings(records, step)
    assert found == _findings(records, 1)
    # An answer to a side of which no call was recorded before shows that lines are missing.
    lacks = any(
        is_answer and number and (direction.opposite, False) not in what[:number]
        for number, (direction, is_answer) in enumerate(what)
    )
    for direction in Direction:
        calls = [number for number, one in enumerate(what) if one == (direction, False)]
        overdue = [call for call in calls if call not in answered and call < len(what) - 1]
        has_answers = (direction.opposite, True) in what
        if has_answers or len(overdue) < ENOUGH:
            assert [found[call] for call in overdue] == [(_UNSURE if lacks else _UNANSWERED,)] * len(overdue)
        else:
            assert [found[call] for call in overdue] == [(_NOTE,), *[()] * (len(overdue) - 1)]
