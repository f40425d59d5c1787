"""The registry of all named commands: the source of keys, footer, help, command palette and documentation.

The handler of a command is the Textual action `action` on the screen or widget that `where` names. Users rebind keys by
id in the `[keys]` table of the configuration file.
"""

from __future__ import annotations

from textual.binding import Binding, BindingType

from ocpptui.tui.commands.analysis_keys import ANALYSIS_KEYS
from ocpptui.tui.commands.command import Command, Where
from ocpptui.tui.commands.compose_keys import COMPOSE_KEYS
from ocpptui.tui.commands.general_keys import GENERAL_KEYS
from ocpptui.tui.commands.pane_keys import PANE_KEYS
from ocpptui.tui.commands.problem_keys import PROBLEM_KEYS
from ocpptui.tui.commands.remote_keys import REMOTE_KEYS
from ocpptui.tui.commands.session_keys import SESSION_KEYS
from ocpptui.tui.commands.simulation_keys import SIMULATION_KEYS

COMMANDS: tuple[Command, ...] = (
    *SESSION_KEYS,
    *PANE_KEYS,
    *COMPOSE_KEYS,
    *ANALYSIS_KEYS,
    *SIMULATION_KEYS,
    *REMOTE_KEYS,
    *PROBLEM_KEYS,
    *GENERAL_KEYS,
)
"""Every command, in the order of the help and the documentation."""


def bindings(where: Where, *, of: str = "") -> list[BindingType]:
    """The key bindings of the commands that are available in a place; `of` is what has the actions, such as `app`."""
    return [
        Binding(
            command.keys,
            f"{of}.{command.action}" if of else command.action,
            command.title,
            show=command.in_footer,
            priority=command.priority,
            id=command.id,
        )
        for command in COMMANDS
        if command.where is where
    ]


def shown_keys(keys: str) -> str:
    """Keys as users write them: `?` for `question_mark`."""
    return " ".join(_WRITTEN.get(key, key) for key in keys.split(","))


_WRITTEN = {
    "question_mark": "?",
    "slash": "/",
    "apostrophe": "'",
    "exclamation_mark": "!",
    "greater_than_sign": ">",
    "less_than_sign": "<",
    "plus": "+",
    "minus": "-",
    "equals_sign": "=",
    "escape": "esc",
    "pagedown": "page down",
    "pageup": "page up",
}
