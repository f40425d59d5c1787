"""Exports a report in Markdown (CommonMark with tables), for an issue or a wiki."""

from __future__ import annotations

import re
from typing import BinaryIO

from ocpptui.describe.safe_text import single_line
from ocpptui.exporting.exported_records import Exported, ExportedRecord, Extract
from ocpptui.exporting.totals import Summary, totals_of
from ocpptui.ocpp.date_times import rfc3339_text
from ocpptui.ocpp.version import Direction

LONGEST = 2000
"""How many characters of a text a cell shows; it says that the rest is missing."""

_ARROWS = {Direction.TO_CSMS: "→", Direction.TO_CHARGE_POINT: "←", None: ""}


def export(extract: Extract, out: BinaryIO) -> Exported:
    """Counts, actions, and every record in a table; the arrows are as seen from the charge point."""
    exported = Exported()
    out.write(_head(totals_of(extract)).encode())
    titles = ("time (UTC)", "charge point", "", "kind", "action", "latency", "summary", "text", "problems", "notes")
    out.write(f"\n## Records\n\n{_row(*titles)}|---|---|---|---|---|--:|---|---|---|---|\n".encode())
    for entry in extract:
        out.write(_row(*_cells(entry)).encode())
        exported.written += 1
    return exported


def _head(counts: Summary) -> str:
    lines = ["# OCPP recording\n\n"]
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
    shown = text if len(text) <= LONGEST else f"{text[:LONGEST]}… ({len(text)} characters)"
    return (
        rfc3339_text(record.time),
        escaped_cell(record.charge_point),
        _ARROWS[record.direction],
        record.kind.name,
        escaped_cell(entry.action),
        entry.latency,
        code(entry.summary),
        code(shown),
        "; ".join(map(code, entry.problems)),
        "; ".join(map(code, entry.notes)),
    )


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |\n"


def code(text: str) -> str:
    """A text as it is, between backticks; since a table forbids `|` in them, a text with one is an `escaped_cell`."""
    shown = single_line(text)
    if "|" in shown or not shown.strip():
        return escaped_cell(shown)
    fence = "`" * (max(map(len, _BACKTICKS.findall(shown)), default=0) + 1)
    edge = " " if shown[0] in "` " or shown[-1] in "` " else ""
    return f"{fence}{edge}{shown}{edge}{fence}"


def escaped_cell(text: str) -> str:
    """A text that is rendered literally in a table cell: no mark-up, no HTML, no link, no mention, no line end."""
    return _MARKS.sub(lambda match: f"&#{ord(match.group())};", single_line(text))


_MARKS = re.compile(r"""[^\w\s.,;"'?%=+-]|_|(?<=w)\.""")
"""Everything that a renderer could interpret, including the dot that makes a link of `www.example.org`."""
_BACKTICKS = re.compile("`+")
