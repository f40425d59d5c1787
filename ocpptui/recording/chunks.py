"""Pieces of a file, split anywhere, as complete lines: a line belongs to the piece in which it begins."""

from __future__ import annotations

from ocpptui.recording.bulk_reader import LineReader, ReadChunk
from ocpptui.recording.line_format import Unreadable
from ocpptui.runtime.portable_files import read_at

LONGEST_LINE = 64 * 2**20
"""Bytes of the longest line that is read; a longer one is not a record."""
SLACK = 2**12
"""Bytes after a piece that are read along with it, for the rest of its last line; then twice as many, and so on."""


def read_piece(reader: LineReader, file: int, start: int, end: int) -> ReadChunk:
    """The records of the lines that begin at or after `start` and before `end`, and are complete by now."""
    begin = max(start - 1, 0)
    size = end - begin
    data = _read(file, begin, end + SLACK)
    first = 0
    if start > 0:
        first = data.find(b"\n", 0, size) + 1
        if first == 0:
            return ReadChunk()
    last, slack = data.find(b"\n", size - 1) + 1, SLACK
    while last == 0 and len(data) == size + slack and slack < LONGEST_LINE:
        more = _read(file, end + slack, end + 2 * slack)
        last = more.find(b"\n") + 1
        last += len(data) if last else 0
        data, slack = data + more, 2 * slack
    if last:
        return reader.read(data[first:last], begin + first)
    block = reader.read(data[first : data.rfind(b"\n", 0, size) + 1], begin + first)
    if slack >= LONGEST_LINE:
        block.lines += 1
        block.problems.append(Unreadable(f"the line is longer than {LONGEST_LINE >> 20} MiB", block.lines))
    return block


def read_tail(reader: LineReader, file: int, start: int, end: int) -> ReadChunk:
    """The record in the last line, which has no line feed at its end; the line starts at `start`."""
    if end - start > LONGEST_LINE:
        return ReadChunk()
    return reader.read(_read(file, start, end), start)


def _read(file: int, start: int, end: int) -> bytes:
    data = read_at(file, end - start, start)
    while len(data) < end - start and (more := read_at(file, end - start - len(data), start + len(data))):
        data += more
    return data
