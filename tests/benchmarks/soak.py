"""The memory of a central system over hours: 200 charge points that send heartbeats, with the screen open.

    python -m tests.benchmarks.soak [MINUTES] [CHARGE POINTS]

Each charge point boots and sends a heartbeat every second. The screen is on a pseudo-terminal of 80x24, in which the
cursor moves every five seconds. Prints the resident memory every ten seconds, the answers, the slowest one, and last
the growth after the first minute. The goal is 5 % in ten minutes. POSIX only; the memory is read from /proc.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import sys
import tempfile
import threading
import time
from pathlib import Path

from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from tests.kit.program import OCPPTUI, environment_of
from tests.kit.terminal import Terminal, on_terminal

BOOT = {"chargePointVendor": "Soak", "chargePointModel": "Test"}
SAMPLE = 10.0
"""Seconds between two samples of the memory."""


class ManyChargePoints:
    """The charge points: what they sent, what was answered, and how long the slowest answer took."""

    def __init__(self) -> None:
        self.sent = 0
        self.answered = 0
        self.slowest = 0.0

    async def run(self, port: int, count: int, seconds: float) -> None:
        end = time.monotonic() + seconds
        async with asyncio.TaskGroup() as group:
            for number in range(count):
                group.create_task(self._charge_point(f"ws://127.0.0.1:{port}/CP{number:03}", number / count, end))

    async def _charge_point(self, url: str, offset: float, end: float) -> None:
        await asyncio.sleep(offset)
        async with connect(url, subprotocols=[Subprotocol("ocpp1.6")], proxy=None) as connection:
            await self._call(connection, "BootNotification", BOOT)
            began, beats = time.monotonic(), 0
            while time.monotonic() < end:
                await self._call(connection, "Heartbeat", {})
                beats += 1
                await asyncio.sleep(max(began + beats - time.monotonic(), 0))

    async def _call(self, connection: ClientConnection, action: str, payload: dict[str, str]) -> None:
        self.sent += 1
        message_id = f"{self.sent}"
        began = time.monotonic()
        await connection.send(json.dumps([2, message_id, action, payload]))
        while json.loads(await connection.recv())[:2] != [3, message_id]:
            pass
        self.answered += 1
        self.slowest = max(self.slowest, time.monotonic() - began)


def resident(process: int) -> float:
    """The resident memory of a process in MB."""
    return int(Path(f"/proc/{process}/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE") / 1e6


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def watch(terminal: Terminal, fleet: ManyChargePoints, seconds: float) -> list[tuple[float, float]]:
    """Read the screen and press keys for this time; the memory in MB by second."""
    began = time.monotonic()
    samples: list[tuple[float, float]] = []
    keys = 0
    while (now := time.monotonic() - began) < seconds:
        terminal.read(0.05)
        if now >= keys * 5:
            terminal.press(b"k" if keys % 2 else b"j")
            keys += 1
        if now >= (len(samples) + 1) * SAMPLE:
            samples.append((now, resident(terminal.process.pid)))
            print(f"{now:5.0f} s  {samples[-1][1]:6.1f} MB  {fleet.answered} of {fleet.sent} answered", flush=True)
    return samples


def main() -> None:
    minutes = float(sys.argv[1]) if len(sys.argv) > 1 else 10.0
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 200
    port = free_port()
    fleet = ManyChargePoints()
    with tempfile.TemporaryDirectory() as home:
        command = [*OCPPTUI, "central-system", "--port", str(port)]
        with on_terminal(command, environment_of(Path(home))) as terminal:
            terminal.shows(str(port))
            load = threading.Thread(target=lambda: asyncio.run(fleet.run(port, count, minutes * 60)), name="fleet")
            load.start()
            samples = watch(terminal, fleet, minutes * 60)
            load.join()
            terminal.process.send_signal(signal.SIGTERM)
            terminal.ends()
    print(f"slowest answer {fleet.slowest * 1000:.0f} ms")
    first = next(memory for second, memory in samples if second >= min(60, minutes * 30))
    last = samples[-1][1]
    print(f"memory {first:.1f} MB after the first minute, {last:.1f} MB at the end: {last / first - 1:+.1%} (goal 5 %)")


if __name__ == "__main__":
    main()
