"""The times of a log that counts from a start, by the times in payloads.

Firmware without a clock writes how long it has run: `[  600.000]` (the kernel of Linux), `I (600000)` (ESP-IDF, in
milliseconds), `[600000][I]` (Arduino), `+600.000s`. A time in a payload shows when the count was at zero; the count
shows how far all other frames are from it. It begins again where the device restarts.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from statistics import median_low

from ocpptui.importing.found_frame import FoundFrame
from ocpptui.importing.times.payload_times import Witness
from ocpptui.importing.times.zones import CHANGED, NEAR
from ocpptui.jsontext.lazy_pattern import lazily
from ocpptui.ocpp.date_times import SECOND, rfc3339_text

Counted = tuple[int, Witness | None]
"""Microseconds since the start of the device that a line states, and what the payload of its frame shows."""

_MILLISECOND = SECOND // 1000
_BACK = 2 * SECOND
"""By how much a line may be behind the one above without a restart between them: tasks write in turn."""
_DRIFT = 5 * SECOND
"""How far the count and the present in payloads may go apart."""
_FRAMES_OF_A_FALL = 4
"""With fewer frames each time that the numbers fall, they are not a count: they say how long something took."""
_LEVEL = r"(?:\[?(?:TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|[TDIWEV])\s{0,3}\]?[\s:]{1,3})?"
_COUNT = lazily(
    rf"\s{{0,8}}{_LEVEL}(?:"
    r"[EWIDV] \((?P<espressif>\d{1,10})\) "
    r"|\[\s{0,9}(?P<arduino>\d{1,10})\]\[[EWIDV]\]"
    r"|\[\s{0,9}\+?(?P<bracket>\d{1,8}\.\d{3,9})\s?s?\]"
    r"|(?:(?:[Tt]|uptime)?\s?\+|(?:[Tt]|uptime)\s?[=:])\s{0,9}(?P<plus>\d{1,9}(?:\.\d{1,9})?)\s?(?P<unit>s|ms)\b"
    r"|(?P<plain>\d{1,8}\.\d{3,9})(?:\s?s\b|(?=[\s:]))"
    r")"
)
"""At the beginning of a line; nothing else there is a count."""


def count_in(text: str) -> int | None:
    """How long the device had run, in microseconds, by the beginning of a line; None if it says nothing of that."""
    match = _COUNT.match(text)
    if match is None:
        return None
    milliseconds = match["espressif"] or match["arduino"]
    if milliseconds:
        return int(milliseconds) * _MILLISECOND
    whole, _, fraction = (match["bracket"] or match["plus"] or match["plain"]).partition(".")
    unit = _MILLISECOND if match["unit"] == "ms" else SECOND
    return int(whole) * unit + int(fraction.ljust(6, "0")[:6]) * unit // SECOND


class StartClock:
    """When the count of a log was at zero."""

    def __init__(self, modified: int) -> None:
        """`modified` is when the file was last written, in microseconds since 1970."""
        self._modified = modified
        self._start: int | None = None
        self._is_shown = False
        self._last = 0
        self._apart: list[int] = []  # the latest starts in a row that payloads show far from the one assumed
        self.is_believed = False
        """Whether the numbers are a count from a start."""

    def decide(self, frames: Sequence[tuple[FoundFrame, Witness | None]]) -> str:
        """Decide by the beginning of a file whether its numbers are a count; returns the evidence, empty without any
        numbers."""
        counted = [
            (found.since_start, witness)
            for found, witness in frames
            if found.since_start is not None and found.time is None
        ]
        if not counted:
            return ""
        falls = sum(after < before for (before, _), (after, _) in pairwise(counted))
        if falls * _FRAMES_OF_A_FALL > len(counted):
            return ""
        first = _until_restart(counted)
        present = [witness.time - count for count, witness in first if witness is not None and witness.is_now]
        middle = median_low(present) if present else 0
        if 2 * sum(abs(start - middle) > NEAR for start in present) > len(present):
            return "The numbers before its frames look like times since a start; those in payloads contradict them."
        self.is_believed = True
        what = "Its lines have no time but the seconds since a start"
        start = _start_shown(first)
        if start is None:
            self._start = self._modified - max(count for count, _ in first)
            return f"{what}, and no payload shows when that was; the time of the file is assumed for the last of them."
        shown = sum(witness is not None for _, witness in first)
        payloads = "the time in a payload shows" if shown == 1 else f"the times in {shown:,} payloads show"
        exactly = any(witness.time % SECOND for _, witness in first if witness is not None)
        how = "" if exactly else ", or up to a second later: they have whole seconds"
        return f"{what}; {payloads} that it was at {rfc3339_text(start)[:19]}Z{how}."

    def time_of(self, count: int, following: Iterable[Counted], before: int) -> tuple[int, str]:
        """The time of a frame, and what it shows that differs from before. Call it for the frames in their order.

        `following` are this frame and those behind it that are known; `before` is the time of the one before, which
        counts where the device restarted and no payload shows when.
        """
        told, is_restart = "", count < self._last - _BACK
        if self._start is None or is_restart:
            start = _start_shown(_until_restart(following))
            self._is_shown, self._apart = start is not None, []
            self._start = before - count if start is None else start
            if is_restart:
                shown = rfc3339_text(self._start)[:19]
                why = "as the times in payloads show" if self._is_shown else "at the frame before, as is assumed"
                told = f"Its seconds begin again at {shown}Z, {why}."
        self._last = count
        return self._start + count, told

    def follow(self, count: int, witness: Witness) -> str:
        """Compare a count with the present in its payload: it may be the first to show the start, and counts of a
        device are too fast or slow, or stop while it sleeps. Returns the evidence if that changes the start."""
        if self._start is None or not (witness.is_now or not self._is_shown):
            return ""
        start = witness.time - count
        if not self._is_shown:
            self._start, self._is_shown = start, True
            return f"The time in a payload shows that its seconds began at {rfc3339_text(start)[:19]}Z."
        if abs(start - self._start) <= _DRIFT:
            self._apart = []
            return ""
        self._apart.append(start)
        if len(self._apart) < CHANGED:
            return ""
        self._start, self._apart = median_low(self._apart), []
        shown = rfc3339_text(self._start)[:19]
        return f"Its seconds and the times in payloads went apart; they count from {shown}Z from then on."


def _until_restart(frames: Iterable[Counted]) -> list[Counted]:
    """Those of one start of the device."""
    run = list[Counted]()
    for count, witness in frames:
        if run and count < run[-1][0] - _BACK:
            break
        run.append((count, witness))
    return run


def _start_shown(frames: Iterable[Counted]) -> int | None:
    """When the count was at zero, by the times in payloads; those of the present count alone where there are some."""
    shown = [(witness.time - count, witness.is_now) for count, witness in frames if witness is not None]
    present = [start for start, is_now in shown if is_now]
    return median_low(present or [start for start, _ in shown]) if shown else None
