"""Makes a Python on Linux or macOS lack what Python on Windows lacks.

Put this folder in front of `PYTHONPATH`: every Python that starts then has no `fcntl`, `termios` and the like, no
`os.pread`, no SIGHUP, and an event loop without signal handlers and readers. `msvcrt` is there with the one function
that ocpptui uses, made from locks of the kernel that behave like it: of a range of bytes, and of one opened file.
"""

# What the standard library itself needs has to be imported before it is taken away.
import asyncio
import errno
import fcntl
import logging.handlers  # noqa: F401, TID251
import multiprocessing  # noqa: F401
import os
import shutil  # noqa: F401
import signal
import struct
import subprocess
import sys
import tempfile  # noqa: F401
import types
import zipfile  # noqa: F401
from asyncio import selector_events, unix_events

_fcntl = fcntl.fcntl
MODULES = ("fcntl", "termios", "tty", "pty", "resource", "pwd", "grp", "curses", "readline", "syslog", "posix_ipc")
OS = ("pread", "preadv", "pwrite", "set_blocking", "fchmod", "mkfifo", "openpty", "O_CLOEXEC")
SIGNALS = ("SIGHUP", "SIGKILL", "SIGCONT", "SIGTSTP", "SIGWINCH", "SIGUSR1", "SIGALRM", "SIGPIPE", "pthread_sigmask")

for name in MODULES:
    sys.modules[name] = None  # type: ignore[assignment]  # `import` raises ImportError
for name in OS:
    delattr(os, name)
subprocess.Popen.kill = lambda process: os.kill(process.pid, 9)  # type: ignore[method-assign, assignment]  # it names SIGKILL
for name in SIGNALS:
    delattr(signal, name)
    signal.Signals._member_map_.pop(name, None)
del unix_events._UnixSelectorEventLoop.add_signal_handler
for name in ("add_reader", "add_writer"):
    setattr(selector_events.BaseSelectorEventLoop, name, getattr(asyncio.AbstractEventLoop, name))


def locking(file: int, mode: int, size: int) -> None:
    """Lock or unlock bytes from the current position on, as `msvcrt.locking` does."""
    kind = {0: 2, 2: 1}[mode]  # F_UNLCK, F_WRLCK
    place = os.lseek(file, 0, os.SEEK_CUR)
    try:
        _fcntl(file, 37, struct.pack("hhqqi4x", kind, 0, place, size, 0))  # F_OFD_SETLK
    except BlockingIOError:
        raise OSError(errno.EACCES, "Permission denied") from None


msvcrt = types.ModuleType("msvcrt")
msvcrt.LK_UNLCK, msvcrt.LK_NBLCK, msvcrt.locking = 0, 2, locking  # type: ignore[attr-defined]
sys.modules["msvcrt"] = msvcrt
