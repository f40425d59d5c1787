"""Why a key does nothing here, in a sentence."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from ocpptui.ocpp.version import Role
from ocpptui.tui.commands import COMMANDS, Command, Where, shown_keys

PLACES = (Where.SESSION, Where.REPLAY)
"""The places whose keys are explained wherever the focus is."""
LIVE = frozenset(
    {
        "answer",
        "compose",
        "edit",
        "inspector.edit",
        "operate",
        "misbehave",
        "held",
        "commands",
        "last_command",
        "automatic",
        "lenient",
        "note",
        "addresses",
        "disconnect",
    }
)
"""The commands that need a live session, by id."""
_CENTRAL = frozenset({"commands", "last_command", "addresses"})


def pressed_in_vain(
    key: str, focused: Collection[Where], keys: Mapping[str, str], is_on: Callable[[Command], bool]
) -> Command | None:
    """The command of a key where all commands of that key are off; None if there is none.

    `focused` are the places that have the focus, `keys` those that the user chose by command id, and `is_on` says
    whether a command is available.
    """
    mine = [
        command
        for command in COMMANDS
        if command.where in (*PLACES, *focused) and key in keys.get(command.id, command.keys).split(",")
    ]
    return mine[0] if mine and not any(map(is_on, mine)) else None


def why_not(command: Command, role: Role | None, keys: Mapping[str, str]) -> str:
    """Why the session of this role (None: opened files) does not have a command."""
    if role is None and command.id in LIVE:
        replay = shown_keys(keys.get("replay_file", "ctrl+r"))
        return f"{command.title} needs a live peer, and this is an opened file. {replay} replays it to one."
    if command.where is Where.REPLAY:
        return f"{command.title} is for a replay, and there is none."
    if command.id == "answer":
        return "No call waits for an answer."
    if command.id in _CENTRAL:
        return f"{command.title}: only a central system has that."
    return f"{command.title}: only an opened file has that."
