"""A finding with what a reader needs who does not have the timeline, and how it is made."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ocpptui.describe.record_line import name_of, summary_words
from ocpptui.diagnosis.findings import findings_at
from ocpptui.ocpp.date_times import rfc3339_text
from ocpptui.ocpp.message import Malformed
from ocpptui.runtime.standard_input import input_name
from ocpptui.timeline.columns import TIMELESS
from ocpptui.timeline.record import Record, RecordKind
from ocpptui.timeline.severity import Severity
from ocpptui.timeline.timeline import Timeline

PlaceOf = Callable[[int], tuple[Path, int]]
"""Says of a record which file it comes from, and its line in it, from 1; 0 if it is in no line."""


@dataclass(slots=True)
class Mention:
    """Another record that a finding names."""

    index: int
    time: str
    summary: str
    file: str
    line: int


@dataclass(slots=True)
class ReportedFinding:
    """A finding with what a reader needs who does not have the timeline. Treat it as immutable.

    It is not frozen, because that would double the time to make one.
    """

    rule: str
    severity: Severity
    index: int
    """The index of the record in the timeline, from 0; reports for people count records from 1, as they do lines."""
    time: str
    """RFC 3339; empty if nothing says when."""
    charge_point: str
    connection: int
    version: str
    action: str
    direction: str
    """`cp-to-csms`, `csms-to-cp` or empty."""
    text: str
    remedy: str
    source: str
    summary: str
    """The record in a line."""
    related: tuple[Mention, ...]
    file: str = ""
    """The file that the record comes from; empty if that is not known."""
    line: int = 0
    """The line of the record in it, from 1; 0 if that is not known."""

    def to_dict(self) -> dict[str, Any]:
        """The finding as JSON values; without what is unknown."""
        values = {
            "rule": self.rule,
            "severity": self.severity.word,
            "record": self.index,
            "file": self.file,
            "line": self.line or "",
            "time": self.time,
            "chargePoint": self.charge_point,
            "connection": self.connection,
            "ocppVersion": self.version,
            "action": self.action,
            "direction": self.direction,
            "text": self.text,
            "remedy": self.remedy,
            "source": self.source,
            "summary": self.summary,
            "related": [
                {"record": one.index, "time": one.time, "summary": one.summary} for one in self.related
            ],
        }  # fmt: skip
        return {name: value for name, value in values.items() if value != ""}


class FindingWords:
    """Words the findings in a timeline that is complete and diagnosed."""

    def __init__(self, timeline: Timeline, place_of: PlaceOf | None = None) -> None:
        self._timeline = timeline
        self._place_of = place_of

    def of(self, index: int, rules: Collection[str]) -> Iterator[ReportedFinding]:
        """The findings of these rules in one record."""
        timeline = self._timeline
        record, action = timeline.record(index), timeline.action(index)
        found = findings_at(timeline, index, record, action, rules)
        if not found:
            return
        time, summary, place = self._time(index), self._summary(index, record), self._place(index)
        frame = record.frame if timeline.kinds[index] == RecordKind.MALFORMED else None
        for finding in found:
            is_told = isinstance(frame, Malformed) and frame.defect.text in finding.text
            yield ReportedFinding(
                finding.rule,
                finding.severity,
                index,
                time,
                record.charge_point,
                record.connection,
                "" if record.version is None else record.version.value,
                action,
                "" if record.direction is None else record.direction.value,
                finding.text,
                finding.remedy,
                finding.source,
                self._summary(index, record, without_defect=True) if is_told else summary,
                tuple(map(self._mention, finding.related)),
                *place,
            )

    def place(self, finding: ReportedFinding) -> None:
        """Add the places of the records to a finding that was worded by those who do not know them."""
        if self._place_of is not None:
            finding.file, finding.line = self._place(finding.index)
            for one in finding.related:
                one.file, one.line = self._place(one.index)

    def _mention(self, index: int) -> Mention:
        return Mention(
            index, self._time(index), self._summary(index, self._timeline.record(index)), *self._place(index)
        )

    def _place(self, index: int) -> tuple[str, int]:
        if self._place_of is None:
            return "", 0
        path, line = self._place_of(index)
        return input_name(path), line

    def _summary(self, index: int, record: Record, *, without_defect: bool = False) -> str:
        """The record in a line: what it is, and what it says; `without_defect` if a finding says what is wrong."""
        words = summary_words(record, self._timeline.action(index), without_defect=without_defect)
        return f"{name_of(self._timeline, index)}  {words}".strip()

    def _time(self, index: int) -> str:
        timeline = self._timeline
        is_timeless = timeline.kinds[index] <= RecordKind.SEND and timeline.flags[index] & TIMELESS
        return "" if is_timeless else rfc3339_text(timeline.times[index])
