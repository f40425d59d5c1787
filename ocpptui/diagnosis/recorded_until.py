"""Until when a file goes on beside each charge point, so that it would have further messages of it."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Hashable
from itertools import accumulate
from typing import NamedTuple, TypeVar

from ocpptui.timeline.columns import TIMELESS, ConnectionKey
from ocpptui.timeline.first_places import first_places
from ocpptui.timeline.timeline import Timeline

Key = TypeVar("Key", bound=Hashable)


class Silence(NamedTuple):
    """Of a charge point that says nothing more in a file."""

    last: int
    """The index of its last record."""
    until: int
    """The clock until which others were recorded beside it, in µs since 1970 (see `Seen.clock`)."""


def recorded_until(timeline: Timeline, key_of: Callable[[ConnectionKey], Key]) -> dict[Key, Silence]:
    """The charge points, as `key_of` tells them apart, that fell silent before others did, in the order of that.

    A file may hold the logs of several charge points, one after the other. So only those count as others of which a
    record is before the last one of the charge point: both were recorded at the same time.
    """
    spans: dict[Key, tuple[int, int]] = {}
    count = len(timeline)
    parties = timeline.parties[:count]
    firsts = first_places(parties)
    parties.reverse()
    for (party,), from_the_end in first_places(parties).items():
        key, first, last = key_of(timeline.party_table[party]), firsts[party,], count - 1 - from_the_end
        before = spans.get(key, (first, last))
        spans[key] = min(first, before[0]), max(last, before[1])
    in_order = sorted(spans.values())
    starts, reached = [first for first, _ in in_order], [*accumulate((last for _, last in in_order), max)]
    found = {}
    for key, (first, last) in sorted(spans.items(), key=lambda one: one[1][1]):
        until = reached[bisect_left(starts, max(last, first + 1)) - 1]
        if until > last and not timeline.flags[until] & TIMELESS:
            found[key] = Silence(last, _clock(timeline, last, until))
    return found


def _clock(timeline: Timeline, last: int, until: int) -> int:
    """The clock of a record, or the end of the file that has the last record of the charge point, if that is sooner."""
    changes = timeline.clock_changes
    clock = timeline.times[until] - changes.before(until)
    return clock if timeline.reach is None else min(clock, timeline.reach(last) - changes.before(last))
