"""A sequence of calls: its steps, and what has come of each while it runs."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from ocpptui.compose.awaited_message import AwaitedMessage
from ocpptui.compose.call_sequence import CallSequence
from ocpptui.compose.history import Compositions
from ocpptui.compose.sequence_run import SequenceOutcome, SequenceRun, SequenceState
from ocpptui.describe.safe_text import printable
from ocpptui.jsontext.text import indented
from ocpptui.jsontext.tree import JsonDefect, parse_tree
from ocpptui.ocpp.durations import LONGEST, duration_text
from ocpptui.ocpp.message import Message as OcppMessage
from ocpptui.runtime import clock
from ocpptui.runtime.tasks import Tasks
from ocpptui.tui.commands.command import Where
from ocpptui.tui.commands.command_registry import bindings
from ocpptui.tui.compose.questions import ask_all
from ocpptui.tui.screens.closing import Dialog
from ocpptui.tui.screens.dialogs import Statement
from ocpptui.tui.widgets.key_line import KeyLine
from ocpptui.tui.widgets.log_row import fitted
from ocpptui.tui.widgets.option_rows import OptionRows

if TYPE_CHECKING:
    from ocpptui.session.session import Session

LOOKED_AT = 0.5
"""Seconds between two updates of the time that is left."""
LONGEST_TITLE = 32
"""Cells for the title of a step."""


class SequenceSteps(OptionRows):
    """The rows, and the keys in them."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(Where.SEQUENCE)

    class Asked(Message):
        """The user wants the sequence to run, to stop, or to be left."""

        def __init__(self, wish: str) -> None:
            super().__init__()
            self.wish = wish

    running: reactive[bool] = reactive(False, init=False, bindings=True)
    """The sequence runs."""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return {"run": not self.running, "stop": self.running}.get(action, True)

    def action_run(self) -> None:
        """Send the calls from the first one."""
        self.post_message(self.Asked("run"))

    def action_stop(self) -> None:
        """Send nothing more."""
        self.post_message(self.Asked("stop"))

    def action_close(self) -> None:
        """Stop, and go back."""
        self.post_message(self.Asked("close"))


