"""What `check` reports of the records of a timeline: a verdict, counts, what could not be checked, and the findings."""

from __future__ import annotations

from array import array
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from ocpptui.diagnosis.registry import RULE_BY_ID
from ocpptui.diagnosis.rules.capture_faults import CUT
from ocpptui.exporting.mid_session import begun_late, left_open
from ocpptui.exporting.reported_finding import FindingWords, PlaceOf, ReportedFinding
from ocpptui.exporting.shared_wording import Wanted, worded_findings
from ocpptui.ocpp.counted import counted
from ocpptui.ocpp.identity import NAMELESS
from ocpptui.recording.timeline_process import TimelineProcess
from ocpptui.timeline.columns import TIMELESS
from ocpptui.timeline.record import RecordKind
from ocpptui.timeline.severity import Severity
from ocpptui.timeline.timeline import Timeline

NAMED = 5
"""How many charge points a sentence names."""


class CheckVerdict(StrEnum):
    """What is to be thought of the records as a whole."""

    ERRORS = "errors"
    WARNINGS = "warnings"
    NO_PROBLEMS = "no-problems"
    """Everything could be checked, and there is neither an error nor a warning."""
    PARTLY_CHECKED = "partly-checked"
    """There is neither, but not everything could be checked."""
    NOTHING_FOUND = "nothing-found"
    """There is neither among the rules and severities that are reported; there may be others."""
    NOT_CHECKED = "not-checked"
    """There is nothing that could be checked."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Which findings are reported."""

    rules: frozenset[str] = frozenset(RULE_BY_ID)
    """The ids of the rules."""
    least: Severity = Severity.INFO
    """The lowest severity."""
    charge_points: Collection[str] = ()
    """Only of these; of all if there are none."""

    @property
    def has_all_problems(self) -> bool:
        """Whether every error and every warning is reported."""
        return self.least <= Severity.WARNING and len(self.rules) == len(RULE_BY_ID)


@dataclass(slots=True)
class RuleCount:
    """How often a rule is broken."""

    severity: Severity = Severity.NONE
    """The worst."""
    records: int = 0
    charge_points: Counter[str] = field(default_factory=Counter)
    """How many records of each charge point; "" if it is unknown."""


