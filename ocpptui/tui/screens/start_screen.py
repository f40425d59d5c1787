"""The start screen: connect, listen, relay, open recordings, watch the demo, or go back to a recent session."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Label, OptionList, Static
from textual.widgets.option_list import Option

from ocpptui.describe.network_problems import problem_text
from ocpptui.describe.safe_text import printable
from ocpptui.network.client_settings import ClientSettings, requested_url
from ocpptui.network.problems import CannotListen, NetworkError
from ocpptui.network.server_settings import ServerSettings
from ocpptui.ocpp.date_times import local_datetime
from ocpptui.ocpp.version import Role, Version
from ocpptui.recording.file_errors import RecordingError
from ocpptui.runtime.tasks import Tasks
from ocpptui.session.demo import Demo
from ocpptui.session.file_session import FileSession
from ocpptui.session.proxy import ProxySettings
from ocpptui.session.session import Session
from ocpptui.session.setting_values import WrongSetting
from ocpptui.session.settings import session_settings
from ocpptui.tui.commands.command import Where
from ocpptui.tui.commands.command_registry import bindings
from ocpptui.tui.path_suggester import PathSuggester
from ocpptui.tui.screen_remedies import remedy_on_screen
from ocpptui.tui.screens.full_screen import FullScreen
from ocpptui.tui.screens.start_forms import (
    COMMANDS,
    FORMS,
    HEADERS,
    SECRET,
    FormEntry,
    WrongValue,
    configured_placeholder,
    form_named,
    plain_values,
    recordings,
    typed_client,
    typed_relay,
    typed_server,
    values_to_keep,
)
from ocpptui.tui.widgets.key_line import KeyLine
from ocpptui.tui.widgets.option_rows import OptionRows
from ocpptui.workspace import recent_sessions as recent
from ocpptui.workspace.config import Config
from ocpptui.workspace.folders import recordings_folder
from ocpptui.workspace.recordings import begin_recording, discard_empty

STYLES = ("start_screen.tcss", "../widgets/key_line.tcss")
"""The files of the styles, relative to this one."""


PLACES = {"connect": ("url", "url"), "listen": ("port", "port"), "relay": ("upstream", "listen")}
"""The fields of the forms that begin a session: what is said to be wrong there has no field, or is the port."""
UNRELATED_TO_URL = ("trust", "certificate", "key", "profile", HEADERS)
"""Fields whose values may be wrong as yet while the URL is shown."""


class SessionBegun(Message):
    """A session has started."""

    def __init__(
        self,
        session: Session,
        *,
        opening: FileSession | None = None,
        close: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        """`close` ends the session; None means `Session.close`."""
        super().__init__()
        self.session = session
        self.opening = opening
        self.close = close


class _Forms(VerticalScroll, inherit_bindings=False):
    """The forms; up and down go from field to field, also where they do not fit into the window."""


class StartScreen(FullScreen):
    """Enter in any field of a form performs the form's task; errors appear under their field.

    In a low window, only the form with the focus has all of its fields.
    """

    CSS_PATH = [*STYLES]
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (150, "-wide")]
    VERTICAL_BREAKPOINTS = [(0, "-low"), (32, "-high")]
    WHERE: ClassVar[tuple[Where, ...]] = (Where.START,)
    """The places whose commands it handles."""
    BINDINGS: ClassVar[list[BindingType]] = bindings(Where.START)

    def __init__(self, config: Config | None = None) -> None:
        super().__init__()
        self._config = config or Config()
        self._recent = recent.load_recent()
        self._tasks = Tasks("start screen")
        self._is_starting = False  # until the session screen is shown or the start has failed

    def compose(self) -> ComposeResult:
        yield Static("ocpptui  the debugger for OCPP", id="title", markup=False)
        yield Static(id="obstacle", markup=False)
        with Horizontal(id="columns"):
            with _Forms(id="forms", can_focus=False):
                for form in FORMS:
                    with Vertical(id=form.name, classes="form") as box:
                        box.border_title = f"{form.title}  (enter)"
                        for row in form.rows:
                            with Horizontal(classes="line" if row is form.rows[0] else "line further"):
                                for entry in row:
                                    yield Label(entry.label)
                                    yield self._input(form.name, entry)
                            yield Static(classes="wrong", id=f"{form.name}_{row[0].name}_wrong", markup=False)
            sessions = OptionRows(*self._recent_options(), id="recent", markup=False)
            sessions.border_title = "Recent sessions  (enter opens the recording, c connects again)"
            yield sessions
        yield KeyLine()

    def _input(self, form: str, entry: FormEntry) -> Input:
        return Input(
            self._recent.values.get(form, {}).get(entry.name, ""),
            placeholder=configured_placeholder(entry, self._configured(form)),
            password=entry.name == SECRET,
            suggester=PathSuggester() if entry.is_path else None,
            compact=True,
            id=f"{form}_{entry.name}",
        )

    def on_mount(self) -> None:
        self.query_one("#connect_url", Input).focus()
        self._show_requested_url()
        if self._recent.damage:
            self.notify(printable(self._recent.damage), severity="warning", timeout=30, markup=False)
        obstacle = _recording_obstacle()
        if obstacle is not None:
            notice = self.query_one("#obstacle", Static)
            notice.update(printable(f"SESSIONS WILL NOT BE RECORDED: {obstacle}"))
            notice.add_class("-shown")

    async def on_unmount(self) -> None:
        await self._tasks.cancel()

    def _recent_options(self) -> list[Option]:
        options = []
        for session in self._recent.sessions:
            moment = local_datetime(session.ended)
            when = "" if moment is None else f"{moment:%m-%d %H:%M}  "
            options.append(Option(Content.assemble((when, "$text-muted"), printable(session.title))))
        return options or [Option("none yet", disabled=True)]

    # -- what is typed ------------------------------------------------------------------------------------------

    def _values(self, form: str) -> dict[str, str]:
        """The typed values of a form by field name, stripped except for the password."""
        entries = form_named(form).entries
        texts = {entry.name: self.query_one(f"#{form}_{entry.name}", Input).value for entry in entries}
        return {name: text if name == SECRET else text.strip() for name, text in texts.items()}

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        form, _, name = (event.input.id or "").partition("_")
        event.input.remove_class("-wrong")
        self._say(form, form_named(form).row_of(name)[0].name, "")
        if form == "connect":
            self._show_requested_url()

    @on(Input.Blurred)
    def _left(self, event: Input.Blurred) -> None:
        """Show the error of a filled-in field at once, not only after the form is submitted."""
        form, _, name = (event.input.id or "").partition("_")
        if event.value.strip():
            try:
                check: Mapping[str, Callable[[dict[str, str]], object]] = {
                    "connect": self._client,
                    "listen": self._server,
                    "relay": self._relay_settings,
                    "open": recordings,
                }
                check[form](self._values(form))
            except WrongValue as wrong:
                if wrong.entry == name:
                    self._show_wrong(form, wrong)

    def _show_requested_url(self) -> None:
        """Show the URL that would be requested, in the frame of the form."""
        try:
            url = requested_url(self._client({**self._values("connect"), **dict.fromkeys(UNRELATED_TO_URL, "")}))
        except (WrongValue, NetworkError):
            url = ""
        self.query_one("#connect").border_subtitle = Content(printable(f"requests {url}")) if url else ""

    def _show_wrong(self, form: str, wrong: WrongValue) -> None:
        row = form_named(form).row_of(wrong.entry)
        label = next(entry.label for entry in row if entry.name == wrong.entry)
        self._say(form, row[0].name, f"{label}: {wrong}" if len(row) > 1 else str(wrong))
        self.query_one(f"#{form}_{wrong.entry}", Input).add_class("-wrong")

    def _say(self, form: str, row: str, text: str) -> None:
        note = self.query_one(f"#{form}_{row}_wrong", Static)
        note.update(printable(text))
        note.set_class(bool(text), "-shown")

    # -- beginning ----------------------------------------------------------------------------------------------

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        self._submit((event.input.id or "").partition("_")[0])

    def _submit(self, form: str) -> None:
        values = self._values(form)
        if self._is_starting:
            return
        try:
            begin = {"connect": self._connect, "listen": self._listen, "relay": self._relay, "open": self._open}
            begin[form](values)
        except WrongValue as wrong:
            self._show_wrong(form, wrong)
            self.query_one(f"#{form}_{wrong.entry}", Input).focus()

    def _configured(self, form: str) -> Mapping[str, object]:
        """The options that the configuration file sets for the command of the same purpose."""
        return self._config.commands.get(COMMANDS.get(form, ""), {})

    def _client(self, values: dict[str, str]) -> ClientSettings:
        return typed_client(values, self._configured("connect"))

    def _server(self, values: dict[str, str]) -> ServerSettings:
        return typed_server(values, self._configured("listen"))

    def _relay_settings(self, values: dict[str, str]) -> tuple[ServerSettings, ProxySettings]:
        return typed_relay(values, self._configured("relay"))

    def _session(
        self, form: str, values: dict[str, str], role: Role | None, proxy: ProxySettings | None = None
    ) -> Session:
        """Raises WrongValue."""
        try:
            settings = session_settings(plain_values(values, self._configured(form)), role)
        except WrongSetting as error:
            raise WrongValue(PLACES[form][0], f"{error.name}: {error}") from None
        writer = begin_recording(None, "proxy" if role is None else role.value, least_free=settings.keep_free)
        session = Session(role=role, writer=writer, settings=settings, proxy=proxy)
        session.diagnosis.limits = self._config.limits
        return session

    def _connect(self, values: dict[str, str]) -> None:
        settings = self._client(values)
        session = self._session("connect", values, Role.CHARGE_POINT)
        self._begin("connect", values, session, lambda: session.connect(settings))

    def _listen(self, values: dict[str, str]) -> None:
        settings = self._server(values)
        session = self._session("listen", values, Role.CENTRAL_SYSTEM)
        self._begin("listen", values, session, lambda: session.listen(settings))

    def _relay(self, values: dict[str, str]) -> None:
        listening, beyond = self._relay_settings(values)
        session = self._session("relay", values, None, beyond)
        self._begin("relay", values, session, lambda: session.relay(listening))

    def _open(self, values: dict[str, str]) -> None:
        try:
            self._show_opening(FileSession(recordings(values)))
        except RecordingError as error:
            raise WrongValue("file", str(error)) from None
        self._remember("open", values)

    def _begin(
        self,
        form: str,
        values: dict[str, str],
        session: Session,
        start: Callable[[], Awaitable[object]],
        close: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        """Show the session as soon as it has started; if it cannot start, show why under the field."""
        self._is_starting = True
        self._tasks.start(self._start(form, values, session, start, close), "start")

    async def _start(
        self,
        form: str,
        values: dict[str, str],
        session: Session,
        start: Callable[[], Awaitable[object]],
        close: Callable[[], Awaitable[None]] | None,
    ) -> None:
        try:
            await start()
        except NetworkError as error:
            self._is_starting = False
            await (close or session.close)()
            discard_empty(session.recording_path)
            words = problem_text(error.problem, remedy_on_screen)
            if form in PLACES:
                self._show_wrong(form, WrongValue(PLACES[form][isinstance(error, CannotListen)], words))
            else:
                self.notify(words, severity="error", markup=False)
        else:
            if values:
                self._remember(form, values)
            self.post_message(SessionBegun(session, close=close))

    def _remember(self, form: str, values: dict[str, str]) -> None:
        """Remember the typed values for the next time, without secrets."""
        remembered = recent.load_recent()
        remembered.remember(form, values_to_keep(values))
        remembered.save()

    @on(OptionList.OptionSelected)
    def _recent_chosen(self, event: OptionList.OptionSelected) -> None:
        if self._is_starting:
            return
        session = self._recent.sessions[event.option_index]
        try:
            self._show_opening(FileSession(list(map(Path, session.paths))))
        except RecordingError as error:
            self.notify(str(error), severity="error", markup=False)

    @on(OptionList.OptionHighlighted)
    def _recent_highlighted(self) -> None:
        self.refresh_bindings()

    @property
    def _chosen(self) -> recent.RecentSession | None:
        """The session under the cursor of the list, while the list has the focus."""
        listed = self.query_one("#recent", OptionList)
        if not listed.has_focus or listed.highlighted is None or listed.highlighted >= len(self._recent.sessions):
            return None
        return self._recent.sessions[listed.highlighted]

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return action != "again" or (self._chosen is not None and self._chosen.form in PLACES)

    def action_again(self) -> None:
        """Begin a session with the settings of the chosen one; what is secret has to be typed again."""
        session = self._chosen
        if session is None:
            return
        form = form_named(session.form)
        for entry in form.entries:
            self.query_one(f"#{form.name}_{entry.name}", Input).value = session.values.get(entry.name, "")
        if not session.missing:
            self._submit(form.name)
            return
        names = [entry.name for entry in form.entries]
        wanted = SECRET if SECRET in names else PLACES[form.name][0]
        self.query_one(f"#{form.name}_{wanted}", Input).focus()
        row = form.row_of(wanted)[0].name
        self.call_after_refresh(self._say, form.name, row, f"That session also had: {session.missing}. Enter begins.")

    def _show_opening(self, opening: FileSession) -> None:
        self._is_starting = True
        opening.session.diagnosis.limits = self._config.limits
        self.post_message(SessionBegun(opening.session, opening=opening, close=opening.close))

    def action_doctor(self) -> None:
        """Examine the central system that the form to connect names."""
        from ocpptui.tui.screens.doctor_screen import DoctorScreen

        if self._is_starting:
            return
        try:
            settings = self._client(self._values("connect"))
        except WrongValue as wrong:
            self._show_wrong("connect", wrong)
            self.query_one(f"#connect_{wrong.entry}", Input).focus()
            return
        self.app.push_screen(DoctorScreen(settings))

    def action_demo(self) -> None:
        """Start the demo."""
        if self._is_starting:
            return
        demo = Demo(Version.V16, writer=begin_recording(None, "demo-1.6"))
        self._begin("demo", {}, demo.session, demo.start, demo.close)


def _recording_obstacle() -> str | None:
    """Why no recording can be written; None if it can."""
    try:
        folder = recordings_folder()
    except OSError as error:
        return str(error)
    return None if os.access(folder, os.W_OK) else f"{folder} is read-only"
