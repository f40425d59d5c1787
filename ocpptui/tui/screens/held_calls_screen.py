"""The calls that wait for the user: what each asks, how old it is, and how long its sender still waits."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from ocpptui.describe.network_problems import problem_text
from ocpptui.describe.safe_text import printable
from ocpptui.network.problems import NotConnected
from ocpptui.ocpp.version import Direction
from ocpptui.runtime.tasks import Tasks
from ocpptui.session.held_calls import LONGEST_DELAY, HeldCall
from ocpptui.session.session import Session
from ocpptui.timeline.record import RecordKind
from ocpptui.tui.commands.command import Where
from ocpptui.tui.commands.command_registry import bindings
from ocpptui.tui.screens.closing import Dialog
from ocpptui.tui.screens.dialogs import TextQuestion
from ocpptui.tui.widgets.key_line import KeyLine
from ocpptui.tui.widgets.option_rows import OptionRows

LOOK = 0.25
"""Seconds between two looks at the clock."""
GONE = "That message no longer waits."
SOON = 5.0
"""Seconds before its time-out from which a call is marked."""
NOTHING_PASSES = "No message waits. H adds a breakpoint: what matches its filter waits here."
NOTHING = "No call waits. A rule that holds calls, or switching automatic actions off, lets them wait here."
_HELD_AS = {
    RecordKind.CALLRESULT: "answer to ",
    RecordKind.CALLERROR: "error to ",
    RecordKind.CALLRESULTERROR: "refused answer to ",
}
"""What precedes the action of a held message that is not a call."""


class HeldCallsScreen(Dialog[None]):
    """The queue, oldest first. It stays open while one call after another is answered."""

    CSS_PATH = ["held_calls_screen.tcss", "../widgets/key_line.tcss"]
    WHERE: ClassVar[tuple[Where, ...]] = (Where.HELD,)
    BINDINGS: ClassVar[list[BindingType]] = bindings(Where.HELD)

    def __init__(
        self,
        sessions: Sequence[Session],
        answer: Callable[[Session, int], None],
        change: Callable[[Session, int], None],
    ) -> None:
        """`answer` has the user write the answer to the call at an index, `change` another message in its place."""
        super().__init__()
        self._sessions = sessions
        self._answer = answer
        self._change = change
        self._calls: list[tuple[Session, HeldCall]] = []
        self._tasks = Tasks("held calls")

    def compose(self) -> ComposeResult:
        with Vertical(id="held"):
            is_proxy = self._sessions[0].proxy is not None
            yield Static(NOTHING_PASSES if is_proxy else NOTHING, id="nothing", markup=False)
            yield OptionRows(id="calls", markup=False, compact=True)
        yield KeyLine()

    def on_mount(self) -> None:
        self.query_one("#calls").focus()
        self.set_interval(LOOK, self._look)
        self._look()

    @on(events.ScreenResume)
    def _look_again(self) -> None:
        """What was written below this screen may have answered a call."""
        self._look()

    async def on_unmount(self) -> None:
        await self._tasks.cancel()

    def _look(self) -> None:
        """Show what waits now; the cursor stays at its call."""
        listed, chosen = self.query_one("#calls", OptionList), self._chosen
        at = listed.highlighted or 0
        self._calls = [(session, call) for session in self._sessions for call in session.held.list()]
        lines = [call_line(call, self._sessions[0].timeline is not session.timeline) for session, call in self._calls]
        keys = [(session, call.index) for session, call in self._calls]
        if len(lines) == listed.option_count and (chosen is None or chosen in keys[at : at + 1]):
            for place, line in enumerate(lines):
                listed.replace_option_prompt_at_index(place, line)
        else:
            listed.clear_options()
            listed.add_options([Option(line) for line in lines])
            place = keys.index(chosen) if chosen in keys else min(at, len(keys) - 1)
            listed.highlighted = place if keys else None
        self.query_one("#nothing").display = not lines
        pane = self.query_one("#held", Vertical)
        what = "Calls" if self._sessions[0].proxy is None else "Messages"
        pane.border_title = f"{what} that wait for you: {len(lines)}"
        pane.border_subtitle = f"time-out for calls: {self._sessions[0].settings.call_timeout:g} s"

    @property
    def _chosen(self) -> tuple[Session, int] | None:
        """The session and the timeline index of the call under the cursor."""
        at = self.query_one("#calls", OptionList).highlighted
        if at is None or at >= len(self._calls):
            return None
        session, call = self._calls[at]
        return session, call.index

    def _still_chosen(self) -> tuple[Session, int] | None:
        """The same for a command: what has gone since the last look gets none, nor does its neighbour instead."""
        if (chosen := self._chosen) is None:
            return None
        session, index = chosen
        if all(call.index != index for call in session.held.list()):
            self._look()
            self.notify(GONE)
            return None
        return chosen

    # -- the commands -------------------------------------------------------------------------------------------

    def action_move(self, by: int) -> None:
        """Move the cursor."""
        self.query_one("#calls", OptionRows).move_cursor(by)

    @on(OptionList.OptionSelected)
    def action_answer(self) -> None:
        """Write the answer; it begins with the one that the simulation would give."""
        if (chosen := self._still_chosen()) is not None:
            session, index = chosen
            (self._answer if index in session.waiting else self._change)(session, index)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return action not in ("change", "delay") or self._sessions[0].proxy is not None

    def action_change(self) -> None:
        """Write what passes on in its place."""
        if (chosen := self._still_chosen()) is not None:
            self._change(*chosen)

    def action_delay(self) -> None:
        """Ask for a time, and let it pass then."""
        if (chosen := self._still_chosen()) is None:
            return
        session, index = chosen

        def wrong(text: str) -> str:
            try:
                is_delay = 0 <= float(text) <= LONGEST_DELAY
            except ValueError:
                is_delay = False
            return "" if is_delay else f"A delay is a number of seconds, {LONGEST_DELAY:,} at most."

        def typed(text: str | None) -> None:
            if text is None:
                return
            try:
                session.held.delay(index, float(text))
            except NotConnected as error:
                self.notify(printable(problem_text(error.problem)), markup=False)
            self._look()

        self.app.push_screen(TextQuestion("Let it pass after how many seconds?", "5", wrong=wrong), typed)

    def action_release(self) -> None:
        """Let the simulation answer."""
        if (chosen := self._still_chosen()) is not None:
            self._tasks.start(self._release(*chosen), "release")

    async def _release(self, session: Session, index: int) -> None:
        try:
            await session.held.let_go(index)
        except NotConnected as error:
            self.notify(printable(problem_text(error.problem)), markup=False)
        self._look()

    def action_drop(self) -> None:
        """Leave it without an answer."""
        if (chosen := self._still_chosen()) is not None:
            session, index = chosen
            try:
                session.held.drop(index)
            except NotConnected as error:
                self.notify(printable(problem_text(error.problem)), markup=False)
            self._look()

    def action_close(self) -> None:
        self.dismiss(None)


def call_line(call: HeldCall, of_other_side: bool) -> Content:
    """A call that waits, in a line."""
    left = call.time_left
    wait = f"{left:4.0f} s left" if left > 0 else f"{-left:4.0f} s too late"
    style = "bold $text-error" if left <= 0 else "bold $text-warning" if left < SOON else "$text-muted"
    side = "  to the charge point" if of_other_side else ""
    name = call.action
    if call.direction is not None:
        arrow = "→" if call.direction is Direction.TO_CSMS else "←"
        name = f"{arrow} {_HELD_AS.get(call.kind, '')}{call.action}"
    return Content.assemble(
        f"{call.age:6.1f} s  ",
        (f"{wait:<18}", style),
        printable(f"{name:<30} {call.charge_point}{side}"),
    )
