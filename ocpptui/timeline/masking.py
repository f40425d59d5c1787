"""Records without the secrets that OCPP forbids in logs."""

from __future__ import annotations

from ocpptui.ocpp.message import Message
from ocpptui.ocpp.secrets import mask
from ocpptui.timeline.record import Record


def masked(record: Record) -> Record:
    """The record with the secrets in its frame masked, and where they were; itself where it holds none."""
    frame = record.frame
    if not isinstance(frame, Message):
        return record
    raw, paths = mask(frame.raw, frame, record.version)
    if not paths:
        return record
    return Record(
        record.time,
        record.connection,
        record.kind,
        record.direction,
        record.charge_point,
        record.version,
        raw,
        record.origin,
        record.detail,
        paths,
    )
