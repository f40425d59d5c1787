"""The command palette: it has every command that can be given now, and no other."""

from __future__ import annotations

from ocpptui.compose.history import Compositions
from ocpptui.tui.commands.command import Where
from ocpptui.tui.commands.command_registry import COMMANDS
from ocpptui.tui.offered_commands import places_on
from ocpptui.tui.screens.compose_screen import ComposeScreen
from ocpptui.tui.widgets.message_log import MessageLog
from tests.kit.driver import Driver, boot, central_system


def offered(driver: Driver) -> dict[str, str]:
    return {one.title: one.help for one in driver.app.get_system_commands(driver.app.screen)}


async def test_the_palette_finds_every_command_of_the_session() -> None:
    """A user who does not know the key could not find the command."""
    async with central_system("CP001", size=(200, 60)) as (driver, session, peers):
        await peers["CP001"].send(boot())
        await driver.until(lambda: session.waiting, "the waiting call")
        titles = offered(driver)
        given = (Where.LOG, Where.SESSION, Where.EVERYWHERE)
        missing = {one.title for one in COMMANDS if one.where in given} - set(titles)
        # the palette itself; only for opened files, a simulated charge point, a proxy; only where there is a shell
        assert missing == {"Palette", "Unreadable", "Replay this file", "Operate", "Hold…", "Suspend"}
        assert "(c f2)" in titles["Compose"]
        await driver.press("ctrl+p")
        await driver.type("pings")
        await driver.shows("Show or hide pings")
        await driver.press("enter")
        await driver.until(lambda: driver.app.screen.query_one(MessageLog).contents.shows_pings, "the pings")


async def test_the_palette_offers_the_commands_of_the_compose_screen() -> None:
    """The palette would list commands that do nothing there."""
    async with central_system("CP001") as (driver, session, _):
        screen = ComposeScreen(session, next(iter(session.connections)), Compositions(), action="Reset")
        await driver.app.push_screen(screen)
        await driver.until(lambda: screen.view == "form", "the form")
        titles = offered(driver)
        assert {"Send", "JSON", "Action", "Sent", "Next problem", "Help", "Quit"} <= set(titles)
        assert not {"Raw", "As error", "Filter", "Play", "Send anyway"} & set(titles)


async def test_the_palette_runs_a_command_of_the_log() -> None:
    """A command found by its name would do nothing, since the palette has the focus."""
    async with central_system("CP001") as (driver, session, peers):
        await peers["CP001"].send(boot())
        await driver.shows("BootNotification")
        await driver.press("ctrl+p")
        await driver.type("mark")
        await driver.shows("Mark or unmark this")
        await driver.press("enter")
        await driver.until(lambda: session.timeline.marks, "the mark")


async def test_the_help_begins_with_the_pane_the_user_is_on() -> None:
    """The user would have to search the keys of all panes for those that work here."""
    async with central_system("CP001") as (driver, _, _):
        places = places_on(driver.app.screen)
        assert places[0] is Where.LOG
        assert places[-1] is Where.EVERYWHERE
        assert Where.SESSION in places and Where.INSPECTOR not in places
