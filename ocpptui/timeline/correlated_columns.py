"""Which records belong together: calls with their answers, and the time between them."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Callable

from ocpptui.ocpp.correlation import AnswerStatus, Correlation, Match, Totals
from ocpptui.ocpp.version import Direction
from ocpptui.timeline.clock_changes import ClockChanges, clock_set_by
from ocpptui.timeline.columns import EVENT_SHIFT, EVENTS, TIMELESS, UNREADABLE_CALL, ConnectionKey
from ocpptui.timeline.counts import RunningCounts
from ocpptui.timeline.named_columns import NamedColumns
from ocpptui.timeline.record import ConnectionEvent, Record, RecordKind

LATE_AFTER = 30_000_000
"""Microseconds after which an answer counts as late, unless a timeline has another setting."""


class CorrelatedColumns(NamedColumns):
    """The columns with the calls of each open connection. A record is noted here before it is appended."""

    def __init__(self, late_after: int = LATE_AFTER) -> None:
        super().__init__()
        self.late_after = late_after
        """Microseconds after which a call is overdue and its answer late."""
        self.reach: Callable[[int], int] | None = None
        """Until when the file of a record goes, in µs since 1970, if the records are from several files."""
        self.correlations: dict[int, Correlation] = {}
        """The calls of each open connection, by its number."""
        self.clock_changes = ClockChanges()
        """When the clock was set that the times come from."""
        self._totals = Totals()
        self._related: dict[int, int] = {}
        self._ends: dict[int, array[int]] = {}  # the events with which each connection ended, or began anew
        self.left_behind = array("I")
        """The calls that ends of connections left without an answer, in the order of those ends."""
        self.tally = RunningCounts()
        """The growing counts; read `counts` instead."""

    # -- noting, of one record or of many -----------------------------------------------------------------------

    def called(
        self,
        party: Record | ConnectionKey,
        kind: RecordKind,
        direction: Direction | None,
        message_id: str,
        index: int,
        time: int,
    ) -> int | None:
        """Note a CALL or SEND that is about to get this index; return the index of the one that used its id before."""
        if direction is None:
            return None
        correlation = self.correlation(party.connection)
        if kind is RecordKind.CALL:
            return correlation.called(direction, message_id, index, time)
        if party.version is not None and not party.version.has_send:
            # To the peer this is a message of unknown type, which it may refuse.
            correlation.unreadable(direction, message_id, index, time)
        return correlation.sent(direction, message_id, index)

    def unreadable(
        self, connection: int, flags: int, direction: Direction | None, message_id: str | None, index: int, time: int
    ) -> None:
        """Note an unreadable message that is about to get this index."""
        if direction is not None and flags & UNREADABLE_CALL:
            self.correlation(connection).unreadable(direction, message_id, index, time)

    def answered(
        self, connection: int, kind: RecordKind, direction: Direction | None, message_id: str, time: int
    ) -> Match:
        """Note an answer and find its call."""
        if direction is None:
            return _NO_MATCH
        correlation = self.correlation(connection)
        if kind is RecordKind.CALLRESULTERROR:
            return correlation.result_refused(direction, message_id)
        return correlation.answered(direction, message_id, kind is RecordKind.CALLERROR, time)

    def settle(self, kind: RecordKind, index: int, flags: int, match: Match) -> tuple[AnswerStatus, int]:
        """Link the call of an answer to `index`, that of the answer; return the values for the answer.

        An answer is late only if both of them have a time.
        """
        call, status = match
        if status is AnswerStatus.LATE and call is not None and (flags | self.flags[call]) & TIMELESS:
            status = AnswerStatus.FIRST
        if call is None:
            self.tally.orphans += 1
            return status, -1
        if status is AnswerStatus.SECOND:
            self.relate(index, call)
            return status, -1
        if kind is not RecordKind.CALLRESULTERROR:
            self.others[call] = index
            self.tally.answered += self.kinds[call] == RecordKind.CALL
        return status, call

    def relate(self, index: int, other: int) -> None:
        """Remember which other record a record refers to, for `related`."""
        self._related[index] = other

    def give_up(self, connection: int, direction: Direction, message_id: str) -> int | None:
        """Have a call that was not delivered be overdue at once; return its index, None if it is not in flight."""
        correlation = self.correlations.get(connection)
        return None if correlation is None else correlation.give_up(direction, message_id)

    def relate_stray(self, connection: int, direction: Direction | None, message_id: str, index: int) -> None:
        """Relate an answer without a call to a CALL of its own sender, or to a SEND of the other side, with its id."""
        if direction is not None:
            correlation = self.correlation(connection)
            user = correlation.user_of(direction.opposite, message_id)
            if user is None:
                user = correlation.user_of(direction, message_id)
            if user is not None:
                self.relate(index, user)

    def substituted(
        self, connection: int, kind: RecordKind, direction: Direction | None, message_id: str, index: int
    ) -> int:
        """Relate what a proxy sent in place of an answer to its call; return the number of the action, or 0.

        It is not part of an exchange of its own: the answer that it replaces is.
        """
        if direction is None or not kind.is_answer:
            return 0
        call = self.correlation(connection).user_of(direction.opposite, message_id)
        if call is None:
            return 0
        self.relate(index, call)
        return self.actions[call]

    def happened(self, connection: int, flags: int, index: int) -> None:
        """Note a connection event that is about to get this index: calls in flight before an opening or a close get no
        answer any more."""
        if EVENTS[flags >> EVENT_SHIFT] in _FRESH:
            correlation = self.correlations.pop(connection, None)
            if correlation is not None:
                self._ends.setdefault(connection, array("I")).append(index)
                self.left_behind.extend(correlation.end())

    def clock_set(self, index: int, note: Record) -> None:
        """Note that the clock was set, as the NOTE that gets this index says."""
        self.clock_changes.add(index, clock_set_by(note.detail))

    def correlation(self, connection: int) -> Correlation:
        """The calls of an open connection."""
        correlation = self.correlations.get(connection)
        if correlation is None:
            correlation = self.correlations[connection] = Correlation(self.late_after, self._totals)
        return correlation

    # -- reading ------------------------------------------------------------------------------------------------

    def other_half(self, index: int) -> int | None:
        """For a call its answer, for an answer its call; None if there is none, as for a second answer.

        For a CALLRESULTERROR, the call whose result it refuses.
        """
        other = self.others[index]
        return other if other >= 0 else None

    def call_of(self, index: int) -> int | None:
        """The call with the message id of an answer: its other half, or for a second answer the answered call."""
        if not self.kind(index).is_answer:
            return None
        other = self.others[index]
        is_second = self.answerings[index] == AnswerStatus.SECOND
        return other if other >= 0 else self._related.get(index) if is_second else None

    def related(self, index: int) -> int | None:
        """Another record that this one refers to without being its other half.

        For a second answer, the call that was answered before; for a call, the one that used its message id before; for
        an answer without a call, a call of its own sender or a SEND with its message id.
        """
        return self._related.get(index)

    def ended_by(self, index: int) -> int | None:
        """The event with which the connection of a call ended, or began anew, after it; None if it goes on."""
        ends = self._ends.get(self.connection(index), ())
        place = bisect_right(ends, index)
        return ends[place] if place < len(ends) else None

    def latency(self, index: int) -> int | None:
        """Microseconds from call to answer, for either of them; None while there is no pair, or if nothing says when
        they were sent."""
        other = self.others[index]
        if other < 0 or self.kinds[index] == RecordKind.CALLRESULTERROR:
            return None
        if (self.flags[index] | self.flags[other]) & TIMELESS:
            return None
        return self.between(other, index) if other < index else self.between(index, other)

    def between(self, first: int, second: int) -> int:
        """Microseconds from one record to another, even if the clock was set in the meantime."""
        apart = self.times[second] - self.times[first]
        changes = self.clock_changes
        return apart - changes.before(second) + changes.before(first) if changes.any else apart

    def age(self, index: int, now: int) -> int:
        """Microseconds since a record at `now`, by the present clock."""
        changes = self.clock_changes
        return now - changes.total - self.times[index] + changes.before(index)

    def overdue_at(self, index: int) -> int:
        """When a call becomes overdue, by the present clock, in µs since 1970."""
        changes = self.clock_changes
        return self.times[index] - changes.before(index) + changes.total + self.late_after + 1

    def goes_on(self, index: int) -> bool:
        """Whether the file of a call goes on until the call is overdue, so that it would have a later answer."""
        return self.reach is None or self.reach(index) >= self.overdue_at(index)

    @property
    def in_flight_count(self) -> int:
        """How many calls wait for their answer on all open connections, without overdue ones."""
        return self._totals.in_flight

    def in_flight(self, connection: int, direction: Direction | None = None) -> list[int]:
        """The calls of an open connection without an answer that are not overdue, oldest first.

        In both directions, or in one.
        """
        correlation = self.correlations.get(connection)
        if correlation is None:
            return []
        directions = Direction if direction is None else (direction,)
        return sorted(index for one in directions for index in correlation.in_flight(one))

    def oldest_in_flight(self, connection: int, direction: Direction) -> int | None:
        """The call of one direction of an open connection that has waited longest; None if none is in flight."""
        if not self._totals.unanswered:  # as in most sessions at most times
            return None
        correlation = self.correlations.get(connection)
        oldest = None if correlation is None else correlation.oldest(direction)
        return None if oldest is None else oldest[0]

    def overdue(self, connection: int, direction: Direction, now: int) -> list[int]:
        """The calls of one direction that have become overdue by `now`, µs since 1970; each is returned once.

        From then on they are no longer in flight, and their answer is late.
        """
        correlation = self.correlations.get(connection)
        return [] if correlation is None else correlation.overdue(direction, now - self.clock_changes.total)


_NO_MATCH: Match = (None, AnswerStatus.ORPHAN)
_FRESH = frozenset({ConnectionEvent.OPENING, ConnectionEvent.OPENED, ConnectionEvent.CLOSED})
