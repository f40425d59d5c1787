"""Where an uploaded file is put: a new file in one folder, under a name that every operating system takes."""

from __future__ import annotations

import errno
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import FileIO
from pathlib import Path

from ocpptui.network.transfer_limits import MEGABYTE, NoRoom, TooLarge, TransferLimits
from ocpptui.runtime.portable_files import open_new

MOST_SAME_NAMES = 1000
_NUMBERS = range(1, MOST_SAME_NAMES)
LONGEST_PART = 80
"""Characters of each half of a file name."""
LOOK_AGAIN = 8 * MEGABYTE
"""Bytes after which the room on the disk is looked at again."""
LIMITS_OF_THE_DISK = {
    getattr(errno, "EDQUOT", errno.ENOSPC): "the quota of this user on the disk is used up",
    errno.EFBIG: "no file on this disk may be larger",
    errno.ENOSPC: "the disk is full",
}
"""What the errors of the operating system say that a larger disk would not."""
_SEPARATORS = re.compile(r"[/\\]")
_UNFIT = re.compile(r"[^\w.-]+", re.ASCII)
_DEVICE = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d|conin|conout|clock)(?:[.]|$)", re.ASCII | re.IGNORECASE)


def safe_name(charge_point: str, name: str) -> str:
    """The name of a file from a charge point; `name` may be any text, also a path or the name of a Windows device."""
    whole = f"{_fit(charge_point)}-{_fit(name)}"
    return f"_{whole}" if _DEVICE.match(whole) else whole


def _fit(name: str) -> str:
    last = next((part for part in reversed(_SEPARATORS.split(name)) if part.strip(". ")), "")
    return _UNFIT.sub("_", last).strip("._-")[-LONGEST_PART:].lstrip("._-") or "file"


class ArrivingFile:
    """A file that is being written. Its name ends in `.part` until it is whole, whatever ends the program before."""

    def __init__(self, folder: Path, name: str, limits: TransferLimits, expected: int | None = None) -> None:
        """`expected` is its size in bytes if that is known. Raises TooLarge, NoRoom and OSError."""
        self._limits = limits
        self._checked = 0
        self.size = 0
        """Bytes that are in the file, also of a block that did not fit."""
        if expected is not None:
            self._check_size(expected)
        with _limits_of_the_disk():
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._folder = folder
            self._check_room(expected or 0)
            self._file = _new_part(folder, name)
        self._name = name
        self.path = Path(str(self._file.name))

    def write(self, block: bytes) -> None:
        """Append bytes. Raises TooLarge, NoRoom and OSError."""
        self._check_size(self.size + len(block))
        if self.size + len(block) - self._checked >= LOOK_AGAIN:
            self._checked = self.size
            self._check_room(len(block))
        rest = memoryview(block)
        with _limits_of_the_disk():
            while rest:
                written = self._file.write(rest) or 0
                self.size += written
                rest = rest[written:]

    def close(self, *, is_whole: bool) -> Path:
        """End it; where it is. Raises NoRoom and OSError."""
        with _limits_of_the_disk():
            self._file.close()
            if is_whole:
                self.path = _moved(self.path, self._name)
        return self.path

    def _check_size(self, size: int) -> None:
        if size > self._limits.most_bytes:
            raise TooLarge(f"it is larger than {self._limits.most_bytes:,} bytes")

    def _check_room(self, size: int) -> None:
        if shutil.disk_usage(self._folder).free - size < self._limits.least_free:
            raise NoRoom(f"the disk is full: fewer than {self._limits.least_free:,} bytes would be left")


@contextmanager
def _limits_of_the_disk() -> Iterator[None]:
    """Says in words which limit an OSError is about. Raises NoRoom for those, and other OSErrors as they are."""
    try:
        yield
    except OSError as error:
        reason = LIMITS_OF_THE_DISK.get(error.errno or 0)
        if reason is None:
            raise
        raise NoRoom(reason) from None


def _new_part(folder: Path, name: str) -> FileIO:
    """A new file without a buffer, for its user alone, whose name says that it is not whole. Raises OSError."""
    for number in _NUMBERS:
        path = folder / (f"{name}.part" if number == 1 else f"{name}-{number}.part")
        with suppress(FileExistsError):
            return open(path, "xb", buffering=0, opener=lambda path, _: open_new(Path(path)))
    raise _too_many(name)


def _moved(part: Path, name: str) -> Path:
    """Where a whole file is now: under its name, or with a number in it where another has the name. Raises OSError."""
    stem, suffix = os.path.splitext(name)
    for number in _NUMBERS:
        path = part.with_name(name if number == 1 else f"{stem}-{number}{suffix}")
        with suppress(FileExistsError):
            os.close(open_new(path))  # no other file can get the name from now on
            try:
                return part.replace(path)
            except OSError:
                path.unlink()
                raise
    raise _too_many(name)


def _too_many(name: str) -> OSError:
    return OSError(f"there are {MOST_SAME_NAMES:,} files named {name}")
