"""Sends a sequence of calls, each after the answer to the one before, and stops at the first surprise."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from ocpptui.compose.call_payload import WrongPayload
from ocpptui.compose.call_sequence import CallSequence, SequenceStep, surprise_in
from ocpptui.compose.filled_payload import filled_call, questions_of
from ocpptui.compose.sent_answer import answer_to_sent
from ocpptui.compose.session_values import session_values
from ocpptui.describe.command_answers import answer_words
from ocpptui.describe.network_problems import problem_text
from ocpptui.network.problems import NotConnected
from ocpptui.ocpp.durations import duration_text

if TYPE_CHECKING:
    from ocpptui.session.session import Session

Ask = Callable[[Sequence[str]], Awaitable[Mapping[str, str] | None]]
"""Asks the user questions: the answers by question, or None if the user leaves them."""


class SequenceState(Enum):
    """How far a step has come, or why it is where the sequence stopped."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    """The answer is as expected."""
    SURPRISE = "surprise"
    """The answer is not as expected."""
    TIMED_OUT = "timed out"
    NOT_CONNECTED = "not connected"
    WRONG = "wrong"
    """The call cannot be made."""
    STOPPED = "stopped"
    """The user stopped it."""

    @property
    def is_over(self) -> bool:
        return self not in (SequenceState.WAITING, SequenceState.RUNNING)


@dataclass(slots=True)
class SequenceOutcome:
    """One step, and what has come of it."""

    number: int
    step: SequenceStep
    state: SequenceState = SequenceState.WAITING
    words: str = ""
    """What was answered, or why the sequence stops here."""
    sent: int | None = None
    """Timeline index of the call."""
    answer: int | None = None
    latency: int | None = None
    """Microseconds from the call to the answer."""

    @property
    def line(self) -> str:
        """All of it in a line."""
        took = "" if self.latency is None else f"  {duration_text(self.latency)}"
        return f"{self.number}. {self.step.title}: {self.state.value}{took}{'  ' if self.words else ''}{self.words}"


async def nobody_to_ask(questions: Sequence[str]) -> Mapping[str, str]:
    """The `Ask` of a run without a screen: placeholders that ask are then refused with a sentence."""
    return {}


class SequenceRun:
    """One run of a sequence for a charge point."""

    def __init__(
        self,
        session: Session,
        charge_point: str,
        sequence: CallSequence,
        *,
        now: Callable[[], int],
        counters: dict[str, int] | None = None,
        ask: Ask = nobody_to_ask,
        tell: Callable[[SequenceOutcome], object] = lambda _: None,
    ) -> None:
        """`tell` is called with each outcome that has changed; `now` gives µs since 1970."""
        self._session = session
        self._charge_point = charge_point
        self._now = now
        self._counters = {} if counters is None else counters
        self._ask = ask
        self._tell = tell
        self._answers: dict[str, str] = {}
        self.outcomes = [SequenceOutcome(number, step) for number, step in enumerate(sequence.steps, 1)]

    @property
    def stopped_at(self) -> SequenceOutcome | None:
        """The step where it stopped before its end; None if it has not."""
        return next((one for one in self.outcomes if one.state.is_over and one.state is not SequenceState.DONE), None)

    @property
    def is_over(self) -> bool:
        """Nothing more is sent."""
        return self.stopped_at is not None or all(one.state.is_over for one in self.outcomes)

    async def run(self) -> SequenceState:
        """Send all steps, or up to the first surprise: DONE, or how that one ended."""
        for outcome in self.outcomes:
            try:
                outcome.state = SequenceState.RUNNING
                self._tell(outcome)
                await self._do(outcome)
            except NotConnected as error:
                self._end(outcome, SequenceState.NOT_CONNECTED, problem_text(error.problem))
            except WrongPayload as wrong:
                self._end(outcome, SequenceState.WRONG, str(wrong))
            except asyncio.CancelledError:
                self._end(outcome, SequenceState.STOPPED, "stopped by you")
                raise
            if outcome.state is not SequenceState.DONE:
                return outcome.state
        return SequenceState.DONE

    async def _do(self, outcome: SequenceOutcome) -> None:
        step = outcome.step
        if step.pause:
            await asyncio.sleep(step.pause)
        questions = [one for one in questions_of(step.call.payload, step.fields) if one not in self._answers]
        if questions:
            answers = await self._ask(questions)
            if answers is None:
                self._end(outcome, SequenceState.STOPPED, "stopped by you")
                return
            self._answers.update(answers)
        await self._send(outcome)

    async def _send(self, outcome: SequenceOutcome) -> None:
        """Raises NotConnected and WrongPayload."""
        session, step = self._session, outcome.step
        name = step.to or self._charge_point
        connection = session.connection_of(name)
        if connection is None or connection.version is None:
            self._end(outcome, SequenceState.NOT_CONNECTED, f"{name or 'the peer'} is not connected")
            return
        version = connection.version
        if step.call.version not in (None, version):
            raise WrongPayload(f"it is for OCPP {step.call.version}, the connection is OCPP {version}")
        values = session_values(session, name, self._now(), self._counters, self._answers)
        payload = filled_call(version, step.call.action, step.call.payload, step.fields, values, anyway=step.anyway)
        outcome.sent = await session.send_call(connection.number, step.call.action, payload)
        self._tell(outcome)
        found = await answer_to_sent(session, outcome.sent, step.timeout)
        if found.index is None:
            connected = connection.number in session.connections
            failure = SequenceState.TIMED_OUT if connected else SequenceState.NOT_CONNECTED
            self._end(outcome, failure if found.failed else SequenceState.DONE, found.why_none)
            return
        frame = session.timeline.frame(found.index)
        outcome.answer, outcome.latency = found.index, session.timeline.latency(found.index)
        surprise = surprise_in(version, step, frame)
        state = SequenceState.SURPRISE if surprise else SequenceState.DONE
        self._end(outcome, state, surprise or answer_words(version, step.call.action, frame).text)

    def _end(self, outcome: SequenceOutcome, state: SequenceState, words: str) -> None:
        outcome.state, outcome.words = state, words
        self._tell(outcome)
