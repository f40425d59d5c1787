"""Finding an action by a few letters of its name."""

from __future__ import annotations

from collections.abc import Iterable

from ocpptui.ocpp.actions import Action


def ranked(actions: Iterable[Action], typed: str) -> list[Action]:
    """The actions that `typed` can mean, the likeliest first; all in their order if nothing is typed.

    Prefixes of the name come first, then initials (`rst` for RemoteStartTransaction), then parts of the name, then its
    letters in order. Case does not matter.
    """
    word = "".join(typed.split()).lower()
    if not word:
        return list(actions)
    scored = [(score, action.name, action) for action in actions if (score := _score(action.name, word)) is not None]
    return [action for _, _, action in sorted(scored, key=lambda entry: entry[:2])]


def _score(name: str, word: str) -> int | None:
    lower = name.lower()
    if lower == word:
        return 0
    if lower.startswith(word):
        return 1
    if _initials(name).startswith(word):
        return 2
    if _word_starts(name, word):
        return 3
    if word in lower:
        return 4
    letters = iter(lower)
    return 5 if all(letter in letters for letter in word) else None


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
