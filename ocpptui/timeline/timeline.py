"""The records of a session or of files in the order in which they happened: columns, correlation, verdicts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from enum import IntEnum
from typing import Any, NamedTuple

from ocpptui.ocpp.actions import is_unknown_action
from ocpptui.ocpp.correlation import Exchange, Match, MatchStatus, PendingCall
from ocpptui.ocpp.error_codes import error_code, unknown_action_code
from ocpptui.ocpp.message import Malformed, Message
from ocpptui.ocpp.schema import Part
from ocpptui.ocpp.validation import Violation, is_valid, violations
from ocpptui.ocpp.version import Direction, Version
from ocpptui.timeline.columns import (
    DIRECTION_CODES,
    DIRECTIONS,
    DUPLICATE_ID,
    EVENT_SHIFT,
    EVENTS,
    HAS_DEFECTS,
    MASKED,
    ORIGIN_CODES,
    ORIGINS,
    RecordColumns,
    RecordTemplate,
    short_action,
    template_of,
)
from ocpptui.timeline.counts import Counts, RunningCounts
from ocpptui.timeline.record import ConnectionEvent, Origin, Record, RecordKind
from ocpptui.timeline.record_cache import RecordCache
from ocpptui.timeline.record_store import MemoryStore, RecordSource, RecordStore, RecordTexts

LATE_AFTER = 30_000_000
"""Microseconds after which an answer counts as late, unless a timeline is told otherwise."""


class Verdict(IntEnum):
    """What the schema of its action says of a payload."""

    UNKNOWN = 0
    """There is no schema: an unknown version or action, an error, or no message at all."""
    VALID = 1
    INVALID = 2


class AnswerStatus(IntEnum):
    """How an answer found its call."""

    NONE = 0
    """It is no answer."""
    MATCHED = 1
    LATE = 2
    """Its call had been given up, or it took longer than the timeline's `late_after`."""
    SECOND = 3
    """Its call had been answered already."""
    ORPHAN = 4
    """There is no such call."""


class ConnectionKey(NamedTuple):
    """Whose record it is: what a record shares with most others of its connection."""

    connection: int
    charge_point: str
    version: Version | None


