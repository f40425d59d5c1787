"""The files of a table of settings: written, read, and applied."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from textual.screen import Screen

from ocpptui.describe.safe_text import printable
from ocpptui.runtime.portable_files import why_not_opened, write_private
from ocpptui.runtime.tasks import Tasks
from ocpptui.stations.saved_settings import (
    LARGEST_FILE,
    SavedSettings,
    WrongSettingsFile,
    saved_settings,
    settings_text,
)
from ocpptui.stations.state import ChargePointState
from ocpptui.tui.screens.dialogs import TextQuestion
from ocpptui.tui.screens.file_questions import write_unless_kept


class SettingsFiles:
    """Asks for names, and reads and writes while the screen goes on."""

    def __init__(self, screen: Screen[None], tasks: Tasks) -> None:
        self._screen = screen
        self._tasks = tasks

    def name(self, charge_point: str) -> str:
        """A name for the file of a charge point."""
        plain = "".join(letter if letter.isalnum() or letter in "-_." else "_" for letter in charge_point)
        return f"{plain.lstrip('.') or 'charge-point'}-configuration.toml"

    def write(self, known: ChargePointState) -> None:
        """Ask for a name, and write what is known of a charge point."""
        text = settings_text(known)

        def typed(name: str | None) -> None:
            if name is None:
                return
            path = Path(name).expanduser()
            write_unless_kept(self._screen.app, path, lambda: save(path))

        def save(path: Path) -> None:
            self._tasks.start(self._write(path, text), "write the configuration")

        self._screen.app.push_screen(TextQuestion("Write the table to which file?", self.name(known.identity)), typed)

    async def _write(self, path: Path, text: str) -> None:
        try:
            await asyncio.to_thread(write_private, path, text)
        except OSError as error:
            self._say(f"{path} cannot be written: {why_not_opened(path, error)}.")
        else:
            self._say(f"Written to {path}.")

    def read(self, question: str, name: str, take: Callable[[str, SavedSettings], None]) -> None:
        """Ask for a file, and hand over its name and what it has."""

        def typed(text: str | None) -> None:
            if text is not None:
                self._tasks.start(self._read(Path(text).expanduser(), take), "read a configuration")

        self._screen.app.push_screen(TextQuestion(question, name), typed)

    async def _read(self, path: Path, take: Callable[[str, SavedSettings], None]) -> None:
        try:
            saved = await asyncio.to_thread(_saved_in, path)
        except OSError as error:
            self._say(f"{path} cannot be read: {error.strerror or error}.")
        except WrongSettingsFile as error:
            self._say(f"{path} cannot be used. {error}")
        else:
            take(path.name, saved)

    def _say(self, text: str) -> None:
        self._screen.app.notify(printable(text), markup=False)


def _saved_in(path: Path) -> SavedSettings:
    with path.open("rb") as file:
        content = file.read(LARGEST_FILE + 1)
    if len(content) > LARGEST_FILE:
        raise WrongSettingsFile(f"It is larger than {LARGEST_FILE / 1e6:g} MB.")
    try:
        return saved_settings(content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise WrongSettingsFile("It is not text in UTF-8.") from None
