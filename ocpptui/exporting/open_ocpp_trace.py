"""Exports to pure Open OCPP Trace 1.1 (https://github.com/open-ocpp-trace/specification)."""

from __future__ import annotations

from typing import BinaryIO

from ocpptui.exporting.exported_records import Exported, Extract
from ocpptui.ocpp.message import Message
from ocpptui.recording.trace_line import trace_line
from ocpptui.timeline.record import RecordKind

HELD = (RecordKind.CALL, RecordKind.CALLRESULT, RecordKind.CALLERROR)
"""The kinds of records that the format has."""


def export(extract: Extract, out: BinaryIO) -> Exported:
    """One line per CALL, CALLRESULT or CALLERROR, with its payload and the verbatim frame; all else is counted."""
    exported = Exported()
    for index in extract.indexes:
        kind = extract.timeline.kind(index)
        if kind not in HELD:
            exported.left_out[kind.name] += 1
            continue
        entry = extract.entry(index)
        frame = entry.frame
        if not isinstance(frame, Message):
            exported.left_out[kind.name] += 1
        elif entry.record.direction is None:
            exported.left_out[f"{kind.name} without a direction"] += 1
        else:
            out.write(trace_line(entry.record, frame, entry.action))
            exported.written += 1
    return exported
