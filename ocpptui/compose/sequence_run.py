"""Runs a sequence: each call after the answer to the one before, up to the first surprise.

A step that waits takes a message that came since the last call was sent, so that none is missed that comes before the
answer. Each message is taken once. The connection may end and begin anew meanwhile, as it does after a Reset.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from ocpptui.compose.awaited_message import AwaitedMessage, said_in
from ocpptui.compose.call_payload import WrongPayload
from ocpptui.compose.call_sequence import CallSequence, SequenceStep, surprise_in
from ocpptui.compose.filled_payload import filled_call, questions_of
from ocpptui.compose.placeholders import PlaceholderValues, questions_in
from ocpptui.compose.saved_calls import SavedCall
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
    """Timeline index of the answer, or of the message that was waited for."""
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
        self._since = len(session.timeline)  # from here on a message may be the one that is waited for
        self._taken: set[int] = set()
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
        what = step.what
        if isinstance(what, AwaitedMessage):
            asked = list(questions_in(what.filter))
        else:
            asked = questions_of(what.payload, step.fields)
        questions = [one for one in dict.fromkeys(asked) if one not in self._answers]
        if questions:
            answers = await self._ask(questions)
            if answers is None:
                self._end(outcome, SequenceState.STOPPED, "stopped by you")
                return
            self._answers.update(answers)
        name = step.to or self._charge_point
        values = session_values(self._session, name, self._now(), self._counters, self._answers)
        if isinstance(what, AwaitedMessage):
            await self._await(outcome, what, name, values)
        else:
            await self._send(outcome, what, name, values)

    async def _await(
        self, outcome: SequenceOutcome, awaited: AwaitedMessage, name: str, values: PlaceholderValues
    ) -> None:
        """Raises WrongPayload."""
        session, timeout = self._session, outcome.step.timeout
        condition = awaited.condition(session, name, self._since, self._taken, values)
        index = await session.until(condition, timeout)
        if index is None:
            words = f"{awaited.words} did not come within {timeout:g} s"
            is_lost = session.connection_of(name) is None
            state = SequenceState.NOT_CONNECTED if is_lost else SequenceState.TIMED_OUT
            self._end(outcome, state, f"{words}; {name or 'the peer'} is not connected" if is_lost else words)
            return
        self._taken.add(index)
        outcome.answer = index
        self._end(outcome, SequenceState.DONE, said_in(session.timeline.frame(index), session.timeline.version(index)))

    async def _send(self, outcome: SequenceOutcome, call: SavedCall, name: str, values: PlaceholderValues) -> None:
        """Raises NotConnected and WrongPayload."""
        session, step = self._session, outcome.step
        connection = session.connection_of(name)
        if connection is None or connection.version is None:
            self._end(outcome, SequenceState.NOT_CONNECTED, f"{name or 'the peer'} is not connected")
            return
        version = connection.version
        if call.version not in (None, version):
            raise WrongPayload(f"it is for OCPP {call.version}, the connection is OCPP {version}")
        payload = filled_call(version, call.action, call.payload, step.fields, values, anyway=step.anyway)
        self._since = len(session.timeline)
        outcome.sent = await session.send_call(connection.number, call.action, payload)
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
        self._end(outcome, state, surprise or answer_words(version, call.action, frame).text)

    def _end(self, outcome: SequenceOutcome, state: SequenceState, words: str) -> None:
        outcome.state, outcome.words = state, words
        self._tell(outcome)
