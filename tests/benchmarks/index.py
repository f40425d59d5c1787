"""The whole index of a large recording beside one pass of orjson.loads over its lines.

    python -m tests.benchmarks.index [RECORDS | FILE] [ROUNDS]

Prints microseconds a record of each round and last the ratio of the best index to the best pass. The goal is 3, and
towards 1.5 with the second process.
"""

from __future__ import annotations

import sys
from contextlib import nullcontext
from pathlib import Path
from time import perf_counter

import orjson

from ocpptui.diagnosis.diagnosis import Diagnosis
from ocpptui.recording.indexer import LARGE, Indexer
from ocpptui.timeline.timeline import Timeline
from tests.benchmarks.large_recording import DEFAULT_RECORDS, large_recording

STEP = 0.02
"""Seconds of work in one step; the screen takes as much between two frames."""


def one_pass(path: Path) -> float:
    """Seconds that orjson needs for all lines."""
    started = perf_counter()
    loads = orjson.loads
    with path.open("rb") as file:
        for line in file:
            loads(line)
    return perf_counter() - started


def index(path: Path, large: int) -> tuple[float, float, int]:
    """Seconds until all is indexed, until the first rows are there, and how many records there are."""
    started = perf_counter()
    timeline = Timeline()
    Diagnosis(timeline)
    indexer = Indexer(path, timeline, large=large)
    indexer.advance(0)
    first = perf_counter() - started
    while not indexer.advance(STEP):
        pass
    needed = perf_counter() - started
    indexer.close()
    return needed, first, len(timeline)


def main() -> None:
    given = sys.argv[1] if len(sys.argv) > 1 else str(DEFAULT_RECORDS)
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    with large_recording(int(given)) if given.isdecimal() else nullcontext(Path(given)) as path:
        best = {"pass": 1e9, "one": 1e9, "two": 1e9}
        records = index(path, LARGE)[2]  # also brings the file into the cache, for all alike
        print(f"{records} records, {path.stat().st_size / 1e6:.0f} MB; microseconds a record")
        for _ in range(rounds):
            passed = one_pass(path)
            one, first, _ = index(path, sys.maxsize)
            two, _, _ = index(path, LARGE)
            for name, seconds in (("pass", passed), ("one", one), ("two", two)):
                best[name] = min(best[name], seconds)
            figures = ", ".join(f"{seconds / records * 1e6:.2f}" for seconds in (passed, one, two))
            print(f"orjson, index by one process, by two: {figures}; first rows after {first * 1e3:.0f} ms")
        print(f"index by one process / orjson: {best['one'] / best['pass']:.2f}")
        print(f"index by two processes / orjson: {best['two'] / best['pass']:.2f} (goal 3, towards 1.5)")


if __name__ == "__main__":
    main()
