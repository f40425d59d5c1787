"""A record as a line of pure Open OCPP Trace 1.1 (https://github.com/open-ocpp-trace/specification)."""

from __future__ import annotations

import json
import math
from typing import Any

from ocpptui.jsontext.unsafe_characters import escaped_json_line
from ocpptui.ocpp.date_times import rfc3339_text
from ocpptui.ocpp.message import Message
from ocpptui.recording.message_line import SCHEMA_VERSION
from ocpptui.timeline.record import Origin, Record


def trace_line(record: Record, frame: Message, action: str) -> bytes:
    """The line, with its line feed, of a record that contains this frame and has a direction, in ASCII.

    `action` is that of the call that an answer belongs to; "" if it is unknown.
    """
    return escaped_json_line(json.dumps(_fields(record, frame, action), separators=(",", ":")).encode("ascii") + b"\n")


def _fields(record: Record, frame: Message, action: str) -> dict[str, Any]:
    fields: dict[str, Any] = {"schemaVersion": SCHEMA_VERSION, "timestamp": rfc3339_text(record.time)}
    if record.version is not None:
        fields["ocppVersion"] = record.version.value
    fields["transport"] = record.transport.value
    if record.charge_point:
        fields["chargePointId"] = record.charge_point
    if (connector := _connector(frame.payload)) is not None:
        fields["connectorId"] = connector
    assert record.direction is not None
    fields["direction"] = record.direction.value
    fields["messageType"] = record.kind.name
    fields["messageId"] = frame.id
    if frame.action is not None or action:
        fields["action"] = frame.action if frame.action is not None else action
    sayable = _sayable(frame.payload)  # NaN and infinity are not JSON; such a payload is only in `raw`
    if frame.kind.is_error:
        fields["error"] = {"code": frame.error_code, "description": frame.error_description}
        if sayable:
            fields["error"]["details"] = frame.payload
    elif sayable:
        fields["payload"] = frame.payload
    fields["raw"] = frame.raw
    if record.origin is Origin.TRANSLATED:  # or it would be taken for what was on the wire
        fields["meta"] = {"ocpptui": {"origin": record.origin.value, "translated": record.detail.get("translated")}}
    return fields


def _connector(payload: Any) -> int | None:
    connector = payload.get("connectorId") if isinstance(payload, dict) else None
    return connector if type(connector) is int and connector >= 0 else None


def _sayable(value: Any) -> bool:
    if isinstance(value, float):
        return math.isfinite(value)
    if isinstance(value, dict):
        return all(map(_sayable, value.values()))
    return not isinstance(value, list) or all(map(_sayable, value))
