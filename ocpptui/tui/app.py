"""The application: which screen, which theme, what happens at the end."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path
from typing import ClassVar

from textual.app import App, SystemCommand
from textual.binding import BindingType
from textual.screen import Screen

from ocpptui.link.clock import now
from ocpptui.link.errors import LinkError
from ocpptui.link.tasks import Tasks
from ocpptui.replay.player import Player
from ocpptui.session import recent
from ocpptui.session.config import Config
from ocpptui.session.opening import Opening
from ocpptui.session.recent import RecentSession
from ocpptui.session.session import Session
from ocpptui.tui import crash
from ocpptui.tui.commands import COMMANDS, Where, bindings
from ocpptui.tui.screens.help import HelpScreen
from ocpptui.tui.screens.questions import ChoiceQuestion
from ocpptui.tui.screens.session import SessionScreen
from ocpptui.tui.themes import DARK, LIGHT

NO_CONNECTION = 3
"""Exit code where listening failed, as everywhere in ocpptui."""


class OcpptuiApp(App[None]):
    """The debugger on screen: over a session, or with the start screen where there is none yet."""

    TITLE = "ocpptui"
    ENABLE_COMMAND_PALETTE = True
    BINDINGS: ClassVar[list[BindingType]] = bindings(Where.EVERYWHERE)

    def __init__(
        self,
        session: Session | None = None,
        *,
        start: Callable[[], Awaitable[object]] | None = None,
        close: Callable[[], Awaitable[None]] | None = None,
        opening: Opening | None = None,
        replay: Player | None = None,
        config: Config | None = None,
    ) -> None:
        super().__init__()
        self.crash_report: Path | None = None
        """Where the traceback of a crash was written."""
        self._session = session
        self._start = start
        self._close = close
        self._opening = opening
        self._replay = replay
        self._config = config or Config()
        self._session_screen: SessionScreen | None = None
        self._tasks = Tasks("app")

    def on_mount(self) -> None:
        self.register_theme(DARK)
        self.register_theme(LIGHT)
        self.theme = self._config.theme if self._config.theme in self.available_themes else DARK.name
        self.set_keymap(self._config.keys)
        if self._session is None:
            from ocpptui.tui.screens.start import StartScreen

            self.push_screen(StartScreen())
        else:
            self.show_session(
                self._session, start=self._start, close=self._close, opening=self._opening, replay=self._replay
            )

    def show_session(
        self,
        session: Session,
        *,
        start: Callable[[], Awaitable[object]] | None = None,
        close: Callable[[], Awaitable[None]] | None = None,
        opening: Opening | None = None,
        replay: Player | None = None,
    ) -> None:
        """Open the session screen; `start` then connects or listens, `close` is what ends it all."""
        self._session, self._close = session, close or session.close
        self._session_screen = SessionScreen(session, opening=opening, replay=replay)
        self.push_screen(self._session_screen)
        if start is not None:
            self._tasks.start(self._begin(start), "start")

    async def _begin(self, start: Callable[[], Awaitable[object]]) -> None:
        try:
            await start()
        except LinkError as error:
            await self._end()
            self.exit(return_code=NO_CONNECTION, message=str(error))

    # -- the end ------------------------------------------------------------------------------------------------

    async def action_leave(self) -> None:
        """Quit; ask first if records would be lost that could not be written."""
        failure = self._session.recording_failure if self._session is not None else None
        if failure is None:
            await self._leave()
            return

        def chosen(number: int | None) -> None:
            if number == 1:
                self._tasks.start(self._leave(), "leave")

        question = f"The recording is not complete, what is missing will be lost. {failure}"
        self.push_screen(ChoiceQuestion(question, ["stay", "quit all the same"]), chosen)

    async def _leave(self) -> None:
        await self._end()
        self.exit()

    async def _end(self) -> None:
        """Close every connection cleanly and remember the session."""
        screen = self._session_screen
        if screen is not None and screen.recording is not None:
            remembered = recent.load()
            remembered.add(RecentSession(screen.description, str(screen.recording), now()))
            remembered.save()
        close, self._close = self._close, None
        if close is not None:
            await close()

    def _handle_exception(self, error: Exception) -> None:
        self.crash_report = crash.write_report(error)
        super()._handle_exception(error)

    # -- commands -----------------------------------------------------------------------------------------------

    def action_show_help(self) -> None:
        self.push_screen(HelpScreen(*getattr(self.screen, "WHERE", (Where.START,))))

    def action_toggle_theme(self) -> None:
        self.theme = LIGHT.name if self.current_theme.dark else DARK.name

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """The palette: every command of the registry that means something here."""
        for command in COMMANDS:
            if command.in_palette and (command.where is Where.EVERYWHERE or isinstance(screen, SessionScreen)):
                yield SystemCommand(command.title, command.help, self._runner(screen, command.action, command.where))
        yield SystemCommand("Quit", "Close every connection and quit.", self.action_leave)

    def _runner(self, screen: Screen[object], action: str, where: Where) -> Callable[[], Awaitable[None]]:
        async def run() -> None:
            namespace = screen.query_one("#log") if where is Where.LOG else screen
            await self.run_action(action, self if where is Where.EVERYWHERE else namespace)

        return run
