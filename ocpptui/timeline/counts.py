"""How many records of each kind a timeline contains, counted as they arrive."""

from __future__ import annotations

from typing import NamedTuple


class Counts(NamedTuple):
    """How many records of each kind a timeline contains."""

    records: int
    calls: int
    """CALLs, without SENDs, which nobody answers."""
    answers: int
    """CALLRESULTs and CALLERRORs."""
    unanswered: int
    """CALLs without an answer so far."""
    orphans: int
    malformed: int
    invalid: int
    problems: int
    """Records with a finding that is a warning or an error."""


class RunningCounts:
    """What is counted as records arrive."""

    __slots__ = ("answered", "answers", "calls", "invalid", "malformed", "orphans")

    def __init__(self) -> None:
        self.calls = self.answers = self.answered = self.orphans = self.malformed = self.invalid = 0

    def counts(self, records: int, problems: int) -> Counts:
        """The counts of a timeline with this many records and problems."""
        unanswered = self.calls - self.answered
        return Counts(
            records, self.calls, self.answers, unanswered, self.orphans, self.malformed, self.invalid, problems
        )
