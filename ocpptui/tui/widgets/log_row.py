"""One record as one row of the log: which columns fit, and what stands in them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from ocpptui.protocol.frame import Frame
from ocpptui.protocol.version import Direction
from ocpptui.timeline.record import Kind, Record
from ocpptui.timeline.timeline import Answering, Timeline, Verdict
from ocpptui.tui.printable import printable
from ocpptui.tui.summary import summary_of

PARTS = ("time", "charge-point", "to-csms", "to-charge-point", "call", "answer", "error", "problem", "connection",
         "control", "note", "dim", "mark", "cursor", "match")  # fmt: skip
"""The names of the parts of a row, each with a style of its own."""


class Columns(NamedTuple):
    """How wide each column of the log is, in cells; 0 where it has no room."""

    width: int
    charge_point: int
    action: int
    message_id: int


def columns_for(width: int, longest_charge_point: int, several: bool) -> Columns:
    """The columns that fit into a width; the charge point is named where there are several, or room."""
    charge_point = min(longest_charge_point, 20) if several or width >= 120 else 0
    action = 22 if width < 100 else 30
    return Columns(width, charge_point, action, 9 if width >= 140 else 0)


def row(
    timeline: Timeline,
    index: int,
    columns: Columns,
    style: Callable[[str], Style],
    *,
    waiting: bool,
    under_cursor: bool,
) -> Strip:
    """The row of a record, exactly as wide as the columns say."""
    record = timeline.record(index)
    segments = [Segment(f"{clock_text(record.time)} ", style("time"))]
    if columns.charge_point:
        name = _fit(printable(record.charge_point), columns.charge_point)
        segments.append(Segment(f"{name} ", style("charge-point")))
    segments.append(_arrow(record.direction, style))
    segments.append(_sign(timeline, index, waiting, style))
    segments.append(_name(timeline, index, record, columns.action, style))
    if columns.message_id:
        frame = record.frame
        message_id = printable(frame.id) if isinstance(frame, Frame) else ""
        segments.append(Segment(_fit(message_id, columns.message_id - 1) + " ", style("dim")))
    segments.append(Segment(f"{latency_text(timeline, index):>7} ", style("dim")))
    problem = timeline.verdict(index) is Verdict.INVALID or record.kind is Kind.MALFORMED
    part = "error" if record.kind in (Kind.CALLERROR, Kind.CALLRESULTERROR) else "problem" if problem else ""
    segments.append(Segment(summary_of(record), style(part) if part else style(_part_of(record))))
    strip = Strip(segments).adjust_cell_length(columns.width)
    return strip.apply_style(style("cursor")) if under_cursor else strip


def clock_text(time: int) -> str:
    """Microseconds since 1970 as local time of day, `10:02:03.120`."""
    moment = datetime.fromtimestamp(time / 1e6)
    return f"{moment:%H:%M:%S}.{moment.microsecond // 1000:03}"


def latency_text(timeline: Timeline, index: int) -> str:
    """How long the answer took, beside the answer; nothing beside what is none."""
    if not timeline.kind(index).is_answer:
        return ""
    latency = timeline.latency(index)
    if latency is None:
        return ""
    milliseconds = latency / 1000
    if milliseconds < 10:
        return f"{milliseconds:.1f}ms"
    return f"{milliseconds:.0f}ms" if milliseconds < 10_000 else f"{milliseconds / 1000:.1f}s"


def _arrow(direction: Direction | None, style: Callable[[str], Style]) -> Segment:
    if direction is Direction.TO_CSMS:
        return Segment("→", style("to-csms"))
    if direction is Direction.TO_CHARGE_POINT:
        return Segment("←", style("to-charge-point"))
    return Segment("·", style("dim"))


def _sign(timeline: Timeline, index: int, waiting: bool, style: Callable[[str], Style]) -> Segment:
    """One character that says what is special, because colour alone must not."""
    if index in timeline.marks:
        return Segment("*", style("mark"))
    kind, answering = timeline.kind(index), timeline.answering(index)
    if waiting:
        return Segment("?", style("mark"))
    if kind is Kind.MALFORMED or timeline.verdict(index) is Verdict.INVALID:
        return Segment("✗", style("problem"))
    if kind in (Kind.CALLERROR, Kind.CALLRESULTERROR):
        return Segment("!", style("error"))
    if answering in (Answering.ORPHAN, Answering.SECOND):
        return Segment("?", style("problem"))
    if answering is Answering.LATE or timeline.is_duplicate_id(index):
        return Segment("~", style("problem"))
    return Segment(" ")


def _name(timeline: Timeline, index: int, record: Record, width: int, style: Callable[[str], Style]) -> Segment:
    """The action of a call, that of its call under an answer, the kind of anything else."""
    action = printable(timeline.action(index))
    match record.kind:
        case Kind.CALL | Kind.SEND:
            text = action or "(no action)"
        case Kind.CALLRESULT | Kind.CALLERROR | Kind.CALLRESULTERROR:
            text = f"└ {action or 'answer to nothing'}"
        case Kind.CONNECTION:
            event = timeline.event(index)
            text = event.value if event is not None else "connection"
        case _:
            text = record.kind.name.lower()
    return Segment(_fit(text, width) + " ", style(_part_of(record)))


def _part_of(record: Record) -> str:
    match record.kind:
        case Kind.CALL | Kind.SEND:
            return "call"
        case Kind.CALLRESULT:
            return "answer"
        case Kind.CALLERROR | Kind.CALLRESULTERROR:
            return "error"
        case Kind.MALFORMED:
            return "problem"
        case Kind.CONNECTION:
            return "problem" if record.detail.get("error") else "connection"
        case Kind.NOTE:
            return "note"
    return "control"


def _fit(text: str, width: int) -> str:
    return text.ljust(width) if len(text) <= width else text[: width - 1] + "…"
