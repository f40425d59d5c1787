"""What is said of many records at once is what their columns say of each."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocpptui.diagnosis.suspect_rows import is_suspect, suspects, unanswered_calls
from ocpptui.ocpp.version import Direction, Version
from ocpptui.timeline.columns import SUBSTITUTE
from ocpptui.timeline.record import RecordKind, message_record
from ocpptui.timeline.timeline import Timeline

UP, DOWN = Direction.TO_CSMS, Direction.TO_CHARGE_POINT
_TEXTS = st.sampled_from(
    [
        (UP, '[2,"1","Heartbeat",{}]'),
        (UP, '[2,"2","Heartbeat",{}]'),
        (DOWN, '[3,"1",{"currentTime":"2026-01-01T10:00:00Z"}]'),
        (DOWN, '[3,"2",{"currentTime":17}]'),
        (DOWN, '[4,"2","InternalError","",{}]'),
        (UP, "[2"),
        (UP, '[2,"3","NoSuchAction",{}]'),
    ]
)


def _timeline(said: list[tuple[Direction, str]]) -> Timeline:
    timeline = Timeline()
    for number, (direction, raw) in enumerate(said):
        timeline.append(message_record(raw, time=number, connection=1, direction=direction, version=Version.V16))
    return timeline


@given(st.lists(_TEXTS, max_size=20), st.integers(0, 20))
def test_the_same_records_are_suspected_one_by_one(said: list[tuple[Direction, str]], start: int) -> None:
    """A file would have other findings than the session that it records."""
    timeline = _timeline(said)
    start, stop = min(start, len(said)), len(said)
    columns = (timeline.kinds, timeline.flags, timeline.answerings, timeline.remarks)
    alone = [index for index in range(start, stop) if is_suspect(*(column[index] for column in columns))]
    assert list(suspects(timeline, start, stop)) == alone
    unanswered = [
        index for index in range(start, stop) if timeline.kind(index) is RecordKind.CALL and timeline.others[index] < 0
    ]
    assert list(unanswered_calls(timeline, start, stop)) == unanswered


def test_a_call_that_a_proxy_sent_for_another_needs_no_answer() -> None:
    """The call would be blamed for the other one's missing answer."""
    timeline = _timeline([(UP, '[2,"1","Heartbeat",{}]'), (UP, '[2,"2","Heartbeat",{}]')])
    timeline.flags[1] |= SUBSTITUTE
    assert list(unanswered_calls(timeline, 0, 2)) == [0]


@pytest.mark.parametrize(
    ("said", "suspected"),
    [
        ([(UP, '[2,"1","Heartbeat",{}]'), (DOWN, '[3,"1",{"currentTime":"2026-01-01T10:00:00Z"}]')], []),
        ([(DOWN, '[3,"1",{}]')], [0]),
        ([(UP, '[2,"1","Heartbeat",{}]'), (DOWN, '[4,"1","InternalError","",{}]')], [1]),
        ([(UP, "[2")], [0]),
        ([(UP, '[2,"1","NoSuchAction",{}]')], [0]),
    ],
    ids=["right", "no call", "error", "malformed", "unknown action"],
)
def test_what_is_wrong_is_suspected(said: list[tuple[Direction, str]], suspected: list[int]) -> None:
    """What is not suspected is never judged."""
    assert list(suspects(_timeline(said), 0, len(said))) == suspected
