"""Whether a recording has the calls of one side: many logs hold only what the other one sent.

If a recording lacks all calls of one side, and the beginning of its connection, answers to that side are not stray.
"""

from __future__ import annotations

from typing import TypeAlias

from ocpptui.diagnosis.answer_facts import refuses_an_error, stray_of
from ocpptui.diagnosis.fact_kinds import Stray
from ocpptui.timeline.columns import OPPOSITE_CODES
from ocpptui.timeline.record import ConnectionEvent, RecordKind
from ocpptui.timeline.timeline import Timeline

_Side: TypeAlias = tuple[str | int, int]
"""A charge point, or a connection without a name, and the direction of calls."""


class RecordedCalls:
    """Follows a timeline. Only an answer without a call has it read the records, up to that answer."""

    def __init__(self, timeline: Timeline) -> None:
        self._timeline = timeline
        self._looked = 0  # records before this one were looked at
        self._first_calls: dict[_Side, int] = {}
        self._first_lacking: dict[_Side, int] = {}  # the first answers to calls of those that have none so far
        self._firsts: dict[int, int] = {}  # the first record of connections that have answers without a call
        self._lacking: set[int] = set()  # connections with an answer to a call that the recording lacks
        self._is_new = False  # whether one was added since that was asked

    def stray(self, answer: int) -> Stray:
        """What an answer without a call belongs to."""
        timeline, connection = self._timeline, self._timeline.connection(answer)
        if refuses_an_error(timeline, answer):
            return Stray.NOTHING  # its call is there, and so is the answer
        first = self._first_of(connection)
        if timeline.event(first) in _BEGINNINGS:  # who records that, records all of it
            return stray_of(timeline, answer, may_be_before=False)
        found = stray_of(timeline, answer, timeline.between(first, answer) <= timeline.late_after)
        return self._if_recorded(answer) if found is Stray.NOTHING else found

    def lack_some(self, call: int) -> bool:
        """Whether the recording lacks messages of the connection of a call, so that it may lack its answer, too."""
        return bool(self._lacking) and self._timeline.connection(call) in self._lacking

    def came(self) -> bool:
        """Whether a further connection turned out to lack calls since this was last asked."""
        is_new, self._is_new = self._is_new, False
        return is_new

    def _first_of(self, connection: int) -> int:
        first = self._firsts.get(connection)
        if first is None:
            timeline = self._timeline
            parties = [number for number, key in enumerate(timeline.party_table) if key.connection == connection]
            column = timeline.parties[:]
            first = self._firsts[connection] = min(column.index(number) for number in parties if number in column)
        return first

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
        self._is_new |= connection not in self._lacking
        self._lacking.add(connection)
        first = self._first_lacking.setdefault(side, answer)
        return Stray.FIRST_UNRECORDED if answer == first else Stray.UNRECORDED

    def _look(self, stop: int) -> None:
        """Look for the first calls of each side before a record."""
        timeline, start = self._timeline, self._looked
        if stop <= start:
            return
        self._looked = stop
        columns = (timeline.kinds[start:stop], timeline.parties[start:stop], timeline.directions[start:stop])
        for row in set(zip(*columns, strict=True)):
            side = self._name_of(row[1]), row[2]
            if row[0] == RecordKind.CALL and side not in self._first_calls:
                place = next(place for place, one in enumerate(zip(*columns, strict=True)) if one == row)
                self._first_calls[side] = start + place

    def _name_of(self, party: int) -> str | int:
        key = self._timeline.party_table[party]
        return key.charge_point or key.connection


_BEGINNINGS = (ConnectionEvent.OPENING, ConnectionEvent.OPENED)
