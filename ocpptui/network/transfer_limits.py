"""What a transfer of a file may take: bytes, time, slowness, and how many run at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

KILOBYTE = 1024
MEGABYTE = 1024 * KILOBYTE


@dataclass(frozen=True, slots=True)
class TransferLimits:
    """Bytes and seconds."""

    most_bytes: int = 512 * MEGABYTE
    """The largest file that is taken."""
    slowest: int = 100
    """Bytes a second; a charge point with a poor mobile connection reaches ten times as many."""
    window: float = 60.0
    """Seconds for which a transfer may pause or be slower than that."""
    longest: float = 6 * 3600.0
    """Seconds that one transfer may take."""
    most_at_once: int = 32
    """Transfers that run at the same time."""
    least_free: int = 100 * MEGABYTE
    """Bytes of the disk that uploads leave to other programs."""
    progress: float = 5.0
    """Seconds between two reports of one transfer."""


class TransferRefused(Exception):
    """A transfer was refused or ended early; the text is the reason, without a full stop."""


class TooSlow(TransferRefused):
    """It paused or was slow for too long."""


class TooLarge(TransferRefused):
    """The file has more bytes than are taken."""


class NoRoom(TransferRefused):
    """The disk cannot take the file."""


class Pace:
    """Ends a transfer that is too slow. A pause uses up credit, at most `window` seconds; bytes earn it back."""

    def __init__(self, limits: TransferLimits) -> None:
        self._limits = limits
        self._loop = asyncio.get_running_loop()
        self._latest = self._loop.time() + limits.longest
        self._deadline = self._last = self._loop.time()
        self._limit: asyncio.Timeout | None = None
        self._extend(limits.window)

    @asynccontextmanager
    async def kept(self) -> AsyncIterator[None]:
        """Ends the block when it is too slow. Raises TooSlow."""
        try:
            async with asyncio.timeout_at(min(self._deadline, self._latest)) as self._limit:
                yield
        except TimeoutError:
            raise TooSlow(self._reason) from None

    def moved(self, size: int) -> None:
        """Count bytes that were moved."""
        self._last = self._loop.time()
        self._extend(size / self._limits.slowest)

    def _extend(self, credit: float) -> None:
        self._deadline = min(self._loop.time() + self._limits.window, self._deadline + credit)
        if self._limit is not None and not self._limit.expired():
            self._limit.reschedule(min(self._deadline, self._latest))

    @property
    def _reason(self) -> str:
        now, limits = self._loop.time(), self._limits
        if now >= self._latest:
            return f"it took longer than {limits.longest:g} s"
        if now - self._last >= limits.window * 0.99:
            return f"nothing came for {limits.window:g} s"
        return f"it was slower than {limits.slowest:,} bytes a second"
