"""Calls of each action: answers, latency, retries. Counted in the columns of the timeline; few texts are read."""

from __future__ import annotations

from dataclasses import dataclass, field

from ocpptui.ocpp.correlation import ANSWERED
from ocpptui.ocpp.message import Message
from ocpptui.reporting.distribution import Distribution
from ocpptui.timeline.columns import DUPLICATE_ID, SUBSTITUTE, TIMELESS
from ocpptui.timeline.record import RecordKind
from ocpptui.timeline.timeline import Timeline

MOST_LISTED = 300
"""Combinations of action and direction of one charge point; further ones are counted together."""
ExchangeKey = tuple[int, int]
"""The numbers of the action and of the direction of the call."""


@dataclass(slots=True)
class ExchangeFigures:
    """The calls of one action in one direction."""

    calls: int = 0
    answered: int = 0
    """With a CALLRESULT or a CALLERROR, late ones too."""
    errors: int = 0
    retries: int = 0
    latency: Distribution = field(default_factory=Distribution)
    """µs."""
    last: int = -1
    """The index of the last call."""


@dataclass(slots=True)
class StationRecords:
    """What the columns say of one charge point."""

    first: int
    """The clock of its first record."""
    first_kind: int
    last: int
    """The clock of its last record."""
    first_index: int = 0
    last_index: int = 0
    records: int = 0
    timeless: int = 0
    """Messages of which nothing says when they were sent."""
    exchanges: dict[ExchangeKey, ExchangeFigures] = field(default_factory=dict)

    def exchange(self, action: int, direction: int) -> ExchangeFigures:
        """The figures of an action, added if it is new."""
        found = self.exchanges.get((action, direction))
        if found is None:
            key = (action, direction) if len(self.exchanges) < MOST_LISTED else (0, direction)
            found = self.exchanges.setdefault(key, ExchangeFigures())
        return found


class ExchangeCounter:
    """Goes through the rows of a timeline once."""

    def __init__(self, timeline: Timeline, most: int) -> None:
        """At most so many charge points are counted; of further ones only the names are."""
        self.stations: dict[str, StationRecords] = {}
        self.latest: int | None = None
        """The latest clock of all records."""
        self._timeline = timeline
        self._most = most
        self._of_party: dict[int, StationRecords | None] = {}

    def count(self, start: int, stop: int) -> None:
        """Count the records from `start` to before `stop`."""
        timeline, of_party = self._timeline, self._of_party
        changes = timeline.clock_changes if timeline.clock_changes.any else None
        times, all_flags = timeline.times, timeline.flags
        rows = zip(
            range(start, stop),
            timeline.parties[start:stop],
            timeline.kinds[start:stop],
            timeline.actions[start:stop],
            all_flags[start:stop],
            timeline.directions[start:stop],
            times[start:stop],
            timeline.others[start:stop],
            timeline.answerings[start:stop],
            strict=True,
        )
        latest = -1 if self.latest is None else self.latest
        for index, party, kind, action, flags, direction, time, other, answering in rows:
            clock = time if changes is None else time - changes.before(index)
            is_message = kind <= _LAST_MESSAGE
            is_timeless = is_message and flags & TIMELESS
            if clock > latest and not is_timeless:
                latest = clock
            station = of_party.get(party, _NEW)
            if station is _NEW:
                station = self._station(party, clock, kind, index)
            if station is None:
                continue
            assert isinstance(station, StationRecords)
            station.records += 1
            if is_timeless:
                station.timeless += 1
            elif clock >= station.last:
                station.last, station.last_index = clock, index
            if not is_message or flags & SUBSTITUTE:
                continue
            if kind == _CALL:
                figures = station.exchanges.get((action, direction)) or station.exchange(action, direction)
                figures.calls += 1
                if figures.last >= 0 and self._is_retry(figures.last, index, flags):
                    figures.retries += 1
                figures.last = index
            elif kind in _ANSWERS and other >= 0 and answering in ANSWERED and timeline.kinds[other] == _CALL:
                key = timeline.actions[other], timeline.directions[other]
                figures = station.exchanges.get(key) or station.exchange(*key)
                figures.answered += 1
                figures.errors += kind == _ERROR
                if not (flags | all_flags[other]) & TIMELESS:
                    latency = time - times[other] if changes is None else timeline.between(other, index)
                    figures.latency.add(latency)
        self.latest = None if latest < 0 else latest

    def _station(self, party: int, clock: int, kind: int, index: int) -> StationRecords | None:
        name = self._timeline.party_table[party].charge_point
        connection = self._timeline.party_table[party].connection
        station = self.stations.get(name)
        if station is None and (name or connection) and len(self.stations) < self._most:
            station = self.stations[name] = StationRecords(clock, kind, clock, index, index)
        self._of_party[party] = station
        return station

    def _is_retry(self, before: int, index: int, flags: int) -> bool:
        """Whether a call says the same as the one before it, which has failed or has the same message id.

        A call without content, a Heartbeat for example, is the next one and not the same again.
        """
        timeline = self._timeline
        answer = timeline.others[before]
        has_failed = not before < answer < index or timeline.kinds[answer] == _ERROR
        if not (has_failed or flags & DUPLICATE_ID):
            return False
        one, other = timeline.frame(before), timeline.frame(index)
        return (
            isinstance(one, Message)
            and isinstance(other, Message)
            and bool(other.payload)
            and one.payload == other.payload
        )


_NEW = object()
_CALL, _RESULT, _ERROR = int(RecordKind.CALL), int(RecordKind.CALLRESULT), int(RecordKind.CALLERROR)
_ANSWERS = frozenset({_RESULT, _ERROR})
_LAST_MESSAGE = int(RecordKind.SEND)
