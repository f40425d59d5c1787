"""The steps of a replay as a list: done, waited for with a countdown, next; enter goes to one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical

from ocpptui.describe.safe_text import printable
from ocpptui.ocpp.durations import duration_text
from ocpptui.replay.player import Player
from ocpptui.tui.commands.command import Where
from ocpptui.tui.commands.command_registry import bindings
from ocpptui.tui.screens.closing import Dialog
from ocpptui.tui.widgets.key_line import KeyLine
from ocpptui.tui.widgets.replay_step_list import ReplayStepList

LOOK = 0.25
"""Seconds between two looks at the countdown."""


class ReplaySteps(Dialog[None]):
    """The list goes with the replay, which can be played and stepped here too."""

    CSS_PATH = ["replay_steps_screen.tcss", "../widgets/key_line.tcss"]
    WHERE: ClassVar[tuple[Where, ...]] = (Where.STEPS,)
    BINDINGS: ClassVar[list[BindingType]] = bindings(Where.STEPS)

    def __init__(self, players: Sequence[Player]) -> None:
        super().__init__()
        self._players = players
        self._list = ReplayStepList(players[0], id="step_list")

    def compose(self) -> ComposeResult:
        with Vertical(id="steps"):
            yield self._list
        yield KeyLine()

    def on_mount(self) -> None:
        self._list.focus()
        self.set_interval(LOOK, self._look)
        self._look()

    def _look(self) -> None:
        player = self._list.player
        report = player.report_so_far()
        pane = self.query_one("#steps", Vertical)
        whose = printable(player.plan.charge_point) or "replay"
        state = report.outcome.value if player.is_over else "playing" if player.is_playing else "paused"
        pane.border_title = f"{whose}: {report.position} of {len(player.plan.steps)} steps, {state}"
        pane.border_subtitle = f"{duration_text(report.seconds * 1e6)}, {report.count} different"
        self._list.look()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return action != "other" or len(self._players) > 1

    def action_move(self, by: int) -> None:
        self._list.move(by)

    def action_page(self, by: int) -> None:
        self._list.page(by)

    def action_first(self) -> None:
        self._list.move(-self._list.cursor)

    def action_last(self) -> None:
        self._list.move(len(self._list.player.plan.steps))

    def action_other(self) -> None:
        """Show the steps of the next charge point."""
        place = self._players.index(self._list.player)
        self._list.show_player(self._players[(place + 1) % len(self._players)])
        self._look()

    def action_go(self) -> None:
        """Go on from the step under the cursor."""
        player = self._list.player
        if not player.can_move:
            self.notify("Without a connection there is no step to go to.", markup=False)
            return
        player.go_to(self._list.cursor)

    def action_play(self) -> None:
        """Play or pause."""
        player = self._list.player
        if player.is_playing:
            player.pause()
        elif not player.is_over:
            player.play()
        self._look()

    def action_step(self) -> None:
        """Send the next frame."""
        self._list.player.step()
        self._look()

    def action_close(self) -> None:
        self.dismiss(None)
