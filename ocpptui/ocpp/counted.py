"""Numbers of things in words, the same in the log, on the screen and in every report."""

from __future__ import annotations


def counted(count: int, noun: str) -> str:
    """`1 record`, `2,000 records`, `0 more findings`. `noun` is in the singular and forms its plural with an s."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
