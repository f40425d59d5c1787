"""Finding an action by a few letters of its name.

`COMMON` are the actions that people send most often by hand.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ocpptui.ocpp.actions import Action

COMMON = (
    "Reset",
    "UnlockConnector",
    "RemoteStartTransaction",
    "RequestStartTransaction",
    "RemoteStopTransaction",
    "RequestStopTransaction",
    "GetConfiguration",
    "ChangeConfiguration",
    "GetVariables",
    "SetVariables",
    "GetBaseReport",
    "TriggerMessage",
    "SetChargingProfile",
    "ChangeAvailability",
    "BootNotification",
    "Heartbeat",
    "StatusNotification",
    "Authorize",
    "StartTransaction",
    "MeterValues",
    "StopTransaction",
    "TransactionEvent",
)
"""Of both sides and all versions, the most common of each first."""


def ranked(actions: Iterable[Action], typed: str, recent: Sequence[str] = ()) -> list[Action]:
    """The actions that `typed` can mean, the likeliest first.

    The whole name comes first, then names that begin with `typed`, then initials (`rst` for RemoteStartTransaction),
    then parts of the words, then any part of the name, then its letters in order. Among those that match in the same
    manner, the actions of `recent` (newest first) precede the common ones, and shorter names precede longer ones. Case
    does not matter. If nothing is typed, the recent and the common actions precede all others, which stay in order.
    """
    word = "".join(typed.split()).lower()
    habit = _places([*recent, *COMMON])
    last = len(habit)
    if not word:
        return sorted(actions, key=lambda action: habit.get(action.name, last))
    found = [(match, action) for action in actions if (match := _match(action.name, word)) is not None]

    def place(entry: tuple[int, Action]) -> tuple[int, int, int, str]:
        match, action = entry
        return match, habit.get(action.name, last), len(action.name), action.name

    return [action for _, action in sorted(found, key=place)]


def _places(names: Iterable[str]) -> dict[str, int]:
    return {name: place for place, name in enumerate(dict.fromkeys(names))}


_PREFIX, _INITIALS, _WORD_BY_WORD, _PART, _LETTERS = range(1, 6)
"""How a name can match, the best first; 0 is the whole name."""


def _match(name: str, word: str) -> int | None:
    lower = name.lower()
    if lower == word:
        return 0
    if lower.startswith(word):
        return _PREFIX
    if _initials(name).startswith(word):
        return _INITIALS
    if _word_starts(name, word):
        return _WORD_BY_WORD
    if word in lower:
        return _PART
    letters = iter(lower)
    return _LETTERS if all(letter in letters for letter in word) else None


def _initials(name: str) -> str:
    return "".join(letter for letter in name if letter.isupper() or letter.isdigit()).lower()


def _word_starts(name: str, word: str) -> bool:
    """Whether `word` consists of prefixes of the name's words in order, such as `getvar` for GetVariables."""
    starts = [position for position, letter in enumerate(name) if letter.isupper() or letter.isdigit()]
    words = [name[start:end].lower() for start, end in zip(starts, [*starts[1:], len(name)], strict=True)]

    def fits(rest: str, remaining: list[str]) -> bool:
        if not rest:
            return True
        return any(
            rest.startswith(part[:length]) and fits(rest[length:], remaining[position + 1 :])
            for position, part in enumerate(remaining)
            for length in range(min(len(part), len(rest)), 0, -1)
        )

    return fits(word, words)
