"""Which differences do not count, as a person says it: `idTagInfo.expiryDate`, `BootNotification:interval`."""

from __future__ import annotations

import re
from collections.abc import Iterable


class IgnoredPathError(ValueError):
    """What should be ignored is no path."""


class Ignoring:
    """Paths that do not count, with everything below them.

    `$.a.b` begins at the top of a payload, `a.b` at any depth; `*` stands for one field of any name, `Action:path`
    is for the answers (and, between recordings, the calls) of that action alone. Places in lists do not matter.
    """

    def __init__(self, paths: Iterable[str] = ()) -> None:
        """Raises IgnoredPathError."""
        self.paths = tuple(paths)
        self._rules = [_rule(path) for path in self.paths]

    def __call__(self, action: str, path: str) -> bool:
        """Whether a difference at a path of a payload (as `Difference.path`) does not count."""
        if not self._rules:
            return False
        steps = _steps(path)
        return any(
            (of is None or of == action.lower()) and _leads(wanted, anchored, steps)
            for of, wanted, anchored in self._rules
        )


def _rule(text: str) -> tuple[str | None, list[str], bool]:
    of, colon, path = text.strip().rpartition(":")
    steps = _steps(path)
    if not steps or not all(steps):
        raise IgnoredPathError(f"{text!r} is no path; write one such as idTagInfo.expiryDate or $.interval")
    return (of.lower() if colon else None), steps, path.startswith("$")


def _steps(path: str) -> list[str]:
    """The names of the fields on the way."""
    plain = _BRACKETS.sub("", path).removeprefix("$").removeprefix(".")
    return plain.split(".") if plain else []


def _leads(wanted: list[str], anchored: bool, steps: list[str]) -> bool:
    starts = (0,) if anchored else range(len(steps) - len(wanted) + 1)
    return any(
        len(steps) >= start + len(wanted)
        and all(one in ("*", step) for one, step in zip(wanted, steps[start:], strict=False))
        for start in starts
    )


_BRACKETS = re.compile(r'\[(?:"(?:[^"\\]|\\.)*"|[^\]"])*\]')
