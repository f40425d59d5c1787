"""Exports to plain text, one line per record, for mails, tickets and `grep`."""

from __future__ import annotations

from typing import BinaryIO

from ocpptui import __version__
from ocpptui.describe.safe_text import single_line
from ocpptui.describe.text_layout import ARROWS, INDENT, REMAINDER, TEXT_MARK, TextLayout, connection_line
from ocpptui.exporting.exported_records import Exported, ExportedRecord, Extract
from ocpptui.ocpp.date_times import rfc3339_text
from ocpptui.recording.remainder import remainder_text


def export(extract: Extract, out: BinaryIO) -> Exported:
    """Time, charge point, direction as seen from it, kind, action, latency and summary of each record; indented below
    it the message as it was on the wire, or the details of an event, and the findings: `!` for a problem, `~` for
    information. A line with `#` says which connection a charge point has from then on, and one with `=` what else
    there is to a record."""
    exported, layout = Exported(), TextLayout()
    known: dict[str, str] = {}
    out.write(f"{TEXT_MARK} {__version__}\n".encode())
    for entry in extract:
        record, name = entry.record, _name(entry)
        if record.kind.is_message:
            version = "" if record.version is None else record.version.value
            state = connection_line(name, record.connection, version, record.transport)
            if known.get(name) != state:
                known[name] = state
                layout.take_state(state)
                out.write(f"{state}\n".encode())
        first, below = _line(entry), _below(entry)
        shown = layout.shown(first, below) or {}
        signed = [f"{'!' if one.severity.is_problem else '~'} {single_line(one.text)}" for one in entry.findings]
        rest = remainder_text(record, shown)
        lines = (*below, *signed, *([f"{REMAINDER}{rest}"] if rest else []))
        out.write("".join((f"{first}\n", *(f"{INDENT}{line}\n" for line in lines))).encode())
        exported.written += 1
    return exported


def _below(entry: ExportedRecord) -> list[str]:
    lines = entry.text.split("\n") if entry.record.raw is None else [entry.text]
    return [single_line(line) for line in lines if line]


def _name(entry: ExportedRecord) -> str:
    return single_line(entry.record.charge_point or "-")


def _line(entry: ExportedRecord) -> str:
    record, latency = entry.record, entry.latency
    words = (
        single_line(entry.action),
        f"({latency})" if latency else "",
        single_line(entry.summary),
    )
    front = (rfc3339_text(record.time), _name(entry), ARROWS[record.direction], record.kind.name)
    return " ".join((*front, *filter(None, words)))