class SequenceScreen(Dialog[None]):
    """A row for each step: a sign, its title, the latency, and the answer or why the sequence stopped there."""

    CSS_PATH = ["sequence_screen.tcss", "../widgets/key_line.tcss"]
    WHERE: ClassVar[tuple[Where, ...]] = (Where.SEQUENCE,)

    def __init__(
        self,
        session: Session,
        charge_point: str,
        sequence: CallSequence,
        memory: Compositions,
        *,
        clock: Callable[[], int] = clock.now,
    ) -> None:
        super().__init__()
        self._session = session
        self._charge_point = charge_point
        self._sequence = sequence
        self._memory = memory
        self._clock = clock
        self._tasks = Tasks("sequence")
        self._list = SequenceSteps(id="sequence", compact=True, markup=False)
        self._width = min(LONGEST_TITLE, max(len(step.title) for step in sequence.steps))
        self._began: dict[int, float] = {}  # when each step was sent, by the clock of the loop
        self._is_left = False
        self.run_of_it = self._new_run()

    def _new_run(self) -> SequenceRun:
        return SequenceRun(
            self._session,
            self._charge_point,
            self._sequence,
            now=self._clock,
            counters=self._memory.counters,
            ask=self._ask,
            tell=self._show,
        )

    async def _ask(self, questions: Sequence[str]) -> Mapping[str, str] | None:
        return await ask_all(self.app, questions, self._memory.answers)

    def compose(self) -> ComposeResult:
        with Vertical(id="table"):
            yield self._list
        yield KeyLine()

    def on_mount(self) -> None:
        self._list.add_options([Option(self._row(one)) for one in self.run_of_it.outcomes])
        self._list.highlighted = 0
        self._list.focus()
        self.set_interval(LOOKED_AT, self._show_time_left)
        self._show_title()

    async def on_unmount(self) -> None:
        self._is_left = True
        await self._tasks.cancel()

    # -- what it shows ------------------------------------------------------------------------------------------

    def _show(self, outcome: SequenceOutcome) -> None:
        place = outcome.number - 1
        if outcome.sent is not None or isinstance(outcome.step.what, AwaitedMessage):
            self._began.setdefault(place, asyncio.get_running_loop().time())
        if not self._is_left:
            self._list.replace_option_prompt_at_index(place, self._row(outcome))
            if outcome.state is SequenceState.RUNNING or outcome is self.run_of_it.stopped_at:
                self._list.highlighted = place
            self._show_title()

    def _show_time_left(self) -> None:
        for outcome in self.run_of_it.outcomes:
            if outcome.state is SequenceState.RUNNING:
                self._list.replace_option_prompt_at_index(outcome.number - 1, self._row(outcome))

    def _show_title(self) -> None:
        run = self.run_of_it
        done = sum(one.state is SequenceState.DONE for one in run.outcomes)
        words = f"{self._sequence.name} → {self._charge_point or 'the peer'}: {done:,} of {len(run.outcomes):,} done"
        stopped = run.stopped_at
        if stopped is not None:
            words += f", stopped at step {stopped.number}"
        elif done == len(run.outcomes):
            words += ", all as expected"
        elif not self._list.running:
            words += ", F5 runs it"
        self.query_one("#table", Vertical).border_title = Content(printable(words))

    def _row(self, outcome: SequenceOutcome) -> Content:
        sign, style = _SIGNS[outcome.state]
        latency = "" if outcome.latency is None else duration_text(outcome.latency)
        title = fitted(printable(outcome.step.title), self._width)
        words = outcome.words if outcome.state.is_over else self._waits_for(outcome)
        return Content.assemble(
            f"{outcome.number:>{len(str(len(self._sequence.steps)))}} ",
            (sign, style),
            f" {title} {latency:>{LONGEST}} ",
            (printable(words), style),
        )

    def _waits_for(self, outcome: SequenceOutcome) -> str:
        step = outcome.step
        awaited = step.what if isinstance(step.what, AwaitedMessage) else None
        if outcome.state is SequenceState.WAITING:
            if awaited is not None:
                return f"waits for {self._what_is_awaited(step.title, awaited)}"
            return step.what.action if step.title != step.what.action else ""
        began = self._began.get(outcome.number - 1)
        if began is None:
            return "about to be sent"
        most = step.pause + step.timeout if awaited else min(step.timeout, self._session.settings.call_timeout)
        left = max(0.0, most - (asyncio.get_running_loop().time() - began))
        words = self._what_is_awaited(step.title, awaited) if awaited is not None else "the answer"
        return f"waiting for {words}, {left:.0f} s left"

    @staticmethod
    def _what_is_awaited(title: str, awaited: AwaitedMessage) -> str:
        """What the title does not say of it."""
        return (awaited.filter or "it") if title == awaited.name else awaited.words

    # -- commands -----------------------------------------------------------------------------------------------

    @on(SequenceSteps.Asked)
    async def _asked(self, event: SequenceSteps.Asked) -> None:
        event.stop()
        match event.wish:
            case "run":
                self._begin()
            case "stop":
                await self._tasks.cancel()
            case "close":
                self.dismiss(None)

    def lost_work(self) -> str:
        """What would be lost if the program ended now, as a sentence; empty if nothing."""
        return "A sequence of calls is running, and the rest would not be sent." if self._list.running else ""

    def _begin(self) -> None:
        if self._list.running:
            return
        self._began.clear()
        self.run_of_it = self._new_run()
        self._list.running = True
        for place, outcome in enumerate(self.run_of_it.outcomes):
            self._list.replace_option_prompt_at_index(place, self._row(outcome))
        self._tasks.start(self._run(self.run_of_it), "run")

    async def _run(self, run: SequenceRun) -> None:
        try:
            await run.run()
        finally:
            self._list.running = False
            if not self._is_left:
                self._show_title()

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        """Show the call of a step and its answer, or the message that was waited for."""
        event.stop()
        outcome = self.run_of_it.outcomes[event.option_index]
        what, lines = outcome.step.what, [outcome.line, ""]
        if isinstance(what, AwaitedMessage):
            lines += [what.words, *self._payload(outcome.answer, "")]
        else:
            lines += [what.action, *self._payload(outcome.sent, what.payload)]
            lines += ["", "Answer", *self._payload(outcome.answer, "")] if outcome.answer is not None else []
        self.app.push_screen(Statement(outcome.step.title, lines))

    def _payload(self, index: int | None, otherwise: str) -> list[str]:
        frame = self._session.timeline.frame(index) if index is not None else None
        text = frame.payload_text if isinstance(frame, OcppMessage) else otherwise
        return (text if isinstance(parse_tree(text), JsonDefect) else indented(text)).splitlines()


_SIGNS = {
    SequenceState.WAITING: ("·", "dim"),
    SequenceState.RUNNING: ("…", "bold"),
    SequenceState.DONE: ("✓", "$text-success"),
    SequenceState.SURPRISE: ("✗", "$text-error"),
    SequenceState.TIMED_OUT: ("✗", "$text-error"),
    SequenceState.NOT_CONNECTED: ("✗", "$text-error"),
    SequenceState.WRONG: ("✗", "$text-error"),
    SequenceState.STOPPED: ("■", "$text-warning"),
}
