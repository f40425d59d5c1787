"""Long work that knows no steps, done in turns with the owner of the data that it reads.

The work has a thread of its own, but runs only while its owner waits in `advance`, so that neither needs locks. What
touches nothing of the owner's, such as writing to a slow disk, runs beside it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import perf_counter
from typing import Generic, TypeVar

T = TypeVar("T")
TURN = 0.02
"""Seconds of work before the keyboard and the screen have their turn."""
BREATH = 0.004
"""Seconds that they have then."""
FRAME_BUDGET = 0.012
"""Seconds of work on rows, such as filtering, between two frames."""


class WorkCancelledError(Exception):
    """The owner does not want the work any more; raised within the work."""


class Turns(Generic[T]):
    """The owner calls `advance` until it is true, then `result`; the work calls `pause` often."""

    def __init__(self, work: Callable[[Turns[T]], T], name: str) -> None:
        """`name` is that of the thread."""
        self._work = work
        self._given = threading.Semaphore(0)  # the work may go on
        self._returned = threading.Semaphore(0)  # the owner may go on
        self._wanted = threading.Event()  # the work waits for its turn
        self._ends = 0.0  # the turn, by perf_counter
        self._cancelled = False
        self._over = threading.Event()
        self._result: list[T] = []
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    # -- the owner ----------------------------------------------------------------------------------------------

    def advance(self, budget: float) -> bool:
        """Let the work go on for about `budget` seconds; True when it is over. Does not wait for what runs beside."""
        if self._wanted.is_set() and not self._over.is_set():
            self._wanted.clear()
            self._ends = perf_counter() + budget
            self._given.release()
            self._returned.acquire()
        return self._over.is_set()

    def cancel(self) -> None:
        """Have the work end at its next pause. What it has to do then, such as removing a file, runs beside."""
        self._cancelled = True
        self._given.release()

    def wait(self, timeout: float) -> bool:
        """Wait for the end of cancelled work; False when `timeout` seconds have passed."""
        return self._over.wait(timeout)

    def result(self) -> T:
        """What the work returned. Raises what it raised, WorkCancelledError if it was cancelled."""
        if self._error is not None:
            raise self._error
        return self._result[0]

    # -- the work -----------------------------------------------------------------------------------------------

    def pause(self) -> None:
        """Go on with the turn, or wait for the next one. Raises WorkCancelledError."""
        if self._cancelled:
            raise WorkCancelledError
        if perf_counter() >= self._ends:
            self._returned.release()
            self._take()

    @contextmanager
    def beside(self) -> Iterator[None]:
        """Run the block beside the owner, whose data it must not touch. Raises WorkCancelledError after it."""
        self._returned.release()
        try:
            yield
        finally:
            self._take()

    def _take(self) -> None:
        self._wanted.set()
        self._given.acquire()
        if self._cancelled:
            raise WorkCancelledError

    def _run(self) -> None:
        try:
            self._take()
            self._result.append(self._work(self))
        except BaseException as error:
            self._error = error
        finally:
            self._over.set()
            self._returned.release()
