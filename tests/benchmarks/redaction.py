"""A redacted conversion of a recording beside a plain one.

    python -m tests.benchmarks.redaction [RECORDS | FILE] [ROUNDS]

Prints microseconds a record of each, for the best of the rounds, what the search for the secrets of the file takes of
the plain one, and last the ratio of redacted to plain. The goal is 3.
"""

from __future__ import annotations

import asyncio
import io
import sys
from contextlib import nullcontext
from pathlib import Path
from time import process_time

from ocpptui.exporting import Format
from ocpptui.exporting.exported_records import Extract
from ocpptui.filter.selection import Selection
from ocpptui.redaction.redact import redaction_of
from ocpptui.session.file_session import FileSession
from tests.benchmarks.large_recording import large_recording

RECORDS = 24_000
"""Some 10 MB."""


def convert(path: Path, *, redacts: bool) -> tuple[float, float, int]:
    """Seconds for the conversion, seconds of the search in it, and how many records were written."""
    started = process_time()
    opening = FileSession([path])
    while not opening.advance(1):
        pass
    loaded = process_time()
    opening.read_whole()
    searched = process_time()
    timeline = opening.session.timeline
    selection = Selection(timeline)
    while not selection.advance(1):
        pass
    out = io.BytesIO()
    extract = Extract(selection, redaction_of(timeline) if redacts else None)
    written = Format.RECORDING.exporter(extract, out).written
    needed = process_time() - started
    asyncio.run(opening.close())
    return needed, searched - loaded, written


def main() -> None:
    given = sys.argv[1] if len(sys.argv) > 1 else str(RECORDS)
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    with large_recording(int(given)) if given.isdecimal() else nullcontext(Path(given)) as path:
        plain, redacted = [], []
        for _ in range(rounds):
            plain.append(convert(path, redacts=False))
            redacted.append(convert(path, redacts=True))
        records = plain[0][2]
        print(f"{records} records, {path.stat().st_size / 1e6:.0f} MB; microseconds a record")
        for name, runs in (("plain", plain), ("redacted", redacted)):
            print(f"{name:10} {min(run[0] for run in runs) / records * 1e6:7.1f}")
        print(f"{'search':10} {min(run[1] for run in plain) / records * 1e6:7.1f}")
        print(f"ratio      {min(run[0] for run in redacted) / min(run[0] for run in plain):7.2f}")


if __name__ == "__main__":
    main()
