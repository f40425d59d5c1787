"""Imports files of any format into a timeline in small steps, while the rows so far are already usable.

The records are written as a recording of our own to a private file. The timeline finds them there by offset like those
of any recording, and memory does not grow with the size of the files.
"""

from __future__ import annotations

from array import array
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from itertools import chain, starmap
from pathlib import Path
from time import perf_counter

from ocpptui.importing.files.rotated_logs import LONGEST_GAP
from ocpptui.importing.finished_records import FinishedRecords
from ocpptui.importing.import_tally import ImportTally
from ocpptui.importing.merger import BothSides, Merger
from ocpptui.importing.reader import ImportOptions, Pause
from ocpptui.importing.shared_reading import Step
from ocpptui.importing.source_file import ForeignFile
from ocpptui.importing.words.western_letters import legible
from ocpptui.ocpp.date_times import in_calendar
from ocpptui.ocpp.durations import duration_text
from ocpptui.recording.file_errors import RecordingError
from ocpptui.recording.line_format import raw_as_json
from ocpptui.recording.nameless_recording import nameless_recording
from ocpptui.recording.problem import Problem
from ocpptui.runtime.standard_input import input_name
from ocpptui.timeline.bulk_append import BulkAppender
from ocpptui.timeline.columns import ConnectionKey
from ocpptui.timeline.masking import Masking
from ocpptui.timeline.record import ConnectionEvent, Record
from ocpptui.timeline.record_batches import RecordBatches
from ocpptui.timeline.timeline import Timeline

LARGE = 2**17
"""Characters of a message from which a thread masks and writes it."""
BATCH = 100
"""How many records are read between two checks of the time."""


