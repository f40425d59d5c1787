"""Streams that decompress as they are read, and end where the file is damaged instead of raising."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable
from typing import BinaryIO, Protocol

from ocpptui.importing.files.packing_marks import BZIP2, GZIP, XZ, ZSTANDARD

MOST_TIMES = 500
"""How many times larger than in the file its content may be: logs are up to some 100 times larger."""
LEAST_OF_BOMB = 2**28
"""The bytes that are read at least, however small the file is."""


class UnpackedBudget:
    """How many bytes may still come out of a file, of all that is in it: a small file can unpack to no end."""

    def __init__(self, size: int) -> None:
        """`size` is that of the file in bytes."""
        self.left = max(LEAST_OF_BOMB, size * MOST_TIMES)


class Decompressed(Protocol):
    """The decompressed bytes of a file."""

    def read1(self, size: int, /) -> bytes: ...

    def close(self) -> object: ...


class Sturdy(io.RawIOBase):
    """A decompressed stream that ends where its file is damaged or truncated instead of raising."""

    def __init__(self, stream: Decompressed, budget: UnpackedBudget) -> None:
        """`budget` is that of the whole file that the user opens."""
        self._stream = stream
        self._budget = budget
        self._ahead = b""
        self.failure = ""
        """Why it could not be read to its end; empty if it could."""

    def readable(self) -> bool:
        return True

    def read(self, size: int | None = -1) -> bytes:
        wanted = sys.maxsize if size is None or size < 0 else size
        pieces: list[bytes] = [self._ahead[:wanted]] if self._ahead and wanted else []
        if pieces:
            self._ahead = self._ahead[len(pieces[0]) :]
            wanted -= len(pieces[0])
        while wanted and (piece := self._piece(min(wanted, 2**20))):
            pieces.append(piece)
            wanted -= len(piece)
        return b"".join(pieces)

    def peek(self, size: int) -> bytes:
        """The next bytes, which remain to be read."""
        self._ahead = self.read(size)
        return self._ahead

    def _piece(self, size: int) -> bytes:
        """The next bytes, as few as there are without reading on: what comes after them may be damaged."""
        if self.failure:
            return b""
        try:
            piece = self._stream.read1(size)
        except Exception as error:  # each decompressor has exceptions of its own, and all of them mean the data
            self.failure = str(error) or type(error).__name__
            return b""
        self._budget.left -= len(piece)
        if self._budget.left < 0:
            self.failure = f"the file unpacks to more than {MOST_TIMES} times its size"
            return b""
        return piece

    def close(self) -> None:
        self._stream.close()
        super().close()


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
        if not self._file.seekable():  # in an archive
            return True
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


# What decompresses is loaded with the first file that needs it. The streams are closed with the underlying file.
def _gzip(file: BinaryIO) -> Decompressed:
    import gzip

    return gzip.GzipFile(fileobj=file)


def _bzip2(file: BinaryIO) -> Decompressed:
    import bz2

    return bz2.BZ2File(file)


def _xz(file: BinaryIO) -> Decompressed:
    import lzma

    return lzma.LZMAFile(file)


COMPRESSIONS: tuple[tuple[bytes, str, Callable[[BinaryIO], Decompressed]], ...] = (
    (GZIP, ".gz", _gzip),
    (ZSTANDARD, ".zst", _Zstandard),
    (BZIP2, ".bz2", _bzip2),
    (XZ, ".xz", _xz),
)
