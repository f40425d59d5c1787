"""Input files: plain, compressed, in an archive, or from a pipe."""

from __future__ import annotations

import io
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from ocpptui.importing.files.packing_marks import HEAD, is_packed
from ocpptui.importing.reader import Material
from ocpptui.recording.file_errors import UnreadableFile
from ocpptui.runtime.arriving_bytes import ArrivingBytes, PipeAtPath


def open_file(path: Path) -> BinaryIO | ArrivingBytes:
    """Open a file; a folder reads as the names in it, one per line, and what is neither as it arrives.

    Raises UnreadableFile.
    """
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            return io.BytesIO("\n".join(folder_names(path)).encode("utf-8", "replace"))
        if stat.S_ISREG(mode):
            return open(path, "rb")  # the caller closes it
    except OSError as error:
        raise UnreadableFile(path, error.strerror or str(error)) from error
    if stat.S_ISSOCK(mode):
        raise UnreadableFile(path, "this is a socket; nothing can be read from it by its name")
    return PipeAtPath(path)


def folder_names(path: Path) -> list[str]:
    """The names of the files in a folder, without hidden ones, sorted. Raises UnreadableFile."""
    try:
        return sorted(entry.name for entry in path.iterdir() if not entry.name.startswith("."))
    except OSError as error:
        raise UnreadableFile(path, error.strerror or str(error)) from error


def materials(path: Path, file: BinaryIO, modified: int = 0) -> Iterator[Material]:
    """The contents of an open file: the file itself, its decompressed form, or each file of an archive, by name.
    A folder is passed on as it is.

    Raises UnreadableFile for an unreadable archive; a damaged compressed file ends early without an error.
    """
    head = file.read(HEAD)
    file.seek(0)
    size = 0 if path.is_dir() else os.fstat(file.fileno()).st_size
    material = Material(path.name, file, path, modified, size)
    if not is_packed(head):
        yield material
        return
    from ocpptui.importing.files.archives import unpacked  # which takes long to load, and few files need it

    yield from unpacked(path, material, head)


class Peeked(io.RawIOBase):
    """A stream whose beginning was already read to detect its format."""

    def __init__(self, head: bytes, stream: BinaryIO) -> None:
        self._head = head
        self._stream = stream

    def readable(self) -> bool:
        return True

    def read(self, size: int | None = -1) -> bytes:
        if size is None or size < 0:
            head, self._head = self._head, b""
            return head + self._stream.read()
        if self._head:
            head, self._head = self._head[:size], self._head[size:]
            return head
        return self._stream.read(size)
