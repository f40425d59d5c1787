"""How a file can be taken from the program that writes it, and the name of the file that replaces it."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from enum import Enum
from pathlib import Path

from ocpptui.runtime.portable_files import open_new

MOST_NAMES = 10_000
"""How many names are tried."""


class FileLoss(Enum):
    """What happened to the name of an open file; the value says it in words that follow the path."""

    DELETED = "was deleted"
    RENAMED = "was moved or renamed"
    REPLACED = "was moved or deleted, and another file has its name"


def loss_of(path: Path, file: int) -> FileLoss | None:
    """What happened to the name of an open file; None if the path still leads to it, or if nobody can tell.

    Windows does not let an open file be deleted or renamed.
    """
    open_file = os.fstat(file)
    try:
        named = os.stat(path)
    except (FileNotFoundError, NotADirectoryError):
        return FileLoss.RENAMED if open_file.st_nlink else FileLoss.DELETED
    except OSError:  # a network drive that is away, a folder that is closed to us: it may come back
        return None
    if os.path.samestat(open_file, named) or _like(open_file) == _like(named):
        return None
    return FileLoss.REPLACED


def _like(status: os.stat_result) -> tuple[int, int, int]:
    """What is the same for one file, on file systems that number their files anew from time to time."""
    return status.st_dev, status.st_size, status.st_mtime_ns


def open_beside(path: Path, spare: Callable[[], Path] | None = None) -> tuple[Path, int]:
    """Create a file of a similar name in the same folder or, where that is impossible, in that of `spare`.

    Returns its path and its descriptor. A file that exists is never touched. Raises OSError.
    """
    try:
        return _open_similar(path.parent, path)
    except OSError:
        if spare is None:
            raise
        return _open_similar(spare(), path)


def _open_similar(folder: Path, path: Path) -> tuple[Path, int]:
    numbered = _NUMBERED.fullmatch(path.stem)
    stem, number = (numbered[1], int(numbered[2])) if numbered else (path.stem, 1)
    for following in range(number + 1, number + MOST_NAMES):
        similar = folder / f"{stem}-{following}{path.suffix}"
        try:
            return similar, open_new(similar)
        except FileExistsError:
            continue
    raise FileExistsError(f"{folder} has too many files of similar names")


_NUMBERED = re.compile(r"(.+)-([2-9]|[1-9]\d{1,3})")
