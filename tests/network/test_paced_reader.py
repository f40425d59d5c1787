"""How fast a connection is read: with a peer that does not read, one that floods, one that vanishes."""

from __future__ import annotations

import pytest

from ocpptui.network import paced_reader
from ocpptui.network.connection import Connection
from ocpptui.network.websocket_transport import WebSocketTransport
from ocpptui.timeline.record import ConnectionEvent, Origin, Record, RecordKind
from tests.network.watching import CALL, Watcher, listening, masked_frame, raw_peer, upgrade_request


async def test_a_peer_that_does_not_read_is_not_read_for_ever(watcher: Watcher) -> None:
    """What piles up for a peer that calls and never reads its answers is bounded, and it goes on when it reads."""
    big = "x" * 200_000

    def answer(record: Record, connection: Connection | None) -> None:
        if connection is not None and record.kind is RecordKind.CALL:
            connection.write(big, Origin.BEHAVIOUR)

    watcher.on_record = answer
    calls = 400
    async with listening(watcher, queue_depth=4, compression=False) as link, raw_peer(link.urls[0]) as (reader, writer):
        writer.write(upgrade_request("/CP001", "Sec-WebSocket-Protocol: ocpp1.6"))
        await reader.readuntil(b"\r\n\r\n")
        reader._transport.pause_reading()  # type: ignore[attr-defined]
        connection = await watcher.connection()
        wire = connection._wire
        assert isinstance(wire, WebSocketTransport) and wire.transport is not None
        paused = wire.transport
        for _ in range(calls):
            writer.write(masked_frame(1, CALL.encode()))
        await watcher.until(lambda: not paused.is_reading())
        assert len(watcher.of_kind(RecordKind.CALL)) < calls
        reader._transport.resume_reading()  # type: ignore[attr-defined]
        received = 0
        while received < calls * len(big):
            received += len(await reader.read(2**20))
        await watcher.until(lambda: len(watcher.of_kind(RecordKind.CALL)) == calls)
        assert paused.is_reading()


async def test_a_peer_that_floods_does_not_keep_the_others_waiting(
    watcher: Watcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One read of the socket may hold 2,000 messages; all of them were read before anybody else had a turn."""
    monkeypatch.setattr(paced_reader, "SLICE", 0.0)
    flood = masked_frame(1, CALL.encode()) * 1000
    async with listening(watcher) as link, raw_peer(link.urls[0]) as (_, quiet), raw_peer(link.urls[0]) as (_, loud):
        quiet.write(upgrade_request("/QUIET", "Sec-WebSocket-Protocol: ocpp1.6"))
        loud.write(upgrade_request("/LOUD", "Sec-WebSocket-Protocol: ocpp1.6"))
        await watcher.event(ConnectionEvent.OPENED, 2)
        loud.write(flood)
        await watcher.until(watcher.messages)
        quiet.write(masked_frame(1, CALL.encode()))
        messages = await watcher.until(lambda: found if len(found := watcher.messages()) == 1001 else None)
    order = [record.charge_point for record in messages]
    assert order.index("QUIET") < 500


async def test_what_was_read_of_a_peer_that_vanished_is_not_lost(watcher: Watcher) -> None:
    """The last messages before a crash of the charge point are in the log, even those that were queued."""
    big = "x" * 20_000_000

    def answer(record: Record, connection: Connection | None) -> None:
        if connection is not None and record.kind is RecordKind.CALL and connection.open:
            connection.write(big, Origin.BEHAVIOUR)

    watcher.on_record = answer
    async with listening(watcher, queue_depth=2, compression=False) as link, raw_peer(link.urls[0]) as (reader, writer):
        writer.write(upgrade_request("/CP001", "Sec-WebSocket-Protocol: ocpp1.6"))
        await reader.readuntil(b"\r\n\r\n")
        reader._transport.pause_reading()  # type: ignore[attr-defined]
        writer.write(masked_frame(1, CALL.encode()) * 50)
        await watcher.until(lambda: len(watcher.of_kind(RecordKind.CALL)) >= 2)
        assert len(watcher.of_kind(RecordKind.CALL)) < 50
        writer.transport.abort()
        await watcher.event(ConnectionEvent.CLOSED)
    assert len(watcher.of_kind(RecordKind.CALL)) == 50
