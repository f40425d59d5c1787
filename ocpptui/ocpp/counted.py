"""Numbers of things in words, the same in the log, on the screen and in every report."""

from __future__ import annotations

from collections.abc import Sequence


def counted(count: int, noun: str) -> str:
    """`1 record`, `2,000 records`, `0 more findings`. `noun` is in the singular and forms its plural with an s."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def enumerated(words: Sequence[str]) -> str:
    """`Upgrade`, `Upgrade and Connection`, `Host, Upgrade and Connection`; empty without words."""
    return " and ".join(filter(None, (", ".join(words[:-1]), *words[-1:])))
