"""The name that was probably meant by a wrong one: an action, a field, an option, a filter term, a command."""

from __future__ import annotations

from collections.abc import Iterable


def nearest(text: str, names: Iterable[str]) -> str | None:
    """The name that differs only in case, else a very similar one, else the only one that begins like it, or None."""
    from difflib import get_close_matches

    folded, typed = {name.casefold(): name for name in names}, text[:_LONGEST].casefold()
    close = get_close_matches(typed, folded, 1, _ALIKE)
    if not close and len(typed) >= _BEGINNING:
        close = [name for name in folded if name.startswith(typed)]
        close = close if len(close) == 1 else []
    return folded[close[0]] if close else None


def suggestion(text: str, names: Iterable[str], before: str = "; ") -> str:
    """The end of a sentence about a wrong name, `; did you mean Heartbeat?`; empty if no name is similar."""
    meant = nearest(text, names)
    return f"{before}did you mean {meant}?" if meant else ""


_LONGEST = 100
_ALIKE = 0.7
_BEGINNING = 3
"""Characters at least of the beginning of a name; fewer are the beginning of one by chance."""
