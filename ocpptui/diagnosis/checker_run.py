"""Hands the records of a timeline to the checkers, in one pass, as the timeline grows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from time import perf_counter
from types import MethodType
from typing import Any, NamedTuple

from ocpptui.diagnosis.bookkeeping import Bookkeeper
from ocpptui.diagnosis.checker import Checker, Handler, TriggerKind, Turn
from ocpptui.diagnosis.known import MOST_CONNECTIONS, KnownChargePoint, KnownConnection
from ocpptui.diagnosis.rule import Rule
from ocpptui.diagnosis.seen import Seen
from ocpptui.ocpp.action_use import Misuse
from ocpptui.ocpp.check_limits import CheckLimits
from ocpptui.ocpp.correlation import AnswerStatus
from ocpptui.ocpp.date_times import SECOND
from ocpptui.ocpp.encoding import payload_in
from ocpptui.ocpp.message import Message
from ocpptui.ocpp.secret_fields import CARRIERS
from ocpptui.ocpp.version import Direction, Version
from ocpptui.runtime.bounded import put
from ocpptui.timeline.columns import DIRECTIONS, EVENT_SHIFT, EVENTS, SUBSTITUTE, TIMELESS
from ocpptui.timeline.record import ConnectionEvent, RecordKind
from ocpptui.timeline.record_store import RecordTexts
from ocpptui.timeline.timeline import Timeline

MOST_CHARGE_POINTS = 10_000
"""Charge points whose state is kept. The one that was silent longest is forgotten first: then all of it is unknown."""
MOST_CALLS = 2000
"""Calls that are kept with their payload until their answer comes; the payload of an earlier one is read again."""
LONGEST_KEPT = 16_384
"""Bytes of a call that is kept."""
STEP = 256
"""How many records are read at once, and handled between two looks at the clock."""
FEW = 8
"""Records that were probably just appended: their parsed messages are at hand."""

TakesFinding = Callable[[Rule, int, tuple[int, ...], dict[str, Any]], None]
Handlers = tuple[tuple[type[Checker], Handler], ...]
Bound = tuple[Callable[..., None], ...]


class _Station:
    """A charge point: what is known of it, its checkers, and their handlers, each bound when it is first needed."""

    def __init__(self, run: CheckerRun, known: KnownChargePoint) -> None:
        self._run = run
        self.parties: set[int] = set()
        self.begin(known)

    def begin(self, known: KnownChargePoint) -> None:
        """Forget everything else."""
        self.known = known
        self.waits = known.waits
        self.handlers: dict[int, Bound] = {}
        self.events: dict[ConnectionEvent | None, Bound] = {}
        self.records: dict[int, Bound] = {}
        self._checkers: dict[type[Checker], Checker] = {}
        self.listen()

    def bind(self, handlers: Handlers) -> Bound:
        return tuple(MethodType(handler, self._checker(kind)) for kind, handler in handlers)

    def _checker(self, kind: type[Checker]) -> Checker:
        checker = self._checkers.get(kind)
        if checker is None:
            checker = self._checkers[kind] = kind(self.known, self)
        return checker

    def listen(self) -> None:
        """Bind the handlers of all records of a kind, of the checkers that listen."""
        self.records = {}
        for kind, handlers in self._run.of_records.items():
            if bound := self.bind(tuple(one for one in handlers if self._checker(one[0]).listens)):
                self.records[kind] = bound

    @property
    def limits(self) -> CheckLimits:
        return self._run.limits

    @property
    def time_out(self) -> int:
        return self._run.time_out

    def found(self, rule: Rule, index: int, related: tuple[int, ...], values: dict[str, Any]) -> None:
        self._run.found(rule, index, related, values)

    def pass_time(self, clock: int) -> None:
        """Do what was to be done before this clock."""
        self.known.now = clock
        for then in self.waits.take_passed(clock):
            then()


class _Place(NamedTuple):
    """What the records of one party share."""

    station: _Station
    connection: KnownConnection
    version: Version | None


class CheckerRun:
    """Runs checkers over a timeline. Call `advance` to go on; `found` is called with each finding."""

    def __init__(
        self,
        timeline: Timeline,
        checkers: Iterable[type[Checker]],
        found: TakesFinding,
    ) -> None:
        self.done = 0
        """The records before this one have been handed over."""
        self.found = found
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
        self._of_actions = {
            int(RecordKind.CALL): tables[TriggerKind.CALL],
            int(RecordKind.SEND): tables[TriggerKind.CALL],
            int(RecordKind.CALLRESULT): tables[TriggerKind.EXCHANGE],
            int(RecordKind.CALLERROR): tables[TriggerKind.REFUSAL],
        }
        self._wanted = {action for table in self._of_actions.values() for action in table}
        self._codes: list[int] = []  # by number of an action: a multiple of 16, or 0 if no handler wants it
        self._answered_actions: set[int] = set()  # by number: their answers are handed over with the call
        self._timeline = timeline
        self._stations: dict[str | int, _Station] = {}
        self._places: dict[int, _Place] = {}  # by number of the party
        self._calls: dict[int, Seen] = {}  # with payloads that were read
        self._misused: dict[int, bool] = {0: False}  # by number of remarks: the message may not use its action
        self._texts: list[tuple[int, int, RecordTexts]] = []  # of the last two steps: first record, last, texts
        self._at_hand = range(0)  # the records of this step

    @property
    def limits(self) -> CheckLimits:
        """What the user allows."""
        return self._limits

    @limits.setter
    def limits(self, limits: CheckLimits) -> None:
        self._limits = limits
        self._slow_after = round(limits.slow_answer * SECOND)

    @property
    def time_out(self) -> int:
        """How long a call may wait for its answer, in µs."""
        return self._timeline.late_after

    # -- going on -----------------------------------------------------------------------------------------------

    def advance(self, budget_s: float) -> bool:
        """Hand over further records for about `budget_s` seconds; True when none are left."""
        timeline, end = self._timeline, perf_counter() + budget_s
        while self.done < len(timeline):
            start, self.done = self.done, min(self.done + STEP, len(timeline))
            self._at_hand = range(start, self.done)
            self._observe(start, self.done)
            if perf_counter() >= end:
                break
        return self.done == len(timeline)

    def tell_time(self, now: int) -> None:
        """Set the time, in µs since 1970, if no record shows it."""
        clock = now - self._timeline.clock_changes.total
        for station in self._stations.values():
            if station.waits.next < clock:
                station.pass_time(clock)

    # -- records ------------------------------------------------------------------------------------------------

    def observe_next(self) -> None:
        """Hand over the next record, which was just appended; the same as `advance`, sooner."""
        timeline, index = self._timeline, self.done
        self.done += 1
        self._at_hand = range(index, self.done)
        if len(self._codes) < len(timeline.action_table):
            self._learn_actions()
        self._observe_one(
            index,
            timeline.parties[index],
            timeline.kinds[index],
            timeline.actions[index],
            timeline.flags[index],
            timeline.directions[index],
            timeline.times[index],
        )

    def _observe(self, start: int, stop: int) -> None:
        timeline = self._timeline
        self._learn_actions()
        rows = zip(
            range(start, stop),
            timeline.parties[start:stop],
            timeline.kinds[start:stop],
            timeline.actions[start:stop],
            timeline.flags[start:stop],
            timeline.directions[start:stop],
            timeline.times[start:stop],
            strict=True,
        )
        observe = self._observe_one
        for row in rows:
            observe(*row)

    def _learn_actions(self) -> None:
        codes, table = self._codes, self._timeline.action_table
        for number in range(len(codes), len(table)):
            codes.append((number + 1) << 4 if table[number] in self._wanted else 0)
            if any(table[number] in self._of_actions[kind] for kind in _ANSWERS):
                self._answered_actions.add(number)

    def _observe_one(
        self, index: int, party: int, kind: int, action: int, flags: int, direction: int, time: int
    ) -> None:
        place = self._places.get(party) or self._place(party)
        if place is None:
            return
        station, connection, version = place
        if version is not station.known.version and version is not None:
            self._change_version(station, version)
        timeline = self._timeline
        changes = timeline.clock_changes
        clock = time - changes.before(index) if changes.any else time
        if kind > _LAST_MESSAGE:
            self._happened(place, index, kind, flags, clock)
            return
        if flags & SUBSTITUTE:
            return  # neither side sent it
        is_timed = not flags & TIMELESS
        if kind == _CALL:
            before, connection.called[direction] = connection.called[direction], index
            if before >= 0 and not before < timeline.others[before] < index:
                self._overlap(station, before, index)
        elif kind == _RESULT:
            connection.answered[direction] = True
            call = timeline.others[index]
            if call >= 0 and time - timeline.times[call] > self._slow_after:
                self._slow(station, call, index)
        if station.waits.next < clock and is_timed:
            station.pass_time(clock)
        if station.records and (handlers := station.records.get(kind)):
            seen = Seen(timeline, index, self)
            for handler in handlers:
                handler(seen)
        if version is not None and direction and (code := self._codes[action]):
            bound = station.handlers.get(code + kind)
            if bound is None:
                of_kind = self._of_actions.get(kind, {})
                bound = station.bind(of_kind.get(timeline.action_table[action], ()))
                station.handlers[code + kind] = bound
            if bound:
                self._message(bound, kind, index)
        if is_timed:
            if direction == _TO_CSMS:
                connection.heard, connection.heard_index = clock, index
            elif direction == _TO_CHARGE_POINT:
                connection.told, connection.told_index = clock, index

    def _message(self, handlers: Bound, kind: int, index: int) -> None:
        """Hand a message over to the handlers of its action."""
        timeline = self._timeline
        if kind in (_CALL, _SEND):
            if (remarks := timeline.remarks[index]) and self._is_misused(remarks):
                return
            seen = Seen(timeline, index, self)
            for handler in handlers:
                handler(seen)
            if (
                timeline.actions[index] in self._answered_actions
                and seen.is_read
                and timeline.lengths[index] <= LONGEST_KEPT
            ):
                put(self._calls, index, seen, MOST_CALLS)
            return
        call = timeline.others[index]
        if call < 0 or timeline.answerings[index] not in _ANSWERED or self._is_misused(timeline.remarks[call]):
            return
        asked = self._calls.pop(call, None)
        if asked is None:
            asked = Seen(timeline, call, self)
        seen = Seen(timeline, index, self)
        for handler in handlers:
            handler(asked, seen)

    def _overlap(self, station: _Station, before: int, index: int) -> None:
        """Hand over a call, and the one before it in its direction, which has no answer yet."""
        for handler in station.bind(self._of_overlaps):
            handler(Seen(self._timeline, before, self), Seen(self._timeline, index, self))

    def _slow(self, station: _Station, call: int, index: int) -> None:
        """Hand over a result that came after more than the limit."""
        timeline = self._timeline
        waited = timeline.latency(index)
        if timeline.answerings[index] == AnswerStatus.FIRST and waited and waited > self._slow_after:
            for handler in station.bind(self._of_slow_answers):
                handler(Seen(timeline, call, self), Seen(timeline, index, self))

    def _happened(self, place: _Place, index: int, kind: int, flags: int, clock: int) -> None:
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
            seen = Seen(self._timeline, index, self)
            for handler in handlers:
                handler(seen)
        if event is ConnectionEvent.CLOSED:  # it has no further records
            party = self._timeline.parties[index]
            self._places.pop(party, None)
            station.parties.discard(party)

    # -- charge points ------------------------------------------------------------------------------------------

    def _place(self, party: int) -> _Place | None:
        """The charge point of a party; of one without a name, its connection takes the place of the charge point."""
        number, identity, version, _ = self._timeline.party_table[party]
        key = identity or number
        if not key:
            return None
        station = self._stations.get(key)
        if station is None:
            if len(self._stations) >= MOST_CHARGE_POINTS:
                self._forget_one()
            station = self._stations[key] = _Station(self, KnownChargePoint(identity))
        connection = station.known.connections.get(number)
        if connection is None:
            connection = KnownConnection(number)
            put(station.known.connections, number, connection, MOST_CONNECTIONS)
        place = self._places[party] = _Place(station, connection, version)
        station.parties.add(party)
        return place

    def _forget_one(self) -> None:
        """Forget the charge point that was silent longest."""

        def last(key: str | int) -> int:
            return max((one.heard or 0 for one in self._stations[key].known.connections.values()), default=0)

        for party in self._stations.pop(min(self._stations, key=last)).parties:
            self._places.pop(party, None)

    def _change_version(self, station: _Station, version: Version) -> None:
        """Note the version. What is known from another version is forgotten: the charge point has a new firmware."""
        if station.known.version is not None:
            station.begin(KnownChargePoint(station.known.identity, connections=station.known.connections))
        station.known.version = version

    # -- payloads -----------------------------------------------------------------------------------------------

    def payload(self, index: int) -> Any:
        """The payload of a record without secrets; None if it has none."""
        timeline, step = self._timeline, self._at_hand
        if len(step) > FEW:
            if index in step and (not self._texts or self._texts[-1][0] != step.start):
                texts = timeline.texts(step.start, step.stop, len(step))
                self._texts = [*self._texts[-1:], (step.start, step.stop, texts)]
            for first, stop, texts in self._texts:
                if first <= index < stop:
                    if timeline.masks_when_read and timeline.action_table[timeline.actions[index]] in CARRIERS:
                        break
                    return payload_in(texts.raw(index - first), timeline.transport(index))
        frame = timeline.frame(index)
        return frame.payload if isinstance(frame, Message) else None

    def _is_misused(self, remarks: int) -> bool:
        found = self._misused.get(remarks)
        if found is None:
            found = self._misused[remarks] = not _MISUSES.isdisjoint(self._timeline.remark_table[remarks])
        return found


_CALL, _RESULT = int(RecordKind.CALL), int(RecordKind.CALLRESULT)
_ANSWERS = (_RESULT, int(RecordKind.CALLERROR))
_LAST_MESSAGE = _SEND = int(RecordKind.SEND)
_TO_CSMS = DIRECTIONS.index(Direction.TO_CSMS)
_TO_CHARGE_POINT = DIRECTIONS.index(Direction.TO_CHARGE_POINT)
_ANSWERED = frozenset({int(AnswerStatus.FIRST), int(AnswerStatus.LATE)})
_MISUSES = frozenset(Misuse)
