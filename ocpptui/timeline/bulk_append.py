"""Batches of records into a timeline, as `Timeline.append` would take them in one by one, only quicker."""

from __future__ import annotations

from array import array
from collections.abc import Callable
from struct import Struct

from ocpptui.ocpp.correlation import Match, MatchStatus
from ocpptui.ocpp.json_encoding import Frame
from ocpptui.ocpp.schema import Part
from ocpptui.ocpp.version import Direction
from ocpptui.timeline.columns import DIRECTIONS, DUPLICATE_ID, NO_TIME, Batch, RecordTemplate
from ocpptui.timeline.record import RecordKind
from ocpptui.timeline.timeline import ConnectionKey, Timeline, Verdict, verdict_of


class BulkAppender:
    """The batches of one reader, in their order, into a timeline.

    `connection_of` gives the number that the connection of a shape has in the timeline.
    """

    def __init__(self, timeline: Timeline, source: int, connection_of: Callable[[RecordTemplate], int]) -> None:
        self._timeline = timeline
        self._source = source
        self._connection_of = connection_of
        self._shapes: list[RecordTemplate] = []
        self._rows: list[tuple[RecordKind, int, Direction | None, str]] = []
        self._codes: list[bytes] = []

    def take(self, batch: Batch) -> None:
        """Append the records of a batch."""
        timeline, base, count = self._timeline, len(self._timeline), len(batch)
        self._learn(batch)
        if NO_TIME in batch.times:
            _fill_times(batch.times, timeline.times[-1] if base else 0)
        codes = b"".join(map(self._codes.__getitem__, batch.shapes))
        words = array("I", codes)
        kinds = codes[:: _CODE.size]
        timeline.times.extend(batch.times)
        timeline.kinds.frombytes(kinds)
        timeline.directions.frombytes(codes[1 :: _CODE.size])
        timeline.origins.frombytes(codes[2 :: _CODE.size])
        timeline.flags.frombytes(codes[3 :: _CODE.size])
        timeline.parties.extend(words[1::3])
        timeline.actions.extend(words[2::3])
        timeline.verdicts.frombytes(batch.verdicts)
        timeline.answerings.frombytes(bytes(count))
        timeline.others.extend(array("i", [-1]) * count)
        timeline.sources.extend(array("H", [self._source]) * count)
        timeline.offsets.extend(batch.offsets)
        timeline.lengths.extend(batch.lengths)
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
        messages = zip(batch.shapes, batch.ids, batch.times, strict=True)
        for index, (number, message_id, time) in enumerate(messages, base):
            kind, connection, direction, action = rows[number]
            exchange = exchanges.get(connection)
            if exchange is None or direction is None:
                self._other(index, self._shapes[number], message_id, time)
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
                    self._settle(index, self._shapes[number], match)
            else:
                self._other(index, self._shapes[number], message_id, time)
        timeline.tally.answered += answered

    def _other(self, index: int, shape: RecordTemplate, message_id: str, time: int) -> None:
        timeline = self._timeline
        if shape.kind.is_call:
            if not timeline.called(shape, message_id, index, time):
                timeline.flags[index] |= DUPLICATE_ID
        elif shape.kind.is_answer:
            self._settle(index, shape, timeline.match(shape, message_id, time))
        elif shape.kind is RecordKind.CONNECTION:
            timeline.happened(shape)

    def _settle(self, index: int, shape: RecordTemplate, match: Match) -> None:
        """Set right what an answer was believed to belong to."""
        timeline = self._timeline
        timeline.answerings[index], call = timeline.settle(shape.kind, index, match)
        action = "" if call is None else call.action
        if call is not None:
            timeline.others[index] = call.token
        if action != shape.action:
            timeline.actions[index] = timeline.action_id(action)
            verdict = Verdict.UNKNOWN
            if action and shape.kind is RecordKind.CALLRESULT:
                frame = timeline.frame(index)
                if isinstance(frame, Frame):
                    verdict = verdict_of(shape.version, action, Part.RESPONSE, frame.payload)
            timeline.tally.invalid += (verdict is Verdict.INVALID) - (timeline.verdicts[index] == Verdict.INVALID)
            timeline.verdicts[index] = verdict

    def _learn(self, batch: Batch) -> None:
        """Take in the shapes that are new in this batch."""
        timeline = self._timeline
        if not batch.new_shapes:
            return
        for known in (self._shapes, self._rows, self._codes):
            del known[batch.first_new :]
        for shape in batch.new_shapes:
            shape = shape._replace(connection=self._connection_of(shape))
            kind, direction, origin, flags, connection, charge_point, version, action = shape
            party = timeline.party_id(ConnectionKey(connection, charge_point, version))
            self._shapes.append(shape)
            self._rows.append((kind, connection, DIRECTIONS[direction], action))
            self._codes.append(_CODE.pack(kind, direction, origin, flags, party, timeline.action_id(action)))


def _fill_times(times: array[int], last: int) -> None:
    """Put the time of the record before wherever there is none."""
    for position, time in enumerate(times):
        if time == NO_TIME:
            times[position] = last
        last = times[position]


_CODE = Struct("=BBBBII")
"""What a shape has in the columns kinds, directions, origins, flags, parties and actions."""
