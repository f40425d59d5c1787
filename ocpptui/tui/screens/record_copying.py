"""Copying the record under the cursor, in one of several forms."""

from __future__ import annotations

from textual.screen import Screen

from ocpptui.describe.safe_text import printable
from ocpptui.runtime.tasks import Tasks
from ocpptui.session.session import Session
from ocpptui.tui.clipboard import copy
from ocpptui.tui.screens.dialogs import ChoiceQuestion
from ocpptui.tui.widgets.message_log import MessageLog


class RecordCopying:
    """Asks for the form, copies, and says where the copy is."""

    def __init__(self, screen: Screen[None], session: Session, log: MessageLog, tasks: Tasks) -> None:
        self._screen = screen
        self._session = session
        self._log = log
        self._tasks = tasks

    def ask(self) -> None:
        """Copy the record under the cursor."""
        from ocpptui.describe.copy_formats import Copied, Nothing, copied

        index = self._log.cursor
        if index is None:
            return
        ways = list(Copied)

        def chosen(number: int | None) -> None:
            if number is None:
                return
            text = copied(self._session.timeline, index, ways[number], self._session.control_name)
            if isinstance(text, Nothing):
                self._screen.notify(text.why, markup=False)
            else:
                self._tasks.start(copy_and_say(self._screen, self._session, text), "copy")

        names = ["JSON of the payload", "raw text as it was on the wire", "command that sends it again"]
        self._screen.app.push_screen(ChoiceQuestion("Copy what?", names), chosen)


async def copy_and_say(screen: Screen[None], session: Session, text: str) -> None:
    """Copy a text that comes from a session, and say where the copy is."""
    said = await copy(screen.app, text, keeps_secrets=session.settings.keep_secrets)
    screen.notify(printable(said), markup=False)
