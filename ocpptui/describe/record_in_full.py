"""Everything about one record: what it is, what is wrong with it, its JSON, its other half."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import orjson

from ocpptui.describe.contents import contents_of
from ocpptui.describe.field_limits import limits_of
from ocpptui.describe.network_problems import Remedy, recorded_problem
from ocpptui.describe.record_line import name_of, passage_words
from ocpptui.diagnosis.findings import findings_at
from ocpptui.diagnosis.prescribed_code import error_code_at
from ocpptui.diagnosis.rule import Finding
from ocpptui.jsontext.text import indented, quote, readable
from ocpptui.ocpp import actions as catalog
from ocpptui.ocpp.date_times import local_datetime
from ocpptui.ocpp.durations import duration_text
from ocpptui.ocpp.message import Message, MessageKind
from ocpptui.ocpp.refused_request import refused_with
from ocpptui.ocpp.schema import Field, Part, field_tree
from ocpptui.ocpp.version import Transport
from ocpptui.ocpp.xml_elements import xml_indented
from ocpptui.timeline.record import Origin, Record, RecordKind
from ocpptui.timeline.timeline import Timeline

if TYPE_CHECKING:
    from ocpptui.unwrapping.unwrapped import Unwrapped

LARGE = 200_000
"""From this many characters on, a message is indented quickly and its fields are not explained."""
RAW_SHOWN = 20_000
"""How many characters of the raw text are shown; copying copies all of it."""
MAX_FIELDS = 300
MAX_PROBLEMS = 50
MAX_WRONG_INSIDE = 5
"""How many problems of what is wrapped in the payload are above it, too."""
MAX_RELATED = 5
"""How many related records of a finding are named."""


class Section(NamedTuple):
    """Lines of the same style, before they are wrapped."""

    sort: str
    """The style: `title`, `heading`, `text`, `dim`, `problem`, `json`, `xml`, `field`, `raw`."""
    lines: Sequence[str]


def inspection(
    timeline: Timeline, index: int, remedy: Remedy | None = None, meter_keys: Sequence[str] = ()
) -> list[Section]:
    """Describe the record at `index`; `remedy` adds what a front end knows about a problem.

    `meter_keys` are public keys that the user has given, to verify signed meter values.
    """
    record = timeline.record(index)
    frame = record.frame
    sections = [
        Section("title", [_title(timeline, index, record)]),
        Section("dim", [_when(timeline, index, record)]),
        *_found(timeline, index, record, remedy),
    ]
    if record.masked:
        sections.append(Section("dim", [f"Secrets are masked: {', '.join(record.masked)}"]))
    if record.kind.is_message and record.detail:
        sections.append(Section("dim", list(_imported(record))))
    if isinstance(frame, Message):
        contents = contents_of(timeline, index, frame, meter_keys)
        sections += _refused(frame)
        sections += _wrong_inside(contents)
        sections += [_GAP, _content(frame)]
        sections += _inside(contents)
        sections += _fields(timeline, index, frame)
        sections += _other_half(timeline, index)
    elif record.kind is RecordKind.NOTE:
        text = str(record.detail.get("text", "")) or passage_words(record.detail)
        sections += [_GAP, Section("text", text.split("\n"))]
    elif record.detail and not record.kind.is_message:
        sections += [_GAP, *_details(record.detail)]
    return [*sections, *_raw(record)]


_GAP = Section("text", [""])
_UNANSWERED = "rpc.unanswered"


def _title(timeline: Timeline, index: int, record: Record) -> str:
    event = timeline.event(index)
    return f"{record.kind.name} {event.value if event is not None else timeline.action(index)}".rstrip()


def _when(timeline: Timeline, index: int, record: Record) -> str:
    parts = [_moment(record.time)]
    if record.direction is not None:
        parts.append("to the central system" if record.direction.value == "cp-to-csms" else "to the charge point")
    if record.charge_point:
        parts.append(record.charge_point)
    if record.version is not None:
        parts.append(f"OCPP {record.version}")
        known = catalog.find_action(record.version, timeline.action(index))
        if known is not None:
            parts.append(known.block)
    if record.connection:
        parts.append(f"connection {record.connection}")
    if record.kind.is_message and record.origin is not Origin.WIRE:
        parts.append(_ORIGINS[record.origin])
    latency = timeline.latency(index)
    if latency is not None:
        parts.append(f"answered in {duration_text(latency)}")
    return " · ".join(parts)


_ORIGINS = {
    Origin.WIRE: "made by the peer",
    Origin.MANUAL: "sent by the user",
    Origin.BEHAVIOUR: "sent automatically",
    Origin.REPLAY: "sent by the replay",
    Origin.PROXY: "passed on by the proxy",
    Origin.TRANSLATED: "translated, never sent",
}


def _imported(record: Record) -> Iterator[str]:
    """What the user should know about a message from a capture of another tool."""
    detail = record.detail
    if words := passage_words(detail):
        yield words
    if isinstance(fault := detail.get("fault"), dict) and record.kind.is_message:
        yield f"A fault on purpose, by {str(fault.get('rule'))!r}: {fault.get('do')}."
    if isinstance(told := detail.get("translated"), dict):
        yield f"Translated from OCPP {told.get('from')}: no charge point or central system has sent it."
        for kind in ("lost", "assumed", "missing"):
            notes = told.get(kind)
            for note in notes if isinstance(notes, list) else ():
                yield f"  {kind}: {note}"
    passed_on = detail.get("passedOnMs")
    if isinstance(passed_on, int | float):
        yield f"Frame {detail.get('frame', '?')} of its connection, passed on after {passed_on:g} ms."
    if isinstance(headers := detail.get("readdressed"), dict):
        changed = ", ".join(f"{name} {url}" for name, url in headers.items())
        yield f"It was passed on with {changed}, so that requests come through the proxy; every other byte is the same."
    if detail.get("guessed"):
        guesses = ", ".join(_with_reason(str(what)) for what in detail["guessed"])
        yield f"The file does not contain this, so it is inferred: {guesses} (U shows why)."
    if isinstance(word := detail.get("keptBack"), str):
        yield f"The log says that it was kept back ({word}), so it may not have reached the other side."
    if detail.get("alsoInLines"):
        lines = ", ".join(map(str, detail["alsoInLines"]))
        yield f"The file contains it again in line {lines}, by another logger."
    if detail.get("notation") == "bytes":
        yield "The source shows its bytes; this is their text."
    elif detail.get("notation"):
        yield "The source did not contain it as JSON; this is its JSON."
    transit = detail.get("transitMs")
    if isinstance(transit, int | float):
        apart = f"{duration_text(abs(transit) * 1000)} {'earlier' if transit < 0 else 'later'}"
        yield f"Both sides recorded it; the other one {apart}."


def _with_reason(guess: str) -> str:
    """What was guessed about a record, and by what."""
    reason = _REASONS.get(guess)
    return f"{guess} ({reason})" if reason else guess


_REASONS = {
    "connection event": "by the words of a line without a frame",
    "charge point": "by the place of a name in the lines",
    "zone": "by the times in payloads, else that of this machine",
    "date": "by the times in payloads, else by the file",
    "year": "by the times in payloads, else by the file",
    "day and month": "by what is usual in this notation",
    "time": "by its payload or the seconds since a start, else by the frame before",
    "direction": "by its action, or the call that it answers",
    "version": "by the calls of its connection",
}
"""By what the parts of a record are inferred that a capture of another tool does not contain."""


def _moment(time: int) -> str:
    moment = local_datetime(time)
    if moment is None:
        return f"{time} µs since 1970"
    return f"{moment:%Y-%m-%d %H:%M:%S}.{moment.microsecond:06} {moment.astimezone():%z}"


def _found(timeline: Timeline, index: int, record: Record, remedy: Remedy | None) -> Iterator[Section]:
    """The findings of the record, and the answer that its version prescribes."""
    found = findings_at(timeline, index)
    told: set[str] = set()
    for finding in found[:MAX_PROBLEMS]:
        rule = "" if finding.rule in told else f" ({finding.rule})"
        told.add(finding.rule)
        yield Section("problem" if finding.severity.is_problem else "dim", [f"{finding.text}{rule}"])
        if explained := list(_explanation(timeline, finding, is_first=bool(rule))):
            yield Section("dim", explained)
    if len(found) > MAX_PROBLEMS:
        yield Section("problem", [f"and {len(found) - MAX_PROBLEMS} or more others, not shown"])
    problem = recorded_problem(record.detail)
    if problem is not None and remedy is not None and (advice := remedy(problem)):
        yield Section("problem", [advice])
    if code := error_code_at(timeline, index):
        yield Section("problem", [f"OCPP {record.version} answers this with {code}."])
    if timeline.is_unanswered(index) and _UNANSWERED not in told:
        yield Section("dim", ["No answer so far."])


def _explanation(timeline: Timeline, finding: Finding, is_first: bool) -> Iterator[str]:
    """What follows from a finding, and where it is written, once for each rule; and the other records concerned."""
    if is_first:
        source = f"Source: {finding.source}." if finding.source else ""
        if words := " ".join(filter(None, (finding.remedy, source))):
            yield f"  {words}"
    others = [one for one in finding.related if one != timeline.other_half(finding.index)]
    if others:
        names = [f"{name_of(timeline, one)} at {_moment(timeline.time(one))[11:23]}" for one in others[:MAX_RELATED]]
        more = f" and {len(others) - MAX_RELATED} more" if len(others) > MAX_RELATED else ""
        yield f"  Related: {', '.join(names)}{more} (r goes there, b comes back)."


def _refused(frame: Message) -> Iterator[Section]:
    """What an answer refuses, which users may take for a fault."""
    if frame.kind is MessageKind.CALLRESULT and (status := refused_with(frame.payload)):
        yield Section("dim", [f"The request is refused with {status}; OCPP allows that."])


def _content(frame: Message) -> Section:
    """The content of a message: the payload in OCPP-J, the whole envelope in SOAP."""
    if frame.transport is Transport.JSON:
        return Section("json", _json_lines(frame))
    return Section("xml", (xml_indented(frame.raw) if len(frame.raw) <= LARGE else frame.raw).split("\n"))


def _json_lines(frame: Message) -> list[str]:
    lines: list[str] = []
    if frame.kind.is_error:
        lines += [quote(text) for text in (frame.error_code, frame.error_description)]
        if not frame.payload:
            return lines
    if len(frame.raw) <= LARGE:
        return lines + readable(indented(frame.payload_text)).split("\n")
    try:
        return lines + orjson.dumps(frame.payload, option=orjson.OPT_INDENT_2).decode().split("\n")
    except (orjson.JSONEncodeError, UnicodeDecodeError):
        return lines + frame.payload_text.split("\n")


def _wrong_inside(contents: Sequence[Unwrapped]) -> Iterator[Section]:
    """What is wrong with the contents of the values, above a payload that may be longer than the screen."""
    problems = [f"{found.path}: {line.text}" for found in contents for line in found.lines if line.sort == "problem"]
    yield from (Section("problem", [problem]) for problem in problems[:MAX_WRONG_INSIDE])
    if len(problems) > MAX_WRONG_INSIDE:
        yield Section("problem", [f"and {len(problems) - MAX_WRONG_INSIDE} more, below at Inside"])


def _inside(contents: Sequence[Unwrapped]) -> Iterator[Section]:
    """What is wrapped within the values of the payload."""
    if contents:
        yield from (_GAP, Section("heading", ["Inside"]))
    for found in contents:
        yield Section("field", [f"{found.path}  {found.what}"])
        yield from (Section(line.sort, [f"  {line.text}"]) for line in found.lines)


def _fields(timeline: Timeline, index: int, frame: Message) -> Iterator[Section]:
    version, action = timeline.version(index), timeline.action(index)
    if version is None or frame.kind.is_error or len(frame.raw) > LARGE or not isinstance(frame.payload, dict):
        return
    part = Part.RESPONSE if frame.kind.is_answer else Part.REQUEST
    tree = field_tree(version, action, part)
    if tree is None or not frame.payload:
        return
    explained: list[str] = []
    for line in _explained(tree, frame.payload, 0):
        if len(explained) == MAX_FIELDS:
            explained.append("…")
            break
        explained.append(line)
    if explained:
        yield from (_GAP, Section("heading", ["Fields"]), Section("field", explained))


def _explained(field: Field, value: Any, depth: int) -> Iterator[str]:
    """Each field that occurs, once: its name, limits and meaning."""
    if isinstance(value, dict):
        for child in field.fields:
            if child.name in value:
                meaning = " ".join(child.description.split())
                limits = limits_of(child) if child.type not in ("object", "array") else ""
                words = " · ".join(part for part in (limits, meaning) if part)
                yield f"{'  ' * depth}{child.name}  {words}".rstrip()
                yield from _explained(child, value[child.name], depth + 1)
    elif isinstance(value, list) and field.item is not None:
        together: dict[str, Any] = {}
        for item in value[:MAX_FIELDS]:
            if isinstance(item, dict):
                together |= {name: inner for name, inner in item.items() if inner or name not in together}
        yield from _explained(field.item, together, depth)


def _other_half(timeline: Timeline, index: int) -> Iterator[Section]:
    other = timeline.other_half(index)
    if other is None:
        return
    record = timeline.record(other)
    what = "Answer" if record.kind.is_answer else "Call"
    latency = timeline.latency(index)
    took = f" after {duration_text(latency)}" if latency is not None and what == "Answer" else ""
    yield from (_GAP, Section("heading", [f"{what}{took} (o goes there)"]))
    if record.raw is not None and len(record.raw) > LARGE:
        yield Section("dim", [f"{len(record.raw):,} characters"])
    elif isinstance(frame := record.frame, Message):
        yield _content(frame)


def detail_lines(record: Record) -> list[str]:
    """The details of a connection event besides its event and the problem, one per line: name and value."""
    if record.kind.is_message or record.kind is RecordKind.NOTE:
        return []
    return [line for section in _details(record.detail) for line in section.lines]


def _details(detail: Mapping[str, Any]) -> Iterator[Section]:
    """The details of a connection event besides its event and the problem."""
    for name, value in detail.items():
        if name not in _IN_WORDS and value not in ("", None):
            yield from _detail(_words(name), value, 0)


_IN_WORDS = ("event", "problem", "facts", "error", "advice", "tolerated")
"""Entries that are in the title and the problems."""


def _detail(name: str, value: Any, depth: int) -> Iterator[Section]:
    indent = "  " * depth
    if isinstance(value, Mapping):
        yield Section("heading" if depth == 0 else "text", [f"{indent}{name}"])
        for inner, content in value.items():
            yield from _detail(_words(inner), content, depth + 1)
    elif isinstance(value, list | tuple):
        if all(isinstance(item, str) and len(item) < 24 for item in value):
            yield Section("field", [f"{indent}{name}  {', '.join(value)}"])
            return
        yield Section("heading" if depth == 0 else "text", [f"{indent}{name}"])
        yield Section("text", [f"{indent}  {item}" for item in value])
    else:
        yield Section("field", [f"{indent}{name}  {value}"])


def _words(name: str) -> str:
    """`secondsSinceLastFrame` as `seconds since last frame`."""
    return "".join(f" {c.lower()}" if c.isupper() else c for c in str(name))


def _raw(record: Record) -> Iterator[Section]:
    raw = record.raw
    if raw is None:
        return
    if isinstance(raw, bytes):
        heading, text = f"Raw, {len(raw):,} bytes that are not UTF-8", raw[:RAW_SHOWN].decode(errors="backslashreplace")
    else:
        heading, text = f"Raw, {len(raw):,} characters", raw[:RAW_SHOWN]
    yield from (_GAP, Section("heading", [heading]), Section("raw", text.split("\n")))
    if len(raw) > RAW_SHOWN:
        yield Section("dim", [f"… {len(raw) - RAW_SHOWN:,} more; y copies all of it"])
