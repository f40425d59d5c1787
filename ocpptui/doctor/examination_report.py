"""The result of an examination, as lines for people and as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ocpptui.describe.network_problems import Remedy
from ocpptui.doctor.examined_step import ExaminedStep, StepState
from ocpptui.ocpp.counted import counted
from ocpptui.ocpp.date_times import date_time
from ocpptui.ocpp.url_secrets import without_url_secrets

MARKS = {StepState.OK: "ok", StepState.WARNING: "WARNING", StepState.FAILED: "FAILED", StepState.SKIPPED: "skipped"}
"""The state of a step in a list; never by colour alone."""

INDENT = " " * 9


@dataclass(slots=True)
class ExaminationReport:
    """The steps of an examination so far."""

    url: str
    """The URL that was requested."""
    began: int
    """In µs since 1970."""
    steps: list[ExaminedStep] = field(default_factory=list)
    connections: int = 0
    """How many TCP connections were made or tried."""
    logins: int = 0
    """How many of them carried a password."""
    is_connected: bool = False
    """Whether a WebSocket was opened."""

    def __post_init__(self) -> None:
        self.url = without_url_secrets(self.url)

    @property
    def state(self) -> StepState:
        """The most severe state of all steps."""
        return max((step.state for step in self.steps), default=StepState.SKIPPED)

    @property
    def verdict(self) -> str:
        """The result in one sentence: the first of the most severe steps is the one to look at."""
        if self.state < StepState.WARNING:
            return "Everything that was tried works."
        grave = [step for step in self.steps if step.state is self.state]
        what = "failed" if self.state is StepState.FAILED else "has a warning"
        more = f" {len(grave) - 1} more {what.replace('has', 'have')}." if len(grave) > 1 else ""
        return f"{grave[0].title} {what}: {grave[0].worst.sentence}{more}"

    @property
    def effort(self) -> str:
        """How much was tried."""
        logins = {0: "none with a password", 1: "one with a password"}.get(
            self.logins, f"{self.logins} with a password"
        )
        return f"{counted(self.connections, 'connection')}, {logins}"

    def to_dict(self) -> dict[str, Any]:
        """As JSON objects."""
        return {
            "url": self.url,
            "time": date_time(self.began),
            "result": self.state.word,
            "verdict": self.verdict,
            "connected": self.is_connected,
            "connections": self.connections,
            "logins": self.logins,
            "steps": [step.to_dict() for step in self.steps],
        }


def step_lines(step: ExaminedStep, remedy: Remedy | None = None, *, whole: bool = False) -> Iterator[str]:
    """A step with all remarks and what to do; and with what was seen if something is wrong or the `whole` is wanted."""
    for number, remark in enumerate(sorted(step.remarks, key=lambda one: -one.state)):
        yield (
            f"{MARKS[remark.state]:<8} {step.title}: {remark.sentence}"
            if number == 0
            else (f"{INDENT}{MARKS[remark.state]}: {remark.sentence}")
        )
        advice = remark.advice
        if remedy is not None and remark.problem is not None:
            advice = f"{advice} {remedy(remark.problem)}".strip()
        if advice:
            yield f"{INDENT}> {advice}"
    if whole or step.state >= StepState.WARNING:
        for line in step.seen:
            yield f"{INDENT}  {line}"
