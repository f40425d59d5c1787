"""Recording files: written record by record as things happen, read by offset."""

from __future__ import annotations

import os
import stat
import time
import weakref
from array import array
from pathlib import Path

from ocpptui.recording.file_errors import LaterVersion, RecordingError, UnreadableFile
from ocpptui.recording.line_format import Unreadable, from_line, raw_of_line, to_line
from ocpptui.recording.record_texts import LineTexts
from ocpptui.runtime.portable_files import lock_file, open_to_append, open_to_read, read_at, unlock_file
from ocpptui.timeline.record import Record, RecordKind
from ocpptui.timeline.record_store import Place

RETRY_AFTER = 1.0
"""Seconds between two attempts to write again after a failure."""
MOST_HELD = 2**18
"""The most bytes of records that are held back."""
CAUGHT_UP_AT_ONCE = 1000
"""Records kept in memory that one call of `keep` moves to the file, so that it does not block its caller."""


class Recording:
    """A recording that is only read; a `RecordSource`. Raises UnreadableFile if it cannot be opened."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self.file = open_to_read(path)
        except OSError as error:
            raise UnreadableFile(path, error.strerror or str(error)) from error
        self._close = weakref.finalize(self, os.close, self.file)
        if not stat.S_ISREG(os.fstat(self.file).st_mode):
            self._close()
            raise UnreadableFile(path, "this is not a regular file")

    @property
    def size(self) -> int:
        """Current size of the file in bytes; 0 after it is closed."""
        return os.fstat(self.file).st_size if self._close.alive else 0

    def record(self, place: Place) -> Record:
        if not self._close.alive:
            return _note("the recording is closed")
        return _record_at(self.file, *place)

    def raw(self, place: Place) -> str | bytes | None:
        return raw_of_line(self._read(*place))

    def texts(self, offsets: array[int], lengths: array[int], wanted: int) -> LineTexts:
        return LineTexts(self._read, offsets, lengths, wanted)

    def _read(self, offset: int, length: int) -> bytes:
        return _bytes_at(self.file, offset, length) if self._close.alive else b""

    def close(self) -> None:
        self._close()


class RecordingWriter:
    """Writes a recording, and returns what it wrote; a `RecordStore`. The file is append-only, of mode 0600.

    A record survives the end of this process as soon as `keep` has returned, or if the writer `holds_back`, as soon as
    `flush` has. When the file cannot be written (full disk, read-only folder, another program records into it),
    `failure` says so, records stay in memory, and later records try the file again; what was missed is written first,
    in order. Nothing is raised.
    """

    def __init__(self, path: Path, *, nameless: bool = False) -> None:
        """With `nameless` the file has no name, so that nothing of it remains even if this program is killed."""
        self.path = path
        self._nameless = nameless
        self.holds_back = False
        """Records wait for `flush`, so that many are written with one system call. Their places remain valid."""
        self.failure: str | None = None
        """Why records do not reach the file at present; None while they do."""
        self._file: int | None = None
        self._closed = False
        self._torn = False  # it follows a line without its end
        self._end = 0  # the offset of the next line
        self._intact = 0  # its value when a write failed
        self._half = 0  # bytes after it of a line that a full disk has truncated
        self._missed: list[bytes | Place] = []  # lines in memory, and their later offsets in the file
        self._caught_up = 0  # how many of them are in the file
        self._held: list[bytes] = []  # lines that wait for `flush`
        self._held_size = 0  # bytes of them
        self._displaced: dict[Place, Place] = {}  # actual places of held lines that could not be written
        self._last_try = 0.0
        self._try()

    def keep(self, record: Record, action: str = "") -> Place:
        """Write a record; return its place. `action` is that of the call that an answer belongs to."""
        line = to_line(record, action)
        if self._closed:
            self.failure = f"{self.path}: the recording is closed; records are kept in memory"
        elif self.failure is not None and time.monotonic() - self._last_try >= RETRY_AFTER:
            self._try()
        if self.failure is not None:
            self._missed.append(line)
            return -len(self._missed), len(line)
        place = self._hold(line)
        if self.holds_back and self._held_size < MOST_HELD:
            return place
        self.flush()
        return self._displaced.get(place, place)

    def _hold(self, line: bytes) -> Place:
        place = self._end + self._torn + self._held_size, len(line)
        self._held.append(line)
        self._held_size += len(line)
        return place

    def flush(self) -> None:
        """Write the records that are held back."""
        if not self._held:
            return
        lines, self._held, self._held_size = self._held, [], 0
        torn, start = self._torn, self._end
        try:
            self._write(b"\n" * torn + b"".join(lines))
        except OSError as error:
            self._keep_in_memory(lines, start + torn)
            self._fail(error)

    def _keep_in_memory(self, lines: list[bytes], offset: int) -> None:
        """Remember the lines that are not at their intended places in the file, from `offset` on."""
        for line in lines:
            if offset + len(line) > self._intact:
                self._missed.append(line)
                self._displaced[offset, len(line)] = -len(self._missed), len(line)
            offset += len(line)

    def _found(self, place: Place) -> Place:
        """Where the record intended for a place is: from 0 on in the file, below 0 in memory."""
        self.flush()
        return self._displaced.get(place, place) if self._displaced else place

    def record(self, place: Place) -> Record:
        """The record at this place, also after `close`."""
        place = self._found(place)
        if place[0] < 0:
            line = self._missed[-place[0] - 1]
            if isinstance(line, bytes):
                return _from_line(line)
            place = line
        if self._file is None:
            return _note("the recording is not open")
        return _record_at(self._file, *place)

    def raw(self, place: Place) -> str | bytes | None:
        return raw_of_line(self._read(*self._found(place)))

    def texts(self, offsets: array[int], lengths: array[int], wanted: int) -> LineTexts:
        self.flush()
        if self._displaced:
            offsets = array("q", [self._found(place)[0] for place in zip(offsets, lengths, strict=True)])
        return LineTexts(self._read, offsets, lengths, wanted)

    def _read(self, offset: int, length: int) -> bytes:
        if offset < 0:
            line = self._missed[-offset - 1]
            if isinstance(line, bytes):
                return line
            offset, length = line
        return b"" if self._file is None else _bytes_at(self._file, offset, length)

    def close(self) -> None:
        """Write what is still in memory if that is possible now, and release the file for other writers."""
        if self._closed:
            return
        self.flush()
        caught_up = -1
        while self.failure is not None and caught_up < self._caught_up:
            caught_up = self._caught_up
            self._try()
        self._closed = True
        if self._file is not None:
            unlock_file(self._file)

    def _try(self) -> None:
        """Open the file if it is not open, and write what was missed."""
        self._last_try = time.monotonic()
        try:
            file = self._opened()
            self._cut(file)
            upto = min(len(self._missed), self._caught_up + CAUGHT_UP_AT_ONCE)
            while self._caught_up < upto:
                line = self._missed[self._caught_up]
                if isinstance(line, bytes):
                    self._missed[self._caught_up] = self._append(line)
                self._caught_up += 1
        except OSError as error:
            self._fail(error)
        else:
            if self._caught_up == len(self._missed):
                self.failure = None
            else:
                self._last_try = 0.0  # go on with the next record

    def _opened(self) -> int:
        if self._file is None:
            file = open_to_append(self.path, nameless=self._nameless)
            try:
                lock_file(file)
                self._go_on_behind(file)
            except OSError:
                os.close(file)
                raise
            self._file = file
            weakref.finalize(self, os.close, file)
        return self._file

    def _append(self, line: bytes) -> Place:
        """Write a line at the end. Raises OSError; then the file ends as before or `_cut` is due."""
        place = self._end + self._torn, len(line)
        self._write(b"\n" + line if self._torn else line)
        return place

    def _write(self, data: bytes) -> None:
        """Write lines at the end. Raises OSError; then the complete ones stay and the rest is, or will be, removed."""
        assert self._file is not None
        try:
            while self._half < len(data):
                self._half += os.write(self._file, data[self._half :] if self._half else data)
        except OSError:
            whole = data.rfind(b"\n", 0, self._half) + 1
            self._advance(whole)
            self._half -= whole
            self._intact = self._end
            self._cut(self._file)
            raise
        self._advance(len(data))
        self._half = 0

    def _advance(self, size: int) -> None:
        """Count bytes as written for good."""
        self._end += size
        self._torn = self._torn and not size

    def _cut(self, file: int) -> None:
        """Remove the partial line that a full disk left; end it if something else follows it."""
        if self._half:
            if os.fstat(file).st_size == self._end + self._half:
                os.ftruncate(file, self._end)
            else:
                self._go_on_behind(file)
            self._half = 0

    def _go_on_behind(self, file: int) -> None:
        """Continue to write at the end of the file."""
        self._end = os.fstat(file).st_size
        self._torn = self._end > 0 and read_at(file, 1, self._end - 1) != b"\n"

    def _fail(self, error: OSError) -> None:
        self._last_try = time.monotonic()
        if isinstance(error, BlockingIOError):
            reason = "another program is recording into it"
        else:
            reason = error.strerror or str(error)
        self.failure = f"{self.path}: {reason}; records are kept in memory"


def _record_at(file: int, offset: int, length: int) -> Record:
    try:
        return _from_line(read_at(file, length, offset))
    except OSError as error:
        return _note(f"this record cannot be read: {error.strerror}")


def _bytes_at(file: int, offset: int, length: int) -> bytes:
    try:
        return read_at(file, length, offset)
    except OSError:
        return b""


def _from_line(line: bytes) -> Record:
    try:
        record = from_line(line)
    except RecordingError as error:
        return _note(str(error))
    if isinstance(record, Unreadable):
        return _note(f"this record cannot be read any more: {record.reason}")
    return record


def _note(text: str) -> Record:
    return Record(0, 0, RecordKind.NOTE, detail={"text": text})


__all__ = ["LaterVersion", "Recording", "RecordingError", "RecordingWriter", "UnreadableFile", "from_line", "to_line"]
