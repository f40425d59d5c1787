"""Reads from a timeline what decides the limit of a charge point at one of its records."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from time import perf_counter
from typing import Any, NamedTuple

from ocpptui.ocpp.correlation import AnswerStatus
from ocpptui.ocpp.encoding import payload_in
from ocpptui.ocpp.message import Message
from ocpptui.ocpp.schema import Part
from ocpptui.stations.profile_history import PROFILE_ACTIONS, ProfileHistory
from ocpptui.stations.state import ChargePointState
from ocpptui.stations.updates import fold_call, fold_result
from ocpptui.timeline.record import RecordKind
from ocpptui.timeline.timeline import Timeline
from ocpptui.translation.common_reading import commonly_read

STEP = 256
"""How many records are looked at between two checks of the time."""
METERED = 300
"""How many of the latest MeterValues are read; earlier ones say nothing about now."""


class LimitReader:
    """What the records of a charge point up to and with one of them say of profiles, transactions and readings.

    Call `advance` until it returns True. Texts are read only of the actions that matter.
    """

    def __init__(self, timeline: Timeline, index: int, relevant: Sequence[int] | None = None) -> None:
        """`relevant` are the records to read, from `limit_records`, which finds those of all charge points at once."""
        self.timeline = timeline
        self.index = index
        self.charge_point = timeline.charge_point(index)
        self.history = ProfileHistory()
        self.known = ChargePointState(self.charge_point, timeline.version(index))
        self._parties = {
            number for number, party in enumerate(timeline.party_table) if party.charge_point == self.charge_point
        }
        self._actions = _action_numbers(timeline)
        self._found = relevant
        self._texts_from, self._texts = index, timeline.texts(index, index + 1, 1)
        self._read_to = 0
        self._work = self._read()

    def advance(self, budget_s: float) -> bool:
        """Read on for about `budget_s` seconds; True when everything is read."""
        end = perf_counter() + budget_s
        return all(perf_counter() < end for _ in self._work)

    @property
    def progress(self) -> float:
        """The part of the records that was read, from 0 to 1."""
        return self._read_to / (self.index + 1)

    def _read(self) -> Iterator[None]:
        """Yield after each step."""
        metered, first_metered, steps = 0, 0, self._steps()
        for start in reversed(steps):
            metered += sum(self.timeline.action(index) == "MeterValues" for index in self._relevant(start))
            if metered >= METERED:
                first_metered = start
                break
            yield
        for start in steps:
            wanted = [
                index
                for index in self._relevant(start)
                if index >= first_metered or self.timeline.action(index) != "MeterValues"
            ]
            if wanted:
                stop = min(start + STEP, self.index + 1)
                self._texts_from, self._texts = start, self.timeline.texts(start, stop, len(wanted))
            for index in wanted:
                self._apply(index)
            self._read_to = min(start + STEP, self.index + 1)
            yield
        self._read_to = self.index + 1

    def _steps(self) -> Sequence[int]:
        """Where the steps begin in which there may be something to read."""
        if self._found is None:
            return range(0, self.index + 1, STEP)
        return sorted({index // STEP * STEP for index in self._found})

    def _relevant(self, start: int) -> list[int]:
        """The records of one step that say something about this charge point's limits."""
        timeline, stop = self.timeline, min(start + STEP, self.index + 1)
        if self._found is not None:
            return list(self._found[bisect_left(self._found, start) : bisect_left(self._found, stop)])
        pairs = zip(timeline.parties[start:stop], timeline.actions[start:stop], strict=True)
        return [
            start + place
            for place, (party, action) in enumerate(pairs)
            if action in self._actions and party in self._parties
        ]

    def _apply(self, index: int) -> None:
        timeline, kind, action = self.timeline, self.timeline.kind(index), self.timeline.action(index)
        time = timeline.time(index)
        if kind.is_call:
            payload = self._payload(index)
            self.history.called(action, payload, time, index)
            if action in _STATE:
                fold_call(self.known, action, payload, time)
            return
        call = timeline.other_half(index)
        if call is None or timeline.answering(index) not in (AnswerStatus.FIRST, AnswerStatus.LATE):
            return
        if kind is RecordKind.CALLERROR and isinstance(frame := timeline.frame(index), Message):
            self.history.refused(call, frame.error_code, frame.error_description, time, index)
        elif kind is RecordKind.CALLRESULT:
            request, answer = self._payload(call), self._payload(index)
            self.history.answered(action, call, request, answer, time, index)
            if action in _STATE:
                fold_result(self.known, action, request, answer, time)

    def _payload(self, index: int) -> Any:
        """The payload of a record, from the texts of its step if it is in it; masked where it may hold a secret."""
        timeline = self.timeline
        if index < self._texts_from or timeline.may_store_secrets(timeline.action(index)):
            raw = timeline.record(index).raw
        else:
            raw = self._texts.raw(index - self._texts_from)
        part = Part.RESPONSE if timeline.kind(index).is_answer else Part.REQUEST
        payload = payload_in(raw, timeline.transport(index))
        return commonly_read(timeline.version(index), timeline.action(index), part, payload)


class RecordsOfOne(NamedTuple):
    """The records of one charge point, as far as its limits depend on them."""

    last: int
    """The index of the last record of any kind."""
    relevant: array[int]
    """The indexes of those that a `LimitReader` reads."""


def limit_records(timeline: Timeline, stop: int) -> dict[str, RecordsOfOne]:
    """The records before the index `stop` by charge point, for several `LimitReader`s: one pass instead of many."""
    actions, parties = _action_numbers(timeline), timeline.party_table
    relevant: dict[str, array[int]] = {}
    last: dict[str, int] = {}
    for start in range(0, stop, STEP):
        end = min(start + STEP, stop)
        pairs = zip(timeline.parties[start:end], timeline.actions[start:end], strict=True)
        for index, (party, action) in enumerate(pairs, start):
            name = parties[party].charge_point
            last[name] = index
            if action in actions:
                relevant.setdefault(name, array("I")).append(index)
    return {name: RecordsOfOne(index, relevant.get(name, array("I"))) for name, index in last.items()}


def _action_numbers(timeline: Timeline) -> set[int]:
    return {number for number, action in enumerate(timeline.action_table) if action in PROFILE_ACTIONS | _STATE}


_STATE = frozenset(
    {
        "ChangeConfiguration",
        "GetConfiguration",
        "GetVariables",
        "MeterValues",
        "NotifyReport",
        "SetVariables",
        "StatusNotification",
        "TransactionEvent",
    }
)
"""What is also applied to the known state: settings, readings and the state of connectors."""