class Importer:
    """Imports files of any format into a timeline, merged by time.

    Call `advance` repeatedly, always from the thread that owns the timeline. Raises UnreadableFile if a file cannot be
    opened.
    """

    def __init__(
        self, paths: Sequence[Path], timeline: Timeline, choices: ImportOptions, *, keep_secrets: bool = False
    ) -> None:
        self.files = _opened(paths, choices, keep_secrets)
        self.failures: list[str] = []
        """Why files could not be read to their end, one sentence each."""
        self.idle = False
        """Nothing more is available for now, but more may come."""
        self.waits = False
        """Another process or thread reads what comes next, and the caller can do something else meanwhile."""
        self._timeline = timeline
        self._keeps_secrets = keep_secrets
        self._shifts = [choices.shifts.get(path, 0) for path in paths]
        self._steps: list[Iterator[Step] | None] = [file.steps() for file in self.files]
        self._merger = Merger(len(paths))
        self._both = BothSides(self._has_ended) if choices.merge else None
        self._transits: list[float] = []
        self._connections: dict[tuple[int, int, str], int] = {}
        self._newest: dict[str, tuple[int, int]] = {}  # of each charge point: its file, and itself
        self._numbers: set[int] = set()  # those of all connections
        self._last_number = 0
        self._waiting: deque[Record] = deque()  # to be appended
        self._finished: FinishedRecords | None = None  # to be appended after those
        self._thread = ThreadPoolExecutor(1, "large records")
        self._aside: Future[Record] | None = None
        self._ended = False
        self._spool = nameless_recording()
        self._batches = RecordBatches(
            self._spool.keep, Masking(keeps_secrets=keep_secrets, of_files=True, found=timeline.know_secrets)
        )
        self._feed = BulkAppender(timeline, self._spool, lambda key: key.connection)
        self._feed_of_finished = BulkAppender(
            timeline, self._spool, lambda key: self._connection_of(0, key) if key.connection else 0
        )
        self._lines = array("I")  # of each record, in its file
        self._file_numbers = array("H")  # of each record, if there are several
        self._latest = [0] * len(paths)  # the latest time of each file, if there are several
        if len(paths) > 1:
            timeline.reach = lambda index: self._latest[self._file_numbers[index]]

    @property
    def progress(self) -> float:
        """From 0 to 1, for all files together."""
        if all(steps is None for steps in self._steps):
            return 1.0
        done = sum(1.0 if steps is None else file.progress for steps, file in zip(self._steps, self.files, strict=True))
        return done / len(self.files)

    @property
    def problems(self) -> list[Problem]:
        """The parts of the files that are not records."""
        return [Problem(file.path, problem) for file in self.files for problem in file.problems]

    @property
    def unreadable(self) -> int:
        """How many parts of the files are not records."""
        return len(self.problems)

    @property
    def skipped(self) -> Iterator[Problem]:
        """The lines that contain no frame, the first thousand of each file."""
        for file in self.files:
            for place in file.tally.skipped:
                yield Problem(file.path, place)

    @property
    def tallies(self) -> list[str]:
        """How much of each other tool's capture was understood, one sentence each."""
        return [f"{input_name(file.path)}: {file.summary}" for file in self.files if file.format != "recording"]

    @property
    def warnings(self) -> list[str]:
        """For which reasons a part of what was inferred is uncertain or wrong; they are also in `evidence`."""
        return [
            f"{input_name(file.path)}: {legible(warning)}" for file in self.files for warning in file.tally.warnings
        ]

    @property
    def evidence(self) -> list[str]:
        """What was inferred and why, one sentence each."""
        told = [legible(sentence) for file in self.files for sentence in file.tally.evidence]
        if self._both is not None:
            merged, transit = self._both.merged, ""
            frames = f"{merged:,} frame{' was' if merged == 1 else 's were'}"
            if self._transits:
                from statistics import median  # which takes long to load, and few need it

                transit = f"; the other side recorded {duration_text(median(self._transits) * 1000)} later"
            told.append(f"{frames} recorded by both sides{transit}.")
        return told

    def place_of(self, index: int) -> tuple[Path, int]:
        """The file that a record comes from, and its line in it, from 1; 0 if it is in no line."""
        file = self.files[self._file_numbers[index] if len(self.files) > 1 else 0]
        return file.path, self._lines[index] if file.has_lines else 0

    def advance(self, budget: float) -> bool:
        """Read further for about `budget` seconds; True when everything is read, which is never while following."""
        deadline = perf_counter() + budget
        while self._append_waiting(deadline):
            if self._ended:
                self.waits = False
                return True
            pauses = [self._read(number) for number, steps in enumerate(self._steps) if steps is not None]
            self._waiting.extend(self._ready())
            if all(steps is None for steps in self._steps):
                self._ended = True
                if self._both is not None:
                    self._waiting.extend(starmap(self._as_one_of_all, self._both.finish()))
            self.idle = not self._ended and all(pause is Pause.IDLE for pause in pauses)
            self.waits = not self._ended and all(pause is Pause.WAITING for pause in pauses)
            if self.idle or self.waits or (perf_counter() >= deadline and not self._ended):
                self._append_waiting(deadline)
                return False
        self.idle = self.waits = False
        return False

    def close(self) -> None:
        """Close the files; records can no longer be read."""
        self._thread.shutdown(cancel_futures=True)
        for file in self.files:
            file.close()
        self._spool.close()

    def _read(self, number: int) -> Pause | None:
        """Read a little of a file if its records are needed; IDLE if it has nothing more for now."""
        steps = self._steps[number]
        assert steps is not None
        shift = self._shifts[number]
        if not self._merger.has_room(number):
            return None
        self._merger.go_on(number)
        taken = 0
        while taken < BATCH:
            try:
                step = next(steps)
            except StopIteration:
                self._end(number)
                return None
            except RecordingError as error:
                self.failures.append(str(error))
                self._end(number)
                return None
            self._learn_secrets(self.files[number].tally, step)
            if isinstance(step, Pause):
                if step is Pause.IDLE:
                    self._merger.finish(number)
                return step
            if isinstance(step, FinishedRecords):
                if len(self.files) == 1 and not shift and self._both is None:
                    self._finished = step
                    return None
                step = list(step.records())
            if shift:
                step = [replace(record, time=in_calendar(record.time + shift)) for record in step]
            self._merger.put(number, step)
            taken += len(step) or BATCH // 4  # looking for frames takes time too
        return None

    def _learn_secrets(self, tally: ImportTally, step: Step) -> None:
        """Mask in every record what a file shows to be secret beside its records, or in those masked already."""
        if tally.secrets and (secrets := tally.taken_secrets()) and not self._keeps_secrets:
            self._timeline.know_secrets(secrets)
        if isinstance(step, FinishedRecords) and step.secrets:
            self._timeline.know_secrets(step.secrets)

    def _end(self, number: int) -> None:
        self._steps[number] = None
        self._merger.finish(number)

    def _has_ended(self, number: int) -> bool:
        """Whether every record of a file has got its place."""
        return self._steps[number] is None and self._merger.has_room(number)

    def _ready(self) -> Iterator[Record]:
        """The records whose place is now certain."""
        ready = self._merger.take()
        if self._both is not None:
            ready = chain.from_iterable(starmap(self._both.take, ready))
        return starmap(self._as_one_of_all, ready)

    def _append_waiting(self, deadline: float) -> bool:
        """Append what waits to the timeline; False if it is not done by then, because a thread reads a large record."""
        waiting = self._waiting
        while waiting:
            few = list[Record]()
            while waiting and len(waiting[0].raw or "") < LARGE:
                few.append(waiting.popleft())
            if few:
                self._feed.take(self._batches.batch(few))
            if waiting:
                if self._aside is None:
                    self._aside = self._thread.submit(self._kept, waiting[0])
                with suppress(TimeoutError):
                    self._aside.exception(max(deadline - perf_counter(), 0))
                if not self._aside.done():
                    return False
                self._feed.take(self._batches.batch_of_masked(self._aside.result()))
                self._aside = None
                waiting.popleft()
        if self._finished is not None:
            finished, self._finished = self._finished, None
            self._append_finished(finished)
        return True

    def _append_finished(self, records: FinishedRecords) -> None:
        """Append what another process has finished; of a single file, they are the next rows as they are."""
        batch = records.batch
        places = [*map(self._spool.keep_line, records.lines)]
        batch.offsets = array("q", [offset for offset, _ in places])
        batch.lengths = array("I", [length for _, length in places])
        self._lines.extend(records.numbers)
        self._feed_of_finished.take(batch)

    def _kept(self, record: Record) -> Record:
        """A large record as it is kept; nothing else is masked meanwhile."""
        kept = self._batches.masked(record)
        return replace(kept, raw_json=raw_as_json(kept.raw)) if isinstance(kept.raw, str) else kept

    def _as_one_of_all(self, number: int, record: Record) -> Record:
        """The record of a file as one of the timeline, of which it becomes the next row."""
        self._lines.append(record.line)
        if len(self.files) > 1:
            self._file_numbers.append(number)
            self._latest[number] = max(self._latest[number], record.time)
        if self._both is not None and type(transit := record.detail.get("transitMs")) is float:
            self._transits.append(transit)
        if record.connection or record.kind.is_message:
            record.connection = self._connection_of(number, record)
        if len(self.files) > 1 and "clockSetMs" in record.detail:
            # The clock of one file was set, and the records of the others between its own are not by that clock.
            record = replace(record, detail={key: one for key, one in record.detail.items() if key != "clockSetMs"})
        return record

    def _continued(self, number: int, record: Record) -> int:
        """The last connection of the charge point in an earlier file, if this one goes on soon after its end; else 0.

        A call at the end of a rotated log has its answer at the beginning of the next.
        """
        file, connection = self._newest.get(record.charge_point, (number, 0))
        if record.detail.get("event") == ConnectionEvent.OPENED:
            return 0  # a new one begins with the file
        if file == number or not self._has_ended(file):
            return 0
        if record.time - self._latest[file] > LONGEST_GAP:
            return 0
        self._newest[record.charge_point] = number, connection
        return connection

    def _connection_of(self, number: int, known: Record | ConnectionKey) -> int:
        """The timeline's number for a connection of a file; when merged, both sides of one have the same number."""
        if self._both is not None and known.charge_point:
            key = (0, 0, known.charge_point)
        else:
            key = (number, known.connection, "" if known.connection else known.charge_point)
        connection = self._connections.get(key)
        if connection is None and isinstance(known, Record) and (goes_on := self._continued(number, known)):
            connection = self._connections[key] = goes_on
        if connection is None:
            connection = self._timeline.free_connection(known.connection)
            if connection in self._numbers:  # the first records of that one are still to be appended
                connection = max(self._timeline.free_connection(0), self._last_number + 1)
            self._connections[key] = connection
            if known.charge_point:
                self._newest[known.charge_point] = number, connection
            self._numbers.add(connection)
            self._last_number = max(self._last_number, connection)
        return connection


def _opened(paths: Sequence[Path], choices: ImportOptions, keep_secrets: bool) -> list[ForeignFile]:
    """The files, all of them or none: raises UnreadableFile for the first that cannot be opened."""
    files: list[ForeignFile] = []
    try:
        files.extend(ForeignFile(path, choices, keep_secrets=keep_secrets) for path in paths)
    except RecordingError:
        for file in files:
            file.close()
        raise
    return files
