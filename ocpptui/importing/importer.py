"""Files of any format into a timeline, in small steps, while the rows that are there already can be used.

What is read is written anew as a recording of our own into a file that nobody else sees, so that the timeline finds it
there by offset as it finds everything else, and memory does not grow with the size of the files.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from statistics import median
from time import perf_counter

from ocpptui.importing.merger import BothSides, Merger
from ocpptui.importing.source_file import ForeignFile, ImportOptions, Pause, Step
from ocpptui.recording.file_errors import RecordingError
from ocpptui.recording.line_format import Unreadable
from ocpptui.recording.writer import RecordingWriter
from ocpptui.timeline.masking import masked
from ocpptui.timeline.record import Record
from ocpptui.timeline.timeline import Timeline

BATCH = 50
"""Records between two looks at the clock."""


class Importer:
    """Brings files of any format into a timeline, one after the other by time.

    Call `advance` again and again, always from the thread that owns the timeline. Raises UnreadableFile where a file
    cannot be opened.
    """

    def __init__(
        self, paths: Sequence[Path], timeline: Timeline, choices: ImportOptions, *, keep_secrets: bool = False
    ) -> None:
        self.files = [ForeignFile(path, choices) for path in paths]
        self.failures: list[str] = []
        """Why a file could not be read to its end, one sentence each."""
        self.idle = False
        """Nothing more is there for now, but more may come."""
        self._timeline = timeline
        self._keep_secrets = keep_secrets
        self._shifts = [choices.shifts.get(path, 0) for path in paths]
        self._steps: list[Iterator[Step] | None] = [file.steps() for file in self.files]
        self._merger = Merger(len(paths))
        self._both = BothSides() if choices.merge else None
        self._transits: list[float] = []
        self._connections: dict[tuple[int, int, str], int] = {}
        self._spool = _spool()

    @property
    def progress(self) -> float:
        """From 0 to 1, over all files."""
        if all(steps is None for steps in self._steps):
            return 1.0
        done = sum(1.0 if steps is None else file.progress for steps, file in zip(self._steps, self.files, strict=True))
        return done / len(self.files)

    @property
    def problems(self) -> list[tuple[Path, Unreadable]]:
        """What of the files is no record."""
        return [(file.path, problem) for file in self.files for problem in file.problems]

    @property
    def evidence(self) -> list[str]:
        """What was inferred and why, a sentence each."""
        told = [sentence for file in self.files for sentence in file.tally.evidence]
        if self._both is not None:
            transit = f"; the other side has them {median(self._transits):.1f} ms later" if self._transits else ""
            told.append(f"{self._both.merged} frames were seen by both sides{transit}.")
        return told

    def advance(self, budget: float) -> bool:
        """Read on for about `budget` seconds; True when everything is in, which a file that is followed never is."""
        deadline = perf_counter() + budget
        while any(steps is not None for steps in self._steps):
            pauses = [self._read(number) for number, steps in enumerate(self._steps) if steps is not None]
            self._put_ready()
            self.idle = bool(pauses) and all(pause is Pause.IDLE for pause in pauses)
            if self.idle or perf_counter() >= deadline:
                return False
        self._put_ready()
        if self._both is not None:
            for number, record in self._both.finish():
                self._put(number, record)
        return True

    def close(self) -> None:
        """Let go of the files; records can no longer be read."""
        for file in self.files:
            file.close()
        self._spool.close()

    def _read(self, number: int) -> Pause | None:
        """Read a little of a file where something is needed of it; IDLE where it has nothing more for now."""
        steps = self._steps[number]
        assert steps is not None
        shift = self._shifts[number]
        if not self._merger.wants(number):
            return None
        self._merger.go_on(number)
        for _ in range(BATCH):
            try:
                step = next(steps)
            except StopIteration:
                self._end(number)
                return None
            except RecordingError as error:
                self.failures.append(str(error))
                self._end(number)
                return None
            if isinstance(step, Pause):
                if step is Pause.IDLE:
                    self._merger.finish(number)
                return step
            self._merger.put(number, replace(step, time=step.time + shift) if shift else step)
        return None

    def _end(self, number: int) -> None:
        self._steps[number] = None
        self._merger.finish(number)

    def _put_ready(self) -> None:
        for number, record in self._merger.take():
            if self._both is None:
                self._put(number, record)
                continue
            for owner, ready in self._both.take(number, record):
                self._put(owner, ready)

    def _put(self, number: int, record: Record) -> None:
        transit = record.detail.get("transitMs")
        if type(transit) is float:
            self._transits.append(transit)
        record.connection = self._connection_of(number, record)
        if not self._keep_secrets:
            record = masked(record)
        self._timeline.append(record, self._spool)

    def _connection_of(self, number: int, record: Record) -> int:
        """The number in the timeline of the connection of a record; both sides of one have the same where merged."""
        if record.connection == 0 and not record.kind.is_message:
            return 0
        if self._both is not None and record.charge_point:
            key = (0, 0, record.charge_point)
        else:
            key = (number, record.connection, "" if record.connection else record.charge_point)
        connection = self._connections.get(key)
        if connection is None:
            connection = self._connections[key] = self._timeline.free_connection(record.connection)
        return connection


def _spool() -> RecordingWriter:
    """A recording that has no name any more, so that nothing of it is left whatever becomes of this program."""
    handle, name = tempfile.mkstemp(prefix="ocpptui-", suffix=".jsonl")
    os.close(handle)
    return RecordingWriter(Path(name), nameless=True)
