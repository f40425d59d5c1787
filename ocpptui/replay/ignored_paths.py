"""Paths whose differences do not count, as a user writes them: `idTagInfo.expiryDate`, `BootNotification:interval`."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ocpptui.jsontext.path import field_names


class IgnoredPathError(ValueError):
    """A path to ignore is malformed."""


class Ignoring:
    """Paths to ignore, with everything below them.

    `$.a.b` starts at the top of a payload, `a.b` at any depth. `*` matches one field of any name. `Action:path`
    applies only to the answers of that action (and, between recordings, to its calls). List indexes do not matter.
    """

    def __init__(self, paths: Iterable[str] = ()) -> None:
        """Raises IgnoredPathError."""
        self.paths = tuple(paths)
        self._rules = [_rule(path) for path in self.paths]

    def __call__(self, action: str, path: str) -> bool:
        """Whether a difference at a payload path (as in `Difference.path`) is ignored."""
        if not self._rules:
            return False
        steps = _names(path)
        return any(
            (of is None or of == action.lower()) and _leads(wanted, anchored, steps)
            for of, wanted, anchored in self._rules
        )


def _rule(text: str) -> tuple[str | None, tuple[str, ...], bool]:
    of, colon, path = text.strip().partition(":")
    if not colon or not _ACTION.fullmatch(of):  # the colon is in the quotes of a key
        of, path = "", text.strip()
    steps = _names(path)
    if not steps:
        raise IgnoredPathError(f"{text!r} is not a path; write it like idTagInfo.expiryDate or $.interval")
    return (of.lower() or None), steps, path.startswith("$")


def _names(path: str) -> tuple[str, ...]:
    """The names of the fields along the path; empty if the text is not a path."""
    return field_names(_ITEM.sub(lambda match: match[1] or "", path))


def _leads(wanted: tuple[str, ...], anchored: bool, steps: tuple[str, ...]) -> bool:
    starts = (0,) if anchored else range(len(steps) - len(wanted) + 1)
    return any(
        len(steps) >= start + len(wanted)
        and all(one in ("*", step) for one, step in zip(wanted, steps[start:], strict=False))
        for start in starts
    )


_ACTION = re.compile(r"[^.\[\]\"'$]*")
_ITEM = re.compile(r"""(\['(?:[^'\\]|\\.)*+'\])|\[(?>(?:"(?:[^"\\]|\\.)*+"|[^\[\]"])*)\]""", re.DOTALL)
"""Brackets: those of a key, `['odd.key']`, or those of an item of a list, `[0]` and `["HeartbeatInterval"]`."""
