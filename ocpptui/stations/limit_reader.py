"""Reads from a timeline what decides the limit of a charge point at one of its records."""

from __future__ import annotations

from collections.abc import Iterator
from time import perf_counter
from typing import Any

from ocpptui.ocpp.correlation import AnswerStatus
from ocpptui.ocpp.encoding import payload_in
from ocpptui.ocpp.message import Message
from ocpptui.ocpp.secret_fields import CARRIERS
from ocpptui.stations.profile_history import PROFILE_ACTIONS, ProfileHistory
from ocpptui.stations.state import ChargePointState
from ocpptui.stations.updates import fold_call, fold_result
from ocpptui.timeline.record import RecordKind
from ocpptui.timeline.timeline import Timeline

STEP = 256
"""How many records are looked at between two checks of the time."""
METERED = 300
"""How many of the latest MeterValues are read; earlier ones say nothing about now."""


class LimitReader:
    """What the records of a charge point up to and with one of them say of profiles, transactions and readings.

    Call `advance` until it returns True. Texts are read only of the actions that matter.
    """

    def __init__(self, timeline: Timeline, index: int) -> None:
        self.timeline = timeline
        self.index = index
        self.charge_point = timeline.charge_point(index)
        self.history = ProfileHistory()
        self.known = ChargePointState(self.charge_point, timeline.version(index))
        self._parties = {
            number for number, party in enumerate(timeline.party_table) if party.charge_point == self.charge_point
        }
        self._actions = {
            number for number, action in enumerate(timeline.action_table) if action in PROFILE_ACTIONS | _STATE
        }
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
        metered = 0
        for start in range(self.index // STEP * STEP, -1, -STEP):
            metered += sum(self.timeline.action(index) == "MeterValues" for index in self._relevant(start))
            if metered >= METERED:
                break
            yield
        first_metered = start
        for start in range(0, self.index + 1, STEP):
            wanted = [
                index
                for index in self._relevant(start)
                if index >= first_metered or self.timeline.action(index) != "MeterValues"
            ]
            if wanted:
                self._texts_from, self._texts = (
                    start,
                    self.timeline.texts(start, min(start + STEP, self.index + 1), STEP),
                )
            for index in wanted:
                self._apply(index)
            self._read_to = min(start + STEP, self.index + 1)
            yield

    def _relevant(self, start: int) -> list[int]:
        """The records of one step that say something about this charge point's limits."""
        timeline, stop = self.timeline, min(start + STEP, self.index + 1)
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
        if index < self._texts_from or (timeline.masks_when_read and timeline.action(index) in CARRIERS):
            raw = timeline.record(index).raw
        else:
            raw = self._texts.raw(index - self._texts_from)
        return payload_in(raw, timeline.transport(index))


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
