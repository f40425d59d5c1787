"""A rule, the facts by which it decides, and its findings."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

from ocpptui.diagnosis.fact_kinds import IdUse, Refused, Stray
from ocpptui.ocpp.correlation import AnswerStatus
from ocpptui.ocpp.durations import measured_text, stated_text
from ocpptui.ocpp.judgement import defects_of
from ocpptui.ocpp.message import Malformed, Message
from ocpptui.ocpp.version import Direction, Transport, Version
from ocpptui.timeline.noticed import Noticed
from ocpptui.timeline.record import ConnectionEvent, Record, RecordKind
from ocpptui.timeline.severity import Severity
from ocpptui.timeline.timeline import Timeline


class Facts(NamedTuple):
    """What the columns of a timeline say about a record, as far as rules need it. Many records share their facts."""

    kind: RecordKind
    version: Version | None = None
    transport: Transport = Transport.JSON
    event: ConnectionEvent | None = None
    """What happened to the connection."""
    answering: AnswerStatus = AnswerStatus.NONE
    remarks: frozenset[str] = frozenset()
    """Names of the remarks on the message alone (see `ocpptui.ocpp.judgement`)."""
    id_use: IdUse = IdUse.NEW
    """Whether the message id of this call was used before."""
    tells_error: bool = False
    """The connection event reports an error."""
    is_overdue: bool = False
    """The call has waited longer than the time-out, and has no answer."""
    is_left_behind: bool = False
    """The connection ended before the answer to the call was due, and it has none."""
    lacks_answers: bool = False
    """The call has no answer, and is the first of several, in whose direction the recording has none at all."""
    lacks_lines: bool = False
    """The call has no answer, and is on a connection of which other messages are certainly not in the recording."""
    stray: Stray = Stray.NONE
    """What an answer without a call belongs to."""
    refused: Refused = Refused.NOTHING
    """What an error refuses."""
    accepts_wrong: bool = False
    """The CALLRESULT answers a call that breaks its schema."""


class Told(NamedTuple):
    """What a rule says about one record, in addition to the fields of the finding."""

    text: str
    """One sentence for the user."""
    related: tuple[int, ...] = ()
    """Indexes of the other records concerned."""


class Case:
    """One record, for wording a finding."""

    def __init__(
        self,
        timeline: Timeline,
        index: int,
        record: Record | None = None,
        action: str | None = None,
        *,
        is_redacted: bool = False,
    ) -> None:
        """`record` and `action` replace the timeline's own if they are shown redacted."""
        self.timeline = timeline
        self.index = index
        self.record = timeline.record(index) if record is None else record
        self.is_redacted = is_redacted
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
        """The action; for an answer, that of its call; "" if it is unknown."""
        if isinstance(self.frame, Message) and self.frame.action is not None:
            return self.frame.action
        return self.timeline.action(self.index) if self._action is None else self._action

    def noticed(self, rule: str) -> list[Noticed]:
        """What checkers noticed for a rule."""
        return [one for one in self.timeline.noticed.get(self.index, ()) if one.rule == rule]

    def shown(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """The values of a finding; of a redacted record, without the texts that it does not contain."""
        hide = self.timeline.without_secrets  # which may have been known only later
        foreign = {name: hide(one) for name, one in values.items() if isinstance(one, str) and type(one) is not Phrase}
        if self.is_redacted:
            raw = self.record.raw
            text = raw if isinstance(raw, str) else (raw or b"").decode("utf-8", "replace")
            foreign = {name: one if one in text else "…" for name, one in foreign.items()}
        return {**values, **foreign}

    @property
    def related(self) -> tuple[int, ...]:
        """The other half of the exchange, or what the record refers to without being its other half."""
        other = self.timeline.other_half(self.index)
        other = self.timeline.related(self.index) if other is None else other
        return () if other is None else (other,)


def remarked(*names: str) -> Callable[[Facts], bool]:
    """Whether a message has one of these remarks (see `Facts.remarks`)."""
    return lambda facts: not facts.remarks.isdisjoint(names)


def tells_defects(*names: str) -> Callable[[Case], Iterator[Told]]:
    """The sentences of the defects with these names, or of all defects if none is named."""

    def tell(case: Case) -> Iterator[Told]:
        frame = case.frame
        if frame is None:
            return
        for defect in defects_of(case.version, frame):
            if not names or defect.name in names:
                is_readable = isinstance(frame, Message)
                yield Told(as_sentence(defect.text) if is_readable else f"Not an OCPP message: {defect.text}.")

    return tell


class TimeSpan(int):
    """A span of time in µs, as a value of a finding: `TimeSpan(15_200_000)` is shown as `15.2 s`."""

    def __format__(self, spec: str) -> str:
        return measured_text(int(self))


class StatedTime(int):
    """Whole seconds that a message states, as a value of a finding: `StatedTime(7200)` is shown as `2 h`."""

    def __format__(self, spec: str) -> str:
        return stated_text(int(self))


class Phrase(str):
    """Words of ocpptui as a value of a finding, where a sentence has alternatives; redaction leaves them."""

    __slots__ = ()


def _never(facts: Facts) -> bool:
    return False


def as_sentence(words: str) -> str:
    """Words as a sentence: with a capital letter and a full stop."""
    return f"{words[:1].upper()}{words[1:]}{'' if words.endswith('?') else '.'}"


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """One thing that may be wrong with a record."""

    id: str
    """Theme and name, `rpc.orphan-answer` for example; the user filters by it, and it never changes."""
    severity: Severity
    sentence: str
    """What is wrong if the rule is broken, in general."""
    source: str
    """OCPP document and section, or RFC."""
    holds: Callable[[Facts], bool] = _never
    """Whether a record with these facts breaks the rule; never, if a checker finds what breaks it."""
    tell: Callable[[Case], Iterable[Told]] = field(default=lambda case: ())
    """What to say about one record; if that is nothing, the general sentence is used."""
    versions: frozenset[Version] = frozenset(Version)
    """The versions that have the rule; it also applies to records whose version is unknown."""
    severities: Mapping[Version, Severity] = field(default_factory=dict)
    """The severity in versions in which it differs."""
    replaces: frozenset[str] = frozenset()
    """Ids of rules that do not apply to a record of which this one holds: it says better what is the matter."""
    says: str = ""
    """The sentence about one record, of a rule that a checker checks, with the names of values in braces."""
    remedy: str = ""
    """The consequence, or what to do about it; a sentence or two."""
    positive: tuple[str, ...] = ()
    """Traces that break the rule at their marked lines (see `ocpptui.diagnosis.trace`)."""
    negative: tuple[str, ...] = ()
    """Traces that are like them, and do not break it."""

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
    """The index of the record in the timeline."""
    related: tuple[int, ...]
    """The indexes of the other records concerned."""
    text: str
    """One sentence for the user."""
    remedy: str = ""
    """The consequence, or what to do about it; empty if there is nothing to say."""
    source: str = ""
    """OCPP document and section, or RFC."""


def findings_of(rule: Rule, case: Case) -> Iterator[Finding]:
    """The findings of a rule that a record breaks; at least one."""
    severity = rule.severity_in(case.version)
    told = tuple(_noticed(rule, case)) or tuple(rule.tell(case)) or (Told(rule.sentence, case.related),)
    for text, related in told:
        yield Finding(rule.id, severity, case.index, related, text, rule.remedy, rule.source)


def _noticed(rule: Rule, case: Case) -> Iterator[Told]:
    """What checkers noticed: in the sentence for its values, or as the rule words it from the record."""
    for one in case.noticed(rule.id):
        if rule.says and one.values:
            yield Told(rule.says.format(**case.shown(one.values)), one.related)
        else:
            for text, _ in tuple(rule.tell(case)) or (Told(rule.sentence),):
                yield Told(text, one.related)
