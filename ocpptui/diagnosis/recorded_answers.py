"""Whether a recording has any answers to the calls of one side: many logs hold only those calls.

Without any answer, and without the beginning of a connection, nothing shows that a call was not answered.
"""

from __future__ import annotations

from array import array
from typing import TypeAlias

from ocpptui.timeline.columns import EVENT_SHIFT, EVENTS, OPPOSITE_CODES
from ocpptui.timeline.first_places import first_places
from ocpptui.timeline.record import ConnectionEvent, RecordKind
from ocpptui.timeline.timeline import Timeline

ENOUGH = 3
"""So many overdue calls of one direction, and no answer to any, mean that the answers were not recorded."""

MOST_OVERDUE = 100_000
"""Overdue calls that are remembered, beyond the first of each side: if its answers come after all, what was said of the
others remains."""

_Side: TypeAlias = tuple[str | int, int]
"""A charge point, or a connection without a name, and the direction of calls."""


class RecordedAnswers:
    """Follows a timeline, in the order of its records. They are looked at only where a call has no answer."""

    def __init__(self, timeline: Timeline) -> None:
        self._timeline = timeline
        self._looked = 0  # records before this one were looked at
        self._seen: dict[_Side, int] = {}  # those whose answers are recorded, with the first record that shows it
        self._overdue: dict[_Side, array[int]] = {}  # the overdue calls of those with no answer so far
        self._remembered = 0  # how many those are
        self._lacking = 0  # how many of the sides are believed to lack their answers
        self._changed: list[int] = []  # overdue calls that mean something else, now that their side has an answer

    def changed(self) -> list[int]:
        """The overdue calls that were believed to lack their answers until the records that have come."""
        if self._lacking:
            self._look()
        changed, self._changed = self._changed, []
        return changed

    def is_overdue(self, call: int) -> list[int]:
        """Note that a call has become overdue; return the earlier ones that mean something else by that."""
        side = self._side_of(call)
        if side not in self._seen:
            self._look()
        if side in self._seen:
            return []
        overdue = self._overdue.setdefault(side, array("I"))
        if len(overdue) >= ENOUGH and self._remembered >= MOST_OVERDUE:
            return []
        overdue.append(call)
        self._remembered += 1
        if len(overdue) != ENOUGH:
            return []
        self._lacking += 1
        return list(overdue)[:-1]

    def lack(self, call: int) -> bool:
        """Whether the recording has no answers in the direction in which that to a call would have gone."""
        return bool(self._lacking) and len(self._overdue.get(self._side_of(call), ())) >= ENOUGH

    def is_first(self, call: int) -> bool:
        """Whether a call is the first of those that lack their answers."""
        return self.lack(call) and self._overdue[self._side_of(call)][0] == call

    def are_recorded(self, call: int, stop: int) -> bool:
        """Whether the records before `stop` show that the answers in the direction of that to a call are recorded."""
        side = self._side_of(call)
        if side not in self._seen:
            self._look()
        return self._seen.get(side, stop) < stop

    def _side_of(self, call: int) -> _Side:
        key = self._timeline.party_table[self._timeline.parties[call]]
        return key.charge_point or key.connection, self._timeline.directions[call]

    def _look(self) -> None:
        """Look at the records that have come, which may have answers to calls that were believed to lack them."""
        timeline, start, stop = self._timeline, self._looked, len(self._timeline.times)
        self._looked = stop
        columns = (timeline.kinds[start:stop], timeline.directions[start:stop], timeline.parties[start:stop])
        rows = first_places(*columns, start=start)
        shown = [
            (place, party, OPPOSITE_CODES[direction])
            for (kind, direction, party), place in rows.items()
            if kind in _ANSWERS and direction in OPPOSITE_CODES
        ]
        if any(kind == RecordKind.CONNECTION for kind, _, _ in rows):
            openings = self._openings(start, stop).items()
            shown += [(place, party, direction) for party, place in openings for direction in OPPOSITE_CODES]
        new = dict[_Side, int]()
        for place, party, direction in sorted(shown):
            key = timeline.party_table[party]
            new.setdefault((key.charge_point or key.connection, direction), place)
        self._seen = {**new, **self._seen}
        for side in new:
            overdue = self._overdue.pop(side, ())
            self._remembered -= len(overdue)
            if len(overdue) >= ENOUGH:
                self._lacking -= 1
                self._changed += overdue

    def _openings(self, start: int, stop: int) -> dict[int, int]:
        """The parties whose connections begin among these records, and where first: who records that, records all of
        it."""
        timeline = self._timeline
        columns = (timeline.kinds[start:stop], timeline.flags[start:stop], timeline.parties[start:stop])
        return {
            party: place
            for (kind, flags, party), place in reversed(first_places(*columns, start=start).items())
            if kind == RecordKind.CONNECTION and EVENTS[flags >> EVENT_SHIFT] in _OPENINGS
        }


_ANSWERS = frozenset(int(kind) for kind in RecordKind if kind.is_answer)
_OPENINGS = frozenset((ConnectionEvent.OPENING, ConnectionEvent.OPENED))
