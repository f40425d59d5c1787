"""Times that are named within a value, compared with the time of the record."""

from __future__ import annotations

from datetime import datetime

from ocpptui.ocpp.date_times import micros_of
from ocpptui.ocpp.durations import span_text
from ocpptui.unwrapping.unwrapped import InsideLine, field_line, problem_line


def moment_text(moment: datetime) -> str:
    """A time in UTC to the second."""
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC"


def validity_lines(what: str, first: datetime, last: datetime | None, time: int) -> list[InsideLine]:
    """From when until when something is valid, and whether it is at `time`, in µs since 1970."""
    period = f"from {moment_text(first)}" + (f" until {moment_text(last)}" if last is not None else "")
    begins = micros_of(first)
    if time < begins:
        return [
            field_line("valid", period),
            problem_line(f"{what} is not yet valid: {span_text(begins - time)} too early."),
        ]
    if last is None:
        return [field_line("valid", period)]
    ends = micros_of(last)
    if time > ends:
        return [
            field_line("valid", period),
            problem_line(f"{what} expired {span_text(time - ends)} before this record."),
        ]
    return [field_line("valid", f"{period}, at this record for another {span_text(ends - time)}")]
