"""Exports a report in Markdown (CommonMark with tables), for an issue or a wiki."""

from __future__ import annotations

from typing import BinaryIO

from ocpptui import __version__
from ocpptui.describe.markdown_cell import cell_texts, code, escaped_cell
from ocpptui.describe.table_layout import ARROWS, MARKDOWN_COLUMNS, MARKDOWN_MARK, shown_in_markdown
from ocpptui.exporting.exported_records import Exported, ExportedRecord, Extract
from ocpptui.exporting.totals import Summary, totals_of
from ocpptui.ocpp.date_times import rfc3339_text
from ocpptui.recording.remainder import remainder_text

LONGEST = 2000
"""How many characters of a text a cell shows; it says that the rest is missing."""


_NUMBERS = ("connection", "latency")


def export(extract: Extract, out: BinaryIO) -> Exported:
    """Counts, actions, and every record in a table; the arrows are as seen from the charge point."""
    exported = Exported()
    out.write(_head(totals_of(extract)).encode())
    rule = "|".join("--:" if title in _NUMBERS else "---" for title in MARKDOWN_COLUMNS)
    out.write(f"\n## Records\n\n{_row(*MARKDOWN_COLUMNS)}|{rule}|\n".encode())
    for entry in extract:
        out.write(_row(*_cells(entry)).encode())
        exported.written += 1
    return exported


def _head(counts: Summary) -> str:
    lines = [f"{MARKDOWN_MARK} {__version__} -->\n# OCPP recording\n\n"]
    if counts.first is not None and counts.last is not None:
        lines.append(f"{rfc3339_text(counts.first)} to {rfc3339_text(counts.last)}\n\n")
    lines.append(_row("what", "count"))
    lines.append("|---|--:|\n")
    lines += [_row(word, str(count)) for word, count in counts.words]
    if counts.actions:
        lines.append("\n## Actions\n\n")
        lines.append(_row("action", "calls", "unanswered", "errors", "invalid", "median", "longest"))
        lines.append("|---|--:|--:|--:|--:|--:|--:|\n")
    for action, of in sorted(counts.actions.items()):
        numbers = (str(number) for number in (of.calls, of.unanswered, of.errors, of.invalid))
        lines.append(_row(escaped_cell(action or "unknown"), *numbers, of.median, of.longest))
    return "".join(lines)


def _cells(entry: ExportedRecord) -> tuple[str, ...]:
    record = entry.record
    text = entry.text
    is_whole = len(text) <= LONGEST
    shown = text if is_whole else f"{text[:LONGEST]}… ({len(text)} characters)"
    cells = (
        rfc3339_text(record.time),
        str(record.connection or ""),
        escaped_cell(record.charge_point),
        "" if record.version is None else record.version.value,
        ARROWS[record.direction],
        record.kind.name,
        escaped_cell(entry.action),
        entry.latency,
        code(entry.summary),
        code(shown),
        "; ".join(map(code, entry.problems)),
        "; ".join(map(code, [*entry.notes, *entry.inside])),
        "",
    )
    rest = remainder_text(record, shown_in_markdown(cell_texts(_row(*cells))), with_raw=is_whole)
    return (*cells[:-1], code(rest) if rest else "")


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |\n"
