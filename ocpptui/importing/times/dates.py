"""The date of each frame where its log writes only a part of it, or in an order that can be read in two ways.

One reading holds for a whole file. Logs go forward, over midnight and New Year.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import MAXYEAR, MINYEAR, datetime
from enum import StrEnum

from ocpptui.importing.found_frame import FoundFrame
from ocpptui.importing.times.payload_times import Witness
from ocpptui.ocpp.date_times import DAY, HOUR, SECOND, micros_of, rfc3339_text, utc_datetime

JITTER = 600 * SECOND
"""How far a time may be before the one above it without being of the next day."""
APART = 36 * HOUR
"""How far the clock of a log and a payload may be apart, with any zone."""


class DayOrder(StrEnum):
    """What comes first in a date such as 03/04/2026, or 26/04/03."""

    DAY_FIRST = "dmy"
    MONTH_FIRST = "mdy"
    YEAR_FIRST = "ymd"

    @property
    def words(self) -> str:
        return f"the {_FIRST[self]} first"


_Readings = tuple[int | None, int | None, int | None]
"""A time in each order, as `FoundFrame.readings` has it."""
_FIRST = {DayOrder.DAY_FIRST: "day", DayOrder.MONTH_FIRST: "month", DayOrder.YEAR_FIRST: "year"}
_ORDERS = tuple(DayOrder)


class Dates:
    """Completes the times of a file, as its clock shows them."""

    def __init__(self, modified: int, order: DayOrder | None = None, year: int | None = None) -> None:
        """`modified` is when the file was last written; `order` and `year` are what the user says."""
        self._modified = modified
        self._chosen_order, self._chosen_year = order, year
        self.order: DayOrder | None = order
        self._year: int | None = year
        self._day: int | None = None
        self._moved = 0  # how many days the user's year is from the one that payloads show, where lines have no date
        self._time: int | None = None  # the last one, as the clock showed it
        self.evidence: list[str] = []
        self.guessed: set[str] = set()
        self.contradiction = ""
        """What the last time showed to be wrong, as half a sentence; told once."""
        self._contradicted = False

    def decide(self, frames: Sequence[tuple[FoundFrame, Witness | None]]) -> None:
        """Decide by the beginning of a file what holds for the whole of it."""
        self._decide_order(frames)
        self._decide_year(frames)
        self._decide_day(frames)

    def of(self, found: FoundFrame, witness: Witness | None = None, offset: int = 0) -> int | None:
        """The time of a frame as the clock of the log showed it; None if its line has none that can be read.

        Call it for the frames in their order. `offset` is that of the clock, to compare it with a witness.
        """
        time = self._dated(found)
        if time is None or not found.dated:
            time = self._on_its_day(found, witness, offset)
        if time is not None:
            self._time = time
        return time

    def shown(self, found: FoundFrame) -> int | None:
        """The time of a frame as the clock of the log showed it, of a frame that may come later; only that of the day
        if its line has no date."""
        return self._dated(found)

    def leaves_order_open(self, frames: Sequence[tuple[FoundFrame, Witness | None]]) -> bool:
        """Whether no date of these is over 12, so that only the order of the whole file may show what is meant."""
        readings = [found.readings for found, _ in frames if found.readings is not None]
        return bool(readings) and self._chosen_order is None and not any(one.count(None) > 1 for one in readings)

    @property
    def is_timeless(self) -> bool:
        """Whether no line so far had a time."""
        return self._time is None

    # -- day and month -------------------------------------------------------------------------------------------------

    def _decide_order(self, frames: Sequence[tuple[FoundFrame, Witness | None]]) -> None:
        read = [
            (found.readings if found.yeared else self._in_some_year(found.readings, witness), witness)
            for found, witness in frames
            if found.readings is not None
        ]
        if not read:
            return
        if self._chosen_order is not None:
            missed = sum(readings[_ORDERS.index(self._chosen_order)] is None for readings, _ in read)
            if missed < len(read):
                self._take(self._chosen_order, "the user says so", sure=True)
                self._tell_missed(missed)
                return
            self.evidence.append(f"None of its dates can be read with {self._chosen_order.words}, as the user says.")
        times = {order: [readings[at] for readings, _ in read] for at, order in enumerate(_ORDERS)}
        fitting = {order: len(read) - times[order].count(None) for order in _ORDERS}
        open_ = [order for order in _ORDERS if fitting[order] == max(fitting.values())]
        if len(open_) == 1:
            missed = len(read) - fitting[open_[0]]
            self._take(open_[0], _BY_NUMBER[open_[0]], sure=not missed)
            self._tell_missed(missed)
            return
        by_payload = Counter(
            order
            for readings, witness in read
            if witness is not None
            for order, time in zip(_ORDERS, readings, strict=True)
            if order in open_ and time is not None and abs(time - witness.time) <= APART
        )
        if by_payload:
            open_ = [order for order, count in by_payload.items() if count == max(by_payload.values())]
            if len(open_) == 1 or all(times[order] == times[open_[0]] for order in open_):
                self._take(open_[0], "the times in payloads show it", sure=True)
                return
        possible = [order for order in open_ if not _late(times[order], self._modified)] or open_
        if len(possible) == 1:
            self._take(possible[0], "with any other reading they would be later than the file itself", sure=True)
            return
        spans = sorted((_span(times[order]), order) for order in possible)
        if spans[0][0] * 4 < spans[1][0]:
            self._take(spans[0][1], "so they follow each other closely", sure=True)
            return
        if all(times[order] == times[possible[0]] for order in possible):
            return
        if DayOrder.YEAR_FIRST in possible:
            nearest = min(possible, key=lambda order: abs((times[order][-1] or 0) - self._modified))
            self._take(nearest, "so they are nearest to the time of the file", sure=False)
            return
        usual = next(
            order
            for found, _ in frames
            if found.readings is not None
            for order, time in zip(_ORDERS, found.readings, strict=True)
            if time == found.time
        )
        self._take(usual, "nothing in the file shows which is meant", sure=False)

    def _take(self, order: DayOrder, why: str, *, sure: bool) -> None:
        self.order = order
        self.evidence.append(f"Its dates are read with {order.words}: {why}.")
        if not sure:
            self.guessed.add("day and month")

    def _in_some_year(self, readings: _Readings, witness: Witness | None) -> _Readings:
        """The readings of a date without a year, in the year that is nearest to the witness, or to the file."""
        near = self._modified if witness is None else witness.time
        day_first, month_first, year_first = (
            None if time is None else _in_year(time, _nearest_year(time, near)) for time in readings
        )
        return day_first, month_first, year_first

    def _tell_missed(self, missed: int) -> None:
        """Say how many dates do not exist in the order that was taken; they are read as is usual."""
        if missed:
            self.evidence.append(f"{missed:,} of its dates cannot be read so.")

    def _dated(self, found: FoundFrame) -> int | None:
        """The time with its date and year."""
        time = found.time
        if found.readings is not None and self.order is not None:
            time = found.readings[_ORDERS.index(self.order)]
            if time is None and self.order is DayOrder.YEAR_FIRST:
                time = found.time  # its year has four digits
            elif time is None and not self._contradicted and self.order is not self._chosen_order:
                self._contradicted = True
                self.contradiction = (
                    f"has a date that cannot be read with {self.order.words}, as those before were: their days and "
                    "months are probably wrong."
                )
        if time is not None and not found.yeared:
            time = self._in_its_year(time)
        return time

    # -- year ----------------------------------------------------------------------------------------------------------

    def _decide_year(self, frames: Sequence[tuple[FoundFrame, Witness | None]]) -> None:
        without = [(self._in_order(found), witness) for found, witness in frames if not found.yeared]
        if not without:
            return
        if self._chosen_year is not None:
            self.evidence.append(f"Its times have no year; they begin in {self._chosen_year}, as the user says.")
            return
        for place, (time, witness) in enumerate(without):
            if witness is not None:
                year = _nearest_year(time, witness.time)
                if abs(_in_year(time, year) - witness.time) <= APART:
                    for (earlier, _), (later, _) in zip(without[:place], without[1 : place + 1], strict=True):
                        year -= earlier > later + 180 * DAY  # New Year lies between
                    self._year = year
                    self.evidence.append(
                        f"Its times have no year; the times in payloads show that it begins in {year}."
                    )
                    return
        last = without[-1][0]
        year = utc_datetime(self._modified).year
        self._year = year - (_in_year(last, year) > self._modified + DAY)
        self.guessed.add("year")
        self.evidence.append(
            f"Its times have no year, and no payload shows it; {self._year} is assumed, by the time of the file."
        )

    def _in_order(self, found: FoundFrame) -> int:
        """A time without a year, as the order of the file has it."""
        in_order = None
        if found.readings is not None and self.order is not None:
            in_order = found.readings[_ORDERS.index(self.order)]
        return in_order or found.time or 0

    def _in_its_year(self, of_1972: int) -> int:
        if self._time is None:
            return _in_year(of_1972, self._year if self._year is not None else utc_datetime(self._modified).year)
        before = self._time
        year = utc_datetime(before).year
        return min((_in_year(of_1972, one) for one in _years_around(year)), key=lambda time: abs(time - before))

    # -- day -----------------------------------------------------------------------------------------------------------

    def _decide_day(self, frames: Sequence[tuple[FoundFrame, Witness | None]]) -> None:
        timed = [(found, witness) for found, witness in frames if found.time is not None]
        if not timed or timed[0][0].dated:
            return
        days, before = [0], timed[0][0].time or 0
        for found, _ in timed[1:]:
            if found.dated:
                break
            days.append(days[-1] + _days_later(before, found.time or 0))
            before = found.time or 0
        for passed, (found, witness) in zip(days, timed, strict=False):
            if witness is not None:
                shown = round((witness.time - (found.time or 0)) / DAY) - passed
                self._day = self._in_chosen_year(shown)
                self._moved = self._day - shown
                year = self._chosen_year
                what = "it" if year is None else f"the day, and the user says that it begins in {year}"
                self.evidence.append(f"Its times have no date; the times in payloads show {what}.")
                return
        self._day = self._in_chosen_year(self._modified // DAY - days[-1])
        self.guessed.add("date")
        day = rfc3339_text(self._day * DAY)[:10]
        chosen = "" if self._chosen_year is None else " and the year that the user says"
        self.evidence.append(f"Nothing in this shows the day; it begins on {day}, by the time of the file{chosen}.")

    def _in_chosen_year(self, day: int) -> int:
        """A day since 1970, in the year that the user says, if any."""
        return day if self._chosen_year is None else _in_year(day * DAY, self._chosen_year) // DAY

    def _on_its_day(self, found: FoundFrame, witness: Witness | None, offset: int) -> int | None:
        """A time of day, on the day that it has if the log goes forward."""
        if found.time is None or found.dated:
            return None
        of_day = found.time
        if self._time is not None:
            day = self._time // DAY + _days_later(self._time % DAY, of_day)
        elif self._day is not None:
            day = self._day
        else:
            day = self._in_chosen_year(self._modified // DAY)
        if witness is not None and witness.is_now:
            by_payload = round((witness.time + offset - of_day) / DAY) + self._moved
            day = by_payload if self._time is None or self.goes_back(found) else max(day, by_payload)
        return day * DAY + of_day

    def goes_back(self, found: FoundFrame) -> bool:
        """Whether a time of day is up to an hour before the one above: either a day has passed, or the clock was
        changed for winter."""
        before = self._time
        return (
            not found.dated
            and found.time is not None
            and before is not None
            and JITTER < before % DAY - found.time <= HOUR + JITTER
        )


_BY_NUMBER = {
    DayOrder.DAY_FIRST: "a day over 12 shows it",
    DayOrder.MONTH_FIRST: "a day over 12 shows it",
    DayOrder.YEAR_FIRST: "the first number is a year",
}


def _late(times: Sequence[int | None], modified: int) -> bool:
    return any(time is not None and time > modified + 2 * DAY for time in times)


def _span(times: Sequence[int | None]) -> int:
    """How much a sequence of times moves, where going back counts as a leap."""
    known = [time for time in times if time is not None]
    moves = (after - before for before, after in zip(known, known[1:], strict=False))
    return sum(move if move >= 0 else 31 * DAY - move for move in moves if abs(move) >= DAY // 2)


def _days_later(before: int, after: int) -> int:
    """How many days lie between two times of day of a log that goes forward."""
    if after < before - JITTER:
        return 1
    return -1 if after - before > DAY - JITTER else 0


def _nearest_year(of_1972: int, time: int) -> int:
    year = utc_datetime(time).year
    return min(_years_around(year), key=lambda one: abs(_in_year(of_1972, one) - time))


def _years_around(year: int) -> range:
    return range(max(year - 1, MINYEAR), min(year + 1, MAXYEAR) + 1)


def _in_year(of_1972: int, year: int) -> int:
    moment: datetime = utc_datetime(of_1972)
    day = 28 if moment.month == 2 and moment.day == 29 else moment.day
    try:
        return micros_of(moment.replace(year=year))
    except ValueError:
        return micros_of(moment.replace(year=year, day=day))
