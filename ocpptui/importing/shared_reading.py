"""Reads a large log with the help of a second process, with the records that one process finds.

The first process starts the second, which reads the file from its beginning (see `log_process`), and reads up to its
first records too, so that the first rows are there at once. From then on it takes what the second one has finished, and
has all of its time for what follows. What is in a record depends on the file and the options alone.
"""

from __future__ import annotations

import marshal
import os
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

from ocpptui.importing.finished_records import FinishedRecords, Packed
from ocpptui.importing.import_tally import ImportTally
from ocpptui.importing.reader import ImportOptions, Pause
from ocpptui.recording.batch_lines import BatchLines
from ocpptui.recording.line_format import Unreadable
from ocpptui.runtime.second_process import SecondProcess, identity_of
from ocpptui.timeline.record import Record

LARGE = 4 * 2**20
"""Bytes of a log from which starting a second process pays off."""
FRUITLESS = 16
"""Blocks of the file without a record after which the first process leaves the reading to the second one."""
AHEAD = 16
"""How many blocks of the file the second process may be ahead."""
WAIT = 0.001
"""Seconds to wait for the second process before the caller can do something else."""
PROGRAM = "ocpptui.importing.log_process"
"""The module that the second process runs."""
FORMAT = 2
"""Of `marshal`: a later one looks for each object among those written before, which takes longer."""

Step = list[Record] | FinishedRecords | Pause
"""The next records, or a pause."""


class Portion(NamedTuple):
    """What a block of the file has."""

    records: Packed
    first: int
    """How many records were found before."""
    is_last: bool
    place: int
    """How many bytes of the file were read."""
    counts: tuple[int, int, int]
    """Lines with a frame and without, so far, and the last without."""
    skipped: list[tuple[str, int]]
    """The lines of this block that are reported."""
    guessed: dict[str, int]
    """These three are as in `ImportTally`, for the file so far."""
    evidence: list[str]
    warnings: list[str]

    def packed(self) -> bytes:
        """Itself as bytes."""
        return marshal.dumps(list(self), FORMAT)

    @classmethod
    def unpacked(cls, data: bytes) -> Portion:
        """The portion that was packed."""
        return cls(*marshal.loads(data))


class SharedReading:
    """The records of one log, which is a file."""

    def __init__(
        self,
        read: Callable[[], Iterator[Step]],
        path: Path,
        file: BinaryIO,
        tally: ImportTally,
        options: ImportOptions,
        *,
        keep_secrets: bool,
    ) -> None:
        """`read` returns the records from the beginning of the open `file`, and counts its lines in `tally`."""
        self._read, self._path, self._file, self._tally = read, path, file, tally
        self._choices = options.for_log(), "keep" if keep_secrets else "mask"
        self._taken = 0  # records
        self._lines = BatchLines()
        self._skipped: list[Unreadable] = []
        self._process: SecondProcess | None = None

    def steps(self) -> Iterator[Step]:
        """The records, with pauses."""
        is_helped, blocks = self._start(), 0
        for step in self._read():
            yield step
            if isinstance(step, list):
                self._taken += len(step)
            elif step is Pause.BUSY:
                blocks += 1
            if is_helped and (self._taken or blocks >= FRUITLESS):
                break
        else:
            return
        while (portion := (yield from self._next())) is not None:
            yield from self._of(portion)
            if portion.is_last:
                return
        yield from self._alone()

    def close(self) -> None:
        """End the second process."""
        if self._process is not None:
            self._process.close()
            self._process = None

    def _start(self) -> bool:
        """Start the second process; False if that is impossible."""
        try:
            self._process = SecondProcess(PROGRAM, self._path, *identity_of(self._file.fileno()), *self._choices)
        except OSError:
            return False
        for _ in range(AHEAD):
            self._process.ask(b"")
        return True

    def _next(self) -> Generator[Pause, None, Portion | None]:
        """The next portion; None if the second process has ended too early."""
        assert self._process is not None
        while (answer := self._process.answer()) is None:
            if self._process.ended:
                return None
            if not self._process.wait(WAIT):
                yield Pause.WAITING
        self._process.ask(b"")
        return Portion.unpacked(answer)

    def _of(self, portion: Portion) -> Iterator[Step]:
        """The records of a portion that were not taken yet."""
        tally, records = self._tally, FinishedRecords.unpacked(portion.records, self._lines)
        self._skipped += [Unreadable(*skipped) for skipped in portion.skipped]
        count = portion.first + len(records)
        if count > self._taken or portion.is_last:
            tally.with_frame, tally.without_frame, tally.last_skipped = portion.counts
            tally.skipped[:], tally.guessed = self._skipped, portion.guessed
            tally.evidence[:], tally.warnings[:] = portion.evidence, portion.warnings
            os.lseek(self._file.fileno(), portion.place, os.SEEK_SET)  # which shows the progress
        if portion.first < self._taken:
            records.leave_out(self._taken - portion.first)
        self._taken = max(self._taken, count)
        yield records
        yield Pause.BUSY

    def _alone(self) -> Iterator[Step]:
        """Read again from the beginning, without the records that were taken: the second process has failed."""
        self._tally.begin_anew()
        known = self._taken
        for step in self._read():
            if isinstance(step, list) and known:
                known, step = max(known - len(step), 0), step[known:]
            yield step
