"""When and in which order frames are written to the socket."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from websockets.client import ClientProtocol
from websockets.frames import Frame
from websockets.protocol import State
from websockets.server import ServerProtocol
from websockets.uri import parse_uri

from ocpptui.network.frame_writer import MOST_QUEUED, FrameWriter
from ocpptui.runtime.end_of_turn import EndOfTurn


class WriterAlone(FrameWriter):
    """Without a handshake, and without an end."""

    def _report_loss(self, exc: Exception | None) -> None:
        """Nobody waits for it."""


@asynccontextmanager
async def writing() -> AsyncIterator[tuple[WriterAlone, socket.socket]]:
    """A writer of a central system, and the socket of its charge point, which does not block."""
    ours, theirs = socket.socketpair()
    transport, _ = await asyncio.get_running_loop().create_connection(asyncio.Protocol, sock=ours)
    theirs.setblocking(False)
    writer = WriterAlone(ServerProtocol(state=State.OPEN), None, 64, EndOfTurn())
    writer.transport = transport
    try:
        yield writer, theirs
    finally:
        transport.close()
        theirs.close()


def messages(data: bytes) -> list[bytes]:
    """What a charge point reads in these bytes."""
    peer = ClientProtocol(parse_uri("ws://h/"), state=State.OPEN)
    peer.receive_data(data)
    return [bytes(event.data) for event in peer.events_received() if isinstance(event, Frame)]


async def test_what_is_queued_in_one_turn_goes_out_together_and_in_order() -> None:
    """An answer would overtake the call before it, or each frame would cost a system call."""
    async with writing() as (writer, theirs):
        for text in (b"one", b"two"):
            writer.queue_text(text)
            writer.send_queued(at_once=False)
        writer.queue_binary(b"three")
        try:
            early = theirs.recv(65536)
        except BlockingIOError:
            early = b""
        assert early == b""
        loop = asyncio.get_running_loop()
        async with asyncio.timeout(60):
            assert messages(await loop.sock_recv(theirs, 65536)) == [b"one", b"two", b"three"]


async def test_some_messages_do_not_wait_for_the_end_of_the_turn() -> None:
    """What a proxy passes on would be late, and a burst would fill the memory."""
    async with writing() as (writer, theirs):
        writer.queue_text(b"now")
        writer.send_queued(at_once=True)
        assert messages(theirs.recv(65536)) == [b"now"]
        large = bytes(MOST_QUEUED)
        writer.queue_text(large)
        writer.send_queued(at_once=False)
        assert theirs.recv(2)  # as much as the socket takes is on its way
