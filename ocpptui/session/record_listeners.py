"""Who learns of the records of a session: the screen, headless output, those that wait for something."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
WITHIN = 0.02
"""Seconds for which a record may wait for the screen, so that messages pass without waiting for it."""


class RecordListeners:
    """Calls the listeners once for each record, in order: at once, or a moment later."""

    def __init__(self, first: Callable[[], None], before_later: Callable[[], None]) -> None:
        """`first` is called before the listeners, each time; `before_later` before those of records that waited."""
        self._first = first
        self._before_later = before_later
        self._listeners: list[Callable[[int], None]] = []
        self._changed: set[asyncio.Event] = set()  # of the waiters in `until`
        self._delayed: deque[int] = deque()

    def subscribe(self, listener: Callable[[int], None]) -> Callable[[], None]:
        """Have `listener` called with the index of each record; returns a function that ends this."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    async def until(self, condition: Callable[[], T | None], timeout: float | None = None) -> T | None:
        """Wait until `condition` returns a value, checked after each record; None after `timeout` seconds."""
        event = asyncio.Event()
        self._changed.add(event)
        try:
            async with asyncio.timeout(timeout):
                while (result := condition()) is None:
                    event.clear()
                    await event.wait()
                return result
        except TimeoutError:
            return None
        finally:
            self._changed.discard(event)

    def tell(self, index: int) -> None:
        """Call the listeners for a record, now unless earlier ones still wait."""
        if self._delayed:
            self._delayed.append(index)
        else:
            self._tell(index)

    def tell_later(self, index: int) -> None:
        """Call the listeners for a record a moment later."""
        self._delayed.append(index)
        if len(self._delayed) == 1:
            asyncio.get_running_loop().call_later(WITHIN, self.catch_up)

    def catch_up(self) -> None:
        """Call the listeners for the records that still wait."""
        self._before_later()
        while self._delayed:
            try:
                self._tell(self._delayed[0])
            except Exception as error:  # the listeners must still learn of the others
                context = {"message": "a listener of the records failed", "exception": error}
                asyncio.get_running_loop().call_exception_handler(context)
            finally:
                self._delayed.popleft()

    def _tell(self, index: int) -> None:
        self._first()
        for listener in self._listeners:
            listener(index)
        for event in self._changed:
            event.set()
