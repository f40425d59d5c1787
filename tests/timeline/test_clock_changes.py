"""A timeline over a change of the clock: its times are true, its latencies and its findings too.

An answer that came at once would be an hour late, or come before its call.
"""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocpptui.diagnosis.diagnosis import Diagnosis
from ocpptui.filter.query import parse_filter
from ocpptui.ocpp.correlation import AnswerStatus
from ocpptui.ocpp.version import Direction, Version
from ocpptui.recording.writer import RecordingWriter
from ocpptui.session.file_session import FileSession
from ocpptui.timeline.clock_changes import FURTHEST, clock_set_by
from ocpptui.timeline.record import Record, RecordKind, message_record
from ocpptui.timeline.timeline import Timeline
from tests.recording.indexing import index_all

SECOND = 1_000_000
HOUR = 3600 * SECOND
START = 1_795_341_723_120_000
JUMPS = [-HOUR, 24 * HOUR, 87_660 * HOUR, -87_660 * HOUR]
CALL, ANSWER = '[2,"%d","Heartbeat",{}]', '[3,"%d",{"currentTime":"2026-01-01T00:00:00Z"}]'


class Live:
    """A session in the making: time passes, calls are made and answered, the clock is set."""

    def __init__(self, timeline: Timeline) -> None:
        self.timeline = timeline
        self.diagnosis = Diagnosis(timeline)
        self.now = START

    def call(self, number: int) -> int:
        return self._message(CALL % number, Direction.TO_CSMS)

    def answer(self, number: int) -> int:
        return self._message(ANSWER % number, Direction.TO_CHARGE_POINT)

    def set_clock(self, by: int) -> int:
        self.now += by
        note = Record(self.now, 0, RecordKind.NOTE, detail={"text": "set", "clockSetMs": by / 1000})
        return self.timeline.append(note)

    def _message(self, raw: str, direction: Direction) -> int:
        return self.timeline.append(
            message_record(raw, time=self.now, connection=1, direction=direction, version=Version.V16)
        )


@pytest.mark.parametrize("by", JUMPS)
def test_latency_and_lateness_are_by_the_time_that_passed(by: int) -> None:
    live = Live(Timeline())
    timeline = live.timeline
    quick, slow = live.call(1), live.call(2)
    live.now += SECOND
    live.set_clock(by)
    live.now += SECOND
    assert timeline.overdue(1, Direction.TO_CSMS, live.now) == []
    assert timeline.overdue_at(quick) == live.now + 28 * SECOND + 1
    answer = live.answer(1)
    live.now += 40 * SECOND
    assert timeline.age(quick, live.now) == 42 * SECOND
    late = live.answer(2)
    assert [timeline.latency(index) for index in (quick, answer)] == [2 * SECOND] * 2
    assert [timeline.latency(index) for index in (slow, late)] == [42 * SECOND] * 2
    assert [timeline.answering(index) for index in (answer, late)] == [AnswerStatus.FIRST, AnswerStatus.LATE]
    assert timeline.time(answer) == START + by + 2 * SECOND, "the times are true"
    found = parse_filter("latency<3s").select(timeline, 0, len(timeline))
    assert list(found) == [quick, answer]


@pytest.mark.parametrize("by", JUMPS)
def test_a_call_without_an_answer_is_found_after_its_time_out_and_not_before(by: int) -> None:
    live = Live(Timeline())
    before = live.call(1)
    live.now += 10 * SECOND
    live.set_clock(by)
    after = live.call(2)
    live.diagnosis.tell_time(live.now + 19 * SECOND)
    assert "rpc.unanswered" not in live.timeline.broken_rules(before)
    live.diagnosis.tell_time(live.now + 21 * SECOND)
    assert "rpc.unanswered" in live.timeline.broken_rules(before)
    assert "rpc.unanswered" not in live.timeline.broken_rules(after)
    live.now += 31 * SECOND
    live.call(3)
    assert "rpc.unanswered" in live.timeline.broken_rules(after), "a record shows the time too"


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("call"), st.integers(0, 8)),
        st.tuples(st.just("answer"), st.integers(0, 8)),
        st.tuples(st.just("pass"), st.integers(0, 40)),
        st.tuples(st.just("set"), st.sampled_from(range(len(JUMPS)))),
    ),
    max_size=40,
)


def played(live: Live, steps: list[tuple[str, int]], *, sets: bool) -> None:
    for step, number in steps:
        match step:
            case "call":
                live.call(number)
            case "answer":
                live.answer(number)
            case "pass":
                live.now += number * SECOND
            case "set":
                live.set_clock(JUMPS[number] if sets else 0)


def derived(timeline: Timeline) -> list[object]:
    """What depends on the time that passed; whether the clocks of both sides agree depends on the time of day."""
    return [
        (
            timeline.latency(index),
            timeline.answering(index),
            timeline.other_half(index),
            _without_clocks(timeline, index),
        )
        for index in range(len(timeline))
    ]


def _without_clocks(timeline: Timeline, index: int) -> list[str]:
    return [rule for rule in timeline.broken_rules(index) if rule != "boot.outdated-time"]


@given(STEPS)
@settings(deadline=None)
def test_everything_is_as_if_nobody_had_set_the_clock_live_and_from_the_file(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, int]]
) -> None:
    path = tmp_path_factory.mktemp("recordings") / "session.jsonl"
    undisturbed, live = Live(Timeline()), Live(Timeline(RecordingWriter(path)))
    played(undisturbed, steps, sets=False)
    played(live, steps, sets=True)
    assert derived(live.timeline) == derived(undisturbed.timeline)
    if len(live.timeline):
        stored = Timeline()
        Diagnosis(stored)
        index_all(path, stored).close()
        assert derived(stored) == derived(live.timeline)
        assert list(stored.times) == list(live.timeline.times)


@pytest.mark.parametrize(
    "wrong", [None, "3600000", math.nan, math.inf, -math.inf, 1e300, 10**400, FURTHEST, [], {"a": 1}]
)
def test_what_a_foreign_file_says_about_its_clock_breaks_nothing(wrong: object) -> None:
    assert clock_set_by({"clockSetMs": wrong}) == 0
    live = Live(Timeline())
    for _ in range(1000):
        live.timeline.append(Record(START, 0, RecordKind.NOTE, detail={"clockSetMs": FURTHEST / 1000}))
    assert live.timeline.clock_changes.total <= FURTHEST
    call = live.call(1)
    live.now += SECOND
    live.answer(1)
    assert live.timeline.latency(call) == SECOND


async def test_files_that_are_merged_keep_their_own_clocks(tmp_path: Path) -> None:
    """The clock of one laptop was set, and every answer in the log of the other would be late."""
    paths = [tmp_path / "one.jsonl", tmp_path / "other.jsonl"]
    one, other = (Live(Timeline(RecordingWriter(path))) for path in paths)
    other.call(1)
    other.now += 2 * SECOND
    other.answer(1)
    one.now += SECOND
    one.set_clock(HOUR)
    one.call(2)
    opening = FileSession(paths)
    while not opening.advance(1.0):
        pass
    timeline = opening.session.timeline
    latencies = [timeline.latency(index) for index in range(len(timeline)) if timeline.latency(index) is not None]
    assert latencies == [2 * SECOND] * 2
    await opening.close()
