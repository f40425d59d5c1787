"""The name that was probably meant by a wrong one."""

from __future__ import annotations

from collections.abc import Iterable


def nearest(text: str, names: Iterable[str]) -> str | None:
    """The name that differs only in case, else a very similar one; None if there is none."""
    from difflib import get_close_matches

    folded = {name.casefold(): name for name in names}
    close = get_close_matches(text[:_LONGEST].casefold(), folded, 1, _ALIKE)
    return folded[close[0]] if close else None


_LONGEST = 100
_ALIKE = 0.7
