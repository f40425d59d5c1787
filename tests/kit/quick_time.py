"""An event loop in which nobody waits: as soon as nothing is to be read or written, its time jumps to the next timer.

Sockets stay real. A test of minutes of OCPP so takes milliseconds, and it does not depend on how busy the machine is.
It is for code whose clock is that of the loop and whose work is done without threads, since these are not waited for.
"""

from __future__ import annotations

import asyncio
import selectors
import socket
from collections.abc import Callable, Coroutine, Mapping
from typing import Any

GRACE = 0.002
"""Real seconds in which something that is on its way through the kernel may arrive before time jumps."""
LONG = 1.0
"""Seconds from which a jump may be the time-out of something that is on its way."""
LONG_GRACE = 0.2
"""The same as GRACE before such a jump: on a busy machine, the kernel delivers late even on loopback."""


class _JumpingSelector(selectors.BaseSelector):
    """Where the wait would be longer than the grace, the rest of it is skipped."""

    def __init__(self) -> None:
        self.skipped = 0.0
        """Seconds that were not waited."""
        self._real = selectors.DefaultSelector()

    def register(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        return self._real.register(fileobj, events, data)

    def unregister(self, fileobj: Any) -> selectors.SelectorKey:
        return self._real.unregister(fileobj)

    def modify(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        return self._real.modify(fileobj, events, data)

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        grace = GRACE if timeout is None or timeout < LONG else LONG_GRACE
        if timeout is None or timeout <= grace:
            return self._real.select(timeout)
        ready = self._real.select(grace)
        if not ready:
            self.skipped += timeout - grace
        return ready

    def close(self) -> None:
        self._real.close()

    def get_map(self) -> Mapping[Any, selectors.SelectorKey]:
        return self._real.get_map()


class QuickLoop(asyncio.SelectorEventLoop):
    """The event loop."""

    def __init__(self) -> None:
        self._jumping = _JumpingSelector()
        super().__init__(self._jumping)

    def time(self) -> float:
        return super().time() + self._jumping.skipped

    async def getaddrinfo(self, *of: Any, **more: Any) -> Any:
        """Look up names of this machine at once: a thread would not be waited for."""
        return socket.getaddrinfo(*of, **more)

    async def shutdown_default_executor(self, timeout: float | None = None) -> None:
        """Wait for the threads as long as they take: the limit of 300 s, new in Python 3.12, passes at once here."""
        await super().shutdown_default_executor()


def in_quick_time(story: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Run a story to its end."""
    with asyncio.Runner(loop_factory=QuickLoop) as runner:
        runner.run(story())


def quick_clock() -> Callable[[], int]:
    """A clock for a session: microseconds since 1970-01-01 UTC by the time of the running loop."""
    loop = asyncio.get_running_loop()
    start = loop.time()
    return lambda: 1_795_341_723_120_000 + int((loop.time() - start) * 1e6)
