"""WebSocket messages in the bytes that one side sent (RFC 6455 section 5, RFC 7692 for compression).

The parser of `websockets` (Sans-I/O) reads live connections but is unsuitable for captures: it must know whether frames
are masked, which a capture without the handshake does not show; it returns nothing of a frame whose end was not
captured, which is often the one that matters; and it refuses a connection whose beginning is missing.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from copy import copy
from typing import NamedTuple

LARGEST = 64 * 2**20
"""The most bytes of a message, compressed or not; what claims to be longer is not a message."""
CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10
_OPCODES = frozenset((CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG))
_FLUSHED = b"\x00\x00\xff\xff"
"""What a sender removes from the end of a compressed message (RFC 7692 section 7.2.1)."""


class NotWebSocket(ValueError):
    """The bytes are not those of a WebSocket."""


class WebSocketMessage(NamedTuple):
    """One message, assembled from its fragments."""

    opcode: int
    data: bytes
    masked: bool
    whole: bool = True
    """False if its end is missing."""


class _Head(NamedTuple):
    """The head of a frame (RFC 6455 section 5.2)."""

    first: int
    """Its first byte: whether the message ends with it, reserved bits and opcode."""
    masked: bool
    start: int
    """Where its payload starts."""
    key: bytes
    """The key of the mask; empty without one."""
    end: int
    """Where the frame ends."""


class MessageReader:
    """Turns the bytes of one side into messages as they arrive."""

    def __init__(self, *, compressed: bool, context_takeover: bool = True) -> None:
        """`compressed`: permessage-deflate was negotiated; `context_takeover`: messages share a window."""
        self._buffer = bytearray()
        self._compressed = compressed
        self._takeover = context_takeover
        self._inflater = zlib.decompressobj(-15)
        self._opcode = 0
        self._deflated = False
        self._masked = False
        self._fragments: list[bytes] = []
        self._size = 0

    def take(self, data: bytes) -> Iterator[WebSocketMessage]:
        """The messages that end in these bytes. Raises NotWebSocket; nothing more can be read after that."""
        self._buffer += data
        place = 0
        try:
            while (frame := self._frame_at(place)) is not None:
                payload = _unmasked(bytes(self._buffer[frame.start : frame.end]), frame.key)
                place = frame.end
                message = self._add(frame.first, frame.masked, payload)
                if message is not None:
                    yield message
        finally:
            del self._buffer[:place]

    @property
    def is_between_messages(self) -> bool:
        """Whether all messages so far have ended."""
        return not self._buffer and not self._fragments

    @property
    def outstanding(self) -> int:
        """How many bytes are still to come of the frame that has begun; 0 as long as its head is not there in full."""
        head = self._head_at(0)
        return 0 if head is None else head.end - len(self._buffer)

    def copy(self) -> MessageReader:
        """A reader that has read the same and goes on by itself."""
        other = copy(self)
        other._buffer, other._fragments = bytearray(self._buffer), list(self._fragments)
        other._inflater = self._inflater.copy()
        return other

    def finish(self) -> WebSocketMessage | None:
        """The part of a message that has not ended; None if there is none."""
        pieces, opcode, masked = list(self._fragments), self._opcode, self._masked
        if len(self._buffer) >= 2:
            head = self._head_at(0)
            if head is not None:
                masked = masked if pieces else head.masked
                opcode = head.first & 0x0F or opcode
                self._deflated = self._deflated or bool(head.first & 0x40)
                if opcode in (TEXT, BINARY):
                    pieces.append(_unmasked(bytes(self._buffer[head.start :]), head.key))
        self._buffer.clear()
        self._fragments = []
        data = b"".join(pieces)
        if not data or opcode not in (TEXT, BINARY):
            return None
        try:
            return WebSocketMessage(opcode, self._inflated(data, b"") if self._deflated else data, masked, False)
        except NotWebSocket:
            return WebSocketMessage(opcode, data, masked, False)

    def _head_at(self, place: int) -> _Head | None:
        """The head of the frame that begins there; None if it is not there in full."""
        buffer = self._buffer
        if len(buffer) < place + 2:
            return None
        first, second = buffer[place], buffer[place + 1]
        masked, length, start = bool(second & 0x80), second & 0x7F, place + 2
        if length >= 126:
            size = 2 if length == 126 else 8
            if len(buffer) < start + size:
                return None
            length = int.from_bytes(buffer[start : start + size], "big")
            start += size
        opcode = first & 0x0F
        reserved = first & (0x30 if self._compressed else 0x70)
        if reserved or opcode not in _OPCODES or length > LARGEST or (opcode >= CLOSE and length > 125):
            raise NotWebSocket(f"the bytes {bytes(buffer[place : place + 8]).hex(' ')} are not a WebSocket frame")
        key = bytes(buffer[start : start + 4]) if masked else b""
        if masked and len(key) < 4:
            return None
        start += len(key)
        return _Head(first, masked, start, key, start + length)

    def _frame_at(self, place: int) -> _Head | None:
        """The head of the frame that begins there, if all of the frame is there."""
        head = self._head_at(place)
        return head if head is not None and head.end <= len(self._buffer) else None

    def _add(self, first: int, masked: bool, payload: bytes) -> WebSocketMessage | None:
        opcode = first & 0x0F
        if opcode >= CLOSE:
            return WebSocketMessage(opcode, payload, masked)
        if opcode != CONTINUATION:
            self._opcode, self._deflated, self._masked = opcode, bool(first & 0x40), masked
            self._fragments, self._size = [], 0
        elif not self._opcode:
            raise NotWebSocket("a continuation frame without a message")
        self._fragments.append(payload)
        self._size += len(payload)
        if self._size > LARGEST:
            raise NotWebSocket(f"a message of more than {LARGEST} bytes")
        if not first & 0x80:
            return None
        data, opcode = b"".join(self._fragments), self._opcode
        self._fragments, self._opcode = [], 0
        return WebSocketMessage(opcode, self._inflated(data) if self._deflated else data, masked)

    def _inflated(self, data: bytes, end: bytes = _FLUSHED) -> bytes:
        try:
            text = self._inflater.decompress(data + end, LARGEST)
        except zlib.error as error:
            raise NotWebSocket(f"a compressed message cannot be read: {error}") from error
        if self._inflater.unconsumed_tail:
            raise NotWebSocket(f"a compressed message of more than {LARGEST} bytes")
        if not self._takeover or self._inflater.eof:
            self._inflater = zlib.decompressobj(-15)
        return text


def _unmasked(data: bytes, key: bytes) -> bytes:
    """RFC 6455 section 5.3, as one large number."""
    if not key or not data:
        return data
    size = len(data)
    mask = (key * (size // 4 + 1))[:size]
    return (int.from_bytes(data, "big") ^ int.from_bytes(mask, "big")).to_bytes(size, "big")
