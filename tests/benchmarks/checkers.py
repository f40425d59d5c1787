"""The rules that need a state, and the whole of `ocpptui check`, beside the index of the same large recording.

    python -m tests.benchmarks.checkers [RECORDS | FILE] [ROUNDS]

Prints microseconds of processor time a record in one process, then seconds on the clock, and of processor time, with
all the processes that a user gets, and last the ratios of the best runs. The goal is that a check takes no more than
twice as long as the index. On a machine with other work, processor time shows what a change saves, the clock does not.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from math import inf
from pathlib import Path
from time import perf_counter, process_time
from typing import NamedTuple

from ocpptui.diagnosis.diagnosis import Diagnosis
from ocpptui.exporting.check_formats import CheckFormat
from ocpptui.exporting.check_report import CheckReport, Choice
from ocpptui.recording.indexer import Indexer
from ocpptui.runtime.garbage import resume_collections
from ocpptui.session.file_session import FileSession
from ocpptui.timeline.timeline import Timeline
from tests.benchmarks.large_recording import large_recording

DEFAULT = 200_000


def measured(path: Path) -> tuple[float, float]:
    """Microseconds a record of the index, and of the checkers."""
    timeline = Timeline()
    timeline.masks_when_read = True
    diagnosis = Diagnosis(timeline)
    diagnosis.defers = True
    indexer = Indexer(path, timeline, large=sys.maxsize)
    began = process_time()
    while not indexer.advance(1):
        pass
    indexed = process_time()
    diagnosis.advance(inf)
    checked = process_time()
    indexer.close()
    return (indexed - began) / len(timeline) * 1e6, (checked - indexed) / len(timeline) * 1e6


class TimeTaken(NamedTuple):
    """What something took, in seconds; the processor time is that of all its processes, which have ended."""

    clock: float
    processor: float

    def __str__(self) -> str:
        return f"{self.clock:.2f} s ({self.processor:.2f} s of processor time)"


@contextmanager
def stopwatch(taken: list[TimeTaken]) -> Iterator[None]:
    """Add what a block takes."""
    began, before = perf_counter(), sum(os.times()[:4])
    yield
    taken.append(TimeTaken(perf_counter() - began, sum(os.times()[:4]) - before))


def whole(path: Path, indexed: list[TimeTaken], checked: list[TimeTaken]) -> None:
    """Add what it takes until the file is indexed, and until everything of a check is done, with its report."""
    with stopwatch(indexed):
        opening = FileSession([path], diagnoses=False)
        while not opening.advance(1):
            pass
    asyncio.run(opening.close())
    with stopwatch(checked):
        opening = FileSession([path])
        opening.read_whole()
        timeline, helpers = opening.session.timeline, opening.session.diagnosis.helpers
        report = CheckReport(timeline, Choice(), str(path), opening.unread, opening.place_of, helpers)
        deque(CheckFormat.TEXT.lines(report), 0)
        asyncio.run(opening.close())  # only then the time of the other processes is known


def main() -> None:
    given = sys.argv[1] if len(sys.argv) > 1 else str(DEFAULT)
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    resume_collections()  # as the program does
    with large_recording(int(given)) if given.isdecimal() else nullcontext(Path(given)) as path:
        runs = [measured(path) for _ in range(rounds)]
        indexed, checked = list[TimeTaken](), list[TimeTaken]()
        for _ in range(rounds):
            whole(path, indexed, checked)
    for index, checkers in runs:
        print(f"index {index:.2f}, checkers {checkers:.2f} microseconds a record")
    best_index, best_checkers = (min(column) for column in zip(*runs, strict=True))
    for of_index, of_check in zip(indexed, checked, strict=True):
        print(f"whole index {of_index}, whole check {of_check}")
    print(f"checkers / index, in one process: {best_checkers / best_index:.2f}")
    by_processor = min(one.processor for one in checked) / min(one.processor for one in indexed)
    by_clock = min(one.clock for one in checked) / min(one.clock for one in indexed)
    print(f"whole check / whole index: {by_clock:.2f} (goal: at most 2), in processor time {by_processor:.2f}")


if __name__ == "__main__":
    main()
