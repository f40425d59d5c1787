"""One run of a plan on a live connection: it sends, answers, waits and compares."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from ocpptui.network.connection import Connection
from ocpptui.ocpp.answer_comparison import Difference, compare_answers
from ocpptui.ocpp.message import Message, MessageKind
from ocpptui.replay.alignment import BY_CLOCK
from ocpptui.replay.call_matching import PeerCalls, RecordedExchange, Slot, expected_payload
from ocpptui.replay.controls import Controls, Pending
from ocpptui.replay.frame_builder import Outgoing
from ocpptui.replay.ignored_paths import Ignoring
from ocpptui.replay.live_connection import LiveSide
from ocpptui.replay.plan import Does, PlanStep
from ocpptui.replay.replay_report import Deviation, DeviationKind, Outcome, Report
from ocpptui.replay.substitutions import Substitutions
from ocpptui.runtime.clock import Clock
from ocpptui.session.session import Session
from ocpptui.timeline.record import Origin, RecordKind


class ConnectionLostError(Exception):
    """The connection is gone; the message says why."""


class _MovedError(Exception):
    """The replay continues from another step."""


@dataclass(frozen=True, slots=True)
class Manner:
    """How a plan is played, apart from its pace."""

    rules: Substitutions = Substitutions()
    ignoring: Ignoring = Ignoring()
    rounds: int | None = 1
    """How often the plan is played; None means endlessly."""
    patience: float = 10.0
    """Seconds to wait for a call of the peer."""
    lingers: bool = False
    """Stay on the connection at the end, so that the user can go back to a step."""


@dataclass(slots=True, eq=False)
class _LiveCall:
    """A call of the live peer that needs an answer."""

    index: int
    """Index in the session's timeline."""
    action: str
    slot: Slot | None
    """The slot it fills; None for a call that is not in the recording."""
    recorded: RecordedExchange | None
    """The exchange whose answer it gets; None for the default answer."""


