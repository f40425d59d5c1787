"""What a record is copied as: its JSON, the raw text, or the command that sends it again."""

from __future__ import annotations

import shlex
from enum import StrEnum

from ocpptui.protocol.frame import Frame
from ocpptui.session.json_text import indented
from ocpptui.timeline.record import Kind, Record
from ocpptui.timeline.timeline import Timeline


class Copied(StrEnum):
    """The three ways to copy a record."""

    JSON = "JSON"
    RAW = "raw"
    COMMAND = "command"


def copied(timeline: Timeline, index: int, how: Copied) -> str | None:
    """The text of the record at `index`; None where it has none of that sort."""
    record = timeline.record(index)
    frame = record.frame
    if how is Copied.RAW:
        raw = record.raw
        return raw.decode("utf-8", "backslashreplace") if isinstance(raw, bytes) else raw
    if not isinstance(frame, Frame):
        return None
    if how is Copied.JSON:
        return indented(frame.payload_text)
    return _command(timeline, index, record, frame)


def _command(timeline: Timeline, index: int, record: Record, frame: Frame) -> str | None:
    """`ocpptui send` with what this call was; an answer is no command."""
    if record.kind not in (Kind.CALL, Kind.SEND) or frame.action is None:
        return None
    version = ["--version", str(record.version)] if record.version is not None else []
    url = _url(timeline, record) or f"ws://localhost:9000/{record.charge_point}"
    words = ["ocpptui", "send", url, frame.action, *version, "--json", "-"]
    return f"echo {shlex.quote(frame.payload_text)} | {shlex.join(words)}"


def _url(timeline: Timeline, record: Record) -> str | None:
    """The URL of the record's connection, as far as a record tells it."""
    for index in range(min(len(timeline), 2000)):
        if timeline.kind(index) is Kind.CONNECTION and timeline.connection(index) == record.connection:
            url = timeline.record(index).detail.get("url")
            if isinstance(url, str) and "://" in url:
                return url
    return None
