"""Rows of a dump whose bytes are octal or decimal numbers, bits or characters, as `od`, `hexdump` and `xxd -b` write
them."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from ocpptui.importing.packets.framed_bytes import begins_websocket
from ocpptui.jsontext.lazy_pattern import lazily

BEGINNING = "000000"
"""The address of the first row has at least so many zeros."""
_ADDRESSED = lazily(r"(?P<address>[0-9a-fA-F]{6,8}):?(?P<cells>[ ].*)")
_NUMBER = {8: lazily(r"[0-3][0-7]{2}"), 10: lazily(r"-?\d{1,3}")}
_WORD = lazily(r"[01][0-7]{5}")
_BITS = lazily(r"(?:[ ][01]{8}){1,32}(?=[ ]{2}|$)")
_WIDTH = 4
"""How many characters a character takes."""
_ESCAPES = {"\\0": 0, "\\a": 7, "\\b": 8, "\\t": 9, "\\n": 10, "\\v": 11, "\\f": 12, "\\r": 13}
_CONTINUED = "**"
"""For each further byte of a character, which is shown with the first."""


class NumberRow(NamedTuple):
    """A row of numbers."""

    address: str
    data: bytes


Cells = Callable[[str], bytes | None]


def cells_of_first_row(line: str) -> Cells | None:
    """What reads the cells of the rows below the first one; None if this is not the first row of a frame, or if its
    bytes are in hexadecimal."""
    if not line.startswith(BEGINNING):
        return None
    for cells in _NOTATIONS:
        row = number_row(line, cells)
        if row is not None and (row.data.startswith(b"[") or begins_websocket(row.data)):
            return cells
    return None


def number_row(line: str, cells: Cells) -> NumberRow | None:
    """The address and the bytes of a line; None if it is not such a row."""
    match = _ADDRESSED.fullmatch(line)
    data = cells(match["cells"]) if match is not None else None
    return None if match is None or not data else NumberRow(match["address"], data)


def characters(text: str) -> bytes | None:
    """The bytes that a row shows as characters, each in a cell of four; None if it has anything else."""
    data = bytearray()
    text = text.rstrip("\r\n")
    for place in range(0, len(text), _WIDTH):
        cell = text[place : place + _WIDTH]
        shown = cell.strip()
        if len(cell) < _WIDTH:
            return None
        if shown in _ESCAPES:
            data.append(_ESCAPES[shown])
        elif _NUMBER[8].fullmatch(shown):
            data.append(int(shown, 8))
        elif len(shown) > 1 and shown != _CONTINUED:
            return None
        elif shown != _CONTINUED:
            data += (shown or " ").encode("utf-8", "surrogateescape")
    return bytes(data)


def _numbers(base: int) -> Cells:
    def cells(text: str) -> bytes | None:
        written = text.split()
        if not all(map(_NUMBER[base].fullmatch, written)):
            return None
        numbers = [int(number, base) for number in written]
        return bytes(number & 0xFF for number in numbers) if all(-129 < number < 256 for number in numbers) else None

    return cells


def _octal_words(text: str) -> bytes | None:
    written = text.split()
    if not all(map(_WORD.fullmatch, written)):
        return None
    return b"".join(int(word, 8).to_bytes(2, "little") for word in written)


def _bits(text: str) -> bytes | None:
    match = _BITS.match(text)
    return None if match is None else bytes(int(bits, 2) for bits in match[0].split())


_NOTATIONS: tuple[Cells, ...] = (_bits, _octal_words, _numbers(8), _numbers(10), characters)
