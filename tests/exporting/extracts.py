"""Timelines of chosen records, and what an exporter makes of them."""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import Any

from ocpptui.diagnosis.diagnosis import Diagnosis
from ocpptui.exporting import Format
from ocpptui.exporting.exported_records import Exported, Extract, Redactor
from ocpptui.filter.selection import Selection
from ocpptui.ocpp.version import Direction, Version
from ocpptui.timeline.record import ConnectionEvent, Record, RecordKind, message_record
from ocpptui.timeline.timeline import Timeline

SECOND = 1_000_000
START = 1_795_341_723 * SECOND
UP, DOWN = Direction.TO_CSMS, Direction.TO_CHARGE_POINT

HOSTILE = [
    "</script><script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</pre></details><h1>x",
    "'; touch /tmp/owned; '",
    "$(touch owned) `touch owned` ${IFS}",
    '=HYPERLINK("http://evil.example","x")',
    "+1+cmd|' /C calc'!A0",
    "@SUM(1)",
    "-2+3",
    "| a | b |\n# head\n[x](javascript:alert(1)) ![y](http://z) <b>**bold** `code` www.evil.example",
    "\x1b]0;title\x07\x1b[2J\r\n\u202egnp.exe\u2066\ud800",
    "OCPPTUI\nEOF\n",
]
"""What would act if an exporter passed it on as it is."""


def message(raw: str | bytes, direction: Direction = UP, **others: Any) -> Record:
    given: dict[str, Any] = {"time": START, "connection": 1, "charge_point": "CP001", "version": Version.V16}
    return message_record(raw, direction=direction, **{**given, **others})


def event(what: ConnectionEvent, **detail: Any) -> Record:
    return Record(START, 1, RecordKind.CONNECTION, None, "CP001", Version.V16, detail={"event": what.value, **detail})


def timeline_of(records: Iterable[Record]) -> Timeline:
    timeline = Timeline()
    Diagnosis(timeline)
    for record in records:
        timeline.append(record)
    return timeline


def extract_of(records: Iterable[Record], redactor: Redactor | None = None) -> Extract:
    return Extract(Selection(timeline_of(records)), redactor)


def export(format_: Format, records: Iterable[Record]) -> tuple[bytes, Exported]:
    """The output for these records."""
    out = io.BytesIO()
    exported = format_.exporter(extract_of(records), out)
    return out.getvalue(), exported
