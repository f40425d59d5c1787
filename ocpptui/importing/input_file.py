"""Input files: plain, compressed, in an archive, or from a pipe."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import stat
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, BinaryIO, cast

from ocpptui.importing.reader import Material
from ocpptui.recording.file_errors import UnreadableFile

HEAD = 2**16
"""How many bytes are used to detect a format."""
BROKEN_STREAM = (OSError, EOFError, zlib.error, lzma.LZMAError, zipfile.BadZipFile, ValueError, RuntimeError)
"""The exceptions that decompression can raise."""


def open_file(path: Path) -> BinaryIO:
    """Open a file; a folder reads as the names in it, one per line. Raises UnreadableFile."""
    if path.is_dir():
        return io.BytesIO("\n".join(folder_names(path)).encode("utf-8", "replace"))
    try:
        file = open(path, "rb")  # noqa: SIM115  # the caller closes it
    except OSError as error:
        raise UnreadableFile(path, error.strerror or str(error)) from error
    if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        file.close()
        raise UnreadableFile(path, "this is not a regular file")
    return file


def folder_names(path: Path) -> list[str]:
    """The names of the files in a folder, without hidden ones, sorted. Raises UnreadableFile."""
    try:
        return sorted(entry.name for entry in path.iterdir() if not entry.name.startswith("."))
    except OSError as error:
        raise UnreadableFile(path, error.strerror or str(error)) from error


def materials(path: Path, file: BinaryIO, modified: int = 0) -> Iterator[Material]:
    """The contents of an open file: the file itself, its decompressed form, or each file of an archive, by name.
    A folder is passed on as it is.

    Raises UnreadableFile for an unreadable archive; a truncated compressed file ends early without an error.
    """
    head = file.read(8)
    file.seek(0)
    if head.startswith(b"PK\x03\x04"):
        yield from _zipped(path, file, modified)
        return
    for magic, ending, opened in _COMPRESSIONS:
        if head.startswith(magic):
            name = path.name[: -len(ending)] if path.name.lower().endswith(ending) else path.name
            yield Material(name, cast(BinaryIO, Sturdy(opened(file))), modified=modified)
            return
    yield Material(path.name, file, path, modified)


def _zipped(path: Path, file: BinaryIO, modified: int) -> Iterator[Material]:
    try:
        with zipfile.ZipFile(file) as archive:
            for entry in sorted(archive.infolist(), key=lambda entry: entry.filename):
                if entry.is_dir():
                    continue
                if entry.flag_bits & 1:
                    raise UnreadableFile(path, f"{entry.filename} in this archive is encrypted; unpack it first")
                with archive.open(entry) as member:
                    yield Material(Path(entry.filename).name, cast(BinaryIO, Sturdy(member)), modified=modified)
    except (zipfile.BadZipFile, NotImplementedError, OSError) as error:
        raise UnreadableFile(path, f"this archive cannot be read: {error}") from error


class Sturdy(io.RawIOBase):
    """A decompressed stream that ends where its file is truncated instead of raising."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self.failure = ""
        """Why it ended too early; empty if it did not."""

    def readable(self) -> bool:
        return True

    def read(self, size: int | None = -1) -> bytes:
        if size is None or size < 0:
            pieces = []
            while piece := self.read(2**20):
                pieces.append(piece)
            return b"".join(pieces)
        if self.failure:
            return b""
        try:
            return self._stream.read(size)
        except BROKEN_STREAM as error:
            self.failure = str(error)
            return b""

    def close(self) -> None:
        self._stream.close()
        super().close()


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


def _zstandard(file: BinaryIO) -> BinaryIO:
    import zstandard

    return cast(BinaryIO, zstandard.ZstdDecompressor().stream_reader(file, read_across_frames=True))


# These streams are closed together with the underlying file.
_COMPRESSIONS: tuple[tuple[bytes, str, Callable[[BinaryIO], BinaryIO]], ...] = (
    (b"\x1f\x8b", ".gz", lambda file: cast(BinaryIO, gzip.GzipFile(fileobj=file))),
    (b"\x28\xb5\x2f\xfd", ".zst", _zstandard),
    (b"BZh", ".bz2", lambda file: cast(BinaryIO, bz2.BZ2File(file))),
    (b"\xfd7zXZ\x00", ".xz", lambda file: cast(BinaryIO, lzma.LZMAFile(file))),  # noqa: SIM115
)
