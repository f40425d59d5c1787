"""Rows and lines whose newest comes first are put into the order of their times."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, pairwise

from ocpptui.importing.found_frame import FoundFrame
from ocpptui.importing.held_frames import HeldFrames
from ocpptui.importing.import_tally import ImportTally
from ocpptui.importing.reader import Pause, ReaderStep

FEWEST_IN_STREAM = 4
"""How many frames a list has on average for its frames to be sorted into those of others."""
MOST_ALIKE = 200_000
"""After how many rows of one time the search for an earlier one ends."""
TIMELESS = 100
"""Rows without a time after which the search for one ends."""
PORTION = 50
"""How many groups of frames are read before a pause."""
FEWEST_DESCENTS = 2
"""How often the time goes back at least, from line to line, in a log whose newest line comes first."""
_REVERSED = "The times descend throughout: the order was reversed."
_NOT_REVERSED = "it is not reversed, since there is no space for temporary files."


def oldest_first(groups: Iterator[list[FoundFrame]], tally: ImportTally) -> Iterator[FoundFrame]:
    """The frames of the rows, reversed if their times descend throughout."""
    with HeldFrames() as held:
        latest: int | None = None
        descends = False
        for group in groups:
            has_room = held.add(group)
            time = group[0].time
            if time is not None:
                if latest is not None and time > latest:
                    break
                descends = descends or (latest is not None and time < latest)
                latest = time
            elif latest is None and held.count >= TIMELESS:
                break
            if not has_room or (not descends and held.count > MOST_ALIKE):
                if descends:
                    tally.evidence.append(f"The newest row comes first; {_NOT_REVERSED}")
                break
        else:
            if descends:
                tally.evidence.append(_REVERSED)
                yield from chain.from_iterable(held.backwards())
                return
        yield from chain.from_iterable(held.forwards())
    yield from chain.from_iterable(groups)


def merged_by_time(groups: Iterator[list[FoundFrame]], tally: ImportTally) -> Iterator[FoundFrame]:
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


def log_oldest_first(steps: Iterator[ReaderStep], tally: ImportTally) -> Iterator[ReaderStep]:
    """The frames of a log of lines, reversed if their times descend throughout: Grafana, `logcli` and the consoles of
    clouds write the newest line first. Nearly every log is passed on from the first line that is later than another."""
    with HeldFrames() as held:
        descents = 0
        latest: int | None = None
        last = list[FoundFrame]()  # what follows those held
        for step in steps:
            if not isinstance(step, list):
                yield step
                continue
            ascends = False
            for found in step:
                time = found.time
                if time is None or found.stated:  # another logger may have written that
                    continue
                if latest is not None and time != latest:
                    ascends = ascends or time > latest
                    descents += time < latest
                latest = time
            if ascends or (descents == 0 and held.count + len(step) >= TIMELESS):
                last = step
                break
            if not held.add(step):
                if descents >= FEWEST_DESCENTS:
                    tally.evidence.append(f"The newest line comes first; {_NOT_REVERSED}")
                break
            yield []  # the caller can look at the clock
        else:
            if descents >= FEWEST_DESCENTS:
                tally.evidence.append(_REVERSED)
                for number, group in enumerate(held.backwards(), 1):
                    group.sort(key=lambda found: -found.line)  # the frames of one line keep their order
                    yield group
                    if number % PORTION == 0:
                        yield Pause.BUSY
                return
        yield from held.forwards()
    yield last
    yield from steps
