"""Exports to plain text, one line per record, for mails, tickets and `grep`."""

from __future__ import annotations

from typing import BinaryIO

from ocpptui.describe.safe_text import single_line
from ocpptui.exporting.exported_records import Exported, ExportedRecord, Extract
from ocpptui.ocpp.date_times import rfc3339_text
from ocpptui.ocpp.version import Direction

_ARROWS = {Direction.TO_CSMS: "-->", Direction.TO_CHARGE_POINT: "<--", None: "   "}


def export(extract: Extract, out: BinaryIO) -> Exported:
    """Time, charge point, direction as seen from it, kind, action, latency and summary of each record; indented below
    it the message as it was on the wire, or the details of an event, and the findings: `!` for a problem, `~` for
    information."""
    exported = Exported()
    for entry in extract:
        out.write(_line(entry).encode())
        for line in entry.text.split("\n") if entry.record.raw is None else [entry.text]:
            if line:
                out.write(f"    {single_line(line)}\n".encode())
        for finding in entry.findings:
            sign = "!" if finding.severity.is_problem else "~"
            out.write(f"    {sign} {single_line(finding.text)}\n".encode())
        exported.written += 1
    return exported


def _line(entry: ExportedRecord) -> str:
    record, latency = entry.record, entry.latency
    words = (
        rfc3339_text(record.time),
        record.charge_point or "-",
        _ARROWS[record.direction],
        record.kind.name,
        entry.action,
        f"({latency})" if latency else "",
        entry.summary,
    )
    return " ".join(single_line(word) for word in words if word) + "\n"
