"""The memory of an open large recording.

    python -m tests.benchmarks.memory [RECORDS | FILE]

Prints the resident memory of a process that has indexed the recording, its peak, that of the second process, which
has ended by then, and of the same process before it began. The goal is 150 MB for 1,000,000 records of 430 MB.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from contextlib import nullcontext
from pathlib import Path

from ocpptui.timeline.timeline import Timeline
from tests.benchmarks.large_recording import DEFAULT_RECORDS, large_recording
from tests.recording.indexing import index_all


def resident() -> float:
    """Resident memory of this process in MB; its peak where the system does not tell."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except OSError:
        return peak(resource.RUSAGE_SELF)
    return pages * os.sysconf("SC_PAGESIZE") / 1e6


def peak(whose: int) -> float:
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(whose).ru_maxrss * unit / 1e6


def measure(path: Path) -> None:
    before = resident()
    timeline = Timeline()
    indexer = index_all(path, timeline)
    for index in range(0, len(timeline), max(len(timeline) // 2000, 1)):
        timeline.record(index)  # somebody scrolls through all of it
    print(f"{len(timeline)} records, {path.stat().st_size / 1e6:.0f} MB on disk")
    print(f"before {before:.0f} MB, peak {peak(resource.RUSAGE_SELF):.0f} MB", end=", ")
    print(f"peak of the second process {peak(resource.RUSAGE_CHILDREN):.0f} MB")
    print(f"open recording: {resident():.0f} MB (goal 150)")
    indexer.close()


def main() -> None:
    if len(sys.argv) > 2:
        measure(Path(sys.argv[2]))
        return
    given = sys.argv[1] if len(sys.argv) > 1 else str(DEFAULT_RECORDS)
    with large_recording(int(given)) if given.isdecimal() else nullcontext(Path(given)) as path:
        # A process of its own: this one has written the recording, and a peak never falls.
        subprocess.run([sys.executable, "-m", "tests.benchmarks.memory", "measure", str(path)], check=True)


if __name__ == "__main__":
    main()
