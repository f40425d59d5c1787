"""How much of its disk a recording leaves to others."""

from __future__ import annotations

import shutil
from pathlib import Path

LEAST_FREE = 200_000_000
"""Bytes that stay free on the disk of a recording, or a hundredth of the disk if that is less."""
EARLY = 5
"""A warning is given when less than this many times the least is free."""


class DiskRoom:
    """Watches the free space of a recording's disk. Below the least, records are kept in memory."""

    def __init__(self, least: int | None = None) -> None:
        """`least` is the number of bytes that stay free; None chooses it by the size of the disk."""
        self._least = least
        self._warned = False
        self._short = False

    def shortage(self, folder: Path, news: list[str]) -> str | None:
        """Why nothing may be written at present, None if it may. A warning is added to `news`."""
        try:
            free, least = self._measure(folder)
        except OSError:  # writing will say why
            return None
        # Once it was short, a tenth more has to be free, or it would stop and start with every record.
        self._short = free < least + self._short * least // 10
        if self._short:
            return (
                f"only {size_text(free)} are free on this disk; the last {size_text(least)} are left to other programs"
            )
        if free < EARLY * least and not self._warned:
            self._warned = True
            news.append(f"The disk of the recording is almost full. {_words(free, least)}")
        elif free > 2 * EARLY * least:
            self._warned = False
        return None

    def words(self, folder: Path) -> str:
        """How much is free, as a sentence; empty if that is unknown."""
        try:
            return _words(*self._measure(folder))
        except OSError:
            return ""

    def _measure(self, folder: Path) -> tuple[int, int]:
        """The bytes that are free, and that stay free. Raises OSError."""
        total, _, free = shutil.disk_usage(folder)
        return free, min(LEAST_FREE, total // 100) if self._least is None else self._least


def _words(free: int, least: int) -> str:
    return f"{size_text(free)} are free on its disk; recording stops when {size_text(least)} are left."


def size_text(size: int) -> str:
    """A number of bytes in readable form: `870 bytes`, `1.2 MB`."""
    for unit, factor in _UNITS:
        if size >= factor:
            amount = size / factor
            return f"{amount:.{1 if amount < 10 else 0}f} {unit}"
    return f"{size} bytes"


_UNITS = (("TB", 10**12), ("GB", 10**9), ("MB", 10**6), ("kB", 10**3))
