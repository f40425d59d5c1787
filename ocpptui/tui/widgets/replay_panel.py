"""The replays of a session, one line each, and the commands for them."""

from __future__ import annotations

from collections.abc import Sequence

from textual import on
from textual.app import ComposeResult
from textual.containers import VerticalScroll

from ocpptui.describe.safe_text import printable
from ocpptui.filter.query import filter_problem, parse_filter
from ocpptui.ocpp.counted import counted
from ocpptui.ocpp.secrets import mask_own_text
from ocpptui.replay.player import Player
from ocpptui.tui.screens.dialogs import ChoiceQuestion, TextQuestion
from ocpptui.tui.screens.replay_edit_screen import ReplayEdit
from ocpptui.tui.screens.replay_report_screen import ReplayReport
from ocpptui.tui.widgets.replay_bar import ReplayBar

NOT_WANTED = 130
"""Exit code if the target was not confirmed, as in headless mode."""
MOST_NAMED = 5
"""URLs listed before the first connection; the rest is counted, and shown line by line in the panel."""


class ReplayPanel(VerticalScroll, can_focus=False):
    """A bar for each replay. Commands apply to the replay of the chosen charge point, or to all if none is chosen.

    Its screen binds the commands of `Where.REPLAY` to the methods of the same names.
    """

    def __init__(self, players: Sequence[Player], *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.players = tuple(players)
        self.charge_point: str | None = None
        """The chosen charge point; None for all."""

    def compose(self) -> ComposeResult:
        for player in self.players:
            yield ReplayBar(player, named=len(self.players) > 1)

    def ask(self) -> None:
        """Ask once, before connecting, whether the targets are right; a no ends the program."""
        unasked = [player for player in self.players if not player.is_agreed]
        if not unasked:
            return
        targets = list(dict.fromkeys(player.target for player in unasked))
        shown = "\n".join(targets[:MOST_NAMED])
        if len(targets) > MOST_NAMED:
            shown += f"\nand {len(targets) - MOST_NAMED} more"
        frames = sum(player.plan.sends for player in unasked)

        def chosen(number: int | None) -> None:
            if number == 0:
                for player in unasked:
                    player.agree()
            else:
                self.app.exit(return_code=NOT_WANTED)

        question = ChoiceQuestion(f"Connect to replay {counted(frames, 'frame')}?", ["connect", "quit"], detail=shown)
        self.app.push_screen(question, chosen)

    @property
    def chosen(self) -> list[Player]:
        """The replays that a command applies to."""
        found = [one for one in self.players if self.charge_point in (_live_id(one), one.plan.charge_point)]
        return found or list(self.players)

    def toggle(self) -> None:
        """Play the paused replays, or pause all if none is paused; at the end, show the report."""
        players = [player for player in self.chosen if not player.is_over]
        if not players:
            self.report()
        elif all(player.is_playing for player in players):
            for player in players:
                player.pause()
        else:
            for player in players:
                player.play()

    def step(self) -> None:
        """Send the next frame of each replay."""
        for player in self.chosen:
            player.step()

    def slower(self) -> None:
        for bar in self._bars:
            bar.slower()

    def faster(self) -> None:
        for bar in self._bars:
            bar.faster()

    def report(self) -> None:
        """Show the report so far."""
        self.app.push_screen(ReplayReport(*self.chosen))

    def steps(self) -> None:
        """List the steps."""
        from ocpptui.tui.screens.replay_steps_screen import ReplaySteps

        self.app.push_screen(ReplaySteps(self.chosen))

    def back(self) -> None:
        """Go back to a step by its number; the default is the last sent frame."""
        players = [player for player in self.chosen if player.can_move]
        if not players:
            self.notify("Without a connection there is nothing to go back to.", markup=False)
            return
        player = players[0]
        steps = player.plan.steps
        before = [place for place, step in enumerate(steps[: player.position]) if step.does.sends]
        default = before[-1] + 1 if before else 1

        def wrong(text: str) -> str:
            is_step = text.isascii() and text.isdigit() and 1 <= int(text) <= len(steps)
            return "" if is_step else f"{text!r} is not a step; the steps are 1 to {len(steps)}."

        def typed(text: str | None) -> None:
            if text is None:
                return
            for one in players:
                one.go_to(int(text) - 1)

        words = f"Go back to which step, 1 to {len(steps)}? The replay is at {player.position + 1}."
        self.app.push_screen(TextQuestion(words, str(default), wrong=wrong), typed)

    def breakpoint(self) -> None:
        """Pause at frames that match a filter: before one of ours is sent, or after one of the peer arrives."""
        players = self.chosen
        now = " or ".join(f"({query.text})" for query in players[0].breakpoints)
        if len(players[0].breakpoints) == 1:
            now = players[0].breakpoints[0].text

        def wrong(text: str) -> str:
            return filter_problem(text) if text.strip("- ") else ""

        def typed(text: str | None) -> None:
            if text is None:
                return
            queries = (parse_filter(text),) if text.strip("- ") else ()
            for player in players:
                player.breakpoints = queries
            self.notify("The breakpoint is removed." if not queries else f"The replay pauses at {text}.", markup=False)

        words = "Pause at which messages? Enter a filter such as action:StopTransaction, or - to remove the breakpoint."
        self.app.push_screen(TextQuestion(words, now, wrong=wrong), typed)

    def edit(self) -> None:
        """Change the next frame; it is sent when it is due."""
        player = next((one for one in self.chosen if one.pending is not None), None)
        if player is None or player.pending is None:
            self.notify("No frame is ready to send: pause the replay first, or wait for the peer.", markup=False)
            return
        pending = player.pending
        text = pending.text
        shown = text if isinstance(text, str) else text.decode("utf-8", "replace")
        if not player.session.settings.keep_secrets and mask_own_text(shown) != shown:
            self.notify("That frame holds a secret, which is not shown, so it cannot be edited.", markup=False)
            return
        player.pause()

        def typed(new: str | None) -> None:
            if new is None:
                return
            if player.pending is not pending or not player.edit(new):
                self.notify("That frame has already been sent.", severity="error", markup=False)

        title = f"Step {pending.position + 1} of {len(player.plan.steps)}, {printable(player.plan.charge_point)}"
        self.app.push_screen(ReplayEdit(shown, title), typed)

    @on(ReplayBar.Ended)
    def _ended(self, message: ReplayBar.Ended) -> None:
        """Show the report when all replays have ended, once where several end together."""
        message.stop()
        is_shown = any(isinstance(screen, ReplayReport) and screen.is_final for screen in self.app.screen_stack)
        if not is_shown and all(player.is_over for player in self.players):
            self.app.push_screen(ReplayReport(*self.players))

    @property
    def _bars(self) -> list[ReplayBar]:
        chosen = self.chosen
        return [bar for bar in self.query(ReplayBar) if bar.player in chosen]


def _live_id(player: Player) -> str:
    return player.connection.charge_point if player.connection is not None else player.plan.charge_point
