"""A foreign log of 200 MB into a timeline: seconds, memory, and what twice the input costs.

    python -m tests.benchmarks.import_log [MEGABYTES]

Goals: first rows at once, within 300 MB of memory, about twice the time for twice the input.
"""

from __future__ import annotations

import asyncio
import resource
import sys
import tempfile
import time
from pathlib import Path

from ocpptui.session.file_session import FileSession

MEGABYTE = 2**20
VALUES = (
    '{"timestamp":"2026-06-17T02:03:24Z","sampledValue":[{"value":"3480249","context":"Trigger",'
    '"measurand":"Energy.Active.Import.Register","format":"Raw","unit":"Wh"},{"value":"0",'
    '"measurand":"Power.Active.Import","format":"Raw","unit":"W"}]}'
)


def write_log(path: Path, size: int) -> None:
    """A log of evcc's shape with noise between its frames, of about `size` bytes."""
    with path.open("w") as file:
        written, number = 0, 0
        while written < size:
            day, hour, minute = 1 + number // 86400 % 28, number // 3600 % 24, number // 60 % 60
            stamp = f"2026/06/{day:02} {hour:02}:{minute:02}:{number % 60:02}"
            prefix = f"Jun 17 12:03:28 host evcc[28955]: [ocpp  ] TRACE {stamp} "
            name = f"CP{number % 40:03}"
            payload = f'{{"connectorId":1,"meterValue":[{VALUES}]}}'
            written += file.write(
                f'{prefix}recv {name}: [2,"{number}","MeterValues",{payload}]\n'
                f"{prefix}handling incoming CALL [{number}, MeterValues] from {name}\n"
                f'{prefix}send {name}: [3,"{number}",{{}}]\n'
                f"{prefix}sent CALL RESULT [{number}] for {name}\n"
            )
            number += 1


def import_all(path: Path) -> tuple[float, float, int]:
    """Seconds to the first rows, seconds to the end, records."""
    began = time.perf_counter()
    opening = FileSession([path])
    first = 0.0
    while not opening.advance(0.02):
        if not first and len(opening.session.timeline):
            first = time.perf_counter() - began
    whole = time.perf_counter() - began
    records = len(opening.session.timeline)
    asyncio.run(opening.close())
    return first or whole, whole, records


def main() -> None:
    megabytes = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    with tempfile.TemporaryDirectory() as folder:
        half, full = Path(folder) / "half.log", Path(folder) / "full.log"
        write_log(half, megabytes * MEGABYTE // 2)
        write_log(full, megabytes * MEGABYTE)
        _, of_half, _ = import_all(half)
        first, whole, records = import_all(full)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{megabytes} MB, {records:,} records: first rows {first * 1000:.0f} ms, all {whole:.1f} s")
    print(f"memory at its highest: {memory:.0f} MB (goal 300)")
    print(f"twice the input: {whole / of_half:.2f} times the time (goal about 2)")


if __name__ == "__main__":
    main()
