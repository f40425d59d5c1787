"""Text messages in one WebSocket frame, like almost all messages of OCPP-J (RFC 6455 section 5.2).

The Sans-I/O layer of `websockets` reads and writes every frame; this does the same for the most frequent kind at a
fraction of the cost, and leaves all others, right or wrong, to that layer.
"""

from __future__ import annotations

import secrets
from types import GeneratorType
from typing import Any

from websockets.protocol import Protocol, State
from websockets.streams import StreamReader

try:
    from websockets.speedups import apply_mask
except ImportError:  # a platform for which `websockets` has no compiled part
    from websockets.utils import apply_mask

FINAL_TEXT = 0x81
"""First byte of a text frame that is a complete message, without extensions."""
MASKED = 0x80
SHORT, LONGER = 125, 126
"""The largest length in the second byte, and the value that says that two bytes of length follow."""


def read_masked(data: bytes, max_size: int) -> bytes | None:
    """The payload of one masked text frame that is a complete message of at most `max_size` bytes; None unless `data`
    is exactly that frame, with a length below 64 KiB."""
    if len(data) < 6 or data[0] != FINAL_TEXT:
        return None
    size, start = data[1] - MASKED, 2
    if size == LONGER:
        size, start = data[2] << 8 | data[3], 4
    elif not 0 <= size <= SHORT:
        return None
    if len(data) != start + 4 + size or size > max_size:
        return None
    return apply_mask(data[start + 4 :], data[start : start + 4])


def read_unmasked(data: bytes, max_size: int) -> bytes | None:
    """The same for an unmasked frame, as a server sends it."""
    if len(data) < 2 or data[0] != FINAL_TEXT:
        return None
    size, start = data[1], 2
    if size == LONGER:
        if len(data) < 4:
            return None
        size, start = data[2] << 8 | data[3], 4
    elif size > SHORT:
        return None
    return data[start:] if len(data) == start + size and size <= max_size else None


def written(data: bytes) -> bytes | None:
    """The frame that a server sends for a text message, unmasked; None for one of 64 KiB and more."""
    size = len(data)
    if size <= SHORT:
        return b"\x81%c%b" % (size, data)
    return b"\x81\x7e%b%b" % (size.to_bytes(2), data) if size < 65536 else None


def written_masked(data: bytes) -> bytes | None:
    """The frame that a client sends for a text message, with a mask that nobody can foretell (RFC 6455 section 5.3)."""
    size, mask = len(data), secrets.token_bytes(4)
    if size <= SHORT:
        return b"\x81%c%b%b" % (MASKED | size, mask, apply_mask(data, mask))
    return b"\x81\xfe%b%b%b" % (size.to_bytes(2), mask, apply_mask(data, mask)) if size < 65536 else None


def is_between_frames(protocol: Protocol) -> bool:
    """Whether the next byte that an open connection receives is the first of a message.

    The layer does not say so: its parser is a generator, which then waits to see whether the stream is at its end.
    """
    if protocol.state is not State.OPEN or protocol.current_size is not None or protocol.reader.buffer:
        return False
    waits_in: Any = protocol.parser
    while isinstance(waits_in.gi_yieldfrom, GeneratorType):
        waits_in = waits_in.gi_yieldfrom
    return waits_in.gi_code is _AT_END


_AT_END = StreamReader.at_eof.__code__
