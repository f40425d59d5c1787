"""Runs the checkers over a large recording in two processes, with the findings that one process has.

No finding depends on two charge points, so each process follows half of them, in the same rows: the second one gets a
copy of the columns and reads the texts from the file. What both find is put in one order.
"""

from __future__ import annotations

import os
from collections import Counter
from contextlib import suppress
from heapq import merge
from time import perf_counter

from ocpptui.diagnosis.checker_process import PORTION, SecondHalf
from ocpptui.diagnosis.checker_run import MOST_CHARGE_POINTS, TakesFinding, station_key
from ocpptui.diagnosis.half_run import HalfRun
from ocpptui.diagnosis.rule_lookup import rule_named
from ocpptui.ocpp.check_limits import CheckLimits
from ocpptui.recording.recording_reader import Recording
from ocpptui.timeline.timeline import Timeline

LARGE = 32 * 2**20
"""Bytes of a recording from which starting a second process pays off."""
LEAST = 0.1
"""The part of the records that is worth a second process."""
HEAD_START = 40_000
"""How many records this process follows while the other one starts."""
AHEAD = 64 * PORTION
"""How many records one half may be ahead of the other: what it finds has to wait."""
SLICE = 0.01
"""Seconds of work between two looks at the other process."""

Halves = tuple[list[bool], list[bool]]
"""For each party of a timeline, whether it is in the first half, and whether it is in the second."""


class SharedRun:
    """Goes on as a `CheckerRun` does, over a timeline that does not grow any more."""

    def __init__(
        self, timeline: Timeline, recording: Recording, halves: Halves, found: TakesFinding, limits: CheckLimits
    ) -> None:
        """Raises OSError if no process can be started."""
        self.done = 0
        """The findings of the records before this one have been reported."""
        self.limits = limits
        """Those with which it began."""
        self._timeline = timeline
        self._other_half = halves[1]
        self._report = found
        self._own = HalfRun(timeline, halves[0], limits)
        self._other: HalfRun | SecondHalf = SecondHalf(timeline, recording, halves[1], limits)

    def advance(self, budget_s: float) -> bool:
        """Hand over further records for about `budget_s` seconds; True when none are left."""
        end, count = perf_counter() + budget_s, len(self._timeline)
        while self.done < count:
            left = max(end - perf_counter(), 0)
            is_ahead = self._own.done >= min(count, self._other.done + AHEAD)
            if not is_ahead:
                self._own.advance(min(left, SLICE))
            self._other.advance(min(left, SLICE) if is_ahead else 0)
            if isinstance(self._other, SecondHalf) and self._other.ended:
                self._do_without()
            self._report_both()
            if perf_counter() >= end:
                break
        if self.done == count:
            self.close()
        return self.done == count

    def tell_time(self, now: int) -> None:
        """Nothing happens: what is in a file that does not grow shows all the time that passes."""

    def close(self) -> None:
        """End the second process."""
        if isinstance(self._other, SecondHalf):
            self._other.close()

    def _do_without(self) -> None:
        """The second process has ended unexpectedly: do its half from the beginning."""
        self.close()
        self._other = HalfRun(self._timeline, self._other_half, self.limits)

    def _report_both(self) -> None:
        """Report what was found in the records that both halves have behind them."""
        done = max(self.done, min(self._own.done, self._other.done))
        for one in merge(self._own.take(done), self._other.take(done), key=lambda one: one.done):
            if one.done > self.done:
                self._report(rule_named(one.rule), one.record, one.related, one.values)
        self.done = done


def shared_run(timeline: Timeline, recording: Recording, found: TakesFinding, limits: CheckLimits) -> SharedRun | None:
    """A run in two processes over all records of a recording; None if that does not pay off, or is impossible."""
    if recording.size >= LARGE and (os.cpu_count() or 1) > 1 and (halves := halves_of(timeline)) is not None:
        with suppress(OSError):
            return SharedRun(timeline, recording, halves, found, limits)
    return None


def halves_of(timeline: Timeline) -> Halves | None:
    """The charge points in two halves that take about as long; None if there are too few of them, or so many that some
    are forgotten."""
    records = Counter[str | int]()
    for party, count in Counter(timeline.parties).items():
        records[station_key(timeline.party_table[party])] += count
    sizes, first = [0, 0], dict[str | int, bool]()
    ahead = min(HEAD_START, len(timeline) // 4)
    for key, count in records.most_common():
        first[key] = sizes[0] <= sizes[1] + ahead
        sizes[not first[key]] += count
    if min(sizes) < LEAST * len(timeline) or len(records) > MOST_CHARGE_POINTS:
        return None
    chosen = [first.get(station_key(party), False) for party in timeline.party_table]
    return chosen, [not one for one in chosen]
