"""What arrives in a pipe, a socket or a device, without waiting for it, on any operating system."""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Callable
from pathlib import Path
from time import sleep

READ_AT_ONCE = 2**16
MOST_WAITING = 2**22
"""How many bytes are read in advance."""


class ArrivingBytes:
    """Reads from a descriptor in a separate thread.

    A pipe could also be set to non-blocking, but that would affect all processes with the same pipe or terminal, and
    Windows cannot do it. `tell` is called in the thread whenever there is something to read, including the end.
    """

    def __init__(self, name: str, opened: Callable[[], int], tell: Callable[[], None] = lambda: None) -> None:
        """`opened` is called in the thread, since it may wait too: a named pipe opens when something writes into it."""
        self.failure = ""
        """Why it could not be opened, or ended too early."""
        self._opened = opened
        self._tell = tell
        self._came: deque[bytes] = deque()  # the last is empty at the end
        self._size = 0
        self._taken = threading.Condition()
        self.closed = False
        self._reading = threading.Thread(target=self._run, name=name, daemon=True)
        self._reading.start()

    def read(self, size: int = -1) -> bytes | None:
        """What has arrived, at most `size` bytes; None if there is nothing for now, b"" at the end."""
        with self._taken:
            if not self._came:
                return None
            data = self._came[0]
            if not data:
                return b""
            if 0 <= size < len(data):
                self._came[0] = data[size:]
                data = data[:size]
            else:
                self._came.popleft()
            self._size -= len(data)
            self._taken.notify()
            return data

    def close(self) -> None:
        """Stop reading; the thread ends with the next input."""
        with self._taken:
            self.closed = True
            self._taken.notify()

    def _run(self) -> None:
        try:
            file = self._opened()
        except OSError as error:
            self._end(error.strerror or str(error))
            return
        try:
            while not self.closed:
                data = os.read(file, READ_AT_ONCE)
                self._put(data)
                if not data:
                    break
                with self._taken:
                    self._taken.wait_for(lambda: self.closed or self._size < MOST_WAITING)
        except OSError as error:  # a terminal that is gone
            self._end(error.strerror or str(error))
        finally:
            os.close(file)

    def _put(self, data: bytes) -> None:
        with self._taken:
            self._came.append(data)
            self._size += len(data)
        self._tell()

    def _end(self, failure: str) -> None:
        self.failure = failure
        self._put(b"")


class PipeAtPath(ArrivingBytes):
    """A named pipe or a device."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._is_open = False
        super().__init__(f"reading {path.name}", self._open)

    def _open(self) -> int:
        if self.closed:
            raise OSError(0, "nobody reads it any more")
        file = os.open(self._path, os.O_RDONLY | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NOCTTY", 0))
        self._is_open = True
        if os.isatty(file):
            os.close(file)
            raise OSError(0, "this is a terminal; FILE - reads what is typed")
        return file

    def close(self) -> None:
        super().close()
        if not self._is_open and not self._released() and self._reading.is_alive():
            # It was about to open the pipe, and waits there now.
            threading.Thread(target=self._release, name=f"closing {self._path.name}", daemon=True).start()

    def _release(self) -> None:
        while self._reading.is_alive() and not self._released():
            sleep(0.01)

    def _released(self) -> bool:
        """Be the writer that the thread waits for; False if it is not waiting, or not yet."""
        if not hasattr(os, "O_NONBLOCK"):
            return True
        try:
            os.close(os.open(self._path, os.O_WRONLY | os.O_NONBLOCK))
        except OSError:
            return False
        return True
