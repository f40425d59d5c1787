"""The lines of a text file, and texts in UTF-16 and UTF-32 as UTF-8."""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import BinaryIO

from ocpptui.jsontext.lazy_pattern import lazily

BLOCK = 2**16
"""Bytes that are read at once: so few that what is made of them stays in the cache of a core."""
LONGEST_LINE = 32 * 2**20
"""Bytes after which a line is split, so that a file without line feeds does no harm."""
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
"""In this order: the first mark begins with the third."""
_MANY_ZEROS = lazily(rb"\0{3,}")
_SEPARATING_ZEROS = lazily(r"\0{2,}|(?<=[}\]])\0")
"""What was never written, and the zero with which GELF ends its JSON; another lone zero is text."""
_SAMPLE = 4096
"""How many bytes show an encoding without a mark."""


def wide_encoding(head: bytes) -> str:
    """UTF-16 or UTF-32 if a text with this beginning is in one of them, with a byte order mark or without; else empty.

    Without a mark, the zeros of Latin letters show it.
    """
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return encoding
    sample = head[:_SAMPLE]
    for width, encodings in ((4, ("utf-32-be", "utf-32-le")), (2, ("utf-16-be", "utf-16-le"))):
        count = len(sample) // width
        zeros = [sample[place : count * width : width].count(0) for place in range(width)]
        for encoding, low in zip(encodings, (width - 1, 0), strict=True):
            high = [number for place, number in enumerate(zeros) if place != low]
            if count >= 8 and min(high) * 10 > count * 7 and zeros[low] * 10 < count:
                return encoding
    return ""


class InUtf8(io.RawIOBase):
    """A text in another encoding, read as UTF-8."""

    def __init__(self, stream: BinaryIO, encoding: str) -> None:
        self._stream = stream
        self._decoder = codecs.getincrementaldecoder(encoding)("replace")
        self._begins = True

    def readable(self) -> bool:
        return True

    def read(self, size: int | None = -1) -> bytes | None:
        """As many bytes as the stream has, which may be more or fewer than `size`; None if it has none for now."""
        while True:
            block = self._stream.read(-1 if size is None else size)
            if not block:
                return block
            text = self._decoder.decode(block)
            if self._begins and text:
                self._begins, text = False, text.removeprefix("\ufeff")
            if text:
                return text.encode("utf-8", "replace")


class LineSplitter:
    """Turns blocks of bytes into lines of text. Undecodable bytes are kept as surrogate escapes.

    The zeros with which a file system fills what was never written are left out; the text before them and the text
    after them in a line become two lines with its number.
    """

    def __init__(self) -> None:
        self.number = 0
        """How many lines there were."""
        self._begins = True
        self._rest = b""

    def take(self, block: bytes) -> Iterator[tuple[int, str]]:
        """The lines that end in this block, with their numbers and without line feeds."""
        if b"\0" in block:
            block = _MANY_ZEROS.sub(b"\0\0", block)
        data = self._rest + block if self._rest else block
        if self._begins:
            self._begins, data = False, data.removeprefix(codecs.BOM_UTF8)
        if b"\n" not in block and len(data) < LONGEST_LINE:
            self._rest = data
            return iter(())
        end = data.rfind(b"\n")
        self._rest = data[end + 1 :]
        ended = self._numbered(data[:end]) if end >= 0 else iter(())
        return chain(ended, self.finish()) if len(self._rest) >= LONGEST_LINE else ended

    def _numbered(self, data: bytes) -> Iterator[tuple[int, str]]:
        """Some whole lines with their numbers."""
        lines = data.decode("utf-8", "surrogateescape").split("\n")  # faster than to decode each line
        if b"\r" in data:
            lines = [line[:-1] if line[-1:] == "\r" else line for line in lines]
        first, self.number = self.number + 1, self.number + len(lines)
        numbered = enumerate(lines, first)
        return _without_zeros(numbered) if b"\0" in data else numbered

    def finish(self) -> Iterator[tuple[int, str]]:
        """The last line, if it has no line feed."""
        rest, self._rest = self._rest, b""
        if rest:
            self.number += 1
            line = rest.decode("utf-8", "surrogateescape").removesuffix("\r")
            yield from _without_zeros([(self.number, line)])


def _without_zeros(lines: Iterable[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    """The lines, and each part of one with zeros in it."""
    for number, line in lines:
        parts = filter(None, _SEPARATING_ZEROS.split(line)) if "\0" in line else (line,)
        yield from ((number, part) for part in parts)


def text_lines(stream: BinaryIO) -> Iterator[tuple[int, str]]:
    """The lines of a stream, numbered from 1."""
    splitter = LineSplitter()
    while block := stream.read(BLOCK):
        yield from splitter.take(block)
    yield from splitter.finish()
