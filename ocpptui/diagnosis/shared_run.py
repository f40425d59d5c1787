"""Diagnoses a large recording in several processes, with the findings that one process has.

No finding depends on two charge points, so each process follows a share of them, in the same rows: the other ones get
a copy of the columns and read the texts from the file. What all of them find is put in one order.
"""

from __future__ import annotations

import os
from collections import Counter
from contextlib import suppress
from heapq import merge
from time import perf_counter

from ocpptui.diagnosis.checked_share import OwnShare, Shares
from ocpptui.diagnosis.checker_process import PORTION, OtherShare
from ocpptui.diagnosis.checker_run import MOST_CHARGE_POINTS, TakesFinding, station_key
from ocpptui.diagnosis.rule_lookup import rule_named
from ocpptui.ocpp.check_limits import CheckLimits
from ocpptui.recording.recording_reader import Recording
from ocpptui.recording.timeline_process import TimelineProcess, packed_rows
from ocpptui.timeline.timeline import Timeline

LARGE = 32 * 2**20
"""Bytes of a recording from which starting other processes pays off."""
MOST_PROCESSES = 4
"""Each needs the memory of a start and of a copy of the columns; beyond these, little time is left to gain."""
LEAST = 0.1
"""The part of the records that is worth another process."""
START = 20_000
"""How many records are followed in the time in which another process starts."""
TAKING = 0.05
"""The part of all records that is followed in the time in which this process takes what is found in all of them."""
AHEAD = 64 * PORTION
"""How many records one share may be ahead of the others: what it finds has to wait."""
SLICE = 0.01
"""Seconds of work between two looks at the other processes."""


class SharedRun:
    """Goes on as a `CheckerRun` does, over a timeline that does not grow any more."""

    def __init__(
        self, timeline: Timeline, recording: Recording, shares: Shares, found: TakesFinding, limits: CheckLimits
    ) -> None:
        """Raises OSError if no process can be started."""
        self.done = 0
        """The findings of the records before this one have been reported."""
        self.limits = limits
        """Those with which it began."""
        self._timeline = timeline
        self._shares = shares
        self._report = found
        self._own = OwnShare(timeline, shares[0], limits)
        self._others: list[OwnShare | OtherShare] = []
        rows = packed_rows(timeline)
        try:
            for share in shares[1:]:
                self._others.append(OtherShare(rows, share, limits, recording))
        except OSError:
            self.close()
            raise

    def advance(self, budget_s: float) -> bool:
        """Hand over further records for about `budget_s` seconds; True when none are left."""
        end, count = perf_counter() + budget_s, len(self._timeline)
        while self.done < count:
            left = max(end - perf_counter(), 0)
            last = min(self._others, key=lambda share: share.done)
            is_ahead = self._own.done >= min(count, last.done + AHEAD)
            if not is_ahead:
                self._own.advance(min(left, SLICE))
            for place, share in enumerate(self._others):
                share.advance(min(left, SLICE) if is_ahead and share is last else 0)
                if isinstance(share, OtherShare) and share.ended:
                    self._do_without(place)
            self._report_all()
            if perf_counter() >= end:
                break
        return self.done == count

    def conclude(self) -> None:
        """Nothing is left to do: each share has concluded."""

    def tell_time(self, now: int) -> None:
        """Nothing happens: what is in a file that does not grow shows all the time that passes."""

    @property
    def processes(self) -> list[TimelineProcess]:
        """The other processes, which have nothing to do when all records are checked."""
        return [share.process for share in self._others if isinstance(share, OtherShare)]

    def close(self) -> None:
        """End the other processes."""
        for process in self.processes:
            process.close()

    def _do_without(self, place: int) -> None:
        """One of the other processes has ended unexpectedly: do its share from the beginning."""
        ended = self._others[place]
        if isinstance(ended, OtherShare):
            ended.close()
        self._others[place] = OwnShare(self._timeline, self._shares[place + 1], self.limits)

    def _report_all(self) -> None:
        """Report what was found in the records that all shares have behind them."""
        shares = (self._own, *self._others)
        done = max(self.done, min(share.done for share in shares))
        for one in merge(*(share.take(done) for share in shares), key=lambda one: one[:2]):
            if one.done > self.done:
                self._report(rule_named(one.rule), one.record, one.related, one.values)
        self.done = done


def shared_run(timeline: Timeline, recording: Recording, found: TakesFinding, limits: CheckLimits) -> SharedRun | None:
    """A run in several processes over all records of a recording; None if that does not pay off, or is impossible."""
    if recording.size < LARGE:
        return None
    shares = shares_of(timeline, min(os.cpu_count() or 1, MOST_PROCESSES))
    if len(shares) > 1:
        with suppress(OSError):
            return SharedRun(timeline, recording, shares, found, limits)
    return None


def shares_of(timeline: Timeline, most: int) -> Shares:
    """The charge points in so many shares at most, which take about as long.

    In one share if there are too few of them, or so many that some are forgotten.
    """
    records = Counter[str | int]()
    for party, count in Counter(timeline.parties).items():
        records[station_key(timeline.party_table[party])] += count
    more_here = round(TAKING * len(timeline)) - min(START, len(timeline) // 4)
    for number in range(most if len(records) <= MOST_CHARGE_POINTS else 1, 1, -1):
        sizes, share_of = [more_here] + [0] * (number - 1), dict[str | int, int]()
        for key, count in records.most_common():
            share = share_of[key] = sizes.index(min(sizes))
            sizes[share] += count
        if min(sizes[0] - more_here, *sizes[1:]) >= LEAST * len(timeline):
            places = [share_of.get(station_key(party), number - 1) for party in timeline.party_table]
            return [[place == share for place in places] for share in range(number)]
    return [[True] * len(timeline.party_table)]
