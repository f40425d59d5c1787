"""The start screen: connect, listen, open a file, watch the demo, or go back to a recent session."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, cast

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.screen import Screen
from textual.widgets import Footer, Input, Label, OptionList, Static
from textual.widgets.option_list import Option

from ocpptui.capture.errors import RecordingError
from ocpptui.link.client import ClientSettings, requested_url
from ocpptui.link.credentials import Credentials
from ocpptui.link.server import ServerSettings
from ocpptui.protocol.version import Role, Version
from ocpptui.session import recent
from ocpptui.session.demo import Demo
from ocpptui.session.opening import Opening
from ocpptui.session.recordings import begin_recording
from ocpptui.session.session import Session
from ocpptui.tui.printable import printable

if TYPE_CHECKING:
    from ocpptui.tui.app import OcpptuiApp

FORMS: dict[str, tuple[str, tuple[tuple[str, str, str], ...]]] = {
    "connect": (
        "Connect as a charge point",
        (
            ("url", "URL", "ws://localhost:9000"),
            ("id", "id", "CP001"),
            ("version", "version", "2.1 2.0.1 1.6, the preferred one first"),
            ("password", "password", "none"),
        ),
    ),
    "listen": (
        "Listen as a central system",
        (("host", "address", "127.0.0.1; 0.0.0.0 for every one"), ("port", "port", "9000")),
    ),
    "open": ("Open a recording", (("file", "file", "path of a recording"),)),
}
"""The forms: title, and of each field its name, label and what holds where nothing is typed."""
NOT_REMEMBERED = frozenset({"password"})


class StartScreen(Screen[None]):
    """Enter in any field of a form does what the form says."""

    CSS_PATH = "start.tcss"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (110, "-wide")]
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f5", "demo", "Demo", id="start.demo"),
        Binding("down", "app.focus_next", show=False, id="start.next"),
        Binding("up", "app.focus_previous", show=False, id="start.previous"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._recent = recent.load()

    def compose(self) -> ComposeResult:
        yield Static("ocpptui  the debugger for OCPP", id="title", markup=False)
        with Horizontal(id="columns"):
            with VerticalScroll(can_focus=False):
                for form, (title, fields) in FORMS.items():
                    with Vertical(id=form, classes="form") as box:
                        box.border_title = f"{title}  (enter)"
                        remembered = self._recent.values.get(form, {})
                        for name, label, placeholder in fields:
                            with Horizontal(classes="line"):
                                yield Label(label)
                                yield Input(
                                    remembered.get(name, ""),
                                    placeholder=placeholder,
                                    password=name == "password",
                                    id=f"{form}_{name}",
                                )
                        yield Static(classes="wrong", id=f"{form}_wrong", markup=False)
            sessions = OptionList(*self._recent_options(), id="recent", markup=False)
            sessions.border_title = "Recent sessions"
            yield sessions
        yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        self.query_one("#connect_url", Input).focus()

    def _recent_options(self) -> list[Option]:
        options = []
        for session in self._recent.sessions:
            when = datetime.fromtimestamp(session.ended / 1e6)
            options.append(Option(f"{when:%Y-%m-%d %H:%M}  {printable(session.title)}"))
        return options or [Option("none yet", disabled=True)]

    # -- doing what a form says ---------------------------------------------------------------------------------

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        form = (event.input.id or "").partition("_")[0]
        values = {name: self.query_one(f"#{form}_{name}", Input).value.strip() for name, _, _ in FORMS[form][1]}
        wrong = {"connect": self._connect, "listen": self._listen, "open": self._open}[form](values)
        note = self.query_one(f"#{form}_wrong", Static)
        note.update(printable(wrong or ""))
        note.set_class(wrong is not None, "-shown")
        if wrong is None:
            self._recent.remember(form, {name: value for name, value in values.items() if name not in NOT_REMEMBERED})
            self._recent.save()

    def _connect(self, values: dict[str, str]) -> str | None:
        versions = _versions(values["version"])
        if isinstance(versions, str):
            return versions
        password = values["password"]
        try:
            settings = ClientSettings(
                url=values["url"] or "ws://localhost:9000",
                charge_point=values["id"] or ("" if values["url"] else "CP001"),
                versions=versions,
                credentials=Credentials.parse(None, password) if password else None,
            )
            requested_url(settings)
        except ValueError as error:
            return str(error)
        session = self._session(Role.CHARGE_POINT)
        self._show(session, lambda: session.connect(settings))
        return None

    def _listen(self, values: dict[str, str]) -> str | None:
        port = values["port"] or "9000"
        if not port.isdecimal() or not 0 <= int(port) <= 65535:
            return f"{port!r} is no port; a port is a number from 0 to 65535"
        settings = ServerSettings(host=values["host"] or "127.0.0.1", port=int(port))
        session = self._session(Role.CENTRAL_SYSTEM)
        self._show(session, lambda: session.listen(settings))
        return None

    def _open(self, values: dict[str, str]) -> str | None:
        if not values["file"]:
            return "name a file"
        try:
            opening = Opening([Path(values["file"]).expanduser()])
        except RecordingError as error:
            return str(error)
        self._app.show_session(opening.session, opening=opening, close=opening.close)
        return None

    @on(OptionList.OptionSelected)
    def _recent_chosen(self, event: OptionList.OptionSelected) -> None:
        session = self._recent.sessions[event.option_index]
        try:
            opening = Opening([Path(session.recording)])
        except RecordingError as error:
            self.notify(str(error), severity="error", markup=False)
            return
        self._app.show_session(opening.session, opening=opening, close=opening.close)

    def action_demo(self) -> None:
        demo = Demo(Version.V16, writer=begin_recording(None, "demo-1.6"))
        self._app.show_session(demo.session, start=demo.start, close=demo.close)

    def _session(self, role: Role) -> Session:
        return Session(role=role, writer=begin_recording(None, role.value))

    def _show(self, session: Session, start: Callable[[], Awaitable[object]]) -> None:
        self._app.show_session(session, start=start)

    @property
    def _app(self) -> OcpptuiApp:
        return cast("OcpptuiApp", self.app)


def _versions(text: str) -> tuple[Version, ...] | str:
    """The versions that a person typed, or what is wrong with them."""
    versions = []
    for word in text.replace(",", " ").split():
        version = Version.parse(word)
        if version is None:
            return f"{word!r} is no OCPP version; there are {', '.join(Version)}"
        versions.append(version)
    return tuple(versions) or tuple(reversed(Version))
