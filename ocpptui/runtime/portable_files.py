"""File operations of the operating system, on Linux, macOS and Windows: open, lock, read at an offset."""

from __future__ import annotations

import errno
import os
import stat
import threading
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any


def _module(name: str) -> Any:
    """A module of the standard library; None if this operating system does not have it."""
    try:
        return import_module(name)
    except ImportError:
        return None


_fcntl, _msvcrt = _module("fcntl"), _module("msvcrt")
_pread = getattr(os, "pread", None)
_FLAGS = getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOINHERIT", 0)
"""Not inherited by child processes, and on Windows without conversion of line feeds to two bytes."""
_LOCKED_BYTE = 2**40
"""The byte that is locked on Windows, where others cannot read locked bytes: far beyond the end of any file."""
_seeking = threading.Lock()


def path_of_user(text: str) -> Path:
    """The path that a user typed, with `~` for a home; as it is typed if nobody has the name after the `~`."""
    return Path(os.path.expanduser(text))


def is_inherited_pipe(path: Path) -> bool:
    """Whether a path is a pipe that the shell opened for this process: `/dev/stdin`, or `/dev/fd/63` of `<(…)`.

    A pipe with a name of its own is not: to open one without a writer would block.
    """
    is_inherited = path.as_posix() == "/dev/stdin" or path.as_posix().startswith(("/dev/fd/", "/proc/self/fd/"))
    return is_inherited and path.is_fifo()


def open_to_read(path: Path) -> int:
    """A file descriptor, at once: a pipe without a writer opens too. Raises OSError."""
    return os.open(path, os.O_RDONLY | _FLAGS | getattr(os, "O_NONBLOCK", 0))


def open_to_append(path: Path, *, nameless: bool = False) -> int:
    """A file descriptor of a file that is created if it is missing, for its user alone. Raises OSError.

    With `nameless` the file's name is removed at once, or if that is impossible (Windows), when the file is closed.
    """
    kept_until_closed = getattr(os, "O_TEMPORARY", 0) if nameless else 0
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | _FLAGS | kept_until_closed, 0o600)
    if nameless and not kept_until_closed:
        os.unlink(path)
    return file


def open_new(path: Path) -> int:
    """A file descriptor of a new file, for its user alone, to append to. Raises FileExistsError and other OSErrors."""
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_APPEND | _FLAGS, 0o600)


def write_private(path: Path, text: str) -> None:
    """Write a text file that its user alone can read, also if it existed and others could. Raises OSError.

    The text is UTF-8, its line feeds stay as they are, and half of a surrogate pair becomes an escape.
    """
    file = os.open(path, os.O_WRONLY | os.O_CREAT | _FLAGS, 0o600)
    with open(file, "wb") as opened:
        if stat.S_ISREG(os.fstat(file).st_mode):  # not /dev/stderr, or a pipe
            path.chmod(0o600)  # before the text is in it
            opened.truncate()
        opened.write(text.encode("utf-8", "backslashreplace"))


def write_new_private(path: Path, text: str) -> None:
    """The same for a file that must not exist yet. Raises FileExistsError and other OSErrors."""
    with open(open_new(path), "wb") as opened:
        opened.write(text.encode("utf-8", "backslashreplace"))


def file_size(file: int) -> int:
    """The bytes in a regular file. Raises OSError.

    This moves the position in the file, which neither `read_at` nor appending depends on, and takes a third of the time
    of `os.fstat`.
    """
    if _pread is not None:
        return os.lseek(file, 0, os.SEEK_END)
    with _seeking:
        return os.lseek(file, 0, os.SEEK_END)


def why_not_opened(path: Path, error: OSError) -> str:
    """Why a file could not be opened for writing, in words; for a folder that is missing, why it is."""
    if not isinstance(error, FileNotFoundError) or path.parent.exists():
        return error.strerror or str(error)
    there = next(folder for folder in path.absolute().parents if folder.exists())
    if os.access(there, os.W_OK):
        return "the folder for it does not exist"
    return f"the folder for it cannot be created, since {there} is read-only"


def read_at(file: int, length: int, offset: int) -> bytes:
    """Up to `length` bytes from an offset in a file. Raises OSError."""
    if _pread is not None:
        data: bytes = _pread(file, length, offset)
        return data
    with _seeking:  # no other thread may seek between the two
        os.lseek(file, offset, os.SEEK_SET)
        return os.read(file, length)


def lock_file(file: int) -> None:
    """Lock the file against other programs. Raises BlockingIOError if another program has locked it.

    What is not a regular file cannot be locked, and two programs can write into it.
    """
    if not stat.S_ISREG(os.fstat(file).st_mode):
        return
    if _fcntl is not None:
        _fcntl.flock(file, _fcntl.LOCK_EX | _fcntl.LOCK_NB)
    elif _msvcrt is not None:
        _lock_byte(file, _msvcrt.LK_NBLCK)


def unlock_file(file: int) -> None:
    """Release the lock on a file. Raises OSError."""
    if not stat.S_ISREG(os.fstat(file).st_mode):
        return
    if _fcntl is not None:
        _fcntl.flock(file, _fcntl.LOCK_UN)
    elif _msvcrt is not None:
        _lock_byte(file, _msvcrt.LK_UNLCK)


def widen(pipe: int, size: int) -> None:
    """Let more bytes wait in a pipe, if the operating system can; the default on Linux is 64 KiB."""
    command = getattr(_fcntl, "F_SETPIPE_SZ", None)
    if command is not None:
        with suppress(OSError):
            _fcntl.fcntl(pipe, command, size)


def _lock_byte(file: int, mode: int) -> None:
    with _seeking:
        os.lseek(file, _LOCKED_BYTE, os.SEEK_SET)
        try:
            _msvcrt.locking(file, mode, 1)
        except OSError as error:
            if error.errno in (errno.EACCES, errno.EDEADLK):
                raise BlockingIOError(error.errno, "another program has locked it") from error
            raise
