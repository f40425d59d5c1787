"""A file that another program appends to, begins anew, or moves away to begin the next one, as rotated logs are."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import BinaryIO

TRUNCATED = "the file was truncated while it was followed"
REPLACED = "another file has taken the place of the one that was followed"


class FollowedFile:
    """Reads a file to its end, again and again; `begun_anew` goes to the file that has its name now.

    A file that is truncated and grows beyond the place of reading before anyone looks is taken for the same.
    """

    def __init__(self, path: Path, file: BinaryIO) -> None:
        self._path = path
        self._file = file

    @property
    def closed(self) -> bool:
        return self._file.closed

    def read(self, size: int = -1) -> bytes:
        return self._file.read(size)

    def seek(self, offset: int) -> int:
        return self._file.seek(offset)

    def fileno(self) -> int:
        return self._file.fileno()

    def close(self) -> None:
        self._file.close()

    def begun_anew(self) -> str:
        """What has become of the file, if what is read next is the beginning of another content; else empty.

        Ask it at the end of the file, so that nothing of the old content is lost.
        """
        here = os.fstat(self._file.fileno())
        try:
            there = self._path.stat()
            if not os.path.samestat(here, there) and stat.S_ISREG(there.st_mode):
                if os.fstat(self._file.fileno()).st_size > self._file.tell():
                    return ""  # its last lines came while this looked: they are read first
                file = self._path.open("rb")
                self._file.close()
                self._file = file
                return REPLACED
        except OSError:
            pass  # moved away, and the next one does not exist yet
        if here.st_size < self._file.tell():
            self._file.seek(0)
            return TRUNCATED
        return ""
