"""The line that shows the progress of a replay and controls it."""

from __future__ import annotations

from textual import events
from textual.content import Content
from textual.message import Message
from textual.widget import Widget

from ocpptui.describe.safe_text import printable
from ocpptui.ocpp.secrets import mask_own_text
from ocpptui.replay.player import Player
from ocpptui.replay.replay_report import Outcome
from ocpptui.replay.step_words import replay_step_words
from ocpptui.tui.screens.replay_report_screen import ReplayReport

SPEEDS: tuple[float | None, ...] = (0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 100.0, None)
"""The speeds of `faster` and `slower`; None is as fast as the answers arrive."""

COUNTED = 0.5
"""Seconds between two looks at the countdown."""


class ReplayBar(Widget):
    """One line: state, position, speed, deviations so far, the next step; a click calls `toggle`.

    Its screen binds the commands of `Where.REPLAY` to `toggle`, `step`, `slower` and `faster`.
    """

    class Ended(Message):
        """The replay has ended, for any reason."""

        def __init__(self, bar: ReplayBar) -> None:
            super().__init__()
            self.bar = bar

        @property
        def control(self) -> ReplayBar:
            return self.bar

    def __init__(self, player: Player, *, named: bool = False, id: str | None = None) -> None:  # noqa: A002
        """With `named` the bar names its charge point, for several replays."""
        super().__init__(id=id)
        self.player = player
        self._whose = f" {printable(player.plan.charge_point)}" if named else ""
        self._told = False

    def on_mount(self) -> None:
        self.set_interval(COUNTED, self._count_down)
        self._leave = self.player.subscribe(self._changed)
        self._changed()

    def on_unmount(self) -> None:
        self._leave()

    def render(self) -> Content:
        """State, progress, speed, deviations and the next step; before the first frame, the target."""
        player = self.player
        keys = Content.styled(self._keys(), "$text-muted")
        state = Content.styled(f"{self._whose} {self._state()} ", "bold")
        if player.connection is not None and player.report.sent == 0 and not player.is_over:
            url = printable(mask_own_text(player.connection.url))
            return Content.assemble(state, f" {player.plan.sends} frames to {url}", keys)
        return Content.assemble(
            state,
            f" {player.position}/{len(player.plan.steps)}{self._round()} {_speed_text(player.speed)}",
            self._deviations(),
            *((keys, f"  {printable(player.report.reason)}") if player.is_over else (f"  {self._next()}", keys)),
        )

    def toggle(self) -> None:
        """Play or pause; at the end, show the report."""
        if self.player.is_over:
            self.app.push_screen(ReplayReport(self.player))
        elif self.player.is_playing:
            self.player.pause()
        else:
            self.player.play()

    def step(self) -> None:
        """Send one more frame."""
        self.player.step()

    def faster(self) -> None:
        self._shift(1)

    def slower(self) -> None:
        self._shift(-1)

    def on_click(self, event: events.Click) -> None:
        event.stop()
        self.toggle()

    def _shift(self, by: int) -> None:
        place = _place(self.player.speed)
        at = place + by if SPEEDS[place] == self.player.speed else place + (by > 0)
        self.player.set_speed(SPEEDS[min(max(at, 0), len(SPEEDS) - 1)])

    def _count_down(self) -> None:
        if self.player.seconds_left is not None:
            self.refresh()

    def _changed(self) -> None:
        self.refresh()
        if self.player.is_over and not self._told:
            self._told = True
            self.post_message(self.Ended(self))
        elif not self.player.is_over:
            self._told = False  # the user may go back from the end

    def _state(self) -> str:
        player = self.player
        match player.report.outcome:
            case Outcome.FINISHED:
                return "■ finished"
            case Outcome.LOST:
                return "■ connection lost"
            case Outcome.STOPPED:
                return "■ stopped"
            case Outcome.RUNNING if not player.is_agreed:
                return "… not confirmed"
            case Outcome.RUNNING if player.connection is None:
                return "… not connected"
        if player.stopped_at:
            return f"⏸ at {printable(player.stopped_at)}"
        return "▶ playing" if player.is_playing else "⏸ paused"

    def _round(self) -> str:
        """The round, if there are several."""
        rounds = self.player.manner.rounds
        if rounds == 1:
            return ""
        return f" round {self.player.report.round}" + (f"/{rounds}" if rounds is not None else "")

    def _deviations(self) -> tuple[str, str]:
        """The number of deviations; "same" only if something was compared."""
        report = self.player.report
        if report.count:
            return f"  ✗ {report.count} different", "bold $text-error"
        is_known = report.compared > 0 and report.outcome in (Outcome.RUNNING, Outcome.FINISHED)
        return ("  ✓ same" if is_known else "", "$text-success")

    def _keys(self) -> str:
        """The keys of the controls, as the user has bound them."""
        words = _WORDS_AT_END if self.player.is_over else _WORDS
        keys: dict[str, list[str]] = {}
        for _, binding, _, _ in self.screen.active_bindings.values():
            if binding.id in words:
                keys.setdefault(words[binding.id], []).append(self.app.get_key_display(binding))
        return "".join(f"  {' '.join(shown)} {word}" for word, shown in keys.items())

    def _next(self) -> str:
        step, pending = self.player.next_step, self.player.pending
        left = self.player.seconds_left
        wait = "" if left is None else f", {left:.0f} s"
        if step is None:
            return f"the last answers{wait}"
        is_edited = pending is not None and pending.edited is not None
        return f"next: {replay_step_words(step)}{', edited' if is_edited else wait}"


_WORDS = {"replay.play": "play", "replay.step": "step", "replay.slower": "speed", "replay.faster": "speed"}
"""The words of the bar for the commands, by id."""
_WORDS_AT_END = {"replay.play": "report"}


def _place(speed: float | None) -> int:
    """The index in SPEEDS of a speed, or of the next lower one."""
    if speed is None:
        return len(SPEEDS) - 1
    return max((place for place, one in enumerate(SPEEDS) if one is not None and one <= speed), default=-1)


def _speed_text(speed: float | None) -> str:
    return "max" if speed is None else f"x{speed:g}"
