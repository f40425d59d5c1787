"""Which recorded call a live call of the peer matches, and which recorded answer it gets."""

from __future__ import annotations

import json
from collections import deque
from dataclasses import dataclass
from typing import Any, NamedTuple

from ocpptui.ocpp.answer_comparison import compare
from ocpptui.ocpp.message import Message
from ocpptui.replay.plan import Does, Plan
from ocpptui.replay.rewriting import Rewriting

LOOK_AHEAD = 50
"""How many recorded calls of the same action are compared to find the one most like a live call."""

SELECTED_BY_CONTENT = frozenset(
    {"GetConfiguration", "ChangeConfiguration", "GetVariables", "SetVariables", "DataTransfer", "TriggerMessage"}
)
"""Calls that ask for something by name: an answer about another name would be wrong."""
ANNOUNCED_BY_ANSWER = frozenset({"StartTransaction", "RequestStartTransaction"})
"""Calls whose answer gives a new id: repeating the answer would give one id to two transactions."""


class RecordedExchange(NamedTuple):
    """A call that the recorded peer made and the answer it got, as indexes in the recording."""

    call: int
    answer: int


@dataclass(slots=True, eq=False)
class Slot:
    """A step of the plan at which the peer should make a call."""

    position: int
    """The step that waits for the call."""
    call: int
    """Index of the recorded call in the recording."""
    action: str
    answer_position: int | None = None
    """The step that answers it; None if the recording has no answer."""
    live: int | None = None
    """Index of the live call in the session's timeline; None until it comes."""


class PeerCalls:
    """The calls that the peer should make, matched by order and by content.

    Order decides which slot a live call fills: the first of its action that is still empty. Content decides which
    answer it gets: that of the recorded call of its action that it is most like. So two connectors that report in
    another order than recorded each get their own answer, and the replay waits for nothing in vain. A call that
    comes more often than recorded gets the answer of the one with the same content.
    """

    def __init__(self, plan: Plan, start: int = 0) -> None:
        """The peer is not expected to make the calls of steps before `start`; their answers can still be given."""
        self._plan = plan
        self._slots: dict[int, Slot] = {}  # by index of the recorded call
        self._due: dict[str, deque[Slot]] = {}
        self._answers: dict[str, list[RecordedExchange]] = {}
        self._used: dict[str, deque[RecordedExchange]] = {}
        self._spare = {plan.timeline.action(call) for call, _ in plan.spare}
        for position, step in enumerate(plan.steps):
            if step.does is Does.AWAIT_CALL:
                slot = self._slots[step.index] = Slot(position, step.index, step.action)
                if position >= start:
                    self._due.setdefault(step.action, deque()).append(slot)
                else:
                    self._spare.add(step.action)
            elif step.does is Does.ANSWER and step.call is not None:
                self._slots[step.call].answer_position = position
                self._answers.setdefault(step.action, []).append(RecordedExchange(step.call, step.index))
        for action, answers in self._answers.items():  # those before the start are used only when no other is left
            before = [one for one in answers if self._slots[one.call].position < start]
            self._answers[action] = [one for one in answers if self._slots[one.call].position >= start] + before
        for call, answer in plan.spare:
            action = plan.timeline.action(call)
            self._answers.setdefault(action, []).append(RecordedExchange(call, answer))

    def slot(self, call: int) -> Slot:
        """The slot of a recorded call of the peer."""
        return self._slots[call]

    def meet(self, action: str, live: int) -> Slot | None:
        """The slot that a live call, at `live` in the session's timeline, fills; None if no slot is left."""
        due = self._due.get(action)
        if not due:
            return None
        slot = due.popleft()
        slot.live = live
        return slot

    def is_spare(self, action: str) -> bool:
        """Whether the recording has calls of this action that the replay does not wait for."""
        return action in self._spare

    def choose(self, action: str, live: Message, rewriting: Rewriting) -> RecordedExchange | None:
        """Take the recorded exchange whose answer a live call gets; None if none fits."""
        unused = self._answers.get(action, [])
        best, fewest = 0, -1
        for place, exchange in enumerate(unused[:LOOK_AHEAD]):
            count = self._differences(action, exchange.call, live, rewriting)
            if fewest < 0 or count < fewest:
                best, fewest = place, count
            if count == 0:
                break
        if fewest == 0 or (fewest > 0 and action not in SELECTED_BY_CONTENT):
            exchange = unused.pop(best)
            self._used.setdefault(action, deque(maxlen=LOOK_AHEAD)).append(exchange)
            return exchange
        return self._again(action, live, rewriting)

    def _again(self, action: str, live: Message, rewriting: Rewriting) -> RecordedExchange | None:
        """The exchange of a call with the same content that was answered before."""
        if action in ANNOUNCED_BY_ANSWER:
            return None
        for exchange in reversed(self._used.get(action, ())):
            if self._differences(action, exchange.call, live, rewriting) == 0:
                return exchange
        return None

    def _differences(self, action: str, call: int, live: Message, rewriting: Rewriting) -> int:
        recorded = self._plan.frame(call)
        if not isinstance(recorded, Message):
            return 0
        free = rewriting.free_paths(action, recorded.payload_text, in_answer=False)
        return len(compare(expected_payload(recorded, action, rewriting), live.payload, ignored=free.__contains__))


def expected_payload(recorded: Message, action: str, rewriting: Rewriting) -> Any:
    """The decoded payload of a recorded frame of the peer, with the live ids in it."""
    text = recorded.payload_text
    expected = rewriting.expected(action, text)
    return recorded.payload if expected == text else json.loads(expected)