class Timeline(RecordColumns):
    """Append-only. A record costs some 40 bytes in the columns; its text stays where it is kept.

    The columns are open for reading, `timeline.kinds[i]` for example, which is quicker than the methods.

    One thread writes and reads it. Many records at once come in through a `BulkAppender`.
    """

    def __init__(self, store: RecordStore | None = None, *, late_after: int = LATE_AFTER) -> None:
        """`store` keeps the records that are appended; memory where there is none."""
        super().__init__()
        self.party_table: list[ConnectionKey] = []
        self.action_table: list[str] = [""]
        self.marks: set[int] = set()
        """Indexes of the records that a person marked."""
        self.exchanges: dict[int, Exchange] = {}
        """What is in flight on each open connection, by its number."""
        self._late_after = late_after
        self._store: RecordStore = MemoryStore() if store is None else store
        self._sources: list[RecordSource] = []
        self._source_numbers: dict[RecordSource, int] = {}
        self._party_ids: dict[ConnectionKey, int] = {}
        self._action_ids: dict[str, int] = {"": 0}
        self._connections: dict[int, None] = {}
        self._last_connection = 0
        self._charge_points: dict[str, None] = {}
        self._last_parties: dict[int, tuple[int, str, Version | None]] = {}  # by connection
        self._recent = RecordCache()
        self.tally = RunningCounts()
        """The counts as they grow; `counts` is what to read."""

    # -- growing ------------------------------------------------------------------------------------------------

    def append(self, record: Record, store: RecordStore | None = None) -> int:
        """Have a record kept, by the timeline's own store unless another is given, and take it in; its index."""
        index = len(self.times)
        frame = record.frame
        action, flags, verdict, answering, other = "", 0, Verdict.UNKNOWN, AnswerStatus.NONE, -1
        kind, version, tally = record.kind, record.version, self.tally
        match: Match | None = None
        if isinstance(frame, Message):
            if frame.action is not None:
                template = self._template(record, frame.action)
                action = template.action
                if not self.called(template, frame.id, index, record.time):
                    flags = DUPLICATE_ID
                verdict = verdict_of(version, action, Part.REQUEST, frame.payload)
                tally.calls += kind is RecordKind.CALL
            else:
                match = self.match(self._template(record, ""), frame.id, record.time)
                call = match.call
                if call is not None:
                    other, action = call.token, call.action
                    if kind is RecordKind.CALLRESULT:
                        verdict = verdict_of(version, action, Part.RESPONSE, frame.payload)
                tally.answers += kind is not RecordKind.CALLRESULTERROR
            if frame.defects:
                flags |= HAS_DEFECTS
            tally.invalid += verdict is Verdict.INVALID
        elif kind is RecordKind.CONNECTION:
            template = template_of(record)
            flags = template.flags
            self.happened(template)
        else:
            tally.malformed += kind is RecordKind.MALFORMED
        store = self._store if store is None else store
        place = store.keep(record, action)
        if match is not None:
            answering, _ = self.settle(kind, index, match)
        self.add_row(
            record.time,
            kind,
            DIRECTION_CODES[record.direction],
            ORIGIN_CODES[record.origin],
            flags | MASKED if record.masked else flags,
            self._party_of(record),
            self.action_id(action),
            verdict,
            answering,
            other,
            self.source_number(store),
            place,
        )
        self._recent.put(index, record)
        return index

    def source_number(self, source: RecordSource) -> int:
        """The number of a source in the column `sources`; one that is new becomes known."""
        number = self._source_numbers.get(source)
        if number is None:
            number = self._source_numbers[source] = len(self._sources)
            self._sources.append(source)
        return number

    def _template(self, record: Record, action: str) -> RecordTemplate:
        return RecordTemplate(
            record.kind,
            DIRECTION_CODES[record.direction],
            0,
            0,
            record.connection,
            record.charge_point,
            record.version,
            short_action(action),
        )

    def _party_of(self, record: Record) -> int:
        """The number of a record's party; mostly that of the record before it on the same connection."""
        last = self._last_parties.get(record.connection)
        if last is not None and last[1] == record.charge_point and last[2] is record.version:
            return last[0]
        number = self.party_id(ConnectionKey(record.connection, record.charge_point, record.version))
        self._last_parties[record.connection] = (number, record.charge_point, record.version)
        return number

    def called(self, template: RecordTemplate, message_id: str, index: int, time: int) -> bool:
        """Note a CALL or SEND that is about to stand at `index`; False if its id was used before."""
        direction = DIRECTIONS[template.direction]
        if direction is None:
            return True
        if template.kind is RecordKind.SEND:
            return self.exchange(template.connection).sent(direction, message_id)
        return self.exchange(template.connection).called(direction, message_id, template.action, index, time)

    def match(self, template: RecordTemplate, message_id: str, time: int) -> Match:
        """Note an answer and find its call."""
        direction = DIRECTIONS[template.direction]
        if direction is None:
            return _NO_MATCH
        exchange = self.exchange(template.connection)
        if template.kind is RecordKind.CALLRESULTERROR:
            return exchange.result_refused(direction, message_id, time)
        return exchange.answered(direction, message_id, time)

    def settle(self, kind: RecordKind, index: int, match: Match) -> tuple[AnswerStatus, PendingCall | None]:
        """Let the call that an answer belongs to point to `index`, where the answer is about to stand."""
        call, status = match
        if call is None:
            self.tally.orphans += 1
        elif status is not MatchStatus.SECOND and kind is not RecordKind.CALLRESULTERROR:
            self.others[call.token] = index
            self.tally.answered += 1
        return ANSWERINGS[status], call

    def happened(self, template: RecordTemplate) -> None:
        """Note a connection event: what was in flight before an opening or a close gets no answer any more."""
        if EVENTS[template.flags >> EVENT_SHIFT] in _FRESH:
            self.exchanges.pop(template.connection, None)

    def exchange(self, connection: int) -> Exchange:
        """What is in flight on a connection."""
        exchange = self.exchanges.get(connection)
        if exchange is None:
            exchange = self.exchanges[connection] = Exchange(self._late_after)
        return exchange

    def party_id(self, party: ConnectionKey) -> int:
        """The number of a party in the table, which it joins where it is new."""
        number = self._party_ids.get(party)
        if number is None:
            number = self._party_ids[party] = len(self.party_table)
            self.party_table.append(party)
            if party.connection:
                self._connections[party.connection] = None
                self._last_connection = max(self._last_connection, party.connection)
            if party.charge_point:
                self._charge_points[party.charge_point] = None
        return number

    def action_id(self, action: str) -> int:
        """The number of an action in the table, which it joins where it is new."""
        number = self._action_ids.get(action)
        if number is None:
            number = self._action_ids[action] = len(self.action_table)
            self.action_table.append(action)
        return number

    # -- reading ------------------------------------------------------------------------------------------------

    def record(self, index: int) -> Record:
        """The whole record, with its text, from its source."""
        record = self._recent.get(index)
        if record is None:
            source = self._sources[self.sources[index]]
            record = source.record((self.offsets[index], self.lengths[index]))
            known = (self.times[index], *self.party_table[self.parties[index]])
            if known != (record.time, record.connection, record.charge_point, record.version):
                # A file numbers its connections without regard to other files, and may leave out what is known here.
                time, connection, charge_point, version = known
                record = replace(record, time=time, connection=connection, charge_point=charge_point, version=version)
            self._recent.put(index, record)
        return record

    def texts(self, start: int, stop: int, wanted: int) -> RecordTexts:
        """The raw texts of the records from `start` to before `stop`, about `wanted` of which will be asked for."""
        sources = self.sources[start:stop]
        # A single one was likely just appended, and is at hand.
        if len(sources) == 1 or sources.count(sources[0]) < len(sources):
            return _TextsAtHand(self, start)
        return self._sources[sources[0]].texts(self.offsets[start:stop], self.lengths[start:stop], wanted)

    def frame(self, index: int) -> Message | Malformed | None:
        """The message parsed; None for what is no message."""
        return self.record(index).frame if self.kinds[index] <= RecordKind.SEND else None

    def time(self, index: int) -> int:
        """Microseconds since 1970-01-01 UTC."""
        return self.times[index]

    def kind(self, index: int) -> RecordKind:
        return RecordKind(self.kinds[index])

    def direction(self, index: int) -> Direction | None:
        return DIRECTIONS[self.directions[index]]

    def origin(self, index: int) -> Origin:
        return ORIGINS[self.origins[index]]

    def connection(self, index: int) -> int:
        return self.party_table[self.parties[index]].connection

    def charge_point(self, index: int) -> str:
        return self.party_table[self.parties[index]].charge_point

    def version(self, index: int) -> Version | None:
        return self.party_table[self.parties[index]].version

    def action(self, index: int) -> str:
        """The action; of an answer that of its call; "" where it is not known."""
        return self.action_table[self.actions[index]]

    def event(self, index: int) -> ConnectionEvent | None:
        """What happened to the connection; None for what is no connection event."""
        return EVENTS[self.flags[index] >> EVENT_SHIFT]

    def is_masked(self, index: int) -> bool:
        """True where secrets were masked in the raw text."""
        return bool(self.flags[index] & MASKED)

    def is_duplicate_id(self, index: int) -> bool:
        """True for a call whose message id was used before on its connection and in its direction."""
        return bool(self.flags[index] & DUPLICATE_ID)

    def other_half(self, index: int) -> int | None:
        """Of a call its answer, of an answer (also a second one) its call; None where there is none."""
        other = self.others[index]
        return other if other >= 0 else None

    def latency(self, index: int) -> int | None:
        """Microseconds from call to answer, asked of either; None while there is no pair."""
        other = self.others[index]
        if other < 0 or self.kinds[index] == RecordKind.CALLRESULTERROR:
            return None
        between = self.times[index] - self.times[other]
        return between if other < index else -between

    def answering(self, index: int) -> AnswerStatus:
        return AnswerStatus(self.answerings[index])

    def verdict(self, index: int) -> Verdict:
        return Verdict(self.verdicts[index])

    def violations(self, index: int) -> tuple[Violation, ...]:
        """What is wrong with the payload, worked out from the raw text."""
        version, part, frame = self.version(index), _PARTS.get(self.kinds[index]), self.frame(index)
        if version is None or part is None or not isinstance(frame, Message):
            return ()
        return violations(version, self.action(index), part, frame.payload)

    def error_code(self, index: int) -> str:
        """The CALLERROR code that the version prescribes for what is wrong; "" where nothing is or it is unknown."""
        version = self.version(index)
        if version is None:
            return ""
        if self.verdicts[index] == Verdict.INVALID:
            return error_code(version, self.violations(index))
        if self.kinds[index] == RecordKind.CALL and is_unknown_action(version, self.action(index)):
            return unknown_action_code(version)
        return ""

    @property
    def counts(self) -> Counts:
        return self.tally.counts(len(self.times))

    def in_flight(self, connection: int) -> list[PendingCall]:
        """The calls of an open connection that have no answer yet, of both directions, oldest first."""
        exchange = self.exchanges.get(connection)
        if exchange is None:
            return []
        found = [call for direction in Direction for call in exchange.in_flight(direction)]
        return sorted(found, key=lambda call: call.token)

    def overdue(self, now: int, timeout: int) -> list[PendingCall]:
        """The calls of open connections that have waited longer than `timeout` µs at `now`; each is named once."""
        return [call for exchange in self.exchanges.values() for call in exchange.overdue(now, timeout)]

    def connections(self) -> Sequence[int]:
        """The numbers of the connections, in the order of their first record; 0, which is none, left out."""
        return tuple(self._connections)

    def charge_points(self) -> tuple[str, ...]:
        """The identities of the charge points, in the order of their first record."""
        return tuple(self._charge_points)

    def free_connection(self, wanted: int) -> int:
        """A number that no connection has yet: the one that is wanted, from 1, or the next after the largest."""
        return wanted if wanted > 0 and wanted not in self._connections else self._last_connection + 1


