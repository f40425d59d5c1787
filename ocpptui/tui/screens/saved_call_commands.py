"""Saved calls on the compose screen: a call is saved under a name, and opened again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from textual.screen import Screen

from ocpptui.compose.call_sequence import CallSequence
from ocpptui.compose.saved_calls import SavedCall, WrongCallFile
from ocpptui.compose.secret_free import secret_free_payload
from ocpptui.describe.safe_text import printable
from ocpptui.jsontext.text import compact
from ocpptui.ocpp.counted import counted
from ocpptui.remote_control.question import KnownValue
from ocpptui.runtime.tasks import Tasks
from ocpptui.tui.compose.choice_list import ChoiceList
from ocpptui.tui.screens.dialogs import ChoiceQuestion, TextQuestion

if TYPE_CHECKING:
    from ocpptui.compose.call_folders import CallFile, CallFolders


class SavedCallCommands:
    """Asks for names, and reads and writes while the screen goes on."""

    def __init__(self, screen: Screen[None], tasks: Tasks, folder: str | None) -> None:
        """`folder` is the one that the user has given besides their own."""
        self._screen = screen
        self._tasks = tasks
        self._folder = folder
        self._name = ""  # of the last one opened or saved

    def save(self, call: SavedCall) -> None:
        """Ask for a name, and write the call without its secrets."""
        payload = secret_free_payload(call.action, call.payload)
        kept = SavedCall(call.action, payload, call.version)
        asks = payload != call.payload

        def typed(name: str | None) -> None:
            if name is not None:
                self._tasks.start(self._write(name.removesuffix(".toml"), kept, asks=asks), "save a call")

        name = self._name or call.action
        self._screen.app.push_screen(TextQuestion("Save the call as? A / makes folders.", name), typed)

    async def _write(self, name: str, call: SavedCall, *, asks: bool, replace: bool = False) -> None:
        try:
            path = await asyncio.to_thread(lambda: self._folders().save(name, call, replace=replace))
        except WrongCallFile as wrong:
            self._say(str(wrong))
        except FileExistsError:
            self._ask_to_replace(name, call, asks=asks)
        else:
            self._name = name
            more = " It will ask for the secrets, which are not in the file." if asks else ""
            self._say(f"Saved as {name} in {path}.{more}")

    def _ask_to_replace(self, name: str, call: SavedCall, *, asks: bool) -> None:
        def chosen(number: int | None) -> None:
            if number == 0:
                self._tasks.start(self._write(name, call, asks=asks, replace=True), "save a call")

        question = ChoiceQuestion(f"{name} is saved already.", ["Replace it", "Leave it"])
        self._screen.app.push_screen(question, chosen)

    async def open(self, load: Callable[[SavedCall], None], run: Callable[[CallSequence], None]) -> None:
        """Have the user choose a file; `load` gets a call, `run` a sequence.

        The list is there when this returns: keys that are typed ahead are for it.
        """
        folders = self._folders()
        files = await asyncio.to_thread(folders.files)
        if not files:
            where = " or ".join(map(str, folders.folders))
            self._say(f"Nothing is saved yet in {where}; ctrl+s saves what you compose.")
            return
        by_name = {file.name: file for file in files}

        def chosen(name: str | None) -> None:
            if name is None:
                return
            file = by_name[name]
            match file.content:
                case SavedCall():
                    self._name = name
                    load(file.content)
                case CallSequence():
                    run(file.content)
                case None:
                    self._say(f"{file.path}: {file.problem}")

        choices = [KnownValue(file.name, _note(file)) for file in files]
        self._screen.app.push_screen(ChoiceList("Saved calls and sequences", choices), chosen)

    def _folders(self) -> CallFolders:
        from ocpptui.compose.call_folders import call_folders

        return call_folders(self._folder)

    def _say(self, text: str) -> None:
        self._screen.app.notify(printable(text), markup=False)


def _note(file: CallFile) -> str:
    match file.content:
        case SavedCall(action, payload, version):
            only = f"OCPP {version}  " if version is not None else ""
            return f"{action}  {only}{' '.join(compact(payload).split())[:_LONGEST_NOTE]}"
        case CallSequence():
            count = len(file.content.steps)
            return f"sequence of {counted(count, 'step')}"
    return f"cannot be used: {file.problem}"


_LONGEST_NOTE = 200
