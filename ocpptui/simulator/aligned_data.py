"""When clock-aligned meter values are due: at multiples of an interval since midnight (UTC).

Source: OCPP 1.6 sections 3.16.2, 9.1.6 (ClockAlignedDataInterval); OCPP 2.x use case J01 (AlignedDataCtrlr.Interval).
"""

from __future__ import annotations

from ocpptui.ocpp.date_times import DAY, SECOND


def next_aligned(now: int, interval: int) -> int | None:
    """The next moment after `now` (microseconds since 1970-01-01 UTC) for an interval in seconds; None for 0.

    The first one of each day is midnight, also where the interval does not divide the day.
    """
    if interval <= 0:
        return None
    midnight, step = now - now % DAY, interval * SECOND
    return min(midnight + ((now - midnight) // step + 1) * step, midnight + DAY)


class AlignedClock:
    """Follows the interval, which the central system may change at any time."""

    def __init__(self) -> None:
        self.due: int | None = None
        self._interval = 0

    def follow(self, now: int, interval: int) -> None:
        """Plan the next moment, if the interval has changed."""
        if interval != self._interval:
            self._interval, self.due = interval, next_aligned(now, interval)

    def is_due(self, now: int) -> bool:
        """Whether values are due by `now`; the next moment is then planned."""
        if self.due is None or self.due > now:
            return False
        self.due = next_aligned(now, self._interval)
        return True

    def clock_set(self, by: int) -> None:
        """The clock was set by so many microseconds: the moment after the next is a multiple of the interval again."""
        self.due = None if self.due is None else self.due + by
