"""Pieces of a file, cut anywhere, as whole lines: a line belongs to the piece in which it begins."""

from __future__ import annotations

import os

from ocpptui.capture.lines import Unreadable
from ocpptui.capture.reading import Block, LineReader

LONGEST_LINE = 64 * 2**20
"""Bytes of the longest line that is read; beyond it this is no recording."""
READ_ON = 2**16


def read_piece(reader: LineReader, file: int, start: int, end: int) -> Block:
    """The records of the lines that begin at `start` or behind it and before `end`, and have ended by now."""
    data = _read(file, max(start - 1, 0), end)
    if start > 0:
        first = data.find(b"\n") + 1
        if first == 0:
            return Block()
        start += first - 1
        data = data[first:]
    if not data or data.endswith(b"\n"):
        return reader.read(data, start)
    rest = _rest_of_line(file, start + len(data), LONGEST_LINE)
    if rest.endswith(b"\n"):
        return reader.read(data + rest, start)
    whole = data.rfind(b"\n") + 1
    block = reader.read(data[:whole], start)
    if len(rest) >= LONGEST_LINE:
        block.lines += 1
        block.problems.append(Unreadable(f"the line is longer than {LONGEST_LINE >> 20} MiB", block.lines))
    return block


def read_tail(reader: LineReader, file: int, start: int, end: int) -> Block:
    """The record in the last line, which has no line feed at its end; the line starts at `start`."""
    if end - start > LONGEST_LINE:
        return Block()
    return reader.read(_read(file, start, end), start)


def _read(file: int, start: int, end: int) -> bytes:
    data = os.pread(file, end - start, start)
    while len(data) < end - start:
        more = os.pread(file, end - start - len(data), start + len(data))
        if not more:
            break
        data += more
    return data


def _rest_of_line(file: int, position: int, limit: int) -> bytes:
    """From `position` to the next line feed; without one where the file ends first or after `limit` bytes."""
    parts: list[bytes] = []
    size = 0
    while size < limit:
        part = os.pread(file, READ_ON, position + size)
        newline = part.find(b"\n") + 1
        parts.append(part[:newline] if newline else part)
        size += len(part)
        if newline or not part:
            break
    return b"".join(parts)
