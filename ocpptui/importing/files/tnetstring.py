"""Typed netstrings, in which mitmproxy stores flows: `<length>:<content><type>`."""

from __future__ import annotations

import math
from typing import Any, BinaryIO

DEEPEST = 40
LARGEST = 2**29
"""The most bytes of one value's content, which is held in memory as a whole."""
_LENGTH_DIGITS = 12


class NotTnetstring(ValueError):
    """The bytes are not a typed netstring, or end in the middle of one."""


def read_value(stream: BinaryIO) -> Any:
    """The next value of a stream. Raises EOFError at the end, NotTnetstring if the bytes are malformed."""
    digits = b""
    while True:
        byte = stream.read(1)
        if not byte and not digits:
            raise EOFError
        if byte == b":":
            break
        if not byte.isdigit() or len(digits) >= _LENGTH_DIGITS:
            raise NotTnetstring(f"not a length: {(digits + byte)!r}")
        digits += byte
    length = int(digits or b"0")
    if length > LARGEST:
        raise NotTnetstring(f"a value of {length} bytes is too long")
    content = _exactly(stream, length + 1)
    if len(content) != length + 1:
        raise NotTnetstring(f"it is truncated {length + 1 - len(content)} bytes before its end")
    return _value(memoryview(content)[:-1], content[-1:], 0)


def _exactly(stream: BinaryIO, size: int) -> bytes:
    """`size` bytes, fewer only at the end; the stream may return them in pieces."""
    pieces = []
    while size and (piece := stream.read(min(size, 2**20))):
        pieces.append(piece)
        size -= len(piece)
    return b"".join(pieces)


def _value(content: memoryview, kind: bytes, depth: int) -> Any:
    if depth > DEEPEST:
        raise NotTnetstring("nested too deeply")
    if kind == b",":
        return bytes(content)
    if kind == b";":
        return bytes(content).decode("utf-8", "surrogateescape")
    if kind == b"]":
        return _list(content, depth)
    if kind == b"}":
        values = _list(content, depth)
        if len(values) % 2:
            raise NotTnetstring("a dictionary key without a value")
        return {_key(key): value for key, value in zip(values[::2], values[1::2], strict=True)}
    text = bytes(content)
    if kind == b"~":
        return None
    if kind == b"!" and text in (b"true", b"false"):
        return text == b"true"
    try:
        if kind == b"#" and len(text) <= 30:
            return int(text)
        if kind == b"^" and len(text) <= 60:
            number = float(text)
            return number if math.isfinite(number) else None
    except ValueError:
        pass
    raise NotTnetstring(f"not a value of type {kind!r}: {text[:40]!r}")


def _list(content: memoryview, depth: int) -> list[Any]:
    values, place, end = [], 0, len(content)
    while place < end:
        digits = bytes(content[place : place + _LENGTH_DIGITS + 1]).partition(b":")[0]
        start = place + len(digits) + 1
        if not digits.isdigit() or len(digits) > _LENGTH_DIGITS:
            raise NotTnetstring(f"not a length: {digits!r}")
        close = start + int(digits)
        if close >= end:
            raise NotTnetstring("a value that is longer than its container")
        values.append(_value(content[start:close], bytes(content[close : close + 1]), depth + 1))
        place = close + 1
    return values


def _key(key: Any) -> str:
    if isinstance(key, bytes):
        return key.decode("utf-8", "surrogateescape")
    if isinstance(key, str):
        return key
    raise NotTnetstring("a key that is not text")
