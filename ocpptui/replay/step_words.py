"""The steps of a replay in words: what is done, what it waits for and how long still, and what comes next."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from ocpptui.ocpp.durations import duration_text
from ocpptui.replay.plan import Does, PlanStep
from ocpptui.replay.player import Player
from ocpptui.replay.replay_report import shown


class ReplayStepState(StrEnum):
    """Where a step is."""

    DONE = "done"
    DIFFERENT = "different"
    """Done, and the live peer differed."""
    NOW = "now"
    LATER = "later"


class ReplayStepLine(NamedTuple):
    """A step in words."""

    state: ReplayStepState
    words: str
    note: str
    """How long it took, or how long it still waits; empty for what comes later."""


def replay_step_words(step: PlanStep) -> str:
    """What a step does."""
    action = shown(step.action)
    match step.does:
        case Does.CALL:
            return f"send {action or 'the call'}"
        case Does.ANSWER:
            return f"answer {action or 'the call'}"
        case Does.TEXT:
            return f"send the text {action}".rstrip()
        case Does.AWAIT_ANSWER:
            return f"wait for the answer to {action or 'no call'}"
    return f"wait for {action or 'a call'}"


def wait_words(player: Player) -> str:
    """How long the wait in progress still lasts, as a countdown; empty if there is none."""
    left, step = player.seconds_left, player.next_step
    if player.pending is not None and not player.may_send:
        return "ready, paused"
    if left is None or player.is_over:
        return ""
    pause = "" if player.may_send else ", paused"
    if step is not None and step.does.sends:
        return f"in {left:.0f} s{pause}"
    return f"{left:.0f} s left{pause}"


def replay_step_line(player: Player, position: int, different: frozenset[int]) -> ReplayStepLine:
    """The step at a position of the plan; `different` are the positions where the live peer differed."""
    report, step = player.report, player.plan.steps[position]
    words = replay_step_words(step)
    if position < report.position:
        took = report.took.get(position)
        state = ReplayStepState.DIFFERENT if position in different else ReplayStepState.DONE
        return ReplayStepLine(state, words, "" if took is None else duration_text(took * 1e6))
    if position == report.position and not player.is_over and player.connection is not None:
        edited = "edited, " if player.pending is not None and player.pending.edited is not None else ""
        return ReplayStepLine(ReplayStepState.NOW, words, f"{edited}{wait_words(player)}")
    return ReplayStepLine(ReplayStepState.LATER, words, "")


def different_steps(player: Player) -> frozenset[int]:
    """The positions of this round where the live peer differed."""
    report = player.report
    return frozenset(one.position for one in report.deviations if one.round == report.round)
