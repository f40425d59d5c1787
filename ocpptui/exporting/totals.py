"""Totals of the selected records, counted in the columns of the timeline without reading any text."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from statistics import median

from ocpptui.exporting.exported_records import Extract
from ocpptui.ocpp.correlation import AnswerStatus
from ocpptui.ocpp.durations import duration_text
from ocpptui.ocpp.judgement import Verdict
from ocpptui.timeline.record import RecordKind
from ocpptui.timeline.severity import Severity


@dataclass(slots=True)
class ActionCounts:
    """The results of the calls of one action."""

    calls: int = 0
    unanswered: int = 0
    errors: int = 0
    invalid: int = 0
    latencies: array[int] = field(default_factory=lambda: array("q"))
    """Microseconds, of each answer."""

    @property
    def median(self) -> str:
        """The median time of the answers, for the user; empty if there are none."""
        return duration_text(median(self.latencies)) if self.latencies else ""

    @property
    def longest(self) -> str:
        return duration_text(max(self.latencies)) if self.latencies else ""


@dataclass(slots=True)
class Summary:
    """Counts over the selected records."""

    records: int = 0
    calls: int = 0
    answers: int = 0
    errors: int = 0
    unanswered: int = 0
    orphans: int = 0
    malformed: int = 0
    invalid: int = 0
    problems: int = 0
    """Records with a warning or an error."""
    first: int | None = None
    last: int | None = None
    """Microseconds since 1970 UTC of the earliest and the latest record."""
    actions: dict[str, ActionCounts] = field(default_factory=dict)

    @property
    def words(self) -> list[tuple[str, int]]:
        """Each count with its name."""
        return [
            ("records", self.records),
            ("calls", self.calls),
            ("answers", self.answers),
            ("errors", self.errors),
            ("unanswered calls", self.unanswered),
            ("orphan answers", self.orphans),
            ("malformed", self.malformed),
            ("invalid", self.invalid),
            ("problems", self.problems),
        ]


def totals_of(extract: Extract) -> Summary:
    """Count the selected records."""
    timeline, counts = extract.timeline, Summary()
    for index in extract.indexes:
        kind, time = timeline.kinds[index], timeline.times[index]
        counts.records += 1
        counts.problems += timeline.severities[index] >= Severity.WARNING
        counts.first = time if counts.first is None else min(counts.first, time)
        counts.last = time if counts.last is None else max(counts.last, time)
        if kind > RecordKind.SEND:
            continue
        if kind == RecordKind.MALFORMED:
            counts.malformed += 1
            continue
        of_action = counts.actions.setdefault(extract.action(timeline.action(index)), ActionCounts())
        invalid = timeline.verdicts[index] == Verdict.INVALID
        counts.invalid += invalid
        of_action.invalid += invalid
        if timeline.is_substitute(index):
            continue
        if kind in (RecordKind.CALL, RecordKind.SEND):
            unanswered = timeline.is_unanswered(index)
            counts.calls += kind == RecordKind.CALL
            counts.unanswered += unanswered
            of_action.calls += 1
            of_action.unanswered += unanswered
            continue
        error = kind != RecordKind.CALLRESULT
        counts.answers += 1
        counts.errors += error
        of_action.errors += error
        counts.orphans += timeline.answerings[index] == AnswerStatus.ORPHAN
        if (latency := timeline.latency(index)) is not None:
            of_action.latencies.append(latency)
    return counts
