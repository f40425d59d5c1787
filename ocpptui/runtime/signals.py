"""Handles signals that ask the process to end, whatever the main thread is doing."""

from __future__ import annotations

import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

PATIENCE = 4.5
"""Seconds for closing the connections after a signal."""


def named(*names: str) -> list[signal.Signals]:
    """The signals with these names that this operating system has."""
    return [signal.Signals[name] for name in names if name in signal.Signals.__members__]


@contextmanager
def heard(signals: list[signal.Signals], hear: Callable[[signal.Signals], None]) -> Iterator[None]:
    """While this context is active, call `hear` for each of these signals, in a separate thread.

    Python runs a signal's handler in the main thread, and asyncio in the loop. Neither runs while a write to
    a terminal or a pipe that nobody reads blocks the main thread. Python also writes the number of each signal to a
    socket, at once, and the thread reads them from there. A signal that is ignored, as `nohup` ignores SIGHUP, stays
    so. Only the main thread can do this.
    """
    before = {number: signal.getsignal(number) for number in signals}
    handled = [number for number, handler in before.items() if handler is not signal.SIG_IGN]
    reader, writer = socket.socketpair()
    writer.setblocking(False)

    def listen() -> None:
        while numbers := reader.recv(64):
            for number in numbers:
                if number in handled:  # the socket also gets the signals that other code handles
                    hear(signal.Signals(number))

    thread = threading.Thread(target=listen, name="signals", daemon=True)
    wakeup = signal.set_wakeup_fd(writer.fileno(), warn_on_full_buffer=False)
    thread.start()
    try:
        for number in handled:
            signal.signal(number, lambda *_: None)
        yield
    finally:
        for number in handled:
            signal.signal(number, before[number])
        signal.set_wakeup_fd(wakeup)
        writer.close()
        thread.join()
        reader.close()


def end_within(seconds: float, code: int) -> None:
    """End the process with this exit code after this time, if it has not ended before.

    It ends from a thread and flushes nothing, since a flush may be what blocks it.
    """
    timer = threading.Timer(seconds, os._exit, (code,))
    timer.daemon = True
    timer.start()
