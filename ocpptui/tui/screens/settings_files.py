"""The files of a table of settings: written, read, and applied."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from textual.screen import Screen

from ocpptui.runtime.portable_files import path_of_user
from ocpptui.runtime.tasks import Tasks
from ocpptui.stations.saved_settings import (
    LARGEST_FILE,
    SavedSettings,
    WrongSettingsFile,
    saved_settings,
    settings_text,
)
from ocpptui.stations.state import ChargePointState
from ocpptui.tui.screens.file_questions import FileQuestion
from ocpptui.tui.screens.written_file import FileWriting, name_of_file


class SettingsFiles:
    """Asks for names, and reads and writes while the screen goes on."""

    def __init__(self, screen: Screen[None], tasks: Tasks) -> None:
        self._screen = screen
        self._tasks = tasks
        self._writing = FileWriting(screen, tasks)

    def name(self, charge_point: str) -> str:
        """A name for the file of a charge point."""
        return f"{name_of_file(charge_point)}-configuration.toml"

    def write(self, known: ChargePointState) -> None:
        """Ask for a name, and write what is known of a charge point."""
        text = settings_text(known)
        self._writing.ask("Write the table to which file?", self.name(known.identity), lambda: text)

    def read(self, question: str, name: str, take: Callable[[str, SavedSettings], None], *, reason: str = "") -> None:
        """Ask for a file, and hand over its name and what it has; `reason` says why the last one could not be used."""

        async def read(text: str) -> None:
            path = path_of_user(text)
            try:
                saved = await asyncio.to_thread(_saved_in, path)
            except OSError as error:
                self.read(question, text, take, reason=f"{path} cannot be read: {error.strerror or error}.")
            except WrongSettingsFile as error:
                self.read(question, text, take, reason=f"{path} cannot be used. {error}")
            else:
                take(path.name, saved)

        def typed(text: str | None) -> None:
            if text is not None:
                self._tasks.start(read(text), "read a configuration")

        self._screen.app.push_screen(FileQuestion(question, name, reason=reason), typed)


def _saved_in(path: Path) -> SavedSettings:
    with path.open("rb") as file:
        content = file.read(LARGEST_FILE + 1)
    if len(content) > LARGEST_FILE:
        raise WrongSettingsFile(f"It is larger than {LARGEST_FILE / 1e6:g} MB.")
    try:
        return saved_settings(content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise WrongSettingsFile("It is not text in UTF-8.") from None
