"""Exports to one self-contained HTML file: it opens by a double-click and can be searched, filtered, expanded."""

from __future__ import annotations

import json
from html import escape
from typing import Any, BinaryIO

from ocpptui.describe.page_layout import BEGIN, DIRECTIONS, END, shown_on_page
from ocpptui.describe.safe_text import single_line
from ocpptui.exporting.exported_records import Exported, ExportedRecord, Extract
from ocpptui.exporting.html_parts import CONTROLS, head, tail
from ocpptui.exporting.totals import Summary, totals_of
from ocpptui.jsontext.unsafe_characters import escaped
from ocpptui.ocpp.date_times import rfc3339_text
from ocpptui.recording.remainder import remainder

BLOCK = 5000
"""How many records are in one element of the page; a browser parses an element at once."""

_BAD = ("errors", "unanswered calls", "orphan answers", "malformed", "invalid", "problems")


def export(extract: Extract, out: BinaryIO) -> Exported:
    """Counts and actions, then all records as JSON, of which the page's script renders those in view."""
    exported = Exported()
    out.write(head().encode())
    out.write(_overview(totals_of(extract)).encode())
    out.write(CONTROLS.encode())
    for entry in extract:
        begins = exported.written % BLOCK == 0
        if begins and exported.written:
            out.write(END)
        out.write(BEGIN if begins else b",\n")
        out.write(_values(entry))
        exported.written += 1
    if exported.written:
        out.write(END)
    out.write(tail().encode())
    return exported


def _overview(counts: Summary) -> str:
    span = ""
    if counts.first is not None and counts.last is not None:
        span = f"{rfc3339_text(counts.first)} to {rfc3339_text(counts.last)}"
    words = "\n".join(
        f'<span class="{"bad" if count and word in _BAD else ""}"><b>{count}</b> {word}</span>'
        for word, count in counts.words
    )
    return f"""<header>
<h1>OCPP recording</h1><span class="soft">{span}</span>
<div class="counts">{words}</div>
{_actions(counts)}</header>
"""


def _actions(counts: Summary) -> str:
    if not counts.actions:
        return ""
    titles = ("calls", "unanswered", "errors", "invalid", "median", "longest")
    rows = "".join(
        f"<tr><td>{escape(single_line(action or 'unknown'))}</td>"
        + "".join(f'<td class="n">{number}</td>' for number in (of.calls, of.unanswered, of.errors, of.invalid))
        + f'<td class="n">{of.median}</td><td class="n">{of.longest}</td></tr>\n'
        for action, of in sorted(counts.actions.items())
    )
    return f"""<details id="actions"><summary>{len(counts.actions)} actions</summary>
<table><thead><tr><th>action</th>{"".join(f'<th class="n">{title}</th>' for title in titles)}</tr></thead>
<tbody>
{rows}</tbody></table>
</details>
"""


def _values(entry: ExportedRecord) -> bytes:
    """The record in the order of the script's `FIELDS`, and its remainder.

    Without `<`, no text in it can end the element around it.
    """
    record, timeline = entry.record, entry.timeline
    values: tuple[Any, ...] = (
        entry.index,
        timeline.other_half(entry.index),
        record.time,
        record.connection,
        record.charge_point,
        "" if record.version is None else record.version.value,
        DIRECTIONS[record.direction],
        record.kind.name,
        entry.action,
        entry.message_id,
        entry.latency,
        record.origin.value,
        " ".join(record.masked),
        entry.summary,
        entry.problems,
        [*entry.notes, *entry.inside],
        entry.text,
    )
    values = (*values, remainder(record, shown_on_page(values)))
    return escaped(json.dumps(values, separators=(",", ":"))).replace("<", "\\u003c").encode("ascii")
