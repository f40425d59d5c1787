"""WebSocket messages read from bytes: masked, fragmented, compressed, cut anywhere."""

from __future__ import annotations

import os
import zlib
from contextlib import suppress
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocpptui.importing.packets.websocket_bytes import CLOSE, PING, TEXT, MessageReader, NotWebSocket, WebSocketMessage
from tests.kit.linear_time import assert_linear


def frame(data: bytes, opcode: int = TEXT, *, last: bool = True, key: bytes = b"", deflated: bool = False) -> bytes:
    first = bytes(((0x80 if last else 0) | (0x40 if deflated else 0) | opcode,))
    size, mask = len(data), 0x80 if key else 0
    if size < 126:
        length = bytes((mask | size,))
    elif size < 2**16:
        length = bytes((mask | 126,)) + size.to_bytes(2, "big")
    else:
        length = bytes((mask | 127,)) + size.to_bytes(8, "big")
    body = bytes(byte ^ key[place % 4] for place, byte in enumerate(data)) if key else data
    return first + length + key + body


def in_pieces(data: bytes, cuts: list[int]) -> list[bytes]:
    places = sorted({cut % (len(data) + 1) for cut in cuts} | {0, len(data)})
    return [data[start:end] for start, end in zip(places, places[1:], strict=False)]


def read(reader: MessageReader, pieces: list[bytes]) -> list[WebSocketMessage]:
    return [message for piece in pieces for message in reader.take(piece)]


@given(st.lists(st.binary(max_size=300), max_size=5), st.booleans(), st.lists(st.integers(0, 10_000), max_size=6))
def test_messages_are_read_from_any_split_of_the_bytes(texts: list[bytes], masked: bool, cuts: list[int]) -> None:
    key = b"\x01\x02\x03\xff" if masked else b""
    data = b"".join(frame(text, key=key) for text in texts)
    found = read(MessageReader(compressed=False), in_pieces(data, cuts))
    assert [(message.data, message.masked, message.opcode) for message in found] == [(t, masked, TEXT) for t in texts]


@given(st.lists(st.binary(max_size=50), min_size=1, max_size=5), st.lists(st.integers(0, 10_000), max_size=6))
def test_fragments_are_one_message_with_a_ping_in_between(parts: list[bytes], cuts: list[int]) -> None:
    pieces = [frame(part, TEXT if not number else 0, last=False) for number, part in enumerate(parts)]
    data = pieces[0] + frame(b"hi", PING) + b"".join(pieces[1:]) + frame(b"", 0)
    found = read(MessageReader(compressed=False), in_pieces(data, cuts))
    assert [(message.opcode, message.data) for message in found] == [(PING, b"hi"), (TEXT, b"".join(parts))]


@given(st.lists(st.binary(max_size=200), max_size=5), st.booleans(), st.lists(st.integers(0, 10_000), max_size=6))
def test_compressed_messages_with_and_without_a_common_window(
    texts: list[bytes], takeover: bool, cuts: list[int]
) -> None:
    deflater, data = zlib.compressobj(wbits=-15), b""
    for text in texts:
        deflated = (deflater.compress(text) + deflater.flush(zlib.Z_SYNC_FLUSH)).removesuffix(b"\0\0\xff\xff")
        data += frame(deflated, deflated=True, key=b"abcd")
        if not takeover:
            deflater = zlib.compressobj(wbits=-15)
    reader = MessageReader(compressed=True, context_takeover=takeover)
    assert [message.data for message in read(reader, in_pieces(data, cuts))] == texts


def test_the_captured_part_of_a_message_is_returned_at_the_end() -> None:
    reader = MessageReader(compressed=False)
    data = frame(b'[2,"a","Heartbeat",{}]', last=False) + frame(b"the rest", 0, key=b"abcd")
    assert read(reader, [data[:-4]]) == []
    assert reader.finish() == WebSocketMessage(TEXT, b'[2,"a","Heartbeat",{}]the ', False, False)
    assert reader.finish() is None


@pytest.mark.parametrize(
    "data",
    [b"\xf1\x00", b"\x83\x00", frame(b"x" * 126, CLOSE), frame(b"x", 0), b"\x81\x7f" + b"\xff" * 8, b"\xc1\x00"],
    ids=[
        "reserved bits",
        "unknown opcode",
        "long close",
        "continuation without a message",
        "exabytes",
        "not agreed on",
    ],
)
def test_bytes_that_are_not_websocket_are_refused(data: bytes) -> None:
    with pytest.raises(NotWebSocket):
        read(MessageReader(compressed=False), [data])


def test_a_small_message_that_decompresses_to_gigabytes_is_refused() -> None:
    deflater = zlib.compressobj(9, wbits=-15)
    bomb = b"".join(deflater.compress(bytes(2**20)) for _ in range(65)) + deflater.flush(zlib.Z_SYNC_FLUSH)
    with pytest.raises(NotWebSocket):
        read(MessageReader(compressed=True), [frame(bomb, deflated=True)])


@given(st.lists(st.binary(max_size=60), max_size=5), st.booleans())
def test_any_bytes_raise_at_most_not_websocket(pieces: list[bytes], compressed: bool) -> None:
    reader = MessageReader(compressed=compressed)
    with suppress(NotWebSocket):
        read(reader, pieces)
    with suppress(NotWebSocket):
        reader.finish()


def test_the_time_grows_linearly_with_small_pieces() -> None:
    def seconds(count: int) -> float:
        data = frame(b"x" * 100, key=os.urandom(4)) * count
        reader = MessageReader(compressed=False)
        start = process_time()
        assert len(read(reader, [data])) == count
        return process_time() - start

    assert_linear(seconds, 10_000)
