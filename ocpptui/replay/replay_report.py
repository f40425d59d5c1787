"""The result of a replay: what was sent, what the live peer did differently, what was rewritten."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from ocpptui.describe.safe_text import printable
from ocpptui.ocpp.answer_comparison import Difference
from ocpptui.ocpp.counted import counted
from ocpptui.ocpp.durations import duration_text
from ocpptui.ocpp.version import Version
from ocpptui.replay.plan import Plan
from ocpptui.replay.rewriting import Rewritten

MOST_FOUND = 10_000
"""How many deviations are kept one by one, to bound the memory of an endless replay."""


class DeviationKind(StrEnum):
    """How the live peer differed from the recorded one."""

    DIFFERENT_ANSWER = "different answer"
    NO_ANSWER = "no answer"
    NEW_ANSWER = "answer not in the recording"
    CALL_NOT_MADE = "call not made"
    NEW_CALL = "call not in the recording"
    NEW_TEXT = "message that is not OCPP"
    DIFFERENT_CALL = "different call"
    """Like the next one, only between two recordings."""
    MISSING_TEXT = "missing message"


@dataclass(frozen=True, slots=True)
class Deviation:
    """One thing that the live peer did differently."""

    kind: DeviationKind
    position: int
    """The step of the plan."""
    action: str
    recorded: int | None = None
    """Index in the recording of what was expected."""
    live: int | None = None
    """Index in the session's timeline of what came."""
    differences: tuple[Difference, ...] = ()
    round: int = 1
    """The round of a repeated replay, from 1."""

    def to_dict(self) -> dict[str, Any]:
        """As JSON; `recorded` and `live` are indexes in the recording and in the live timeline, from 0."""
        return {
            "kind": self.kind.value,
            "step": self.position + 1,
            "round": self.round,
            "action": self.action,
            "recorded": self.recorded,
            "live": self.live,
            "differences": [difference._asdict() for difference in self.differences],
        }

    def __str__(self) -> str:
        head = f"step {self.position + 1}: {self.kind.value}"
        if self.round > 1:
            head = f"round {self.round}, {head}"
        if self.action:
            head += f", {shown(self.action)}"
        return "\n".join([head, *(f"  {shown(str(difference))}" for difference in self.differences)])


class Outcome(StrEnum):
    """How a replay ended."""

    RUNNING = "running"
    FINISHED = "finished"
    LOST = "connection lost"
    STOPPED = "stopped"


