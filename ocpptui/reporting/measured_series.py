"""The readings of a timeline as series of times and values, for a chart, gathered in slices as the timeline grows."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from statistics import median_low
from typing import ClassVar, NamedTuple

from ocpptui.diagnosis.checker_run import CheckerRun
from ocpptui.ocpp.date_times import SECOND
from ocpptui.reporting.limit_steps import LimitFollower, LimitSteps
from ocpptui.reporting.meter_rows import MeterCollector, MeterRow
from ocpptui.timeline.timeline import Timeline

MOST_READINGS = 4_000_000
"""How many readings are kept, some 25 bytes each; the others are counted."""
MOST_SERIES = 10_000
SHORTEST_GAP = 30 * SECOND
"""A time between two readings is a gap only if it is longer, and longer than MISSED times the usual one."""
MISSED = 3.5
SAMPLED = 200
"""Times between readings that show which is usual."""
OLDEST = 7 * 86_400 * SECOND
"""How much earlier than others of its message a reading may have been measured; what is more is a wrong date."""


class SeriesKey(NamedTuple):
    """What a series measures."""

    charge_point: str
    generation: int
    """1 if the place is a connector, 2 if it is an EVSE."""
    place: int
    """0 is the whole charge point, or unknown."""
    measurand: str
    unit: str
    """The base unit: W, not kW."""
    phase: str = ""
    location: str = "Outlet"


class TransactionSpan(NamedTuple):
    """A transaction with readings."""

    charge_point: str
    generation: int
    place: int
    name: str
    first: int
    """The time of its first reading, in µs since 1970 UTC."""
    last: int


class MeasuredSeries:
    """The readings of one series in parallel columns, in the order of their times."""

    def __init__(self, key: SeriesKey) -> None:
        self.key = key
        self.times = array("q")
        """µs since 1970 UTC."""
        self.values = array("d")
        self.records = array("I")
        """The indexes of their messages."""
        self.transactions = array("I")
        """Numbers of transactions of `GatheredSeries`; 0 is none."""

    def __len__(self) -> int:
        return len(self.times)

    def add(self, time: int, value: float, record: int, transaction: int) -> None:
        """Add a reading at the place of its time."""
        columns = (self.times, time), (self.records, record), (self.transactions, transaction)
        if not self.times or time >= self.times[-1]:
            self.values.append(value)
            for column, one in columns:
                column.append(one)
            return
        place = bisect_right(self.times, time)
        self.values.insert(place, value)
        for column, one in columns:
            column.insert(place, one)

    def only(self, transaction: int) -> MeasuredSeries:
        """The readings of one transaction."""
        found = MeasuredSeries(self.key)
        for place, number in enumerate(self.transactions):
            if number == transaction:
                found.add(self.times[place], self.values[place], self.records[place], number)
        return found

    def longest_step(self) -> int:
        """The longest time between two readings that a line may cross, by what is usual in this series."""
        times = self.times
        places = range(1, len(times), max(1, len(times) // SAMPLED))
        steps = [step for place in places if (step := times[place] - times[place - 1]) > 0]
        return max(SHORTEST_GAP, round(MISSED * median_low(steps))) if steps else SHORTEST_GAP

    def is_joined(self, place: int, longest: int) -> bool:
        """Whether a reading continues the one before: after no gap, and in no other transaction."""
        before, now = self.transactions[place - 1], self.transactions[place]
        return self.times[place] - self.times[place - 1] <= longest and (before == now or not before or not now)

    def place_at(self, time: int) -> int | None:
        """The last reading that is not later than a time, unless a gap follows it; None if there is none."""
        place = bisect_right(self.times, time) - 1
        if place < 0 or time - self.times[place] > self.longest_step():
            return None
        return place


class GatheredSeries:
    """All series of a timeline, with the limits beside them. Call `advance` until it returns True, and again later.

    A reading has the time of the log: that of its message, less what lies between it and the latest reading of the
    message. So a wrong clock of a charge point moves nothing, and the readings of a whole transaction in its last
    message lie where they belong. With `by_own_clock` it has the time that the charge point says, which places readings
    that were sent after an interruption.
    """

    def __init__(self, timeline: Timeline, *, by_own_clock: bool = False) -> None:
        self.timeline = timeline
        self.by_own_clock = by_own_clock
        self.series: dict[SeriesKey, MeasuredSeries] = {}
        self.limits: dict[tuple[str, int], LimitSteps] = {}
        """By charge point and place."""
        self.transactions: list[TransactionSpan] = [TransactionSpan("", 1, 0, "", 0, 0)]
        """By number; that of 0 is none."""
        self.readings = 0
        """How many readings are in the series."""
        self.left_out = 0
        """How many more there are than are kept."""
        self._numbers: dict[tuple[str, str], int] = {}

        class CollectorOfThis(_SeriesCollector):
            into = self

        class FollowerOfThis(LimitFollower):
            limits_of = self.limits
            followers: ClassVar[dict[str, LimitFollower]] = {}

        self._followers = FollowerOfThis.followers
        self._run = CheckerRun(timeline, (CollectorOfThis, FollowerOfThis), lambda *found: None)

    @property
    def progress(self) -> float:
        """The part of the records that was read, from 0 to 1."""
        return self._run.done / len(self.timeline) if len(self.timeline) else 1.0

    def advance(self, budget_s: float) -> bool:
        """Gather for about `budget_s` seconds; True when all records are read."""
        if not self._run.advance(budget_s):
            return False
        if len(self.timeline):
            for follower in self._followers.values():
                follower.pass_to(self.timeline.times[-1])
        return True

    def add(self, rows: list[MeterRow]) -> None:
        """Take in the readings of one message."""
        latest = max(row.time for row in rows)
        for row in rows:
            if self.readings >= MOST_READINGS:
                self.left_out += 1
                continue
            delay = latest - row.time
            time = row.time if self.by_own_clock else row.sent - (delay if delay <= OLDEST else 0)
            reading = row.reading.in_base_unit
            generation, place = (1, row.connector or 0) if row.evse is None else (2, row.evse)
            key = SeriesKey(
                row.charge_point, generation, place, reading.measurand, reading.unit, reading.phase, reading.location
            )
            series = self.series.get(key)
            if series is None:
                if len(self.series) >= MOST_SERIES:
                    self.left_out += 1
                    continue
                series = self.series[key] = MeasuredSeries(key)
            series.add(time, reading.value, row.record, self._number(row, generation, place, time))
            self.readings += 1

    def _number(self, row: MeterRow, generation: int, place: int, time: int) -> int:
        """The number of the transaction of a reading, which it may be the first or the last of."""
        if not row.transaction:
            return 0
        name = row.charge_point, row.transaction
        number = self._numbers.get(name)
        if number is None:
            number = self._numbers[name] = len(self.transactions)
            self.transactions.append(TransactionSpan(row.charge_point, generation, place, row.transaction, time, time))
            return number
        span = self.transactions[number]
        if not span.first <= time <= span.last:
            self.transactions[number] = span._replace(first=min(span.first, time), last=max(span.last, time))
        return number


class _SeriesCollector(MeterCollector):
    into: ClassVar[GatheredSeries]

    def take(self, found: list[MeterRow]) -> None:
        self.into.add(found)
