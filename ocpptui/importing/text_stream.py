"""The lines of a text file in any encoding."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from typing import BinaryIO

BLOCK = 2**18
LONGEST_LINE = 32 * 2**20
"""Bytes after which a line is split, so that a file without line feeds does no harm."""
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))


class LineSplitter:
    """Turns blocks of bytes into lines of text. Undecodable bytes are kept as surrogate escapes."""

    def __init__(self) -> None:
        self.number = 0
        """The number of the last line returned."""
        self._encoding = ""
        self._rest = b""
        self._seen = 0  # leading bytes of the rest that contain no line feed

    def take(self, block: bytes) -> Iterator[tuple[int, str]]:
        """The lines that end in this block, with their numbers and without line feeds."""
        data = self._rest + block if self._rest else block
        if not self._encoding:
            data = self._begin(data)
        feed = "\n".encode(self._encoding)
        if len(feed) == 1 and b"\n" not in block and len(data) < LONGEST_LINE:
            self._rest = data
            return
        if len(feed) > 1:  # two bytes per character: decode first, then split
            even = len(data) // 2 * 2
            *lines, last = data[:even].decode(self._encoding, "replace").split("\n")
            self._rest = last.encode(self._encoding) + data[even:]
            for line in lines:
                yield self._numbered(line)
            return
        *parts, self._rest = data.split(feed)
        for part in parts:
            yield self._numbered(part.decode("utf-8", "surrogateescape"))
        if len(self._rest) >= LONGEST_LINE:
            yield from self.finish()

    def finish(self) -> Iterator[tuple[int, str]]:
        """The last line, if it has no line feed."""
        rest, self._rest = self._rest, b""
        if rest:
            errors = "surrogateescape" if self._encoding in ("utf-8", "") else "replace"
            yield self._numbered(rest.decode(self._encoding or "utf-8", errors))

    def _begin(self, data: bytes) -> bytes:
        for mark, encoding in _MARKS:
            if data.startswith(mark):
                self._encoding = encoding
                return data[len(mark) :]
        self._encoding = "utf-8"
        return data

    def _numbered(self, line: str) -> tuple[int, str]:
        self.number += 1
        return self.number, line[:-1] if line.endswith("\r") else line


def text_lines(stream: BinaryIO) -> Iterator[tuple[int, str]]:
    """The lines of a stream, numbered from 1."""
    splitter = LineSplitter()
    while block := stream.read(BLOCK):
        yield from splitter.take(block)
    yield from splitter.finish()
