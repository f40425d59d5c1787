"""A second process that reads pieces of a recording, so that a large file is indexed by two cores.

It is this module run as a program. It opens the recording again and checks that it is the same file.
"""

from __future__ import annotations

import marshal
import os
import struct
import sys
from pathlib import Path

from ocpptui.recording.bulk_reader import LineReader, ReadChunk
from ocpptui.recording.chunks import read_piece
from ocpptui.recording.file_errors import LaterVersion
from ocpptui.recording.line_format import Unreadable
from ocpptui.runtime.portable_files import open_to_read
from ocpptui.runtime.second_process import SecondProcess, identity_of, serve
from ocpptui.timeline.columns import Batch

_PLACE = struct.Struct("<QQ")


class SecondReader(SecondProcess):
    """The parent's side. Pieces are requested and returned in order."""

    def __init__(self, path: Path, file: int) -> None:
        """Start the process; `file` is the descriptor of the recording. Raises OSError if that is impossible."""
        super().__init__(__name__, path, *identity_of(file))

    def ask_for(self, start: int, end: int) -> None:
        """Request a piece."""
        self.ask(_PLACE.pack(start, end))

    def take(self) -> ReadChunk | None:
        """The next block, in the order of the requests; None while there is none."""
        answer = self.answer()
        return None if answer is None else _unpacked(answer)


def _packed(block: ReadChunk) -> bytes:
    return marshal.dumps(
        (
            block.batch.packed(),
            block.lines,
            block.end,
            [(problem.reason, problem.line, problem.offset) for problem in block.problems],
            None if block.later is None else (block.later.version, block.later.line),
        )
    )


def _unpacked(data: bytes) -> ReadChunk:
    packed, lines, end, problems, later = marshal.loads(data)
    found = [Unreadable(*problem) for problem in problems]
    return ReadChunk(Batch.unpacked(packed), lines, found, end, None if later is None else LaterVersion(*later))


def read_pieces() -> None:
    """Read pieces until there is nothing more to read."""
    path, *same = sys.argv[1:]
    file, reader = open_to_read(Path(path)), LineReader()
    if list(identity_of(file)) != same:
        os._exit(1)
    serve(lambda place: _packed(read_piece(reader, file, *_PLACE.unpack(place))))


if __name__ == "__main__":
    read_pieces()
