"""The list of who tried to get in, on the screen of a central system."""

from __future__ import annotations

from ocpptui.session.settings import SessionSettings
from ocpptui.tui.screens.arrivals_screen import ArrivalsScreen
from ocpptui.tui.screens.session_screen import SessionScreen
from tests.kit.driver import NARROW, central_system
from tests.network.watching import raw_peer, upgrade_request


async def test_who_does_not_get_in_is_listed_with_the_advice_as_it_tries() -> None:
    """A technician watches this list while somebody changes settings at the charger."""
    async with central_system("CP001", size=NARROW, settings=SessionSettings(doctor=True)) as (driver, session, _):
        await driver.until(lambda: isinstance(driver.app.screen, ArrivalsScreen), "the list, without a key")
        await driver.shows("Who tried to get in: 1 ", "CP001: 1 attempt, got in")
        url = session.listening_urls[0]
        async with raw_peer(url) as (reader, writer):
            writer.write(b"PROXY TCP4 10.0.0.1 10.0.0.2 5 9000\r\n")
            await reader.read()
        await driver.shows("Who tried to get in: 2, 1 without success", "FAILED", "CP001: 1 attempt, got in")
        await driver.press("k")
        await driver.shows("send-proxy")
        async with raw_peer(url) as (reader, writer):
            writer.write(upgrade_request("/CP002", "Sec-WebSocket-Protocol: OCPP1.6J"))
            await reader.read()
        await driver.shows("CP002", "Go there")
        await driver.press("k")
        await driver.shows("upper and lower case count", "Lenient mode accepts it")
        await driver.press("enter")
        await driver.until(lambda: isinstance(driver.app.screen, SessionScreen), "the record")
        await driver.shows("refused", "◂")
