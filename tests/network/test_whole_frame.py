"""If the short path for whole frames read or wrote anything but what `websockets` does, messages would be damaged."""

from __future__ import annotations

import pytest
from websockets.frames import Frame, Opcode
from websockets.http11 import Request
from websockets.server import ServerProtocol

from ocpptui.network.whole_frame import is_between_frames, read_masked, read_unmasked, written, written_masked

MAX = 1 << 20
SIZES = (0, 1, 5, 125, 126, 127, 128, 255, 256, 4096, 65535)


def masked_frame(payload: bytes, opcode: Opcode = Opcode.TEXT, *, fin: bool = True) -> bytes:
    return Frame(opcode, payload, fin).serialize(mask=True)


def open_server() -> ServerProtocol:
    protocol = ServerProtocol()
    protocol.receive_data(
        b"GET /CP HTTP/1.1\r\nHost: csms.test\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
    )
    (request,) = protocol.events_received()
    assert isinstance(request, Request)
    protocol.send_response(protocol.accept(request))
    protocol.data_to_send()
    return protocol


@pytest.mark.parametrize("size", SIZES)
def test_a_whole_masked_text_frame_is_read(size: int) -> None:
    payload = bytes(place % 251 for place in range(size))
    assert read_masked(masked_frame(payload), MAX) == payload


@pytest.mark.parametrize("size", SIZES)
def test_no_piece_of_a_frame_is_taken_for_a_whole_one(size: int) -> None:
    frame = masked_frame(b"x" * size)
    for end in {*range(min(len(frame), 20)), len(frame) // 2, len(frame) - 1}:
        assert read_masked(frame[:end], MAX) is None
    assert read_masked(frame + b"\x81", MAX) is None
    assert read_masked(frame + frame, MAX) is None


@pytest.mark.parametrize(
    "frame",
    [
        pytest.param(masked_frame(b"x", Opcode.BINARY), id="binary"),
        pytest.param(masked_frame(b"x", Opcode.PING), id="ping"),
        pytest.param(masked_frame(b"\x03\xe8", Opcode.CLOSE), id="close"),
        pytest.param(masked_frame(b"x", fin=False), id="first-fragment"),
        pytest.param(masked_frame(b"x", Opcode.CONT), id="last-fragment"),
        pytest.param(b"\xc1" + masked_frame(b"x")[1:], id="compressed"),
        pytest.param(masked_frame(b"x" * 65536), id="64-KiB"),
        *(pytest.param(Frame(Opcode.TEXT, b"x" * size).serialize(mask=False), id=f"unmasked-{size}") for size in SIZES),
        pytest.param(b"\x81\xff" + b"\0" * 131, id="length-in-eight-bytes"),
    ],
)
def test_every_other_frame_is_left_to_websockets(frame: bytes) -> None:
    assert read_masked(frame, MAX) is None


@pytest.mark.parametrize("size", SIZES)
def test_a_client_reads_a_whole_frame_and_nothing_else(size: int) -> None:
    """Between a charge point and its central system, a piece of a message would go on as a whole one."""
    frame = Frame(Opcode.TEXT, b"x" * size).serialize(mask=False)
    assert read_unmasked(frame, MAX) == b"x" * size
    for end in {*range(min(len(frame), 20)), len(frame) // 2, len(frame) - 1}:
        assert read_unmasked(frame[:end], MAX) is None
    others = [frame + frame, frame + b"\x81", b"\xc1" + frame[1:], b"\x01" + frame[1:], masked_frame(b"x" * size)]
    others += [Frame(opcode, b"x" * min(size, 125)).serialize(mask=False) for opcode in (Opcode.PING, Opcode.BINARY)]
    assert [read_unmasked(other, MAX) for other in others] == [None] * len(others)
    assert size == 0 or read_unmasked(frame, size - 1) is None


@pytest.mark.parametrize("size", SIZES)
def test_what_a_client_writes_is_masked_anew_each_time(size: int) -> None:
    """Proxies in between could be made to take a payload for a request (RFC 6455 section 10.3)."""
    payload = bytes(place % 251 for place in range(size))
    frames = [written_masked(payload) for _ in range(3)]
    assert [None if frame is None else read_masked(frame, MAX) for frame in frames] == [payload] * 3
    assert size == 0 or len(set(frames)) > 1
    assert written_masked(b"x" * 65536) is None


def test_a_message_above_the_limit_is_left_to_websockets_which_refuses_it() -> None:
    assert read_masked(masked_frame(b"x" * 100), 100) is not None
    assert read_masked(masked_frame(b"x" * 101), 100) is None


@pytest.mark.parametrize("size", SIZES)
def test_a_text_is_written_as_websockets_writes_it(size: int) -> None:
    payload = b"x" * size
    assert written(payload) == Frame(Opcode.TEXT, payload).serialize(mask=False)


def test_a_long_text_is_left_to_websockets() -> None:
    assert written(b"x" * 65536) is None


def test_an_open_connection_is_between_frames_only_after_a_whole_message() -> None:
    frame = masked_frame(b"x" * 300)
    for end in (*range(1, 12), len(frame) - 1):
        protocol = open_server()
        assert not is_between_frames(ServerProtocol())
        protocol.receive_data(frame[:end])
        assert not is_between_frames(protocol), f"after {end} bytes"
        protocol.receive_data(frame[end:])
        assert is_between_frames(protocol)
        assert len(protocol.events_received()) == 1


def test_a_connection_is_not_between_messages_inside_a_fragmented_one() -> None:
    protocol = open_server()
    protocol.receive_data(masked_frame(b"x", fin=False))
    assert not is_between_frames(protocol)
    protocol.receive_data(masked_frame(b"a ping is no end of it", Opcode.PING))
    assert not is_between_frames(protocol)
    protocol.receive_data(masked_frame(b"x", Opcode.CONT))
    assert is_between_frames(protocol)


def test_a_closing_connection_is_not_between_frames() -> None:
    protocol = open_server()
    protocol.receive_data(masked_frame(b"\x03\xe8", Opcode.CLOSE))
    assert not is_between_frames(protocol)
