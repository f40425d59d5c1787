"""What a rule is, what it decides by, and what it tells."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from functools import cached_property
from typing import NamedTuple

from ocpptui.ocpp.correlation import AnswerStatus
from ocpptui.ocpp.judgement import defects_of
from ocpptui.ocpp.message import Malformed, Message
from ocpptui.ocpp.version import Direction, Transport, Version
from ocpptui.timeline.record import ConnectionEvent, Record, RecordKind
from ocpptui.timeline.severity import Severity
from ocpptui.timeline.timeline import Timeline


class IdUse(Enum):
    """How a call relates to the one that used its message id before."""

    NEW = auto()
    """There is none."""
    RETRY = auto()
    """That one was the same call, and had no answer yet."""
    COLLISION = auto()
    """That one was another call, and had no answer yet."""
    REUSE = auto()
    """That one had its answer."""


class Facts(NamedTuple):
    """What the columns of a timeline say of a record, as far as rules decide by it. Many records share their facts."""

    kind: RecordKind
    version: Version | None = None
    transport: Transport = Transport.JSON
    event: ConnectionEvent | None = None
    """What happened to the connection."""
    answering: AnswerStatus = AnswerStatus.NONE
    remarks: frozenset[str] = frozenset()
    """Names of what was noticed in the message itself (see `ocpptui.ocpp.judgement`)."""
    id_use: IdUse = IdUse.NEW
    """Whether the message id of this call was used before."""
    tells_error: bool = False
    """The connection event tells an error."""
    lets_pass: bool = False
    """Something was wrong with the handshake and let pass."""
    is_overdue: bool = False
    """The call has waited longer than the time-out, and has no answer."""
    may_answer_before: bool = False
    """The answer has no call, and the recording begins so shortly before it that its call may not be in there."""
    refuses_wrong: bool = False
    """The error refuses a message that is wrong, or malformed."""


class Told(NamedTuple):
    """What a rule says of one record, apart from what the finding itself has."""

    text: str
    """One sentence for a person."""
    related: tuple[int, ...] = ()
    """Indexes of the other records that it is about."""


class Case:
    """One record, for the words of a finding."""

    def __init__(self, timeline: Timeline, index: int, record: Record | None = None, action: str | None = None) -> None:
        """`record` and `action` take the place of the timeline's own, where they are to be shown redacted."""
        self.timeline = timeline
        self.index = index
        self.record = timeline.record(index) if record is None else record
        self._action = action

    @cached_property
    def frame(self) -> Message | Malformed | None:
        return self.record.frame

    @property
    def version(self) -> Version | None:
        return self.record.version

    @property
    def direction(self) -> Direction | None:
        return self.record.direction

    @cached_property
    def action(self) -> str:
        """The action; of an answer that of its call; "" where it is not known."""
        if isinstance(self.frame, Message) and self.frame.action is not None:
            return self.frame.action
        return self.timeline.action(self.index) if self._action is None else self._action

    @property
    def related(self) -> tuple[int, ...]:
        """The other half of the exchange, or what the record refers to without being its other half."""
        other = self.timeline.other_half(self.index)
        other = self.timeline.related(self.index) if other is None else other
        return () if other is None else (other,)


def tells_defects(*names: str) -> Callable[[Case], Iterator[Told]]:
    """What the defects of these names say, or all of them where none is named."""

    def tell(case: Case) -> Iterator[Told]:
        frame = case.frame
        if frame is None:
            return
        for defect in defects_of(case.version, frame):
            if not names or defect.name in names:
                is_readable = isinstance(frame, Message)
                yield Told(as_sentence(defect.text) if is_readable else f"Not an OCPP message: {defect.text}.")

    return tell


def as_sentence(words: str) -> str:
    """Words as a sentence: with a capital letter and a full stop."""
    return f"{words[:1].upper()}{words[1:]}{'' if words.endswith('?') else '.'}"


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that may be wrong with a record."""

    id: str
    """Theme and name, `rpc.orphan-answer` for example; it is what a person filters by, and never changes."""
    severity: Severity
    sentence: str
    """What is wrong where the rule holds, in general."""
    source: str
    """OCPP document and section, or RFC."""
    holds: Callable[[Facts], bool]
    """Whether a record with these facts breaks the rule."""
    tell: Callable[[Case], Iterable[Told]] = field(default=lambda case: ())
    """What there is to say of one record; where that is nothing, the sentence is said."""
    versions: frozenset[Version] = frozenset(Version)
    """The versions that have the rule; it also looks at records whose version is not known."""
    severities: Mapping[Version, Severity] = field(default_factory=dict)
    """The severity in versions where it is another."""

    def severity_in(self, version: Version | None) -> Severity:
        return self.severity if version is None else self.severities.get(version, self.severity)

    def applies(self, facts: Facts) -> bool:
        """Whether a record with these facts breaks the rule, in its version."""
        return (facts.version is None or facts.version in self.versions) and self.holds(facts)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong with one record."""

    rule: str
    """Id of the rule."""
    severity: Severity
    index: int
    """The record, by its place in the timeline."""
    related: tuple[int, ...]
    """The other records that it is about."""
    text: str
    """One sentence for a person."""


def findings_of(rule: Rule, case: Case) -> Iterator[Finding]:
    """What a rule that a record breaks says of it; at least one finding."""
    severity = rule.severity_in(case.version)
    told = tuple(rule.tell(case)) or (Told(rule.sentence, case.related),)
    for text, related in told:
        yield Finding(rule.id, severity, case.index, related, text)
