"""Loads a recording file into a timeline, in small steps, while the rows so far are already usable."""

from __future__ import annotations

import os
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from time import perf_counter

from ocpptui.recording.bulk_reader import LineReader, ReadChunk
from ocpptui.recording.chunks import read_piece, read_tail
from ocpptui.recording.file_errors import LaterVersion, RecordingError, UnreadableFile
from ocpptui.recording.line_format import Unreadable
from ocpptui.recording.recording_reader import Recording
from ocpptui.recording.worker_process import SecondReader
from ocpptui.timeline.bulk_append import BulkAppender
from ocpptui.timeline.columns import ConnectionKey
from ocpptui.timeline.timeline import Timeline

PIECE = 256 * 2**10
"""Bytes that are read in one step, which takes two to three milliseconds."""
FIRST_PIECE = 32 * 2**10
"""The same for the first step, so that the first rows are there at once."""
LARGE = 16 * 2**20
"""Bytes above which starting a second process pays off."""
AHEAD = 12
"""How many pieces the second process gets in advance."""
WINDOW = 32
"""How many pieces may be in work or wait for an earlier one."""
MAX_PROBLEMS = 1000
"""How many lines that are not records are reported one by one; more are only counted."""
HOPELESS = 4 * 2**20
"""Bytes without a single record after which a file is not considered a recording."""


@dataclass(slots=True, eq=False)
class _Piece:
    start: int
    end: int
    given: bool = False
    """Whether the second process reads it."""
    block: ReadChunk | None = None


