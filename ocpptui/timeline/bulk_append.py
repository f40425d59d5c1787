"""Batches of records into a timeline, as `Timeline.append` would take them in one by one, only quicker."""

from __future__ import annotations

from array import array
from collections.abc import Callable

from ocpptui.ocpp.correlation import Match, MatchStatus
from ocpptui.ocpp.message import Message
from ocpptui.ocpp.schema import Part
from ocpptui.ocpp.version import Direction
from ocpptui.timeline.columns import DIRECTIONS, DUPLICATE_ID, NO_TIME, Batch, RecordTemplate, row_code
from ocpptui.timeline.record import RecordKind
from ocpptui.timeline.record_store import RecordSource
from ocpptui.timeline.timeline import ConnectionKey, Timeline, Verdict, verdict_of


class BulkAppender:
    """The batches of one reader, in their order, into a timeline.

    `connection_of` gives the number that the connection of a template has in the timeline.
    """

    def __init__(
        self, timeline: Timeline, source: RecordSource, connection_of: Callable[[RecordTemplate], int]
    ) -> None:
        self._timeline = timeline
        self._source = timeline.source_number(source)
        self._connection_of = connection_of
        self._templates: list[RecordTemplate] = []
        self._rows: list[tuple[RecordKind, int, Direction | None, str]] = []
        self._codes: list[bytes] = []

    def take(self, batch: Batch) -> None:
        """Append the records of a batch."""
        timeline, base = self._timeline, len(self._timeline)
        self._learn(batch)
        if NO_TIME in batch.times:
            _fill_times(batch.times, timeline.times[-1] if base else 0)
        timeline.add_rows(batch, self._codes, self._source)
        kinds = timeline.kinds[base:].tobytes()
        tally = timeline.tally
        tally.calls += kinds.count(RecordKind.CALL)
        tally.answers += kinds.count(RecordKind.CALLRESULT) + kinds.count(RecordKind.CALLERROR)
        tally.malformed += kinds.count(RecordKind.MALFORMED)
        tally.invalid += batch.verdicts.count(Verdict.INVALID)
        self._correlate(batch, base)

    def _correlate(self, batch: Batch, base: int) -> None:
        """What `Timeline.append` does, with the frequent cases written out."""
        timeline, rows = self._timeline, self._rows
        exchanges, others, answerings = timeline.exchanges, timeline.others, timeline.answerings
        is_call, is_result, is_error, is_matched = (
            RecordKind.CALL,
            RecordKind.CALLRESULT,
            RecordKind.CALLERROR,
            MatchStatus.MATCHED,
        )
        answered = 0
        messages = zip(batch.templates, batch.ids, batch.times, strict=True)
        for index, (number, message_id, time) in enumerate(messages, base):
            kind, connection, direction, action = rows[number]
            exchange = exchanges.get(connection)
            if exchange is None or direction is None:
                self._other(index, self._templates[number], message_id, time)
            elif kind is is_call:
                if not exchange.called(direction, message_id, action, index, time):
                    timeline.flags[index] |= DUPLICATE_ID
            elif kind is is_result or kind is is_error:
                match = exchange.answered(direction, message_id, time)
                call, status = match
                if status is is_matched and call is not None and call[2] == action:
                    others[index] = token = call[3]
                    others[token] = index
                    answerings[index] = 1
                    answered += 1
                else:
                    self._settle(index, self._templates[number], match)
            else:
                self._other(index, self._templates[number], message_id, time)
        timeline.tally.answered += answered

    def _other(self, index: int, template: RecordTemplate, message_id: str, time: int) -> None:
        timeline = self._timeline
        if template.kind.is_call:
            if not timeline.called(template, message_id, index, time):
                timeline.flags[index] |= DUPLICATE_ID
        elif template.kind.is_answer:
            self._settle(index, template, timeline.match(template, message_id, time))
        elif template.kind is RecordKind.CONNECTION:
            timeline.happened(template)

    def _settle(self, index: int, template: RecordTemplate, match: Match) -> None:
        """Set right what an answer was believed to belong to."""
        timeline = self._timeline
        timeline.answerings[index], call = timeline.settle(template.kind, index, match)
        action = "" if call is None else call.action
        if call is not None:
            timeline.others[index] = call.token
        if action != template.action:
            timeline.actions[index] = timeline.action_id(action)
            verdict = Verdict.UNKNOWN
            if action and template.kind is RecordKind.CALLRESULT:
                frame = timeline.frame(index)
                if isinstance(frame, Message):
                    verdict = verdict_of(template.version, action, Part.RESPONSE, frame.payload)
            timeline.tally.invalid += (verdict is Verdict.INVALID) - (timeline.verdicts[index] == Verdict.INVALID)
            timeline.verdicts[index] = verdict

    def _learn(self, batch: Batch) -> None:
        """Take in the templates that are new in this batch."""
        timeline = self._timeline
        if not batch.new_templates:
            return
        for known in (self._templates, self._rows, self._codes):
            del known[batch.first_new :]
        for template in batch.new_templates:
            template = template._replace(connection=self._connection_of(template))
            party = timeline.party_id(ConnectionKey(template.connection, template.charge_point, template.version))
            self._templates.append(template)
            self._rows.append((template.kind, template.connection, DIRECTIONS[template.direction], template.action))
            self._codes.append(row_code(template, party, timeline.action_id(template.action)))


def _fill_times(times: array[int], last: int) -> None:
    """Put the time of the record before wherever there is none."""
    for position, time in enumerate(times):
        if time == NO_TIME:
            times[position] = last
        last = times[position]
