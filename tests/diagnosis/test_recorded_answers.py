"""A log that holds the calls of one side only is no proof that nobody answered."""

from __future__ import annotations

from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocpptui.diagnosis import recorded_answers
from ocpptui.diagnosis.diagnosis import Diagnosis
from ocpptui.diagnosis.recorded_answers import ENOUGH, RecordedAnswers
from ocpptui.ocpp.date_times import SECOND
from ocpptui.ocpp.version import Direction, Version
from ocpptui.timeline.record import Record, message_record
from ocpptui.timeline.timeline import Timeline
from tests.kit.linear_time import assert_linear

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


def test_connections_whose_first_answer_comes_late_take_linear_time() -> None:
    """A log of 10,000 charge points would freeze the screen while it is read."""

    def seconds(count: int) -> float:
        timeline = Timeline()
        diagnosis = Diagnosis(timeline)
        diagnosis.defers = True
        parties = range(1, count + 1)

        def said(minute: int, party: int, direction: Direction, text: str) -> Record:
            time = minute * 60 * SECOND
            return message_record(text, time=time, connection=party, direction=direction, version=Version.V16)

        calls = [
            said(0, party, DOWN, f'[2,"{number}","ClearCache",{{}}]') for number in range(ENOUGH) for party in parties
        ]
        later = [said(15, party, DOWN, '[2,"b","ClearCache",{}]') for party in parties]
        answers = [[said(16, party, UP, '[3,"b",{"status":"Accepted"}]')] * 2 for party in parties]
        start = process_time()
        for records in (calls, later, *answers):
            with timeline.at_once():
                for record in records:
                    timeline.append(record)
        taken = process_time() - start
        assert {timeline.broken_rules(index) for index in range(len(calls))} == {(_UNANSWERED,)}
        return taken

    assert_linear(seconds, 200)


def test_what_is_remembered_of_overdue_calls_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """A live log of one side would need more and more memory; the note about it must stay where it is."""
    monkeypatch.setattr(recorded_answers, "MOST_OVERDUE", 5)
    timeline = Timeline()
    answers = RecordedAnswers(timeline)
    for number in range(20):
        timeline.append(_said(number, number, UP))
        assert answers.is_overdue(number) == ([0, 1] if number == ENOUGH - 1 else [])
    assert answers.is_first(0)
    assert answers.lack(19)
    timeline.append(_said(20, 20, DOWN, is_answer=True))
    assert answers.changed() == [0, 1, 2, 3, 4]
    assert not answers.lack(19)
