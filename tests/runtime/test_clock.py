"""The clock of a session, on a machine whose clock is set by an hour, a day, ten years, or that sleeps."""

from __future__ import annotations

import time

from hypothesis import given
from hypothesis import strategies as st

from ocpptui.runtime.clock import NOTICEABLE, SLEW, TOGETHER, ClockChange, SessionClock, now

SECOND = 10**9
HOUR = 3600 * SECOND
YEARS = 87_660 * HOUR


class ClocksOfMachine:
    """The clocks of a machine, in nanoseconds."""

    def __init__(self) -> None:
        self.time_of_day = 1_795_341_723 * SECOND
        self.awake = 5 * SECOND
        self.since_boot = 7 * SECOND
        self.interrupted = 0  # how long the program waits between two readings
        self.clock = SessionClock(self.wall, self.steady, self.asleep)

    def wall(self) -> int:
        self.passes(self.interrupted)
        return self.time_of_day

    def steady(self) -> int:
        return self.awake

    def asleep(self) -> int:
        return self.since_boot

    def passes(self, span: int, drift: int = 0) -> None:
        self.awake += span
        self.since_boot += span
        self.time_of_day += span + drift

    def sleeps(self, span: int) -> None:
        self.since_boot += span
        self.time_of_day += span


@given(
    st.lists(
        st.tuples(
            st.integers(0, HOUR),
            st.one_of(st.integers(-10 * YEARS, 10 * YEARS), st.sampled_from([-HOUR, 24 * HOUR, YEARS])),
        ),
        max_size=20,
    )
)
def test_a_difference_of_readings_is_the_time_that_passed(steps: list[tuple[int, int]]) -> None:
    """A heartbeat would not be sent for an hour, or an answer would be late that came at once."""
    machine = ClocksOfMachine()
    clock = machine.clock
    for span, by in steps:
        before = clock()
        machine.passes(span)
        assert abs(clock() - before - span // 1000) <= 1
        machine.time_of_day += by
        assert abs(clock() - before - span // 1000) <= 1, "until it is followed"
        change = clock.follow()
        if abs(by) >= NOTICEABLE + span // SLEW + 1000:
            assert change is not None and abs(change.by - by // 1000) <= NOTICEABLE // 1000
            assert clock() == machine.time_of_day // 1000, "the true time"
        if change is not None:
            assert abs(clock() - before - span // 1000 - change.by) <= 2


def test_a_clock_that_runs_differently_is_followed_slowly_and_without_a_word() -> None:
    """The log of a night would be full of notes, or times would be off by seconds in the morning."""
    machine = ClocksOfMachine()
    for _ in range(1000):
        before = machine.clock()
        machine.passes(SECOND // 2, drift=50_000)  # 100 ppm
        assert machine.clock.follow() is None
        assert abs(machine.clock() - before - 500_000) <= 500_000 / SLEW + 1
    assert abs(machine.clock() - machine.time_of_day // 1000) <= 100


def test_sleep_is_told_from_a_clock_that_was_set() -> None:
    machine = ClocksOfMachine()
    machine.sleeps(HOUR)
    assert machine.clock.follow() == ClockChange(HOUR // 1000, HOUR // 1000)
    machine.sleeps(HOUR)
    machine.time_of_day -= 2 * HOUR
    assert machine.clock.follow() == ClockChange(-HOUR // 1000, HOUR // 1000)
    assert machine.clock.follow() is None


def test_a_reading_that_was_interrupted_does_not_count() -> None:
    """A busy machine would report that its clock was set whenever it was busy."""
    machine = ClocksOfMachine()
    machine.interrupted = TOGETHER * 100
    assert machine.clock.follow() is None
    machine.interrupted = 0
    assert machine.clock.follow() is None


def test_it_gives_the_time_of_day_of_this_machine() -> None:
    clock = SessionClock()
    assert clock.follow() is None
    earlier = now()
    assert earlier - 1_000_000 < clock() < now() + 1_000_000
    before = time.time() * 1e6
    assert before - 1_000_000 < now() < time.time() * 1e6 + 1_000_000
