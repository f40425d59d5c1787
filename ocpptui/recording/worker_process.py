"""A second process that reads pieces of a recording, so that a large file is indexed by two cores.

It is this module run as a program. It reads the positions of pieces from standard input, writes blocks to standard
output, and ends when its input does. It opens the recording again and checks that it is the same file.
"""

from __future__ import annotations

import marshal
import os
import signal
import struct
import subprocess
import sys
import threading
from collections import deque
from contextlib import suppress
from pathlib import Path
from typing import IO

from ocpptui.recording.bulk_reader import LineReader, ReadChunk
from ocpptui.recording.chunks import read_piece
from ocpptui.recording.file_errors import LaterVersion
from ocpptui.recording.line_format import Unreadable
from ocpptui.runtime.portable_files import open_to_read, widen
from ocpptui.timeline.columns import Batch

PIPE_SIZE = 2**20
"""Bytes that may wait in the pipe, so that the process need not wait for a busy screen."""

_PLACE = struct.Struct("<QQ")
_LENGTH = struct.Struct("<Q")


class SecondReader:
    """The parent's side. Pieces are requested and returned in order."""

    def __init__(self, path: Path, file: int) -> None:
        """Start the process; `file` is the descriptor of the recording. Raises OSError if that is impossible."""
        same = os.fstat(file)
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", __name__, path, str(same.st_dev), str(same.st_ino)],
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
        self._thread = threading.Thread(target=self._listen, name="second reader", daemon=True)
        self._thread.start()
        self.ready = False
        """It has started and accepts work."""
        self.ended = False
        """It has ended, and all that it has not returned is lost."""

    def ask(self, start: int, end: int) -> None:
        """Request a piece."""
        try:
            self._requests.write(_PLACE.pack(start, end))
        except OSError:
            self.ended = True

    def take(self) -> ReadChunk | None:
        """The next block, in the order of the requests; None while there is none."""
        while not self.ended and self._came:
            message = self._came.popleft()
            if message is None:
                self.ended = True
            elif self.ready:
                return _unpacked(message)
            self.ready = True  # the first message is a greeting
        return None

    def wait(self, timeout: float) -> bool:
        """Wait for a block, `timeout` seconds at most; True if there is one, or an end."""
        with self._news:
            return bool(self._news.wait_for(lambda: self._came, timeout))

    def close(self) -> None:
        """End the process; it has no state to lose."""
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


def _packed(block: ReadChunk) -> bytes:
    return marshal.dumps(
        (
            block.batch.packed(),
            block.lines,
            block.end,
            [(problem.reason, problem.line, problem.offset) for problem in block.problems],
            None if block.later is None else (block.later.version, block.later.line),
        )
    )


def _unpacked(data: bytes) -> ReadChunk:
    packed, lines, end, problems, later = marshal.loads(data)
    found = [Unreadable(*problem) for problem in problems]
    return ReadChunk(Batch.unpacked(packed), lines, found, end, None if later is None else LaterVersion(*later))


def serve() -> None:
    """Read pieces until there is nothing more to read."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent handles the interrupt
    path, *same = sys.argv[1:]
    file, reader = open_to_read(Path(path)), LineReader()
    opened = os.fstat(file)
    if [str(opened.st_dev), str(opened.st_ino)] != same:
        os._exit(1)
    source, sink = sys.stdin.buffer, sys.stdout.buffer  # noqa: TID251 - the pipe to the parent
    with suppress(BrokenPipeError):
        _send(sink, b"")
        while len(place := source.read(_PLACE.size)) == _PLACE.size:
            start, end = _PLACE.unpack(place)
            _send(sink, _packed(read_piece(reader, file, start, end)))
    os._exit(0)


def _send(sink: IO[bytes], message: bytes) -> None:
    sink.write(_LENGTH.pack(len(message)) + message)
    sink.flush()


if __name__ == "__main__":
    serve()
