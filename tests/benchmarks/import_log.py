"""A foreign log of 100 MB into a timeline: seconds, memory, what twice the input costs, and what `lnav` needs.

    python -m tests.benchmarks.import_log [MEGABYTES]

Goals, on two cores: first rows within 100 ms, five times as long as `lnav -n` at most, 80 MB of memory, and about twice
the time for twice the input. The log has the lines of Home Assistant, evcc and SteVe, with noise between them: a third
of its lines have no frame. It is the same for the same size.
"""

from __future__ import annotations

import asyncio
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from random import Random

import orjson

from ocpptui.runtime.garbage import hold_collections, resume_collections
from ocpptui.session.file_session import FileSession

DEFAULT = 100
"""Megabytes: about 550,000 lines with 366,000 frames."""
STRETCH = 2000
"""How many exchanges one tool writes before the next one does."""
RUNS = 2
"""How many times each is measured; the fastest counts, as other programs only slow it down."""


def lines() -> Iterator[str]:
    """The lines of three tools, one after the other, for ever."""
    random, now, number = Random(5), datetime(2026, 6, 17, 12, 3, 24, tzinfo=UTC), 0
    while True:
        for tool in (_home_assistant, _evcc, _steve):
            for _ in range(STRETCH):
                now += timedelta(milliseconds=random.randrange(1, 400))
                number += 1
                call, answer = _exchange(random, now, number)
                yield from tool(now, f"CP{number % 40:03}", call, answer, number)


def _exchange(random: Random, now: datetime, number: int) -> tuple[str, str]:
    """A call of a charge point and its answer."""
    stamp = f"{now:%Y-%m-%dT%H:%M:%S}Z"
    if number % 8 == 0:
        return f'[2,"{number}","Heartbeat",{{}}]', f'[3,"{number}",{{"currentTime":"{stamp}"}}]'
    if number % 8 == 1:
        status = random.choice(("Available", "Preparing", "Charging", "Finishing"))
        content = f'{{"connectorId":1,"errorCode":"NoError","status":"{status}","timestamp":"{stamp}"}}'
        return f'[2,"{number}","StatusNotification",{content}]', f'[3,"{number}",{{}}]'
    values = (
        f'{{"timestamp":"{stamp}","sampledValue":[{{"value":"{random.randrange(9**7)}","context":"Sample.Periodic",'
        f'"measurand":"Energy.Active.Import.Register","unit":"Wh"}},{{"value":"{random.randrange(11000)}",'
        f'"measurand":"Power.Active.Import","unit":"W"}}]}}'
    )
    content = f'{{"connectorId":1,"transactionId":{number // 50},"meterValue":[{values}]}}'
    return f'[2,"{number}","MeterValues",{content}]', f'[3,"{number}",{{}}]'


def _home_assistant(now: datetime, name: str, call: str, answer: str, number: int) -> Iterator[str]:
    stamp = f"{now:%Y-%m-%d %H:%M:%S}.{number % 1000:03}"
    yield f"{stamp} INFO (MainThread) [ocpp] {name}: receive message {call}"
    yield f"{stamp} INFO (MainThread) [ocpp] {name}: send {answer}"
    yield f"{stamp} DEBUG (MainThread) [custom_components.ocpp] Updated sensors of {name} in {number % 70} ms"


def _evcc(now: datetime, name: str, call: str, answer: str, number: int) -> Iterator[str]:
    stamp = f"[ocpp  ] TRACE {now:%Y/%m/%d %H:%M:%S}"
    yield f"{stamp} recv {name}: {call}"
    yield f"{stamp} send {name}: {answer}"
    yield f"[site  ] DEBUG {now:%Y/%m/%d %H:%M:%S} grid power: {number % 9000}W"


