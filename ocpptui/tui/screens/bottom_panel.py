"""A panel at the bottom of the session screen that leaves the newest rows of the log in sight."""

from __future__ import annotations

from textual.css.query import NoMatches
from textual.screen import Screen, ScreenResultType

from ocpptui.tui.screens.closing import Dialog

UNDERNEATH = 2
"""The lines at the bottom of the session screen that a panel may cover: its status and its keys."""


class BottomPanel(Dialog[ScreenResultType]):
    """Its user watches the log above it."""

    def leave_room(self, panel: str) -> None:
        """Let the log end above the widget with this id, as soon as that has its size."""
        self.call_after_refresh(self._leave_room, f"#{panel}")

    def _leave_room(self, panel: str) -> None:
        if self.app.screen is self:
            self._end_above(max(0, self.query_one(panel).outer_size.height - UNDERNEATH))

    def on_unmount(self) -> None:
        self._end_above(0)

    def _end_above(self, lines: int) -> None:
        for screen in self.app.screen_stack:
            if screen is not self:
                _end_above(screen, lines)


def _end_above(screen: Screen[object], lines: int) -> None:
    try:
        records = screen.query_one("#records")
    except NoMatches:
        return
    if records.styles.margin.bottom != lines:
        records.styles.margin = (0, 0, lines, 0)