class _TextsAtHand:
    """The raw texts of a few records, or of records from several sources; a `RecordTexts`."""

    def __init__(self, timeline: Timeline, start: int) -> None:
        self._timeline = timeline
        self._start = start

    def that_may_contain(self, runs: list[bytes], positions: Iterable[int]) -> Iterator[int]:
        return iter(positions)

    def raw(self, position: int) -> str | bytes | None:
        return self._timeline.record(self._start + position).raw


def verdict_of(version: Version | None, action: str, part: Part, payload: Any) -> Verdict:
    """What the schema says of a payload."""
    if version is None:
        return Verdict.UNKNOWN
    valid = is_valid(version, action, part, payload)
    return Verdict.UNKNOWN if valid is None else Verdict.VALID if valid else Verdict.INVALID


ANSWERINGS = {
    MatchStatus.MATCHED: AnswerStatus.MATCHED,
    MatchStatus.LATE: AnswerStatus.LATE,
    MatchStatus.SECOND: AnswerStatus.SECOND,
    MatchStatus.ORPHAN: AnswerStatus.ORPHAN,
}
_NO_MATCH = Match(None, MatchStatus.ORPHAN)
_FRESH = frozenset({ConnectionEvent.OPENING, ConnectionEvent.OPENED, ConnectionEvent.CLOSED})
_PARTS = {
    int(RecordKind.CALL): Part.REQUEST,
    int(RecordKind.SEND): Part.REQUEST,
    int(RecordKind.CALLRESULT): Part.RESPONSE,
}
