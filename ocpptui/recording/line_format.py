"""Converts a record to a line of a recording, and back.

The format is a superset of Open OCPP Trace 1.1 (https://github.com/open-ocpp-trace/specification): a CALL, CALLRESULT
or CALLERROR line is a valid record of it, with the frame as it was on the wire in `raw`. What the format
cannot contain is in `meta.ocpptui` or in lines with our own `messageType`.
"""

from __future__ import annotations

import base64
import binascii
import codecs
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from secrets import token_hex
from typing import Any

import orjson

from ocpptui.jsontext.text import value_text, without_surrogates
from ocpptui.jsontext.unsafe_characters import escaped_json_line
from ocpptui.ocpp.date_times import rfc3339_text, time_of
from ocpptui.ocpp.encoding import encoding_of
from ocpptui.ocpp.json_encoding import parse
from ocpptui.ocpp.message import Malformed, Message
from ocpptui.ocpp.version import Direction, Transport, Version
from ocpptui.recording.file_errors import LaterVersion
from ocpptui.recording.message_line import SCHEMA_VERSION, plain_line, raw_in
from ocpptui.timeline.record import Origin, Record, RecordKind, kind_of

MAJOR_VERSION = 1

_PLACE_OF_RAW = token_hex(16)
"""Replaces a raw text that is already JSON; no other text can contain it."""
_PIECE = 2**18
_RAW_JSON = orjson.dumps(_PLACE_OF_RAW)


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A piece of a file that is not a record."""

    reason: str
    """One sentence for the user."""
    line: int | None = None
    """Number of the line, from 1, if it is known."""
    offset: int | None = None
    """The offset of the line in bytes."""

    def __str__(self) -> str:
        return self.reason if self.line is None else f"line {self.line}: {self.reason}"


_OF_RECORDING = re.compile(rb'\s*\{[^\n]{0,400}?"schemaVersion"\s*:\s*"\d+(?:\.\d+)*"')
"""The mark of the format at the beginning of a line. Other tools use the key too, but with a number."""


def is_recording(head: bytes) -> bool:
    """Whether a file with this beginning is a recording, ours or of another Open OCPP Trace tool."""
    head = head.removeprefix(codecs.BOM_UTF8)
    if _OF_RECORDING.match(head) is None:
        return False
    first, feed, _ = head.lstrip().partition(b"\n")
    return b'"messageType"' in first or not feed


def to_line(record: Record, action: str = "", derived: Mapping[str, Any] | None = None) -> bytes:
    """The line of a record, with its line feed, and without any character that acts on a terminal.

    `action` is that of the call of an answer; `derived` is added to `meta.ocpptui`, which headless output uses.
    """
    if record.raw_json is not None:
        before, _, after = escaped_json_line(_whole_line(record, action, derived)).partition(_RAW_JSON)
        return b"".join((before, record.raw_json, after))
    plain = plain_line(record, action) if derived is None else None
    return escaped_json_line(_whole_line(record, action, derived) if plain is None else plain)


def raw_as_json(raw: str) -> bytes | None:
    """A raw text as it is in a line of a recording; None if it needs the escapes of the whole line."""
    try:
        pieces = (
            escaped_json_line(orjson.dumps(raw[start : start + _PIECE], option=orjson.OPT_APPEND_NEWLINE))[1:-2]
            for start in range(0, len(raw), _PIECE)  # so that it does not stop other threads for long
        )
        return b'"' + b"".join(pieces) + b'"'
    except orjson.JSONEncodeError:  # a lone surrogate
        return None


def _whole_line(record: Record, action: str, derived: Mapping[str, Any] | None) -> bytes:
    line: dict[str, Any] = {"schemaVersion": SCHEMA_VERSION, "timestamp": rfc3339_text(record.time)}
    if record.version is not None:
        line["ocppVersion"] = record.version.value
    line["transport"] = record.transport.value
    if record.charge_point:
        line["chargePointId"] = record.charge_point
    if record.direction is not None:
        line["direction"] = record.direction.value
    line["messageType"] = record.kind.name
    meta: dict[str, Any] = {"connection": record.connection, "origin": record.origin.value}
    frame = record.frame
    if isinstance(frame, Message):
        line["messageId"] = frame.id
        if frame.action is not None:
            line["action"] = frame.action
        elif action:
            line["action"] = action
        if frame.kind.is_error:
            line["error"] = _error(frame)
    elif isinstance(frame, Malformed):
        defect = frame.defect
        line["defect"] = {"name": defect.name, "text": defect.text, "position": defect.position}
    if record.raw_json is not None:
        line["raw"] = _PLACE_OF_RAW
    elif isinstance(record.raw, str):
        line["raw"] = record.raw
    elif record.raw is not None:
        meta["bytes"] = base64.b64encode(record.raw).decode()
    if record.detail:
        line["detail"] = dict(record.detail)
        if "insteadOf" in record.detail:
            meta["insteadOf"] = record.detail["insteadOf"]
        if "translated" in record.detail:
            meta["translated"] = record.detail["translated"]
    if record.masked:
        meta["masked"] = list(record.masked)
    if derived:
        meta.update(derived)
    line["meta"] = {"ocpptui": meta}
    try:
        return orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE)
    except orjson.JSONEncodeError:  # a lone surrogate, which only an escape can carry
        return json.dumps(line, separators=(",", ":"), default=str).encode() + b"\n"


def from_line(line: bytes, *, fallback_time: int = 0) -> Record | Unreadable:
    """The record in a line, which another Open OCPP Trace tool may have written.

    A message without a connection number (which only our own lines have) gets 0. A line with an unreadable time
    gets `fallback_time`. Raises LaterVersion for a line of a later major version of the format.
    """
    fields = _decoded(line)
    if isinstance(fields, Unreadable):
        return fields
    refuse_later(fields.get("schemaVersion"))
    name = _string(fields.get("messageType"))
    raw = fields.get("raw")
    if not name and type(raw) is not str:
        return Unreadable("not a record: it has neither a messageType nor a raw frame")
    meta = _object(_object(fields.get("meta")).get("ocpptui"))
    timestamp = fields.get("timestamp")
    time = time_of(timestamp) if type(timestamp) is str else None
    detail: Mapping[str, Any] = _object(fields.get("detail"))
    if not detail and (translated := _object(meta.get("translated"))):  # all that Open OCPP Trace has room for
        detail = {"translated": translated}
    frame = _frame_of(fields, name, meta)
    if frame is not None:
        kind = kind_of(frame)
    elif name in _EVENTS:
        kind = _EVENTS[name]
    else:
        kind, detail = RecordKind.NOTE, {"text": _text_of(name, fields, line)}
    connection = meta.get("connection")
    return Record(
        fallback_time if time is None else time,
        connection if type(connection) is int and 0 <= connection <= LARGEST_CONNECTION else 0,
        kind,
        DIRECTIONS.get(_string(fields.get("direction"))),
        _string(fields.get("chargePointId")),
        Version.parse(_string(fields.get("ocppVersion"))),
        frame.raw if frame is not None else None,
        ORIGINS.get(_string(meta.get("origin")), Origin.WIRE),
        detail,
        tuple(path for path in _list(meta.get("masked")) if type(path) is str),
        frame,
        Transport.SOAP if fields.get("transport") == Transport.SOAP else Transport.JSON,
    )


def raw_of_line(line: bytes) -> str | bytes | None:
    """The raw text of the message in a line, without the rest of the record; None if there is none."""
    if (found := raw_in(line)) is not None:
        return found
    try:
        raw = orjson.loads(line)["raw"]
    except (ValueError, LookupError, TypeError):
        raw = None
    if type(raw) is str:
        return raw
    try:
        record = from_line(line)
    except LaterVersion:
        return None
    return record.raw if isinstance(record, Record) else None


def refuse_later(version: object) -> None:
    """Raises LaterVersion for the `schemaVersion` of a later major version; accepts one that is missing or odd."""
    if type(version) is str and version != SCHEMA_VERSION:
        major = version.partition(".")[0]
        if major.isdecimal() and (len(major) > 9 or int(major) > MAJOR_VERSION):
            raise LaterVersion(version)


def _decoded(line: bytes) -> dict[str, Any] | Unreadable:
    try:
        fields = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        try:
            fields = json.loads(line)  # a lone surrogate or NaN, which the strict decoder refuses
            if type(fields) is dict and type(fields.get("raw")) is str:
                fields["raw"] = without_surrogates(fields["raw"])  # the frame says the same, and UTF-8 can carry it
        except (ValueError, RecursionError):
            return Unreadable(_why_unreadable(line, error))
    if type(fields) is not dict:
        return Unreadable("not a record: a line of a recording is a JSON object")
    return fields


def _why_unreadable(line: bytes, error: orjson.JSONDecodeError) -> str:
    if not line.strip():
        return "the line is empty"
    if b"\0" in line:
        return "it contains NUL bytes, so this is a binary file and not a recording"
    try:
        line.decode()
    except UnicodeDecodeError as broken:
        return f"byte {broken.start + 1} of the line is not UTF-8"
    if line.lstrip()[:1] != b"{":
        return "not a record: a line of a recording is a JSON object"
    return f"this JSON cannot be read: {error.msg} at character {error.pos + 1}"


def _message(fields: dict[str, Any], name: str, meta: dict[str, Any]) -> str | bytes:
    """The message of a line without `raw`: its bytes, or built from the other fields."""
    encoded = meta.get("bytes")
    if type(encoded) is str:
        try:
            return base64.b64decode(encoded, validate=True)
        except (binascii.Error, ValueError):
            return encoded
    message_id, action, payload = _string(fields.get("messageId")), _string(fields.get("action")), fields.get("payload")
    error = _object(fields.get("error"))
    elements: list[Any]
    match name:
        case "CALL" | "SEND":
            elements = [2 if name == "CALL" else 6, message_id, action, {} if payload is None else payload]
        case "CALLRESULT":
            elements = [3, message_id, {} if payload is None else payload]
        case "CALLERROR" | "CALLRESULTERROR":
            details = error.get("details", payload)
            code, description = _string(error.get("code")), _string(error.get("description"))
            elements = [4 if name == "CALLERROR" else 5, message_id, code, description, details or {}]
        case _:
            return ""
    return value_text(elements)


def _frame_of(fields: dict[str, Any], name: str, meta: dict[str, Any]) -> Message | Malformed | None:
    """The message in the line; None if it contains something else."""
    transport, raw = fields.get("transport", "json"), fields.get("raw")
    if transport == Transport.SOAP:
        return _envelope(fields, meta)
    frame = parse(raw) if type(raw) is str else None
    if isinstance(frame, Message):
        return frame
    if transport != Transport.JSON or (name and name not in MESSAGE_NAMES):
        return None
    return parse(_message(fields, name, meta)) if frame is None else frame


def _envelope(fields: dict[str, Any], meta: dict[str, Any]) -> Message | Malformed | None:
    """The SOAP message of a line; None if the line has no raw text.

    The line has the message id if the envelope does not: an answer may be identified only by its HTTP connection.
    """
    raw = fields.get("raw")
    if type(raw) is not str:
        if type(meta.get("bytes")) is not str:
            return None
        raw = _message(fields, "", meta)
    frame = encoding_of(Transport.SOAP).read(raw)
    if isinstance(frame, Message) and not frame.id:
        return replace(frame, id=_string(fields.get("messageId")))
    return frame


def _text_of(name: str, fields: dict[str, Any], line: bytes) -> str:
    """The text for a record that this program has no kind for: another transport, or a future type."""
    raw = fields.get("raw")
    shown = raw if type(raw) is str else line.decode(errors="replace").strip()
    transport = fields.get("transport")
    return f"{name}: {shown}" if transport in ("json", None) else f"{name} over {transport}: {shown}"


def _error(frame: Message) -> dict[str, Any]:
    error: dict[str, Any] = {"code": frame.error_code, "description": frame.error_description}
    try:
        orjson.dumps(frame.payload)
    except orjson.JSONEncodeError:  # what JSON cannot repeat is only in `raw`
        return error
    if frame.payload is not None:
        error["details"] = frame.payload
    return error


def _object(value: object) -> dict[str, Any]:
    return value if type(value) is dict else {}


def _list(value: object) -> list[Any]:
    return value if type(value) is list else []


def _string(value: object) -> str:
    return value if type(value) is str else ""


LARGEST_CONNECTION = 2**31 - 1
"""Larger connection numbers are ignored."""
DIRECTIONS: dict[str, Direction] = {direction.value: direction for direction in Direction}
ORIGINS: dict[str, Origin] = {origin.value: origin for origin in Origin}
MESSAGE_NAMES = frozenset(kind.name for kind in RecordKind if kind.is_message)
"""The `messageType` of each record that is a message, in a line."""
_EVENTS: dict[str, RecordKind] = {kind.name: kind for kind in RecordKind if not kind.is_message}
