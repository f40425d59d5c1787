"""Which recorded call a live call of the peer stands for, and which recorded answer it gets."""

from __future__ import annotations

import json
from collections import deque
from dataclasses import dataclass
from typing import Any, NamedTuple

from ocpptui.ocpp.message import Message
from ocpptui.replay.comparison import compare
from ocpptui.replay.plan import Does, Plan
from ocpptui.replay.rewriting import Rewriting

LOOK_AHEAD = 50
"""Among how many recorded calls of its action the one most like a live call is looked for."""

SELECTED_BY_CONTENT = frozenset(
    {"GetConfiguration", "ChangeConfiguration", "GetVariables", "SetVariables", "DataTransfer", "TriggerMessage"}
)
"""Calls that ask for something by name: the answer to another name would be wrong."""
ANNOUNCED_BY_ANSWER = frozenset({"StartTransaction", "RequestStartTransaction"})
"""Calls whose answer gives a new id: the same answer a second time would give it to two transactions."""


class RecordedExchange(NamedTuple):
    """A call that the recorded peer made and the answer that it got: places in the recording."""

    call: int
    answer: int


@dataclass(slots=True, eq=False)
class Slot:
    """A place in the plan at which the peer is to make a call."""

    position: int
    """Of the step that waits for the call."""
    call: int
    """Place of the recorded call in the recording."""
    action: str
    answer_position: int | None = None
    """Of the step that answers it; None where the recording has no answer."""
    live: int | None = None
    """Place of the live call in the session's timeline, once it came."""


class PeerCalls:
    """The calls that the peer is to make, by the order and by the content of the recorded ones.

    What a live call counts for is decided by order (the first of its action that did not come yet), what it is
    answered by content (the recorded call of its action that it is most like), so that two connectors that report
    in another order than they did still get each its own answer, and nothing is waited for in vain. A call that
    comes more often than it was recorded gets the answer of the one that said the same.
    """

    def __init__(self, plan: Plan, start: int = 0) -> None:
        """With `start` the steps before that are not waited for; their answers can still be given."""
        self._plan = plan
        self._slots: dict[int, Slot] = {}  # by the place of the recorded call
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
        for action, answers in self._answers.items():  # those before the start only when no other is left
            before = [one for one in answers if self._slots[one.call].position < start]
            self._answers[action] = [one for one in answers if self._slots[one.call].position >= start] + before
        for call, answer in plan.spare:
            action = plan.timeline.action(call)
            self._answers.setdefault(action, []).append(RecordedExchange(call, answer))

    def slot(self, call: int) -> Slot:
        """The place in the plan of a recorded call of the peer."""
        return self._slots[call]

    def meet(self, action: str, live: int) -> Slot | None:
        """A live call came, at `live` in the session's timeline: what it counts for; None if nothing is left."""
        due = self._due.get(action)
        if not due:
            return None
        slot = due.popleft()
        slot.live = live
        return slot

    def is_spare(self, action: str) -> bool:
        """Whether the recording has calls of this action that are not waited for."""
        return action in self._spare

    def choose(self, action: str, live: Message, rewriting: Rewriting) -> RecordedExchange | None:
        """The recorded exchange whose answer a live call gets, used up by that; None if none fits."""
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
        """The exchange of a call that said the same and was answered before."""
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
    """The decoded payload of a recorded frame of the peer with the live ids in it."""
    text = recorded.payload_text
    expected = rewriting.expected(action, text)
    return recorded.payload if expected == text else json.loads(expected)
