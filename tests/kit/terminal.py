"""A terminal that a test holds the other end of: it reads it, stops reading it, or takes it away."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import termios
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import pyte

PATIENCE = 60.0
_MODE = re.compile(rb"\x1b\[\?(\d+)([hl])")
"""A sequence that switches a private mode on or off (DECSET, DECRST)."""


class Terminal:
    """A pseudo-terminal with a program on it."""

    def __init__(self, process: subprocess.Popen[bytes], master: int, columns: int, rows: int) -> None:
        self.process = process
        self._master: int | None = master
        self._screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self._screen)
        self.received = bytearray()
        """Every byte that was read."""
        self._before = termios.tcgetattr(master)

    def text(self) -> str:
        """What the terminal shows, of what was read."""
        return "\n".join(line.rstrip() for line in self._screen.display)

    def read(self, seconds: float) -> bool:
        """Take what the program writes within this time; False where nothing came."""
        assert self._master is not None
        if not select.select([self._master], [], [], seconds)[0]:
            return False
        try:
            data = os.read(self._master, 2**16)
        except OSError:  # Linux's way to say that the program has closed its end
            return False
        self.received += data
        self._stream.feed(data)
        return bool(data)

    def read_to_the_end(self) -> None:
        """Take everything that the program writes until it ends."""
        end = time.monotonic() + PATIENCE
        while self.process.poll() is None:
            assert time.monotonic() < end, f"it does not end:\n{self.text()}"
            self.read(0.05)
        while self.read(0):
            pass

    def modes(self) -> set[str]:
        """What differs from a terminal that nobody uses: modes by their number, `raw` for the line discipline."""
        usual = {b"25": True, b"7": True}  # the cursor is shown, lines are wrapped
        last = {mode: switch == b"h" for mode, switch in _MODE.findall(self.received)}
        found = {mode.decode() for mode, is_on in last.items() if is_on != usual.get(mode, False)}
        assert self._master is not None
        return found | ({"raw"} if termios.tcgetattr(self._master) != self._before else set())

    def until(self, condition: Callable[[], object]) -> None:
        """Read until something is so."""
        end = time.monotonic() + PATIENCE
        while not condition():
            assert time.monotonic() < end and self.process.poll() is None, f"waited in vain:\n{self.text()}"
            self.read(0.05)

    def shows(self, *words: str) -> None:
        self.until(lambda: all(word in self.text() for word in words))

    def press(self, keys: bytes) -> None:
        assert self._master is not None
        os.write(self._master, keys)

    def waiting(self) -> int:
        """How many bytes the program has written that are not read."""
        assert self._master is not None
        size: int = struct.unpack("i", fcntl.ioctl(self._master, termios.FIONREAD, bytes(4)))[0]
        return size

    def take_away(self) -> None:
        """Close our end of it, as a terminal emulator or an SSH server does when it ends."""
        if self._master is not None:
            os.close(self._master)
            self._master = None

    def ends(self) -> int:
        """The exit code, once the process is gone by itself; a machine that is not busy takes less than a second."""
        return self.process.wait(PATIENCE)


def open_terminal(columns: int, rows: int = 24) -> tuple[int, int]:
    """The descriptors of a new pseudo-terminal: ours, and the one of the program."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    return master, slave


def terminal_environment(environment: dict[str, str]) -> dict[str, str]:
    """The environment of a program on it: the terminal has colours, and its size is its own."""
    return {**environment, "TERM": "xterm-256color", "COLORTERM": "truecolor", "COLUMNS": "", "LINES": ""}


@contextmanager
def on_terminal(
    command: Sequence[str],
    environment: dict[str, str],
    *,
    columns: int = 80,
    rows: int = 24,
    controlling: bool = True,
) -> Iterator[Terminal]:
    """A program on a terminal of its own.

    With `controlling` it is the terminal of its session, so that the kernel sends SIGHUP and SIGCONT when it goes.
    """
    master, slave = open_terminal(columns, rows)

    def take_terminal() -> None:
        os.setsid()
        if controlling:
            fcntl.ioctl(slave, termios.TIOCSCTTY, 0)

    process = subprocess.Popen(
        command,
        env=terminal_environment(environment),
        stdin=slave,
        stdout=slave,
        stderr=slave,
        preexec_fn=take_terminal,
    )
    os.close(slave)
    terminal = Terminal(process, master, columns, rows)
    try:
        with process:
            try:
                yield terminal
            finally:
                process.kill()
    finally:
        terminal.take_away()
