"""A record in a file of another format: what the file shows of it, and a remainder that makes it whole again.

An export is written for people or for other programs. What it shows of a record is turned into fields by a function
that both sides use, the writer and the reader; what these fields do not say, or say otherwise, is the remainder. It is
small, and empty for most messages.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any

from ocpptui.jsontext.unsafe_characters import escaped
from ocpptui.ocpp.date_times import rfc3339_text
from ocpptui.ocpp.encoding import encoding_of
from ocpptui.ocpp.message import Message
from ocpptui.ocpp.version import Transport
from ocpptui.recording.line_format import MESSAGE_NAMES, Unreadable, from_line
from ocpptui.recording.message_line import SCHEMA_VERSION
from ocpptui.timeline.record import Origin, Record

Fields = dict[str, Any]
"""The entries of a line of a recording, those of `meta.ocpptui` among them; without the ones that `raw` contains, and
without those that have their usual value (transport `json`, origin `wire`)."""

_META = ("connection", "origin", "masked", "bytes")


def fields_of(record: Record) -> Fields:
    """The fields of a record."""
    frame, raw = record.frame, record.raw
    fields: Fields = {
        "timestamp": rfc3339_text(record.time),
        "ocppVersion": None if record.version is None else record.version.value,
        "transport": None if record.transport is Transport.JSON else record.transport.value,
        "chargePointId": record.charge_point or None,
        "direction": None if record.direction is None else record.direction.value,
        "messageType": record.kind.name,
        "raw": raw if isinstance(raw, str) else None,
        "detail": dict(record.detail) or None,
        "connection": record.connection,
        "origin": None if record.origin is Origin.WIRE else record.origin.value,
        "masked": list(record.masked) or None,
        "bytes": base64.b64encode(raw).decode() if isinstance(raw, bytes) else None,
    }
    if record.transport is Transport.SOAP and isinstance(frame, Message) and raw is not None:
        own = encoding_of(record.transport).read(raw)
        if isinstance(own, Message) and own.id != frame.id:
            fields["messageId"] = frame.id  # that of the request on the same HTTP connection
    return {name: value for name, value in fields.items() if value is not None}


def remainder(record: Record, shown: Fields) -> Fields:
    """What the fields that are shown do not say of a record; None for a field that the record does not have."""
    fields = fields_of(record)
    if record.kind.is_message and shown.get("messageType") in MESSAGE_NAMES:
        fields["messageType"] = shown["messageType"]  # the text says which one it is
    return {name: fields.get(name) for name in dict.fromkeys((*fields, *shown)) if fields.get(name) != shown.get(name)}


def remainder_text(record: Record, shown: Fields, *, with_raw: bool = True) -> str:
    """The remainder as JSON on one line, without any character that acts on a terminal; empty if nothing remains.

    It is without the raw text if the file is to hold no more of that than it shows.
    """
    rest = remainder(record, shown)
    if not with_raw and shown.get("raw"):
        rest = {name: value for name, value in rest.items() if name not in ("raw", "bytes")}
    return escaped(json.dumps(rest, separators=(",", ":"), default=str)) if rest else ""


def whole_record(shown: Fields, rest: Mapping[str, Any]) -> Record | Unreadable:
    """The record of which these fields are shown, with its remainder."""
    fields = {name: value for name, value in {**shown, **rest}.items() if value is not None}
    meta = {name: fields.pop(name) for name in _META if name in fields}
    line = {"schemaVersion": SCHEMA_VERSION, **fields, "meta": {"ocpptui": meta}}
    try:
        return from_line(json.dumps(line).encode())
    except (ValueError, RecursionError, TypeError) as error:
        return Unreadable(f"this is not a record: {error}")


def parsed_remainder(text: str) -> Fields:
    """The remainder in a text; empty if it is not one."""
    if text[:1] != "{":
        return {}
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return found if type(found) is dict else {}
