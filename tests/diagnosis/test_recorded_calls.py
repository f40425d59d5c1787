"""A log that holds what one side sent is no proof that the other one answers calls that nobody made."""

from __future__ import annotations

from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocpptui.diagnosis import recorded_calls
from ocpptui.diagnosis.diagnosis import Diagnosis
from ocpptui.diagnosis.fact_kinds import Stray
from ocpptui.diagnosis.recorded_calls import RecordedCalls
from ocpptui.ocpp.date_times import SECOND
from ocpptui.ocpp.version import Direction, Version
from ocpptui.timeline.record import Record, message_record
from ocpptui.timeline.timeline import Timeline
from tests.kit.linear_time import assert_linear

UP, DOWN = Direction.TO_CSMS, Direction.TO_CHARGE_POINT
_ORPHAN, _LATE, _NOTE = "rpc.orphan-answer", "capture.starts-late", "capture.no-calls"


def _record(minute: int, direction: Direction, *, is_answer: bool) -> Record:
    raw = f'[3,"{minute}",{{"status":"Accepted"}}]' if is_answer else f'[2,"{minute}","Heartbeat",{{}}]'
    if not is_answer and direction is DOWN:
        raw = f'[2,"{minute}","ClearCache",{{}}]'
    return message_record(raw, time=minute * 60 * SECOND, connection=1, direction=direction, version=Version.V16)


_TOLD = (_ORPHAN, _LATE, _NOTE)


def _findings(records: list[Record], step: int, told: tuple[str, ...] = _TOLD) -> list[str]:
    """What is found in each record by some rules, those about a missing call, if the records arrive in steps."""
    timeline = Timeline()
    diagnosis = Diagnosis(timeline)
    diagnosis.defers = True
    for start in range(0, len(records), step):
        with timeline.at_once():
            for record in records[start : start + step]:
                timeline.append(record)
    return [" ".join(rule for rule in timeline.broken_rules(index) if rule in told) for index in range(len(records))]


_WHAT = st.sampled_from([(UP, False), (DOWN, False), (DOWN, True), (DOWN, True), (UP, True)])


@given(st.lists(_WHAT, max_size=24), st.integers(1, 9))
def test_an_answer_lacks_its_call_only_where_calls_are_recorded(what: list[tuple[Direction, bool]], step: int) -> None:
    """Each answer in the log of a central system that notes only what it sends would be a warning."""
    records = [_record(number, direction, is_answer=is_answer) for number, (direction, is_answer) in enumerate(what)]
    found = _findings(records, step)
    assert found == _findings(records, 1)
    noted = set[Direction]()
    for number, (direction, is_answer) in enumerate(what):
        if not is_answer:
            expected = ""
        elif number == 0:
            expected = _LATE
        elif (direction.opposite, False) in what[:number]:
            expected = _ORPHAN
        else:
            expected = "" if direction in noted else _NOTE
            noted.add(direction)
        assert found[number] == expected


def test_a_refused_error_is_of_a_call_that_is_recorded() -> None:
    """The user would look for a call before the recording that is its first record."""
    raws = [
        (UP, '[2,"a","Heartbeat",{}]'),
        (DOWN, '[4,"a","InternalError","",{}]'),
        (UP, '[5,"a","FormatViolation","",{}]'),
    ]
    records = [
        message_record(raw, time=number * SECOND, connection=1, direction=way, version=Version.V21)
        for number, (way, raw) in enumerate(raws)
    ]
    for step in (1, 3):
        assert _findings(records, step) == ["", "", _ORPHAN]


@pytest.mark.parametrize("step", [1, 2, 9])
def test_an_excerpt_that_lacks_calls_may_lack_an_answer_too(step: int) -> None:
    """Support would blame a charge point for an answer that the one who cut the log out left away."""
    raws = [
        (0, DOWN, '[2,"a","RemoteStopTransaction",{"transactionId":1}]'),
        (105, DOWN, '[3,"463480570",{}]'),
        (116, UP, '[2,"b","Heartbeat",{}]'),
        (116, DOWN, '[3,"b",{"currentTime":"2026-01-01T10:00:00Z"}]'),
        (117, DOWN, '[2,"c","ClearCache",{}]'),
        (300, UP, '[2,"d","Heartbeat",{}]'),
    ]
    records = [
        message_record(raw, time=second * SECOND, connection=1, direction=way, version=Version.V16)
        for second, way, raw in raws
    ]
    found = _findings(records, step, ("rpc.unanswered", "capture.no-answer"))
    assert found == ["capture.no-answer", "", "", "", "capture.no-answer", ""]
    whole = _findings(records[:1] + records[2:], step, ("rpc.unanswered", "capture.no-answer"))
    assert whole == ["rpc.unanswered", "", "", "rpc.unanswered", ""], "nothing shows that this log lacks lines"


def test_connections_that_lack_calls_take_linear_time() -> None:
    """A log of 10,000 charge points from which lines were cut would freeze the screen while it is read."""

    def seconds(count: int) -> float:
        timeline = Timeline()
        diagnosis = Diagnosis(timeline)
        diagnosis.defers = True
        calls = [
            message_record('[2,"a","ClearCache",{}]', time=0, connection=number, direction=DOWN, version=Version.V16)
            for number in range(1, count + 1)
        ]
        answers = [
            message_record('[3,"b",{}]', time=900 * SECOND, connection=number, direction=DOWN, version=Version.V16)
            for number in range(1, count + 1)
        ]
        start = process_time()
        for records in (calls, *([answer] * 2 for answer in answers)):
            with timeline.at_once():
                for record in records:
                    timeline.append(record)
        taken = process_time() - start
        assert {timeline.broken_rules(index) for index in range(count)} == {("capture.no-answer",)}
        return taken

    assert_linear(seconds, 400)


def test_what_is_remembered_of_overdue_calls_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """A session of months would need more and more memory; what is said of the newest connection must not suffer."""
    monkeypatch.setattr(recorded_calls, "MOST_OVERDUE", 4)
    timeline = Timeline()
    records = RecordedCalls(timeline)
    for connection in range(1, 8):
        for number in range(2):
            raw = f'[2,"{number}","Heartbeat",{{}}]'
            timeline.append(message_record(raw, time=0, connection=connection, direction=UP, version=Version.V16))
            records.is_overdue(len(timeline) - 1)
    for connection, remembered in ((7, [12, 13]), (1, [])):
        answer = '[3,"x",{}]'
        late = 600 * SECOND  # too late for the answer to a call from before the recording
        stray = message_record(answer, time=late, connection=connection, direction=UP, version=Version.V16)
        assert records.stray(timeline.append(stray)) is not Stray.NOTHING
        assert records.changed() == remembered
