"""Hands the records of a live session to the checkers between its turns, so that no peer waits for them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from math import inf
from time import perf_counter

from ocpptui.diagnosis.diagnosis import Diagnosis
from ocpptui.session.finding_alarm import FindingAlarm
from ocpptui.timeline.timeline import Timeline

SHARE = 0.03
"""The part of the time of everything else that the checkers may have while records keep coming."""
LONGEST = 0.005
"""The most seconds of one slice."""
QUIET = 0.05
"""Seconds without a record after which nobody waits for the loop."""
PAUSE = 0.005
"""Seconds until the next slice where the time for checks is used up."""
NOTICEABLE = 1000
"""How many records may wait before the user sees that the diagnosis is behind; some turns are enough for as many."""


class LiveDiagnosis:
    """Follows a timeline. The records of one turn of the loop are checked in the next, after its answers were sent.

    Where records come faster than they can be checked in that time, the checkers fall `behind`, and catch up as soon as
    fewer come. An alarm that watches for findings gets them with the record that shows them.
    """

    def __init__(
        self,
        timeline: Timeline,
        diagnosis: Diagnosis,
        alarm: FindingAlarm,
        *,
        seconds: Callable[[], float] = perf_counter,
    ) -> None:
        self.is_on = True
        """Off, someone else calls `Diagnosis.advance`."""
        self._timeline = timeline
        self._diagnosis = diagnosis
        self._alarm = alarm
        self._seconds = seconds
        self._goes_on_soon = False
        self._seen = 0  # how many records there were in the last slice
        self._came = -inf  # when there were more than in the slice before
        self._paused = -inf  # when the last slice ended
        self._credit = 0.0  # seconds that may be spent while records keep coming
        diagnosis.defers = True
        timeline.watch(self._grown)

    @property
    def behind(self) -> int:
        """How many records the checkers have not seen yet; 0 if they are not `NOTICEABLE`."""
        waiting = len(self._timeline) - self._diagnosis.diagnosed if self.is_on else 0
        return waiting if waiting > NOTICEABLE else 0

    @property
    def diagnosed(self) -> float:
        """The part of the records that the checkers have seen, from 0 to 1, as far as they are `behind`."""
        return 1 - self.behind / max(len(self._timeline), 1)

    def catch_up(self, upto: int | None = None) -> None:
        """Check everything now, for those who read findings; or only as far as the findings of the record `upto`."""
        if not self.is_on:
            return
        if upto is None:
            self._diagnosis.advance(inf)
            return
        while self._diagnosis.diagnosed <= upto and not self._diagnosis.advance(0):
            pass

    async def finish(self, seconds: float = inf) -> None:
        """Check everything at the end of a session, for `seconds` at most, with turns of the loop in between."""
        end, is_done = self._seconds() + seconds, not self.is_on
        while not is_done and self._seconds() < end:
            is_done = self._diagnosis.advance(LONGEST)
            await asyncio.sleep(0)
        self._goes_on_soon = False  # this loop may be over

    def _grown(self) -> None:
        if not self.is_on:
            return
        if self._alarm.is_set:
            self._diagnosis.advance(inf)
        elif not self._goes_on_soon:
            self._go_on_soon()

    def _go_on_soon(self) -> None:
        try:
            # The answers of this turn are sent at its end: what is called from there comes after them.
            asyncio.get_running_loop().call_soon(self._wait_for_the_end_of_the_turn)
            self._goes_on_soon = True
        except RuntimeError:  # there is no event loop
            self._diagnosis.advance(inf)

    def _wait_for_the_end_of_the_turn(self) -> None:
        asyncio.get_running_loop().call_soon(self._go_on)

    def _go_on(self) -> None:
        """Check a slice. Once no record has come for a while, the slices follow each other."""
        self._goes_on_soon = False
        if not self.is_on:
            return
        began, records = self._seconds(), len(self._timeline)
        if records != self._seen:
            self._seen, self._came = records, began
        self._credit = min(self._credit + (began - self._paused) * SHARE, LONGEST)
        budget = LONGEST if began - self._came > QUIET else self._credit
        has_more = budget <= 0 or not self._diagnosis.advance(budget)
        self._paused = self._seconds()
        self._credit -= self._paused - began
        if has_more:
            self._goes_on_soon = True
            asyncio.get_running_loop().call_later(0 if budget > 0 else PAUSE, self._go_on)
