"""Textual's driver for POSIX terminals, changed to survive the loss of its terminal. Not available on Windows."""

from __future__ import annotations

import os
import sys
import termios
import threading
from contextlib import suppress
from functools import partial
from typing import Any, Protocol

from textual.drivers import linux_driver
from textual.drivers.linux_driver import LinuxDriver

from ocpptui.runtime.background_writer import BackgroundWriter, write_if_read
from ocpptui.tui.terminal_keys import TerminalKeys

MOST_WAITING = 2**18
"""Bytes that may wait for the terminal, about five full screens; more is dropped and the screen repainted later."""
LAST_OUTPUT = 1.0
"""Seconds that the terminal has at the end to read what restores it."""
WATCHED = 0.5
"""Seconds between two checks whether the terminal still exists."""
RESTORING = (
    b"\x1b[?2004l\x1b[?7h\x1b[?2048l\x1b[?1016l\x1b[?1006l\x1b[?1015l\x1b[?1003l\x1b[?1000l"
    b"\x1b[<u\x1b[?1049l\x1b[?25h\x1b[?1004l"
)
"""What the driver of Textual writes at its end: paste, line wrap, resizing, mouse, keyboard, screen, cursor, focus."""


class TerminalHost(Protocol):
    """What the driver reports about the terminal, beyond what Textual's driver does."""

    terminal_reads: bool
    alt_keys: str

    def terminal_gone(self) -> None: ...


class TerminalDriver(LinuxDriver):
    """Never blocks the event loop, and notifies the application when the terminal is gone."""

    def __init__(self, app: Any, **options: Any) -> None:
        """`app` is a Textual application and a `TerminalHost`."""
        super().__init__(app, **options)
        self._host: TerminalHost = app
        self._output: BackgroundWriter | None = None
        self._behind = False  # output was dropped since the whole screen was last painted
        self._restoring = False
        self._suspended = False
        self._watching = threading.Event()  # set when there is nothing left to watch
        self._gone = threading.Lock()  # acquired by the thread that notices it first

    # -- output -------------------------------------------------------------------------------------------------

    def start_application_mode(self) -> None:
        terminal = sys.__stderr__  # noqa: TID251 - the widgets make their texts safe
        assert terminal is not None
        file = terminal.fileno()
        self._output = BackgroundWriter(
            file, MOST_WAITING, on_idle=self._caught_up, on_failure=lambda _: self._lose_terminal()
        )
        self._restoring = False
        self._watching = threading.Event()
        if _is_there(file):
            threading.Thread(target=self._watch, args=(file, self._watching), name="terminal", daemon=True).start()
        super().start_application_mode()  # type: ignore[no-untyped-call]

    def write(self, data: str) -> None:
        assert self._output is not None
        if not self._output.put(data.encode("utf-8", "replace"), force=self._restoring):
            self._behind = True

    def _caught_up(self) -> None:
        if self._behind:
            self._behind = False
            self._paint_anew()

    def _paint_anew(self) -> None:
        """Repaint the whole screen. May be called from any thread."""
        with suppress(RuntimeError):  # the loop has ended
            self._loop.call_soon_threadsafe(lambda: self._app.refresh(layout=True))

    def stop_application_mode(self) -> None:
        self._restoring = True
        self._watching.set()
        super().stop_application_mode()

    def close(self) -> None:
        super().close()
        if self._output is not None:
            self._output.hurry()
            if not self._output.close(LAST_OUTPUT):
                self._host.terminal_reads = False

    def restore_at_once(self) -> None:
        """Restore the terminal without the event loop, unless it does not read. May be called from any thread."""
        file = self.fileno
        with suppress(OSError, termios.error):  # type: ignore[attr-defined, unused-ignore]  # Windows has another driver
            if self.attrs_before is not None:
                termios.tcsetattr(file, termios.TCSANOW, self.attrs_before)  # type: ignore[attr-defined, unused-ignore]
            write_if_read(file, RESTORING)

    # -- the end of the terminal --------------------------------------------------------------------------------

    def _watch(self, file: int, watching: threading.Event) -> None:
        while not watching.wait(WATCHED):
            if not _is_there(file):
                self._lose_terminal()
                return

    def _run_input_thread(self) -> None:
        # Textual's input thread makes its parser by this name, and has no other way to be given one.
        linux_driver.XTermParser = partial(TerminalKeys, kept=self._host.alt_keys)  # type: ignore[assignment,attr-defined]
        try:
            self.run_input_thread()
        except OSError:
            self._lose_terminal()

    def _lose_terminal(self) -> None:
        """Stop reading and writing. Called from any thread except the main one."""
        if not self._gone.acquire(blocking=False):
            return
        assert self._output is not None
        self._output.give_up()
        self.exit_event.set()  # or the input thread would read the end of the input over and over
        self._host.terminal_reads = False
        self._host.terminal_gone()

    # -- job control --------------------------------------------------------------------------------------------

    def _sigtstp_application(self, *_: object) -> None:
        self._suspended = self._auto_restart
        super()._sigtstp_application()

    def _sigcont_application(self, *_: object) -> None:
        """Continue after ctrl+z. After a SIGCONT without a SIGTSTP before it, such as the one that follows a SIGHUP,
        Textual would start again with a second input thread.
        """
        if self._suspended:
            self._suspended = False
            super()._sigcont_application()
        else:
            self._paint_anew()


def _is_there(file: int) -> bool:
    """Whether the file descriptor is a terminal that still exists; False for a file or a pipe."""
    try:
        os.get_terminal_size(file)
    except OSError:
        return False
    return True
