"""Whether a recording has the calls of one side: many logs hold only what the other one sent.

If a recording lacks all calls of one side, and the beginning of its connection, answers to that side are not stray.
"""

from __future__ import annotations

from array import array
from typing import TypeAlias

from ocpptui.diagnosis.answer_facts import refuses_an_error, stray_of
from ocpptui.diagnosis.fact_kinds import Stray
from ocpptui.timeline.columns import OPPOSITE_CODES
from ocpptui.timeline.first_places import first_places
from ocpptui.timeline.record import ConnectionEvent, RecordKind
from ocpptui.timeline.timeline import Timeline

MOST_OVERDUE = 100_000
"""Overdue calls that are remembered; beyond that, those of the connection that comes first are forgotten."""

_Side: TypeAlias = tuple[str | int, int]
"""A charge point, or a connection without a name, and the direction of calls."""


class RecordedCalls:
    """Follows a timeline. Only an answer without a call has it read the records, up to that answer."""

    def __init__(self, timeline: Timeline) -> None:
        self._timeline = timeline
        self._looked = 0  # records before this one were looked at
        self._first_calls: dict[_Side, int] = {}
        self._first_lacking: dict[_Side, int] = {}  # the first answers to calls of those that have none so far
        self._firsts: dict[int, int] = {}  # the first record of each connection, as far as they were looked for
        self._looked_for_firsts = 0  # records before this one were
        self._lacking: set[int] = set()  # connections with an answer to a call that the recording lacks
        self._overdue: dict[int, array[int]] = {}  # the overdue calls of the other connections
        self._remembered = 0  # how many those are
        self._changed: list[int] = []  # overdue calls that mean something else, now that their connection lacks some

    def stray(self, answer: int) -> Stray:
        """What an answer without a call belongs to."""
        timeline, connection = self._timeline, self._timeline.connection(answer)
        if refuses_an_error(timeline, answer):
            return Stray.NOTHING  # its call is there, and so is the answer
        first = self._first_of(connection, answer)
        if timeline.event(first) in _BEGINNINGS:  # who records that, records all of it
            return stray_of(timeline, answer, may_be_before=False)
        found = stray_of(timeline, answer, timeline.between(first, answer) <= timeline.late_after)
        return self._if_recorded(answer) if found is Stray.NOTHING else found

    def lack_some(self, call: int) -> bool:
        """Whether the recording lacks messages of the connection of a call, so that it may lack its answer, too."""
        return bool(self._lacking) and self._timeline.connection(call) in self._lacking

    def is_overdue(self, call: int) -> None:
        """Note that a call has become overdue."""
        connection = self._timeline.connection(call)
        if connection in self._lacking:
            return
        if self._remembered >= MOST_OVERDUE:
            self._forget(next(iter(self._overdue)))
        self._overdue.setdefault(connection, array("I")).append(call)
        self._remembered += 1

    def _forget(self, connection: int) -> array[int]:
        """The overdue calls of a connection, which are no longer remembered."""
        overdue = self._overdue.pop(connection, array("I"))
        self._remembered -= len(overdue)
        return overdue

    def changed(self) -> list[int]:
        """The overdue calls of connections that turned out to lack calls since this was last asked."""
        changed, self._changed = self._changed, []
        return changed

    def _first_of(self, connection: int, answer: int) -> int:
        """The first record of the connection of an answer."""
        timeline, start = self._timeline, self._looked_for_firsts
        if answer >= start:
            self._looked_for_firsts = stop = answer + 1
            for (party,), place in first_places(timeline.parties[start:stop], start=start).items():
                known = timeline.party_table[party].connection
                self._firsts[known] = min(place, self._firsts.get(known, place))
        return self._firsts[connection]

    def _if_recorded(self, answer: int) -> Stray:
        """What an answer belongs to if no message with its id is known."""
        timeline = self._timeline
        direction = OPPOSITE_CODES.get(timeline.directions[answer])
        if direction is None:
            return Stray.NOTHING
        side = self._name_of(timeline.parties[answer]), direction
        self._look(answer)
        if self._first_calls.get(side, answer) < answer:
            return Stray.NOTHING
        connection = timeline.connection(answer)
        self._lacking.add(connection)
        self._changed += self._forget(connection)
        first = self._first_lacking.setdefault(side, answer)
        return Stray.FIRST_UNRECORDED if answer == first else Stray.UNRECORDED

    def _look(self, stop: int) -> None:
        """Look for the first calls of each side before a record."""
        timeline, start = self._timeline, self._looked
        if stop <= start:
            return
        self._looked = stop
        columns = (timeline.kinds[start:stop], timeline.parties[start:stop], timeline.directions[start:stop])
        for (kind, party, direction), place in first_places(*columns, start=start).items():
            if kind == RecordKind.CALL:
                side = self._name_of(party), direction
                self._first_calls[side] = min(place, self._first_calls.get(side, place))

    def _name_of(self, party: int) -> str | int:
        key = self._timeline.party_table[party]
        return key.charge_point or key.connection


_BEGINNINGS = (ConnectionEvent.OPENING, ConnectionEvent.OPENED)
