"""One large message: it keeps its place, its memory is bounded, and it delays nobody else."""

from __future__ import annotations

import asyncio
import re
import sys
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from time import perf_counter

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from ocpptui.network.large_messages import LARGE
from ocpptui.ocpp.message import Malformed
from ocpptui.timeline.record import ConnectionEvent, RecordKind
from tests.kit.program import OCPPTUI, environment_of
from tests.network.watching import Watcher, listening, masked_frame, raw_peer, upgrade_request

CALL = '[2,"{}","Heartbeat",{{}}]'
V16 = [Subprotocol("ocpp1.6")]
ALLOWED = 0.2
"""Seconds that others may wait for one message of 15 MB, on a machine that does nothing else."""
TRIES = 3

VAST: dict[str, Callable[[], str]] = {
    "five million arrays": lambda: (
        '[2,"b","DataTransfer",{"vendorId":"x","data":[' + ",".join(["[]"] * 5_000_000) + "]}]"
    ),
    "one text": lambda: '[2,"b","DataTransfer",{"vendorId":"x","data":"' + "a" * 15_000_000 + '"}]',
    "URLs with passwords": lambda: '[2,"b","DataTransfer",{"vendorId":"x","data":"' + "//a:b@ " * 2_100_000 + '"}]',
    "a setting, truncated": lambda: (
        '[2,"b","ChangeConfiguration",{"key":"AuthorizationKey","value":"' + "a " * 7_500_000
    ),
    "one action": lambda: '[2,"b","' + "A" * 15_000_000 + '",{}]',
    "one message id": lambda: '[2,"' + "A" * 15_000_000 + '","Heartbeat",{}]',
}


def large(message_id: str) -> str:
    return f'[2,"{message_id}","DataTransfer",{{"vendorId":"x","data":"{"a" * LARGE}"}}]'


async def test_a_large_message_keeps_its_place(watcher: Watcher) -> None:
    """What follows it, also the end of the connection, is recorded after it."""
    async with listening(watcher) as link:
        async with connect(link.urls[0] + "CP001", subprotocols=V16, ping_interval=None) as peer:
            for number in range(3):
                await peer.send(CALL.format(f"small {number}"))
                await peer.send(large(f"large {number}"))
                await peer.ping()
        await watcher.event(ConnectionEvent.CLOSED)
    kinds = [record.kind for record in watcher.records if record.kind is not RecordKind.PONG]
    exchange = [RecordKind.CALL, RecordKind.CALL, RecordKind.PING]
    assert kinds == [*kinds[:2], *exchange * 3, RecordKind.CONNECTION]
    ids = [record.frame.id for record in watcher.messages() if record.frame is not None]
    assert ids == [f"{size} {number}" for number in range(3) for size in ("small", "large")]


@pytest.mark.parametrize("cut", [False, True])
async def test_a_large_message_before_the_end_is_not_lost(watcher: Watcher, cut: bool) -> None:
    """A charge point that sends its log and vanishes has sent it."""
    async with listening(watcher) as link, raw_peer(link.urls[0]) as (reader, writer):
        writer.write(upgrade_request("/CP001", "Sec-WebSocket-Protocol: ocpp1.6"))
        await reader.readuntil(b"\r\n\r\n")
        for number in range(2):
            writer.write(masked_frame(1, large(str(number)).encode()))
        await writer.drain()
        await watcher.until(watcher.messages)
        if cut:
            writer.transport.abort()
        else:
            writer.write_eof()
        await watcher.event(ConnectionEvent.CLOSED)
    assert [record.kind for record in watcher.records[-3:]] == [RecordKind.CALL, RecordKind.CALL, RecordKind.CONNECTION]


async def test_a_large_message_is_answered_like_any_other(tmp_path: Path) -> None:
    """A thread reads it, and nothing else about it changes."""
    async with central_system(tmp_path) as (url, _), charge_point(url, "CP1") as peer:
        await peer.send(large("b"))
        assert await peer.recv() == '[3,"b",{"status":"UnknownVendorId"}]'


