"""A recording that is only read, by the offsets of its lines."""

from __future__ import annotations

import os
import stat
import weakref
from array import array
from functools import cached_property
from pathlib import Path

from ocpptui.recording.file_errors import RecordingError, UnreadableFile
from ocpptui.recording.line_format import Unreadable, from_line, raw_of_line
from ocpptui.recording.line_numbers import LineNumbers
from ocpptui.recording.record_texts import LineTexts
from ocpptui.runtime.portable_files import open_to_read, read_at
from ocpptui.timeline.record import Record, RecordKind
from ocpptui.timeline.record_store import Place


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
            return note_record("the recording is closed")
        return _record_at(self.file, *place)

    def raw(self, place: Place) -> str | bytes | None:
        return raw_of_line(self._read(*place))

    def texts(self, offsets: array[int], lengths: array[int], wanted: int) -> LineTexts:
        return LineTexts(self._read, offsets, lengths, wanted)

    @cached_property
    def line_numbers(self) -> LineNumbers:
        """The numbers of its lines."""
        return LineNumbers(self._read)

    def _read(self, offset: int, length: int) -> bytes:
        return _bytes_at(self.file, offset, length) if self._close.alive else b""

    def close(self) -> None:
        self._close()


def _record_at(file: int, offset: int, length: int) -> Record:
    try:
        return record_in(read_at(file, length, offset))
    except OSError as error:
        return note_record(f"this record cannot be read: {error.strerror}")


def _bytes_at(file: int, offset: int, length: int) -> bytes:
    try:
        return read_at(file, length, offset)
    except OSError:
        return b""


def record_in(line: bytes) -> Record:
    """The record in a line; if it cannot be read, a NOTE that says so."""
    try:
        record = from_line(line)
    except RecordingError as error:
        return note_record(str(error))
    if isinstance(record, Unreadable):
        return note_record(f"this record cannot be read any more: {record.reason}")
    return record


def note_record(text: str) -> Record:
    """A NOTE in place of a record."""
    return Record(0, 0, RecordKind.NOTE, detail={"text": text})