def _steve(now: datetime, name: str, call: str, answer: str, number: int) -> Iterator[str]:
    stamp = f"[INFO ] {now:%Y-%m-%d %H:%M:%S},{number % 1000:03}"
    session = f"4a5c{name[3:]}e1-9bd2-b7f0-52f64a{name[2:]}"
    where = f"(qtp1804-{number % 90}) - [chargeBoxId={name}, sessionId={session}]"
    yield f"{stamp} de.rwth.idsg.steve.ocpp.ws.WebSocketLogger {where} Received: {call}"
    yield f"{stamp} de.rwth.idsg.steve.ocpp.ws.WebSocketLogger {where} Sending: {answer}"
    yield f"{stamp} de.rwth.idsg.steve.repository.impl.OcppServerRepositoryImpl (qtp1804-{number % 90}) - Updated row"


def write_log(path: Path, size: int) -> int:
    """Write a log of about `size` bytes; return how many lines it has."""
    source, written, count = lines(), 0, 0
    with path.open("w") as file:
        while written < size:
            block = list(islice(source, 3000))
            written += file.write("\n".join(block) + "\n")
            count += len(block)
    return count


def import_all(path: Path) -> dict[str, float]:
    """Seconds to the first rows and to the end, records, and megabytes of memory.

    Garbage is collected as in the program: not before the first rows, and seldom after that.
    """
    hold_collections()
    began = time.perf_counter()
    opening = FileSession([path])
    first = 0.0
    while not opening.advance(0.02):
        if not first and len(opening.session.timeline):
            first = time.perf_counter() - began
            resume_collections()
    whole = time.perf_counter() - began
    records = len(opening.session.timeline)
    asyncio.run(opening.close())
    return {"first": first or whole, "whole": whole, "records": records, "peak": peak()}


def peak() -> float:
    """The most memory that this process had, in megabytes."""
    try:
        found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    except OSError:
        found = None
    if found is not None:  # what getrusage says on Linux includes the process that started this one
        return int(found[1]) / 1000
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (10**6 if sys.platform == "darwin" else 1000)


def measured(path: Path) -> dict[str, float]:
    """The fastest of some runs, each in a process of its own."""
    command = [sys.executable, "-m", "tests.benchmarks.import_log", "measure", str(path)]
    # With its bytecode, as an installed program: the first run compiles it.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment["PYTHONPYCACHEPREFIX"] = str(path.with_name("bytecode"))
    runs = [
        orjson.loads(subprocess.run(command, check=True, capture_output=True, env=environment).stdout)
        for _ in range(RUNS)
    ]
    fastest: dict[str, float] = min(runs, key=lambda run: run["whole"])
    fastest["first"] = min(run["first"] for run in runs)
    return fastest


def seconds_of_lnav(path: Path) -> float | None:
    """How long `lnav -n` takes to load and write a file; None where it is not installed."""
    lnav = shutil.which("lnav")
    if lnav is None:
        return None
    seconds: list[float] = []
    with tempfile.TemporaryDirectory() as home:
        for _ in range(RUNS):
            began = time.perf_counter()
            subprocess.run(
                [lnav, "-n", str(path)], check=True, stdout=subprocess.DEVNULL, env={**os.environ, "HOME": home}
            )
            seconds.append(time.perf_counter() - began)
    return min(seconds)


def main() -> None:
    if sys.argv[1:2] == ["measure"]:
        print(orjson.dumps(import_all(Path(sys.argv[2]))).decode())
        return
    megabytes = int(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT
    with tempfile.TemporaryDirectory() as folder:
        half, full = Path(folder) / "half.log", Path(folder) / "full.log"
        write_log(half, megabytes * 10**6 // 2)
        count = write_log(full, megabytes * 10**6)
        of_half, of_full, lnav = measured(half), measured(full), seconds_of_lnav(full)
    whole = of_full["whole"]
    print(f"{megabytes} MB, {count:,} lines, {of_full['records']:,} records: {whole:.1f} s")
    print(f"first rows: {of_full['first'] * 1000:.0f} ms (goal 100)")
    print(f"memory at its highest: {of_full['peak']:.0f} MB (goal 80)")
    print(f"twice the input: {whole / of_half['whole']:.2f} times the time (goal about 2)")
    if lnav is None:
        print("not compared with lnav, which is not installed here")
    else:
        print(f"lnav -n: {lnav:.1f} s, so {whole / lnav:.1f} times as long (goal 5)")


if __name__ == "__main__":
    main()