@dataclass(slots=True)
class Report:
    """The report of one replay; it grows while the replay runs."""

    plan: Plan
    peer: str = ""
    """URL or address of the live peer."""
    charge_point: str = ""
    """The live charge point's id."""
    version: Version | None = None
    """The version of the live connection."""
    position: int = 0
    """How many steps of the plan are done."""
    round: int = 1
    """The current round of the plan, from 1."""
    sent: int = 0
    """Recorded frames that were sent, in all rounds."""
    edited: int = 0
    """How many of them the user changed before they were sent."""
    ignored: tuple[str, ...] = ()
    """Paths whose differences are ignored."""
    by_default: int = 0
    """Calls of the live peer that got the default answer because the recording had none."""
    compared: int = 0
    """Live answers that were compared with recorded ones."""
    outcome: Outcome = Outcome.RUNNING
    reason: str = ""
    """Why it ended, if that is not obvious."""
    seconds: float = 0.0
    """How long it has run, without pauses."""
    took: dict[int, float] = field(default_factory=dict)
    """Seconds that each step of this round took, without pauses, by its position."""
    rewritten: Sequence[Rewritten] = ()
    found: list[Deviation] = field(default_factory=list)
    not_made: dict[int, Deviation] = field(default_factory=dict)
    """Calls of this round that did not come in time, by their index in the recording; a late one is removed again."""
    more: int = 0
    """How many deviations there are beyond the first MOST_FOUND; these are only counted."""

    @property
    def deviations(self) -> list[Deviation]:
        """Everything that the live peer did differently, in the order of the plan."""
        found = [*self.found, *self.not_made.values()]
        return sorted(found, key=lambda deviation: (deviation.round, deviation.position))

    @property
    def count(self) -> int:
        """How many deviations there are."""
        return len(self.found) + len(self.not_made) + self.more

    def find(self, deviation: Deviation) -> None:
        """Add a deviation."""
        if len(self.found) < MOST_FOUND:
            self.found.append(deviation)
        else:
            self.more += 1

    def next_round(self) -> None:
        """Start the plan again and keep the deviations."""
        for deviation in self.not_made.values():
            self.find(deviation)
        self.not_made.clear()
        self.took.clear()
        self.round += 1
        self.position = 0

    def go_to(self, position: int) -> None:
        """Continue from a step and forget the deviations of this round from there on."""
        self.found = [one for one in self.found if one.round < self.round or one.position < position]
        self.not_made = {index: one for index, one in self.not_made.items() if one.position < position}
        self.took = {place: seconds for place, seconds in self.took.items() if place < position}
        self.position = position

    @property
    def is_same(self) -> bool:
        """True when the live peer did what the recorded one did, to the end of the plan."""
        return self.outcome is Outcome.FINISHED and self.count == 0

    def to_dict(self) -> dict[str, Any]:
        """The report as JSON."""
        plan = self.plan
        return {
            "role": plan.role.value,
            "peer": self.peer,
            "chargePoint": self.charge_point,
            "version": self.version.value if self.version is not None else None,
            "recorded": {
                "chargePoint": plan.charge_point,
                "version": plan.version.value if plan.version is not None else None,
                "connections": list(plan.connections),
            },
            "outcome": self.outcome.value,
            "reason": self.reason,
            "seconds": round(self.seconds, 3),
            "steps": len(plan.steps),
            "done": self.position,
            "toSend": plan.sends,
            "sent": self.sent,
            "rounds": self.round,
            "edited": self.edited,
            "notChosen": plan.left_out,
            "ignored": list(self.ignored),
            "answeredByDefault": self.by_default,
            "compared": self.compared,
            "same": self.is_same,
            "count": self.count,
            "findings": [deviation.to_dict() for deviation in self.deviations],
            "rewritten": [row._asdict() for row in self.rewritten],
            "skipped": [asdict(skipped) for skipped in plan.skipped],
        }

    def to_text(self) -> str:
        """The report as several lines for a person."""
        plan = self.plan
        done = f"{self.position} of {len(plan.steps)} steps in {duration_text(self.seconds * 1e6)}"
        sent, compared = counted(plan.sends * self.round, "frame"), counted(self.compared, "answer")
        frames = f"{self.sent:,} of {sent} sent, {compared} compared"
        lines = [f"replay as {plan.role.words}: {self.outcome.value}, {done}, {frames}"]
        if self.reason:
            lines.append(shown(self.reason))
        if plan.version is not None and self.version is not None and plan.version is not self.version:
            lines.append(f"recorded in OCPP {plan.version}, replayed in OCPP {self.version}")
        if len(plan.connections) > 1:
            lines.append(f"{len(plan.connections)} recorded connections were replayed on one")
        if plan.left_out:
            lines.append(f"{counted(plan.left_out, 'frame')} of the recording left out")
        if self.round > 1:
            lines.append(f"{self.round} rounds")
        if self.edited:
            lines.append(f"{counted(self.edited, 'frame')} changed by hand")
        if self.by_default:
            lines.append(f"{counted(self.by_default, 'call')} of the peer got the default answer")
        lines += self._table()
        lines += [f"not sent: {shown(skipped.action)}, {skipped.reason}" for skipped in plan.skipped]
        deviations = self.deviations
        if deviations:
            lines.append(f"the live peer differed {counted(self.count, 'time')}:")
            lines += [str(deviation) for deviation in deviations]
            if self.more:
                lines.append(f"and {self.more} more")
        elif self.outcome is Outcome.FINISHED:
            lines.append("the live peer did what the recorded one did")
        return "\n".join(lines)

    def _table(self) -> list[str]:
        """What was rewritten, in columns."""
        rows = [
            (row.kind, shown(row.recorded), shown(row.live), counted(row.times, "time"))
            for row in self.rewritten
            if row.recorded != row.live
        ]
        if not rows:
            return []
        kind, recorded, live = (max(len(row[place]) for row in rows) for place in range(3))
        return ["rewritten:"] + [f"  {a:{kind}}  {b:{recorded}}  became {c:{live}}  {d}" for a, b, c, d in rows]


def shown(text: str) -> str:
    """Text of the peer on one line: short, and without characters that control a terminal."""
    line = printable(text[: _LONGEST + 1])
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…"


_LONGEST = 300
