"""The figures of every charge point of a timeline, in one pass, as it grows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from time import perf_counter

from ocpptui.diagnosis.checker_run import CheckerRun
from ocpptui.reporting.exchanges import ExchangeCounter
from ocpptui.reporting.follower import ChargingSession, Follower, StationFigures
from ocpptui.timeline.timeline import Timeline

MOST_CHARGE_POINTS = 10_000
"""Charge points that are counted; of further ones only how many there are."""
STEP = 256
"""How many records are counted between two looks at the clock."""


class OperatingReport:
    """Call `advance` to go on."""

    def __init__(self, timeline: Timeline, on_session: Callable[[ChargingSession], None] | None = None) -> None:
        """`on_session` is called with each transaction that ends."""
        self.timeline = timeline
        self._on_session = on_session
        self.done = 0
        """The records before this one are counted."""
        self.stations: dict[str, StationFigures] = {}
        """By identity, "" for all records that name no charge point; in the order of their first record."""
        self._exchanges = ExchangeCounter(timeline, MOST_CHARGE_POINTS)

        class FollowerOfThis(Follower):
            source = self

        self._run = CheckerRun(timeline, (FollowerOfThis,), lambda *found: None)

    @property
    def latest(self) -> int | None:
        """The clock of the latest record."""
        return self._exchanges.latest

    @property
    def left_out(self) -> int:
        """How many charge points are not counted."""
        named = sum(1 for name in self.stations if name)
        return len(self.timeline.charge_points()) - named if self.done == len(self.timeline) else 0

    @property
    def progress(self) -> float:
        """From 0 to 1."""
        return self.done / len(self.timeline) if len(self.timeline) else 1.0

    def figures_of(self, charge_point: str) -> StationFigures | None:
        """The figures of a charge point; None if it is not counted."""
        return self.stations.get(charge_point)

    def session_ended(self, session: ChargingSession) -> None:
        """Hand over a transaction that has ended."""
        if self._on_session is not None:
            self._on_session(session)

    def open_sessions(self) -> Iterator[ChargingSession]:
        """The transactions that have not ended."""
        for name, of in self.stations.items():
            for one in () if of.known is None else of.known.open.values():
                place = one.evse, one.connector, one.id_token
                yield ChargingSession(name, one.id, *place, one.start, one.started, *(None,) * 5)

    def advance(self, budget_s: float) -> bool:
        """Count further records for about `budget_s` seconds; True when none are left."""
        end = perf_counter() + budget_s
        while self.done < len(self.timeline):
            start, self.done = self.done, min(self.done + STEP, len(self.timeline))
            self._exchanges.count(start, self.done)
            if len(self.stations) < len(self._exchanges.stations):
                for name, records in self._exchanges.stations.items():
                    if name not in self.stations:
                        self.stations[name] = StationFigures(records)
            while self._run.done < self.done:
                self._run.advance(0)
            if perf_counter() >= end:
                break
        return self.done == len(self.timeline)

    def waiting(self) -> Counter[tuple[str, int, int]]:
        """The calls on open connections that may yet be answered in time: by charge point, action and direction."""
        timeline, counts = self.timeline, Counter[tuple[str, int, int]]()
        late_after = timeline.late_after
        for connection in timeline.correlations:
            for index in timeline.in_flight(connection):
                changes = timeline.clock_changes
                clock = timeline.times[index] - (changes.before(index) if changes.any else 0)
                is_due = self.latest is not None and self.latest - clock > late_after and timeline.goes_on(index)
                if index < self.done and self.latest is not None and not is_due:
                    counts[timeline.charge_point(index), timeline.actions[index], timeline.directions[index]] += 1
        return counts

    def broken_rules(self) -> Counter[tuple[str, str]]:
        """How many records of each charge point break each rule."""
        timeline, counts = self.timeline, Counter[tuple[str, str]]()
        for (party, number), count in Counter(zip(timeline.parties, timeline.findings, strict=True)).items():
            for rule in timeline.rule_sets[number]:
                counts[timeline.party_table[party].charge_point, rule] += count
        return counts
