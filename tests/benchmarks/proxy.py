"""The latency that a proxy adds to a call and its answer, at the median and for 99 of 100.

Beside it, in the same run: a bare `websockets` relay, and no relay at all. The backend and each relay are processes of
their own; recording on, headless, screen off. Rounds alternate, and the best of each counts, since other programs of
the machine only ever add time. Prints the ratio of what ours adds to what the bare relay adds.

    python -m tests.benchmarks.proxy [calls in each round]
"""

from __future__ import annotations

import asyncio
import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter
from typing import Any

from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection, serve
from websockets.typing import Subprotocol

from ocpptui.runtime.tasks import Tasks

ROUNDS = 5
NAMES = [Subprotocol("ocpp1.6")]
SETTINGS: dict[str, Any] = {"subprotocols": NAMES, "compression": None, "ping_interval": None}
PAYLOAD = {
    "connectorId": 1,
    "transactionId": 7,
    "meterValue": [
        {
            "timestamp": "2026-11-22T10:00:00Z",
            "sampledValue": [
                {"value": "1200", "measurand": "Energy.Active.Import.Register", "unit": "Wh"},
                {"value": "7.2", "measurand": "Power.Active.Import", "unit": "kW"},
            ],
        }
    ],
}


async def backend() -> None:
    """Answers each call with an empty result."""

    async def answer(socket: ServerConnection) -> None:
        async for message in socket:
            await socket.send(json.dumps([3, json.loads(message)[1], {}]))

    await _listen(answer)


async def bare_relay(url: str) -> None:
    """Two tasks for each connection that pass on what the other side sends."""

    async def relay(socket: ServerConnection) -> None:
        assert socket.request is not None
        async with connect(url + socket.request.path, **SETTINGS) as beyond:
            tasks = Tasks("relay")
            both = tasks.start(_pass(socket, beyond), "up"), tasks.start(_pass(beyond, socket), "down")
            await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
            await tasks.cancel()

    await _listen(relay)


async def _pass(one: Any, other: Any) -> None:
    async for message in one:
        await other.send(message)


async def _listen(handler: Any) -> None:
    async with serve(handler, "127.0.0.1", 0, **SETTINGS) as server:
        print(f"listening on ws://127.0.0.1:{next(iter(server.sockets)).getsockname()[1]}", flush=True)
        await asyncio.get_running_loop().create_future()


async def round_trips(url: str, calls: int) -> list[float]:
    """Seconds of each call, one after the other."""
    found = []
    async with connect(f"{url.rstrip('/')}/CP1", **SETTINGS) as socket:
        for number in range(calls):
            text = json.dumps([2, f"id-{number}", "MeterValues", PAYLOAD])
            before = perf_counter()
            await socket.send(text)
            answer = await socket.recv()
            found.append(perf_counter() - before)
            assert json.loads(answer)[1] == f"id-{number}"
    return found


def started(*arguments: str) -> tuple[subprocess.Popen[str], str]:
    """A process that says where it listens, and that URL."""
    is_ours = "ocpptui" in arguments
    out = subprocess.DEVNULL if is_ours else subprocess.PIPE
    process = subprocess.Popen(arguments, stdout=out, stderr=subprocess.PIPE if is_ours else None, text=True)
    lines = process.stderr if is_ours else process.stdout
    assert lines is not None
    for line in lines:
        if line.startswith("listening on "):
            return process, line.split()[-1]
    raise SystemExit(f"{arguments} does not listen")


def measure(calls: int) -> None:
    """Print what each relay adds."""
    processes = []
    with tempfile.TemporaryDirectory() as folder:
        try:
            above, url = started(sys.executable, "-m", "tests.benchmarks.proxy", "backend")
            processes.append(above)
            bare, bare_url = started(sys.executable, "-m", "tests.benchmarks.proxy", "relay", url)
            processes.append(bare)
            record = str(Path(folder) / "recording.jsonl")
            listen = ["--listen", "127.0.0.1:0", "--upstream", url, "--no-compression"]
            ours, our_url = started(sys.executable, "-m", "ocpptui", "proxy", *listen, "--headless", "--record", record)
            processes.append(ours)
            urls = {"no relay": url, "bare websockets": bare_url, "ocpptui proxy": our_url}
            medians: dict[str, list[float]] = {name: [] for name in urls}
            slowest: dict[str, list[float]] = {name: [] for name in urls}
            for _ in range(ROUNDS):
                for name, place in urls.items():
                    times = asyncio.run(round_trips(place, calls))
                    medians[name].append(statistics.median(times))
                    slowest[name].append(statistics.quantiles(times, n=100)[98])
        finally:
            for process in reversed(processes):
                process.terminate()
            for process in processes:
                process.wait()
    direct = min(medians["no relay"])
    added = {name: min(found) - direct for name, found in medians.items()}
    for name in urls:
        shown = f"{min(medians[name]) * 1e3:7.3f} ms  99 of 100 {min(slowest[name]) * 1e3:7.3f} ms"
        print(f"{name:<18}{shown}  added {added[name] * 1e3:7.3f} ms")
    ratio = added["ocpptui proxy"] / added["bare websockets"]
    print(f"ours adds {ratio:.2f} times what a bare relay adds (goal: at most 2)")


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["backend"]:
            asyncio.run(backend())
        case ["relay", upstream]:
            asyncio.run(bare_relay(upstream))
        case given:
            measure(int(given[0]) if given else 2000)
