"""One event on a connection, with its time and direction. Live, stored and replayed records are the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import IntEnum, StrEnum
from typing import Any

from ocpptui.ocpp.encoding import encoding_of
from ocpptui.ocpp.json_encoding import parse
from ocpptui.ocpp.message import Malformed, Message, MessageKind
from ocpptui.ocpp.version import Direction, Transport, Version


class RecordKind(IntEnum):
    """The kind of a record; the value fits a byte column. The messages are those of `MessageKind`."""

    MALFORMED = 0
    CALL = 2
    CALLRESULT = 3
    CALLERROR = 4
    CALLRESULTERROR = 5
    SEND = 6
    CONNECTION = 7
    PING = 8
    PONG = 9
    NOTE = 10

    @property
    def is_message(self) -> bool:
        """True for a message, well formed or not."""
        return self <= RecordKind.SEND

    @property
    def is_answer(self) -> bool:
        return self in (RecordKind.CALLRESULT, RecordKind.CALLERROR, RecordKind.CALLRESULTERROR)

    @property
    def is_error(self) -> bool:
        """True for an answer that refuses a call, or the answer to it."""
        return self in (RecordKind.CALLERROR, RecordKind.CALLRESULTERROR)

    @property
    def is_call(self) -> bool:
        """True for a CALL, which starts an exchange, and for a SEND, which gets no answer."""
        return self in (RecordKind.CALL, RecordKind.SEND)


class Origin(StrEnum):
    """The origin of a frame."""

    WIRE = "wire"
    MANUAL = "manual"
    BEHAVIOUR = "behaviour"
    REPLAY = "replay"
    PROXY = "proxy"
    TRANSLATED = "translated"
    """It was on no wire: it is what another message would be in this version."""


class ConnectionEvent(StrEnum):
    """What happened to a connection; the `event` of a `CONNECTION` record's detail."""

    LISTENING = "listening"
    OPENING = "opening"
    OPENED = "opened"
    REFUSED = "refused"
    FAILED = "failed"
    CLOSED = "closed"


IN_VAIN = (ConnectionEvent.REFUSED, ConnectionEvent.FAILED)
"""The events of an attempt that led to no connection."""
ENDS = (*IN_VAIN, ConnectionEvent.CLOSED)
"""The events after which there is no connection."""


class Passage(StrEnum):
    """What a proxy did with a message instead of passing it on; the `change` of the record that says so."""

    CHANGED = "changed"
    """It sent this message instead."""
    DROPPED = "dropped"
    """It sent nothing; the record is a NOTE."""
    ANSWERED = "answered"
    """It answered the message itself."""
    HELD = "held"
    """It waits for a decision; no record says so, since the decision has one."""
    PASSED_LATER = "passed-later"
    """It was passed on unchanged after it had waited; the record is a NOTE."""
    REPEATED = "repeated"
    """It was passed on a second time."""
    OURS = "ours"
    """It answers a call that we sent ourselves; its own record says so."""


class Cut(StrEnum):
    """How a log shows that it has only a part of a message; the `cut` in the detail of a record that was imported."""

    MARK = "mark"
    """A sign is where the rest was: an ellipsis, `<truncated>`, the `>` of a pager."""
    EDGE = "edge"
    """It goes up to the edge of the box around the text of a screen."""
    ANSWERED = "answered"
    """Its line ends within it, but the other side answers it with a result, and so has read all of it."""
    LOG_BEGINS = "log-begins"
    """The log begins within it."""
    LOG_ENDS = "log-ends"
    """The log ends within it."""
    LINE = "line"
    """Its line ends within it and nothing in the log is longer, which shows something only if others end so, too."""


def was_kept_back(detail: Mapping[str, Any]) -> bool:
    """Whether a proxy did not pass a message on at once, as it came; `detail` is that of its record. Of a proxy of
    another tool, its log says so."""
    return ("frame" in detail and "passedOnMs" not in detail) or "keptBack" in detail


