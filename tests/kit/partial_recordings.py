"""What is left of a recording that begins or ends anywhere, lacks times, or lost a line."""

from __future__ import annotations

from collections.abc import Iterator
from math import inf

from ocpptui.diagnosis.diagnosis import Diagnosis
from ocpptui.diagnosis.findings import findings_at
from ocpptui.timeline.record import Record
from ocpptui.timeline.timeline import Timeline


def problems_of(records: list[Record], *topics: str) -> list[tuple[str, str]]:
    """The rules with these topics that the records break, with the sentences; no notes."""
    timeline = Timeline()
    diagnosis = Diagnosis(timeline)
    for record in records:
        timeline.append(record)
    assert diagnosis.advance(inf)
    return [
        (one.rule, one.text)
        for index in range(len(timeline))
        for one in findings_at(timeline, index)
        if one.severity.is_problem and one.rule.startswith(topics)
    ]


def parts(records: list[Record]) -> Iterator[list[Record]]:
    """The whole, and what is left of it if the recording begins or ends anywhere."""
    for first in range(len(records)):
        yield records[first:]
        yield records[: first + 1]


def without_times(records: list[Record]) -> list[Record]:
    """The same as if nothing said when each message was sent."""
    for record in records:
        if record.kind.is_message:
            record.detail = {**record.detail, "timeless": True}
    return records


def without_one(records: list[Record]) -> Iterator[list[Record]]:
    """What is left if the logger lost any one message."""
    for missing, record in enumerate(records):
        if record.kind.is_message:
            yield [*records[:missing], *records[missing + 1 :]]
