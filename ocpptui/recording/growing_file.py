"""The file of a recording while it grows. What other programs do to it is noticed, and made good where possible."""

from __future__ import annotations

import errno
import os
import stat
import time
import weakref
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from ocpptui.ocpp.counted import counted
from ocpptui.recording.file_offsets import FileOffsets, RecentLines
from ocpptui.recording.lost_file import loss_of, open_beside
from ocpptui.runtime.portable_files import file_size, lock_file, open_to_append, read_at, unlock_file

COPIED_AT_ONCE = 4 * 2**20
"""Bytes that one call of `look` copies, so that it does not block its caller."""
MOST_RECENT = 4 * 2**20
"""Bytes of the most recent lines that stay in memory, to be written again if another program truncates the file."""
HEAD = 4096
"""Bytes at the beginning of the file by which it is recognized."""
AGAIN_AFTER = 10.0
"""Seconds between two attempts to begin a new file."""


class GrowingFile:
    """The open, locked file of a recording. Lines are appended, and read by their offsets.

    - If it is deleted, moved or replaced, a new file is begun beside it, with the whole content: the open descriptor
      still has that. Offsets remain valid, and until all is copied, lines still go to the old file.
    - If it is truncated or overwritten, a new file is begun with what remains and with the most recent lines, which are
      in memory. The other lines are lost, and counted.
    - If another program appends to it, our lines follow what that wrote.

    `news` has a sentence on each of these.
    """

    def __init__(self, path: Path, *, nameless: bool = False, spare: Callable[[], Path] | None = None) -> None:
        """Open and lock it. `spare` gives a folder for a new file if that of `path` is gone. Raises OSError."""
        self.path = path
        self.homeless: str | None = None
        """Why the lines do not reach a file with a name at present; None while they do."""
        self.lost = 0
        """How many of the appended lines are lost."""
        self.news: list[str] = []
        self._spare = spare
        self._file = open_to_append(path, nameless=nameless)
        self._close = weakref.finalize(self, os.close, self._file)
        try:
            lock_file(self._file)
            self._is_regular = stat.S_ISREG(os.fstat(self._file).st_mode)
            # Some file systems give an open file and its path different numbers.
            self._has_name = self._is_regular and not nameless and loss_of(path, self._file) is None
            self._size = 0  # bytes that are there for good
            self._half = 0  # bytes after them of a line that a full disk has cut
            self._shift = 0  # how far the offset of what is written now is from its position
            self._torn = False  # the line before ours has no end
            self._foreign: list[tuple[int, int]] = []  # what others wrote: from a position to before another
            self._head = b""
            self._go_on_behind()
        except OSError:
            self._close()
            raise
        self._count = 0  # our lines in the file
        self._offsets = FileOffsets()
        self._keeps_recent = self._is_regular and not nameless
        self._recent = RecentLines(MOST_RECENT)
        self._copy: _Copy | None = None
        self._copied_for = ""  # what happened to the file that is being copied
        self._next_copy = 0.0

    # -- lines --------------------------------------------------------------------------------------------------

    @property
    def next(self) -> int:
        """The offset of the next line."""
        return self._size + self._shift + self._torn

    def append(self, lines: list[bytes]) -> None:
        """Write lines at the end. Raises OSError; then `next` says which of them are in the file."""
        offset, data = self.next, b"".join(lines)
        self._write(b"\n" + data if self._torn else data)
        self._count += len(lines)
        if len(self._head) < HEAD and self._is_regular:
            self._head = read_at(self._file, HEAD, 0)
        if self._keeps_recent:
            self._recent.add(offset, lines, len(data))

    def read(self, offset: int, length: int) -> bytes:
        """The bytes at an offset; empty if some of them are lost. Raises OSError."""
        if not self._offsets.any_lost:
            return read_at(self._file, length, offset)
        first, last = self._offsets.position(offset), self._offsets.position(offset + length - 1)
        if first is None or last is None or last - first != length - 1:
            return b""
        return read_at(self._file, length, first)

    def is_lost(self, offset: int, length: int) -> bool:
        """Whether the line at an offset is lost, or a part of it."""
        position, ends = self._offsets.position, (offset, offset + length - 1)
        return self._offsets.any_lost and None in map(position, ends)

    def release(self) -> None:
        """Unlock it for other programs; it can still be read."""
        self._drop_copy()
        with suppress(OSError):
            unlock_file(self._file)

    def close(self) -> None:
        """Close it; it can no longer be read."""
        self.release()
        self._close()

    def _write(self, data: bytes) -> None:
        try:
            while self._half < len(data):
                self._half += os.write(self._file, data[self._half :] if self._half else data)
        except OSError:
            whole = data.rfind(b"\n", 0, self._half) + 1
            self._advance(whole)
            self._count += data.count(b"\n", 0, whole) - (data[:1] == b"\n" and whole > 0)
            self._half -= whole
            with suppress(OSError):  # then it is done before the next line
                self.settle()
            raise
        self._advance(len(data))
        self._half = 0

    def _advance(self, size: int) -> None:
        self._size += size
        self._torn = self._torn and not size

    # -- what others do to it -----------------------------------------------------------------------------------

    def settle(self) -> None:
        """Get ready to append: remove a line that a full disk has cut, and notice what other programs changed.

        Raises OSError.
        """
        if not self._is_regular:
            self._half = 0
            return
        size = file_size(self._file)
        if size < self._size:
            self._begin_anew(0 if self._is_overwritten(size) else size, "was truncated")
        elif size == self._size + self._half:
            if self._half:
                os.ftruncate(self._file, self._size)
        elif self._is_overwritten(size):
            self._begin_anew(0, "was overwritten")
        else:
            self._go_on_behind()
            self.news.append(f"Another program wrote into the recording {self.path}.")
        self._half = 0

    def look(self) -> bool:
        """Notice what other programs did to the file, and continue to copy it; True if there is more to copy.

        Raises OSError.
        """
        self.settle()
        if not self._has_name:
            return False
        if self._copy is None and time.monotonic() >= self._next_copy:
            loss = loss_of(self.path, self._file)
            if loss is None:
                self.homeless = None
                return False
            self._begin_copy(loss.value)
        if self._copy is None:
            return False
        try:
            self._continue_copy(self._copy)
        except OSError as error:
            self._drop_copy()
            self._cannot_begin(error)
        return self._copy is not None

    def finish(self) -> None:
        """`look` until all is copied, as the last chance. Raises OSError."""
        self._next_copy = 0.0
        while self.look():
            pass

    def _go_on_behind(self) -> None:
        """Continue after what others wrote at the end of the file."""
        before, self._size = self._size, file_size(self._file) if self._is_regular else 0
        self._torn = self._size > 0 and read_at(self._file, 1, self._size - 1) != b"\n"
        if self._size > before:
            self._foreign.append((before, self._size + self._torn))
        if self._is_regular:
            self._head = read_at(self._file, HEAD, 0)

    def _is_overwritten(self, size: int) -> bool:
        """Whether what was written among the first `size` bytes is not there any more."""
        known = min(size, len(self._head))
        if read_at(self._file, known, 0) != self._head[:known]:
            return True
        if size < self._size or not self._recent.lines:
            return False
        line = self._recent.lines[-1]
        return self.read(self._recent.end - len(line), len(line)) != line

    # -- a file that was deleted, moved or replaced -------------------------------------------------------------

    def _begin_copy(self, what: str) -> None:
        self._copied_for = what
        try:
            path, file = open_beside(self.path, self._spare)
        except OSError as error:
            self._cannot_begin(error)
            return
        self._copy = _Copy(path, file)
        with suppress(OSError):
            lock_file(file)

    def _continue_copy(self, copy: _Copy) -> None:
        upto = min(copy.size + COPIED_AT_ONCE, self._size)
        while copy.size < upto:
            copy.write(read_at(self._file, upto - copy.size, copy.size))
        if copy.size == self._size:
            self._copy = None
            self.news.append(
                f"The recording {self.path} {self._copied_for}. "
                f"It continues in a new file, which also has everything before: {copy.path}"
            )
            self._replace(copy)

    def _cannot_begin(self, error: OSError) -> None:
        self._next_copy = time.monotonic() + AGAIN_AFTER
        self.homeless = f"{self.path} {self._copied_for}, and a new file cannot be begun: {error.strerror or error}"

    def _drop_copy(self) -> None:
        """Give up an unfinished copy."""
        copy, self._copy = self._copy, None
        if copy is not None:
            os.close(copy.file)
            with suppress(OSError):
                copy.path.unlink()

    def _replace(self, copy: _Copy) -> None:
        """Go on with a copy."""
        self._close()
        self.path, self._file, self._size = copy.path, copy.file, copy.size
        self._close = weakref.finalize(self, os.close, self._file)
        self.homeless = None

    # -- a file that was truncated or overwritten ---------------------------------------------------------------

    def _begin_anew(self, size: int, what: str) -> None:
        """Begin a new file with the lines among the first `size` bytes and the recent lines. Raises OSError."""
        self._drop_copy()
        kept, offsets = self._end_of_line(size), self._offsets
        self._recent.drop_before(offsets.offset(kept))
        rewritten = list(self._recent.lines)
        start = offsets.position(self._recent.start) if rewritten else self._size
        assert start is not None
        foreign = [(first, min(after, kept)) for first, after in self._foreign if first < kept]
        ours = self._count_lines(0, kept) - sum(self._count_lines(*part) for part in foreign)
        lost, others = self._count - ours - len(rewritten), _sum(self._foreign) - _sum(foreign)
        try:
            copy = _Copy(*open_beside(self.path, self._spare))
            self._copy = copy
            with suppress(OSError):
                lock_file(copy.file)
            while copy.size < kept:
                copy.write(read_at(self._file, min(COPIED_AT_ONCE, kept - copy.size), copy.size))
            if rewritten:
                copy.write(b"".join(rewritten))
        except OSError as error:
            self._drop_copy()
            raise OSError(
                error.errno, f"it {what}, and a new file cannot be begun: {error.strerror or error}"
            ) from None
        self._copy = None
        offsets.lose(kept, start)
        self.lost += lost
        self._count, self._foreign, self._torn = ours + len(rewritten), foreign, False
        words = f"The recording {self.path} {what} by another program. {_lost_words(lost, others)} "
        self.news.append(f"{words}It continues in a new file: {copy.path}")
        self._replace(copy)
        self._head = read_at(self._file, HEAD, 0)
        self._shift = offsets.offset(self._size) - self._size

    def _end_of_line(self, size: int) -> int:
        """The end of the last whole line among the first `size` bytes."""
        while size > 0:
            start = max(0, size - 2**16)
            end = read_at(self._file, size - start, start).rfind(b"\n")
            if end >= 0:
                return start + end + 1
            size = start
        return 0

    def _count_lines(self, start: int, stop: int) -> int:
        count = 0
        while start < stop:
            data = read_at(self._file, min(COPIED_AT_ONCE, stop - start), start)
            if not data:
                break
            count += data.count(b"\n")
            start += len(data)
        return count


class _Copy:
    """A new file that is being filled."""

    def __init__(self, path: Path, file: int) -> None:
        self.path = path
        self.file = file
        self.size = 0

    def write(self, data: bytes) -> None:
        """Append to it. Raises OSError."""
        if not data:
            raise OSError(errno.EIO, "the old file cannot be read to its end")
        while data:
            written = os.write(self.file, data)
            self.size += written
            data = data[written:]


def _sum(parts: list[tuple[int, int]]) -> int:
    return sum(stop - start for start, stop in parts)


def _lost_words(lost: int, others: int) -> str:
    parts = [f"{others:,} bytes that this session did not write"] if others else []
    if lost:
        parts.insert(0, counted(lost, "record"))
    are = "is" if parts == ["1 record"] else "are"
    return f"{' and '.join(parts)} {are} lost." if parts else "No record is lost."
