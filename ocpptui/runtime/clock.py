"""The time that records carry."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import NamedTuple

Clock = Callable[[], int]
"""Gives microseconds since 1970-01-01 UTC."""
Nanoseconds = Callable[[], int]

NOTICEABLE = 200_000_000
"""Nanoseconds from which on a difference between the clocks is a change that is reported."""
SLEW = 2000
"""A smaller difference is made up for slowly, as NTP does it: by at most 1 / SLEW of the time that has passed."""
ATTEMPTS = 3
"""How often the clocks are read until they were read together."""
TOGETHER = 10_000_000
"""Nanoseconds within which the clocks must be read for their difference to count."""


def now() -> int:
    """The present time in microseconds since 1970-01-01 UTC."""
    return time.time_ns() // 1000


class ClockChange(NamedTuple):
    """What happened to the clock of this machine, in microseconds."""

    by: int
    """How far the time of day has moved, apart from the time that has passed; negative: back."""
    suspended: int = 0
    """How long the machine slept, which is a part of `by`."""


class SessionClock:
    """A `Clock` for the records and the deadlines of a session.

    It gives the time of day, but runs with the monotonic clock, so that a difference of two of its readings is always
    the time that has passed. If somebody sets the clock of the machine, `follow` finds out and adopts the new time of
    day, in one step; the caller then knows by how much, and can correct what it has planned.
    """

    def __init__(
        self,
        wall: Nanoseconds = time.time_ns,
        steady: Nanoseconds = time.monotonic_ns,
        asleep: Nanoseconds | None = None,
    ) -> None:
        """`asleep` counts like `steady`, and also while the machine is suspended; by default that of the system."""
        self._wall = wall
        self._steady = steady
        self._asleep = asleep or (_counting_sleep if wall is time.time_ns else steady)
        self._ahead = wall() - steady()  # how far the time of day is ahead of the steady clock
        self._slept = self._asleep() - steady()
        self._followed = steady()

    def __call__(self) -> int:
        return (self._steady() + self._ahead) // 1000

    def follow(self) -> ClockChange | None:
        """Compare with the clock of the machine. Returns the change if it was set, or if the machine slept."""
        for _ in range(ATTEMPTS):
            before = self._steady()
            wall, asleep = self._wall(), self._asleep()
            steady = self._steady()
            if steady - before <= TOGETHER:
                break
        else:  # we were interrupted between the readings; the next call will do
            return None
        off, slept = wall - steady - self._ahead, asleep - steady - self._slept
        passed, self._followed = steady - self._followed, steady
        if max(abs(off), slept) < NOTICEABLE:
            most = passed // SLEW
            self._ahead += max(-most, min(most, off))
            return None
        self._ahead += off
        self._slept += slept
        return ClockChange(off // 1000, max(slept, 0) // 1000 if slept >= NOTICEABLE else 0)


def _counting_sleep() -> int:
    """A monotonic clock that also runs while the machine sleeps; `time.monotonic_ns` if there is none."""
    if sys.platform == "win32":
        return time.monotonic_ns()
    clock = getattr(time, "CLOCK_MONOTONIC" if sys.platform == "darwin" else "CLOCK_BOOTTIME", None)
    return time.monotonic_ns() if clock is None else time.clock_gettime_ns(clock)
