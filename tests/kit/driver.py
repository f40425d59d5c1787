"""Keys into a running application, and its screen as text; the only place that knows what Textual keeps to itself."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from itertools import zip_longest
from typing import Any

import pytest
from textual import events
from textual.app import App
from textual.pilot import Pilot
from textual.strip import Strip
from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

from ocpptui.network.server_settings import ServerSettings
from ocpptui.ocpp.version import Role, Version
from ocpptui.runtime.tasks import Tasks
from ocpptui.session.session import Session
from ocpptui.session.settings import SessionSettings
from ocpptui.tui.app import OcpptuiApp
from ocpptui.tui.terminal import TerminalApp
from ocpptui.tui.widgets.key_line import KeyLine
from tests.kit import steady_screen  # noqa: F401  each key and each pause waits for an idle program
from tests.kit.peer import Peer

NARROW, WIDE, TINY = (80, 24), (200, 60), (40, 10)
SIZES = [pytest.param(NARROW, id="80x24"), pytest.param(WIDE, id="200x60")]
PATIENCE = 60.0
_CHARACTERS = {"space": " ", "enter": "\r", "tab": "\t", "slash": "/", "exclamation_mark": "!"}
"""What a terminal sends for keys with a name."""
_BORDER = re.compile("[▕▏│]")
"""Between two panes, and around a dialog."""


def painted(app: App[Any]) -> list[Strip]:
    """What the terminal shows, line by line."""
    return app.screen._compositor.render_strips()


class AppDriver:
    """Presses keys and reads the screen of a running application."""

    def __init__(self, app: App[Any], pilot: Pilot[Any]) -> None:
        self.app = app
        self.pilot = pilot

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)

    async def type(self, text: str) -> None:
        await self.press(*("space" if letter == " " else letter for letter in text))

    async def type_ahead(self, *keys: str) -> None:
        """Let keys arrive in one read, as over a slow line, and wait until all have acted."""
        read = asyncio.Event()
        for key in keys:
            self.app.post_message(events.Key(key, key if len(key) == 1 else _CHARACTERS.get(key)))
        self.app.call_later(read.set)
        await read.wait()
        assert isinstance(self.app, TerminalApp)
        await self.app.typed.done()

    async def until(self, condition: Callable[[], object], what: str = "") -> None:
        """Let the program run until something is so; a look costs as much as painting, so they become rarer."""
        pause = 0.005
        try:
            async with asyncio.timeout(PATIENCE):
                while not condition():
                    await asyncio.sleep(pause)
                    pause = min(pause * 1.3, 0.05)
        except TimeoutError:
            pytest.fail(f"waited in vain for {what or 'a condition'}:\n{self.text()}")
        await self.pilot.pause()

    async def shows(self, *words: str) -> None:
        """Wait until all of these stand on the screen."""
        await self.until(lambda: all(word in self.text() for word in words), " and ".join(words))

    async def reads(self, *words: str) -> None:
        """Wait until all of these are in a pane or a dialog, wherever its lines wrap."""

        def columns() -> str:
            parts = (_BORDER.split(line) for line in self.text().splitlines())
            return "\n".join(" ".join(part.strip() for part in column) for column in zip_longest(*parts, fillvalue=""))

        await self.until(lambda: all(word in columns() for word in words), " and ".join(words))

    async def hides(self, *words: str) -> None:
        """Wait until none of these stands on the screen."""
        await self.until(lambda: not any(word in self.text() for word in words), f"none of {words}")

    def text(self) -> str:
        """What the terminal shows, as plain text."""
        return "\n".join(strip.text.rstrip() for strip in painted(self.app))

    def footer(self) -> list[str]:
        """The keys in the footer, each with its name."""
        return [f"{key.text} {key.title}" for key in self.app.screen.query_one(KeyLine).keys]

    def notices(self) -> list[str]:
        """What popped up and has not gone."""
        return [notification.message for notification in self.app._notifications]


class Driver(AppDriver):
    """The same for the whole program."""

    app: OcpptuiApp

    def line(self, number: int) -> str:
        """A line of the screen."""
        return self.text().splitlines()[number]

    async def survives_a_tiny_window(self) -> None:
        """A terminal that was small for a while shows what it did before."""
        before, screen, size = self.text(), self.app.screen, self.app.size
        await self.pilot.resize_terminal(*TINY)
        await self.until(lambda: len(painted(self.app)) == TINY[1] and self.text().strip(), "the tiny screen")
        await self.pilot.resize_terminal(*size)
        await self.until(lambda: self.text() == before, "the screen as it was")
        assert self.app.screen is screen


@asynccontextmanager
async def driven(app: OcpptuiApp, size: tuple[int, int] = NARROW) -> AsyncIterator[Driver]:
    """A program that runs on a terminal of this size; whatever it is connected to is closed in the end."""
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        yield Driver(app, pilot)


@asynccontextmanager
async def central_system(
    *charge_points: str, size: tuple[int, int] = NARROW, version: Version = Version.V16, **options: Any
) -> AsyncIterator[tuple[Driver, Session, dict[str, Peer]]]:
    """The program as a central system with these charge points connected, which a test tells what to say."""
    writer = options.pop("writer", None)
    is_automatic = options.pop("automatic", False)
    settings = options.pop("settings", None) or SessionSettings(automatic=is_automatic)
    session = Session(role=Role.CENTRAL_SYSTEM, settings=settings, writer=writer)
    peers: dict[str, Peer] = {}
    tasks = Tasks("charge points of the test")
    async with AsyncExitStack() as stack:
        stack.push_async_callback(tasks.cancel)
        # A ping that arrives now and then changes the count on the status line, and with it a screen that is compared.
        endpoint = ServerSettings(port=0, ping_interval=None)
        app = OcpptuiApp(session, start=lambda: session.listen(endpoint), **options)
        driver = await stack.enter_async_context(driven(app, size))
        await driver.until(lambda: session.listening_urls, "the listening socket")
        for name in charge_points:
            url = f"{session.listening_urls[0]}{name}"
            offered = [Subprotocol(version.subprotocol)]
            socket = await stack.enter_async_context(connect(url, subprotocols=offered, ping_interval=None))
            peers[name] = Peer()
            tasks.start(peers[name].serve(socket), name)
            await peers[name].connected.wait()
        await driver.until(lambda: len(session.connections) == len(charge_points), "the charge points")
        await driver.pilot.pause()
        yield driver, session, peers


def boot(number: int = 1) -> str:
    """A BootNotification of OCPP 1.6."""
    return f'[2,"boot-{number}","BootNotification",{{"chargePointVendor":"ACME","chargePointModel":"Wall"}}]'


def status(connector: int, word: str) -> str:
    """A StatusNotification of OCPP 1.6."""
    payload = f'{{"connectorId":{connector},"errorCode":"NoError","status":"{word}"}}'
    return f'[2,"status-{connector}-{word}","StatusNotification",{payload}]'
