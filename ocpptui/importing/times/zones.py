"""The time zone of a log whose times have none, by the times in payloads.

It may be another from a line on: the clocks were changed for summer or winter, or the file holds the logs of two
machines, one after the other. Where the times leap, the payloads behind show it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import timedelta
from itertools import groupby

from ocpptui.importing.times.named_zones import is_zone_name, offset_of_name
from ocpptui.importing.times.payload_times import Witness
from ocpptui.ocpp.date_times import DAY, SECOND, utc_datetime

_QUARTER = 900 * SECOND
NEAR = 90 * SECOND
"""Microseconds by which a log's clock and the time in a payload may differ."""
ROUGHLY = 300 * SECOND
"""The same if no payload is nearer: the clock of the log is not that of the peer."""
CHANGED = 3
"""How many payloads in a row must show that the clocks were changed for summer or winter."""
MOST_SEEN = 2000
"""How many comparisons are kept in their order."""
_BACK, _FORTH = 300 * SECOND, 3540 * SECOND
"""By how much times go back, or forward, from one line to the next where another clock may have written it."""
_HOUR = 4 * _QUARTER
_MINUTE = 60 * SECOND
_ODD = frozenset(quarters * _QUARTER for quarters in (-38, -14, 14, 18, 22, 23, 26, 35, 38, 42, 51))
"""Offsets in use that are not whole hours."""


class Zone:
    """How far the clock of a log is ahead of UTC."""

    def __init__(self, chosen: int | None = None) -> None:
        """`chosen`: minutes ahead of UTC, as the user says."""
        self.offset: int | None = None if chosen is None else chosen * 60 * SECOND
        """Microseconds; None for the zone of this machine."""
        self.is_chosen = chosen is not None
        self._votes: Counter[int] = Counter()
        self._rough: Counter[int] = Counter()  # those of clocks that differ by minutes
        self._witnesses: Counter[int] = Counter()
        self._seen: list[tuple[int, bool]] = []  # each offset that was shown, and whether by the present
        self._last: int | None = None
        self._others = 0
        self._here: tuple[int | None, int] = (None, 0)  # the latest minute of this machine's zone, and its offset

    def learn(self, time: int, witness: Witness, *, dated: bool = True) -> None:
        """Compare a time of the log, as if it were UTC, with one in the payload of the same frame."""
        for votes, near in ((self._votes, NEAR), (self._rough, ROUGHLY)):
            offset = offset_between(time, witness.time, dated=dated, near=near)
            if offset is not None:
                votes[offset] += 3 if witness.is_now else 1
                self._witnesses[offset] += 1
                if near == NEAR and len(self._seen) < MOST_SEEN:
                    self._seen.append((offset, witness.is_now))
                return

    @property
    def shown(self) -> int | None:
        """The offset that the witnesses so far show at the beginning for certain, of a clock beside others; None if
        they do not."""
        runs = self._runs()
        if runs:
            return runs[0][0]
        leading = _leading(self._votes)
        return leading if leading is not None and self._votes[leading] >= CHANGED else None

    def decide(self, names: Iterable[str] = (), whose: str = "Its times") -> str:
        """Decide by the witnesses so far; returns the evidence. `names` are those of zones that the times have."""
        if self.is_chosen:
            return f"{whose} have no zone; they are in {zone_name(self.offset or 0)}, as the user says."
        runs = self._runs()
        if len(runs) > 1:
            self.offset, count = runs[0]
            payloads = "the time in a payload" if count == 1 else f"the times in {count:,} payloads"
            return f"{whose} have no zone; compared with {payloads}, they begin in {zone_name(self.offset)}."
        votes = self._votes or self._rough
        leading = _leading(votes)
        if leading is not None:
            self.offset = leading
            count = self._witnesses[self.offset]
            payloads = "the time in a payload" if count == 1 else f"the times in {count:,} payloads"
            payloads += "" if self._votes else " (the clocks differ by minutes)"
            return f"{whose} have no zone; compared with {payloads}, they are in {zone_name(self.offset)}."
        why = "the times in payloads contradict each other" if votes else "no payload shows which"
        if named := " and ".join(name for name in dict.fromkeys(names) if is_zone_name(name)):
            return f"{whose} have no offset, and {why}; they are in {named}, as their lines say."
        return f"{whose} have no zone, and {why}; the local time of this machine is assumed."

    def _runs(self) -> list[tuple[int, int]]:
        """The offsets that the payloads showed one after the other, each with how many did; empty if they contradict
        each other: an offset comes again, or only a time of the past shows it."""
        runs = [(offset, [is_now for _, is_now in run]) for offset, run in groupby(self._seen, lambda one: one[0])]
        if len(runs) != len({offset for offset, _ in runs}) or not all(
            any(run) or len(run) >= CHANGED for _, run in runs
        ):
            return []
        return [(offset, len(run)) for offset, run in runs]

    def leaps(self, time: int) -> bool:
        """Whether a time is so far from the one before that another clock may show it. Call it for all in their
        order."""
        before, self._last = self._last, time
        if before is None or self.is_chosen or self.offset is None:
            return False
        return not -_BACK < time - before < _FORTH

    def change(self, following: Iterable[tuple[int, Witness, bool]]) -> str:
        """Take the offset that the frames from a leap on show: a time of the log, what is in the payload, and whether
        the time has a date. Returns the evidence; empty if it stays."""
        shown = list[tuple[int, bool]]()
        for time, witness, dated in following:
            offset = offset_between(time, witness.time, dated=dated)
            if offset is not None:
                shown.append((offset, witness.is_now))
            if offset == self.offset or len(shown) == 2:
                break
        if not shown or any(offset != shown[0][0] for offset, _ in shown) or shown[0][0] == self.offset:
            return ""
        if len(shown) == 1 and not shown[0][1]:
            return ""
        changed = abs(shown[0][0] - (self.offset or 0)) == _HOUR
        self.offset, self._others = shown[0][0], 0
        what = "The clocks were changed" if changed else "Another clock wrote the rest"
        return f"{what}; from then on its times are in {zone_name(self.offset)}."

    def follow(self, time: int, witness: Witness, *, dated: bool = True) -> str:
        """Note a further witness; if it shows the zone for the first time, or that the clocks were changed, change the
        offset and return the evidence."""
        if self.is_chosen or not witness.is_now:
            return ""
        if self.offset is None:
            self.learn(time, witness, dated=dated)
            evidence = self.decide()
            return "" if self.offset is None else f"{evidence} Those before were read as local time."
        offset = offset_between(time, witness.time, dated=dated)
        if offset is None or abs(offset - self.offset) != _HOUR:
            self._others = 0
            return ""
        self._others += 1
        if self._others < CHANGED:
            return ""
        self._others, self.offset = 0, offset
        return f"The clocks were changed; from then on its times are in {zone_name(offset)}."

    def to_utc(self, time: int, name: str = "") -> int:
        """A time of the log, as if it were UTC, in UTC; by the name of its zone, if any, where no payload shows it."""
        if self.offset is not None:
            return time - self.offset
        named = offset_of_name(name, time) if name else None
        if named is not None:
            return time - named
        minute = time // _MINUTE
        if minute != self._here[0]:
            self._here = minute, _offset_here(minute)
        return time - self._here[1]


