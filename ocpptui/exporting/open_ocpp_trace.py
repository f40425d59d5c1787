"""Into Open OCPP Trace 1.1 and nothing beyond it (https://github.com/open-ocpp-trace/specification)."""

from __future__ import annotations

import json
import math
from typing import Any, BinaryIO

from ocpptui.exporting.exported_records import Exported, ExportedRecord, Extract
from ocpptui.ocpp.date_times import rfc3339_text
from ocpptui.ocpp.json_encoding import Frame
from ocpptui.recording.line_format import SCHEMA_VERSION
from ocpptui.timeline.record import RecordKind

HELD = (RecordKind.CALL, RecordKind.CALLRESULT, RecordKind.CALLERROR)
"""The kinds that the format knows."""


def export(extract: Extract, out: BinaryIO) -> Exported:
    """One line a CALL, CALLRESULT or CALLERROR, with its payload and the verbatim frame; all else is counted."""
    exported = Exported()
    for index in extract.indexes:
        kind = extract.timeline.kind(index)
        if kind not in HELD:
            exported.left_out[kind.name] += 1
            continue
        entry = extract.entry(index)
        frame = entry.frame
        if not isinstance(frame, Frame):
            exported.left_out[kind.name] += 1
        elif entry.record.direction is None:
            exported.left_out[f"{kind.name} without a direction"] += 1
        else:
            line = json.dumps(_fields(entry, frame), separators=(",", ":"))
            out.write(line.encode("ascii") + b"\n")
            exported.written += 1
    return exported


def _fields(entry: ExportedRecord, frame: Frame) -> dict[str, Any]:
    record = entry.record
    fields: dict[str, Any] = {"schemaVersion": SCHEMA_VERSION, "timestamp": rfc3339_text(record.time)}
    if record.version is not None:
        fields["ocppVersion"] = record.version.value
    fields["transport"] = "json"
    if record.charge_point:
        fields["chargePointId"] = record.charge_point
    if (connector := _connector(frame.payload)) is not None:
        fields["connectorId"] = connector
    assert record.direction is not None
    fields["direction"] = record.direction.value
    fields["messageType"] = record.kind.name
    fields["messageId"] = frame.id
    if frame.action is not None or entry.action:
        fields["action"] = frame.action if frame.action is not None else entry.action
    sayable = _sayable(frame.payload)  # NaN and infinity are no JSON; such a payload stands in `raw` alone
    if frame.type.is_error:
        fields["error"] = {"code": frame.error_code, "description": frame.error_description}
        if sayable:
            fields["error"]["details"] = frame.payload
    elif sayable:
        fields["payload"] = frame.payload
    fields["raw"] = frame.raw
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
