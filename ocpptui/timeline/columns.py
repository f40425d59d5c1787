"""Records in columns: no object for each, a few tens of bytes. Columns are defined only here."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from struct import Struct
from typing import Any, NamedTuple

from ocpptui.ocpp.message import Malformed, Message
from ocpptui.ocpp.version import Direction, Transport, Version
from ocpptui.timeline.clock_changes import clock_set_by
from ocpptui.timeline.folded_column import Column, FoldedColumn
from ocpptui.timeline.record import ConnectionEvent, Origin, Passage, Record, RecordKind, was_kept_back
from ocpptui.timeline.record_store import Place

DIRECTIONS = (None, Direction.TO_CSMS, Direction.TO_CHARGE_POINT)
"""The meaning of the numbers in the column `directions`."""
ORIGINS = tuple(Origin)
"""The meaning of the numbers in the column `origins`."""
EVENTS: tuple[ConnectionEvent | None, ...] = (None, *ConnectionEvent)
"""The meaning of `flags[i] >> EVENT_SHIFT`."""

MASKED = 1
"""Bit of the column `flags`: secrets were masked in the raw text."""
DUPLICATE_ID = 2
"""Bit of the column `flags`: the message id of this call was used before."""
TELLS_ERROR = 4
"""Bit of the column `flags`: this connection event reports an error."""
TIMELESS = 4
"""Bit of the column `flags`, of a message: nothing says when it was sent; its time only keeps its order."""
UNREADABLE_CALL = 8
"""Bit of the column `flags`: this unreadable message may have been meant as a CALL, and so may be answered."""
KEPT_BACK = 8
"""Bit of the column `flags`, of a message that can be read: a proxy did not pass it on at once, as it came."""
CLOCK_SET = 8
"""Bit of the column `flags`, of a NOTE: it reports that the clock was set."""
SUBSTITUTE = 16
"""Bit of the column `flags`: a proxy sent this instead of another message of the exchange, which has its own row."""
EVENT_SHIFT = 5

LONGEST_ACTION = 100
"""How many characters of an action name are kept; a peer may send names of megabytes."""

NO_TIME = -(2**63)
"""Replaces a time that could not be read; the timeline uses that of the preceding record."""

UNNUMBERED = -1
"""Replaces the number of a connection that has no number in its file."""


class ConnectionKey(NamedTuple):
    """What a record shares with most others of its connection."""

    connection: int
    """0 if there is none."""
    charge_point: str
    version: Version | None
    transport: Transport = Transport.JSON


class RecordTemplate(NamedTuple):
    """What a record shares with many others of any connection. The numbers are coded as in the columns."""

    kind: RecordKind
    direction: int
    origin: int
    flags: int
    action: str
    """The action of an answer is an assumption, used for validation; the timeline checks whether it is right."""
    remarks: tuple[str, ...] = ()
    """Names of the remarks on the message alone (see `ocpptui.ocpp.judgement`)."""


def template_of(record: Record, action: str = "", remarks: tuple[str, ...] = ()) -> RecordTemplate:
    """The template of a record; `action` is the assumed action of an answer."""
    frame = record.frame
    if isinstance(frame, Message) and frame.action is not None:
        action = frame.action
    return RecordTemplate(
        record.kind,
        DIRECTION_CODES[record.direction],
        ORIGIN_CODES[record.origin],
        flags_of(record, frame),
        short_action(action),
        remarks,
    )


def flags_of(record: Record, frame: Message | Malformed | None) -> int:
    """The value of the column `flags` for a record with this frame."""
    flags = MASKED if record.masked else 0
    if frame is None:
        if record.kind is RecordKind.CONNECTION:
            event = record.detail.get("event")
            if isinstance(event, str):
                flags |= _EVENT_CODES.get(event, 0) << EVENT_SHIFT
            if record.detail.get("error"):
                flags |= TELLS_ERROR
        elif record.kind is RecordKind.NOTE and clock_set_by(record.detail):
            flags |= CLOCK_SET
    elif isinstance(frame, Malformed) and (frame.may_be_call or frame.defect.name == "message-type"):
        flags |= UNREADABLE_CALL
    detail = record.detail
    if detail:
        if "change" in detail and detail["change"] == Passage.CHANGED:
            flags |= SUBSTITUTE
        if isinstance(frame, Message) and was_kept_back(detail):
            flags |= KEPT_BACK
        if "timeless" in detail and frame is not None and detail["timeless"]:
            flags |= TIMELESS
    return flags


def short_action(action: str) -> str:
    """An action name as stored in the columns."""
    return action if len(action) <= LONGEST_ACTION else action[: LONGEST_ACTION - 1] + "…"


@dataclass(slots=True)
class Batch:
    """Records that follow each other in one source. Templates and connections have numbers, by which records name them.

    The numbers start again with a batch whose `first_template` or `first_connection` is 0.
    """

    first_template: int = 0
    """Templates from this number on are new; those before it are the same as in earlier batches of the same reader."""
    new_templates: list[RecordTemplate] = field(default_factory=list)
    first_connection: int = 0
    new_connections: list[ConnectionKey] = field(default_factory=list)
    """With the number that the connection has in the file, or UNNUMBERED."""
    ids: list[str] = field(default_factory=list)
    """Message ids; empty if there is no message."""
    verdicts: bytes = b""
    templates: array[int] = field(default_factory=lambda: array("H"))
    connections: array[int] = field(default_factory=lambda: array("H"))
    times: array[int] = field(default_factory=lambda: array("q"))
    offsets: array[int] = field(default_factory=lambda: array("q"))
    lengths: array[int] = field(default_factory=lambda: array("I"))
    suspects: array[int] = field(default_factory=lambda: array("I"))
    """The places of the records that may hold a secret as they are stored; records that were masked do not."""

    def __len__(self) -> int:
        return len(self.times)

    def leave_out(self, count: int) -> None:
        """Remove the first records. The templates and connections stay known."""
        del self.ids[:count]
        self.verdicts = self.verdicts[count:]
        for column in (self.templates, self.connections, self.times, self.offsets, self.lengths):
            del column[:count]
        self.suspects = array("I", [place - count for place in self.suspects if place >= count])

    def packed(self) -> tuple[Any, ...]:
        """The batch as simple values for `marshal`, to be read by `unpacked` in another process."""
        templates = [(int(kind), *rest) for kind, *rest in self.new_templates]
        connections = [
            (number, name, str(version or ""), transport.value)
            for number, name, version, transport in self.new_connections
        ]
        simple = (self.first_template, templates, self.first_connection, connections, self.ids, self.verdicts)
        return *simple, *(column.tobytes() for column in self._arrays)

    @classmethod
    def unpacked(cls, packed: tuple[Any, ...]) -> Batch:
        """The batch that was packed."""
        first_template, templates, first_connection, connections, ids, verdicts, *columns = packed
        batch = cls(first_template, first_connection=first_connection, ids=ids, verdicts=verdicts)
        batch.new_templates = [RecordTemplate(RecordKind(kind), *rest) for kind, *rest in templates]
        batch.new_connections = [
            ConnectionKey(number, name, Version(version) if version else None, Transport(transport))
            for number, name, version, transport in connections
        ]
        for column, data in zip(batch._arrays, columns, strict=True):
            column.frombytes(data)
        return batch

    @property
    def _arrays(self) -> tuple[array[int], ...]:
        return self.templates, self.connections, self.times, self.offsets, self.lengths, self.suspects


NewestRow = tuple[int, int, int, int, int, int]
"""Time, kind, flags, remarks, answering and other half of a record, as they are in the columns."""


class RecordColumns:
    """One value per record in each column. All code may read them, `timeline.kinds[i]` for example; only the timeline
    writes them."""

    def __init__(self) -> None:
        self.times: Column = array("q")
        """Microseconds since 1970-01-01 UTC."""
        self.kinds: Column = array("B")
        """`RecordKind`."""
        self.directions: Column = array("B")
        """Index into DIRECTIONS."""
        self.origins: Column = array("B")
        """Index into ORIGINS."""
        self.flags: Column = array("B")
        """MASKED, DUPLICATE_ID, TELLS_ERROR, KEPT_BACK and others; from bit EVENT_SHIFT on, an index into EVENTS."""
        self.parties: Column = array("I")
        """Index into `Timeline.party_table`."""
        self.actions: Column = array("I")
        """Index into `Timeline.action_table`, where 0 is ""; an answer has the action of its call."""
        self.verdicts: Column = array("B")
        """`Verdict`."""
        self.remarks: Column = array("H")
        """Index into `Timeline.remark_table`, where 0 is (): the remarks on the message alone."""
        self.severities: Column = array("B")
        """`Severity` of the worst finding."""
        self.findings: Column = array("H")
        """Index into `Timeline.rule_sets`, where 0 is (): the rules that the record breaks."""
        self.answerings: Column = array("B")
        """`AnswerStatus`."""
        self.others: Column = array("i")
        """Index of the other half of the exchange: for a call its answer, for an answer its call; -1 if there is none,
        as for a second answer."""
        self.sources: Column = array("H")
        """Number of the source that stores the record."""
        self.offsets: Column = array("q")
        """The first half of its place in the source."""
        self.lengths: Column = array("I")
        """The second half of its place in the source."""
        self.newest: NewestRow | None = None
        """Of the last row, if it was added by itself: to read it from columns in part compressed costs more."""

    def __len__(self) -> int:
        return len(self.times)

    def add_row(
        self,
        time: int,
        kind: int,
        direction: int,
        origin: int,
        flags: int,
        party: int,
        action: int,
        verdict: int,
        remarks: int,
        answering: int,
        other: int,
        source: int,
        place: Place,
    ) -> None:
        """Add one record."""
        self.times.append(time)
        self.kinds.append(kind)
        self.directions.append(direction)
        self.origins.append(origin)
        self.flags.append(flags)
        self.parties.append(party)
        self.actions.append(action)
        self.verdicts.append(verdict)
        self.remarks.append(remarks)
        self.severities.append(0)
        self.findings.append(0)
        self.answerings.append(answering)
        self.others.append(other)
        self.sources.append(source)
        self.offsets.append(place[0])
        self.lengths.append(place[1])
        self.newest = time, kind, flags, remarks, answering, other

    def fold(self) -> None:
        """Compress the oldest CHUNK rows that are not compressed yet; there must be as many."""
        for name in COLUMNS:
            column = getattr(self, name)
            if not isinstance(column, FoldedColumn):
                setattr(self, name, column := FoldedColumn(column))
            column.fold()

    def add_rows(self, batch: Batch, rows: list[bytes], parties: list[int], source: int) -> None:
        """Add the records of a batch, none of them matched to a call yet.

        `rows` has the `row_code` of each template, `parties` the index into `party_table` of each connection.
        """
        count, size = len(batch), _ROW.size
        self.newest = None
        codes = b"".join(map(rows.__getitem__, batch.templates))
        self.times.extend(batch.times)
        self.kinds.frombytes(codes[::size])
        self.directions.frombytes(codes[1::size])
        self.origins.frombytes(codes[2::size])
        self.flags.frombytes(codes[3::size])
        self.actions.extend(array("I", codes)[1::3])
        self.remarks.extend(array("H", codes)[4::6])
        self.parties.extend(map(parties.__getitem__, batch.connections))
        self.verdicts.frombytes(batch.verdicts)
        self.severities.frombytes(bytes(count))
        self.findings.frombytes(bytes(2 * count))
        self.answerings.frombytes(bytes(count))
        self.others.extend(array("i", [-1]) * count)
        self.sources.extend(array("H", [source]) * count)
        self.offsets.extend(batch.offsets)
        self.lengths.extend(batch.lengths)


def row_code(template: RecordTemplate, action: int, remarks: int) -> bytes:
    """The values of a template's records in the columns kinds, directions, origins, flags, actions and remarks."""
    return _ROW.pack(template.kind, template.direction, template.origin, template.flags, action, remarks)


COLUMNS = tuple(name for name, column in vars(RecordColumns()).items() if isinstance(column, array))
"""The names of the columns."""
_ROW = Struct("=BBBBIHxx")
DIRECTION_CODES = {direction: code for code, direction in enumerate(DIRECTIONS)}
OPPOSITE_CODES = {DIRECTION_CODES[direction]: DIRECTION_CODES[direction.opposite] for direction in Direction}
"""By the code of a direction, that of the other one."""
ORIGIN_CODES = {origin: code for code, origin in enumerate(ORIGINS)}
_EVENT_CODES: dict[str | None, int] = {event: code for code, event in enumerate(EVENTS)}
