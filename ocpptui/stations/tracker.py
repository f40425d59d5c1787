"""The known state of each charge point of a timeline, built up from its records."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from time import perf_counter

from ocpptui.ocpp.correlation import ANSWERED
from ocpptui.ocpp.encoding import payload_in
from ocpptui.ocpp.schema import Part
from ocpptui.ocpp.version import Direction
from ocpptui.stations.checkpoints import Checkpoint, Checkpoints
from ocpptui.stations.state import ChargePointState
from ocpptui.stations.updates import ANSWERS_MATTER, RELEVANT, fold_call, fold_result
from ocpptui.timeline.columns import DIRECTIONS, EVENT_SHIFT, EVENTS
from ocpptui.timeline.record import ENDS, ConnectionEvent, RecordKind
from ocpptui.timeline.timeline import Timeline
from ocpptui.translation.common_reading import commonly_read

STEP = 256
"""How many records are processed between two checks of the time."""


class StationTracker(Mapping[str, ChargePointState]):
    """The known state of each charge point, by identity, in order of first appearance.

    Call `observe` for each live record as it comes, or `advance` repeatedly for the records of a file.
    """

    def __init__(self) -> None:
        self.checkpoints = Checkpoints()
        """What `of_one` begins with."""
        self._only: str | None = None  # the charge point that it knows of; None means all of them
        self._known: dict[str, ChargePointState] = {}
        self._told: set[str] = set()  # the charge points whose connections were seen to open or close
        self._observed = 0
        self._parties: set[int] = set()  # of the only charge point
        self._parties_seen = 0

    def __getitem__(self, charge_point: str) -> ChargePointState:
        return self._known[charge_point]

    def __iter__(self) -> Iterator[str]:
        return iter(self._known)

    def __len__(self) -> int:
        return len(self._known)

    @classmethod
    def of_one(cls, charge_point: str, begin: Checkpoint | None, kept: Checkpoints) -> StationTracker:
        """A tracker of one charge point alone that goes on after a checkpoint, or from the first record (None).

        It adds its checkpoints to `kept`.
        """
        tracker = cls()
        tracker._only, tracker.checkpoints = charge_point, kept
        if begin is not None:
            tracker._known[charge_point] = begin.state
            tracker._observed = begin.stop
            if begin.is_told:
                tracker._told.add(charge_point)
        return tracker

    @property
    def observed(self) -> int:
        """How many records are processed."""
        return self._observed

    def advance(self, timeline: Timeline, budget_s: float, stop: int | None = None) -> bool:
        """Process further records for about `budget_s` seconds; True when none are left before the index `stop`.

        Without `stop`, all are processed. The text of a record is read only if its action is relevant.
        """
        end = perf_counter() + budget_s
        last = len(timeline) if stop is None else min(stop, len(timeline))
        while self._observed < last:
            until = min(self._observed + STEP, last)
            self._observe(timeline, self._observed, until)
            self._observed = until
            self.checkpoints.keep(until, self._told)
            if perf_counter() >= end:
                break
        return self._observed >= last

    def _wanted(self, timeline: Timeline, start: int, stop: int) -> Sequence[int]:
        """The records to process, of all charge points or of one."""
        if self._only is None:
            return range(start, stop)
        table = timeline.party_table
        for number in range(self._parties_seen, len(table)):
            if table[number].charge_point == self._only:
                self._parties.add(number)
        self._parties_seen = len(table)
        parties = timeline.parties[start:stop]
        if self._parties.isdisjoint(parties):
            return ()
        return [index for index, party in enumerate(parties, start) if party in self._parties]

    def _observe(self, timeline: Timeline, start: int, stop: int) -> None:
        wanted = self._wanted(timeline, start, stop)
        if not wanted:
            return
        texts, checkpoints = timeline.texts(start, stop, len(wanted)), self.checkpoints

        def raw(index: int) -> str | bytes | None:
            if timeline.may_store_secrets(timeline.action(index)):
                return timeline.record(index).raw
            return texts.raw(index - start)

        for index in wanted:
            connection, identity, version, transport = timeline.party_table[timeline.parties[index]]
            if not identity:
                continue
            known = self._known.get(identity)
            if known is None:
                known = self._known[identity] = ChargePointState(identity)
            if version is not None:
                known.version = version
            time, kind = timeline.times[index], timeline.kinds[index]
            if DIRECTIONS[timeline.directions[index]] is Direction.TO_CSMS:
                known.last_seen = time
            if kind == RecordKind.CONNECTION:
                self._happened(known, connection, EVENTS[timeline.flags[index] >> EVENT_SHIFT])
            elif identity not in self._told:
                known.connections.add(connection)
            if kind == RecordKind.CALL or kind == RecordKind.SEND:
                action = timeline.action(index)
                if action in RELEVANT:
                    known.record = index
                    checkpoints.applied(known)
                    payload = payload_in(raw(index), transport)
                    fold_call(known, action, commonly_read(version, action, Part.REQUEST, payload), time)
            elif kind == RecordKind.CALLRESULT and timeline.answerings[index] in ANSWERED:
                action, call = timeline.action(index), timeline.others[index]
                if action in ANSWERS_MATTER:
                    asked = payload_in(timeline.record(call).raw if call < start else raw(call), transport)
                    request = commonly_read(version, action, Part.REQUEST, asked)
                    answer = commonly_read(version, action, Part.RESPONSE, payload_in(raw(index), transport))
                    known.record = index
                    checkpoints.applied(known)
                    fold_result(known, action, request, answer, time)

    def _happened(self, known: ChargePointState, connection: int, event: ConnectionEvent | None) -> None:
        if event is ConnectionEvent.OPENED:
            self._told.add(known.identity)
            known.connections.add(connection)
        elif event in ENDS:
            self._told.add(known.identity)
            known.connections.discard(connection)
