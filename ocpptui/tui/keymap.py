"""Validation of the keys that the user configured, so that no key silently does nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from textual.keys import KEY_NAME_REPLACEMENTS, Keys, key_to_character

from ocpptui.ocpp.did_you_mean import suggestion
from ocpptui.tui.commands.command import Command, Where
from ocpptui.tui.commands.command_registry import COMMANDS, shown_keys

TOGETHER = (
    frozenset(
        {
            Where.EVERYWHERE,
            Where.SESSION,
            Where.REPLAY,
            Where.LOG,
            Where.INSPECTOR,
            Where.CHARGE_POINTS,
            Where.STATE,
        }
    ),
    frozenset({Where.EVERYWHERE, Where.COMPOSE, Where.FORM}),
    frozenset({Where.EVERYWHERE, Where.COMPOSE, Where.ANSWER}),
    frozenset({Where.EVERYWHERE, Where.COMMAND_PANEL, Where.REMOTE}),
    *(
        frozenset({Where.EVERYWHERE, where})
        for where in Where
        if where not in (Where.COMPOSE, Where.FORM, Where.COMMAND_PANEL, Where.REMOTE, Where.EVERYWHERE)
    ),
)
"""Places whose commands are available at the same time."""
PANES = frozenset({Where.LOG, Where.INSPECTOR, Where.CHARGE_POINTS, Where.STATE})
"""Only one of these has the focus at a time."""
_MODIFIERS = frozenset({"ctrl", "alt", "shift", "super", "hyper", "meta"})
_NAMES = frozenset(key.value for key in Keys) | frozenset(KEY_NAME_REPLACEMENTS.values())


def wrong_keys(keys: Mapping[str, str]) -> list[str]:
    """The problems of `keys` (keys by command id), each as a sentence; empty if there are none."""
    known = dict.fromkeys(command.id for command in COMMANDS)
    wrong = []
    for name, text in keys.items():
        if name not in known:
            meant = suggestion(name, known) or "; docs/KEYS.md lists them all"
            wrong.append(f"there is no command {name!r}{meant}")
            continue
        bad = [key for key in _split(text) if not is_key(key)]
        wrong += [f"{name}: {key!r} is not a key; write keys as c, G, f5, ctrl+x, escape or pagedown" for key in bad]
    return wrong or list(dict.fromkeys(_clashes(keys)))


def is_key(key: str) -> bool:
    """Whether a key of that name exists: a character or a name, after modifiers such as `ctrl+`."""
    if key in _NAMES or len(key) == 1:
        return key.isprintable() and key != " "
    *modifiers, last = key.split("+")
    if not set(modifiers) <= _MODIFIERS or not last:
        return False
    return len(last) == 1 or last in _NAMES or key_to_character(last) is not None


def _clashes(keys: Mapping[str, str]) -> Iterator[str]:
    """Configured keys that another command, available at the same time, uses too."""
    for command in COMMANDS:
        if command.id not in keys:
            continue
        for other in COMMANDS:
            if other.id == command.id or not _can_clash(command, other):
                continue
            if other.id in keys and other.id < command.id:
                continue  # reported already for the other command
            shared = set(_split(keys[command.id])) & set(_split(keys.get(other.id, other.keys)))
            for key in sorted(shared):
                yield f"{command.id}: {shown_keys(key)!r} is also the key of {other.id}"


def _can_clash(one: Command, other: Command) -> bool:
    if one.where is not other.where and {one.where, other.where} <= PANES:
        return False
    return any(one.where in places and other.where in places for places in TOGETHER)


def _split(keys: str) -> list[str]:
    """The keys one by one; characters by their names, as in the registry."""
    return [_LONG.get(key.strip(), key.strip()) for key in keys.split(",")]


_LONG = {"?": "question_mark", "/": "slash", "'": "apostrophe"}
