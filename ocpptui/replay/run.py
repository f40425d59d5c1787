"""One walk through a plan on a live connection: sends, answers, waits, compares."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from ocpptui.network.connection import Connection
from ocpptui.ocpp.json_encoding import parse
from ocpptui.ocpp.message import Message, MessageKind
from ocpptui.replay.alignment import BY_CLOCK
from ocpptui.replay.call_matching import PeerCalls, RecordedExchange, Slot, expected_payload
from ocpptui.replay.comparison import Difference, compare_answers
from ocpptui.replay.controls import Controls, Pending
from ocpptui.replay.frame_builder import Outgoing
from ocpptui.replay.ignored_paths import Ignoring
from ocpptui.replay.live_connection import LiveSide
from ocpptui.replay.plan import Does, PlanStep
from ocpptui.replay.replay_report import Deviation, DeviationKind, Outcome, Report
from ocpptui.replay.substitutions import Substitutions
from ocpptui.runtime.clock import Clock
from ocpptui.session.session import Session
from ocpptui.timeline.record import Origin


class ConnectionLostError(Exception):
    """The connection is gone; the sentence says why."""


class _MovedError(Exception):
    """The replay goes on from another step."""


@dataclass(frozen=True, slots=True)
class Manner:
    """How a plan is played, beside its pace."""

    rules: Substitutions = Substitutions()
    ignoring: Ignoring = Ignoring()
    rounds: int | None = 1
    """How often the plan is played; None for ever."""
    patience: float = 10.0
    """Seconds that a call of the peer is waited for."""
    lingers: bool = False
    """At the end stay on the connection, so that one can go back to a step."""


@dataclass(slots=True, eq=False)
class _LiveCall:
    """A call of the live peer that has to be answered."""

    index: int
    """Place in the session's timeline."""
    action: str
    slot: Slot | None
    """What it counts for; None for a call that the recording has not."""
    recorded: RecordedExchange | None
    """Where its answer stands; None: it gets the default answer."""


