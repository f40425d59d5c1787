"""The rules that need a state, and the whole of `ocpptui check`, beside the index of the same large recording.

    python -m tests.benchmarks.checkers [RECORDS | FILE] [ROUNDS]

Prints microseconds of processor time a record in one process, then seconds on the clock with all the processes that a
user gets, and last the ratios of the best runs. The goal is that a check takes no more than twice as long as the index.
"""

from __future__ import annotations

import asyncio
import sys
from collections import deque
from contextlib import nullcontext
from math import inf
from pathlib import Path
from time import perf_counter, process_time

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


def whole(path: Path) -> tuple[float, float]:
    """Seconds until the file is indexed, and until everything of a check is done, with its report."""
    began = perf_counter()
    opening = FileSession([path], diagnoses=False)
    while not opening.advance(1):
        pass
    indexed = perf_counter() - began
    asyncio.run(opening.close())
    began = perf_counter()
    opening = FileSession([path])
    opening.read_whole()
    report = CheckReport(opening.session.timeline, Choice(), str(path), opening.unread, opening.place_of)
    deque(CheckFormat.TEXT.lines(report), 0)
    checked = perf_counter() - began
    asyncio.run(opening.close())
    return indexed, checked


def main() -> None:
    given = sys.argv[1] if len(sys.argv) > 1 else str(DEFAULT)
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    resume_collections()  # as the program does
    with large_recording(int(given)) if given.isdecimal() else nullcontext(Path(given)) as path:
        runs = [measured(path) for _ in range(rounds)]
        checks = [whole(path) for _ in range(rounds)]
    for index, checkers in runs:
        print(f"index {index:.2f}, checkers {checkers:.2f} microseconds a record")
    best_index, best_checkers = (min(column) for column in zip(*runs, strict=True))
    for index, check in checks:
        print(f"whole index {index:.2f} s, whole check {check:.2f} s")
    print(f"checkers / index, in one process: {best_checkers / best_index:.2f}")
    best_index, best_check = (min(column) for column in zip(*checks, strict=True))
    print(f"whole check / whole index: {best_check / best_index:.2f} (goal: at most 2)")


if __name__ == "__main__":
    main()
