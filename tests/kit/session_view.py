"""The screen over a session that a test fills by hand."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from ocpptui.session.session import Session
from ocpptui.tui.app import OcpptuiApp
from ocpptui.tui.screens.session_screen import SessionScreen
from ocpptui.tui.widgets.inspector import Inspector
from ocpptui.tui.widgets.message_log import MessageLog
from ocpptui.tui.widgets.row_view import LineView
from tests.kit.driver import NARROW, Driver


class Screen(Driver):
    """The running program over a session."""

    @property
    def log(self) -> MessageLog:
        return self.app.screen_stack[0].query_one(MessageLog)

    @property
    def inspector(self) -> Inspector:
        return self.app.screen_stack[0].query_one(Inspector)

    @property
    def session_screen(self) -> SessionScreen:
        screen = self.app.screen_stack[0]
        assert isinstance(screen, SessionScreen)
        return screen

    async def caught_up(self) -> None:
        """Wait until the log shows every record."""
        await self.until(lambda: self.log.is_caught_up and self.log.contents.taken_in == len(self.log.timeline))

    def rows(self) -> list[str]:
        """The records of the log that are on the screen, a line each, without the lines between days."""
        return [line for line in widget_text(self.log) if not line.startswith("── ")]

    def said(self) -> str:
        """The line below the log."""
        return str(self.session_screen.query_one("#status").render()).strip()


@asynccontextmanager
async def screen_over(session: Session, size: tuple[int, int] = NARROW) -> AsyncIterator[Screen]:
    """The program on a terminal of this size, showing a session."""
    app = OcpptuiApp(session)
    async with app.run_test(size=size) as pilot:
        screen = Screen(app, pilot)
        await screen.until(lambda: isinstance(app.screen, SessionScreen) and app.screen.is_mounted)
        await screen.caught_up()
        await pilot.pause()
        yield screen


def widget_text(widget: LineView) -> list[str]:
    """The rows of a pane that are on the screen, without its scrollbar."""
    lines = [widget.render_line(y) for y in range(widget.size.height)]
    return [line.crop(0, widget.row_width).text.rstrip() for line in lines]
