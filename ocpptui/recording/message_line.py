"""The line of a message without anything unusual: written from a record, and cut into its parts.

Almost all lines of a recording are such lines, so both are fast. `ocpptui.recording.line_format` writes and reads the
same lines, and all others.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
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
DIRECTION = b',"direction":'
"""What precedes the direction and the message type."""
MESSAGE_ID = b',"messageId":"'
ACTION = b'","action":'
RAW = b',"raw":"'
"""What precedes the raw text, as the content of a JSON string."""
_RAW_LENGTH = len(RAW)
META = b']","meta":{"ocpptui":{"connection":'
"""What precedes the number of the connection, if the raw text is an array."""
DETAIL = b']","detail":'
"""What precedes the detail, which hardly any message has."""
ORIGIN = b',"origin":'


def plain_line(record: Record, action: str) -> bytes | None:
    """The line, with its line feed, of a record that shares most with other records; None for any other.

    `action` is that of the call of an answer.
    """
    message, raw, detail = record.parsed, record.raw, record.detail
    if (
        not isinstance(message, Message)
        or type(raw) is not str
        or message.kind not in _PLAIN_KINDS
        or record.masked
        or "insteadOf" in detail
        or record.direction is None
    ):
        return None
    if message.action is not None:
        action = message.action
    elif not action:
        return None
    own = (record.connection, record.charge_point, record.version, record.transport)
    shared = (action, record.kind, record.direction, record.origin)
    try:
        front, back = _OF_CONNECTIONS.get(own) or _of_connection(own, record)
        before_id, before_raw, end = _OF_MESSAGES.get(shared) or _of_message(shared, record)
        message_id, text = orjson.dumps(message.id), orjson.dumps(raw)
        own_detail = b',"detail":' + orjson.dumps(detail if type(detail) is dict else dict(detail)) if detail else b""
    except orjson.JSONEncodeError:  # a lone surrogate
        return None
    stamp = rfc3339_text(record.time).encode()
    return b"".join((LINE_START, stamp, front, before_id, message_id, before_raw, text, own_detail, back, end))


def raw_in(line: bytes) -> str | None:
    """The raw text in a line as `plain_line` writes it, found by what surrounds it; None if that leaves any doubt."""
    try:
        (text,) = _raws_as_json(line, ((0, len(line)),))
        found = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    return found if type(found) is str else None


def raws_in(data: bytes, spans: Sequence[tuple[int, int]]) -> list[str | None]:
    """The same for many lines at once, each from its start to before its end in `data`."""
    texts = _raws_as_json(data, spans)
    try:
        # In a line of JSON, no two strings follow each other: none can be taken for the text of the next line.
        found: list[str | None] = orjson.loads(b"[" + b",".join(texts) + b"]")
    except orjson.JSONDecodeError:
        found = []
    return found if len(found) == len(texts) else [raw_in(data[begin:stop]) for begin, stop in spans]


def _raws_as_json(data: bytes, spans: Iterable[tuple[int, int]]) -> list[bytes]:
    """The raw text in the line of each span, as it is written; `null` if there is any doubt."""
    texts, find, rfind, startswith = [], data.find, data.rfind, data.startswith
    for begin, stop in spans:
        start, end = find(RAW, begin, stop), rfind(META, begin, stop)
        is_odd = start < 0 or end < start or not startswith(LINE_START, begin) or find(b"{", begin + 1, start) >= 0
        if is_odd or find(b'"raw"', end, stop) >= 0 or find(b"\\", end, stop) >= 0:
            texts.append(b"null")
        else:
            texts.append(b'"%b"' % data[start + _RAW_LENGTH : end + 1])
    return texts


def _of_connection(own: _Own, record: Record) -> tuple[bytes, bytes]:
    """The parts of the lines of one connection: before the direction, and in `meta`. Raises JSONEncodeError."""
    version = b"" if record.version is None else b'"ocppVersion":' + orjson.dumps(record.version.value) + b","
    name = b',"chargePointId":' + orjson.dumps(record.charge_point) if record.charge_point else b""
    transport = b'"transport":' + orjson.dumps(record.transport.value)
    parts = b'",' + version + transport + name, b',"meta":{"ocpptui":{"connection":%d' % record.connection
    if len(_OF_CONNECTIONS) >= MAX_PARTS:
        _OF_CONNECTIONS.clear()
    _OF_CONNECTIONS[own] = parts
    return parts


def _of_message(shared: _Shared, record: Record) -> tuple[bytes, bytes, bytes]:
    """What lines of one action, kind, direction and origin share. Raises JSONEncodeError."""
    assert record.direction is not None
    action = shared[0]
    direction = DIRECTION + orjson.dumps(record.direction.value)
    parts = (
        direction + b',"messageType":' + orjson.dumps(record.kind.name) + b',"messageId":',
        b',"action":' + orjson.dumps(action) + b',"raw":',
        ORIGIN + orjson.dumps(record.origin.value) + b"}}}\n",
    )
    if len(action) <= LONGEST_SHARED_ACTION:
        if len(_OF_MESSAGES) >= MAX_PARTS:
            _OF_MESSAGES.clear()
        _OF_MESSAGES[shared] = parts
    return parts


_Own: TypeAlias = tuple[int, str, Version | None, Transport]
_Shared: TypeAlias = tuple[str, RecordKind, Direction, Origin]
_OF_CONNECTIONS: dict[_Own, tuple[bytes, bytes]] = {}
_OF_MESSAGES: dict[_Shared, tuple[bytes, bytes, bytes]] = {}
_PLAIN_KINDS = tuple(kind for kind in MessageKind if not kind.is_error)
