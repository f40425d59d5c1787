"""Which differences do not count, as a person says it: `idTagInfo.expiryDate`, `BootNotification:interval`."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ocpptui.jsontext.path import field_names


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
        raise IgnoredPathError(f"{text!r} is no path; write one such as idTagInfo.expiryDate or $.interval")
    return (of.lower() or None), steps, path.startswith("$")


def _names(path: str) -> tuple[str, ...]:
    """The names of the fields on the way; none where the text is not a path."""
    return field_names(_ITEM.sub(lambda match: match[1] or "", path))


def _leads(wanted: tuple[str, ...], anchored: bool, steps: tuple[str, ...]) -> bool:
    starts = (0,) if anchored else range(len(steps) - len(wanted) + 1)
    return any(
        len(steps) >= start + len(wanted)
        and all(one in ("*", step) for one, step in zip(wanted, steps[start:], strict=False))
        for start in starts
    )


_ACTION = re.compile(r"[^.\[\]\"'$]*")
_ITEM = re.compile(r"""(\['(?:[^'\\]|\\.)*'\])|\[(?:"(?:[^"\\]|\\.)*"|[^\]"])*\]""", re.DOTALL)
"""Brackets: those of a key, `['odd.key']`, or those of an item of a list, `[0]` and `["HeartbeatInterval"]`."""
