"""A real session on loopback with a peer whose answers the test chooses, and the compose screen over it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from textual import events
from textual.app import App
from textual.pilot import Pilot
from textual.widgets import Static
from websockets.asyncio.client import connect
from websockets.asyncio.server import serve
from websockets.typing import Subprotocol

from ocpptui.compose.history import Compositions
from ocpptui.network.client_settings import ClientSettings
from ocpptui.network.server_settings import ServerSettings
from ocpptui.ocpp.version import Role, Version
from ocpptui.runtime.tasks import Tasks
from ocpptui.session.session import Session
from ocpptui.session.settings import SessionSettings
from ocpptui.tui.compose.form import Form
from ocpptui.tui.compose.json_area import JsonArea
from ocpptui.tui.screens.compose_screen import ComposeScreen
from tests.kit.driver import PATIENCE, AppDriver
from tests.kit.peer import Peer

NOW = 1_700_000_000_123_000


class Bench(AppDriver):
    """A session with one open connection, its peer, and a running app that shows compose screens."""

    def __init__(self, session: Session, peer: Peer, app: App[None], pilot: Pilot[None]) -> None:
        super().__init__(app, pilot)
        self.session = session
        self.peer = peer
        self.memory = Compositions()

    @property
    def connection(self) -> int:
        return next(iter(self.session.connections))

    async def open(self, **kwargs: Any) -> ComposeScreen:
        screen = ComposeScreen(self.session, self.connection, self.memory, clock=lambda: NOW, **kwargs)
        await self.app.push_screen(screen)
        await self.until(lambda: bool(screen.view))
        await self.pilot.pause()
        return screen

    async def paste(self, text: str) -> None:
        focused = self.app.screen.focused
        assert focused is not None
        focused.post_message(events.Paste(text))
        await self.pilot.pause()

    @property
    def screen(self) -> ComposeScreen:
        screen = next(screen for screen in self.app.screen_stack if isinstance(screen, ComposeScreen))
        return screen

    @property
    def form(self) -> Form:
        return self.screen.query_one(Form)

    @property
    def json(self) -> JsonArea:
        return self.screen.query_one("#json", JsonArea)

    @property
    def raw(self) -> JsonArea:
        return self.screen.query_one("#raw", JsonArea)

    def line(self, name: str) -> str:
        """The text of one of the screen's single lines."""
        return str(self.screen.query_one(f"#{name}", Static).content)

    @property
    def outcome(self) -> str:
        return self.line("outcome")

    def row(self, name: str) -> str:
        """The line of the form that shows the field `name`."""
        lines = (self.form.render_line(y).text for y in range(len(self.form.rows)))
        return next(line for line in lines if name in line.replace("*", " ").split())

    async def reach(self, path: str) -> None:
        """Move the form's cursor to a field with the keys."""
        place = next(place for place, row in enumerate(self.form.rows) if row.path == path)
        step = 1 if place > self.form.cursor else -1
        await self.press(*(["down" if step > 0 else "up"] * abs(place - self.form.cursor)))


@asynccontextmanager
async def bench(
    role: Role = Role.CENTRAL_SYSTEM,
    version: Version = Version.V16,
    size: tuple[int, int] = (80, 24),
    settings: SessionSettings | None = None,
) -> AsyncIterator[Bench]:
    """A session in a role, connected to a peer with a version, and an app at a terminal size."""
    session = Session(role=role, settings=settings or SessionSettings(automatic=False))
    connected = as_central_system if role is Role.CENTRAL_SYSTEM else as_charge_point
    try:
        async with connected(session, version) as peer:
            async with asyncio.timeout(PATIENCE):
                while not session.connections:
                    await asyncio.sleep(0.005)
            app: App[None] = App()
            async with app.run_test(size=size) as pilot:
                yield Bench(session, peer, app, pilot)
    finally:
        await session.close()


@asynccontextmanager
async def as_central_system(session: Session, version: Version) -> AsyncIterator[Peer]:
    """The session listens, the peer is the charge point CP001."""
    peer, tasks = Peer(), Tasks("charge point of the test")
    await session.listen(ServerSettings(port=0, ping_interval=None))
    url = f"{session.listening_urls[0].rstrip('/')}/CP001"
    async with connect(url, subprotocols=[Subprotocol(version.subprotocol)], ping_interval=None) as socket:
        tasks.start(peer.serve(socket), "reading")
        await peer.connected.wait()
        yield peer
    await tasks.cancel()


@asynccontextmanager
async def as_charge_point(session: Session, version: Version) -> AsyncIterator[Peer]:
    """The session connects as CP001, the peer is the central system."""
    peer = Peer()
    offered = [Subprotocol(version.subprotocol)]
    async with serve(peer.serve, "127.0.0.1", 0, subprotocols=offered, ping_interval=None) as server:
        port = server.sockets[0].getsockname()[1]
        url = f"ws://127.0.0.1:{port}/ocpp"
        settings = ClientSettings(
            url=url, charge_point="CP001", versions=(version,), reconnect=False, ping_interval=None
        )
        await session.connect(settings)
        async with asyncio.timeout(PATIENCE):
            await peer.connected.wait()
        yield peer
        await session.close()
