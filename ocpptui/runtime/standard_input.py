"""Standard input as it arrives, without waiting for it, on any operating system."""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Callable

READ_AT_ONCE = 2**16
MOST_WAITING = 2**22
"""How many bytes are read in advance."""


class StandardInput:
    """Reads standard input in a separate thread.

    A pipe could also be set to non-blocking, but that would affect all processes with the same pipe or terminal, and
    Windows cannot do it. `tell` is called in the thread whenever there is something to read, including the end.
    """

    def __init__(self, tell: Callable[[], None] = lambda: None) -> None:
        self._file = os.dup(0)  # the screen may put the terminal in place of a pipe
        self._tell = tell
        self._came: deque[bytes] = deque()  # the last is empty at the end
        self._size = 0
        self._taken = threading.Condition()
        self.closed = False
        threading.Thread(target=self._run, name="standard input", daemon=True).start()

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
        data = b" "
        while data and not self.closed:
            try:
                data = os.read(self._file, READ_AT_ONCE)
            except OSError:  # a terminal that is gone
                data = b""
            with self._taken:
                self._came.append(data)
                self._size += len(data)
            self._tell()
            with self._taken:
                self._taken.wait_for(lambda: self.closed or self._size < MOST_WAITING)
        os.close(self._file)
