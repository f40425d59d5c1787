"""The first screen: its size, whatever the terminal does while it opens."""

from __future__ import annotations

from typing import Any

import pytest
from textual.events import Resize
from textual.geometry import Size

from ocpptui.ocpp.version import Role
from ocpptui.session.session import Session
from ocpptui.tui.app import OcpptuiApp
from ocpptui.tui.widgets.message_log import MessageLog
from tests.kit.driver import NARROW, WIDE, driven


async def test_a_size_that_the_terminal_no_longer_has_is_skipped() -> None:
    """Two sizes in a row, as when a window opens, would otherwise be laid out in turn for good."""
    async with driven(OcpptuiApp(Session(role=Role.CENTRAL_SYSTEM))) as driver:
        old, log = Size(70, 20), driver.app.screen.query_one(MessageLog)
        driver.app.screen.post_message(Resize(old, old))
        await driver.pilot.pause()
        assert log.size.width == NARROW[0]


@pytest.mark.parametrize("session", [Session(role=Role.CENTRAL_SYSTEM), None], ids=["session", "start"])
async def test_the_screen_follows_the_terminal(session: Session | None) -> None:
    """What is shown must fit into the window, also after the window has changed several times at once."""
    async with driven(OcpptuiApp(session)) as driver:
        for width in (200, 90, 160, 80, 200):
            await driver.pilot.resize_terminal(width, 60)
        await driver.until(lambda: driver.app.screen.outer_size == Size(*WIDE))
        assert driver.app.screen.has_class("-wide") and not driver.app.screen.has_class("-narrow")


@pytest.mark.parametrize(("size", "name"), [(NARROW, "-narrow"), (WIDE, "-wide")])
async def test_the_width_is_known_before_the_first_paint(size: tuple[int, int], name: str) -> None:
    """Panes for which there is no room would otherwise be painted and vanish."""
    app = OcpptuiApp(Session(role=Role.CENTRAL_SYSTEM))
    painted: list[bool] = []
    paint = app._display

    def watched(*what: Any) -> None:
        painted.append(app.screen.has_class(name))
        paint(*what)

    app._display = watched  # type: ignore[method-assign, assignment]
    async with driven(app, size):
        assert painted and all(painted)