async def test_too_many_values_are_refused_and_kept(watcher: Watcher) -> None:
    """The user sees what came, though nobody reads it."""
    async with listening(watcher) as link, connect(link.urls[0] + "CP001", subprotocols=V16, max_size=None) as peer:
        text = '[2,"b","DataTransfer",{"data":[' + ",".join(["[]"] * 250_000) + "]}]"
        await peer.send(text)
        record = (await watcher.until(watcher.messages))[0]
    assert record.raw == text
    assert isinstance(record.frame, Malformed)
    assert record.frame.defect.name == "too-many-values"


@pytest.mark.parametrize("what", VAST)
async def test_fifteen_megabytes_delay_nobody(tmp_path: Path, what: str) -> None:
    """One charge point cannot stop a central system: ten others are answered meanwhile, and memory stays bounded."""
    text = VAST[what]().encode()
    delays, growths = [], []
    for number in range(TRIES):
        home = tmp_path / str(number)
        async with central_system(home) as (url, process):
            before = peak_memory(process)
            async with calling(url) as waits:
                await asyncio.sleep(1)
                usual = max(waits)
                waits.clear()
                await asyncio.to_thread(send_raw, url, text)
                delays.append(max(waits) - 3 * usual)
            growths.append(peak_memory(process) - before)
        if delays[-1] < ALLOWED and growths[-1] <= 10 * len(text):
            return
    assert min(delays) < ALLOWED, delays
    assert min(growths) <= 10 * len(text), [growth / len(text) for growth in growths]


# -- the program and its charge points ---------------------------------------------------------------------------------


@asynccontextmanager
async def central_system(home: Path) -> AsyncIterator[tuple[str, asyncio.subprocess.Process]]:
    """A central system as a user starts it, and its URL; what it prints goes into a file."""
    await asyncio.to_thread(home.mkdir, exist_ok=True)
    with (home / "printed").open("wb") as printed:
        process = await asyncio.create_subprocess_exec(
            *OCPPTUI, "central-system", "--port", "0", "--headless",
            stdout=printed, stderr=asyncio.subprocess.PIPE, env=environment_of(home),
        )  # fmt: skip
        assert process.stderr is not None
        try:
            while (found := re.search(rb"ws://127\.0\.0\.1:\d+/", await process.stderr.readline())) is None:
                pass
            yield found[0].decode(), process
        finally:
            process.terminate()
            await process.communicate()


@asynccontextmanager
async def charge_point(url: str, name: str) -> AsyncIterator[ClientConnection]:
    async with connect(url + name, subprotocols=V16, ping_interval=None, max_size=None) as peer:
        yield peer


@asynccontextmanager
async def calling(url: str) -> AsyncIterator[list[float]]:
    """Ten charge points that call and wait for the answer, again and again; how long they waited, in seconds."""
    waits: list[float] = []
    ended = asyncio.Event()

    async def call(name: str) -> None:
        async with charge_point(url, name) as peer:
            number = 0
            while not ended.is_set():
                number += 1
                start = perf_counter()
                await peer.send(CALL.format(number))
                await peer.recv()
                waits.append(perf_counter() - start)
                await asyncio.sleep(0.01)

    async with asyncio.TaskGroup() as group:
        for number in range(10):
            group.create_task(call(f"CP{number}"), name=f"charge point {number}")
        try:
            yield waits
        finally:
            ended.set()


def send_raw(url: str, text: bytes) -> None:
    """Send one message as a charge point of its own, and wait until the next one is answered."""
    import socket

    host, _, port = url.split("/")[2].partition(":")
    with socket.create_connection((host, int(port)), timeout=60) as peer:
        peer.sendall(upgrade_request("/BIG", "Sec-WebSocket-Protocol: ocpp1.6"))
        while b"\r\n\r\n" not in peer.recv(4096):
            pass
        sending = threading.Thread(target=peer.sendall, args=(masked_frame(1, text),), name="sending")
        sending.start()
        sending.join()
        peer.sendall(masked_frame(1, CALL.format("last").encode()))
        answers = b""
        while b'"last"' not in answers:
            data = peer.recv(65536)
            assert data, answers
            answers = answers[-1000:] + data


def peak_memory(process: asyncio.subprocess.Process) -> int:
    """The most bytes that a process ever had; 0 where the system does not say."""
    if not sys.platform.startswith("linux"):
        return 0
    status = Path(f"/proc/{process.pid}/status").read_text(encoding="ascii")
    found = re.search(r"VmHWM:\s+(\d+)", status)
    return int(found[1]) * 1024 if found else 0
