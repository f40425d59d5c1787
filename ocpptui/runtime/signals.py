"""Handles signals that ask the process to end, whatever the main thread is doing."""

from __future__ import annotations

import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

PATIENCE = 4.5
"""Seconds between a signal and the end of the process, whatever it is doing."""
HASTE = 2.0
"""Of these, the seconds in which a peer may answer our Close frame."""
LAST_STEP = 0.3
"""Seconds for a last step before the process is ended by force."""
ASKING_FOR_THE_END = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")


def named(*names: str) -> list[signal.Signals]:
    """The signals with these names that this operating system has."""
    return [signal.Signals[name] for name in names if name in signal.Signals.__members__]


@contextmanager
def heard(
    signals: list[signal.Signals],
    hear: Callable[[signal.Signals], None],
    handler: Callable[[int, FrameType | None], None] = lambda *_: None,
) -> Iterator[None]:
    """While this context is active, call `hear` for each of these signals, in a separate thread.

    Python runs a signal's handler in the main thread, and asyncio in the loop. Neither runs while a write to
    a terminal or a pipe that nobody reads blocks the main thread. Python also writes the number of each signal to a
    socket, at once, and the thread reads them from there. A signal that is ignored, as `nohup` ignores SIGHUP, stays
    so. `handler` is called in the main thread, when that runs Python again. Contexts may be nested: the inner one alone
    hears. Only the main thread can do this.
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
            signal.signal(number, handler)
        yield
    finally:
        for number in handled:
            signal.signal(number, before[number])
        signal.set_wakeup_fd(wakeup)
        writer.close()
        thread.join()
        reader.close()


class _Interrupt(KeyboardInterrupt):
    """Python notes that a KeyboardInterrupt left code that it made from a string, as dataclasses do when a module is
    imported, and in the end kills itself by SIGINT, whatever the exit code is. It does not note a subclass.
    """


@contextmanager
def interruptible(code: int) -> Iterator[None]:
    """Let each signal that asks for the end raise KeyboardInterrupt in the main thread, as SIGINT does anyway.

    The process ends with this code after PATIENCE, if the main thread does not get there by itself.
    """

    asked = threading.Event()

    def hear(_: signal.Signals) -> None:
        if not asked.is_set():  # one timer, however often the key is pressed
            asked.set()
            end_within(PATIENCE, code)

    def interrupt(*_: object) -> None:
        raise _Interrupt

    with heard(named(*ASKING_FOR_THE_END), hear, interrupt):
        yield


def end_within(seconds: float, code: int, last_step: Callable[[], None] | None = None) -> None:
    """End the process with this exit code after this time, if it has not ended before.

    It ends from a thread and flushes nothing, since a flush may be what blocks it; `last_step` may take LAST_STEP.
    """

    def end() -> None:
        if last_step is not None:
            step = threading.Thread(target=last_step, name="last step", daemon=True)
            step.start()
            step.join(LAST_STEP)
        os._exit(code)

    timer = threading.Timer(seconds, end)
    timer.daemon = True
    timer.start()
