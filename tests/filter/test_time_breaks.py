"""The lines of the log between the rows: three files of three years looked like one day that ran backwards."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocpptui.filter.query import parse_filter
from ocpptui.filter.selection import Selection
from ocpptui.filter.time_breaks import FEW_GAPS, MOST_GAPS, SHORTEST_GAP, Break, TimeBreaks
from ocpptui.timeline.record import Record, RecordKind
from ocpptui.timeline.timeline import Timeline

SECOND, MINUTE, HOUR, DAY = 1_000_000, 60_000_000, 3_600_000_000, 86_400_000_000
NOON = int(datetime(2026, 2, 26, 12).timestamp()) * SECOND


def timeline_of(*times: int) -> Timeline:
    timeline = Timeline()
    for moment in times:
        timeline.append(Record(moment, 1, RecordKind.NOTE, detail={"text": "note"}))
    return timeline


def lines_of(timeline: Timeline, query: str = "") -> TimeBreaks:
    selection = Selection(timeline, parse_filter(query))
    lines = TimeBreaks(selection)
    while not selection.advance(1) or not lines.advance(1):
        pass
    return lines


def told(lines: TimeBreaks) -> list[Break | int]:
    """Every line: a break, or the number of the row."""
    return [lines.break_at(line) or lines.row_at(line) for line in range(len(lines))]


@pytest.fixture
def in_berlin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    if not hasattr(time, "tzset"):
        pytest.skip("Windows has no time zone of the process")
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    yield
    monkeypatch.undo()
    os.environ.setdefault("TZ", "")
    if not os.environ["TZ"]:
        del os.environ["TZ"]
    time.tzset()


def test_each_day_begins_with_its_date() -> None:
    lines = lines_of(timeline_of(NOON, NOON + 13 * HOUR, NOON + 13 * HOUR + SECOND, NOON - DAY))
    assert told(lines) == [
        Break(date(2026, 2, 26), 0),
        0,
        Break(date(2026, 2, 27), 13 * HOUR),
        1,
        2,
        Break(date(2026, 2, 25), 0),
        3,
    ]


def test_a_day_begins_at_local_midnight_also_when_the_clocks_change(in_berlin: None) -> None:
    eve = int(datetime(2026, 3, 28, 23, 59).timestamp()) * SECOND
    minutes = [eve + number * MINUTE for number in range(60 * 26)]
    assert [line for line in told(lines_of(timeline_of(*minutes))) if isinstance(line, Break)] == [
        Break(date(2026, 3, 28), 0),
        Break(date(2026, 3, 29), 0),
        Break(date(2026, 3, 30), 0),
    ]


def test_a_long_gap_has_a_line() -> None:
    lines = lines_of(timeline_of(NOON, NOON + SECOND, NOON + 12 * MINUTE, NOON + 12 * MINUTE + SECOND))
    assert told(lines)[1:] == [0, 1, Break(None, 12 * MINUTE - SECOND), 2, 3]


def test_a_log_of_heartbeats_is_not_torn_into_single_rows() -> None:
    """A gap before every second row says nothing; the one that is longer than the others does."""
    times = [NOON - 11 * HOUR + number * 6 * MINUTE for number in range(100)]
    times = [moment + (times.index(moment) >= 50) * 2 * HOUR for moment in times]
    breaks = [line for line in told(lines_of(timeline_of(*times))) if isinstance(line, Break)]
    assert breaks == [Break(date(2026, 2, 26), 0), Break(None, 2 * HOUR + 6 * MINUTE)]


def test_a_time_that_no_calendar_knows_does_not_stop_the_log() -> None:
    assert len(lines_of(timeline_of(-(2**62), NOON, 2**62, 2**62))) >= 4


gaps = st.lists(st.sampled_from([0, SECOND, 4 * MINUTE, 6 * MINUTE, HOUR, 9 * HOUR, -HOUR, DAY]), max_size=60)


@given(gaps, st.data())
def test_rows_and_lines_lead_to_each_other_however_the_log_grows(steps: list[int], data: st.DataObject) -> None:
    timeline, now = Timeline(), NOON
    query = data.draw(st.sampled_from(["", "marked"]))
    selection = Selection(timeline, parse_filter(query))
    lines = TimeBreaks(selection)
    for step in steps:
        now += step
        index = timeline.append(Record(now, 1, RecordKind.NOTE, detail={"text": "note"}))
        if query and data.draw(st.booleans()):
            timeline.marks.add(data.draw(st.integers(0, index)))
        if data.draw(st.booleans()):
            selection.advance(1)
            for mark in timeline.marks:
                selection.retest(mark)
            lines.advance(1)
    selection.advance(1)
    for mark in timeline.marks:
        selection.retest(mark)
    while not lines.advance(1):
        pass
    shown = told(lines)
    assert [line for line in shown if isinstance(line, int)] == list(range(len(selection)))
    assert [lines.line_of(row) for row in range(len(selection))] == [
        place for place, line in enumerate(shown) if isinstance(line, int)
    ]
    anew = lines_of(timeline, query)
    days = [line.day for line in shown if isinstance(line, Break) and line.day]
    assert days == [line.day for line in told(anew) if isinstance(line, Break) and line.day]
    long = [line for line in shown if isinstance(line, Break) and line.day is None]
    assert len(long) <= FEW_GAPS + len(selection) // MOST_GAPS
    assert all(line.gap >= SHORTEST_GAP for line in long)
