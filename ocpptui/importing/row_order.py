"""Rows whose newest comes first are put into the order of their times."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, pairwise

from ocpptui.importing.found_frame import FoundFrame, ImportStats

FEWEST_IN_STREAM = 4
"""How many frames a list has on average for its frames to be sorted into those of others."""
MOST_REVERSED = 200_000
"""The most rows of a table that is reversed if its newest row comes first; a longer table keeps its order."""
MOST_REVERSED_TEXT = 2**27
"""The same limit in characters."""
TIMELESS = 100
"""Rows without a time after which the search for one ends."""


def oldest_first(groups: Iterator[list[FoundFrame]], tally: ImportStats) -> Iterator[FoundFrame]:
    """The frames of the rows, reversed if their times descend throughout."""
    held: list[list[FoundFrame]] = []
    size = 0
    latest: int | None = None
    descends = False
    for group in groups:
        held.append(group)
        size += sum(len(found.raw) for found in group)
        time = group[0].time
        if time is not None:
            if latest is not None and time > latest:
                break
            descends = descends or (latest is not None and time < latest)
            latest = time
        elif latest is None and len(held) >= TIMELESS:
            break
        if len(held) > MOST_REVERSED or size > MOST_REVERSED_TEXT:
            if descends:
                limit = f"{MOST_REVERSED:,} rows or {MOST_REVERSED_TEXT >> 20} MB of frames"
                tally.evidence.append(f"The newest row comes first; a table of more than {limit} is not reversed.")
            break
    else:
        if descends:
            tally.evidence.append("The times descend throughout: the order was reversed.")
            held.reverse()
    yield from chain.from_iterable(held)
    held.clear()
    yield from chain.from_iterable(groups)


def merged_by_time(groups: Iterator[list[FoundFrame]], tally: ImportStats) -> Iterator[FoundFrame]:
    """The frames of a small document in the order of their times, if it has them in several lists one after the other,
    each in its order: a stream for each charge point or direction."""
    held = list(groups)
    moments = [(group[0].time, group[0].zoned) for group in held]
    times = [time for time, _ in moments if time is not None]
    zones = {zoned for _, zoned in moments}
    back = sum(1 for before, after in pairwise(times) if after < before)
    ahead = sum(1 for before, after in pairwise(times) if after > before)
    turns = min(back, ahead)
    if len(times) == len(held) and len(zones) == 1 and 0 < turns <= len(held) // FEWEST_IN_STREAM:
        if ahead < back:
            held.reverse()  # each list has its newest first; of two with one time, the later one came first
        tally.evidence.append("The times go back between lists: the frames were put into the order of their times.")
        held.sort(key=lambda group: group[0].time or 0)
    yield from oldest_first(iter(held), tally)
