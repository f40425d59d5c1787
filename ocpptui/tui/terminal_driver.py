"""Textual's driver of POSIX terminals, made to outlive its terminal. It is not there on Windows."""

from __future__ import annotations

import os
import sys
import threading
from contextlib import suppress
from typing import Any, Protocol

from textual.drivers.linux_driver import LinuxDriver

from ocpptui.runtime.background_writer import BackgroundWriter

MOST_WAITING = 2**18
"""Bytes that may wait for the terminal, about five full screens; what comes then is dropped, to paint anew later."""
LAST_OUTPUT = 1.0
"""Seconds that the terminal is given at the end to take what restores it."""
WATCHED = 0.5
"""Seconds between two looks at whether the terminal is still there."""


class TerminalHost(Protocol):
    """What the driver tells of the terminal, beside what Textual's own does."""

    terminal_reads: bool

    def terminal_gone(self) -> None: ...


class TerminalDriver(LinuxDriver):
    """Never blocks the event loop, and tells the application when the terminal is gone."""

    def __init__(self, app: Any, **options: Any) -> None:
        """`app` is a Textual application and a `TerminalHost`."""
        super().__init__(app, **options)
        self._host: TerminalHost = app
        self._output: BackgroundWriter | None = None
        self._behind = False  # output was dropped since the last paint of the whole screen
        self._restoring = False
        self._suspended = False
        self._watching = threading.Event()  # set when there is nothing to watch any more
        self._gone = threading.Lock()  # taken by the thread that sees it first

    # -- output -------------------------------------------------------------------------------------------------

    def start_application_mode(self) -> None:
        assert sys.__stderr__ is not None
        file = sys.__stderr__.fileno()
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
        """Have the whole screen painted. Can be called in any thread."""
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

    # -- the end of the terminal --------------------------------------------------------------------------------

    def _watch(self, file: int, watching: threading.Event) -> None:
        while not watching.wait(WATCHED):
            if not _is_there(file):
                self._lose_terminal()
                return

    def _run_input_thread(self) -> None:
        try:
            self.run_input_thread()
        except OSError:
            self._lose_terminal()

    def _lose_terminal(self) -> None:
        """Stop reading and writing. Called in any thread but the main one."""
        if not self._gone.acquire(blocking=False):
            return
        assert self._output is not None
        self._output.give_up()
        self.exit_event.set()  # or the thread that reads keys would read the end of the input again and again
        self._host.terminal_reads = False
        self._host.terminal_gone()

    # -- job control --------------------------------------------------------------------------------------------

    def _sigtstp_application(self, *_: object) -> None:
        self._suspended = self._auto_restart
        super()._sigtstp_application()

    def _sigcont_application(self, *_: object) -> None:
        """Go on after ctrl+z. Textual would also start anew, with a second thread that reads keys, after a SIGCONT
        that no SIGTSTP was before, as the one that follows a SIGHUP.
        """
        if self._suspended:
            self._suspended = False
            super()._sigcont_application()
        else:
            self._paint_anew()


def _is_there(file: int) -> bool:
    """Whether a terminal is behind a file descriptor. It never was for a file or a pipe."""
    try:
        os.get_terminal_size(file)
    except OSError:
        return False
    return True
