"""Frames a second of the central system with 100 charge points that call as fast as the answers come.

Beside it, in the same run and with the same load: the bare `websockets` server that answers a constant, and the `ocpp`
package's own ChargePoint server. Recording on, screen off. The rules that need a state are switched off and on again
every second, in the same process and under the same load; what they cost is how many answers fewer a second of
processor time gives, so that other programs on the machine do not matter. Prints the ratios last.

    python tests/benchmarks/central_system.py [seconds for each run]
"""

from __future__ import annotations

import asyncio
import base64
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from functools import partial
from math import inf
from pathlib import Path
from time import process_time
from typing import Any

CHARGE_POINTS = 100
ROUNDS = 3
SWITCHES = 15
"""How many seconds with the rules are compared with the seconds around them."""
ID = b"0123456789abcdef0123456789abcdef0000"
CALL = json.dumps(
    [
        2,
        ID.decode(),
        "MeterValues",
        {
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
        },
    ],
    separators=(",", ":"),
).encode()


class ChargePointLoad(asyncio.Protocol):
    """As little of a WebSocket client as can be, so that the server is what is measured."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._open = False
        self._buffer = b""
        self.answers = 0
        # Every call has an id of its own, as those of a charge point; a mask of zeros leaves it as it is.
        before, self._after = CALL.split(ID)
        self._before = b"\x81\xfe" + len(CALL).to_bytes(2, "big") + bytes(4) + before
        self._calls = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        key = base64.b64encode(os.urandom(16)).decode()
        transport.write(
            f"GET {self._path} HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: ocpp1.6\r\n\r\n".encode()
        )

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if not self._open:
            head, end, self._buffer = self._buffer.partition(b"\r\n\r\n")
            if not end:
                self._buffer = head
                return
            assert head.startswith(b"HTTP/1.1 101"), head
            self._open = True
            self._call()
        while len(self._buffer) >= 2:
            length, start = self._buffer[1], 2
            if length == 126:
                length, start = int.from_bytes(self._buffer[2:4], "big"), 4
            if len(self._buffer) < start + length:
                return
            opcode = self._buffer[0] & 15
            self._buffer = self._buffer[start + length :]
            if opcode == 1:
                self.answers += 1
                self._call()

    def _call(self) -> None:
        self._calls += 1
        self._transport.write(b"%b%036d%b" % (self._before, self._calls, self._after))


async def bare() -> None:
    """The `websockets` server that answers a constant."""
    from websockets.asyncio.server import ServerConnection, serve
    from websockets.typing import Subprotocol

    async def answer(connection: ServerConnection) -> None:
        async for _ in connection:
            await connection.send('[3,"0123456789abcdef0123456789abcdef0000",{}]')

    async with serve(answer, "127.0.0.1", 0, subprotocols=[Subprotocol("ocpp1.6")]) as server:
        await announce(next(iter(server.sockets)).getsockname()[1])


async def package() -> None:
    """The `ocpp` package's own server."""
    import logging  # noqa: TID251

    from ocpp.routing import on
    from ocpp.v16 import ChargePoint, call_result
    from websockets.asyncio.server import ServerConnection, serve
    from websockets.typing import Subprotocol

    logging.getLogger("ocpp").setLevel(logging.ERROR)

    class Central(ChargePoint):  # type: ignore[misc]
        @on("MeterValues")  # type: ignore[untyped-decorator]
        def on_meter_values(self, **_: Any) -> Any:
            return call_result.MeterValues()

    async def answer(connection: ServerConnection) -> None:
        await Central("CP", connection).start()

    async with serve(answer, "127.0.0.1", 0, subprotocols=[Subprotocol("ocpp1.6")]) as server:
        await announce(next(iter(server.sockets)).getsockname()[1])


async def ours() -> None:
    """A session that listens, records and answers."""
    from ocpptui.network.server_settings import ServerSettings
    from ocpptui.ocpp.version import Role
    from ocpptui.recording.writer import RecordingWriter
    from ocpptui.session.session import Session

    with tempfile.TemporaryDirectory() as folder:
        session = Session(role=Role.CENTRAL_SYSTEM, writer=RecordingWriter(Path(folder) / "load.jsonl"))
        session.diagnosis.load(inf)  # which takes the first seconds under load, and is over after that

        def switch() -> None:
            for line in sys.stdin:
                session.live_diagnosis.is_on = line == "on\n"
                print(process_time(), flush=True)

        threading.Thread(target=switch, daemon=True).start()
        await session.listen(ServerSettings(host="127.0.0.1", port=0))
        await announce(int(session.listening_urls[0].split(":")[2].split("/")[0]))


