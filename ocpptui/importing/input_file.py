"""Input files: plain, compressed, in an archive, or from a pipe."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import stat
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO, Protocol, cast

from ocpptui.importing.reader import Material
from ocpptui.importing.unknown_content import is_workbook, kind_of_archive
from ocpptui.recording.file_errors import UnreadableFile
from ocpptui.runtime.arriving_bytes import ArrivingBytes, PipeAtPath

HEAD = 2**16
"""How many bytes are used to detect a format."""
ARCHIVE = b"PK\x03\x04"
"""What a ZIP archive begins with."""


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
    if head.startswith(ARCHIVE) and not is_workbook(head, path.name):
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
        archive = zipfile.ZipFile(file)
    except Exception as error:  # a damaged archive raises BadZipFile, struct.error, ValueError and others
        raise UnreadableFile(path, f"this archive cannot be read: {error}") from error
    with archive:
        names = archive.namelist()
        if "xl/workbook.xml" in names:
            file.seek(0)
            yield Material(f"{path.name}.xlsx", file, path, modified)
            return
        if kind := kind_of_archive(names):
            raise UnreadableFile(path, f"this is {kind}")
        for entry in sorted(archive.infolist(), key=lambda entry: entry.filename):
            if entry.is_dir():
                continue
            if entry.flag_bits & 1:
                raise UnreadableFile(path, f"{entry.filename} in this archive is encrypted; unpack it first")
            try:
                member = archive.open(entry)
            except Exception as error:
                reason = f"{entry.filename} in this archive cannot be read: {error}"
                raise UnreadableFile(path, reason) from error
            with member:
                stream = Sturdy(cast(Decompressed, member))
                yield Material(Path(entry.filename).name, cast(BinaryIO, stream), modified=modified)


def is_packed(head: bytes) -> bool:
    """Whether a file with this beginning is compressed or an archive."""
    return head.startswith((ARCHIVE, *(magic for magic, _, _ in _COMPRESSIONS)))


class Decompressed(Protocol):
    """The decompressed bytes of a file."""

    def read1(self, size: int, /) -> bytes: ...

    def close(self) -> object: ...


class Sturdy(io.RawIOBase):
    """A decompressed stream that ends where its file is damaged or truncated instead of raising."""

    def __init__(self, stream: Decompressed) -> None:
        self._stream = stream
        self.failure = ""
        """Why it could not be read to its end; empty if it could."""

    def readable(self) -> bool:
        return True

    def read(self, size: int | None = -1) -> bytes:
        wanted = sys.maxsize if size is None or size < 0 else size
        pieces: list[bytes] = []
        while wanted and (piece := self._piece(min(wanted, 2**20))):
            pieces.append(piece)
            wanted -= len(piece)
        return b"".join(pieces)

    def _piece(self, size: int) -> bytes:
        """The next bytes, as few as there are without reading on: what comes after them may be damaged."""
        if self.failure:
            return b""
        try:
            return self._stream.read1(size)
        except Exception as error:  # each decompressor has exceptions of its own, and all of them mean the data
            self.failure = str(error) or type(error).__name__
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


class _Zstandard:
    """The decompressed bytes of a file in the format of RFC 8878. Unlike the reader of the library, it raises EOFError
    at the end of a truncated file."""

    def __init__(self, file: BinaryIO) -> None:
        import zstandard

        self._file = file
        self._size_of_header = zstandard.frame_header_size
        self._reader = zstandard.ZstdDecompressor().stream_reader(file, read_across_frames=True)

    def read1(self, size: int, /) -> bytes:
        piece: bytes = self._reader.read1(size)
        if not piece and size and not self._is_whole():
            raise EOFError("the file is truncated")
        return piece

    def close(self) -> None:
        self._reader.close()  # type: ignore[no-untyped-call]

    def _is_whole(self) -> bool:
        """Whether the file ends with a frame (section 3.1.1)."""
        file, place, size = self._file, 0, os.fstat(self._file.fileno()).st_size
        while place < size:
            file.seek(place)
            head = file.read(18)
            if head[1:4] == b"\x2a\x4d\x18":  # a frame to be skipped
                place += 8 + int.from_bytes(head[4:8], "little")
                continue
            if len(head) < 6 and place + len(head) == size:
                return False  # too short for a frame
            place += self._size_of_header(head)
            last = False
            while not last:
                file.seek(place)
                block = int.from_bytes(file.read(3), "little")
                last, is_run, length = bool(block & 1), block >> 1 & 3 == 1, block >> 3
                place += 3 + (1 if is_run else length)
                if place > size:
                    return False
            place += 4 if head[4] & 4 else 0  # a checksum
        return place == size


# These streams are closed together with the underlying file.
_COMPRESSIONS: tuple[tuple[bytes, str, Callable[[BinaryIO], Decompressed]], ...] = (
    (b"\x1f\x8b", ".gz", lambda file: gzip.GzipFile(fileobj=file)),
    (b"\x28\xb5\x2f\xfd", ".zst", _Zstandard),
    (b"BZh", ".bz2", lambda file: bz2.BZ2File(file)),
    (b"\xfd7zXZ\x00", ".xz", lambda file: lzma.LZMAFile(file)),  # noqa: SIM115
)