class Indexer:
    """Loads a recording into a timeline, and later what was appended to it since.

    Call `advance` repeatedly, always from the thread that owns the timeline (for the screen a timer on the event loop,
    not a worker thread): it does a little and returns, and between two calls the timeline is consistent and can be
    used. A second process helps with large files. Raises UnreadableFile if the file cannot be opened.
    """

    def __init__(self, path: Path, timeline: Timeline, *, large: int = LARGE) -> None:
        self.recording = Recording(path)
        self._large = large
        self._timeline = timeline
        self._connections: dict[tuple[int, str], int] = {}
        self._reader = LineReader()
        self._feed = BulkAppender(timeline, self.recording, self._connection_of)
        self._second: SecondReader | None = None
        self._second_feed = BulkAppender(timeline, self.recording, self._connection_of)
        self._may_help = (os.cpu_count() or 1) > 1
        self._pieces: deque[_Piece] = deque()
        self._size = self.recording.size  # when it was last checked
        self._planned = 0  # the start of the next piece
        self._done = 0  # the end of the pieces in the timeline
        self._end = 0  # the end of the last complete line in the timeline
        self._lines = 0
        self._records = 0
        self._problems: list[Unreadable] = []
        self._unreadable = 0
        self._torn: Unreadable | None = None
        self._refused: RecordingError | None = None

    @property
    def progress(self) -> float:
        """How much of the file is in the timeline, 0 to 1."""
        return self._done / self._size if self._size else 1.0

    @property
    def problems(self) -> list[Unreadable]:
        """The lines that are not records, the first thousand of them, and a truncated line at the end."""
        return self._problems if self._torn is None else [*self._problems, self._torn]

    @property
    def unreadable(self) -> int:
        """How many lines are not records, including the truncated line."""
        return self._unreadable + (self._torn is not None)

    def line_of(self, row: int) -> int:
        """The line of a row of the timeline, from 1, if all rows are of this recording."""
        if self._lines == self._records:  # each line is a record, as almost always
            return row + 1
        return self.recording.line_numbers.at(self._timeline.offsets[row])

    def advance(self, budget: float) -> bool:
        """Work for `budget` seconds (plus a piece of the file if a line is long); True when all is indexed.

        After that, another call looks for what was appended to the file. Raises UnreadableFile for an empty file and
        one without a record, LaterVersion for a record of a later version; what was read before stays.
        """
        if self._refused is not None:
            raise self._refused
        try:
            return self._advance(perf_counter() + budget)
        except RecordingError as error:
            self._refused = error
            self._dismiss()
            raise

    def _advance(self, deadline: float) -> bool:
        self._look()
        while self._done < self._size:
            self._plan()
            self._help()
            if not self._take_first() and not (self._read_next() and self._take_first()):
                self._wait(deadline)
            if perf_counter() >= deadline and self._done < self._size:
                return False
        self._finish()
        return True

    def close(self) -> None:
        """End the second process and close the file; records can no longer be read."""
        self._dismiss()
        self.recording.close()

    def _look(self) -> None:
        """Find out whether the file has grown."""
        size = self.recording.size
        if self._done < self._size or size == self._size:
            return
        if size < self._size:
            raise UnreadableFile(self.recording.path, "the file has shrunk since it was opened")
        self._torn = None
        self._size, self._planned, self._done = size, self._end, self._end

    def _plan(self) -> None:
        """Keep the window full."""
        while self._planned < self._size and len(self._pieces) < WINDOW:
            end = min(self._planned + (PIECE if self._planned else FIRST_PIECE), self._size)
            self._pieces.append(_Piece(self._planned, end))
            self._planned = end

    def _help(self) -> None:
        """Give the second process work, and take its results."""
        second = self._second
        if second is None:
            if self._may_help and self._done and self._size - self._done > self._large:
                self._may_help = False
                with suppress(OSError):
                    self._second = SecondReader(self.recording.path, self.recording.file)
            return
        given = deque(piece for piece in self._pieces if piece.given and piece.block is None)
        while (block := second.take()) is not None:
            given.popleft().block = block
        if second.ended:
            self._do_without()
        elif second.ready:
            for piece in islice(self._pieces, 1, None):
                if len(given) >= AHEAD:
                    return
                if not piece.given and piece.block is None:
                    piece.given = True
                    second.ask_for(piece.start, piece.end)
                    given.append(piece)

    def _wait(self, deadline: float) -> None:
        """Let the second process work if all available pieces are given to it."""
        if self._second is not None and all(piece.given or piece.block is not None for piece in self._pieces):
            self._second.wait(max(deadline - perf_counter(), 0))

    def _do_without(self) -> None:
        """The second process has ended unexpectedly: read again, in order, all that is not in the timeline yet."""
        self._dismiss()
        self._reader = LineReader()
        for piece in self._pieces:
            piece.given, piece.block = False, None

    def _dismiss(self) -> None:
        if self._second is not None:
            self._second.close()
            self._second = None

    def _read_next(self) -> bool:
        """Read the first piece that is not in work; False if all are."""
        for piece in self._pieces:
            if not piece.given and piece.block is None:
                piece.block = read_piece(self._reader, self.recording.file, piece.start, piece.end)
                return True
        return False

    def _take_first(self) -> bool:
        """Load the first piece into the timeline; False if it has not been read yet."""
        piece = self._pieces[0]
        if piece.block is None:
            return False
        self._pieces.popleft()
        self._done = piece.end
        self._take(self._second_feed if piece.given else self._feed, piece.block)
        if self._records == 0 and self._problems and self._done >= HOPELESS:
            self._refuse()
        return True

    def _take(self, feed: BulkAppender, block: ReadChunk) -> None:
        feed.take(block.batch)
        self._records += len(block.batch)
        self._unreadable += len(block.problems)
        for problem in block.problems[: MAX_PROBLEMS - len(self._problems)]:
            self._problems.append(Unreadable(problem.reason, self._lines + (problem.line or 0), problem.offset))
        if block.later is not None:
            raise LaterVersion(block.later.version, self._lines + (block.later.line or 0))
        self._lines += block.lines
        self._end = max(self._end, block.end)

    def _finish(self) -> None:
        """Read the last line if it has no line feed, and end the second process."""
        self._dismiss()
        if self._end < self._size and self._torn is None:
            block = read_tail(self._reader, self.recording.file, self._end, self._size)
            if len(block.batch) or block.later is not None:
                self._take(self._feed, block)
                self._end = self._size
            elif block.problems:
                reason = f"the last line is truncated: {block.problems[0].reason}"
                self._torn = Unreadable(reason, self._lines + 1, self._end)
        if self._records == 0:
            self._refuse()

    def _refuse(self) -> None:
        """Raise the error for a file without records."""
        if self._size == 0:
            raise UnreadableFile(self.recording.path, "the file is empty")
        problems = self.problems
        reason = f"this is not a recording: {problems[0]}" if problems else "the file contains no record"
        raise UnreadableFile(self.recording.path, reason)

    def _connection_of(self, key: ConnectionKey) -> int:
        """The timeline's number for a connection of the file; without numbers, each charge point has one."""
        if key.connection == 0:
            return 0
        own = key.connection, "" if key.connection > 0 else key.charge_point
        number = self._connections.get(own)
        if number is None:
            number = self._connections[own] = self._timeline.free_connection(key.connection)
        return number
