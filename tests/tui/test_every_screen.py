"""What holds for every screen: help and palette are a key away, and a terminal of any size shows it."""

from __future__ import annotations

import importlib
import pkgutil
from typing import Any

from textual import actions
from textual.command import CommandPalette
from textual.screen import Screen

import ocpptui.tui
from ocpptui.tui.app import OcpptuiApp
from ocpptui.tui.commands.command import Where
from ocpptui.tui.commands.command_registry import COMMANDS
from ocpptui.tui.offered_commands import WIDGETS
from ocpptui.tui.screens.closing import Dialog
from ocpptui.tui.screens.help_screen import HelpScreen
from tests.kit.driver import Driver
from tests.kit.every_screen import NO_OTHER_SCREEN, WAYS, talked_with

EVERYWHERE = {
    key: command.action for command in COMMANDS if command.where is Where.EVERYWHERE for key in command.keys.split(",")
}
"""The actions of the keys that work everywhere."""


def test_every_command_of_the_session_leads_to_a_screen_that_is_tried_or_to_none() -> None:
    """A new screen would be left out of the tests that go through all of them."""
    places = (Where.LOG, Where.SESSION, Where.REPLAY, Where.EVERYWHERE)
    keys = {way.key for way in WAYS}
    tried = {command.id for command in COMMANDS if command.where in places and keys & set(command.keys.split(","))}
    assert tried | NO_OTHER_SCREEN == {command.id for command in COMMANDS if command.where in places}
    assert not tried & NO_OTHER_SCREEN


def every_screen_class() -> set[type[Screen[Any]]]:
    """Those of the program, whatever opens them."""
    for module in pkgutil.walk_packages(ocpptui.tui.__path__, "ocpptui.tui."):
        if module.name != "ocpptui.tui.terminal_driver":  # for POSIX alone
            importlib.import_module(module.name)
    found: set[type[Screen[Any]]] = set()
    new: set[type[Screen[Any]]] = {Screen}
    while new:
        new = {below for one in new for below in one.__subclasses__()} - found
        found |= new
    return {one for one in found if one.__module__.startswith("ocpptui.") and not one.__subclasses__()}


def test_no_dialog_hides_the_keys_of_the_whole_program() -> None:
    """Textual gives a modal screen none of them, and a screen that binds one of these keys takes it away."""
    dialogs = {one for one in every_screen_class() if issubclass(one, Dialog)} - {HelpScreen}
    assert len(dialogs) > 20
    for dialog in dialogs:
        bound = dialog._merge_bindings().key_to_bindings
        for key in ("f1", "question_mark", "ctrl+p", "f9"):
            assert [one.action for one in bound[key]] == [f"app.{EVERYWHERE[key]}"], (dialog, key)


def test_the_palette_gives_each_command_to_what_handles_it() -> None:
    """A command that is chosen in the palette would do nothing."""
    for screen in every_screen_class():
        for command in COMMANDS:
            if command.where in getattr(screen, "WHERE", ()) and command.where not in WIDGETS:
                destination, name, _ = actions.parse(command.action)
                handler = {"app": OcpptuiApp}.get(destination, screen)
                handles = hasattr(handler, f"action_{name}") or hasattr(handler, f"_action_{name}")
                assert handles, f"{command.id} over {screen}"


async def test_help_and_palette_are_a_key_away_on_every_screen_and_no_size_of_the_terminal_harms_it() -> None:
    """Over the list of problems, `?` did nothing, and nobody found what else the list can do."""
    async with talked_with() as (driver, _):
        for way in WAYS:
            await driver.press(way.key)
            await driver.until(lambda way=way: name_of(driver) == way.screen, way.screen)  # type: ignore[misc]
            if way.screen != "HelpScreen":
                await _help_and_palette(driver, is_text=way.is_text)
            await driver.survives_a_tiny_window()
            assert name_of(driver) == way.screen
            await driver.press("escape")
            await driver.until(lambda: name_of(driver) == "SessionScreen", f"the log behind {way.screen}")


async def _help_and_palette(driver: Driver, *, is_text: bool) -> None:
    screen = driver.app.screen
    for key in ("f1" if is_text else "question_mark", "ctrl+p"):
        await driver.press(key)
        over = CommandPalette if key == "ctrl+p" else HelpScreen
        await driver.until(lambda over=over: isinstance(driver.app.screen, over), f"{over} by {key} over {screen}")  # type: ignore[misc]
        if over is HelpScreen and getattr(screen, "WHERE", None):
            assert "Everywhere" not in driver.line(1), "the keys of the place come first"
        await driver.press("escape")
        await driver.until(lambda: driver.app.screen is screen, f"{screen} again")


def name_of(driver: Driver) -> str:
    assert isinstance(driver.app, OcpptuiApp)
    return type(driver.app.screen).__name__
