"""Into one HTML file that needs nothing else: it opens by a double-click and can be searched, filtered, expanded."""

from __future__ import annotations

import re
from html import escape
from typing import BinaryIO

from ocpptui.capture.exporters.extract import Entry, Exported, Extract
from ocpptui.capture.exporters.page import HEAD, TAIL
from ocpptui.capture.exporters.plain import plain
from ocpptui.capture.exporters.summary import Summary, summary
from ocpptui.capture.times import to_text
from ocpptui.protocol.version import Direction
from ocpptui.timeline.record import Kind

GLANCE = 160
"""Characters of a text that stand in its row; the whole of it is one click away."""

_CLASSES = {Direction.TO_CSMS: "up", Direction.TO_CHARGE_POINT: "down", None: "event"}
_ARROWS = {Direction.TO_CSMS: "→", Direction.TO_CHARGE_POINT: "←", None: ""}


def export(extract: Extract, out: BinaryIO) -> Exported:
    """Counts and actions, then one row a record; without scripts, the rows still open. Arrows are the charger's."""
    exported = Exported()
    out.write(HEAD.encode())
    out.write(_overview(summary(extract)).encode())
    for entry in extract:
        out.write(_row(entry).encode())
        exported.written += 1
    out.write(TAIL.encode())
    return exported


def _overview(counts: Summary) -> str:
    span = ""
    if counts.first is not None and counts.last is not None:
        span = f"{to_text(counts.first)} to {to_text(counts.last)}"
    words = ", ".join(f"{count} {word}" for word, count in counts.words)
    actions = "".join(
        f"<tr><td>{escape(plain(action or 'unknown'))}</td>"
        + "".join(f'<td class="n">{number}</td>' for number in (of.calls, of.unanswered, of.errors, of.invalid))
        + f'<td class="n">{_ms(of.median_ms)}</td><td class="n">{_ms(of.longest_ms)}</td></tr>\n'
        for action, of in sorted(counts.actions.items())
    )
    head = "".join(
        f'<th class="n">{title}</th>'
        for title in ("calls", "unanswered", "errors", "invalid", "median ms", "longest ms")
    )
    kinds = "".join(f"<option>{kind.name}</option>" for kind in Kind)
    return f"""<header>
<h1>OCPP recording</h1>
<div class="soft">{span}</div>
<div class="counts">{words}</div>
<table><thead><tr><th>action</th>{head}</tr></thead>
<tbody>
{actions}</tbody></table>
</header>
<form>
<input type="search" id="text" placeholder="Search ( / )" aria-label="Search">
<select id="kind" aria-label="Kind"><option value="">every kind</option>{kinds}</select>
<label><input type="checkbox" id="wrong"> problems only</label>
<button type="button" id="expand">expand all</button>
<button type="button" id="collapse">collapse all</button>
<span id="shown" class="soft"></span>
</form>
<main>
"""


def _row(entry: Entry) -> str:
    record, text, problems = entry.record, entry.text, entry.problems
    direction, wrong = _CLASSES[record.direction], " wrong" if problems else ""
    time = to_text(record.time)
    listed = "".join(f"<li>{escape(plain(problem))}</li>" for problem in problems)
    version = "" if record.version is None else f" · OCPP {record.version}"
    return (
        f'<details class="{direction}{wrong}" data-kind="{record.kind.name}"><summary>'
        f'<span class="time">{time[11:23]}</span><span>{escape(plain(record.charge_point))}</span>'
        f'<span class="arrow">{_ARROWS[record.direction]}</span><span class="kind">{record.kind.name}</span>'
        f'<span>{escape(plain(entry.action))}</span><span class="ms">{_ms(entry.latency_ms)}</span>'
        f'<span class="text">{escape(plain(text[:GLANCE]))}</span></summary>'
        f'<div class="soft">{time}{version} · connection {record.connection} · {record.origin.value}'
        f"{' · id ' + escape(plain(entry.message_id)) if entry.message_id else ''}</div>"
        f"{f'<ul>{listed}</ul>' if listed else ''}<pre>{escape(_lines(text))}</pre></details>\n"
    )


def _lines(text: str) -> str:
    """A message on lines of its own by its commas and brackets; each character stays, in its order."""
    parts: list[str] = []
    depth = 0
    for token in _TOKENS.findall(text):
        if token in "}]":
            depth = max(0, depth - 1)
            parts.append("\n" + "  " * min(depth, DEEPEST))
        parts.append(plain(token))
        depth += token in "{["
        if token in "{[,":
            parts.append("\n" + "  " * min(depth, DEEPEST))
    return _EMPTY.sub(r"\1\2", "".join(parts))


def _ms(latency: float | None) -> str:
    return "" if latency is None else f"{latency:.1f}"


DEEPEST = 40
"""Levels that are told apart by their indentation."""
_TOKENS = re.compile(r'"(?:[^"\\]|\\.)*+"?|[{}\[\],]|[^"{}\[\],]+', re.DOTALL)
_EMPTY = re.compile(r"([{\[])\s*([}\]])")
