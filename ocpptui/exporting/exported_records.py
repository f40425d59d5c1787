"""The exported records: the selected records of a timeline, one at a time, as an exporter needs them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import BinaryIO, Protocol

from ocpptui.describe.contents import contents_line, contents_of
from ocpptui.describe.record_in_full import detail_lines
from ocpptui.describe.record_line import summary_words
from ocpptui.diagnosis.findings import findings_at
from ocpptui.diagnosis.rule import Finding
from ocpptui.filter.selection import Selection
from ocpptui.ocpp.durations import duration_text
from ocpptui.ocpp.judgement import Verdict
from ocpptui.ocpp.message import Malformed, Message
from ocpptui.timeline.record import Record, RecordKind
from ocpptui.timeline.severity import Severity
from ocpptui.timeline.timeline import Timeline


class Redactor(Protocol):
    """Removes confidential data from records."""

    def record(self, record: Record, action: str, index: int) -> Record:
        """The same record without confidential data; `action` is that of the call that an answer belongs to, `index`
        its place in the timeline."""
        ...

    def action(self, action: str) -> str:
        """The name of an action, redacted if necessary."""
        ...


@dataclass(frozen=True)
class ExportedRecord:
    """One record, with what the timeline knows about it."""

    timeline: Timeline
    index: int
    """Index in the timeline."""
    record: Record
    """Redacted, if that was requested."""
    action: str
    """For an answer, that of its call; empty if it is unknown."""
    is_redacted: bool = False
    """Redaction was requested."""

    @property
    def frame(self) -> Message | Malformed | None:
        return self.record.frame

    @property
    def message_id(self) -> str:
        frame = self.frame
        return frame.id if isinstance(frame, Message) else ""

    @property
    def latency_ms(self) -> float | None:
        """For an answer, milliseconds since its call, machine-readable."""
        latency = self._latency
        return None if latency is None else latency / 1000

    @property
    def latency(self) -> str:
        """For an answer, the time since its call, for the user; empty if there is none."""
        latency = self._latency
        return "" if latency is None else duration_text(latency)

    @property
    def _latency(self) -> int | None:
        return self.timeline.latency(self.index) if self.record.kind.is_answer else None

    @property
    def verdict(self) -> Verdict:
        return self.timeline.verdict(self.index)

    @property
    def severity(self) -> Severity:
        """The severity of the worst finding."""
        return self.timeline.severity(self.index)

    @cached_property
    def findings(self) -> list[Finding]:
        """Its findings, worded for the exported record."""
        return findings_at(self.timeline, self.index, self.record, self.action, is_redacted=self.is_redacted)

    @property
    def problems(self) -> list[str]:
        """A sentence for each finding that is a warning or an error."""
        return [finding.text for finding in self.findings if finding.severity.is_problem]

    @property
    def notes(self) -> list[str]:
        """A sentence for each finding that is only information."""
        return [finding.text for finding in self.findings if not finding.severity.is_problem]

    @property
    def inside(self) -> list[str]:
        """What is wrapped within the values of the message, a line each; nothing is looked into after a redaction."""
        frame = self.frame
        if self.is_redacted or not isinstance(frame, Message):
            return []
        return [contents_line(found) for found in contents_of(self.timeline, self.index, frame)]

    @property
    def summary(self) -> str:
        """The record in one line, worded as on the screen."""
        event = self.timeline.event(self.index)
        words = summary_words(self.record, self.action)
        return f"{event.value}  {words}".rstrip() if event is not None else words

    @property
    def text(self) -> str:
        """The message as it was on the wire (bytes that are not UTF-8 as `\\xff`); the whole note; the
        details of an event, one per line."""
        raw = self.record.raw
        if self.record.kind is RecordKind.NOTE:
            return str(self.record.detail.get("text", ""))
        if raw is None:
            return "\n".join(detail_lines(self.record))
        return raw if isinstance(raw, str) else raw.decode("utf-8", "backslashreplace")


class Extract:
    """The selected records. Each is read on demand, so that a million of them need no memory."""

    def __init__(self, selection: Selection, redactor: Redactor | None = None) -> None:
        """The selection must be up to date with its timeline."""
        self.timeline = selection.timeline
        self._selection = selection
        self._redactor = redactor

    def __len__(self) -> int:
        return len(self._selection)

    def __iter__(self) -> Iterator[ExportedRecord]:
        return map(self.entry, self.indexes)

    @property
    def indexes(self) -> Iterator[int]:
        """The indexes of the selected records in the timeline."""
        return map(self._selection.index_of_row, range(len(self._selection)))

    def entry(self, index: int) -> ExportedRecord:
        """The record at an index of the timeline."""
        record, action = self.timeline.record(index), self.timeline.action(index)
        if self._redactor is not None:
            record = self._redactor.record(record, action, index)
        return ExportedRecord(self.timeline, index, record, self.action(action), self._redactor is not None)

    def action(self, action: str) -> str:
        """The name of an action, redacted if necessary."""
        return action if self._redactor is None else self._redactor.action(action)


@dataclass(slots=True)
class Exported:
    """The result of an export."""

    written: int = 0
    """How many records the output contains."""
    left_out: Counter[str] = field(default_factory=Counter)
    """How many records the format cannot contain, by their kind."""


class Exporter(Protocol):
    """Writes an extract in one format, record by record."""

    def __call__(self, extract: Extract, out: BinaryIO) -> Exported: ...
