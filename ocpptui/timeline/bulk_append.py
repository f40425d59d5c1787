"""Appends batches of records to a timeline, with the result of `Timeline.append` for each, but faster."""

from __future__ import annotations

from array import array
from collections.abc import Callable

from ocpptui.ocpp.correlation import AnswerStatus, Match
from ocpptui.ocpp.judgement import Verdict, judge
from ocpptui.ocpp.message import Message
from ocpptui.ocpp.version import Direction
from ocpptui.timeline.columns import (
    CLOCK_SET,
    DIRECTIONS,
    DUPLICATE_ID,
    NO_TIME,
    SUBSTITUTE,
    Batch,
    ConnectionKey,
    RecordTemplate,
    row_code,
)
from ocpptui.timeline.record import RecordKind
from ocpptui.timeline.record_store import RecordSource
from ocpptui.timeline.timeline import Timeline


class BulkAppender:
    """Appends the batches of one reader, in their order, to a timeline.

    `connection_of` returns the timeline's number for a connection of the file.
    """

    def __init__(self, timeline: Timeline, source: RecordSource, connection_of: Callable[[ConnectionKey], int]) -> None:
        self._timeline = timeline
        self._source = timeline.source_number(source)
        self._connection_of = connection_of
        self._templates: list[RecordTemplate] = []
        self._messages: list[tuple[RecordKind, Direction | None, int]] = []
        self._rows: list[bytes] = []
        self._clock_notes: set[int] = set()  # the templates of NOTEs that the clock was set
        self._connections: list[int] = []
        self._parties: list[int] = []

    def take(self, batch: Batch) -> None:
        """Append the records of a batch."""
        timeline, base = self._timeline, len(self._timeline)
        self._learn(batch)
        if NO_TIME in batch.times:
            _fill_times(batch.times, timeline.times[-1] if base else 0)
        timeline.add_rows(batch, self._rows, self._parties, self._source)
        timeline.suspects.extend(base + place for place in batch.suspects)
        times = self._by_one_clock(batch, base)
        kinds = timeline.kinds[base:].tobytes()
        tally = timeline.tally
        tally.calls += kinds.count(RecordKind.CALL)
        tally.answers += kinds.count(RecordKind.CALLRESULT) + kinds.count(RecordKind.CALLERROR)
        tally.malformed += kinds.count(RecordKind.MALFORMED)
        tally.invalid += batch.verdicts.count(Verdict.INVALID)
        self._correlate(batch, times, base)
        timeline.grown()

    def _by_one_clock(self, batch: Batch, base: int) -> array[int]:
        """The times of a batch as a clock would have given them that nobody set."""
        timeline, changes, notes = self._timeline, self._timeline.clock_changes, self._clock_notes
        for place in [place for place, number in enumerate(batch.templates) if number in notes] if notes else ():
            timeline.clock_set(base + place, timeline.record(base + place))
        if not changes.any:
            return batch.times
        return array("q", [time - changes.before(index) for index, time in enumerate(batch.times, base)])

    def _correlate(self, batch: Batch, times: array[int], base: int) -> None:
        """What `Timeline.append` does, with the frequent cases written out."""
        timeline, messages, connections = self._timeline, self._messages, self._connections
        correlations, others, answerings = timeline.correlations, timeline.others, timeline.answerings
        actions, kinds = timeline.actions, timeline.kinds
        is_call, is_result, is_first = RecordKind.CALL, RecordKind.CALLRESULT, AnswerStatus.FIRST
        answered = 0
        records = zip(batch.templates, batch.connections, batch.ids, times, strict=True)
        for index, (number, connection, message_id, time) in enumerate(records, base):
            kind, direction, action = messages[number]
            correlation = correlations.get(connections[connection])
            if correlation is None or direction is None:
                self._other(index, number, connection, message_id, time)
            elif kind is is_call:
                before = correlation.called(direction, message_id, index, time)
                if before is not None:
                    self._repeated(index, before)
            elif kind is is_result:
                match = correlation.answered(direction, message_id, False, time)
                call, status = match
                if status is is_first and call is not None and action and actions[call] == action:
                    others[index] = call
                    others[call] = index
                    answerings[index] = 1
                    answered += kinds[call] == is_call  # else it answers a message that cannot be read
                else:
                    self._settle(index, number, connection, message_id, match)
            else:
                self._other(index, number, connection, message_id, time)
        timeline.tally.answered += answered

    def _other(self, index: int, number: int, connection: int, message_id: str, time: int) -> None:
        timeline, template, direction = self._timeline, self._templates[number], self._messages[number][1]
        party = timeline.party_table[self._parties[connection]]
        kind = template.kind
        if template.flags & SUBSTITUTE:
            timeline.tally.calls -= kind is RecordKind.CALL
            timeline.tally.answers -= kind in (RecordKind.CALLRESULT, RecordKind.CALLERROR)
            timeline.tally.malformed -= kind is RecordKind.MALFORMED
            action = timeline.substituted(party.connection, kind, DIRECTIONS[template.direction], message_id, index)
            if action:
                self._correct_action(index, template, action)
        elif kind.is_call:
            before = timeline.called(party, kind, direction, message_id, index, time)
            if before is not None:
                self._repeated(index, before)
        elif kind.is_answer:
            match = timeline.answered(party.connection, kind, direction, message_id, time)
            self._settle(index, number, connection, message_id, match)
        elif kind is RecordKind.MALFORMED:
            timeline.unreadable(party.connection, template.flags, direction, message_id or None, index, time)
        elif kind is RecordKind.CONNECTION:
            timeline.happened(party.connection, template.flags, index)

    def _repeated(self, index: int, before: int) -> None:
        self._timeline.flags[index] |= DUPLICATE_ID
        self._timeline.relate(index, before)

    def _settle(self, index: int, number: int, connection: int, message_id: str, match: Match) -> None:
        """Correct which call an answer was believed to belong to."""
        timeline, template = self._timeline, self._templates[number]
        if match[1] is AnswerStatus.ORPHAN:
            timeline.relate_stray(self._connections[connection], self._messages[number][1], message_id, index)
        settled = timeline.settle(template.kind, index, timeline.flags[index], match)
        timeline.answerings[index], timeline.others[index] = settled
        self._correct_action(index, template, 0 if match[0] is None else timeline.actions[match[0]])

    def _correct_action(self, index: int, template: RecordTemplate, action: int) -> None:
        """Give an answer another action than was assumed, and judge it by that."""
        timeline = self._timeline
        if action == timeline.actions[index]:
            return
        timeline.actions[index] = action
        frame = timeline.as_stored(index).frame if template.kind is RecordKind.CALLRESULT else None
        if isinstance(frame, Message):
            name, direction = timeline.action_table[action], timeline.direction(index)
            verdict, remarks = judge(timeline.version(index), direction, frame, name)
            timeline.tally.invalid += (verdict is Verdict.INVALID) - (timeline.verdicts[index] == Verdict.INVALID)
            timeline.verdicts[index] = verdict
            timeline.remarks[index] = timeline.remark_id(remarks)

    def _learn(self, batch: Batch) -> None:
        """Add the templates and connections that are new in this batch."""
        timeline = self._timeline
        if batch.new_templates:
            for known in (self._templates, self._messages, self._rows):
                del known[batch.first_template :]
            self._clock_notes = {number for number in self._clock_notes if number < batch.first_template}
            for template in batch.new_templates:
                action = timeline.action_id(template.action)
                if template.kind is RecordKind.NOTE and template.flags & CLOCK_SET:
                    self._clock_notes.add(len(self._templates))
                self._templates.append(template)
                direction = None if template.flags & SUBSTITUTE else DIRECTIONS[template.direction]
                self._messages.append((template.kind, direction, action))
                self._rows.append(row_code(template, action, timeline.remark_id(template.remarks)))
        if batch.new_connections:
            for numbers in (self._connections, self._parties):
                del numbers[batch.first_connection :]
            for key in batch.new_connections:
                connection = self._connection_of(key)
                self._connections.append(connection)
                self._parties.append(timeline.party_id(key._replace(connection=connection)))


def _fill_times(times: array[int], last: int) -> None:
    """Use the time of the preceding record if there is none."""
    for position, time in enumerate(times):
        if time == NO_TIME:
            times[position] = last
        last = times[position]
