"""The line of a message without anything unusual: written from a record, and cut into its parts.

Almost all lines of a recording are such lines, so both are fast. `ocpptui.recording.line_format` writes and reads the
same lines, and all others.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import orjson

from ocpptui.ocpp.date_times import LENGTH, rfc3339_text
from ocpptui.ocpp.message import Message, MessageKind
from ocpptui.ocpp.version import Direction, Transport, Version
from ocpptui.timeline.record import Origin, Record, RecordKind

SCHEMA_VERSION = "1.1"

MAX_PARTS = 20_000
"""How many parts of lines are remembered for later lines; beyond that, all are forgotten."""
LONGEST_SHARED_ACTION = 100
"""The most characters of an action for which parts are remembered."""

LINE_START = b'{"schemaVersion":' + orjson.dumps(SCHEMA_VERSION) + b',"timestamp":"'
STAMP = slice(len(LINE_START), len(LINE_START) + LENGTH)
"""Where the time is, as `rfc3339_text` writes it. Version, transport and charge point follow."""
_BEGINNING = slice(len(LINE_START))
DIRECTION = b',"direction":'
"""What precedes the direction and the message type."""
MESSAGE_ID = b',"messageId":"'
ACTION = b'","action":'
RAW = b',"raw":"'
"""What precedes the raw text, as the content of a JSON string."""
META = b']","meta":{"ocpptui":{"connection":'
"""What precedes the number of the connection, if the raw text is an array."""
DETAIL = b']","detail":'
"""What precedes the detail, which few messages have but those of other tools' logs."""
ORIGIN = b',"origin":'


def plain_line(record: Record, action: str) -> bytes | None:
    """The line, with its line feed, of a record that shares most with other records; None for any other.

    `action` is that of the call of an answer.
    """
    message = record.parsed
    if not isinstance(message, Message) or record.direction is None:
        return None
    if message.action is not None:
        action = message.action
    own = plain_text(record, message, action)
    if own is None:
        return None
    try:
        of_connection = connection_parts((record.connection, record.charge_point, record.version, record.transport))
        of_message = message_parts((action, record.kind, record.direction, record.origin))
        message_id = orjson.dumps(message.id)
    except orjson.JSONEncodeError:  # a lone surrogate
        return None
    return joined_line(of_connection, of_message, record.time, message_id, own)


def plain_text(record: Record, message: Message, action: str) -> bytes | None:
    """The raw text and the detail of a record, as they are in its `plain_line`; None if it has none."""
    raw, detail = record.raw, record.detail
    if (
        type(raw) is not str
        or message.kind not in _PLAIN_KINDS
        or record.masked
        or "insteadOf" in detail
        or (not action and message.action is None)
    ):
        return None
    try:
        if not detail:
            return orjson.dumps(raw)
        return orjson.dumps(raw) + b',"detail":' + orjson.dumps(detail if type(detail) is dict else dict(detail))
    except orjson.JSONEncodeError:  # a lone surrogate
        return None


def joined_line(
    of_connection: ConnectionParts, of_message: MessageParts, time: int, message_id: bytes, own: bytes
) -> bytes:
    """The line of these parts; the message id is in JSON, and `own` is its `plain_text`."""
    (front, back), (before_id, before_raw, end) = of_connection, of_message
    stamp = rfc3339_text(time).encode()
    return b"".join((LINE_START, stamp, front, before_id, message_id, before_raw, own, back, end))


def raw_in(line: bytes) -> str | None:
    """The raw text in a line as `plain_line` writes it, found by what surrounds it; None if that leaves any doubt."""
    found = _texts_in([_as_json(line)])
    return found[0] if len(found) == 1 else None


def raws_in(lines: Sequence[bytes]) -> list[str | None]:
    """The same for many lines at once."""
    found = _texts_in([*map(_as_json, lines)])
    return found if len(found) == len(lines) else [*map(raw_in, lines)]


def _texts_in(texts: list[bytes]) -> list[str | None]:
    """Raw texts as `_as_json` returns them, decoded; more of them or none if one is something else."""
    try:
        # In a line of JSON, no two strings follow each other: none can be taken for the text of the next line.
        found: list[str | None] = orjson.loads(b'["%b]"]' % b']","'.join(texts)) if texts else []
    except orjson.JSONDecodeError:
        return []
    return [None if text == "]" else text for text in found] if "]" in found else found


def _as_json(line: bytes) -> bytes:
    """The raw text in a line as it is written, without its last bracket; empty if there is any doubt.

    No method with several arguments is called: in Python, each costs more than all else here.
    """
    front, _, rest = line.partition(RAW)
    text, _, tail = rest.rpartition(META)
    if not text:  # it has a detail, as what was inferred for a record of a log
        text, _, tail = rest.rpartition(DETAIL)
    if front[_BEGINNING] != LINE_START or b"{" in front[1:] or b'"raw"' in tail or b"\\" in tail:
        return b""
    return text


def connection_parts(own: _Own) -> ConnectionParts:
    """What lines of one connection number, charge point, version and transport share. Raises JSONEncodeError."""
    known = _OF_CONNECTIONS.get(own)
    if known is not None:
        return known
    number, charge_point, version, transport = own
    spoken = b"" if version is None else b'"ocppVersion":' + orjson.dumps(version.value) + b","
    name = b',"chargePointId":' + orjson.dumps(charge_point) if charge_point else b""
    front = b'",' + spoken + b'"transport":' + orjson.dumps(transport.value) + name
    parts = front, b',"meta":{"ocpptui":{"connection":%d' % number
    if len(_OF_CONNECTIONS) >= MAX_PARTS:
        _OF_CONNECTIONS.clear()
    _OF_CONNECTIONS[own] = parts
    return parts


def message_parts(shared: _Shared) -> MessageParts:
    """What lines of one action, kind, direction and origin share. Raises JSONEncodeError."""
    known = _OF_MESSAGES.get(shared)
    if known is not None:
        return known
    action, kind, direction, origin = shared
    parts = (
        DIRECTION + orjson.dumps(direction.value) + b',"messageType":' + orjson.dumps(kind.name) + b',"messageId":',
        b',"action":' + orjson.dumps(action) + b',"raw":',
        ORIGIN + orjson.dumps(origin.value) + b"}}}\n",
    )
    if len(action) <= LONGEST_SHARED_ACTION:
        if len(_OF_MESSAGES) >= MAX_PARTS:
            _OF_MESSAGES.clear()
        _OF_MESSAGES[shared] = parts
    return parts


ConnectionParts: TypeAlias = tuple[bytes, bytes]
"""The parts before the direction, and in `meta`."""
MessageParts: TypeAlias = tuple[bytes, bytes, bytes]
"""The parts from the direction to the message id, from there to the raw text, and at the end."""
_Own: TypeAlias = tuple[int, str, Version | None, Transport]
_Shared: TypeAlias = tuple[str, RecordKind, Direction, Origin]
_OF_CONNECTIONS: dict[_Own, ConnectionParts] = {}
_OF_MESSAGES: dict[_Shared, MessageParts] = {}
_PLAIN_KINDS = tuple(kind for kind in MessageKind if not kind.is_error)
