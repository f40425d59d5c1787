"""The window of a chart and its cursor: nothing is lost at its edges, and each reading is reached."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ocpptui.ocpp.date_times import SECOND
from ocpptui.reporting.chart_window import SHORTEST, ChartWindow

HOUR = 3600 * SECOND
MOVES = st.lists(
    st.one_of(
        st.tuples(st.just("zoom"), st.sampled_from([0.1, 0.5, 0.8, 1.25, 2.0, 50.0]), st.integers(-HOUR, 2 * HOUR)),
        st.tuples(st.just("pan"), st.sampled_from([-5.0, -0.5, 0.5, 5.0]), st.just(0)),
        st.tuples(st.just("grow"), st.just(0.0), st.integers(0, HOUR)),
    ),
    max_size=20,
)


@given(MOVES, st.booleans())
def test_a_window_stays_within_what_there_is(moves: list[tuple[str, float, int]], follows: bool) -> None:
    """The user would look at nothing, and not know where the readings are."""
    window = ChartWindow()
    window.span(0, HOUR)
    window.follows = follows
    last = HOUR
    for what, factor, time in moves:
        if what == "zoom":
            window.zoom(factor, time)
        elif what == "pan":
            window.pan(factor)
        else:
            last += time
            window.span(0, last)
        assert 0 <= window.start < window.end <= last
        assert window.end - window.start >= SHORTEST
        assert not (window.follows and what == "grow") or window.end == last


def test_zooming_keeps_the_time_under_the_mouse() -> None:
    """What the user points at would slip away."""
    window = ChartWindow()
    window.span(0, HOUR)
    window.zoom(0.5, HOUR // 4)
    assert (window.start, window.end) == (HOUR // 8, HOUR // 8 + HOUR // 2)
    window.zoom(2, HOUR // 4)
    assert window.is_whole and (window.start, window.end) == (0, HOUR)


@given(st.lists(st.lists(st.integers(0, 3000), min_size=1, max_size=30).map(sorted), min_size=1, max_size=3))
def test_the_cursor_reaches_the_first_and_the_last_reading_and_comes_back(series: list[list[int]]) -> None:
    """A reading at the end could not be chosen, or the keys would stop in the middle."""
    times = [[time * SECOND for time in one] for one in series]
    every = sorted(time for one in times for time in one)
    window = ChartWindow()
    window.span(every[0], every[-1])
    for by, end in ((1, every[-1]), (-1, every[0])):
        before: int | None = -1
        while window.cursor != before:
            before = window.cursor
            window.move(times, by, 10)
            assert window.cursor in every
            assert before is None or (window.cursor - before) * by >= 0
        assert window.cursor == end


def test_zoomed_in_the_cursor_takes_each_reading_and_the_window_comes_along() -> None:
    """Of readings in one column, only one could be chosen."""
    times = [[number * SECOND for number in range(1000)]]
    window = ChartWindow()
    window.span(0, 999 * SECOND)
    window.put_at(times, 500 * SECOND + 3)
    assert window.cursor == 500 * SECOND
    window.zoom(0.01, 500 * SECOND)
    for step in range(1, 40):
        window.move(times, 1, 70)
        assert window.cursor == (500 + step) * SECOND
        assert window.start <= window.cursor <= window.end


def test_moving_ends_following() -> None:
    """The window would run away from the reading that the user looks at."""
    window = ChartWindow()
    window.follows = True
    window.span(0, HOUR)
    window.zoom(0.5, HOUR)
    window.move([[0, HOUR // 2, HOUR]], -1, 70)
    shown = window.start, window.end
    window.span(0, 2 * HOUR)
    assert (window.start, window.end) == shown


def test_without_readings_there_is_no_cursor() -> None:
    window = ChartWindow()
    window.move([], 1, 70)
    window.put_at([[]], 5)
    assert window.cursor is None
