"""The part of time that a chart shows, and the cursor in it."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from ocpptui.ocpp.date_times import SECOND

SHORTEST = 2 * SECOND
"""No window is shorter."""
Times = Sequence[int]


class ChartWindow:
    """A window over a span of time, in µs since 1970 UTC. It shows the whole span until the user zooms.

    While it follows, its end is that of the span.
    """

    def __init__(self) -> None:
        self.first, self.last = 0, SHORTEST
        """The span of what there is."""
        self.follows = False
        self.cursor: int | None = None
        """A time at which something was measured."""
        self._zoomed: tuple[int, int] | None = None

    @property
    def start(self) -> int:
        return self._ends[0]

    @property
    def end(self) -> int:
        return self._ends[1]

    @property
    def is_whole(self) -> bool:
        """Whether everything is shown."""
        return self._zoomed is None

    @property
    def _ends(self) -> tuple[int, int]:
        if self._zoomed is not None:
            return self._zoomed
        return self.first, max(self.last, self.first + SHORTEST)

    def span(self, first: int, last: int) -> None:
        """Say from when to when there is anything."""
        self.first, self.last = first, max(first, last)
        if self.follows and self._zoomed is not None:
            length = self._zoomed[1] - self._zoomed[0]
            self._zoomed = self.last - length, self.last

    def zoom(self, factor: float, about: int) -> None:
        """Show a part as long as `factor` times the present one, in which a time stays where it is.

        While it follows, that is the end.
        """
        start, end = self._ends
        about = end if self.follows else about
        length = end - start
        wanted = max(round(length * factor), SHORTEST)
        if wanted >= max(self.last - self.first, SHORTEST):
            self._zoomed = None
            return
        about = min(max(about, start), end)
        new = about - (about - start) * wanted // max(length, 1)
        self._show(new, wanted)

    def pan(self, share: float) -> None:
        """Move by a part of the window; to the left if it is negative."""
        if self._zoomed is not None:
            start, end = self._zoomed
            self.follows = False
            self._show(start + round((end - start) * share), end - start)

    def show_all(self) -> None:
        """Show the whole span."""
        self._zoomed = None

    def show(self, start: int, end: int) -> None:
        """Show this part, for a transaction."""
        self.follows = False
        self._show(start, max(end - start, SHORTEST))

    def _show(self, start: int, length: int) -> None:
        start = max(min(start, max(self.last, self.first + SHORTEST) - length), self.first)
        self._zoomed = start, start + length

    def reveal(self) -> None:
        """Move until the cursor is in the window."""
        if self.cursor is not None and self._zoomed is not None and not self.start <= self.cursor <= self.end:
            length = self.end - self.start
            self._show(self.cursor - (length // 8 if self.cursor < self.start else length - length // 8), length)

    # -- the cursor ---------------------------------------------------------------------------------------------

    def move(self, series: Sequence[Times], by: int, width: int) -> None:
        """Move the cursor to the next reading of any series, to the left for -1, in another one of `width` columns."""
        least = max((self.end - self.start) // max(width, 1), 1)
        if self.cursor is None:
            self.follows = False
            self.put_at(series, self.end if by < 0 else self.start)
            return
        found = [time for times in series if (time := _beyond(times, self.cursor, by, least)) is not None]
        if not found:  # the last ones, if they are nearer
            found = [time for times in series if (time := _beyond(times, self.cursor, by, 1)) is not None]
            found = [max(found) if by > 0 else min(found)] if found else []
        if found:
            self.cursor = min(found) if by > 0 else max(found)
            self.follows = False
            self.reveal()

    def put_at(self, series: Sequence[Times], time: int) -> None:
        """Put the cursor at the reading nearest to a time."""
        near = [_nearest(times, time) for times in series if len(times)]
        self.cursor = min(near, key=lambda one: abs(one - time)) if near else None


def _beyond(times: Times, time: int, by: int, least: int) -> int | None:
    """The first time that is at least `least` later, or earlier; None if there is none."""
    place = bisect_left(times, time + least) if by > 0 else bisect_right(times, time - least) - 1
    return times[place] if 0 <= place < len(times) else None


def _nearest(times: Times, time: int) -> int:
    place = bisect_left(times, time)
    around = times[max(place - 1, 0) : place + 1]
    return min(around, key=lambda one: abs(one - time))
