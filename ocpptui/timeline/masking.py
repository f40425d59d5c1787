"""Records without the secrets that OCPP forbids in logs, and without passwords in URLs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ocpptui.ocpp.secrets import mask
from ocpptui.ocpp.url_secrets import without_url_secrets
from ocpptui.timeline.record import Record, RecordKind, with_raw


def masked(record: Record) -> Record:
    """The record with the secrets in its message or detail masked, and their paths; unchanged if it has none.

    A message stays as well formed or malformed as it was.
    """
    frame = record.frame
    if frame is None:
        return _without_url_secrets(record) if record.kind is RecordKind.CONNECTION else record
    raw, paths = mask(frame.raw, frame, record.version)
    return with_raw(record, raw, paths) if paths else record


def _without_url_secrets(record: Record) -> Record:
    detail = {key: _masked(value) for key, value in record.detail.items()}
    return record if detail == record.detail else replace(record, detail=detail)


def _masked(value: Any) -> Any:
    if isinstance(value, str):
        return without_url_secrets(value)
    if isinstance(value, Mapping):
        return {key: _masked(inner) for key, inner in value.items()}
    return [_masked(inner) for inner in value] if isinstance(value, list | tuple) else value