class CheckReport:
    """The findings in a timeline that is complete and diagnosed; each is worded when it is asked for."""

    def __init__(
        self,
        timeline: Timeline,
        choice: Choice | None = None,
        name: str = "",
        unread: Collection[str] = (),
        place_of: PlaceOf | None = None,
        helpers: Sequence[TimelineProcess] = (),
    ) -> None:
        """`name` says what was checked, `unread` what could not be read of it, in sentences; `helpers` have a copy of
        the timeline's rows, and word a part of the findings."""
        self.timeline = timeline
        self.name = name
        self._choice = choice or Choice()
        self._unread = unread
        self._words = FindingWords(timeline, place_of)
        self._helpers = helpers
        self._of_sets: dict[tuple[int, int], tuple[tuple[str, Severity], ...]] = {}

    # -- which findings -----------------------------------------------------------------------------------------

    def reported(self, index: int) -> tuple[tuple[str, Severity], ...]:
        """The rules that a record breaks, with their severities, as far as they are reported."""
        timeline, choice = self.timeline, self._choice
        number = timeline.findings[index]
        if not number:
            return ()
        if choice.charge_points and timeline.charge_point(index) not in choice.charge_points:
            return ()
        key = (number, timeline.parties[index])
        found = self._of_sets.get(key)
        if found is None:
            version = timeline.version(index)
            rated = ((rule, RULE_BY_ID[rule].severity_in(version)) for rule in timeline.rule_sets[number])
            found = tuple(one for one in rated if one[0] in choice.rules and one[1] >= choice.least)
            self._of_sets[key] = found
        return found

    @cached_property
    def indexes(self) -> array[int]:
        """The indexes of the records with a reported finding."""
        numbers = enumerate(self.timeline.findings)
        return array("I", (index for index, number in numbers if number and self.reported(index)))

    @property
    def findings(self) -> Iterator[ReportedFinding]:
        """The findings in the order of their records."""
        yield from self._worded((index, self._rules_at(index)) for index in self.indexes)

    @property
    def findings_by_rule(self) -> Iterator[ReportedFinding]:
        """The findings of one rule after the other, in the order of `rules`."""
        breaking = {rule: array("I") for rule in self.rules}
        for index in self.indexes:
            for rule in self._rules_at(index):
                breaking[rule].append(index)
        yield from self._worded((index, (rule,)) for rule, indexes in breaking.items() for index in indexes)

    def findings_of(self, index: int) -> Iterator[ReportedFinding]:
        """The reported findings of one record."""
        return self._words.of(index, self._rules_at(index))

    def _rules_at(self, index: int) -> tuple[str, ...]:
        return tuple(rule for rule, _ in self.reported(index))

    def _worded(self, wanted: Iterable[Wanted]) -> Iterator[ReportedFinding]:
        return worded_findings(self.timeline, wanted, self._words, self._helpers)

    # -- counts and verdict -------------------------------------------------------------------------------------

    @cached_property
    def _alike(self) -> list[tuple[tuple[tuple[str, Severity], ...], str, int]]:
        """How many records of one party break the same rules: these with their severities, the charge point, how many;
        in the order of their first records. A recording has few such groups, and may have many records in them.
        """
        findings, parties, table = self.timeline.findings, self.timeline.parties, self.timeline.party_table
        counts = Counter((findings[index], parties[index]) for index in self.indexes)
        return [(self._of_sets[key], table[key[1]].charge_point, count) for key, count in counts.items()]

    @cached_property
    def rules(self) -> dict[str, RuleCount]:
        """How often each rule is broken, the worst and the most frequent first."""
        counts = defaultdict[str, RuleCount](RuleCount)
        for broken, charge_point, records in self._alike:
            for rule, severity in broken:
                count = counts[rule]
                count.severity = max(count.severity, severity)
                count.records += records
                count.charge_points[charge_point] += records
        return dict(sorted(counts.items(), key=lambda one: (-one[1].severity, -one[1].records, one[0])))

    @cached_property
    def severities(self) -> Counter[Severity]:
        """How many records have each severity as that of their worst reported finding."""
        return sum(self.charge_points.values(), Counter[Severity]())

    @cached_property
    def charge_points(self) -> dict[str, Counter[Severity]]:
        """The same for each charge point, the worst first; "" if it is unknown."""
        counts = defaultdict[str, Counter[Severity]](Counter)
        for broken, charge_point, records in self._alike:
            counts[charge_point][max(severity for _, severity in broken)] += records
        order = (Severity.ERROR, Severity.WARNING, Severity.INFO)
        return dict(sorted(counts.items(), key=lambda one: [-one[1][severity] for severity in order]))

    @property
    def worst(self) -> Severity:
        """The worst severity that is reported."""
        return max(self.severities, default=Severity.NONE)

    @property
    def verdict(self) -> CheckVerdict:
        if self.severities[Severity.ERROR]:
            return CheckVerdict.ERRORS
        if self.severities[Severity.WARNING]:
            return CheckVerdict.WARNINGS
        if not self._messages and not self.severities:
            return CheckVerdict.NOT_CHECKED
        if not self._choice.has_all_problems:
            return CheckVerdict.NOTHING_FOUND
        return CheckVerdict.PARTLY_CHECKED if self.not_checked else CheckVerdict.NO_PROBLEMS

    @property
    def verdict_sentence(self) -> str:
        """The verdict for the user."""
        counts, records = self.severities, counted(self.records, "record")
        found = [f"{words} in {counts[severity]:,}" for severity, words in _PLURALS.items() if counts[severity]]
        match self.verdict:
            case CheckVerdict.ERRORS | CheckVerdict.WARNINGS:
                first, *others = found
                return f"{', '.join((f'{first} of {records}', *others))}.".capitalize()
            case CheckVerdict.NOT_CHECKED if self._choice.charge_points:
                return f"Nothing was checked: there is no message of {_named(sorted(self._choice.charge_points))}."
            case CheckVerdict.NOT_CHECKED:
                return f"Nothing was checked: {records}, none of which is an OCPP message."
            case verdict:
                return f"{_GOOD[verdict]}: {records}{''.join(f', {one}' for one in found)}."

    @property
    def records(self) -> int:
        """How many records were checked, of the charge points that are reported."""
        only, table = self._choice.charge_points, self.timeline.party_table
        return sum(
            count for (party, _, _), count in self._rows.items() if not only or table[party].charge_point in only
        )

    @property
    def _messages(self) -> int:
        """How many records are messages of the charge points that are reported."""
        return sum(self._messages_by_party().values())

    def _messages_by_party(self, flag: int = 0) -> Counter[int]:
        """How many messages with a flag each party has."""
        only, table, counts = self._choice.charge_points, self.timeline.party_table, Counter[int]()
        for (party, kind, flags), count in self._rows.items():
            is_chosen = not only or table[party].charge_point in only
            if is_chosen and kind <= RecordKind.SEND and flags & flag == flag:
                counts[party] += count
        return counts

    def _cut_by_party(self) -> Counter[int]:
        """How many messages of each party a log has only in part."""
        only, timeline, counts = self._choice.charge_points, self.timeline, Counter[int]()
        cut = {number for number, rules in enumerate(timeline.rule_sets) if CUT.id in rules}
        if cut:
            for party, number in zip(timeline.parties, timeline.findings, strict=True):
                if number in cut and (not only or timeline.party_table[party].charge_point in only):
                    counts[party] += 1
        return counts

    @cached_property
    def _rows(self) -> Counter[tuple[int, int, int]]:
        """How many records have the same party, kind and flags."""
        timeline = self.timeline
        return Counter(zip(timeline.parties, timeline.kinds, timeline.flags, strict=True))

    # -- what could not be checked ------------------------------------------------------------------------------

    @cached_property
    def not_checked(self) -> list[str]:
        """What could not be checked and why, in sentences."""
        table, said = self.timeline.party_table, list(self._unread)
        messages = self._messages_by_party()
        unknown = {party: count for party, count in messages.items() if table[party].version is None}
        if unknown:
            said.append(
                f"{counted(sum(unknown.values()), 'message')}{self._of(unknown)}: the OCPP version is unknown, "
                "so only the rules of all versions were applied."
            )
        timeless = self._messages_by_party(TIMELESS)
        if timeless:
            count = sum(timeless.values())
            sent, them = ("it was sent", "it") if count == 1 else ("they were sent", "them")
            said.append(
                f"{counted(count, 'message')}{self._of(timeless)}: nothing says when {sent}, "
                f"so no rule about time was applied to {them}."
            )
        names = {table[party].charge_point for party in messages}
        if cut := self._cut_by_party():
            count = sum(cut.values())
            them = "it" if count == 1 else "each"
            said.append(
                f"{counted(count, 'message')}{self._of(cut)}: the log has only a part of {them}, "
                "so its content was not checked."
            )
        if late := begun_late(self.timeline, names):
            said.append(
                f"{_named([name or NAMELESS for name in late])}: the recording begins in mid-session, "
                "so what depends on earlier messages was not checked."
            )
        if running := left_open(self.timeline, names):
            what = f"transaction {next(iter(running.values()))}" if len(running) == 1 else "a transaction"
            said.append(
                f"{_named([name or NAMELESS for name in running])}: the recording ends while {what} is open, "
                "so its end was not checked."
            )
        return said

    def _of(self, parties: Collection[int]) -> str:
        names = dict.fromkeys(self.timeline.party_table[party].charge_point for party in parties)
        known = [name for name in names if name]
        return f" of {_named(known)}" if known else ""


_PLURALS = {Severity.ERROR: "errors", Severity.WARNING: "warnings", Severity.INFO: "notes"}
_GOOD = {
    CheckVerdict.NO_PROBLEMS: "No problems",
    CheckVerdict.PARTLY_CHECKED: "No problems in what could be checked",
    CheckVerdict.NOTHING_FOUND: "Nothing of what was asked for was found",
}


def _named(names: list[str]) -> str:
    more = len(names) - NAMED
    return ", ".join(names[:NAMED]) + (f" and {counted(more, 'other')}" if more > 0 else "")
