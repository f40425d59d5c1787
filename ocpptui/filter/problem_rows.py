"""The rows of the list of problems, kept up to date in slices of time."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from time import perf_counter
from typing import NamedTuple

from ocpptui.diagnosis.registry import RULE_BY_ID
from ocpptui.filter.query import parse_filter
from ocpptui.filter.selection import Selection
from ocpptui.timeline.severity import Severity
from ocpptui.timeline.timeline import Timeline

STEP = 256
"""How many findings are counted between two checks of the time."""


class Listed(Enum):
    """Which records the list has, by their worst finding. The value is the filter for them."""

    PROBLEMS = "problem"
    ERRORS = "severity:error"
    WARNINGS = "severity:warning"
    EVERYTHING = "severity:error or severity:warning or severity:info"

    @property
    def next(self) -> Listed:
        """The one that a key shows after this one."""
        every = tuple(Listed)
        return every[(every.index(self) + 1) % len(every)]

    def has(self, severity: Severity) -> bool:
        """Whether it has what is of this severity."""
        return severity in _SEVERITIES[self]


class ProblemRow(NamedTuple):
    """One row: a record with findings, or the rule that the records below it break."""

    rule: str = ""
    """The id of the rule by which it is grouped; empty if nothing is grouped."""
    record: int | None = None
    """The index of the record in the timeline; None for a rule."""


class ProblemRows:
    """The records with findings in the order of the timeline, or grouped by rule, of which each may be open or closed.

    Nothing is worded here. Call `advance` until it returns True, and again whenever findings may have been revised.
    """

    def __init__(self, timeline: Timeline) -> None:
        self.timeline = timeline
        self.by_rule = False
        self.counts: dict[str, int] = {}
        """How many records break each rule."""
        self._worst: dict[str, Severity] = {}
        self._known: dict[int, int] = {}  # the rules of each record that are counted, as a number of the timeline
        self._counted = 0  # revisions before this one are counted
        self._open: dict[str, Selection] = {}
        self._rules: list[str] = []  # the groups, in their order
        self.listed = Listed.PROBLEMS

    @property
    def listed(self) -> Listed:
        """Which records are in the list."""
        return self._listed

    @listed.setter
    def listed(self, listed: Listed) -> None:
        self._listed = listed
        self._selection = Selection(self.timeline, parse_filter(listed.value))
        self._sort_rules()

    @property
    def records(self) -> int:
        """How many records are in the list, however they are grouped."""
        return len(self._selection)

    def advance(self, budget_s: float) -> bool:
        """Go on for about `budget_s` seconds; True when everything found so far is in the list."""
        until = perf_counter() + budget_s
        done = self._selection.advance(budget_s)
        while self._counted < len(self.timeline.revised) and perf_counter() < until:
            self._count(self.timeline.revised[self._counted : self._counted + STEP])
        for selection in self._open.values():
            done &= selection.advance(budget_s / 4)
        return done and self._counted == len(self.timeline.revised)

    def _count(self, revised: Sequence[int]) -> None:
        timeline = self.timeline
        for index in revised:
            old, new = self._known.get(index, 0), timeline.findings[index]
            if old == new:
                continue
            self._known[index] = new
            for rule in timeline.rule_sets[old]:
                self.counts[rule] -= 1
                if not self.counts[rule]:
                    del self.counts[rule], self._worst[rule]
            version = timeline.version(index)
            for rule in timeline.rule_sets[new]:
                self.counts[rule] = self.counts.get(rule, 0) + 1
                severity = RULE_BY_ID[rule].severity_in(version)
                self._worst[rule] = max(severity, self._worst.get(rule, severity))
        self._counted += len(revised)
        self._sort_rules()

    def _sort_rules(self) -> None:
        """The worst rules first, of these the most frequent, as in the summary of `check`."""
        shown = {rule for rule in self.counts if self._listed.has(self._worst[rule])}
        self._rules = sorted(
            _ORDER.keys() & shown, key=lambda rule: (-self._worst[rule], -self.counts[rule], _ORDER[rule])
        )

    def worst_of(self, rule: str) -> Severity:
        """The worst severity with which a rule was broken."""
        return self._worst[rule]

    # -- rows ---------------------------------------------------------------------------------------------------

    def __len__(self) -> int:
        if not self.by_rule:
            return len(self._selection)
        return len(self._rules) + sum(len(self._open[rule]) for rule in self._rules if rule in self._open)

    def row(self, number: int) -> ProblemRow:
        """The row at a number from 0 to before the length."""
        if not self.by_rule:
            return ProblemRow("", self._selection.index_of_row(number))
        for rule in self._rules:
            if number == 0:
                return ProblemRow(rule)
            number -= 1
            if (selection := self._open.get(rule)) is not None:
                if number < len(selection):
                    return ProblemRow(rule, selection.index_of_row(number))
                number -= len(selection)
        raise IndexError(number)

    def number_of(self, row: ProblemRow) -> int:
        """Where a row is, or what is nearest to it now."""
        if not self.by_rule:
            return 0 if row.record is None else self._selection.row_of(row.record)
        number = 0
        for rule in self._rules:
            selection = self._open.get(rule)
            if rule == row.rule:
                if selection is None or row.record is None or not len(selection):
                    return number
                return number + 1 + selection.row_of(row.record)
            number += 1 + (0 if selection is None else len(selection))
        return 0

    def is_open(self, rule: str) -> bool:
        """Whether the records that break a rule are shown below it."""
        return rule in self._open

    def toggle(self, rule: str) -> None:
        """Show the records that break a rule, or hide them."""
        if self._open.pop(rule, None) is None:
            self._open[rule] = Selection(self.timeline, parse_filter(f"rule:{rule}"))


_ORDER = {rule: place for place, rule in enumerate(RULE_BY_ID)}
_SEVERITIES = {
    Listed.PROBLEMS: (Severity.WARNING, Severity.ERROR),
    Listed.ERRORS: (Severity.ERROR,),
    Listed.WARNINGS: (Severity.WARNING,),
    Listed.EVERYTHING: (Severity.INFO, Severity.WARNING, Severity.ERROR),
}
