"""Records as batches for a `BulkAppender`, which appends many at once to a timeline."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Sequence

from ocpptui.ocpp.judgement import Judgement, Verdict, judge
from ocpptui.ocpp.message import Message
from ocpptui.ocpp.version import Direction
from ocpptui.timeline.columns import (
    DIRECTION_CODES,
    ORIGIN_CODES,
    Batch,
    ConnectionKey,
    RecordTemplate,
    flags_of,
    short_action,
)
from ocpptui.timeline.masking import Masking
from ocpptui.timeline.record import Record
from ocpptui.timeline.record_store import Place

MAX_REMEMBERED = 20_000
"""How many templates, connections or unanswered calls are remembered; beyond that, they are forgotten."""
_NOTHING = Judgement(Verdict.UNKNOWN)


class RecordBatches:
    """Masks records, keeps them, and makes batches of them, all for one `BulkAppender`.

    The action of an answer is that of the latest call with its id that went the other way: an assumption, which the
    `BulkAppender` corrects.
    """

    def __init__(self, keep: Callable[[Record, str], Place], masking: Masking) -> None:
        """`keep` is that of a store."""
        self._keep = keep
        self._masking = masking
        self._numbers: dict[tuple[object, ...], int] = {}  # of the templates
        self._connections: dict[tuple[object, ...], int] = {}
        self._calls: dict[tuple[int, Direction | None, str], str] = {}

    def batch(self, records: Sequence[Record]) -> Batch:
        """Mask the records, keep them, and return them as a batch."""
        return self._batch(map(self._masking.masked, records))

    def masked(self, record: Record) -> Record:
        """The record without its secrets. A thread may do this, while nothing else is masked."""
        return self._masking.masked(record)

    def batch_of_masked(self, record: Record) -> Batch:
        """A batch of one record that `masked` has returned."""
        return self._batch((record,))

    def _batch(self, records: Iterable[Record]) -> Batch:
        if len(self._numbers) > MAX_REMEMBERED:
            self._numbers.clear()
        if len(self._connections) > MAX_REMEMBERED:
            self._connections.clear()
        if len(self._calls) > MAX_REMEMBERED:
            self._calls.clear()
        numbers, connections, calls, keep = self._numbers, self._connections, self._calls, self._keep
        batch = Batch(len(numbers), first_connection=len(connections))
        verdicts = bytearray()
        times, ids, templates, parties = list[int](), batch.ids, list[int](), list[int]()
        offsets, lengths = list[int](), list[int]()
        for record in records:
            frame, direction = record.parsed or record.frame, record.direction
            verdict, remarks = _NOTHING
            action = message_id = ""
            if frame is not None:
                message_id = frame.id or ""
                if isinstance(frame, Message):
                    if frame.action is not None:
                        action = short_action(frame.action)
                        calls[record.connection, direction, message_id] = action
                    else:
                        against = None if direction is None else direction.opposite
                        action = calls.get((record.connection, against, message_id), "")
                elif frame.action:
                    action = short_action(frame.action)
                    calls.setdefault((record.connection, direction, message_id), action)
                verdict, remarks = judge(record.version, direction, frame, action)
            flags = flags_of(record, frame)
            shared = record.kind, direction, record.origin, flags, action, remarks
            number = numbers.get(shared)
            if number is None:
                number = numbers[shared] = len(numbers)
                codes = DIRECTION_CODES[direction], ORIGIN_CODES[record.origin]
                batch.new_templates.append(RecordTemplate(record.kind, *codes, flags, action, remarks))
            templates.append(number)
            key = record.connection, record.charge_point, record.version, record.transport
            party = connections.get(key)
            if party is None:
                party = connections[key] = len(connections)
                batch.new_connections.append(ConnectionKey(*key))
            parties.append(party)
            times.append(record.time)
            ids.append(message_id)
            verdicts.append(verdict)
            offset, length = keep(record, action)
            offsets.append(offset)
            lengths.append(length)
        batch.verdicts = bytes(verdicts)
        batch.times, batch.templates, batch.connections = array("q", times), array("H", templates), array("H", parties)
        batch.offsets, batch.lengths = array("q", offsets), array("I", lengths)
        return batch
