"""The records of a session or of files, in the order in which they happened, and where their texts are."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from ocpptui.ocpp.correlation import AnswerStatus, Match
from ocpptui.ocpp.judgement import Verdict, judge
from ocpptui.ocpp.message import Malformed, Message
from ocpptui.ocpp.schema import Part
from ocpptui.ocpp.secret_fields import CARRIERS
from ocpptui.ocpp.validation import Violation, violations
from ocpptui.timeline.columns import (
    CLOCK_SET,
    COLUMNS,
    DIRECTION_CODES,
    DUPLICATE_ID,
    ORIGIN_CODES,
    SUBSTITUTE,
    flags_of,
    short_action,
)
from ocpptui.timeline.correlated_columns import LATE_AFTER, CorrelatedColumns
from ocpptui.timeline.counts import Counts
from ocpptui.timeline.folded_column import CHUNK
from ocpptui.timeline.known_secrets import KnownSecrets
from ocpptui.timeline.masking import masked
from ocpptui.timeline.noticed import Noticed
from ocpptui.timeline.record import Record, RecordKind
from ocpptui.timeline.record_cache import RecordCache
from ocpptui.timeline.record_store import MemoryStore, RecordSource, RecordStore, RecordTexts
from ocpptui.timeline.severity import Severity

UNFOLDED = CHUNK
"""How many of the newest rows are never compressed while records are appended one by one."""


class Timeline(CorrelatedColumns):
    """Append-only. A record costs some 45 bytes in the columns, an older one some 4; its text stays in the store.

    All code may read the columns, `timeline.kinds[i]` for example, which is faster than the methods.

    One thread writes and reads it. A `BulkAppender` appends many records at once.
    """

    def __init__(self, store: RecordStore | None = None, *, late_after: int = LATE_AFTER) -> None:
        """`store` keeps the appended records; without one they are kept in memory."""
        super().__init__(late_after)
        self._fold_at = UNFOLDED + CHUNK
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
        self.masks_when_read = False
        """Whether records come from files that may hold secrets, which `record` masks; `as_stored` does not."""
        self.suspects = array("I")
        """The records that may hold a secret as they are stored, in their order; kept if they are masked when read."""
        self._store: RecordStore = MemoryStore() if store is None else store
        self._sources: list[RecordSource] = []
        self._source_numbers: dict[RecordSource, int] = {}
        self._watchers: list[Callable[[], None]] = []
        self._is_growing = False
        self._recent = RecordCache()
        self._secrets: KnownSecrets | None = None
        self.secrets_known = 0
        """How often secrets were found that are masked in all records from then on."""

    # -- growing ------------------------------------------------------------------------------------------------

    def append(self, record: Record, store: RecordStore | None = None, stored: Callable[[], None] | None = None) -> int:
        """Store a record, in the timeline's own store unless another is given, and append it; return its index.

        `stored` is called in between, and may not append anything: a message that is passed on need not wait until it
        is judged and shown.
        """
        index = len(self.times)
        frame, kind, tally = record.frame, record.kind, self.tally
        flags, action, verdict = flags_of(record, frame), 0, Verdict.UNKNOWN
        noticed: tuple[str, ...] = ()
        match: Match | None = None
        time = record.time - self.clock_changes.total  # by a clock that nobody set
        if flags & SUBSTITUTE:  # not an exchange of its own
            if isinstance(frame, Message) and frame.action is not None:
                action = self.action_id(short_action(frame.action))
            elif isinstance(frame, Message):
                action = self.substituted(record.connection, kind, record.direction, frame.id, index)
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
        elif frame is not None:
            tally.malformed += 1
            if frame.action:
                action = self.action_id(short_action(frame.action))
            self.unreadable(record.connection, flags, record.direction, frame.id, index, time)
        elif kind is RecordKind.NOTE and flags & CLOCK_SET:
            self.clock_set(index, record)
        elif flags:
            self.happened(record.connection, flags, index)
        store = self._store if store is None else store
        place = store.keep(record, self.action_table[action])
        if stored is not None:
            stored()
        if frame is not None:
            verdict, noticed = judge(record.version, record.direction, frame, self.action_table[action])
            tally.invalid += verdict is Verdict.INVALID
        if self.masks_when_read:
            self.suspects.append(index)
        answering, other = (AnswerStatus.NONE, -1) if match is None else self.settle(kind, index, flags, match)
        self.add_row(
            record.time,
            kind,
            DIRECTION_CODES[record.direction],
            ORIGIN_CODES[record.origin],
            flags,
            self.party_of(record),
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
        self.findings[index] = self.rule_set_id(rules)
        self.revised.append(index)
        self.problems_of[self.charge_point(index)] += severity.is_problem - Severity(before).is_problem

    def source_number(self, source: RecordSource) -> int:
        """The number of a source in the column `sources`; a new one is added."""
        number = self._source_numbers.get(source)
        if number is None:
            number = self._source_numbers[source] = len(self._sources)
            self._sources.append(source)
        return number

    # -- reading ------------------------------------------------------------------------------------------------

    def record(self, index: int) -> Record:
        """The complete record, with its text, from its source."""
        record = self._recent.get(index)
        if record is None:
            record = self.as_stored(index)
            if self.masks_when_read:
                call = self.others[index] if record.kind.is_error else -1
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

    @property
    def known_secrets(self) -> KnownSecrets | None:
        """The secrets that are masked in every record; None if there are none."""
        return self._secrets

    @known_secrets.setter
    def known_secrets(self, secrets: KnownSecrets | None) -> None:
        self._secrets = secrets
        self._recent = RecordCache()

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

    def may_store_secrets(self, action: str) -> bool:
        """Whether the texts of records of an action, as they are stored, may hold a secret that `record` masks."""
        return self.masks_when_read and action in CARRIERS

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

    def rows(self) -> dict[str, Any]:
        """All rows with what is needed to understand them, as values for `pickle`: `of_rows` in another process reads
        them."""
        return {name: getattr(self, name) for name in _ROWS}

    @classmethod
    def of_rows(cls, rows: dict[str, Any], source: RecordSource) -> Timeline:
        """A copy of a timeline, of which all records are in one source. It cannot grow."""
        copy = cls()
        vars(copy).update(rows)
        copy._sources = [source]
        return copy

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


_ROWS = (
    *COLUMNS, "party_table", "action_table", "remark_table", "late_after", "clock_changes", "_related", "_ends",
    "masks_when_read",
)  # fmt: skip
"""What a copy for another process has."""
_PARTS = {
    int(RecordKind.CALL): Part.REQUEST,
    int(RecordKind.SEND): Part.REQUEST,
    int(RecordKind.CALLRESULT): Part.RESPONSE,
}
