"""Hands the records of a timeline to the checkers, in one pass, as the timeline grows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import compress, islice
from time import perf_counter
from typing import Any, NamedTuple

from ocpptui.diagnosis.bookkeeping import Bookkeeper
from ocpptui.diagnosis.checked_station import Bound, CheckedStation, Handlers
from ocpptui.diagnosis.checker import Checker, TriggerKind, Turn
from ocpptui.diagnosis.known import MOST_CONNECTIONS, KnownChargePoint, KnownConnection
from ocpptui.diagnosis.payload_reader import KIND_BITS, KIND_MASK, PayloadReader, shapes_of
from ocpptui.diagnosis.recorded_until import recorded_until
from ocpptui.diagnosis.rule import Rule
from ocpptui.diagnosis.seen import Seen
from ocpptui.ocpp.action_use import Misuse
from ocpptui.ocpp.check_limits import CheckLimits
from ocpptui.ocpp.correlation import ANSWERED, AnswerStatus
from ocpptui.ocpp.date_times import SECOND
from ocpptui.ocpp.version import Direction, Version
from ocpptui.runtime.bounded import put
from ocpptui.timeline.columns import (
    DIRECTIONS,
    EVENT_SHIFT,
    EVENTS,
    OPPOSITE_CODES,
    SUBSTITUTE,
    TIMELESS,
    ConnectionKey,
)
from ocpptui.timeline.record import ConnectionEvent, RecordKind
from ocpptui.timeline.timeline import Timeline

MOST_CHARGE_POINTS = 10_000
"""Charge points whose state is kept. The one that was silent longest is forgotten first: then all of it is unknown."""
MOST_CALLS = 2000
"""Calls that are kept with their payload until their answer comes; the payload of an earlier one is read again."""
LONGEST_KEPT = 16_384
"""Bytes of a call that is kept."""
STEP = 256
"""How many records are read at once."""
PART = 32
"""The most of them that are handed over between two looks at the clock."""
SHORT = 0.0005
"""Seconds that this may take; the first records of a charge point take far longer than later ones."""

TakesFinding = Callable[[Rule, int, tuple[int, ...], dict[str, Any]], None]


class _Place(NamedTuple):
    """What the records of one party share."""

    station: CheckedStation
    connection: KnownConnection
    version: Version | None
    is_withdrawn: bool
    """What is read ahead of its messages is not what checkers read (see `common_reading`)."""


class CheckerRun:
    """Runs checkers over a timeline. Call `advance` to go on; `found` is called with each finding."""

    def __init__(
        self,
        timeline: Timeline,
        checkers: Iterable[type[Checker]],
        found: TakesFinding,
        chosen: Sequence[bool] | None = None,
        *,
        seconds: Callable[[], float] = perf_counter,
    ) -> None:
        """`chosen` says of each party of a timeline that does not grow whether its records are handed over; `seconds`
        is the clock by which a budget is spent."""
        self.done = 0
        """The records before this one have been handed over."""
        self.silent_since = -1
        """The last record of the charge point for which time passes at the end; -1 before that (see `conclude`)."""
        self.found = found
        self._seconds = seconds
        self._read = 0  # the records before this one are read
        self._rows: Iterator[tuple[int, ...]] = iter(())  # those of them that are still to be handed over
        self._left = 0  # how many these are
        self._part = 1  # how many of them are handed over before the next look at the clock
        self._stations: dict[str | int, CheckedStation] = {}
        self.limits = CheckLimits()
        tables: dict[TriggerKind, dict[Any, Handlers]] = {kind: defaultdict(tuple) for kind in TriggerKind}
        kinds: tuple[type[Checker], ...] = (*checkers, Bookkeeper)
        for checker in kinds:
            for trigger, handler in checker.handlers:
                tables[trigger.kind][trigger.what] += ((checker, handler),)
        self.of_records: dict[int, Handlers] = {int(what): of for what, of in tables[TriggerKind.RECORD].items()}
        self._of_events: dict[Any, Handlers] = dict(tables[TriggerKind.CONNECTION])
        self._of_overlaps: Handlers = tables[TriggerKind.TURN].get(Turn.OVERLAP, ())
        self._of_slow_answers: Handlers = tables[TriggerKind.TURN].get(Turn.SLOW, ())
        self._of_strays: Handlers = tables[TriggerKind.TURN].get(Turn.STRAY, ())
        self._of_earlier: Handlers = tables[TriggerKind.TURN].get(Turn.EARLIER, ())
        self._of_actions = {
            int(RecordKind.CALL): tables[TriggerKind.CALL],
            int(RecordKind.SEND): tables[TriggerKind.CALL],
            int(RecordKind.CALLRESULT): tables[TriggerKind.EXCHANGE],
            int(RecordKind.CALLERROR): tables[TriggerKind.REFUSAL],
        }
        self._asking: set[int] = set()  # shapes of calls whose results are handed over with them
        self._timeline = timeline
        self._chosen = chosen
        self._places: dict[int, _Place] = {}  # by number of the party
        self._calls: dict[int, Seen] = {}  # with payloads that were read
        self._misused: dict[int, bool] = {0: False}  # by number of remarks: the message may not use its action
        self.payloads = PayloadReader(timeline)

    @property
    def limits(self) -> CheckLimits:
        """What the user allows."""
        return self._limits

    @limits.setter
    def limits(self, limits: CheckLimits) -> None:
        self._limits = limits
        self._slow_after = round(limits.slow_answer * SECOND)
        for station in self._stations.values():
            station.limits = limits

    @property
    def time_out(self) -> int:
        """How long a call may wait for its answer, in µs."""
        return self._timeline.late_after

    # -- going on -----------------------------------------------------------------------------------------------

    def advance(self, budget_s: float) -> bool:
        """Hand over further records for `budget_s` seconds, at least a few; True when none are left."""
        timeline, now = self._timeline, self._seconds()
        end = now + budget_s
        while self.done < len(timeline):
            if self.done == self._read:
                self._read_step(self.done, min(self.done + STEP, len(timeline)))
            self._observe()
            before, now = now, self._seconds()
            self._part = min(2 * self._part, PART) if now - before <= SHORT else max(self._part // 2, 1)
            if now + SHORT >= end:
                break
        return self.done == len(timeline)

    def tell_time(self, now: int) -> None:
        """Set the time, in µs since 1970, if no record shows it."""
        clock = now - self._timeline.clock_changes.total
        for station in self._stations.values():
            if station.waits.next < clock:
                station.pass_time(clock)

    def conclude(self) -> None:
        """All records of a timeline that does not grow any more are handed over: the time passes for the charge points
        that have fallen silent while others went on."""
        for key, silence in recorded_until(self._timeline, station_key).items():
            station = self._stations.get(key)
            if station is not None and station.waits.next < silence.until:
                self.silent_since = silence.last
                station.pass_time(silence.until)

    def close(self) -> None:
        """There is nothing to end."""

    # -- records ------------------------------------------------------------------------------------------------

    def _read_step(self, start: int, stop: int) -> None:
        """Read the records from `start` to before `stop`."""
        timeline = self._timeline
        kinds, parties = timeline.kinds[start:stop], timeline.parties[start:stop]
        shapes = shapes_of(timeline.actions[start:stop], kinds)
        chosen = None if self._chosen is None else [*map(self._chosen.__getitem__, parties)]
        self.payloads.begin(start, stop, shapes, chosen)
        rows: Iterator[tuple[int, ...]] = zip(
            range(start, stop),
            parties,
            kinds,
            shapes,
            timeline.flags[start:stop],
            timeline.directions[start:stop],
            timeline.times[start:stop],
            timeline.remarks[start:stop],
            timeline.others[start:stop],
            strict=True,
        )
        self._read = stop
        self._rows, self._left = (rows, stop - start) if chosen is None else (compress(rows, chosen), sum(chosen))

    def _observe(self) -> None:
        """Hand over a part of what was read. Most time is spent here: each step must be cheap."""
        timeline, payloads, names = self._timeline, self.payloads, self._timeline.action_table
        ahead, times, others = payloads.ahead, timeline.times, timeline.others
        changes = timeline.clock_changes if timeline.clock_changes.any else None
        places, slow_after = self._places, self._slow_after
        self._left -= self._part
        for index, party, kind, shape, flags, direction, time, remarks, other in islice(self._rows, self._part):
            self.done = index + 1
            place = places.get(party) or self._place(party)
            if place is None:
                continue
            station, connection, version, is_withdrawn = place
            if version is not station.version and version is not None:
                self._change_version(station, version)
            clock = time if changes is None else time - changes.before(index)
            if kind > _LAST_MESSAGE:
                self._happened(place, index, kind, flags, time, clock)
                continue
            is_timed = True
            if flags:
                if flags & SUBSTITUTE:
                    continue  # neither side sent it
                is_timed = not flags & TIMELESS
            if kind == _CALL:
                called = connection.called
                before, called[direction] = called[direction], index
                if before >= 0 and not before < others[before] < index:
                    self._overlap(station, before, index)
            elif kind == _RESULT:
                connection.answered[direction] = True
                if other >= 0:
                    called, opposite = connection.called, _OPPOSITE[direction]
                    if called[opposite] == other:
                        called[opposite] = -1
                    if time - times[other] > slow_after:
                        self._slow(station, other, index)
                else:
                    self._stray(station, index)
            if station.waits.next < clock and is_timed:
                station.pass_time(clock)
            if station.records and (handlers := station.records.get(kind)):
                seen = Seen(timeline, index, payloads, names[shape >> KIND_BITS], time, clock, is_timed)
                for handler in handlers:
                    handler(seen)
            bound = station.handlers.get(shape)
            if bound is None:
                bound = self._bind(station, shape)
            if bound and version is not None and direction and not (remarks and self._is_misused(remarks)):
                payload = None if is_withdrawn else ahead.get(index)
                seen = Seen(timeline, index, payloads, names[shape >> KIND_BITS], time, clock, is_timed, payload)
                if kind in _CALLS:
                    for handler in bound:
                        handler(seen)
                    if shape in self._asking and seen.is_read:
                        self._keep(seen)
                else:
                    self._exchanged(bound, other, seen)
            if is_timed:
                if clock < connection.latest:
                    self._earlier(station, index, connection.latest - clock)
                else:
                    connection.latest = clock
                if direction == _TO_CSMS:
                    connection.heard, connection.heard_index = clock, index
                elif direction == _TO_CHARGE_POINT:
                    connection.told, connection.told_index = clock, index
        if self._left <= 0:
            self.done = self._read

    def _bind(self, station: CheckedStation, shape: int) -> Bound:
        """The handlers of a charge point for messages of one shape."""
        action, kind = self._timeline.action_table[shape >> KIND_BITS], shape & KIND_MASK
        bound = station.handlers[shape] = station.bind(self._of_actions.get(kind, {}).get(action, ()))
        if kind in _CALLS and action in self._of_actions[_RESULT]:
            self._asking.add(shape)
        return bound

    def _keep(self, call: Seen) -> None:
        """Keep the payload of a call for its answer."""
        if self._timeline.lengths[call.index] <= LONGEST_KEPT:
            put(self._calls, call.index, call, MOST_CALLS)

    def _exchanged(self, handlers: Bound, call: int, answer: Seen) -> None:
        """Hand over an answer with its call."""
        timeline = self._timeline
        if call < 0 or timeline.answerings[answer.index] not in ANSWERED or self._is_misused(timeline.remarks[call]):
            return
        if timeline.kinds[call] == RecordKind.MALFORMED:
            return  # nobody knows what it asked for
        asked = self._calls.pop(call, None) or self._seen(call)
        for handler in handlers:
            handler(asked, answer)

    def _seen(self, index: int) -> Seen:
        """A record as a checker sees it."""
        return Seen.at(self._timeline, index, self.payloads)

    def _overlap(self, station: CheckedStation, before: int, index: int) -> None:
        """Hand over a call, and the one before it in its direction, which has no answer yet."""
        for handler in station.bind(self._of_overlaps):
            handler(self._seen(before), self._seen(index))

    def _stray(self, station: CheckedStation, index: int) -> None:
        """Hand over a result without a call."""
        if self._timeline.answerings[index] == AnswerStatus.ORPHAN:
            for handler in station.bind(self._of_strays):
                handler(self._seen(index))

    def _earlier(self, station: CheckedStation, index: int, by: int) -> None:
        """Hand over a message that is earlier than the one before it."""
        for handler in station.bind(self._of_earlier):
            handler(self._seen(index), by)

    def _slow(self, station: CheckedStation, call: int, index: int) -> None:
        """Hand over a result that came after more than the limit."""
        timeline = self._timeline
        waited = timeline.latency(index)
        if timeline.answerings[index] == AnswerStatus.FIRST and waited and waited > self._slow_after:
            for handler in station.bind(self._of_slow_answers):
                handler(self._seen(call), self._seen(index))

    def _happened(self, place: _Place, index: int, kind: int, flags: int, time: int, clock: int) -> None:
        """Hand over what is not a message: an event of the connection, a ping, a note."""
        station = place.station
        if station.waits.next < clock:
            station.pass_time(clock)
        event = EVENTS[flags >> EVENT_SHIFT] if kind == RecordKind.CONNECTION else None
        handlers = station.records.get(kind, ())
        if event is not None:
            bound = station.events.get(event)
            if bound is None:
                bound = station.events[event] = station.bind(self._of_events.get(event, ()))
            handlers += bound
        if handlers:
            seen = Seen(self._timeline, index, self.payloads, "", time, clock, True)
            for handler in handlers:
                handler(seen)
        if event is ConnectionEvent.CLOSED:  # it has no further records
            party = self._timeline.parties[index]
            self._places.pop(party, None)
            station.parties.discard(party)

    # -- charge points ------------------------------------------------------------------------------------------

    def _place(self, party: int) -> _Place | None:
        """The charge point of a party; of one without a name, its connection takes the place of the charge point."""
        number, identity, version, _ = of = self._timeline.party_table[party]
        key = station_key(of)
        if not key:
            return None
        station = self._stations.get(key)
        if station is None:
            if len(self._stations) >= MOST_CHARGE_POINTS:
                self._forget_one()
            station = self._stations[key] = CheckedStation(self, KnownChargePoint(identity), self._limits)
        connection = station.known.connections.get(number)
        if connection is None:
            connection = KnownConnection(number)
            put(station.known.connections, number, connection, MOST_CONNECTIONS)
        if version is not None:
            connection.version = version
        is_withdrawn = version is not None and version.is_withdrawn
        place = self._places[party] = _Place(station, connection, version, is_withdrawn)
        station.parties.add(party)
        return place

    def _forget_one(self) -> None:
        """Forget the charge point that was silent longest."""

        def last(key: str | int) -> int:
            return max((one.heard or 0 for one in self._stations[key].known.connections.values()), default=0)

        for party in self._stations.pop(min(self._stations, key=last)).parties:
            self._places.pop(party, None)

    def _change_version(self, station: CheckedStation, version: Version) -> None:
        """Note the version. What is known from another version is forgotten: the charge point has a new firmware."""
        if station.known.version is not None:
            station.begin(KnownChargePoint(station.known.identity, connections=station.known.connections))
        station.known.version = station.version = version

    def _is_misused(self, remarks: int) -> bool:
        found = self._misused.get(remarks)
        if found is None:
            found = self._misused[remarks] = not _MISUSES.isdisjoint(self._timeline.remark_table[remarks])
        return found


def station_key(party: ConnectionKey) -> str | int:
    """What tells the charge point of a party from others: its name, or without one its connection; 0: there is none."""
    return party.charge_point or party.connection


_CALL, _RESULT = int(RecordKind.CALL), int(RecordKind.CALLRESULT)
_CALLS = (_CALL, int(RecordKind.SEND))
_LAST_MESSAGE = int(RecordKind.SEND)
_TO_CSMS = DIRECTIONS.index(Direction.TO_CSMS)
_TO_CHARGE_POINT = DIRECTIONS.index(Direction.TO_CHARGE_POINT)
_OPPOSITE = [OPPOSITE_CODES.get(code, 0) for code in range(len(DIRECTIONS))]
_MISUSES = frozenset(Misuse)
