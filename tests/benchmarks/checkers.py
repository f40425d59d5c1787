"""The rules that need a state, beside the index of the same large recording, in one process.

    python -m tests.benchmarks.checkers [RECORDS | FILE] [ROUNDS]

Prints microseconds of processor time a record, and last the ratio of the best run of the checkers to the best index.
The goal is 1: checking a file takes no more than twice as long as opening it.
"""

from __future__ import annotations

import sys
from contextlib import nullcontext
from math import inf
from pathlib import Path
from time import process_time

from ocpptui.diagnosis.diagnosis import Diagnosis
from ocpptui.recording.indexer import Indexer
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


def main() -> None:
    given = sys.argv[1] if len(sys.argv) > 1 else str(DEFAULT)
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    with large_recording(int(given)) if given.isdecimal() else nullcontext(Path(given)) as path:
        runs = [measured(path) for _ in range(rounds)]
    for index, checkers in runs:
        print(f"index {index:.2f}, checkers {checkers:.2f} microseconds a record")
    best_index, best_checkers = (min(column) for column in zip(*runs, strict=True))
    print(f"checkers / index: {best_checkers / best_index:.2f} (goal: at most 1)")


if __name__ == "__main__":
    main()