@dataclass(slots=True)
class Record:
    """One thing that happened, as it is stored and shown. Treat it as immutable.

    It is not frozen, because that would more than double the time to make one, twice for each exchange.
    """

    time: int
    """Microseconds since 1970-01-01 UTC, taken when the socket is read or written."""
    connection: int
    """Number of the connection within its session or file, from 1; 0 if there is none (listening, notes)."""
    kind: RecordKind
    direction: Direction | None = None
    """None for records without a direction: connection events and notes."""
    charge_point: str = ""
    """Identity of the charge point, decoded; empty if it is unknown."""
    version: Version | None = None
    raw: str | bytes | None = None
    """The message as it was on the wire; bytes if it is not UTF-8; None if there is no message."""
    origin: Origin = Origin.WIRE
    detail: Mapping[str, Any] = field(default_factory=dict)
    """What else is known, by the kind of the record:

    - of a connection event, `event` and what section 3 of the recording format lists; `stated`, the line of a log that
      says so in words;
    - of a PONG, `roundTripMs`;
    - of a NOTE, `text`; `undelivered`, the id of a call of its direction that did not reach the peer; `clockSetMs`, if
      the clock of the machine was set;
    - of a message through a proxy, `frame`, its number on its connection; `passedOnMs`, the milliseconds until it was
      passed on; `readdressed`, the headers of OCPP-S that went on with another address;
    - of what a proxy did instead, `change`, a `Passage`, and `insteadOf`, the number of the message;
    - of a message that did not go on, as the log of another proxy says, `keptBack` with its word for that;
    - of a malformed message in a log, `cut`, a `Cut`; with `Cut.LINE`, `lengths` has the characters of the `message`
      and of its `line`, as far as nothing whole in the log is longer;
    - of what was done wrong on purpose, `fault`, with the name of its `rule` and what it is to `do`;
    - of a translated message, `translated`, with the version it comes `from`, and what is `lost`, `assumed` and
      `missing`.
    """
    masked: tuple[str, ...] = ()
    """JSON paths of the secrets that were masked in `raw`."""
    parsed: Message | Malformed | None = field(default=None, compare=False, repr=False)
    """The frame in `raw`, if it was already parsed when the record was made; read `frame` instead."""
    transport: Transport = Transport.JSON
    """The transport of its connection."""
    raw_json: bytes | None = field(default=None, compare=False, repr=False)
    """`raw` as JSON, if it is long and was already written so; without any character that acts on a terminal."""
    line: int = field(default=0, compare=False, repr=False)
    """The line of the file that it is being read from, from 1; 0 if that is not known. It is not stored."""

    @property
    def frame(self) -> Message | Malformed | None:
        """The parsed message; None if there is no message."""
        if self.parsed is not None:
            return self.parsed
        if self.raw is None or not self.kind.is_message:
            return None
        return parse(self.raw) if self.transport is Transport.JSON else encoding_of(self.transport).read(self.raw)


def message_record(
    raw: str | bytes,
    *,
    time: int,
    connection: int,
    direction: Direction,
    charge_point: str = "",
    version: Version | None = None,
    origin: Origin = Origin.WIRE,
    parsed: Message | Malformed | None = None,
    transport: Transport = Transport.JSON,
) -> Record:
    """The record of a message. `parsed` saves a second parse if the caller already has the frame."""
    if parsed is not None:
        frame = parsed
    elif transport is Transport.JSON:
        frame = parse(raw)
    else:
        frame = encoding_of(transport).read(raw)
    return Record(
        time,
        connection,
        kind_of(frame),
        direction,
        charge_point,
        version,
        frame.raw,
        origin,
        parsed=frame,
        transport=transport,
    )


def with_raw(record: Record, raw: str | bytes, masked: tuple[str, ...]) -> Record:
    """The record with another raw text, which is parsed again. A message id that is not in the raw text stays."""
    known, frame = record.frame, encoding_of(record.transport).read(raw)
    if isinstance(frame, Message) and isinstance(known, Message) and not frame.id:
        frame = replace(frame, id=known.id)
    kind = kind_of(frame) if record.kind.is_message else record.kind
    return replace(record, kind=kind, raw=raw, masked=masked, parsed=frame, raw_json=None)


def kind_of(frame: Message | Malformed) -> RecordKind:
    """The kind of the record that contains this frame."""
    return _KINDS[frame.kind] if isinstance(frame, Message) else RecordKind.MALFORMED


_KINDS = {kind: RecordKind[kind.name] for kind in MessageKind}
