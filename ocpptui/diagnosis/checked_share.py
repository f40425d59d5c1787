"""The checkers of some charge points of a timeline: a share of the work, of which `shared_run` makes the whole."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from ocpptui.diagnosis.checker_run import CheckerRun
from ocpptui.diagnosis.registry import CHECKERS
from ocpptui.diagnosis.rule import Rule
from ocpptui.ocpp.check_limits import CheckLimits
from ocpptui.timeline.timeline import Timeline

Shares = list[list[bool]]
"""Of each process, the one that began first: whether it follows each party of a timeline."""


class OrderedFinding(NamedTuple):
    """What a checker reports, and when."""

    done: int
    """The records before this one had been handed over."""
    silent_since: int
    """The last record of the charge point, if it is found at the end, by the silence after that; else -1."""
    rule: str
    record: int
    related: tuple[int, ...]
    values: dict[str, Any]


class Share:
    """What is found at some charge points, until it is taken."""

    def __init__(self) -> None:
        self.done = 0
        """The records before this one have been handed over."""
        self.found: deque[OrderedFinding] = deque()

    def take(self, done: int) -> Iterator[OrderedFinding]:
        """Take what was found while the records before `done` were handed over."""
        while self.found and self.found[0].done <= done:
            yield self.found.popleft()


class OwnShare(Share):
    """Finds it in this process."""

    def __init__(self, timeline: Timeline, chosen: Sequence[bool], limits: CheckLimits) -> None:
        """`chosen` says of each party of the timeline, which does not grow, whether its charge point is followed."""
        super().__init__()
        self.end = len(timeline)
        self._run = CheckerRun(timeline, CHECKERS, self._keep, chosen)
        self._run.limits = limits

    def advance(self, budget_s: float) -> None:
        """Go on for about `budget_s` seconds."""
        if self.done < self.end and self._run.advance(budget_s):
            self._run.conclude()
        self.done = self._run.done

    def _keep(self, rule: Rule, index: int, related: tuple[int, ...], values: dict[str, Any]) -> None:
        self.found.append(OrderedFinding(self._run.done, self._run.silent_since, rule.id, index, related, values))
