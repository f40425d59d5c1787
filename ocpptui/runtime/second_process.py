"""A second process that runs a module of this program, so that long work is done by two cores.

It answers requests through its standard output, in the order in which it reads them from standard input, and ends when
its input does. It has no state to lose.
"""

from __future__ import annotations

import os
import signal
import struct
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

from ocpptui.runtime.portable_files import widen

PIPE_SIZE = 2**20
"""Bytes that may wait in the pipe, so that the process need not wait for a busy screen."""
_LENGTH = struct.Struct("<Q")


class SecondProcess:
    """The parent's side. Each request gets an answer, in their order."""

    def __init__(self, module: str, *arguments: str | Path) -> None:
        """Start the process. Raises OSError if that is impossible."""
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", module, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._requests, self._answers = self._process.stdin, self._process.stdout
        widen(self._answers.fileno(), PIPE_SIZE)
        self._came: deque[bytes | None] = deque()  # messages; None is the end
        self._news = threading.Condition()
        self._thread = threading.Thread(target=self._listen, name=f"answers of {module}", daemon=True)
        self._thread.start()
        self.ready = False
        """It has started and accepts work."""
        self.ended = False
        """It has ended, and all that it has not answered is lost."""

    def ask(self, request: bytes) -> None:
        """Send a request; a long one only to a process that is `ready`, or this waits for its start."""
        try:
            for part in (_LENGTH.pack(len(request)), request):
                unsent = memoryview(part)
                while unsent:
                    unsent = unsent[self._requests.write(unsent) :]
        except OSError:
            self.ended = True

    def answer(self) -> bytes | None:
        """The next answer, in the order of the requests; None while there is none."""
        while not self.ended and self._came:
            message = self._came.popleft()
            if message is None:
                self.ended = True
            elif self.ready:
                return message
            self.ready = True  # the first message is a greeting
        return None

    def wait(self, timeout: float) -> bool:
        """Wait for an answer, `timeout` seconds at most; True if there is one, or an end."""
        with self._news:
            return bool(self._news.wait_for(lambda: self._came, timeout))

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.wait()
        self._thread.join()
        self._requests.close()
        self._answers.close()

    def _listen(self) -> None:
        """Take all available messages from the pipe at once: each wait for the interpreter's lock is long."""
        data = b""
        while more := self._answers.read(PIPE_SIZE):
            data += more
            while len(data) >= _LENGTH.size and len(data) >= (end := _LENGTH.size + _LENGTH.unpack_from(data)[0]):
                self._tell(data[_LENGTH.size : end])
                data = data[end:]
        self._tell(None)

    def _tell(self, message: bytes | None) -> None:
        with self._news:
            self._came.append(message)
            self._news.notify()


def serve(answer: Callable[[bytes], bytes]) -> NoReturn:
    """Answer requests until there are no more, then end the process; its side of `SecondProcess`."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent handles the interrupt
    source, sink = sys.stdin.buffer, sys.stdout.buffer  # noqa: TID251 - the pipe to the parent
    with suppress(BrokenPipeError):
        message = b""  # a greeting
        while True:
            sink.write(_LENGTH.pack(len(message)) + message)
            sink.flush()
            length = source.read(_LENGTH.size)
            if len(length) < _LENGTH.size:
                break
            message = answer(source.read(*_LENGTH.unpack(length)))
    os._exit(0)


def identity_of(file: int) -> tuple[str, str]:
    """What tells an open file from all others, as arguments for the process that opens it again."""
    opened = os.fstat(file)
    return str(opened.st_dev), str(opened.st_ino)
