"""What a command of a session needs, and why its key does nothing where that is missing."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from enum import Enum, auto

from textual.actions import parse

from ocpptui.tui.commands.command import Command, Where
from ocpptui.tui.commands.command_registry import COMMANDS, shown_keys

PLACES = (Where.SESSION, Where.REPLAY)
"""The places whose keys are explained wherever the focus is."""


class Need(Enum):
    """What a session must have for a command."""

    LIVE = auto()
    """It is open, and not read from a file."""
    OWN_SIDE = auto()
    """We are one of the two sides, and not between them."""
    PROXY = auto()
    """We are between the two sides."""
    LISTENING = auto()
    """Charge points connect to us."""
    CENTRAL_SYSTEM = auto()
    """We are the central system."""
    SIMULATED_CHARGE_POINT = auto()
    """A charge point is simulated here."""
    WAITING_CALL = auto()
    OPENED_FILE = auto()
    REPLAY = auto()


NEEDS = {
    **dict.fromkeys(
        (
            "add_note",
            "compose_call",
            "disconnect",
            "edit",
            "misbehave",
            "show_held",
        ),
        Need.LIVE,
    ),
    **dict.fromkeys(("toggle_automatic", "toggle_lenient"), Need.OWN_SIDE),
    "change_registration": Need.CENTRAL_SYSTEM,
    **dict.fromkeys(("open_commands", "remote", "show_sent"), Need.LISTENING),
    "add_breakpoint": Need.PROXY,
    "show_addresses": Need.LISTENING,
    "answer": Need.WAITING_CALL,
    "operate": Need.SIMULATED_CHARGE_POINT,
    "replay": Need.REPLAY,
    "replay_file": Need.OPENED_FILE,
    "show_unreadable": Need.OPENED_FILE,
}
"""What the actions of the session screen need; those that are not here need nothing."""


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


def why_not(command: Command, is_live: bool, keys: Mapping[str, str]) -> str:
    """Why a session, or (not `is_live`) an opened file, does not have a command."""
    match NEEDS.get(parse(command.action)[1]):
        case Need.REPLAY:
            return f"{command.title}: only a replay has that."
        case Need.OPENED_FILE:
            return f"{command.title}: only an opened file has that."
        case Need() if not is_live:
            replay = shown_keys(keys.get("replay_file", "ctrl+r"))
            return f"{command.title} needs a live peer, and this is an opened file. {replay} replays it to one."
        case Need.PROXY:
            return f"{command.title}: only a proxy has that."
        case Need.OWN_SIDE:
            return f"{command.title}: a proxy sends nothing by itself."
        case Need.CENTRAL_SYSTEM | Need.LISTENING:
            return f"{command.title}: only a central system has that."
        case Need.SIMULATED_CHARGE_POINT:
            return f"{command.title}: no charge point is simulated here."
        case Need.WAITING_CALL:
            return "No call waits for an answer."
        case _:
            return f"{command.title} is not possible here."