async def announce(port: int) -> None:
    """Tell the parent the port and serve until it ends us."""
    print(port, flush=True)
    await asyncio.Event().wait()


@asynccontextmanager
async def load(port: int) -> AsyncIterator[list[ChargePointLoad]]:
    """100 charge points that call as fast as the answers come."""
    loop = asyncio.get_running_loop()
    clients = []
    for number in range(CHARGE_POINTS):
        _, client = await loop.create_connection(partial(ChargePointLoad, f"/CP{number:03}"), "127.0.0.1", port)
        clients.append(client)
    # A load that sleeps has to be woken for every answer, at the server's cost; one that polls measures the server.
    polling = True

    def poll() -> None:
        if polling:
            loop.call_soon(poll)

    poll()
    await asyncio.sleep(1)
    yield clients
    polling = False


async def rate(port: int, seconds: float) -> float:
    """Answers a second that 100 charge points get."""
    async with load(port) as clients:
        before = answers(clients)
        await asyncio.sleep(seconds)
        return (answers(clients) - before) / seconds


def answers(clients: list[ChargePointLoad]) -> int:
    return sum(client.answers for client in clients)


async def share_with_rules(server: subprocess.Popen[str], port: int) -> float:
    """How many answers a second of processor time gives with the rules, as part of those that it gives without them."""
    assert server.stdin is not None
    assert server.stdout is not None
    per_second: list[float] = []
    async with load(port) as clients:
        for number in range(2 * SWITCHES + 1):
            server.stdin.write("on\n" if number % 2 else "off\n")
            server.stdin.flush()
            before, began = answers(clients), float(await asyncio.to_thread(server.stdout.readline))
            await asyncio.sleep(1)
            server.stdin.write("on\n" if number % 2 else "off\n")
            server.stdin.flush()
            count, ended = answers(clients) - before, float(await asyncio.to_thread(server.stdout.readline))
            per_second.append(count / (ended - began))
    return statistics.median(
        with_rules / statistics.mean((before, after))
        for before, with_rules, after in zip(per_second[::2], per_second[1::2], per_second[2::2], strict=False)
    )


def measure(name: str, seconds: float) -> float:
    """Run one server in a process of its own under the load."""
    with started(name) as server:
        try:
            assert server.stdout is not None
            return asyncio.run(rate(int(server.stdout.readline()), seconds))
        finally:
            server.kill()


def measured_rules() -> float:
    """The `share_with_rules` of a server of ours."""
    with started("ours") as server:
        try:
            assert server.stdout is not None
            return asyncio.run(share_with_rules(server, int(server.stdout.readline())))
        finally:
            server.kill()


def started(name: str) -> subprocess.Popen[str]:
    """The process of a server, which prints its port."""
    return subprocess.Popen(
        [sys.executable, __file__, "serve", name], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


def main() -> None:
    if sys.argv[1:2] == ["serve"]:
        servers: dict[str, Callable[[], Coroutine[Any, Any, None]]] = {
            "bare": bare,
            "package": package,
            "ours": ours,
        }
        asyncio.run(servers[sys.argv[2]]())
        return
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 3.0
    rates: dict[str, list[float]] = {"bare": [], "package": [], "ours": []}
    for _ in range(ROUNDS):
        for name, found in rates.items():
            found.append(measure(name, seconds))
    medians = {name: statistics.median(found) for name, found in rates.items()}
    for name, median in medians.items():
        print(f"{name}: {median:.0f} answers a second")
    print(f"beside bare websockets: {medians['ours'] / medians['bare']:.2f} (goal: at least 0.5)")
    print(f"beside the ocpp package: {medians['ours'] / medians['package']:.1f} (goal: at least 4)")
    print(f"with the rules beside without them: {measured_rules():.2f} (goal: at least 0.9)")


if __name__ == "__main__":
    main()