def _leading(votes: Counter[int]) -> int | None:
    """The offset with more than twice the votes of all others; None if there is none."""
    ranked = votes.most_common(1)
    return ranked[0][0] if ranked and ranked[0][1] > 2 * (votes.total() - ranked[0][1]) else None


def _offset_here(minute: int) -> int:
    """The offset of this machine's zone at a minute since 1970, as its clock shows it; 0 if that is unknown."""
    try:
        offset = utc_datetime(minute * _MINUTE).replace(tzinfo=None).astimezone().utcoffset() or timedelta()
    except (OverflowError, ValueError, OSError):
        return 0
    return offset // timedelta(microseconds=1)


def offset_between(time: int, universal: int, *, dated: bool = True, near: int = NEAR) -> int | None:
    """The offset of a zone that makes a local time that in UTC; None if none does. Without a date, the smallest."""
    apart = time - universal
    if not dated:
        apart = (apart + DAY // 2) % DAY - DAY // 2
    offset = round(apart / _QUARTER) * _QUARTER
    if abs(apart - offset) > near or not -12 * _HOUR <= offset <= 14 * _HOUR:
        return None
    return offset if offset % _HOUR == 0 or offset in _ODD else None


def zone_name(offset: int) -> str:
    """The name of an offset in microseconds: `UTC+02:00`."""
    minutes = abs(offset) // (60 * SECOND)
    return f"UTC{'-' if offset < 0 else '+'}{minutes // 60:02}:{minutes % 60:02}"
