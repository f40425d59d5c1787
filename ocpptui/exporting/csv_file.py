"""Exports to CSV (RFC 4180), for spreadsheets."""

from __future__ import annotations

import csv
import io
from typing import BinaryIO

from ocpptui.describe.safe_text import single_line
from ocpptui.describe.spreadsheet_cell import with_apostrophe, without_apostrophe
from ocpptui.describe.table_layout import CSV_COLUMNS, shown_in_csv
from ocpptui.exporting.exported_records import Exported, ExportedRecord, Extract
from ocpptui.ocpp.date_times import rfc3339_text
from ocpptui.ocpp.judgement import Verdict
from ocpptui.recording.remainder import remainder_text
from ocpptui.timeline.record import RecordKind

_VALID = {Verdict.UNKNOWN: "", Verdict.VALID: "true", Verdict.INVALID: "false"}


def export(extract: Extract, out: BinaryIO) -> Exported:
    """A header and one row per record. Control characters are escaped, so that a row is a line."""
    exported = Exported()
    out.write(_row(CSV_COLUMNS))
    for entry in extract:
        cells = tuple(with_apostrophe(single_line(cell)) for cell in _cells(entry))
        shown = shown_in_csv([without_apostrophe(cell) for cell in (*cells, "")])
        out.write(_row((*cells, remainder_text(entry.record, shown))))
        exported.written += 1
    return exported


def _cells(entry: ExportedRecord) -> tuple[str, ...]:
    record, latency = entry.record, entry.latency_ms
    return (
        rfc3339_text(record.time),
        str(record.connection or ""),
        record.charge_point,
        "" if record.version is None else record.version.value,
        "" if record.direction is None else record.direction.value,
        record.kind.name,
        entry.message_id,
        entry.action,
        "" if latency is None else f"{latency:.3f}",
        _VALID[entry.verdict],
        entry.severity.word,
        "; ".join(entry.problems),
        "; ".join(entry.notes),
        _text(entry),
    )


def _text(entry: ExportedRecord) -> str:
    """The message as it was on the wire; for an event, what `importing.readers.table` can read back."""
    record = entry.record
    if record.raw is not None or record.kind is RecordKind.NOTE:
        return entry.text
    told = (f"{name}: {_words(record.detail[name])}" for name in _TOLD if record.detail.get(name) not in (None, ""))
    return ", ".join((*([str(record.detail["event"])] if "event" in record.detail else []), *told))


def _words(value: object) -> str:
    return " ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def _row(cells: tuple[str, ...]) -> bytes:
    line = io.StringIO()
    csv.writer(line).writerow(cells)
    return line.getvalue().encode()


_TOLD = (
    "url", "urls", "subprotocol", "remoteAddress", "responseStatus", "step", "error", "closeCode", "closeReason",
    "closedBy", "roundTripMs",
)  # fmt: skip
"""The entries of an event that are in its cell."""
