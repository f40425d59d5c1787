"""One TCP connection read as a WebSocket, even if its beginning, middle or end is missing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocpptui.importing.found_frame import FoundFrame
from ocpptui.importing.import_tally import ImportTally
from ocpptui.importing.packets.tcp_stream import Conversation, Piece
from ocpptui.ocpp.version import Direction, Version
from ocpptui.timeline.record import ConnectionEvent

REQUEST = (
    b"GET /ocpp/CP1 HTTP/1.1\r\nHost: csms:80\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Authorization: Bearer abc\r\nSec-WebSocket-Protocol: ocpp2.0.1, ocpp1.6\r\n\r\n"
)
RESPONSE = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nSec-WebSocket-Protocol: ocpp1.6\r\n\r\n"
CALL, ANSWER = b'[2,"a","Heartbeat",{}]', b'[3,"a",{}]'
MASKED = b"\x81" + bytes((0x80 | len(CALL),)) + b"\0\0\0\0" + CALL
PLAIN = b"\x81" + bytes((len(ANSWER),)) + ANSWER


def read(*pieces: tuple[int, bytes], secure: bool = False) -> tuple[list[FoundFrame], ImportTally]:
    tally = ImportTally()
    made = [Piece(peer, 1_000 + number, data) for number, (peer, data) in enumerate(pieces)]
    return list(Conversation(3, secure=secure).read(made, tally)), tally


def raws(found: list[FoundFrame]) -> list[str | bytes]:
    return [one.raw for one in found if one.event is None]


def test_a_whole_conversation() -> None:
    closing = b"\x88\x05\x03\xe9bye"
    found, tally = read((0, REQUEST), (1, RESPONSE), (0, MASKED), (1, PLAIN), (1, closing), secure=True)
    opened, call, answer, closed = found
    assert (opened.event, opened.time, opened.charge_point) == (ConnectionEvent.OPENED, 1_001, "CP1")
    assert opened.detail["url"] == "wss://csms:80/ocpp/CP1"
    assert "Authorization: Bearer ***" in opened.detail["requestHeaders"]
    assert (call.raw, call.direction, call.version) == (CALL.decode(), Direction.TO_CSMS, Version.V16)
    assert (answer.raw, answer.direction, answer.time) == (ANSWER.decode(), Direction.TO_CHARGE_POINT, 1_003)
    assert closed.detail == {"closeCode": 1001, "closeReason": "bye", "closedBy": "central-system"}
    assert {one.connection for one in found} == {"tcp 3"}
    assert tally.with_frame == 2


def test_messages_in_the_same_packets_as_the_handshake() -> None:
    found, tally = read((0, REQUEST + MASKED), (1, RESPONSE + PLAIN))
    assert raws(found) == [CALL.decode(), ANSWER.decode()]
    assert tally.with_frame == 2


def test_a_refusal_and_then_a_connection() -> None:
    refusal = b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 2\r\n\r\nno"
    found, _ = read((0, REQUEST), (1, refusal), (0, REQUEST), (1, RESPONSE), (0, MASKED))
    assert [one.event for one in found] == [ConnectionEvent.REFUSED, ConnectionEvent.OPENED, None]
    assert found[0].detail["responseStatus"] == "401 Unauthorized"


def test_a_capture_that_began_in_the_middle() -> None:
    found, _ = read((1, PLAIN), (0, MASKED))
    assert [(one.raw, one.direction) for one in found] == [
        (ANSWER.decode(), Direction.TO_CHARGE_POINT),
        (CALL.decode(), Direction.TO_CSMS),
    ]


def test_a_gap_loses_no_message_after_it() -> None:
    gap = b"[37 bytes missing in capture file]\0"
    found, tally = read((0, REQUEST), (1, RESPONSE), (0, MASKED[:20]), (0, gap), (0, b"at{}"), (0, MASKED), (1, PLAIN))
    assert raws(found) == [CALL[:14].decode(), CALL.decode(), ANSWER.decode()]
    assert tally.without_frame == 0
    found, tally = read((0, REQUEST), (1, RESPONSE), (0, gap), (0, b"at{}"), (1, PLAIN))
    assert (raws(found), tally.without_frame) == ([ANSWER.decode()], 1)


LONG = b'[2,"a","DataTransfer",{"vendorId":"' + b"e" * 9_000 + b'"}]'
DECEIVING = (bytes.fromhex("e49b9b00"), bytes.fromhex("ece5e49b"))
"""Keys that mask the letters `eeee` as 81 fe fe 65, the head of a long text, and as 89 80 81 fe, that of a ping."""


def masked(text: bytes, key: bytes) -> bytes:
    data = bytes(byte ^ key[place % 4] for place, byte in enumerate(text))
    return b"\x81\xfe" + len(text).to_bytes(2, "big") + key + data


@pytest.mark.parametrize("key", DECEIVING, ids=bytes.hex)
@pytest.mark.parametrize("claimed", [1_000, 20_000], ids=["as many as are missing", "more than the message has"])
def test_the_rest_of_a_long_message_is_not_read_as_frames_after_a_gap(key: bytes, claimed: int) -> None:
    """Its bytes are masked with a key by chance: any of its packets may look like the beginning of a frame."""
    frame = masked(LONG, key)
    first, second, *others = (frame[place : place + 1_000] for place in range(0, len(frame), 1_000))
    gap = b"[%d bytes missing in capture file]\0" % claimed
    pieces = [(0, piece) for piece in (first, gap, *others, MASKED)]
    found, _ = read((0, REQUEST), (1, RESPONSE), *pieces)
    assert len(second) == 1_000
    assert raws(found) == [LONG[: len(first) - 8].decode(), CALL.decode()]


def test_a_message_that_begins_within_the_last_packet_of_a_damaged_one_is_read() -> None:
    frame = masked(LONG, b"abcd")
    gaps = [(0, b"[%d bytes missing in capture file]\0" % count) for count in (1_000, 2_000)]
    damaged = [(0, frame[:500]), gaps[0], (0, frame[1_500:3_000]), gaps[1], (0, frame[5_000:7_000])]
    found, _ = read((0, REQUEST), (1, RESPONSE), *damaged, (0, frame[7_000:] + MASKED), (0, MASKED))
    assert raws(found) == [LONG[:492].decode(), CALL.decode(), CALL.decode()]


def test_a_head_in_a_packet_of_its_own_is_read_after_a_gap() -> None:
    gap = b"[99 bytes missing in capture file]\0"
    found, _ = read((0, REQUEST), (1, RESPONSE), (0, gap), (0, MASKED[:6]), (0, MASKED[6:]), (1, PLAIN))
    assert raws(found) == [CALL.decode(), ANSWER.decode()]


def test_bytes_that_are_no_longer_websocket_are_counted() -> None:
    found, tally = read((0, REQUEST), (1, RESPONSE), (0, b"\xff" * 20), (0, MASKED), (1, PLAIN))
    assert raws(found) == [ANSWER.decode()]
    assert tally.without_frame == 1


def test_other_connections_give_no_frames() -> None:
    assert read((0, b"SSH-2.0-OpenSSH\r\n"), (1, b"SSH-2.0-x\r\n")) == ([], ImportTally())
    web = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
    assert read((0, web), (1, b"HTTP/1.1 200 OK\r\n\r\nhello world"), (0, web))[0] == []


@given(
    st.lists(st.tuples(st.booleans(), st.sampled_from([CALL, ANSWER])), max_size=6),
    st.lists(st.integers(1, 60), min_size=1, max_size=8),
)
def test_the_split_of_the_bytes_does_not_matter(messages: list[tuple[bool, bytes]], sizes: list[int]) -> None:
    pieces = [(0, REQUEST), (1, RESPONSE)]
    pieces += [(0, MASKED) if by_client else (1, PLAIN) for by_client, _ in messages]
    cut: list[tuple[int, bytes]] = []
    for number, (peer, data) in enumerate(pieces):
        size = sizes[number % len(sizes)]
        cut += [(peer, data[place : place + size]) for place in range(0, len(data), size)]
    found, _ = read(*cut)
    assert raws(found) == [(CALL if by_client else ANSWER).decode() for by_client, _ in messages]


@given(st.lists(st.tuples(st.integers(0, 1), st.binary(max_size=80)), max_size=6), st.booleans())
def test_any_bytes_are_read_without_raising(pieces: list[tuple[int, bytes]], after_handshake: bool) -> None:
    before = [(0, REQUEST), (1, RESPONSE)] if after_handshake else []
    read(*before, *pieces)
    read((0, b"GET " + b"".join(data for _, data in pieces) + b"\r\n\r\n"), (1, RESPONSE))
