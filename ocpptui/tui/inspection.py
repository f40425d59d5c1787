"""Everything that is to say about one record, as lines: what it is, what is wrong with it, its JSON, its other half."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

import orjson

from ocpptui.protocol import catalog
from ocpptui.protocol.frame import Frame, Malformed
from ocpptui.protocol.schema import Field, Part, field_tree
from ocpptui.protocol.validation import valid_in
from ocpptui.session.json_text import indented
from ocpptui.timeline.record import Kind, Record
from ocpptui.timeline.timeline import Answering, Timeline, Verdict
from ocpptui.tui.compose.answer_view import latency_text
from ocpptui.tui.compose.field_help import limits_of

LARGE = 200_000
"""Characters of a payload from which on it is indented quickly and its fields are not explained."""
RAW_SHOWN = 20_000
"""Characters of the raw text that are shown; copying takes the whole."""
MAX_FIELDS = 300


class Line(NamedTuple):
    """One line, before it is wrapped."""

    sort: str
    """How it looks: `title`, `heading`, `text`, `dim`, `problem`, `json`, `field`."""
    text: str


def inspection(timeline: Timeline, index: int) -> list[Line]:
    """The lines for the record at `index`."""
    record = timeline.record(index)
    lines = [Line("title", _title(timeline, index, record)), Line("dim", _when(timeline, index, record))]
    lines += _problems(timeline, index, record)
    frame = record.frame
    if isinstance(frame, Frame):
        lines += [Line("text", ""), *_json_lines(frame)]
        lines += _field_lines(timeline, index, frame)
        lines += _other_half(timeline, index)
    elif record.kind is Kind.NOTE:
        lines += [Line("text", ""), *(Line("text", text) for text in str(record.detail.get("text", "")).splitlines())]
    elif record.detail:
        lines += [Line("text", ""), *_detail_lines(record.detail)]
    lines += _raw_lines(record)
    return lines


def _title(timeline: Timeline, index: int, record: Record) -> str:
    if record.kind is Kind.CONNECTION:
        event = timeline.event(index)
        return f"CONNECTION {event.value if event is not None else ''}".rstrip()
    name = record.kind.name
    action = timeline.action(index)
    return f"{name} {action}".rstrip()


def _when(timeline: Timeline, index: int, record: Record) -> str:
    moment = datetime.fromtimestamp(record.time / 1e6).astimezone()
    parts = [f"{moment:%Y-%m-%d %H:%M:%S}.{moment.microsecond:06} {moment:%z}"]
    if record.direction is not None:
        parts.append("to the central system" if record.direction.value == "cp-to-csms" else "to the charge point")
    if record.charge_point:
        parts.append(record.charge_point)
    if record.version is not None:
        parts.append(f"OCPP {record.version}")
        known = catalog.find(record.version, timeline.action(index))
        if known is not None:
            parts.append(known.block)
    if record.connection:
        parts.append(f"connection {record.connection}")
    if record.kind.is_message:
        parts.append(f"made by {'the peer' if record.origin.value == 'wire' else record.origin.value}")
    latency = timeline.latency(index)
    if latency is not None:
        parts.append(f"answered in {latency_text(latency)}")
    return " · ".join(parts)


def _problems(timeline: Timeline, index: int, record: Record) -> Iterator[Line]:
    found: list[str] = []
    frame = record.frame
    if isinstance(frame, Malformed):
        found.append(f"No OCPP frame: {frame.defect.text}.")
    elif isinstance(frame, Frame):
        found += [defect.text for defect in frame.defects]
        found += [str(violation) for violation in timeline.violations(index)]
        if code := timeline.error_code(index):
            found.append(f"OCPP {record.version} answers this with {code}.")
        if timeline.verdict(index) is Verdict.INVALID and record.version is not None:
            part = Part.RESPONSE if record.kind.is_answer else Part.REQUEST
            right = valid_in(timeline.action(index), part, frame.payload, record.version)
            if right:
                found.append(f"It would be right in OCPP {' and '.join(right)}.")
        if frame.action and record.version is not None and catalog.find(record.version, frame.action) is None:
            elsewhere = catalog.versions_of(frame.action)
            found.append(
                f"OCPP {record.version} has no action {frame.action}"
                + (f"; {' and '.join(elsewhere)} {'has' if len(elsewhere) == 1 else 'have'}." if elsewhere else ".")
            )
    sentence = _ANSWERINGS.get(timeline.answering(index))
    if sentence:
        found.append(sentence)
    if timeline.is_duplicate_id(index):
        found.append("This message id was used before on this connection.")
    if record.detail.get("error"):
        found += [str(record.detail[key]) for key in ("error", "advice") if record.detail.get(key)]
    if record.kind is Kind.CALL and timeline.other_half(index) is None:
        found.append("No answer so far.")
    if record.masked:
        yield Line("dim", f"Secrets are masked: {', '.join(record.masked)}")
    for sentence in found:
        yield Line("problem", sentence)


_ANSWERINGS = {
    Answering.ORPHAN: "This answers nothing: no call with this id was open.",
    Answering.SECOND: "This is a second answer: the call with this id had been answered.",
    Answering.LATE: "This answer is late: the call had been given up.",
}


def _json_lines(frame: Frame) -> Iterator[Line]:
    if frame.type.is_error:
        yield Line("json", f'"{frame.error_code}"')
        yield Line("json", json.dumps(frame.error_description, ensure_ascii=False))
        if not frame.payload:
            return
    text = frame.payload_text
    if len(text) <= LARGE:
        shown = indented(text)
    else:
        try:
            shown = orjson.dumps(frame.payload, option=orjson.OPT_INDENT_2).decode()
        except orjson.JSONEncodeError:
            shown = text
    for line in shown.split("\n"):
        yield Line("json", line)


def _field_lines(timeline: Timeline, index: int, frame: Frame) -> Iterator[Line]:
    version, action = timeline.version(index), timeline.action(index)
    if version is None or frame.type.is_error or len(frame.raw) > LARGE or not isinstance(frame.payload, dict):
        return
    part = Part.RESPONSE if frame.type.is_answer else Part.REQUEST
    tree = field_tree(version, action, part)
    if tree is None or not frame.payload:
        return
    yield Line("text", "")
    yield Line("heading", "Fields")
    for number, line in enumerate(_explained(tree, frame.payload, 0)):
        if number == MAX_FIELDS:
            yield Line("dim", "…")
            return
        yield line


def _explained(field: Field, value: Any, depth: int) -> Iterator[Line]:
    if isinstance(value, dict):
        for child in field.fields:
            if child.name in value:
                meaning = " ".join(child.description.split())
                limits = limits_of(child) if child.type not in ("object", "array") else ""
                words = " · ".join(part for part in (limits, meaning) if part)
                yield Line("field", f"{'  ' * depth}{child.name}  {words}".rstrip())
                yield from _explained(child, value[child.name], depth + 1)
    elif isinstance(value, list) and field.item is not None and value:
        yield from _explained(field.item, value[0], depth)


def _other_half(timeline: Timeline, index: int) -> Iterator[Line]:
    other = timeline.other_half(index)
    if other is None:
        return
    frame = timeline.frame(other)
    if not isinstance(frame, Frame):
        return
    latency = timeline.latency(index)
    what = "Answer" if timeline.kind(other).is_answer else "Call"
    took = f" after {latency_text(latency)}" if latency is not None and what == "Answer" else ""
    yield Line("text", "")
    yield Line("heading", f"{what}{took} (o goes there)")
    if len(frame.raw) > LARGE:
        yield Line("dim", f"{len(frame.raw):,} characters")
        return
    yield from _json_lines(frame)


def _detail_lines(detail: Mapping[str, Any]) -> Iterator[Line]:
    for name, value in detail.items():
        if name in ("event", "error", "advice"):
            continue
        yield from _detail(_words(name), value, 0)


def _detail(name: str, value: Any, depth: int) -> Iterator[Line]:
    indent = "  " * depth
    if isinstance(value, Mapping):
        yield Line("heading" if depth == 0 else "text", f"{indent}{name}")
        for inner, content in value.items():
            yield from _detail(_words(inner), content, depth + 1)
    elif isinstance(value, (list, tuple)):
        if all(isinstance(item, str) and len(item) < 24 for item in value):
            yield Line("text", f"{indent}{name}: {', '.join(value)}")
            return
        yield Line("heading" if depth == 0 else "text", f"{indent}{name}")
        for item in value:
            yield Line("text", f"{indent}  {item}")
    else:
        yield Line("text", f"{indent}{name}: {value}")


def _words(name: str) -> str:
    """`secondsSinceLastFrame` as `seconds since last frame`."""
    return "".join(f" {c.lower()}" if c.isupper() else c for c in name)


def _raw_lines(record: Record) -> Iterator[Line]:
    if record.raw is None:
        return
    yield Line("text", "")
    if isinstance(record.raw, bytes):
        yield Line("heading", f"Raw, {len(record.raw):,} bytes that are not UTF-8")
        text = record.raw[:RAW_SHOWN].decode("utf-8", "backslashreplace")
        rest = len(record.raw) - RAW_SHOWN
    else:
        yield Line("heading", f"Raw, {len(record.raw):,} characters")
        text, rest = record.raw[:RAW_SHOWN], len(record.raw) - RAW_SHOWN
    for line in text.split("\n"):
        yield Line("dim", line)
    if rest > 0:
        yield Line("dim", f"… {rest:,} more; y copies the whole")
