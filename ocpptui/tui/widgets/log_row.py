"""One record as one row of the log: which columns fit, and their content."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from ocpptui.describe.record_line import LARGE, name_of, summary_of
from ocpptui.describe.safe_text import printable
from ocpptui.filter.time_breaks import Break
from ocpptui.ocpp.date_times import local_datetime
from ocpptui.ocpp.durations import LONGEST, duration_text, span_text
from ocpptui.ocpp.message import Message
from ocpptui.ocpp.refused_request import refused_with
from ocpptui.ocpp.version import Direction
from ocpptui.timeline.record import IN_VAIN, Passage, Record, RecordKind
from ocpptui.timeline.severity import Severity
from ocpptui.timeline.timeline import Timeline

ROW_STYLES = {
    "time": "$text-muted",
    "charge-point": "$secondary",
    "to-csms": "$primary",
    "to-charge-point": "$accent",
    "call": "bold $foreground",
    "answer": "$foreground 75%",
    "error": "bold $text-error",
    "problem": "bold $text-warning",
    "refused": "bold $text-secondary",
    "connection": "italic $primary",
    "control": "$text-disabled",
    "note": "italic $text-accent",
    "dim": "$text-muted",
    "mark": "bold $text-accent",
    "break": "$text-accent",
    "cursor": "on $block-cursor-blurred-background",
    "focused-cursor": "$block-cursor-foreground on $block-cursor-background",
}
"""The style of each part of a row, and of a whole row under the cursor."""
SIGNS = {Severity.NONE: " ", Severity.INFO: "~", Severity.WARNING: "!", Severity.ERROR: "✗"}
"""The sign before a record, by the severity of its worst finding."""
TIME = 12
"""Cells of the time."""
SHORTEST_NAME = 20
"""Cells for the name of a record at least: some records have no action."""
WHOLE_ID = 37
"""Cells of a message id that is a UUID, with a space."""
BEFORE_ANSWER = "└ "
"""What is before the name of an answer, under that of its call."""
REFUSED = "⊘"
"""The sign before an answer that refuses a request and has no problem."""


class LogColumns(NamedTuple):
    """The width of each column of the log, in cells; 0 if there is no room for it."""

    width: int
    charge_point: int
    action: int
    message_id: int


def columns_for(width: int, longest_charge_point: int, several: bool, longest_action: int) -> LogColumns:
    """The columns that fit into a width; the charge point has one if there are several, or if there is room.

    Names have the cells that the longest one needs, up to a limit: an action may be any text.
    """
    charge_point = min(longest_charge_point, max(8, width // 8)) if several or width >= 120 else 0
    most = 28 if width < 90 else 34 if width < 120 else 48
    action = max(SHORTEST_NAME, min(longest_action, most))
    message_id = WHOLE_ID if width >= 180 else 9 if width >= 140 else 0
    return LogColumns(width, charge_point, action, message_id)


def log_row(
    timeline: Timeline,
    index: int,
    columns: LogColumns,
    style: Callable[[str], Style],
    *,
    time: str = "",
    waiting: bool = False,
    is_folded: bool = False,
) -> Strip:
    """The row of a record, exactly as wide as the columns; `style` returns each of ROW_STYLES.

    `time` takes the place of the time of day. With `is_folded` the row of a call says how it was answered.
    """
    record = timeline.record(index)
    frame = record.frame if record.raw is None or len(record.raw) <= LARGE else None
    mark = Segment("*", style("mark")) if index in timeline.marks else Segment(" ", style("dim"))
    segments = [Segment(f"{time:>{TIME}}" if time else clock_text(record.time), style("time")), mark]
    if columns.charge_point:
        name = fitted(printable(record.charge_point), columns.charge_point)
        segments.append(Segment(f"{name} ", style("charge-point")))
    segments.append(_arrow(record.direction, style))
    answer = timeline.other_half(index) if is_folded and record.kind is RecordKind.CALL else None
    severity = timeline.severity(index) if answer is None else max(timeline.severity(index), timeline.severity(answer))
    told = record if answer is None else timeline.record(answer)
    refuses = not severity.is_problem and _refuses(told)
    segments.append(Segment(f"{REFUSED} ", style("refused")) if refuses else _sign(severity, waiting, style))
    part = (
        "refused" if refuses else _part_of(record.kind if told.kind is RecordKind.CALLRESULT else told.kind, severity)
    )
    segments.append(Segment(f"{fitted(_name(timeline, index), columns.action)} ", style(part)))
    if columns.message_id:
        message_id = printable(frame.id[: columns.message_id]) if isinstance(frame, Message) else ""
        segments.append(Segment(f"{fitted(message_id, columns.message_id - 1)} ", style("dim")))
    latency = _latency(timeline, index if answer is None else answer) or _transit(record)
    segments.append(Segment(f"{fitted(latency.rjust(LONGEST), LONGEST)} ", style("dim")))
    if severity is Severity.ERROR:
        part = "problem"
    summary = f"{_caller(record, columns)}{_passage(record)}{summary_of(record, frame, timeline.action(index))}"
    if answer is not None:
        answered = told.frame if told.raw is None or len(told.raw) <= LARGE else None
        summary = f"{summary_of(told, answered, timeline.action(answer))} ◂ {summary}".strip(" ◂")
    room = columns.width - sum(segment.cell_length for segment in segments)
    if room < 0:
        return Strip(segments).adjust_cell_length(columns.width)
    return Strip([*segments, Segment(fitted(summary, room), style(part))], columns.width)


def _transit(record: Record) -> str:
    """How long a message was in a proxy; empty for any other."""
    passed_on = record.detail.get("passedOnMs") if record.kind.is_message else None
    if not isinstance(passed_on, int | float):
        return ""
    if passed_on < 0.1:
        return f"⇢{passed_on * 1000:.0f}µs"
    if passed_on < 1000:
        return f"⇢{passed_on:.1f}ms" if passed_on < 10 else f"⇢{passed_on:.0f}ms"
    return f"⇢{passed_on / 1000:.0f}s"


def _passage(record: Record) -> str:
    """What a proxy did with a message, or sent in the place of one; empty for any other."""
    return f"{words} · " if record.kind.is_message and (words := PASSAGES.get(record.detail.get("change"))) else ""


PASSAGES: Mapping[object, str] = {
    Passage.CHANGED: "changed",
    Passage.ANSWERED: "answered here",
    Passage.REPEATED: "once more",
    Passage.OURS: "not passed on",
}


def _caller(record: Record, columns: LogColumns) -> str:
    """Who tried to connect in vain and from where, such as `CP001 from 10.0.0.5:4711: `; empty for any other record."""
    if record.kind is not RecordKind.CONNECTION or record.detail.get("event") not in IN_VAIN:
        return ""
    address = record.detail.get("remoteAddress")
    name = "" if columns.charge_point else f"{record.charge_point} ".lstrip()
    return printable(f"{name}from {address}: ") if address else ""


def _refuses(record: Record) -> bool:
    """Whether a record is an answer that refuses what was asked, as OCPP allows."""
    if record.kind is not RecordKind.CALLRESULT or (record.raw is not None and len(record.raw) > LARGE):
        return False
    return isinstance(record.frame, Message) and bool(refused_with(record.frame.payload))


def break_row(between: Break, width: int, style: Callable[[str], Style]) -> Strip:
    """The line before a new day, or after a long gap in time."""
    day = f"{between.day:%a} {between.day.day} {between.day:%b %Y}" if between.day is not None else ""
    gap = f"{span_text(between.gap)} later" if between.gap else ""
    words = f"── {' · '.join(filter(None, (day, gap)))} "
    return Strip([Segment(fitted(words + "─" * (width - cell_len(words)), width), style("break"))], width)


def clock_text(time: int) -> str:
    """Microseconds since 1970 as the local time of day, such as `10:02:03.120`."""
    moment = local_datetime(time)
    if moment is None:
        return "--:--:--.---"
    return f"{moment:%H:%M:%S}.{moment.microsecond // 1000:03}"


def fitted(text: str, width: int) -> str:
    """The text padded, or cut with an ellipsis, to exactly `width` cells of a terminal."""
    if width <= 0:
        return ""
    if cell_len(text) <= width:
        return set_cell_size(text, width)
    return f"{set_cell_size(text, width - 1)}…"


def _latency(timeline: Timeline, index: int) -> str:
    """The latency of an answer, or a mark beside a call without one."""
    kind = timeline.kind(index)
    if not kind.is_answer:
        return "…" if timeline.is_unanswered(index) else ""
    latency = timeline.latency(index)
    return "" if latency is None else duration_text(latency)


def _arrow(direction: Direction | None, style: Callable[[str], Style]) -> Segment:
    if direction is Direction.TO_CSMS:
        return Segment("→", style("to-csms"))
    if direction is Direction.TO_CHARGE_POINT:
        return Segment("←", style("to-charge-point"))
    return Segment("·", style("dim"))


def _sign(severity: Severity, waiting: bool, style: Callable[[str], Style]) -> Segment:
    """A sign and a space for the severity, which colour alone must not express."""
    if waiting:
        return Segment("? ", style("mark"))
    return Segment(f"{SIGNS[severity]} ", style("problem" if severity else "dim"))


def _name(timeline: Timeline, index: int) -> str:
    """The name of a record; an answer is marked as belonging to its call."""
    return f"{BEFORE_ANSWER}{name_of(timeline, index)}" if timeline.kind(index).is_answer else name_of(timeline, index)


def _part_of(kind: RecordKind, severity: Severity) -> str:
    match kind:
        case RecordKind.CALL | RecordKind.SEND:
            return "call"
        case RecordKind.CALLRESULT:
            return "answer"
        case RecordKind.CALLERROR | RecordKind.CALLRESULTERROR:
            return "error"
        case RecordKind.MALFORMED:
            return "problem"
        case RecordKind.CONNECTION:
            return "problem" if severity.is_problem else "connection"
        case RecordKind.NOTE:
            return "note"
    return "control"
