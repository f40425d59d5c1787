"""A text that the user writes to a file: asks for the name, and says what came of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

from textual.screen import Screen

from ocpptui.describe.safe_text import printable
from ocpptui.runtime.portable_files import path_of_user, why_not_opened, write_private
from ocpptui.runtime.tasks import Tasks
from ocpptui.tui.screens.file_questions import FileQuestion, write_unless_kept


class FileWriting:
    """Asks on a screen, and writes while the screen goes on. The file can be read by its owner alone."""

    def __init__(self, screen: Screen[Any], tasks: Tasks) -> None:
        self._screen = screen
        self._tasks = tasks

    def ask(self, question: str, name: str, text: Callable[[], str], *, reason: str = "") -> None:
        """Ask for a name, which `name` proposes, and whether a file of that name may be replaced; then write.

        `reason` says why the last name could not be used.
        """

        def typed(name: str | None) -> None:
            if name is None:
                return
            path = path_of_user(name)
            write_unless_kept(self._screen.app, path, lambda: save(name, path))

        def save(name: str, path: Path) -> None:
            self._tasks.start(write(name, path, text()), f"write {path.name}")

        async def write(name: str, path: Path, content: str) -> None:
            try:
                await asyncio.to_thread(write_private, path, content)
            except OSError as error:
                self.ask(question, name, text, reason=f"{path} cannot be written: {why_not_opened(path, error)}.")
            else:
                self.say(f"Written to {path}.")

        self._screen.app.push_screen(FileQuestion(question, name, reason=reason), typed)

    def say(self, text: str) -> None:
        """Tell the user."""
        self._screen.app.notify(printable(text), markup=False)


def name_of_file(charge_point: str) -> str:
    """The name of a charge point as a part of the name of a file."""
    plain = "".join(letter if letter.isalnum() or letter in "-_." else "_" for letter in charge_point)
    return plain.lstrip(".") or "charge-point"
