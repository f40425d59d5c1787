"""What the user does with files from a session: save, open another one, compare with one, replay the opened one."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from textual.message import Message

from ocpptui.describe.network_problems import problem_text
from ocpptui.describe.safe_text import printable
from ocpptui.network.problems import NetworkError
from ocpptui.ocpp.counted import counted
from ocpptui.ocpp.identity import WITHOUT_ID
from ocpptui.ocpp.secrets import mask_own_text
from ocpptui.ocpp.version import Role
from ocpptui.recording.file_errors import RecordingError
from ocpptui.runtime.portable_files import path_of_user
from ocpptui.runtime.standard_input import STANDARD_INPUT
from ocpptui.session.file_session import FileSession
from ocpptui.session.session import Session
from ocpptui.session.setting_values import WrongSetting
from ocpptui.tui.screen_remedies import remedy_on_screen
from ocpptui.tui.screens.dialogs import ChoiceQuestion, Statement, TextQuestion
from ocpptui.tui.screens.file_questions import FileQuestion
from ocpptui.tui.screens.session_parts import SessionParts
from ocpptui.workspace import recent_sessions as recent
from ocpptui.workspace.recordings import begin_recording, discard_empty

if TYPE_CHECKING:
    from ocpptui.exporting.running_export import WrittenFile
    from ocpptui.replay.player import Player

FORM = "replay"
"""The name of what is remembered of the last replay."""
URL, ADDRESS = "ws://localhost:9000", "127.0.0.1:9000"
ROLES = (Role.CHARGE_POINT, Role.CENTRAL_SYSTEM)


class SessionReplaced(Message):
    """Another session takes the place of this one on screen."""

    def __init__(
        self,
        session: Session,
        *,
        close: Callable[[], Awaitable[None]],
        opening: FileSession | None = None,
        replay: Sequence[Player] = (),
        keeps_old: bool = False,
    ) -> None:
        """With `keeps_old`, `close` closes the old session too, whose records the new one needs."""
        super().__init__()
        self.session = session
        self.close = close
        self.opening = opening
        self.replay = replay
        self.keeps_old = keeps_old


class FileOpenedAbove(Message):
    """A file is looked at while the session goes on below."""

    def __init__(self, opening: FileSession) -> None:
        super().__init__()
        self.opening = opening


class SessionFiles:
    """Asks for files, and says what has become of them."""

    def __init__(self, parts: SessionParts) -> None:
        self._screen = parts.screen
        self._session = parts.session
        self._log = parts.log
        self._charge_points = parts.charge_points
        self._opening = parts.opening
        self._go_to = parts.go_to
        self._tasks = parts.tasks
        self._comparing = threading.Event()  # a comparison is wanted
        self._compared = ""  # the file of the last one

    def cancel(self) -> None:
        """Have a comparison end that nobody waits for any more."""
        self._comparing.clear()

    # -- save ---------------------------------------------------------------------------------------------------

    def save(self) -> None:
        """Save the records, or hand them on."""
        from ocpptui.tui.screens.save_screen import Savable, SaveScreen

        opening = self._opening
        read, diagnosed = (1.0, 1.0) if opening is None else (opening.progress, opening.diagnosed)
        savable = Savable(self._session, self._log.selection, self._sources, read, diagnosed)
        self._screen.app.push_screen(SaveScreen(savable, self._name), self._saved)

    def _saved(self, written: WrittenFile | None) -> None:
        if written is None:
            return
        head = f"{counted(written.records, 'record')} in {written.path}, {_size(written.size)}."
        if len(written.lines) == 1:
            self._screen.notify(printable(head), markup=False)
        else:
            self._screen.app.push_screen(Statement("Saved", [head, *written.lines]))

    @property
    def _sources(self) -> list[Path]:
        """The files that the records are in."""
        own = self._session.recording_path
        return [*(self._opening.paths if self._opening is not None else ()), *([own] if own is not None else ())]

    @property
    def _name(self) -> str:
        """A name to begin with, in the folder where ocpptui was started."""
        own = self._session.recording_path
        if own is not None:
            return own.name
        first = self._opening.paths[0] if self._opening is not None else Path("session")
        return f"{'records' if first == STANDARD_INPUT else first.name.split('.')[0] or 'records'}-copy.jsonl"

    # -- open ---------------------------------------------------------------------------------------------------

    def open(self) -> None:
        """Ask for a file, and open it in place of this session."""

        def typed(text: str | None) -> None:
            if text is None:
                return
            path = path_of_user(text)
            try:
                if path.is_dir():
                    self._screen.notify(printable(f"{path} is a folder; name a file in it."), markup=False)
                    return
                opening = FileSession([path])
            except RecordingError as error:
                self._screen.notify(printable(str(error)), severity="error", markup=False)
                return
            opening.session.diagnosis.limits = self._session.diagnosis.limits
            self._screen.post_message(SessionReplaced(opening.session, close=opening.close, opening=opening))

        folder = self._folder
        self._screen.app.push_screen(FileQuestion("Open which file?", folder), typed)

    @property
    def _folder(self) -> str:
        """The folder of what is open, to begin to type with."""
        if self._opening is None or self._opening.paths[0] == STANDARD_INPUT:
            return ""
        parent = self._opening.paths[0].parent
        return "" if str(parent) == "." else f"{parent}/"

    # -- compare ------------------------------------------------------------------------------------------------

    def compare(self) -> None:
        """Ask for a file, and show how it differs from this recording."""
        first = list(self._opening.paths) if self._opening is not None else self._sources
        if not first or not all(path.is_file() for path in first):
            self._screen.notify("Only records that are in a file can be compared.", markup=False)
            return

        def typed(text: str | None) -> None:
            if text is not None:
                self._compared = text
                self._comparing.set()
                self._screen.notify("Reading and comparing the files…", markup=False)
                self._tasks.start(self._compare(first, path_of_user(text)), "compare")

        self._screen.app.push_screen(FileQuestion("Compare with which file?", self._compared or self._folder), typed)

    async def _compare(self, first: Sequence[Path], second: Path) -> None:
        from ocpptui.replay.compared_files import NotComparableError, compared_files
        from ocpptui.tui.screens.difference_screen import DifferenceScreen

        choices = None if self._opening is None else self._opening.choices
        try:
            keep = self._session.settings.keep_secrets
            files = await asyncio.to_thread(compared_files, first, choices, second, self._comparing, keep_secrets=keep)
        except NotComparableError as error:
            self._screen.notify(printable(str(error)), severity="error", markup=False)
            return
        if files is None:
            return

        def chosen(record: int | None) -> None:
            if record is not None and record < len(self._session.timeline):
                self._go_to(record)

        names = ", ".join(path.name for path in first), second.name
        self._screen.app.push_screen(DifferenceScreen(files, names), chosen)

    # -- replay -------------------------------------------------------------------------------------------------

    def replay(self) -> None:
        """Ask for the side to play and the peer, and begin a replay of the opened file, paused."""
        if self._opening is None or self._opening.progress < 1:
            self._screen.notify("The file is still being read; wait until it is whole.", markup=False)
            return
        remembered = recent.load_recent().values.get(FORM, {})

        def for_charge_point(name: str | None) -> None:
            def chosen(number: int | None) -> None:
                if number is not None:
                    self._ask_for_peer(ROLES[number], name, remembered)

            sides = ["as the charge point, to a central system", "as the central system, to a charge point"]
            self._screen.app.push_screen(ChoiceQuestion("Replay this file", sides), chosen)

        self._with_charge_point(for_charge_point)

    def _with_charge_point(self, go_on: Callable[[str | None], None]) -> None:
        """Find out which charge point of the file is meant; ask if there are several candidates."""
        from ocpptui.replay.plan import charge_points

        names = [one.charge_point for one in charge_points(self._session.timeline)]
        meant = self._charge_points.chosen
        if len(names) <= 1 or meant in names:
            go_on(meant if meant in names else None)
            return

        def chosen(number: int | None) -> None:
            if number is not None:
                go_on(names[number])

        shown = [name or WITHOUT_ID for name in names]
        self._screen.app.push_screen(ChoiceQuestion("Replay which charge point?", shown), chosen)

    def _ask_for_peer(
        self, role: Role, charge_point: str | None, remembered: dict[str, str], typed: str = "", reason: str = ""
    ) -> None:
        """Ask where to; again with what was typed, and the reason why it could not be used."""
        is_client = role is Role.CHARGE_POINT
        field, default = ("url", URL) if is_client else ("address", ADDRESS)
        words = "URL of the central system:" if is_client else "Address and port to listen on:"

        async def begin(text: str) -> None:
            kept = {**remembered, field: mask_own_text(text)}
            problem = await self._begin(role, charge_point, text, kept)
            if problem:
                self._ask_for_peer(role, charge_point, remembered, text, problem)

        def answered(text: str | None) -> None:
            if text is not None:
                self._tasks.start(begin(text), "begin a replay")

        value = typed or remembered.get(field, default)
        self._screen.app.push_screen(TextQuestion(words, value, reason=reason), answered)

    async def _begin(self, role: Role, charge_point: str | None, target: str, kept: dict[str, str]) -> str:
        """Begin a replay; return why the target cannot be used, or ""."""
        from ocpptui.replay.plan import PlanError
        from ocpptui.replay.running_replays import replay_of

        opening = self._opening
        assert opening is not None
        try:
            replays = replay_of(
                self._session.timeline,
                role,
                charge_point,
                target,
                lambda: begin_recording(None, f"replay-{role.value}"),
                keep_secrets=self._session.settings.keep_secrets,
            )
        except WrongSetting as error:
            return _sentence(error)
        except PlanError as error:
            self._screen.notify(printable(_sentence(error)), severity="error", markup=False)
            return ""
        try:
            await replays.start()
        except NetworkError as error:
            await replays.close()
            discard_empty(replays.session.recording_path)
            return problem_text(error.problem, remedy_on_screen)
        remembered = recent.load_recent()
        remembered.remember(FORM, kept)
        remembered.save()

        async def close() -> None:
            await replays.close()
            await opening.close()

        replaced = SessionReplaced(replays.session, close=close, replay=replays.players, keeps_old=True)
        self._screen.post_message(replaced)
        return ""


def _sentence(error: Exception) -> str:
    words = str(error)
    return f"{words[:1].upper()}{words[1:]}."


def _size(size: int) -> str:
    return f"{size:,} bytes" if size < 10_000 else f"{size / 1e3:,.0f} kB" if size < 10**7 else f"{size / 1e6:,.0f} MB"
