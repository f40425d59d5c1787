"""The commands that a user can give on a screen now, for the command palette and for the help."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping
from typing import Any

from textual import actions
from textual.app import App, SystemCommand
from textual.dom import DOMNode
from textual.screen import Screen

from ocpptui.tui.commands.command import Command, Where
from ocpptui.tui.commands.command_registry import COMMANDS, shown_keys

WIDGETS = {
    Where.LOG: "log",
    Where.FORM: "form",
    Where.PROBLEMS: "problem_list",
    Where.ANSWERS: "answers",
    Where.SETTING: "setting_editor",
    Where.SEQUENCE: "sequence",
}
"""Ids of the widgets whose commands are available wherever the focus is."""


def palette_commands(app: App[Any], screen: Screen[Any], keys: Mapping[str, str]) -> Iterator[SystemCommand]:
    """Every command of the registry that is available on this screen now; `keys` are those of the user, by id."""
    for command in COMMANDS:
        handler = _handler(app, screen, command.where)
        if command.id != "palette" and handler is not None and _can_be_given(app, screen, handler, command):
            shown = shown_keys(keys.get(command.id, command.keys))
            if command.where is Where.REMOTE and Where.COMMAND_PANEL not in getattr(screen, "WHERE", ()):
                shown = f"{shown_keys(keys.get('operate', 'x'))} {shown}"  # the panel opens first
            yield SystemCommand(command.title, f"{command.help}  ({shown})", _giver(app, handler, command))


def places_on(screen: Screen[Any]) -> list[Where]:
    """The pane and the screen the user is on, and last what is everywhere."""
    places = {(command.id, command.title): command.where for command in COMMANDS if command.id != "back"}
    active = ((one.binding.id, one.binding.description) for one in screen.active_bindings.values())
    found = dict.fromkeys(places[command] for command in active if command in places)
    return sorted(found, key=lambda where: where is Where.EVERYWHERE)


def _handler(app: App[Any], screen: Screen[Any], where: Where) -> DOMNode | None:
    """What handles the commands of a place; None if the place is not on this screen."""
    if where is Where.EVERYWHERE:
        return app
    if where in WIDGETS:
        return next((widget for widget in screen.query(f"#{WIDGETS[where]}") if widget.display), None)
    return screen if where in getattr(screen, "WHERE", ()) else None


def _can_be_given(app: App[Any], screen: Screen[Any], handler: DOMNode, command: Command) -> bool:
    destination, name, parameters = actions.parse(command.action)
    target = {"app": app, "screen": screen}.get(destination, handler)
    return bool(target.check_action(name, parameters))


def _giver(app: App[Any], handler: DOMNode, command: Command) -> Callable[[], Awaitable[None]]:
    async def give() -> None:
        await app.run_action(command.action, handler)

    return give
