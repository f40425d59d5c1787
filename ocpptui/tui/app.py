"""The application: its screens and themes, and how it ends."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import suppress
from contextvars import Context, copy_context
from typing import TYPE_CHECKING, Any, ClassVar

from textual.app import SystemCommand
from textual.binding import BindingType
from textual.screen import Screen
from textual.theme import Theme

from ocpptui.describe.network_problems import Remedy, problem_text
from ocpptui.describe.safe_text import printable
from ocpptui.network.problems import NetworkError
from ocpptui.runtime.clock import now
from ocpptui.runtime.garbage import resume_collections
from ocpptui.runtime.signals import ASKING_FOR_THE_END, HASTE, PATIENCE, end_within, heard, named
from ocpptui.runtime.tasks import Tasks
from ocpptui.session.file_session import FileSession
from ocpptui.session.incomplete_files import incomplete_files
from ocpptui.session.link_values import link_values
from ocpptui.session.session import Session
from ocpptui.tui import crash
from ocpptui.tui.commands.command import Where
from ocpptui.tui.commands.command_registry import bindings, shown_keys
from ocpptui.tui.lost_work import what_closing_loses, what_quitting_loses
from ocpptui.tui.offered_commands import palette_commands, places_on
from ocpptui.tui.recording_alarm import RecordingAlarm
from ocpptui.tui.screen_remedies import remedy_on_screen
from ocpptui.tui.screens.dialogs import ChoiceQuestion
from ocpptui.tui.screens.session_screen import STYLES, SessionScreen
from ocpptui.tui.terminal import TerminalApp
from ocpptui.tui.terminal_keys import alt_characters
from ocpptui.tui.themes import THEMES, first_theme, theme_after
from ocpptui.workspace import recent_sessions as recent
from ocpptui.workspace.config import Config
from ocpptui.workspace.recent_sessions import RecentSession
from ocpptui.workspace.recordings import discard_empty
from ocpptui.workspace.remembered_view import load_view, remember

if TYPE_CHECKING:
    from ocpptui.replay.player import Player
    from ocpptui.tui.screens.session_files import FileOpenedAbove, SessionReplaced
    from ocpptui.tui.screens.start_screen import SessionBegun

NO_CONNECTION = 3
"""Exit code if listening failed, as everywhere in ocpptui."""
HUNG_UP = 129
"""Exit code after SIGHUP, and if the terminal is gone."""
EXIT_CODES = {"SIGINT": 130, "SIGHUP": HUNG_UP}
"""Exit codes after signals that end the application; 0 after any other."""
BY_FORCE = 130
"""Exit code if the connections could not be closed in time."""
MOST_REPORTS = 5
"""Failed tasks reported per run at most; one failure often causes more."""
WATCHED = 0.5
"""Seconds between two checks of the recording."""
STARTED = 1.0
"""Seconds after which the first screen has been painted, on almost any machine."""


class OcpptuiApp(TerminalApp):
    """The debugger on screen: a session, or the start screen if there is none yet."""

    TITLE = "ocpptui"
    ENABLE_COMMAND_PALETTE = True
    CSS_PATH: ClassVar[str] = "widgets/recording_notice.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings(Where.EVERYWHERE)

    def __init__(
        self,
        session: Session | None = None,
        *,
        start: Callable[[], Awaitable[object]] | None = None,
        close: Callable[[], Awaitable[None]] | None = None,
        opening: FileSession | None = None,
        replay: Sequence[Player] = (),
        config: Config | None = None,
        remedy: Remedy = remedy_on_screen,
    ) -> None:
        """`remedy` words the remedy for a problem of `session`, for the front end that started it."""
        # A theme that is set later, and styles that are read later, make Textual parse all styles again.
        self.config = config or Config()
        self.set_reactive(TerminalApp.theme, first_theme(self.config.theme, load_view().theme))
        styles = _start_styles() if session is None else STYLES
        super().__init__(css_path=[self.CSS_PATH, *(f"screens/{path}" for path in styles)])
        self.alt_keys = alt_characters(self.config.keys.values())
        self.session = session
        """The session on screen; None on the start screen."""
        self.last_words: list[str] = []
        """What to print in the terminal after the screen has closed."""
        self._start = start
        self._close = close or (session.close if session is not None else None)
        self._opening = opening
        self._replay = replay
        self._remedy = remedy
        self._session_screen: SessionScreen | None = None
        self._tasks = Tasks("app")
        self._ending = asyncio.Lock()
        self._above: list[FileSession] = []  # files that are looked at while the session goes on
        self._leaving = False
        self._asks_to_quit = False  # the question is open
        self._running_loop: asyncio.AbstractEventLoop | None = None
        self._own_context: Context | None = None  # in which Textual knows which application runs
        self._crashed = False
        self._reports = 0
        self._recording_alarm = RecordingAlarm(self)

    @property
    def available_themes(self) -> dict[str, Theme]:
        return {**super().available_themes, **THEMES}

    def get_default_screen(self) -> Screen[Any]:
        """The first screen. Pushed onto a blank one, it would be styled and laid out twice before it is painted."""
        screen = self._start_screen() if self.session is None else self._screen_of(self.session, self._opening)
        screen._push_result_callback(self, None)  # Textual does so only for pushed screens, but replaces only those
        return screen

    def on_mount(self) -> None:
        self._own_context = copy_context()
        self.set_keymap(self.config.keys)
        self.set_interval(WATCHED, self._watch_recording)
        asyncio.get_running_loop().set_exception_handler(self._task_failed)
        if self._start is not None:
            self._tasks.start(self._begin(self._start), "start")
        else:
            self._remember()

    async def on_unmount(self) -> None:
        await self._end()
        asyncio.get_running_loop().set_exception_handler(None)

    def _screen_of(self, session: Session, opening: FileSession | None) -> SessionScreen:
        session.recording_watch.on_news.append(self._recording_told)
        session.alarm.on_stop.append(self._say_stopped)
        session.on_end_wanted.append(self.exit)
        if session.settings.bell:
            session.alarm.on_ring.append(self.bell)
        self._session_screen = SessionScreen(
            session,
            opening=opening,
            replay=self._replay,
            remedy=self._remedy,
            meter_keys=self.config.meter_keys,
            keys=self.config.keys,
        )
        return self._session_screen

    async def _begin(self, start: Callable[[], Awaitable[object]]) -> None:
        try:
            await start()
        except NetworkError as error:
            self.last_words.append(problem_text(error.problem, self._remedy))
            await self._end()
            discard_empty(self.session.recording_path if self.session is not None else None)
            self.exit(return_code=NO_CONNECTION)
        else:
            self._remember()

    def on_session_begun(self, event: SessionBegun) -> None:
        self.session, self._close = event.session, event.close or event.session.close
        self.push_screen(self._screen_of(event.session, event.opening))
        self._remember()

    def on_session_replaced(self, event: SessionReplaced) -> None:
        """Show another session in place of this one; ask first if something is connected or would be lost."""
        lost = "" if event.keeps_old else what_closing_loses(self.session, self.screen_stack)

        def chosen(number: int | None) -> None:
            self._tasks.start(self._replace(event) if number == 1 else _closed(event), "replace the session")

        if lost:
            self.push_screen(ChoiceQuestion(lost, ["stay", "close the session"]), chosen)
        else:
            chosen(1)

    def on_file_opened_above(self, event: FileOpenedAbove) -> None:
        """Show a file on the screen above the session, which goes on; closing it comes back."""
        opening = event.opening
        self._above.append(opening)
        screen = SessionScreen(
            opening.session,
            opening=opening,
            remedy=self._remedy,
            meter_keys=self.config.meter_keys,
            keys=self.config.keys,
            is_above=True,
        )
        self.push_screen(screen, lambda _: self._close_above(opening))

    def _close_above(self, opening: FileSession) -> None:
        if opening in self._above:
            self._above.remove(opening)
            self._tasks.start(opening.close(), "close the file above")

    async def _replace(self, event: SessionReplaced) -> None:
        if event.keeps_old:
            self._remember()
        else:
            await self._end()
        self.session, self._close = event.session, event.close
        self._replay, self._remedy = event.replay, remedy_on_screen
        self._recording_alarm.forget()
        while len(self.screen_stack) > 1:
            await self.pop_screen()
        self.switch_screen(self._screen_of(event.session, event.opening))
        self._remember()

    def _start_screen(self) -> Screen[None]:
        from ocpptui.tui.screens.start_screen import StartScreen  # with the network, which opened files do not need

        return StartScreen(self.config)

    def _remember(self) -> None:
        """Add the session to the recent ones: when it starts, since it may be killed, and when it ends."""
        screen = self._session_screen
        if screen is not None and screen.recordings and len(screen.session.timeline):
            remembered = recent.load_recent()
            if remembered.damage:
                self.notify(printable(remembered.damage), severity="warning", timeout=30, markup=False)
            form, values, missing = (None if self._replay else link_values(screen.session)) or ("", {}, "")
            first, *further = map(str, screen.recordings)
            session = RecentSession(screen.description, first, now(), form, values, missing, tuple(further))
            remembered.add(session)
            remembered.save()

    def _watch_recording(self) -> None:
        self._recording_alarm.look(self.session.recording_failure if self.session is not None else None)

    def _recording_told(self, news: str) -> None:
        """Show on every screen what has happened to the recording."""
        self._recording_alarm.tell(news)
        self._remember()  # it may have another path now

    def _say_stopped(self, why: str) -> None:
        """Show on every screen that nothing is sent any more; the mark in the header stays."""
        words = f"{printable(why)} Nothing more is sent automatically; ctrl+b goes on."
        self.notify(words, severity="error", timeout=60, markup=False)
        self.last_words.append(why)

    # -- the end ------------------------------------------------------------------------------------------------

    async def run_async(self, *arguments: Any, **options: Any) -> None:
        """Run until the application ends for any reason, then close the session and complete its recording."""
        self._running_loop = asyncio.get_running_loop()
        self._running_loop.call_later(STARTED, resume_collections)
        with heard(named(*ASKING_FOR_THE_END), self._hear):
            try:
                await super().run_async(*arguments, **options)
            finally:
                await self._end()

    def _hear(self, number: signal.Signals) -> None:
        """End because of a signal. Called from another thread."""
        if self.is_lent and number == signal.SIGINT:
            return
        self._end_soon(EXIT_CODES.get(number.name, 0))

    def terminal_gone(self) -> None:
        self._end_soon(HUNG_UP)

    def _end_soon(self, code: int) -> None:
        """Close the session and end, whatever the main thread is doing. May be called from any thread."""
        end_within(PATIENCE, code or BY_FORCE, self.restore_terminal)
        if self._running_loop is not None:
            with suppress(RuntimeError):  # the loop has ended
                self._running_loop.call_soon_threadsafe(self._leave_in_haste, code, context=self._own_context)

    async def action_quit(self) -> None:
        """Quit; ask first if something would be lost. The second call does not wait for the peer to close."""
        if self._leaving:
            await self._tasks.cancel()
            self.exit()
            return
        if self._asks_to_quit:
            return
        lost = what_quitting_loses(self.session, self.screen_stack)
        if not lost:
            self._leave()
            return

        def chosen(number: int | None) -> None:
            self._asks_to_quit = False
            if number == 1:
                self._leave()

        self._asks_to_quit = True
        self.push_screen(ChoiceQuestion(lost, ["stay", "quit anyway"]), chosen)

    def _leave(self, code: int = 0) -> None:
        if not self._leaving:
            self._leaving = True
            self.set_timer(0.3, lambda: self.notify("Closing the connections; ctrl+q again quits at once."))
            self._tasks.start(self._end_and_exit(code), "leave")

    def _leave_in_haste(self, code: int) -> None:
        if self.session is not None:
            self.session.hurry(HASTE)
        self._leave(code)

    async def _end_and_exit(self, code: int) -> None:
        await self._end()
        self.exit(return_code=code)

    async def _end(self) -> None:
        """Close every connection cleanly, remember the session and report where its recording is; once per session."""
        async with self._ending:
            close, self._close = self._close, None
            if close is None or self.session is None:
                return
            self._remember()
            while self._above:
                await self._above.pop().close()
            await close()
            if self.session.recording_path is not None and len(self.session.timeline):
                self.last_words.append(f"recording: {self.session.recording_path}")
            self.last_words += incomplete_files(self.session)

    def _handle_exception(self, error: Exception) -> None:
        if not self._crashed:
            self._crashed = True
            self.last_words += crash.last_words(error)
        super()._handle_exception(error)

    def _fatal_error(self) -> None:
        """End without Textual's rendered traceback: the crash report contains it."""
        self._close_messages_no_wait()

    def _task_failed(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """Report the failure of a task to the user; everything else continues."""
        error = context.get("exception")
        if not isinstance(error, Exception) or isinstance(error, OSError) or self._reports == MOST_REPORTS:
            return  # connections report their own errors
        self._reports += 1
        words = crash.last_words(error)
        self.last_words += words
        self.notify("\n".join(words[:2]), title="A part of ocpptui failed", severity="error", timeout=30, markup=False)

    # -- commands -----------------------------------------------------------------------------------------------

    async def action_show_start(self) -> None:
        """Close the session and go back to the start screen; ask first if something is connected."""
        if self.session is None or self._leaving:
            return
        if self._above and isinstance(self.screen, SessionScreen):
            self.screen.dismiss()
            return
        question = what_closing_loses(self.session, self.screen_stack)
        if not question:
            self._tasks.start(self._back_to_start(), "back to start")
            return

        def chosen(number: int | None) -> None:
            if number == 1:
                self._tasks.start(self._back_to_start(), "back to start")

        self.push_screen(ChoiceQuestion(question, ["stay", "close the session"]), chosen)

    async def _back_to_start(self) -> None:
        await self._end()
        self.session = self._session_screen = None
        self._recording_alarm.forget()
        self._replay, self._remedy = (), remedy_on_screen
        while len(self.screen_stack) > 1:
            await self.pop_screen()
        self.switch_screen(self._start_screen())

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "suspend_process" and (self._driver is None or not self._driver.can_suspend):
            return False  # in tests, on Windows, in a web page
        return super().check_action(action, parameters)

    def action_show_help(self) -> None:
        from ocpptui.tui.screens.help_screen import HelpScreen

        if not isinstance(self.screen, HelpScreen):
            self.push_screen(HelpScreen(places_on(self.screen), self.config.keys))

    def action_next_theme(self) -> None:
        """Show the next theme, and remember it for the next start."""
        self.theme = theme_after(self.theme)
        remember(theme=self.theme)
        words = f"The theme is {self.theme}."
        if self.config.theme is not None:
            words += f" The next start has {self.config.theme} again, as the configuration says."
        self.notify(words, markup=False)

    def action_help_quit(self) -> None:
        """Say how to quit: many users try ctrl+c first."""
        keys = self.config.keys.get("quit", "ctrl+q")
        self.notify(f"Press {shown_keys(keys)} to quit.", markup=False)

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """The palette: every command of the registry that is available on this screen now."""
        return palette_commands(self, screen, self.config.keys)


async def _closed(event: SessionReplaced) -> None:
    """Close what the user does not want in place of the session."""
    await event.close()


def _start_styles() -> tuple[str, ...]:
    from ocpptui.tui.screens.start_screen import STYLES as START_STYLES

    return START_STYLES
