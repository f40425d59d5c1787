"""Who learns of the records of a session: the screen, headless output, those that wait for something."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from time import perf_counter
from typing import TypeVar

T = TypeVar("T")
WITHIN = 0.02
"""Seconds for which a record may wait for the screen, so that messages pass without waiting for it."""
SLICE = 0.0002
"""Seconds of telling what waited, until the messages that have arrived meanwhile pass."""


class RecordListeners:
    """Calls the listeners once for each record, in order: at once, or a moment later."""

    def __init__(
        self,
        first: Callable[[], None],
        before_later: Callable[[], None],
        *,
        seconds: Callable[[], float] = perf_counter,
    ) -> None:
        """`first` is called before the listeners, each time; `before_later` before those of records that waited."""
        self._first = first
        self._before_later = before_later
        self._seconds = seconds
        self._listeners: list[Callable[[int], None]] = []
        self._changed: set[asyncio.Event] = set()  # of the waiters in `until`
        self._delayed: deque[int] = deque()
        self._goes_on_soon = False  # `_begin` or `_go_on` will be called

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
        if not self._goes_on_soon:
            self._goes_on_soon = True
            asyncio.get_running_loop().call_later(WITHIN, self._begin)

    def catch_up(self) -> None:
        """Call the listeners for the records that still wait."""
        self._before_later()
        while self._delayed:
            self._tell_first()

    def _begin(self) -> None:
        self._go_on(len(self._delayed))

    def _go_on(self, most: int) -> None:
        """Call the listeners for a slice of the records that wait, until `most` are left: no more wait each time, even
        if they come faster than they are told."""
        self._goes_on_soon = False
        self._before_later()
        end = self._seconds() + SLICE
        while self._delayed and (len(self._delayed) > most or self._seconds() < end):
            self._tell_first()
        if self._delayed:
            self._goes_on_soon = True
            asyncio.get_running_loop().call_soon(self._go_on, len(self._delayed))

    def _tell_first(self) -> None:
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
