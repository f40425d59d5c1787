"""The records of a session or of files in the order in which they happened: columns, correlation, verdicts."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

from ocpptui.ocpp.correlation import AnswerStatus, Correlation, Match, Totals
from ocpptui.ocpp.judgement import Verdict, judge
from ocpptui.ocpp.message import Malformed, Message
from ocpptui.ocpp.schema import Part
from ocpptui.ocpp.validation import Violation, violations
from ocpptui.ocpp.version import Direction, Transport, Version
from ocpptui.timeline.clock_changes import ClockChanges, clock_set_by
from ocpptui.timeline.columns import (
    CLOCK_SET,
    DIRECTION_CODES,
    DIRECTIONS,
    DUPLICATE_ID,
    EVENT_SHIFT,
    EVENTS,
    MASKED,
    ORIGIN_CODES,
    ORIGINS,
    SUBSTITUTE,
    TIMELESS,
    UNREADABLE_CALL,
    ConnectionKey,
    RecordColumns,
    flags_of,
    short_action,
)
from ocpptui.timeline.counts import Counts, RunningCounts
from ocpptui.timeline.folded_column import CHUNK
from ocpptui.timeline.known_secrets import KnownSecrets
from ocpptui.timeline.masking import masked
from ocpptui.timeline.noticed import Noticed
from ocpptui.timeline.record import ConnectionEvent, Origin, Record, RecordKind
from ocpptui.timeline.record_cache import RecordCache
from ocpptui.timeline.record_store import MemoryStore, RecordSource, RecordStore, RecordTexts
from ocpptui.timeline.severity import Severity

MAX_RULE_SETS = 60_000
"""How many sets of broken rules are distinguished; beyond that, a record has only the first of its rules."""
UNFOLDED = CHUNK
"""How many of the newest rows are never compressed while records are appended one by one."""
LATE_AFTER = 30_000_000
"""Microseconds after which an answer counts as late, unless a timeline has another setting."""


class Timeline(RecordColumns):
    """Append-only. A record costs some 45 bytes in the columns, an older one some 4; its text stays in the store.

    All code may read the columns, `timeline.kinds[i]` for example, which is faster than the methods.

    One thread writes and reads it. A `BulkAppender` appends many records at once.
    """

    def __init__(self, store: RecordStore | None = None, *, late_after: int = LATE_AFTER) -> None:
        """`store` keeps the appended records; without one they are kept in memory."""
        super().__init__()
        self._fold_at = UNFOLDED + CHUNK
        self.party_table: list[ConnectionKey] = []
        self.action_table: list[str] = [""]
        self.remark_table: list[tuple[str, ...]] = [()]
        self.rule_sets: list[tuple[str, ...]] = [()]
        self.revised = array("I")
        """Indexes of the records whose findings were set, in that order; a record may occur repeatedly."""
        self.severity_counts = [0] * len(Severity)
        """How many records have each severity as that of their worst finding; NONE is not counted."""
        self.problems_of: Counter[str] = Counter()
        """How many records with a problem each charge point has."""
        self.noticed: dict[int, tuple[Noticed, ...]] = {}
        """What the diagnosis noticed about records, by their indexes, for the words of its findings."""
        self.marks: set[int] = set()
        """Indexes of the records that the user marked."""
        self.late_after = late_after
        """Microseconds after which a call is overdue and its answer late."""
        self.correlations: dict[int, Correlation] = {}
        """The calls of each open connection, by its number."""
        self.masks_when_read = False
        """Whether records come from files that may hold secrets, which `record` masks; `as_stored` does not."""
        self.suspects = array("I")
        """The records that may hold a secret as they are stored, in their order; kept if they are masked when read."""
        self.clock_changes = ClockChanges()
        """When the clock was set that the times come from."""
        self._totals = Totals()
        self._related: dict[int, int] = {}
        self._store: RecordStore = MemoryStore() if store is None else store
        self._sources: list[RecordSource] = []
        self._source_numbers: dict[RecordSource, int] = {}
        self._party_ids: dict[ConnectionKey, int] = {}
        self._action_ids: dict[str, int] = {"": 0}
        self._remark_ids: dict[tuple[str, ...], int] = {(): 0}
        self._rule_set_ids: dict[tuple[str, ...], int] = {(): 0}
        self._watchers: list[Callable[[], None]] = []
        self._is_growing = False
        self._connections: dict[int, None] = {}
        self._last_connection = 0
        self._charge_points: dict[str, None] = {}
        self._last_parties: dict[int, tuple[int, str, Version | None, Transport]] = {}  # by connection
        self._recent = RecordCache()
        self._secrets: KnownSecrets | None = None
        self.secrets_known = 0
        """How often secrets were found that are masked in all records from then on."""
        self.tally = RunningCounts()
        """The growing counts; read `counts` instead."""

    # -- growing ------------------------------------------------------------------------------------------------

    def append(self, record: Record, store: RecordStore | None = None) -> int:
        """Store a record, in the timeline's own store unless another is given, and append it; return its index."""
        index = len(self.times)
        frame, kind, tally = record.frame, record.kind, self.tally
        flags, action, verdict = flags_of(record, frame), 0, Verdict.UNKNOWN
        noticed: tuple[str, ...] = ()
        match: Match | None = None
        time = record.time - self.clock_changes.total  # by a clock that nobody set
        if flags & SUBSTITUTE:  # not an exchange of its own
            if isinstance(frame, Message) and frame.action is not None:
                action = self.action_id(short_action(frame.action))
            if frame is not None:
                verdict, noticed = judge(record.version, record.direction, frame, self.action_table[action])
            tally.invalid += verdict is Verdict.INVALID
        elif isinstance(frame, Message):
            if frame.action is not None:
                action = self.action_id(short_action(frame.action))
                before = self.called(record, kind, record.direction, frame.id, index, time)
                if before is not None:
                    flags |= DUPLICATE_ID
                    self.relate(index, before)
                tally.calls += kind is RecordKind.CALL
            else:
                match = self.answered(record.connection, kind, record.direction, frame.id, time)
                action = 0 if match[0] is None else self.actions[match[0]]
                tally.answers += kind is not RecordKind.CALLRESULTERROR
                if match[1] is AnswerStatus.ORPHAN:
                    self.relate_stray(record.connection, record.direction, frame.id, index)
            verdict, noticed = judge(record.version, record.direction, frame, self.action_table[action])
            tally.invalid += verdict is Verdict.INVALID
        elif frame is not None:
            tally.malformed += 1
            noticed = judge(record.version, record.direction, frame).remarks
            self.unreadable(record.connection, flags, record.direction, frame.id, index, time)
        elif kind is RecordKind.NOTE and flags & CLOCK_SET:
            self.clock_set(index, record)
        elif flags:
            self.happened(record.connection, flags)
        store = self._store if store is None else store
        place = store.keep(record, self.action_table[action])
        if self.masks_when_read:
            self.suspects.append(index)
        answering, other = (AnswerStatus.NONE, -1) if match is None else self.settle(kind, index, flags, match)
        self.add_row(
            record.time,
            kind,
            DIRECTION_CODES[record.direction],
            ORIGIN_CODES[record.origin],
            flags,
            self._party_of(record),
            action,
            verdict,
            self.remark_id(noticed) if noticed else 0,
            answering,
            other,
            self.source_number(store),
            place,
        )
        if self._secrets is None:
            self._recent.put(index, record)
        if index >= self._fold_at:
            self.fold()
            self._fold_at += CHUNK
        self.grown()
        return index

    def watch(self, watcher: Callable[[], None]) -> None:
        """Call `watcher` whenever records were appended, one or many."""
        self._watchers.append(watcher)

    def grown(self) -> None:
        """Notify the watchers that records were appended, unless they are notified `at_once`."""
        if self._is_growing:
            return
        for watcher in self._watchers:
            watcher()

    @contextmanager
    def at_once(self) -> Iterator[None]:
        """Notify the watchers at the end, once, of all records that are appended until then."""
        self._is_growing = True
        try:
            yield
        finally:
            self._is_growing = False
            self.grown()

    def set_findings(self, index: int, rules: tuple[str, ...], severity: Severity) -> None:
        """Note the rules that a record breaks, by their ids, and the severity."""
        before = self.severities[index]
        self.severity_counts[before] -= 1
        self.severity_counts[severity] += 1
        self.severities[index] = severity
        self.findings[index] = self._rule_set_id(rules)
        self.revised.append(index)
        self.problems_of[self.charge_point(index)] += severity.is_problem - Severity(before).is_problem

    def _rule_set_id(self, rules: tuple[str, ...]) -> int:
        number = self._rule_set_ids.get(rules)
        if number is None:
            if len(self.rule_sets) > MAX_RULE_SETS:
                return self._rule_set_id(rules[:1])
            number = self._rule_set_ids[rules] = len(self.rule_sets)
            self.rule_sets.append(rules)
        return number

    def source_number(self, source: RecordSource) -> int:
        """The number of a source in the column `sources`; a new one is added."""
        number = self._source_numbers.get(source)
        if number is None:
            number = self._source_numbers[source] = len(self._sources)
            self._sources.append(source)
        return number

    def _party_of(self, record: Record) -> int:
        """The number of a record's party; mostly that of the preceding record on the same connection."""
        last = self._last_parties.get(record.connection)
        if (
            last is not None
            and last[1] == record.charge_point
            and last[2] is record.version
            and last[3] is record.transport
        ):
            return last[0]
        party = ConnectionKey(record.connection, record.charge_point, record.version, record.transport)
        number = self.party_id(party)
        self._last_parties[record.connection] = (number, *party[1:])
        return number

    # -- correlation, of one record or of many ------------------------------------------------------------------

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

    def relate_stray(self, connection: int, direction: Direction | None, message_id: str, index: int) -> None:
        """Relate an answer without a call to a CALL of its own sender, or to a SEND of the other side, with its id."""
        if direction is not None:
            correlation = self.correlation(connection)
            user = correlation.user_of(direction.opposite, message_id)
            if user is None:
                user = correlation.user_of(direction, message_id)
            if user is not None:
                self.relate(index, user)

    def happened(self, connection: int, flags: int) -> None:
        """Note a connection event: calls in flight before an opening or a close get no answer any more."""
        if EVENTS[flags >> EVENT_SHIFT] in _FRESH:
            correlation = self.correlations.pop(connection, None)
            if correlation is not None:
                correlation.end()

    def clock_set(self, index: int, note: Record) -> None:
        """Note that the clock was set, as the NOTE that gets this index says."""
        self.clock_changes.add(index, clock_set_by(note.detail))

    def correlation(self, connection: int) -> Correlation:
        """The calls of an open connection."""
        correlation = self.correlations.get(connection)
        if correlation is None:
            correlation = self.correlations[connection] = Correlation(self.late_after, self._totals)
        return correlation

    # -- tables -------------------------------------------------------------------------------------------------

    def party_id(self, party: ConnectionKey) -> int:
        """The number of a party in the table, to which a new one is added."""
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
        """The number of an action in the table, to which a new one is added."""
        number = self._action_ids.get(action)
        if number is None:
            number = self._action_ids[action] = len(self.action_table)
            self.action_table.append(action)
        return number

    def remark_id(self, remarks: tuple[str, ...]) -> int:
        """The number of a set of remarks in the table, to which a new one is added."""
        number = self._remark_ids.get(remarks)
        if number is None:
            number = self._remark_ids[remarks] = len(self.remark_table)
            self.remark_table.append(remarks)
        return number

    # -- reading ------------------------------------------------------------------------------------------------

    def record(self, index: int) -> Record:
        """The complete record, with its text, from its source."""
        record = self._recent.get(index)
        if record is None:
            record = self.as_stored(index)
            if self.masks_when_read:
                is_error = record.kind in (RecordKind.CALLERROR, RecordKind.CALLRESULTERROR)
                call = self.others[index] if is_error else -1
                record = masked(record, self.as_stored(call) if call >= 0 else None)
            if self._secrets is not None:
                record = self._secrets.masked(record)
            self._recent.put(index, record)
        return record

    def record_at_hand(self, index: int) -> Record | None:
        """The same if it was just appended or read; None if its source would have to be asked."""
        return self._recent.get(index)

    def know_secrets(self, secrets: Iterable[str]) -> None:
        """Mask these secrets in every record that is read from now on, whatever is in it."""
        if self._secrets is None:
            self._secrets = KnownSecrets()
        if self._secrets.add(secrets):
            self._recent = RecordCache()
            self.secrets_known += 1

    def without_secrets(self, text: str) -> str:
        """A text from the same file without the secrets of its records."""
        return text if self._secrets is None else self._secrets.masked_text(text)

    def as_stored(self, index: int) -> Record:
        """The complete record as its source has it, with the secrets in it: to send it again, never to show it."""
        source = self._sources[self.sources[index]]
        record = source.record((self.offsets[index], self.lengths[index]))
        time, party = self.times[index], self.party_table[self.parties[index]]
        if (time, *party[:3]) != (record.time, record.connection, record.charge_point, record.version):
            # A file numbers its connections independently of other files, and may omit what is known here.
            connection, charge_point, version, _ = party
            record = replace(record, time=time, connection=connection, charge_point=charge_point, version=version)
        return record

    def texts(self, start: int, stop: int, wanted: int) -> RecordTexts:
        """The raw texts of the records from `start` to before `stop`, about `wanted` of which will be requested."""
        sources = self.sources[start:stop]
        # A single record was probably just appended and is cached.
        if len(sources) == 1 or sources.count(sources[0]) < len(sources):
            return _TextsAtHand(self, start)
        return self._sources[sources[0]].texts(self.offsets[start:stop], self.lengths[start:stop], wanted)

    def frame(self, index: int) -> Message | Malformed | None:
        """The parsed message; None if there is no message."""
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

    def transport(self, index: int) -> Transport:
        return self.party_table[self.parties[index]].transport

    def action(self, index: int) -> str:
        """The action; for an answer, that of its call; "" if it is unknown."""
        return self.action_table[self.actions[index]]

    def event(self, index: int) -> ConnectionEvent | None:
        """What happened to the connection; None if this is not a connection event."""
        return EVENTS[self.flags[index] >> EVENT_SHIFT]

    def is_masked(self, index: int) -> bool:
        """True if secrets were masked in the raw text."""
        return bool(self.flags[index] & MASKED)

    def is_duplicate_id(self, index: int) -> bool:
        """True for a call whose message id was used before on its connection and in its direction."""
        return bool(self.flags[index] & DUPLICATE_ID)

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

    def answering(self, index: int) -> AnswerStatus:
        return AnswerStatus(self.answerings[index])

    def verdict(self, index: int) -> Verdict:
        return Verdict(self.verdicts[index])

    def remarks_on(self, index: int) -> tuple[str, ...]:
        """Names of the remarks on the message alone (see `ocpptui.ocpp.judgement`)."""
        return self.remark_table[self.remarks[index]]

    def severity(self, index: int) -> Severity:
        """The severity of the worst finding of the record."""
        return Severity(self.severities[index])

    def broken_rules(self, index: int) -> tuple[str, ...]:
        """Ids of the rules that the record breaks (see `ocpptui.diagnosis`)."""
        return self.rule_sets[self.findings[index]]

    def violations(self, index: int) -> tuple[Violation, ...]:
        """The violations of the payload, determined from the raw text."""
        version, part, frame = self.version(index), _PARTS.get(self.kinds[index]), self.frame(index)
        if version is None or part is None or not isinstance(frame, Message):
            return ()
        return violations(version, self.action(index), part, frame.payload)

    @property
    def counts(self) -> Counts:
        problems = sum(self.severity_counts[severity] for severity in Severity if severity.is_problem)
        return self.tally.counts(len(self.times), problems)

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
        correlation = self.correlations.get(connection)
        oldest = None if correlation is None else correlation.oldest(direction)
        return None if oldest is None else oldest[0]

    def overdue(self, connection: int, direction: Direction, now: int) -> list[int]:
        """The calls of one direction that have become overdue by `now`, µs since 1970; each is returned once.

        From then on they are no longer in flight, and their answer is late.
        """
        correlation = self.correlations.get(connection)
        return [] if correlation is None else correlation.overdue(direction, now - self.clock_changes.total)

    def connections(self) -> Sequence[int]:
        """The numbers of the connections, in the order of their first record; without 0, which means none."""
        return tuple(self._connections)

    def charge_points(self) -> tuple[str, ...]:
        """The identities of the charge points, in the order of their first record."""
        return tuple(self._charge_points)

    def free_connection(self, wanted: int) -> int:
        """A number that no connection has yet: the wanted one, from 1, or the next after the largest."""
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

    def raws(self, positions: Sequence[int]) -> list[str | bytes | None]:
        return [self.raw(position) for position in positions]


_NO_MATCH: Match = (None, AnswerStatus.ORPHAN)
_FRESH = frozenset({ConnectionEvent.OPENING, ConnectionEvent.OPENED, ConnectionEvent.CLOSED})
_PARTS = {
    int(RecordKind.CALL): Part.REQUEST,
    int(RecordKind.SEND): Part.REQUEST,
    int(RecordKind.CALLRESULT): Part.RESPONSE,
}
