"""Hands the records of a timeline to the checkers, in one pass, as the timeline grows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from time import perf_counter
from typing import Any

from ocpptui.diagnosis.bookkeeping import Bookkeeper
from ocpptui.diagnosis.checker import Checker, Handler, TriggerKind
from ocpptui.diagnosis.known import MOST_CONNECTIONS, NEVER, KnownChargePoint, KnownConnection
from ocpptui.diagnosis.rule import Rule
from ocpptui.diagnosis.seen import Seen
from ocpptui.ocpp.action_use import Misuse
from ocpptui.ocpp.check_limits import CheckLimits
from ocpptui.ocpp.correlation import AnswerStatus
from ocpptui.ocpp.encoding import payload_in
from ocpptui.ocpp.message import Message
from ocpptui.ocpp.secret_fields import CARRIERS
from ocpptui.stations.state import put
from ocpptui.timeline.columns import DIRECTIONS, EVENT_SHIFT, EVENTS, SUBSTITUTE, TIMELESS
from ocpptui.timeline.record import RecordKind
from ocpptui.timeline.record_store import RecordTexts
from ocpptui.timeline.timeline import Timeline

MOST_CHARGE_POINTS = 10_000
"""Charge points whose state is kept. The one that was silent longest is forgotten first: then all of it is unknown."""
MOST_CALLS = 2000
"""Calls that are kept until their answer comes; the payload of an earlier one is read again."""
LONGEST_KEPT = 16_384
"""Bytes of a call that is kept."""
STEP = 256
"""How many records are read at once, and handled between two looks at the clock."""
FEW = 8
"""Records that were probably just appended: their parsed messages are at hand."""

Handlers = tuple[tuple[type[Checker], Handler], ...]
TakesFinding = Callable[[Rule, int, tuple[int, ...], dict[str, Any]], None]


class _Station:
    """A charge point: what is known of it, and its checkers, each made when it has its first record."""

    __slots__ = ("checkers", "known", "parties")

    def __init__(self, identity: str) -> None:
        self.known = KnownChargePoint(identity)
        self.checkers: dict[type[Checker], Checker] = {}
        self.parties: set[int] = set()


class CheckerRun:
    """Runs checkers over a timeline. Call `advance` to go on; `found` is called with each finding."""

    def __init__(
        self,
        timeline: Timeline,
        checkers: Iterable[type[Checker]],
        found: TakesFinding,
        limits: CheckLimits | None = None,
    ) -> None:
        self.done = 0
        """The records before this one have been handed over."""
        self._timeline = timeline
        self._found = found
        self._limits = limits or CheckLimits()
        tables: dict[TriggerKind, dict[Any, Handlers]] = {kind: defaultdict(tuple) for kind in TriggerKind}
        kinds: tuple[type[Checker], ...] = (*checkers, Bookkeeper)
        for checker in kinds:
            for trigger, handler in checker.handlers:
                tables[trigger.kind][trigger.what] += ((checker, handler),)
        self._tables = {kind: dict(table) for kind, table in tables.items()}
        self._stations: dict[str | int, _Station] = {}
        self._of_party: dict[int, _Station] = {}
        self._calls: dict[int, Seen] = {}
        self._misused: dict[int, bool] = {}  # by number of remarks: the message may not use its action
        self._start = self._stop = 0  # the records whose texts are at hand
        self._texts: RecordTexts | None = None

    # -- going on -----------------------------------------------------------------------------------------------

    def advance(self, budget_s: float) -> bool:
        """Hand over further records for about `budget_s` seconds; True when none are left."""
        timeline, end = self._timeline, perf_counter() + budget_s
        while self.done < len(timeline):
            self._start, self._stop = self.done, min(self.done + STEP, len(timeline))
            self._texts = None
            while self.done < self._stop:
                index = self.done
                self.done += 1
                self._observe(index)
            if perf_counter() >= end:
                break
        return self.done == len(timeline)

    def tell_time(self, now: int) -> None:
        """Set the time, in µs since 1970, if no record shows it."""
        clock = now - self._timeline.clock_changes.total
        for station in self._stations.values():
            for then in station.known.waits.take_passed(clock) if station.known.waits.next < clock else ():
                then()

    # -- one record ---------------------------------------------------------------------------------------------

    def _observe(self, index: int) -> None:
        timeline = self._timeline
        party = timeline.parties[index]
        station = self._of_party.get(party)
        if station is None and (station := self._station(party)) is None:
            return
        flags, kind = timeline.flags[index], timeline.kinds[index]
        if kind <= _LAST_MESSAGE and flags & SUBSTITUTE:
            return  # neither side sent it
        known = station.known
        if timeline.party_table[party].version not in (None, known.version):
            known = self._change_version(station, party)
        seen = Seen(timeline, index, self)
        if known.waits.next < NEVER and seen.is_timed:
            for then in known.waits.take_passed(seen.clock):
                then()
        if handlers := self._tables[TriggerKind.RECORD].get(kind):
            self._call(station, handlers, seen)
        if kind == RecordKind.CONNECTION:
            if handlers := self._tables[TriggerKind.CONNECTION].get(EVENTS[flags >> EVENT_SHIFT]):
                self._call(station, handlers, seen)
            return
        if kind > _LAST_MESSAGE:
            return
        if known.version is not None:
            self._message(station, kind, seen)
        self._sent(known, seen, flags)

    def _message(self, station: _Station, kind: int, seen: Seen) -> None:
        timeline, index = self._timeline, seen.index
        action = timeline.action_table[timeline.actions[index]]
        if kind == RecordKind.CALL or kind == RecordKind.SEND:
            if self._is_misused(timeline.remarks[index]) or not timeline.directions[index]:
                return
            if handlers := self._tables[TriggerKind.CALL].get(action):
                self._call(station, handlers, seen)
            if action in self._tables[TriggerKind.EXCHANGE] and timeline.lengths[index] <= LONGEST_KEPT:
                put(self._calls, index, seen, MOST_CALLS)
            return
        table = self._tables[_ANSWERS[kind]] if kind in _ANSWERS else {}
        handlers = table.get(action)
        if handlers is None or timeline.answerings[index] not in _ANSWERED:
            return
        call = timeline.others[index]
        if call < 0 or self._is_misused(timeline.remarks[call]):
            return
        kept = self._calls.pop(call, None)
        self._call(station, handlers, Seen(timeline, call, self) if kept is None else kept, seen)

    def _call(self, station: _Station, handlers: Handlers, *seen: Seen) -> None:
        checkers = station.checkers
        for kind, handler in handlers:
            checker = checkers.get(kind)
            if checker is None:
                checker = checkers[kind] = kind(station.known, self._limits, self)
            handler(checker, *seen)

    def _sent(self, known: KnownChargePoint, seen: Seen, flags: int) -> None:
        """Note when each side last sent something."""
        timeline = self._timeline
        number = timeline.party_table[timeline.parties[seen.index]].connection
        connection = known.connections.get(number)
        if connection is None:
            connection = KnownConnection(number, seen.index)
            put(known.connections, number, connection, MOST_CONNECTIONS)
        direction = DIRECTIONS[timeline.directions[seen.index]]
        if direction is not None and not flags & TIMELESS:
            connection.last_sent[direction] = (seen.clock, seen.index)

    # -- charge points ------------------------------------------------------------------------------------------

    def _station(self, party: int) -> _Station | None:
        """The charge point of a record; of one without a name, its connection takes the place of the charge point."""
        connection, identity, _, _ = self._timeline.party_table[party]
        key = identity or connection
        if not key:
            return None
        station = self._stations.get(key)
        if station is None:
            station = _Station(identity)
            if len(self._stations) >= MOST_CHARGE_POINTS:
                self._forget(min(self._stations, key=lambda one: self._last_sent(self._stations[one].known)))
            self._stations[key] = station
        station.parties.add(party)
        self._of_party[party] = station
        return station

    def _last_sent(self, known: KnownChargePoint) -> int:
        return max((clock for one in known.connections.values() for clock, _ in one.last_sent.values()), default=0)

    def _forget(self, key: str | int) -> None:
        for party in self._stations.pop(key).parties:
            del self._of_party[party]

    def _change_version(self, station: _Station, party: int) -> KnownChargePoint:
        """Forget what was known by another version, if there was one: a charge point with new firmware starts anew."""
        known = station.known
        if known.version is not None:
            known = station.known = KnownChargePoint(known.identity, connections=known.connections)
            station.checkers = {}
        known.version = self._timeline.party_table[party].version
        return known

    # -- what checkers use --------------------------------------------------------------------------------------

    def found(self, rule: Rule, index: int, related: tuple[int, ...], values: dict[str, Any]) -> None:
        self._found(rule, index, related, values)

    def payload(self, index: int) -> Any:
        """The payload of a record without secrets; None if it has none."""
        timeline = self._timeline
        is_at_hand = self._start <= index < self._stop
        if not is_at_hand or self._stop - self._start <= FEW:
            frame = timeline.frame(index)
            return frame.payload if isinstance(frame, Message) else None
        if timeline.masks_when_read and timeline.action(index) in CARRIERS:
            raw = timeline.record(index).raw
        else:
            if self._texts is None:
                self._texts = timeline.texts(self._start, self._stop, self._stop - self._start)
            raw = self._texts.raw(index - self._start)
        return payload_in(raw, timeline.transport(index))

    def _is_misused(self, remarks: int) -> bool:
        found = self._misused.get(remarks)
        if found is None:
            found = self._misused[remarks] = not _MISUSES.isdisjoint(self._timeline.remark_table[remarks])
        return found


_LAST_MESSAGE = int(RecordKind.SEND)
_ANSWERS = {int(RecordKind.CALLRESULT): TriggerKind.EXCHANGE, int(RecordKind.CALLERROR): TriggerKind.REFUSAL}
_ANSWERED = frozenset({int(AnswerStatus.FIRST), int(AnswerStatus.LATE)})
_MISUSES = frozenset(Misuse)
