"""Output to a reader that may be slow, stopped or gone, without blocking the program."""

from __future__ import annotations

import os
import select
import threading
from collections import deque
from collections.abc import Callable

PIECE = 2**16
"""How many bytes are passed to the operating system at once."""


class BackgroundWriter:
    """Writes to a file descriptor in a separate thread.

    The caller decides what happens while more than `limit` bytes wait: it drops data, or waits for space. `on_idle` is
    called in the thread when everything is written, `on_failure` when the first write fails; after that, and after
    `give_up`, data is dropped.
    """

    def __init__(
        self,
        file: int,
        limit: int,
        *,
        on_idle: Callable[[], None] | None = None,
        on_failure: Callable[[OSError], None] | None = None,
    ) -> None:
        self._file = file
        self._limit = limit
        self._on_idle = on_idle
        self._on_failure = on_failure
        self._waiting: deque[bytes] = deque()
        self._size = 0  # bytes that are not written yet
        self._changed = threading.Condition()
        self._given_up = False
        self._hurried = False
        self._closing = False
        self._ended = False
        self._thread = threading.Thread(target=self._run, name="output", daemon=True)
        self._thread.start()

    def put(self, data: bytes, *, force: bool = False) -> bool:
        """Queue data for writing; False if too much is already waiting and it is not forced. Never blocks."""
        with self._changed:
            if self._given_up:
                return True
            if self._size >= self._limit and not force:
                return False
            self._waiting.extend(data[start : start + PIECE] for start in range(0, len(data), PIECE))
            self._size += len(data)
            self._changed.notify_all()
            return True

    def wait_for_room(self) -> bool:
        """Block until data is accepted again; False if waiting was ended."""
        with self._changed:
            self._changed.wait_for(lambda: self._hurried or self._size < self._limit)
            return not self._hurried

    def hurry(self) -> None:
        """End all waiting for space. Can be called in any thread."""
        with self._changed:
            self._hurried = True
            self._changed.notify_all()

    def give_up(self) -> None:
        """Drop what waits and all later data. Can be called in any thread."""
        with self._changed:
            self._given_up = self._hurried = True
            self._waiting.clear()
            self._size = 0
            self._changed.notify_all()

    def close(self, patience: float) -> bool:
        """Wait until everything is written, after `hurry` for at most `patience` seconds; False if it was not."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._hurried or self._ended)
        self._thread.join(patience)
        return not self._thread.is_alive()

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting or self._closing)
                if not self._waiting:
                    self._ended = True
                    self._changed.notify_all()
                    return
                data = self._waiting.popleft()
            try:
                _write_all(self._file, data)
            except OSError as error:
                self.give_up()
                if self._on_failure is not None:
                    self._on_failure(error)
                continue
            with self._changed:
                self._size = max(self._size - len(data), 0)
                self._changed.notify_all()
                idle = not self._waiting
            if idle and self._on_idle is not None:
                self._on_idle()


def write_if_read(file: int, data: bytes) -> None:
    """Write a few bytes to a terminal at once, unless it does not read. Not on Windows. Raises OSError."""
    if select.select([], [file], [], 0)[1]:
        os.write(file, data)


def _write_all(file: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(file, view) :]