class Walk:
    """Goes from step to step of a plan on one connection and notes the results in `report`."""

    def __init__(
        self,
        report: Report,
        session: Session,
        connection: Connection,
        controls: Controls,
        manner: Manner,
        *,
        clock: Clock,
        new_id: Callable[[], str],
    ) -> None:
        self._report = report
        self._plan = report.plan
        self._session = session
        self._timeline = session.timeline
        self._connection = connection
        self._controls = controls
        self._manner = manner
        self._patience = manner.patience
        self._began = self._now
        self._rested = 0.0  # seconds between an end and going back to a step
        self._out = Outgoing(self._plan, session, connection, manner.rules, clock, new_id)
        self._peer_calls = PeerCalls(self._plan)
        self._live = LiveSide(session, connection, controls)
        self._to_answer: dict[int, _LiveCall] = {}  # by index in the live timeline, oldest first
        self._without_answer: list[int] = []  # recorded indexes of our calls that have no answer in the recording
        self._in_flight: list[int] = []  # those that may still be answered
        self._malformed = 0
        self._last: int | None = None  # the record of the step before

    async def run(self) -> None:
        """Run to the end. Raises ConnectionLostError and NotConnected."""
        try:
            while not await self._is_done():
                pass
        finally:
            self._live.stop()
            self.write_down()

    async def _is_done(self) -> bool:
        """Play one round, or the rest from the step that the user went to. Whether the run is over."""
        report = self._report
        try:
            await self._play()
            if self._manner.rounds is None or report.round < self._manner.rounds:
                self._out.next_round()
                report.next_round()
                self._go_on_from(0)
                await asyncio.sleep(0)  # a round may contain nothing that waits
                return False
            if self._manner.lingers:
                self.write_down()
                report.outcome = Outcome.FINISHED
                self._controls.changed()
                ended = self._now
                try:
                    await self._until(lambda: bool(self._live.closed), None)
                finally:
                    self._rested += self._now - ended
            return True
        except _MovedError:
            self._look_at_calls()
            position = min(max(self._controls.take_destination(), 0), len(self._plan.steps))
            report.outcome = Outcome.RUNNING
            report.go_to(position)
            self._go_on_from(position)
            return False

    async def _play(self) -> None:
        report = self._report
        while report.position < len(self._plan.steps):
            step = self._plan.steps[report.position]
            began = self._now
            await self._perform(step)
            report.took[report.position] = max(0.0, self._now - began)
            self._last = step.index
            report.position += 1
            self._controls.changed()
        await self._settle()

    @property
    def _now(self) -> float:
        """A clock in seconds that does not run during pauses."""
        return asyncio.get_running_loop().time() - self._controls.seconds_paused

    def _go_on_from(self, position: int) -> None:
        """Forget the current waits; calls that wait for our answer get it as soon as something may be sent."""
        self._peer_calls = PeerCalls(self._plan, position)
        for call in self._to_answer.values():
            call.slot = None
        self._without_answer.clear()
        self._in_flight.clear()
        self._last = None
        self._controls.changed()

    def write_down(self) -> None:
        """Note in the report what was rewritten so far and the time taken, without pauses."""
        if self._report.outcome is not Outcome.FINISHED:
            self._report.rewritten = self._out.table
            self._report.seconds = max(0.0, self._now - self._began - self._rested)

    async def _perform(self, step: PlanStep) -> None:
        match step.does:
            case Does.CALL:
                await self._free_to_call()
                await self._send_call(step)
            case Does.TEXT:
                live = self._live.place(step.call) if step.call is not None else None
                await self._send(await self._turn(step, lambda counted: self._out.text(step, live, counted)))
            case Does.ANSWER:
                await self._answer_in_turn(step)
            case Does.AWAIT_ANSWER:
                await self._await_answer(step)
            case Does.AWAIT_CALL:
                await self._await_call(step)

    async def _settle(self) -> None:
        """At the end: wait for answers still in flight, and report the answers that nobody asked for."""
        await self._free_to_call()
        for call in self._without_answer:
            if (live := self._live.answer_to(call)) is not None:
                self._find(DeviationKind.NEW_ANSWER, self._plan.timeline.action(call), live=live)
        while self._live.strays:
            self._find(DeviationKind.NEW_ANSWER, "", live=self._live.strays.popleft())

    # -- sending ------------------------------------------------------------------------------------------------

    async def _free_to_call(self) -> None:
        """Let the peer answer what the recorded one left unanswered: like the recording, keep one call in flight."""
        if self._in_flight:
            await self._until(
                lambda: all(self._live.answer_to(call) is not None for call in self._in_flight), self._patience
            )
            self._in_flight.clear()

    async def _turn(self, step: PlanStep, build: Callable[[bool], str | bytes]) -> str | bytes:
        """Wait until a frame of ours may be sent: it keeps its distance to the step before, and nobody has paused.

        `build` makes the frame; its argument says whether to count what is rewritten. Returns the text to send.
        """
        loop = asyncio.get_running_loop()
        gap = self._plan.timeline.between(self._last, step.index) / 1e6 if self._last is not None else 0.0
        while gap > 0 and self._controls.is_playing and (speed := self._controls.speed) is not None:
            began = loop.time()
            await self._until(partial(self._is_paced_otherwise, speed), gap / speed)
            gap -= (loop.time() - began) * speed
        if (delay := self._controls.delay) > 0 and self._controls.is_playing:
            await self._until(lambda: not self._controls.is_playing, delay)
        pending = self._controls.pending = Pending(self._report.position, lambda: build(False))
        self._controls.stop_at_breakpoint(self._plan.timeline, step.index)
        self._controls.changed()
        try:
            await self._until(lambda: self._controls.may_send, None)
        finally:
            self._controls.pending = None
        self._controls.use_permit()
        self._out.begin()
        if pending.edited is not None:
            self._report.edited += 1
            return pending.edited
        return build(True)

    def _is_paced_otherwise(self, speed: float) -> bool:
        return not self._controls.is_playing or self._controls.speed != speed

    async def _send_call(self, step: PlanStep) -> None:
        recorded = self._plan.frame_to_send(step.index)
        if not isinstance(recorded, Message):
            return
        id_text = self._out.id_text(recorded)
        text = await self._turn(step, lambda counted: self._out.frame(recorded, step.action, id_text, counted))
        live = await self._send(text)
        if self._timeline.kind(live) is RecordKind.CALL:
            self._live.stands_for(live, step.index)
        if recorded.kind is MessageKind.CALL and self._plan.timeline.other_half(step.index) is None:
            self._without_answer.append(step.index)
            self._in_flight.append(step.index)

    async def _send(self, text: str | bytes, *, is_recorded: bool = True) -> int:
        """Send a text; its place in the live timeline."""
        live = await self._session.send_raw(self._connection.number, text, origin=Origin.REPLAY)
        self._report.sent += is_recorded
        self._controls.changed()
        return live

    # -- answering the peer -------------------------------------------------------------------------------------

    async def _answer_in_turn(self, step: PlanStep) -> None:
        """Send our answer at its recorded position, to the live call that fills the slot of the recorded one."""
        if step.call is None:
            return
        live = self._peer_calls.slot(step.call).live
        call = self._to_answer.get(live) if live is not None else None
        if call is None:
            return
        text = await self._turn(step, lambda counted: self._answer_text(call, counted))
        if self._to_answer.pop(call.index, None) is not None:
            await self._answer(call, text)

    async def _answer_due(self, hold: bool) -> None:
        """Answer the calls of the peer whose answers need not wait for their recorded position."""
        self._look_at_calls()
        for call in list(self._to_answer.values()):
            if not self._controls.may_send:
                return
            if not (hold and self._is_held(call)):
                del self._to_answer[call.index]
                self._controls.use_permit()
                self._out.begin()
                await self._answer(call)

    def _is_held(self, call: _LiveCall) -> bool:
        """Whether a call came at its position while the position of its answer is still ahead."""
        slot = call.slot
        return (
            slot is not None
            and slot.answer_position is not None
            and slot.position <= self._report.position <= slot.answer_position
        )

    def _look_at_calls(self) -> None:
        while self._live.malformed > self._malformed:
            self._malformed += 1
            if self._malformed > self._plan.malformed * self._report.round:
                self._find(DeviationKind.NEW_TEXT, "")
        while self._live.calls:
            index = self._live.calls.popleft()
            frame, action = self._timeline.frame(index), self._timeline.action(index)
            if not isinstance(frame, Message):
                continue
            slot = self._peer_calls.meet(action, index)
            if slot is not None:
                self._report.not_made.pop(slot.call, None)
            elif action not in BY_CLOCK and not self._peer_calls.is_spare(action):
                self._find(DeviationKind.NEW_CALL, action, live=index)
            if frame.kind is MessageKind.CALL:
                recorded = self._peer_calls.choose(action, frame, self._out.rewriting)
                self._learn_from_call(action, recorded, index, frame)
                self._to_answer[index] = _LiveCall(index, action, slot, recorded)

    def _learn_from_call(self, action: str, recorded: RecordedExchange | None, index: int, live: Message) -> None:
        if recorded is None:
            return
        self._live.stands_for(index, recorded.call)
        frame = self._plan.frame(recorded.call)
        if isinstance(frame, Message):
            self._out.rewriting.learn(action, frame.payload_text, live.payload_text, in_answer=False)

    def _answer_text(self, call: _LiveCall, counted: bool) -> str:
        return self._out.answer(call.action, call.index, call.recorded.answer if call.recorded else None, counted)

    async def _answer(self, call: _LiveCall, text: str | bytes | None = None) -> None:
        """Answer with a text or, without one, as recorded or by default; the user may have answered meanwhile."""
        if call.index not in self._session.waiting:
            return
        await self._send(text or self._answer_text(call, True), is_recorded=call.recorded is not None)
        self._report.by_default += call.recorded is None

    # -- waiting for the peer -----------------------------------------------------------------------------------

    async def _await_answer(self, step: PlanStep) -> None:
        if step.call is not None and self._live.place(step.call) is None:
            return  # its call was not sent: the user went past it or sent something else instead
        live = await (self._stray_answer() if step.call is None else self._live_answer(step.call))
        if live is None:
            self._find(DeviationKind.NO_ANSWER, step.action, recorded=step.index)
        else:
            self._compare(step, live)

    async def _stray_answer(self) -> int | None:
        strays = self._live.strays
        return strays.popleft() if await self._until(lambda: bool(strays), self._patience) else None

    async def _live_answer(self, call: int) -> int | None:
        """The live answer to our recorded call; once it takes long, our own answers are no longer held back."""
        timeout = self._session.settings.call_timeout
        patience = min(self._patience, timeout)
        then = timeout - patience
        if not await self._until(lambda: self._live.answer_to(call) is not None, patience, then=then):
            await self._until(lambda: self._live.answer_to(call) is not None, then, hold=False)
        return self._live.answer_to(call)

    async def _await_call(self, step: PlanStep) -> None:
        slot = self._peer_calls.slot(step.index)
        if step.action in BY_CLOCK or await self._until(lambda: slot.live is not None, self._patience):
            return
        report = self._report
        deviation = Deviation(
            DeviationKind.CALL_NOT_MADE, report.position, step.action, recorded=step.index, round=report.round
        )
        self._report.not_made[step.index] = deviation

    async def _until(
        self, condition: Callable[[], bool], timeout: float | None, *, hold: bool = True, then: float = 0.0
    ) -> bool:
        """Wait for a condition and answer calls of the peer meanwhile; False when `timeout` seconds have passed.

        Without `hold`, this includes calls whose answer has a position ahead. Raises ConnectionLostError.
        """

        async def is_met() -> bool:
            if self._controls.is_sent_elsewhere:
                raise _MovedError
            await self._answer_due(hold)
            if condition():
                return True
            if self._live.closed:
                raise ConnectionLostError(self._live.closed)
            return False

        return await self._controls.until(is_met, timeout, then=then)

    # -- comparing ----------------------------------------------------------------------------------------------

    def _compare(self, step: PlanStep, live: int) -> None:
        recorded, answer = self._plan.frame(step.index), self._timeline.frame(live)
        if not isinstance(recorded, Message) or not isinstance(answer, Message):
            return
        action, expected = step.action, None
        if recorded.kind is MessageKind.CALLRESULT and answer.kind is MessageKind.CALLRESULT:
            self._out.rewriting.learn(action, recorded.payload_text, answer.payload_text, in_answer=True)
            expected = expected_payload(recorded, action, self._out.rewriting)
        self._report.compared += 1
        differences = compare_answers(
            recorded, answer, expected=expected, ignored=lambda path: self._manner.ignoring(action, path)
        )
        if differences:
            self._find(DeviationKind.DIFFERENT_ANSWER, action, recorded=step.index, live=live, differences=differences)

    def _find(
        self,
        kind: DeviationKind,
        action: str,
        *,
        recorded: int | None = None,
        live: int | None = None,
        differences: tuple[Difference, ...] = (),
    ) -> None:
        report = self._report
        if report.outcome is Outcome.FINISHED:
            return
        report.find(Deviation(kind, report.position, action, recorded, live, differences, report.round))
        self._controls.changed()