class Walk:
    """Goes from step to step of a plan on one connection, and writes down in `report` what comes of it."""

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
        self._began = asyncio.get_running_loop().time()
        self._out = Outgoing(self._plan, session, connection, manner.rules, clock, new_id)
        self._peer_calls = PeerCalls(self._plan)
        self._live = LiveSide(session, connection, controls)
        self._to_answer: dict[int, _LiveCall] = {}  # by place in the live timeline, oldest first
        self._without_answer: list[int] = []  # our calls that the recording has no answer for, recorded places
        self._in_flight: list[int] = []  # those of them that may still be answered
        self._malformed = 0
        self._last_time: int | None = None

    async def run(self) -> None:
        """Go to the end. Raises ConnectionLostError and NotConnected."""
        try:
            while not await self._is_done():
                pass
        finally:
            self._live.stop()
            self._write_down()

    async def _is_done(self) -> bool:
        """Play a round, or on from where a person wants to go on."""
        report = self._report
        try:
            await self._play()
            if self._manner.rounds is None or report.round < self._manner.rounds:
                self._out.next_round()
                report.next_round()
                self._go_on_from(0)
                await asyncio.sleep(0)  # a round may hold nothing that waits
                return False
            if self._manner.lingers:
                self._write_down()
                report.outcome = Outcome.FINISHED
                self._controls.changed()
                await self._until(lambda: bool(self._live.closed), None)
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
            await self._perform(step)
            self._last_time = step.time
            report.position += 1
            self._controls.changed()
        await self._settle()

    def _go_on_from(self, position: int) -> None:
        """Forget what was waited for; calls that wait for an answer get it as soon as something may be sent."""
        self._peer_calls = PeerCalls(self._plan, position)
        for call in self._to_answer.values():
            call.slot = None
        self._without_answer.clear()
        self._in_flight.clear()
        self._last_time = None
        self._controls.changed()

    def _write_down(self) -> None:
        """Put what was rewritten so far into the report, and the time that it took."""
        if self._report.outcome is not Outcome.FINISHED:
            self._report.rewritten = self._out.table
            self._report.seconds = asyncio.get_running_loop().time() - self._began

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
        """The end: what is in flight may still be answered, and what nobody asked for is told."""
        await self._free_to_call()
        for call in self._without_answer:
            if (live := self._live.answer_to(call)) is not None:
                self._find(DeviationKind.NEW_ANSWER, self._plan.timeline.action(call), live=live)
        while self._live.strays:
            self._find(DeviationKind.NEW_ANSWER, "", live=self._live.strays.popleft())

    # -- sending ------------------------------------------------------------------------------------------------

    async def _free_to_call(self) -> None:
        """Let the peer answer what the recorded one did not: a side has one call in flight, unless recorded so."""
        if self._in_flight:
            await self._until(
                lambda: all(self._live.answer_to(call) is not None for call in self._in_flight), self._patience
            )
            self._in_flight.clear()

    async def _turn(self, step: PlanStep, build: Callable[[bool], str | bytes]) -> str | bytes:
        """Wait until a frame of ours may go: it has its distance to the step before, and nobody paused.

        `build` makes it, and counts what is rewritten if told so. The result is what has to go.
        """
        loop = asyncio.get_running_loop()
        gap = (step.time - self._last_time) / 1e6 if self._last_time is not None else 0.0
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
        recorded = self._plan.frame(step.index)
        if not isinstance(recorded, Message):
            return
        id_text = self._out.id_text(recorded)
        text = await self._turn(step, lambda counted: self._out.frame(recorded, step.action, id_text, counted))
        frame = parse(text)
        if isinstance(frame, Message):
            self._live.calls_as(frame.id, step.index)
        await self._send(text)
        if recorded.kind is MessageKind.CALL and self._plan.timeline.other_half(step.index) is None:
            self._without_answer.append(step.index)
            self._in_flight.append(step.index)

    async def _send(self, text: str | bytes, *, is_recorded: bool = True) -> None:
        await self._session.send_raw(self._connection.number, text, origin=Origin.REPLAY)
        self._report.sent += is_recorded
        self._controls.changed()

    # -- answering the peer -------------------------------------------------------------------------------------

    async def _answer_in_turn(self, step: PlanStep) -> None:
        """Our answer at its place in the recording, to the call of the peer that came for the recorded one."""
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
        """Answer the calls of the peer that do not have to wait for their place in the recording."""
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
        """Whether a call came at its place while the place of its answer is still ahead."""
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
        """Answer with a text, without one as recorded or by default; a person may have answered meanwhile."""
        if call.index not in self._session.waiting:
            return
        await self._send(text or self._answer_text(call, True), is_recorded=call.recorded is not None)
        self._report.by_default += call.recorded is None

    # -- waiting for the peer -----------------------------------------------------------------------------------

    async def _await_answer(self, step: PlanStep) -> None:
        if step.call is not None and self._live.place(step.call) is None:
            return  # its call did not go: a person went past it, or sent something else in its place
        live = await (self._stray_answer() if step.call is None else self._live_answer(step.call))
        if live is None:
            self._find(DeviationKind.NO_ANSWER, step.action, recorded=step.index)
        else:
            self._compare(step, live)

    async def _stray_answer(self) -> int | None:
        strays = self._live.strays
        return strays.popleft() if await self._until(lambda: bool(strays), self._patience) else None

    async def _live_answer(self, call: int) -> int | None:
        """The live answer to a recorded call of ours; when it takes long, nothing of ours is held back any more."""
        timeout = self._session.settings.call_timeout
        patience = min(self._patience, timeout)
        if not await self._until(lambda: self._live.answer_to(call) is not None, patience):
            await self._until(lambda: self._live.answer_to(call) is not None, timeout - patience, hold=False)
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

    async def _until(self, condition: Callable[[], bool], timeout: float | None, *, hold: bool = True) -> bool:
        """Wait for something and answer calls of the peer meanwhile; False when `timeout` seconds ran out.

        Without `hold`, also those whose answer has a place ahead. Raises ConnectionLostError.
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

        return await self._controls.until(is_met, timeout)

    # -- what came of it ----------------------------------------------------------------------------------------

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
