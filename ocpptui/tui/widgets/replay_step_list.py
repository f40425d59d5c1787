"""The list of the steps of a replay."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from rich.segment import Segment
from textual import events
from textual.strip import Strip

from ocpptui.replay.player import Player
from ocpptui.replay.step_words import ReplayStepState, different_steps, replay_step_line
from ocpptui.tui.widgets.log_row import fitted
from ocpptui.tui.widgets.row_view import LineView

ABOVE = 4
"""Rows above the step in progress that stay visible."""
NOTE = 16
"""Cells for how long a step took or still waits."""
_SIGNS = {
    ReplayStepState.DONE: "✓",
    ReplayStepState.DIFFERENT: "✗",
    ReplayStepState.NOW: "▶",
    ReplayStepState.LATER: "·",
}


class ReplayStepList(LineView, can_focus=True):
    """A row for each step; the cursor goes with the replay until the user moves it."""

    STYLES: ClassVar[Mapping[str, str]] = {
        **LineView.STYLES,
        ReplayStepState.DONE.value: "$text-muted",
        ReplayStepState.DIFFERENT.value: "bold $text-error",
        ReplayStepState.NOW.value: "bold $text-accent",
        ReplayStepState.LATER.value: "$foreground",
        "cursor": "$block-cursor-foreground on $block-cursor-background",
    }

    def __init__(self, player: Player, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.player = player
        self.cursor = player.position
        """The position of the step under the cursor."""
        self._follows = True
        self._different: frozenset[int] = frozenset()

    def on_mount(self) -> None:
        self.look()

    def on_resize(self) -> None:
        self.look()

    def show_player(self, player: Player) -> None:
        """Show the steps of another replay."""
        self.player, self._follows = player, True
        self.look()

    def look(self) -> None:
        """Show how far the replay is."""
        self._different = different_steps(self.player)
        self.measure()
        self.set_rows(len(self.player.plan.steps))
        if self._follows:
            self._put_cursor(self.player.position)
        self.refresh()

    def move(self, by: int) -> None:
        """Move the cursor, which then stays where it is, or goes with the replay again where that is."""
        self._put_cursor(self.cursor + by)
        self._follows = self.cursor == self.player.position
        self.refresh()

    def page(self, by: int) -> None:
        self.move(by * max(1, self.size.height - 1))

    def _put_cursor(self, position: int) -> None:
        self.cursor = min(max(position, 0), max(0, len(self.player.plan.steps) - 1))
        top, height = self.scroll_offset.y, max(1, self.size.height)
        if self.cursor < top + min(ABOVE, height // 4):
            self.show_row(max(0, self.cursor - ABOVE))
        elif self.cursor >= top + height - 1:
            self.show_row(self.cursor - height + 2)

    def render_row(self, number: int) -> Strip:
        if number >= len(self.player.plan.steps):
            return Strip.blank(self.row_width, self.rich_style)
        line = replay_step_line(self.player, number, self._different)
        style = self.part_style(line.state.value, *(("cursor",) if number == self.cursor and self.has_focus else ()))
        room = max(1, self.row_width - NOTE - 10)
        text = f"{number + 1:>5} {_SIGNS[line.state]} {fitted(line.words, room)} {line.note}"
        return Strip([Segment(fitted(text, self.row_width), style)], self.row_width)

    def on_click(self, event: events.Click) -> None:
        if not self.is_on_bar(event):
            self.move(self.scroll_offset.y + event.y - self.cursor)
