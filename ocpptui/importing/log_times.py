"""The time of each frame of a log in UTC: its date, its zone, or how long the device had run, as far as lines say it.

`dates`, `zones` and `start_clock` each know one of these; here is decided which of them holds for a frame, and what
holds where its line says nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Protocol

from ocpptui.importing.found_frame import FoundFrame
from ocpptui.importing.import_tally import ImportTally
from ocpptui.importing.reader import ImportOptions
from ocpptui.importing.times.dates import Dates
from ocpptui.importing.times.log_clocks import LogClocks
from ocpptui.importing.times.named_zones import zone_named_in
from ocpptui.importing.times.payload_times import Witness
from ocpptui.importing.times.start_clock import Counted, StartClock
from ocpptui.importing.times.zones import Zone, zone_name
from ocpptui.ocpp.date_times import SECOND, in_calendar

Witnessed = tuple[FoundFrame, Witness | None]
"""A frame or event, and the time in its payload."""


class Timeable(Protocol):
    """A frame or event with the time in its payload."""

    found: FoundFrame
    witness: Witness | None


class LogTimes:
    """Knows when the frames of a file were written, first by its beginning, then frame by frame."""

    def __init__(self, tally: ImportTally, options: ImportOptions, modified: int) -> None:
        """`modified` is when the file was last written, in microseconds since 1970: the time of frames without one."""
        self._tally = tally
        self._options = options
        self._modified = in_calendar(modified)
        self._dates = Dates(self._modified, options.dates, options.year)
        self._clocks = LogClocks(options.utc_offset)
        self._start_clock = StartClock(self._modified)
        self._time: int | None = None
        self._open = _Open()
        self._first_stated: int | None = None  # the time of the first line that has one, if those before have none

    # -- the beginning of a file -----------------------------------------------------------------------------------

    def leave_open(self, frames: Sequence[Witnessed]) -> bool:
        """Whether these frames leave open how their times are to be read, so that more are needed."""
        if all(found.zoned for found, _ in frames if found.time is not None):
            return False
        return self.leave_order_open(frames) or all(witness is None for _, witness in frames)

    def leave_order_open(self, frames: Sequence[Witnessed]) -> bool:
        """Whether these frames leave open what is the day of their dates and what the month."""
        return self._dates.leaves_order_open(frames)

    def decide_dates(self, frames: Sequence[Witnessed]) -> Sequence[str]:
        """Decide how the dates of a file are read; returns the evidence."""
        self._dates.decide(frames)
        return self._dates.evidence

    def decide_clock(self, first: Sequence[Witnessed], frames: Sequence[Witnessed]) -> Iterator[str]:
        """Decide the zone, and the time of the first frames where their lines have none; returns the evidence.

        `first` are those with which the file begins, `frames` also some further on. The dates are decided before.
        """
        if any(not found.zoned and found.time is not None for found, _ in first):
            yield from self._decide_zones(frames)
        if first and first[0][0].time is None:
            yield from self._begin_without_time(first, frames)

    def _decide_zones(self, frames: Sequence[Witnessed]) -> Iterator[str]:
        dates = self._dates_of(frames)
        for found, witness in frames:
            time = dates.of(found)
            if time is not None and not found.zoned:
                self._clocks.learn(found, time, witness, dated=self._is_dated(found))
        return self._clocks.decide()

    def _begin_without_time(self, first: Sequence[Witnessed], frames: Sequence[Witnessed]) -> Iterator[str]:
        """Find the time of the first frames, whose lines have none."""
        if counted := self._start_clock.decide(frames):
            yield counted
        if self.is_counted(first[0][0]):
            return
        leading = list(takewhile(lambda one: one[0].time is None, first))
        shown = next((witness.time for _, witness in leading if witness is not None), None)
        if len(leading) < len(first):
            found = first[len(leading)][0]
            time = self._dates_of(frames).of(found)
            if time is not None:
                time = time if found.zoned else self._to_utc(time, found)
                self._time = time if shown is None else min(shown, time)
                self._first_stated = time
            return
        self._time = shown if shown is not None else self._modified
        yield (
            "No line has a time; each frame has the time in its payload. One without, or whose time would go back, has "
            "that of the frame before it."
            if shown is not None
            else "Nothing in this shows when it was; the time of the file is assumed."
        )

    def _dates_of(self, frames: Sequence[Witnessed]) -> Dates:
        """The dates of these frames as they are read, to try them."""
        dates = Dates(self._modified, self._dates.order, self._options.year)
        dates.decide(frames)
        return dates

    # -- frame by frame --------------------------------------------------------------------------------------------

    def time_of(self, frame: Timeable, ahead: Iterable[Timeable], guessed: list[str]) -> int:
        """The time of a frame, in microseconds since 1970. Call it for the frames in their order.

        `ahead` are those behind it that are known already. What is not certain of the time is added to `guessed`.
        """
        found, witness = frame.found, frame.witness
        self._open.look_at(found)
        of_day = witness
        if not found.dated and self._dates.goes_back(found):
            of_day = next((one for _, one, _ in self._shown_from(frame, ahead) if one.is_now), None)
        time = self._dates.of(found, of_day, self._clocks.of(found).offset or 0)
        if self._dates.contradiction:
            self._tally.warn(f"Line {found.line:,} {self._dates.contradiction}")
            self._dates.contradiction = ""
        if time is not None:
            if self._dates.guessed:
                guessed.extend(sorted(self._dates.guessed))
            if not found.zoned:
                time = self._in_utc(time, frame, ahead, guessed)
        else:
            guessed.append("time")
            before = self._time if self._time is not None else self._modified
            time = self._counted(frame, ahead, before) if self.is_counted(found) else self._assumed(witness, before)
        self._time = time = in_calendar(time)
        return time

    def tell_unused(self) -> None:
        """Warn of what the user said that no line has left open, after the last frame."""
        said, open_ = self._options, self._open
        if said.year is not None and not open_.year:
            why = "each time in this has a year" if open_.times else "no line has a time"
            self._tally.warn(f"The year {said.year} changes nothing: {why}.")
        if said.dates is not None and not open_.order:
            why = "no date in this can be read in two ways" if open_.times else "no line has a time"
            self._tally.warn(f"The order of day and month changes nothing: {why}.")
        if said.utc_offset is not None and not open_.zone:
            why = "each time in this has a zone" if open_.times else "no line has a time"
            self._tally.warn(f"The zone {zone_name(said.utc_offset * 60 * SECOND)} changes nothing: {why}.")

    def is_counted(self, found: FoundFrame) -> bool:
        """Whether the time of a frame is known from how long its device had run."""
        return found.time is None and found.since_start is not None and self._start_clock.is_believed

    def _in_utc(self, time: int, frame: Timeable, ahead: Iterable[Timeable], guessed: list[str]) -> int:
        """A time of the log's clock in UTC, after looking whether the clock was changed."""
        found, zone = frame.found, self._clocks.of(frame.found)
        if not zone.is_chosen:
            guessed.append("zone")
        if zone.leaps(time) and (told := zone.change(self._shown_from(frame, ahead, zone))):
            self._tally.tell(told)
        was_known = zone.offset is not None
        if frame.witness is not None:
            told = zone.follow(time, frame.witness, dated=self._is_dated(found))
            if told:
                (self._tally.tell if was_known else self._tally.warn)(told)
        return self._to_utc(time, found)

    def _to_utc(self, time: int, found: FoundFrame) -> int:
        """A time of a line's clock in UTC, as far as its zone is known."""
        zone = self._clocks.of(found)
        return zone.to_utc(time, zone_named_in(found.prefix) if zone.offset is None else "")

    def _counted(self, frame: Timeable, ahead: Iterable[Timeable], before: int) -> int:
        """The time of a frame whose line says how long its device had run; `before` is the time of the one before."""
        count, witness = frame.found.since_start or 0, frame.witness
        time, told = self._start_clock.time_of(count, _counts_from(frame, ahead), before)
        if witness is not None and (shown := self._start_clock.follow(count, witness)):
            self._tally.tell(shown)
            time, _ = self._start_clock.time_of(count, (), before)
        if told:
            self._tally.tell(told)
        return time

    def _assumed(self, witness: Witness | None, before: int) -> int:
        """The time of a frame whose line says nothing of it, which is not before that of the frame before."""
        time = max(witness.time, before) if witness is not None and self._dates.is_timeless else before
        if self._first_stated is not None and self._dates.is_timeless:
            time = min(time, self._first_stated)  # the clock of the other side may be ahead of that of the log
        return time

    def _shown_from(
        self, frame: Timeable, ahead: Iterable[Timeable], zone: Zone | None = None
    ) -> Iterator[tuple[int, Witness, bool]]:
        """The times in the payloads of a frame and of those that follow it, with those of their lines; of `zone` only
        those in it."""
        for one in (frame, *ahead):
            if zone is not None and self._clocks.of(one.found) is not zone:
                continue
            time = self._dates.shown(one.found)
            if time is not None and one.witness is not None and not one.found.zoned:
                yield time, one.witness, self._is_dated(one.found)

    def _is_dated(self, found: FoundFrame) -> bool:
        """Whether the line of a frame states its day as payloads do; a year of the user may be another."""
        return found.dated and (found.yeared or self._options.year is None)


@dataclass(slots=True)
class _Open:
    """What the lines so far leave open of their times."""

    times: bool = False
    """Whether there are any times."""
    year: bool = False
    order: bool = False
    zone: bool = False

    def look_at(self, found: FoundFrame) -> None:
        """Note what a line leaves open."""
        if found.time is not None:
            self.times = True
            self.year = self.year or not (found.dated and found.yeared)
            self.order = self.order or found.readings is not None
            self.zone = self.zone or not found.zoned


def _counts_from(frame: Timeable, ahead: Iterable[Timeable]) -> Iterator[Counted]:
    """How long the device had run at a frame and at those that follow it, and what their payloads show."""
    for one in (frame, *ahead):
        if one.found.since_start is not None and one.found.time is None:
            yield one.found.since_start, one.witness
