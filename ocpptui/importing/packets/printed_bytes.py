r"""Bytes that a program prints within a line: hexadecimal, base64, lists of numbers, string literals with escapes.

`payload=5b322c22…`, `0x5B322C22…`, `<Buffer 5b 32 2c …>` of Node, `[91 50 44 …]` of Go, `[91, 50, 44, …]` of Java and
Python, `b'[2,"a1",…\xc3\xa9…]'` of Python, `"[2,\"a1\",…\x00…]"` of Go's `%q`. What does not decode to a frame is not
one: hashes, certificates and signatures are left alone.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Any, NamedTuple

from ocpptui.importing.packets.framed_bytes import CarriedFrame, frames_in_bytes
from ocpptui.jsontext.lazy_pattern import lazily
from ocpptui.ocpp.json_defects import has_too_many_values

_HEXADECIMAL = lazily(
    r"(?<![0-9A-Za-z])(?:0[xX]|\\x)?(?:5[bB][ ,;:_-]{0,2}(?:0[xX]|\\x)?(?:3[2-6]|20|0[9aAdD])|(?:81|[cC]1))"
    r"(?>(?:[ ,;:_-]{0,2}(?:0[xX]|\\x)?[0-9a-fA-F]{2}){8,})"
)
"""What begins with a bracket or with the first byte of a WebSocket frame."""
_BYTE = lazily(r"(?:0[xX]|\\x)?([0-9a-fA-F]{2})")
_NUMBERS = lazily(r"(?<![\w.,-])(?:91(?=,? ?(?:5[0-4]|32|9|1[03])\b)|129|-127|193|-63)(?>(?:(?:, ?| )-?\d{1,3}){8,})")
_NUMBER = lazily(r"-?\d+")
_BASE64 = lazily(r"(?<![A-Za-z0-9+/_-])W[wyz][A-Za-z0-9+/_-]{10,}+={0,2}")
_LITERALS = ("b'", 'b"')
_CELL_BEGINNINGS = (
    *_LITERALS, "5b", "5B", "81", "c1", "C1", "0x5", "0X5", "0x8", "0xc", "\\x5", "\\x8", "x'5", "X'5", "Wz", "Wy",
    "Ww", "[91", "{91", "[129", "[-127",
)  # fmt: skip
MOST_TRIED = 20
"""How many runs of a line are decoded."""
_LITERAL = lazily(r"[^'\\]*+(?:\\.[^'\\]*+)*+(?=')", re.DOTALL)
_DOUBLE_LITERAL = lazily(r'[^"\\]*+(?:\\.[^"\\]*+)*+(?=")', re.DOTALL)
_BYTES_BEFORE = lazily(r"(?<![A-Za-z0-9_])(?:[bB][rR]?|[rR][bB])$")
_REPR_BEFORE = lazily(r"(?:TEXT|BINARY|CONT) $")
"""How the Python library `websockets` writes a frame: `< TEXT '…' [12 bytes]`."""
_ESCAPE = lazily(
    r"\\(?:x(?P<hex>[0-9a-fA-F]{2})|u(?P<short>[0-9a-fA-F]{4})|u\{(?P<braced>[0-9a-fA-F]{1,6})\}"
    r"|U(?P<long>[0-9a-fA-F]{8})|(?P<octal>[0-7]{1,3})|(?P<other>.))",
    re.DOTALL,
)
_CONTROLS = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", "a": "\a", "v": "\v", "0": "\0", "e": "\x1b"}


class PrintedBytes(NamedTuple):
    """Bytes in a line that hold frames."""

    start: int
    end: int
    frames: list[CarriedFrame]


def may_hold_bytes(text: str) -> bool:
    """Whether it is worth looking for the bytes of a frame in a text; quick, and true for any that has some."""
    return _may_be_hexadecimal(text) or _may_be_numbers(text) or _may_be_base64(text)


def bytes_in(text: str) -> Sequence[PrintedBytes]:
    """The places of a text where bytes are printed that hold frames, in their order."""
    if not may_hold_bytes(text):
        return ()
    found = list[PrintedBytes]()
    if _may_be_hexadecimal(text):
        found += _decoded(_HEXADECIMAL, text, lambda run: bytes.fromhex("".join(_BYTE.findall(run[0]))))
    if _may_be_numbers(text):
        found += _decoded(_NUMBERS, text, _of_list)
    if _may_be_base64(text):
        found += _decoded(_BASE64, text, lambda run: _of_base64(run[0]))
    place, apart = 0, list[PrintedBytes]()
    for one in sorted(found):
        if one.start >= place:
            apart.append(one)
            place = one.end
    return apart


def _may_be_hexadecimal(text: str) -> bool:
    return "5b" in text or "5B" in text or "81" in text or "c1" in text or "C1" in text


def _may_be_numbers(text: str) -> bool:
    return "91" in text or "129" in text or "193" in text or "-127" in text or "-63" in text


def _may_be_base64(text: str) -> bool:
    return "Wz" in text or "Wy" in text or "Ww" in text


def bytes_of_numbers(values: list[Any]) -> list[CarriedFrame]:
    """The frames in a list of numbers that are bytes, signed or not; empty if it is any other list."""
    if len(values) < 9 or type(values[0]) is not int:
        return []
    data = _of_numbers(values) if all(type(value) is int for value in values) else b""
    return frames_in_bytes(data)


def readable_cell(cell: str) -> str:
    """The text of the frame whose bytes are the whole content of a cell of a table; any other cell as it is."""
    if not cell.startswith(_CELL_BEGINNINGS):
        return cell
    literal = literal_at(cell, 2) if cell[:2] in _LITERALS else None
    if literal is not None:
        return literal.raw if isinstance(literal.raw, str) and literal.end == len(cell) - 1 else cell
    for run in bytes_in(cell):
        raw = run.frames[0].raw
        whole = run.start <= 2 and len(cell) - run.end <= 1 and len(run.frames) == 1
        return raw if whole and isinstance(raw, str) else cell
    return cell


def _decoded(pattern: re.Pattern[str], text: str, decode: Callable[[re.Match[str]], bytes]) -> Iterator[PrintedBytes]:
    for match in islice(pattern.finditer(text), MOST_TRIED):
        frames = frames_in_bytes(decode(match))
        if frames:
            yield PrintedBytes(match.start(), match.end(), frames)


def _of_list(run: re.Match[str]) -> bytes:
    """The bytes of a list of numbers; without the last if the text ends there, because it may have more digits."""
    numbers = [int(one) for one in _NUMBER.findall(run[0])]
    return _of_numbers(numbers[:-1] if run.end() == len(run.string) else numbers)


def _of_numbers(values: list[int]) -> bytes:
    if any(not -128 <= value <= 255 for value in values):
        return b""
    return bytes(value & 0xFF for value in values)


def _of_base64(run: str) -> bytes:
    """The bytes of base64 in either alphabet (RFC 4648), with or without padding or its end."""
    plain = run.rstrip("=").replace("-", "+").replace("_", "/")
    if len(plain) % 4 == 1:
        plain = plain[:-1]
    try:
        return base64.b64decode(plain + "=" * (-len(plain) % 4))
    except binascii.Error:
        return b""


# -- string literals ---------------------------------------------------------------------------------------------------


class Literal(NamedTuple):
    """The content of a string literal."""

    start: int
    """The position of its quote, or of the letter before it."""
    end: int
    """The position after its last character, before the quote."""
    raw: str | bytes


def literal_at(text: str, start: int) -> Literal | None:
    """The frame that starts here if it is the content of a string literal with escapes, as Python prints bytes and
    texts; None if it is as it was on the wire.

    A literal of bytes is known by its `b`. Of a text in quotes, the escapes are those of the literal only if JSON
    cannot have them.
    """
    quote = text[start - 1 : start]
    if quote not in ("'", '"') or not quote or text[max(0, start - 2) : start - 1] == "\\":
        return None
    before = text[max(0, start - 10) : start - 1]
    letters = _BYTES_BEFORE.search(before)
    is_bytes, opening = letters is not None, start - 1 - (0 if letters is None else len(letters[0]))
    if quote == '"' and not is_bytes:
        return None
    content = _LITERAL.match(text, start) if quote == "'" else _DOUBLE_LITERAL.match(text, start)
    if content is None:
        return None
    if "\\" not in content[0]:
        return Literal(opening, content.end(), content[0]) if is_bytes else None
    if not is_bytes and _REPR_BEFORE.search(before) is None:
        if _is_json(content[0]):
            return None
        inner = unescaped(content[0])
        return Literal(opening, content.end(), inner) if type(inner) is str and _is_json(inner) else None
    return Literal(opening, content.end(), unescaped(content[0], as_bytes=is_bytes))


def unescaped(text: str, *, as_bytes: bool = False) -> str | bytes:
    r"""A text without the escapes of Python, Go, C or Rust. `\xc3\xa9` are bytes of UTF-8 if `as_bytes`, else if they
    can be, else characters. Bytes that are not UTF-8 stay bytes."""
    try:
        return _without_escapes(text, 0xDC00).encode("utf-8", "surrogateescape").decode()
    except UnicodeDecodeError:
        if as_bytes:
            return _without_escapes(text, 0xDC00).encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        pass
    return _without_escapes(text, 0).encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _without_escapes(text: str, byte_base: int) -> str:
    """`byte_base` is added to the bytes over 127 that are written as two hexadecimal or three octal digits."""

    def one(match: re.Match[str]) -> str:
        if match["other"]:
            return _CONTROLS.get(match["other"], match["other"])
        if match["hex"] or match["octal"]:
            number = int(match["hex"], 16) if match["hex"] else int(match["octal"], 8) & 0xFF
            return chr(number + byte_base if number > 127 else number)
        number = int(match["short"] or match["braced"] or match["long"], 16)
        return chr(number) if number <= 0x10FFFF else "\ufffd"

    plain = _ESCAPE.sub(one, text)
    if byte_base and "\\u" in text:  # a pair of surrogates is one character
        return _joined(plain)
    return plain


_PAIR = lazily("[\ud800-\udbff][\udc00-\udfff]")


def _joined(text: str) -> str:
    return _PAIR.sub(lambda match: match[0].encode("utf-16", "surrogatepass").decode("utf-16"), text)


def _is_json(text: str) -> bool:
    if has_too_many_values(text):
        return False
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True
