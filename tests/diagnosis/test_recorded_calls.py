"""A log that holds what one side sent is no proof that the other one answers calls that nobody made."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ocpptui.diagnosis.diagnosis import Diagnosis
from ocpptui.ocpp.date_times import SECOND
from ocpptui.ocpp.version import Direction, Version
from ocpptui.timeline.record import Record, message_record
from ocpptui.timeline.timeline import Timeline

UP, DOWN = Direction.TO_CSMS, Direction.TO_CHARGE_POINT
_ORPHAN, _LATE, _NOTE = "rpc.orphan-answer", "capture.starts-late", "capture.no-calls"


def _record(minute: int, direction: Direction, *, is_answer: bool) -> Record:
    raw = f'[3,"{minute}",{{"status":"Accepted"}}]' if is_answer else f'[2,"{minute}","Heartbeat",{{}}]'
    if not is_answer and direction is DOWN:
        raw = f'[2,"{minute}","ClearCache",{{}}]'
    return message_record(raw, time=minute * 60 * SECOND, connection=1, direction=direction, version=Version.V16)


def _findings(records: list[Record], step: int) -> list[str]:
    """What is found in each record about a missing call, if the records arrive in steps."""
    timeline = Timeline()
    diagnosis = Diagnosis(timeline)
    diagnosis.defers = True
    for start in range(0, len(records), step):
        with timeline.at_once():
            for record in records[start : start + step]:
                timeline.append(record)
    told = (_ORPHAN, _LATE, _NOTE)
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
