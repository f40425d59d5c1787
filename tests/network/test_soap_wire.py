"""What carries the messages of OCPP-S gives them to their connection in order, and none twice or never."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from itertools import count
from threading import Event

from ocpptui.network.http_exchange import HttpAnswer
from ocpptui.network.problems import NetworkProblem
from ocpptui.network.soap_wire import SoapWire

SECOND = 1_000_000


class ReadMessages:
    """Reads what begins with `large` in a thread, as a connection does."""

    def __init__(self, wire: SoapWire) -> None:
        self.read: list[tuple[bytes, int]] = []
        self.may_read = Event()
        self._wire = wire

    def message(self, data: bytes | bytearray, is_text: bool, time: int) -> None:
        if not data.startswith(b"large"):
            self.read.append((bytes(data), time))
            return

        def work() -> Callable[[], None]:
            self.may_read.wait(60)
            return lambda: self.read.append((bytes(data), time))

        self._wire.wait_for(work)

    def lost(self, error: Exception | None) -> None:
        """The end does not matter here."""


async def no_post(url: str, body: bytes, action: str) -> HttpAnswer | NetworkProblem:
    raise AssertionError("nothing is posted")


class WireOfOcppS:
    """A wire with its receiver, and a clock that counts seconds."""

    def __init__(self) -> None:
        seconds = count(0, SECOND)
        self.wire = SoapWire(
            no_post,
            lambda: next(seconds),
            peer_address="",
            answer_timeout=60,
            undelivered=lambda action, problem, message_id: None,
        )
        self.receiver = ReadMessages(self.wire)
        self.wire.attach(self.receiver)
        self.unanswered: list[bytes] = []
        """Those that were read and not answered, of which a connection answers what is malformed."""
        self._posts: list[asyncio.Task[object]] = []

    async def post(self, *bodies: bytes) -> None:
        async with asyncio.timeout(60):
            for body in bodies:
                self._posts.append(asyncio.get_running_loop().create_task(self._posted(body)))
                await asyncio.sleep(0)

    async def _posted(self, body: bytes) -> object:
        return await self.wire.exchange(body, body.decode(), lambda: self.unanswered.append(body))

    async def reads(self, number: int) -> list[bytes]:
        async with asyncio.timeout(60):
            while len(self.receiver.read) < number:
                await asyncio.sleep(0.001)
        return [body for body, _ in self.receiver.read]

    async def end(self) -> None:
        self.wire.abort()
        await asyncio.gather(*self._posts)
        await self.wire.release_tasks()


async def test_a_half_open_time_that_begins_twice_loses_nothing() -> None:
    """What had come in the first was forgotten, so that neither log nor answer had it."""
    bench = WireOfOcppS()
    bench.wire.hold()
    await bench.post(b"one")
    bench.wire.hold()
    await bench.post(b"two")
    assert not bench.receiver.read and not bench.unanswered
    bench.wire.clock_set(-SECOND)
    bench.wire.release()
    await bench.post(b"three")
    assert bench.unanswered == [b"one", b"two", b"three"]
    assert bench.receiver.read == [(b"one", -SECOND), (b"two", 0), (b"three", 2 * SECOND)]
    await bench.end()


async def test_a_large_message_is_not_overtaken() -> None:
    """The recording would have another order than the wire."""
    bench = WireOfOcppS()
    await bench.post(b"one", b"large", b"two")
    bench.wire.hold()
    assert await bench.reads(1) == bench.unanswered == [b"one"]
    bench.receiver.may_read.set()
    assert await bench.reads(2) == bench.unanswered == [b"one", b"large"]  # what is held besides still waits
    bench.wire.release()
    assert await bench.reads(3) == [b"one", b"large", b"two"]
    await bench.end()
