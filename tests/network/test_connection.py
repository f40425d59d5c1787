"""What travels over an open connection, seen from our central system; the peer is bare `websockets` or a raw socket."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from ocpptui.network.connection import Connection
from ocpptui.network.problems import NotConnected
from ocpptui.ocpp.message import Malformed
from ocpptui.ocpp.version import Direction, Role, Version
from ocpptui.timeline.record import ConnectionEvent, Origin, Record, RecordKind
from tests.network.watching import (
    CALL,
    PATIENCE,
    V16,
    Watcher,
    advised,
    bare_charge_point,
    listening,
    masked_frame,
    raw_peer,
    upgrade_request,
)


async def test_a_message_becomes_a_record_at_the_read(watcher: Watcher) -> None:
    """Everything a charge point sends is seen, with its connection, direction, version and time."""
    async with bare_charge_point(watcher) as (peer, connection):
        await peer.send(CALL)
        record = (await watcher.until(watcher.messages))[0]
    assert record.raw == CALL
    assert (record.kind, record.direction, record.origin) == (RecordKind.CALL, Direction.TO_CSMS, Origin.WIRE)
    assert (record.connection, record.charge_point, record.version) == (connection.number, "CP001", Version.V16)
    opened = watcher.events(ConnectionEvent.OPENED)[0]
    closed = watcher.events(ConnectionEvent.CLOSED)[0]
    assert opened.time <= record.time <= closed.time
    assert connection.role is Role.CENTRAL_SYSTEM
    assert connection.sends is Direction.TO_CHARGE_POINT


async def test_a_sent_message_becomes_a_record_at_the_write(watcher: Watcher) -> None:
    """What we send is in the log, in order, before its answer can be."""
    async with bare_charge_point(watcher) as (peer, connection):
        record = watcher.records[await connection.send(CALL, Origin.MANUAL)]
        assert watcher.records[-1] is record
        assert await peer.recv() == CALL
    assert (record.kind, record.direction, record.origin) == (RecordKind.CALL, Direction.TO_CHARGE_POINT, Origin.MANUAL)


@pytest.mark.parametrize(
    "raw",
    ['[2, "1",\n "Heartbeat", {}]', "not JSON", "", "[]", "\0", '[2,"1","A",{"x":"Grüße 🚗"}]', "[2,1]", "null"],
)
async def test_any_text_arrives_byte_for_byte(watcher: Watcher, raw: str) -> None:
    """A malformed frame is kept as it came, and the connection lives."""
    async with bare_charge_point(watcher) as (peer, connection):
        await peer.send(raw)
        await peer.send(CALL)
        await watcher.until(lambda: len(watcher.messages()) == 2)
        assert [record.raw for record in watcher.messages()] == [raw, CALL]
        assert connection.open


async def test_broken_utf8_is_kept_as_bytes(watcher: Watcher) -> None:
    """A charge point with a wrong character set does not lose its connection, and its bytes are visible."""
    broken = b'[2,"1","DataTransfer",{"vendorId":"S\xe4ule"}]'
    async with bare_charge_point(watcher) as (peer, connection):
        await peer.send(broken, text=True)
        record = (await watcher.until(watcher.messages))[0]
        assert record.raw == broken
        assert record.kind is RecordKind.MALFORMED
        assert isinstance(record.frame, Malformed)
        assert connection.open


@pytest.mark.parametrize(("data", "raw"), [(CALL.encode(), CALL), (b"\xff\x00", b"\xff\x00")])
async def test_binary_messages_are_recorded(watcher: Watcher, data: bytes, raw: str | bytes) -> None:
    """The frames of a charge point that sends binary messages are visible, and marked as binary."""
    async with bare_charge_point(watcher) as (peer, _):
        await peer.send(data)
        record = (await watcher.until(watcher.messages))[0]
    assert record.raw == raw
    assert record.detail == {"binary": True}


@pytest.mark.parametrize("text", ["\udc80", b"\xff\xfe"])
async def test_text_that_is_not_utf8_can_be_sent(watcher: Watcher, text: str | bytes) -> None:
    """A tester can send broken UTF-8 on purpose; the record contains what was on the wire."""
    async with bare_charge_point(watcher) as (peer, connection):
        record = watcher.records[await connection.send(text, Origin.MANUAL)]
        sent = await peer.recv(decode=False)
    assert record.raw == sent
    with pytest.raises(UnicodeDecodeError):
        sent.decode()


async def test_fragments_are_one_message(watcher: Watcher) -> None:
    """A charge point that fragments its messages is read like any other, even with a ping between the fragments."""
    async with listening(watcher) as link, raw_peer(link.urls[0]) as (_, writer):
        writer.write(upgrade_request("/CP001", "Sec-WebSocket-Protocol: ocpp1.6"))
        writer.write(masked_frame(1, b'[2,"1",', fin=False) + masked_frame(0, b'"Heart', fin=False))
        writer.write(masked_frame(9, b"hello") + masked_frame(0, b'beat",{}]'))
        await watcher.until(watcher.messages)
        kinds = [record.kind for record in watcher.records if record.kind is not RecordKind.CONNECTION]
        assert kinds == [RecordKind.PING, RecordKind.PONG, RecordKind.CALL]
        assert watcher.messages()[0].raw == CALL


async def test_data_sent_right_after_the_request_is_read_after_the_answer(watcher: Watcher) -> None:
    """A charge point that does not wait for the answer to its upgrade loses no message."""
    async with listening(watcher) as link, raw_peer(link.urls[0]) as (reader, writer):
        request = upgrade_request("/CP001", "Sec-WebSocket-Protocol: ocpp1.6")
        writer.write(request + masked_frame(9, b"") + masked_frame(1, CALL.encode()) + masked_frame(8, b"\x03\xe8"))
        await watcher.event(ConnectionEvent.CLOSED)
        assert (await reader.readuntil(b"\r\n")).startswith(b"HTTP/1.1 101")
    kinds = [record.kind for record in watcher.records if record.connection]
    assert kinds == [RecordKind.CONNECTION, RecordKind.PING, RecordKind.PONG, RecordKind.CALL, RecordKind.CONNECTION]


async def test_a_message_of_20_mb_is_kept_whole_where_it_is_allowed(watcher: Watcher) -> None:
    raw = '[2,"1","DataTransfer",{"data":"' + "x" * 20_000_000 + '"}]'
    async with bare_charge_point(watcher, max_size=2**25, compression=False) as (peer, connection):
        await peer.send(raw)
        await watcher.until(watcher.messages)
        assert watcher.messages()[0].raw == raw
        assert connection.open


@pytest.mark.parametrize("compression", [None, "deflate"])
async def test_a_message_over_the_limit_ends_the_connection_with_a_row(
    watcher: Watcher, compression: str | None
) -> None:
    """A hostile peer cannot fill the memory, not even with compression; the user reads why it was disconnected."""
    async with (
        listening(watcher, max_size=1000) as link,
        connect(link.urls[0] + "CP001", subprotocols=V16, compression=compression) as peer,
    ):
        await peer.send("x" * 1_000_000)
        closed = await watcher.event(ConnectionEvent.CLOSED)
    assert closed.detail["closeCode"] == 1009
    assert closed.detail["closedBy"] == "us"
    assert "larger than allowed" in closed.detail["error"]
    assert "--max-size" in advised(closed)
    assert watcher.messages() == []


# -- pings ------------------------------------------------------------------------------------------------------


async def test_pings_of_the_peer_are_seen_with_our_pongs(watcher: Watcher) -> None:
    async with bare_charge_point(watcher) as (peer, _):
        await (await peer.ping(b"alive?"))
        ping = watcher.of_kind(RecordKind.PING)[0]
        pong = watcher.of_kind(RecordKind.PONG)[0]
    assert (ping.direction, ping.origin) == (Direction.TO_CSMS, Origin.WIRE)
    assert (pong.direction, pong.origin) == (Direction.TO_CHARGE_POINT, Origin.BEHAVIOUR)
    assert ping.detail == pong.detail == {"data": "alive?"}


async def test_our_pings_measure_the_round_trip(watcher: Watcher) -> None:
    """A user sees that the connection lives and how slow it is."""
    async with bare_charge_point(watcher, ping_interval=0.01):
        await watcher.until(lambda: len(watcher.of_kind(RecordKind.PONG)) >= 3)
    ping, pong = watcher.of_kind(RecordKind.PING)[0], watcher.of_kind(RecordKind.PONG)[0]
    assert (ping.direction, pong.direction) == (Direction.TO_CHARGE_POINT, Direction.TO_CSMS)
    assert 0 < pong.detail["roundTripMs"] <= (pong.time - ping.time) / 1000 + 50


async def test_a_pong_to_nothing_has_no_round_trip(watcher: Watcher) -> None:
    async with bare_charge_point(watcher) as (peer, connection):
        await peer.pong(b"unasked")
        await watcher.until(lambda: watcher.of_kind(RecordKind.PONG))
        assert watcher.of_kind(RecordKind.PONG)[0].detail == {"data": "unasked"}
        assert connection.open


async def test_a_peer_that_never_answers_pings_is_left_alone(watcher: Watcher) -> None:
    """Some charge points do not know pings; they are not disconnected for that."""
    async with (
        listening(watcher, ping_interval=0.01, ping_timeout=0.01) as link,
        raw_peer(link.urls[0]) as (_, writer),
    ):
        writer.write(upgrade_request("/CP001", "Sec-WebSocket-Protocol: ocpp1.6"))
        await watcher.until(lambda: len(watcher.of_kind(RecordKind.PING)) >= 25)
        assert watcher.open


async def test_a_peer_that_stops_answering_pings_is_given_up(watcher: Watcher) -> None:
    """A charge point that lost its power is shown as disconnected, with the time at which this was noticed."""
    async with (
        listening(watcher, ping_interval=0.01, ping_timeout=0.01) as link,
        raw_peer(link.urls[0]) as (_, writer),
    ):
        writer.write(upgrade_request("/CP001", "Sec-WebSocket-Protocol: ocpp1.6") + masked_frame(1, CALL.encode()))
        await watcher.until(lambda: watcher.of_kind(RecordKind.PING))
        writer.write(masked_frame(10, b"1"))
        closed = await watcher.event(ConnectionEvent.CLOSED)
    assert (closed.detail["closedBy"], closed.detail["closeCode"]) == ("us", 1011)
    assert "pings" in closed.detail["error"]


# -- the end ----------------------------------------------------------------------------------------------------


async def test_the_peer_closes(watcher: Watcher) -> None:
    async with bare_charge_point(watcher) as (peer, connection):
        await peer.close(1001, "rebooting")
        closed = await watcher.event(ConnectionEvent.CLOSED)
        assert not connection.open
        assert watcher.open == []
    detail = closed.detail
    assert (detail["closedBy"], detail["closeCode"], detail["closeReason"]) == ("peer", 1001, "rebooting")
    assert "error" not in detail


async def test_the_peer_closes_with_an_error_code(watcher: Watcher) -> None:
    async with bare_charge_point(watcher) as (peer, _):
        await peer.close(1008, "go away")
        closed = await watcher.event(ConnectionEvent.CLOSED)
    assert closed.detail["closedBy"] == "peer"
    assert closed.detail["error"] == "The peer closed the connection: 1008 (policy violation), go away."


async def test_we_close(watcher: Watcher) -> None:
    async with bare_charge_point(watcher) as (peer, connection):
        await connection.close(1000, "enough")
        with pytest.raises(ConnectionClosed):
            await peer.recv()
        assert (peer.close_code, peer.close_reason) == (1000, "enough")
    detail = watcher.events(ConnectionEvent.CLOSED)[0].detail
    assert (detail["closedBy"], detail["closeCode"], detail["closeReason"]) == ("us", 1000, "enough")
    assert "error" not in detail


async def test_a_long_reason_is_cut_and_a_wrong_code_refused(watcher: Watcher) -> None:
    async with bare_charge_point(watcher) as (peer, connection):
        with pytest.raises(ValueError, match="1005"):
            await connection.close(1005)
        assert connection.open
        await connection.close(4000, "ü" * 100)
        await peer.wait_closed()
        assert peer.close_reason == "ü" * 61


async def test_the_tcp_connection_ends_without_a_close_frame(watcher: Watcher) -> None:
    """Close code 1006 is explained: nobody sent a Close frame, and how the connection ended."""
    async with bare_charge_point(watcher) as (peer, _):
        peer.transport.abort()
        closed = await watcher.event(ConnectionEvent.CLOSED)
    assert (closed.detail["closedBy"], closed.detail["closeCode"]) == ("nobody", 1006)
    assert "without a Close frame" in closed.detail["error"]
    assert "the peer" in closed.detail["error"]


async def test_a_peer_that_does_not_answer_the_close_frame(watcher: Watcher) -> None:
    """Quitting does not wait for a dead charge point."""
    async with listening(watcher, close_timeout=0.05) as link, raw_peer(link.urls[0]) as (_, writer):
        writer.write(upgrade_request("/CP001", "Sec-WebSocket-Protocol: ocpp1.6"))
        connection = await watcher.connection()
        await asyncio.wait_for(connection.close(), PATIENCE)
        detail = watcher.events(ConnectionEvent.CLOSED)[0].detail
    assert detail["closedBy"] == "us"
    assert "did not answer our Close frame" in detail["error"]


async def test_the_silence_before_the_end_is_measured(watcher: Watcher) -> None:
    """An idle time-out of a proxy shows itself: the connection ended so and so long after the last message."""
    now = 1_000_000_000
    async with listening(watcher) as link:
        link._clock = lambda: now
        async with connect(link.urls[0] + "CP001", subprotocols=V16, ping_interval=None) as peer:
            await watcher.connection()
            await peer.send(CALL)
            await watcher.until(watcher.messages)
            now += 50_000_000
            await (await peer.ping())
            now += 10_000_000
        detail = (await watcher.event(ConnectionEvent.CLOSED)).detail
    assert detail["secondsSinceLastMessage"] == 60
    assert detail["secondsSinceLastFrame"] == 10
    assert detail["secondsOpen"] == 60


async def test_sending_on_a_closed_connection(watcher: Watcher) -> None:
    async with bare_charge_point(watcher) as (_, connection):
        await connection.close()
        with pytest.raises(NotConnected, match="CP001"):
            await connection.send(CALL, Origin.MANUAL)
        await connection.close()
    assert watcher.messages() == []


@pytest.mark.parametrize(
    ("frame", "sentence"),
    [
        (masked_frame(1, b"x", rsv=4), "reserved bits"),
        (masked_frame(3, b"x"), "opcode"),
        (b"\x81\x01x", "masking"),
        (masked_frame(0, b"x"), "continuation"),
        (masked_frame(8, b"\x00\x01"), "invalid status code"),
    ],
    ids=["compressed-unasked", "opcode-3", "unmasked", "stray-continuation", "close-code-1"],
)
async def test_a_breach_of_the_websocket_protocol_is_named(watcher: Watcher, frame: bytes, sentence: str) -> None:
    """A charge point with a faulty WebSocket stack is disconnected with 1002, and the user reads what it did."""
    async with listening(watcher, compression=False) as link, raw_peer(link.urls[0]) as (_, writer):
        writer.write(upgrade_request("/CP001", "Sec-WebSocket-Protocol: ocpp1.6") + frame)
        closed = await watcher.event(ConnectionEvent.CLOSED)
    assert (closed.detail["closedBy"], closed.detail["closeCode"]) == ("us", 1002)
    assert sentence in closed.detail["error"]


# -- limits and faults ------------------------------------------------------------------------------------------


async def test_a_peer_that_ends_the_connection_on_our_close_frame(watcher: Watcher) -> None:
    """Many charge points do not answer a Close frame; this is distinguished from one that hangs."""
    async with listening(watcher) as link, raw_peer(link.urls[0]) as (reader, writer):
        writer.write(upgrade_request("/CP001", "Sec-WebSocket-Protocol: ocpp1.6"))
        connection = await watcher.connection()
        connection.begin_close(1000)
        await reader.readuntil(b"\x88\x02\x03\xe8")
        writer.write_eof()
        detail = (await watcher.event(ConnectionEvent.CLOSED)).detail
    assert (detail["closedBy"], detail["closeCode"]) == ("us", 1000)
    assert "without answering our Close frame" in detail["error"]


async def test_a_fault_in_the_observer_does_not_cost_the_connection(watcher: Watcher) -> None:
    """A bug of ours in one odd frame is reported, and the next frame is still read."""
    reported: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: reported.append(context))

    def fail(record: Record, _: Connection | None) -> None:
        if record.raw == "odd":
            raise RuntimeError("bug")

    watcher.on_record = fail
    async with bare_charge_point(watcher) as (peer, connection):
        await peer.send("odd")
        await peer.send(CALL)
        await watcher.until(lambda: len(watcher.messages()) == 2)
        assert connection.open
    assert [str(context["exception"]) for context in reported] == ["bug"]
