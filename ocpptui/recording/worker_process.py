"""A second process that reads pieces of a recording, so that a large file is indexed by two cores.

It is this module run as a program. It takes the places of pieces on its standard input and gives blocks on its standard
output, and ends when its input does. It sees the recording through the file descriptor of its parent.
"""

from __future__ import annotations

import fcntl
import marshal
import os
import select
import signal
import struct
import subprocess
import sys
from contextlib import suppress
from typing import IO

from ocpptui.recording.bulk_reader import LineReader, ReadChunk
from ocpptui.recording.chunks import read_piece
from ocpptui.recording.file_errors import LaterVersion
from ocpptui.recording.line_format import Unreadable
from ocpptui.timeline.columns import Batch

PIPE_SIZE = 2**20
"""Bytes that may wait in the pipe, so that the process need not wait for a busy screen."""

_PLACE = struct.Struct("<QQ")
_LENGTH = struct.Struct("<Q")


class SecondReader:
    """The parent's side. Pieces are asked for and come back in order."""

    def __init__(self, file: int) -> None:
        """Start the process; `file` is the descriptor of the recording. Raises OSError where that is impossible."""
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", __name__, str(file)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            pass_fds=(file,),
            bufsize=0,
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._requests, self._answers = self._process.stdin, self._process.stdout
        if hasattr(fcntl, "F_SETPIPE_SZ"):
            with suppress(OSError):
                fcntl.fcntl(self._answers, fcntl.F_SETPIPE_SZ, PIPE_SIZE)
        self.ready = False
        """It has started and can be given work."""
        self.ended = False
        """It is gone, and with it all that it has not given back."""

    def ask(self, start: int, end: int) -> None:
        """Have a piece read."""
        try:
            self._requests.write(_PLACE.pack(start, end))
        except OSError:
            self.ended = True

    def take(self) -> ReadChunk | None:
        """The next block, in the order of asking; None while there is none."""
        while not self.ended and self.wait(0):
            message = _message(self._answers)
            if message is None:
                self.ended = True
            elif self.ready:
                return _unpacked(message)
            self.ready = True  # the first message is a greeting
        return None

    def wait(self, timeout: float) -> bool:
        """Wait for a block, `timeout` seconds at most; True if there is one, or an end."""
        return bool(select.select([self._answers], [], [], timeout)[0])

    def close(self) -> None:
        """End the process; it has nothing to lose."""
        self._process.kill()
        self._process.wait()
        self._requests.close()
        self._answers.close()


def _message(pipe: IO[bytes]) -> bytes | None:
    """One message from the pipe, None at its end; waits for the rest of one that has begun."""
    head = _exactly(pipe, _LENGTH.size)
    return None if head is None else _exactly(pipe, _LENGTH.unpack(head)[0])


def _exactly(pipe: IO[bytes], size: int) -> bytes | None:
    parts: list[bytes] = []
    while size:
        part = pipe.read(size)
        if not part:
            return None
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


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
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # it is the parent's to be interrupted
    file, reader = int(sys.argv[1]), LineReader()
    source, sink = sys.stdin.buffer, sys.stdout.buffer
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
