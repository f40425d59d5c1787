"""Dumps of bytes in a log, row by row.

`xxd` (also `-p` and `-i`), `hexdump`, `od`, `tcpdump -X`, Wireshark, Netty, Go's `hex.Dump`, ESP-IDF's
`ESP_LOG_BUFFER_HEXDUMP`, Zephyr's `LOG_HEXDUMP` and PowerShell's `Format-Hex` write such rows: an address or none, some
bytes, and mostly the same bytes as text. That text is compared with the bytes, and is never read as anything else.
`base64` writes rows without addresses, too.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass, field
from typing import NamedTuple

from ocpptui.importing.framed_bytes import CarriedFrame, frames_in_bytes, is_whole_frame
from ocpptui.importing.line_shapes import without_digits
from ocpptui.jsontext.lazy_pattern import lazily

LONGEST_ROW = 400
"""Characters. A longer line is not a row of a dump."""
LARGEST = 2**20
"""The most bytes of a dump; what follows is another dump."""
MOST_CHECKED = 50
"""How many times a dump is asked whether its frame is complete, so that time stays linear."""
WIDEST = 64
"""The most bytes of a row without an address."""
FEWEST = 4
"""The fewest bytes of a first row without an address and without text."""
_ROW = lazily(
    r"(?<![\w.])(?P<address>(?:0[xX])?[0-9a-fA-F]{4,16}[:|]?[ \t]{1,4}\|?)?"
    r"(?P<bytes>[0-9a-fA-F]{2}(?>(?:[ \t-]{0,2}[0-9a-fA-F]{2}){0,130}))"
)
_OPENING = lazily(
    r"(?<![\w.])(?:(?:5[bB]|81|[cC]1)(?:[ -][0-9a-fA-F]{2}){3}|5[bB]3[2-6] 2[cC]"
    r"|(?:81|[cC]1)[0-9a-fA-F]{2} [0-9a-fA-F]{4} |0{4,16}[:|]?[ \t]{1,4}\|?[ ]?[0-9a-fA-F]{2}(?![\w.:]*[g-zG-Z]))"
)
"""What the first row of a dump has, whatever precedes it."""
_BEGINNING = lazily(r"[ \t|]*(?:(?:0[xX])?[0-9a-fA-F]{4,16}[:|]?[ \t]|(?:0[xX])?(?:5[bB]|81|[cC]1)|W[zyw]|\+-)")
"""What it begins with where nothing precedes it: an address, bytes or base64 of a frame, a border."""
_FIRST = frozenset(" \t|0123456789abcdefABCDEFW+")
"""The characters with which such a line begins."""
MOST_TRIED = 40
"""How many places of a line are tried as the beginning of the bytes."""
_LAST_ADDRESS = lazily(r"(?:0[xX])?[0-9a-fA-F]{4,16}")
_BYTE = lazily(r"(?:0[xX])?([0-9a-fA-F]{2})")
_PLAIN = lazily(r"(?>(?:(?:0[xX])?[0-9a-fA-F]{2},?[ \t]{0,2})+)")
_PLAIN_BEGINNINGS = ("5b", "5B", "0x5", "0X5", "81", "0x8", "0X8", "c1", "C1", "0xc1", "0xC1")
_BASE64 = lazily(r"(?:[A-Za-z0-9+/]{4})++(?:[A-Za-z0-9+/]{2}(?:==|[A-Za-z0-9+/]=))?")
_BASE64_BEGINNINGS = ("Wz", "Wy", "Ww")
_BEGINNINGS = (*_PLAIN_BEGINNINGS, *_BASE64_BEGINNINGS)
_BORDER = lazily(r"[ \t]*\+[-+]+[ \t]*")
"""Above and below a dump of Netty."""
_HEADING = lazily(r"[ \t|]*0+[ \t]+0*1[ \t]+0*2[ \t]+0*3[ \t][0-9a-fA-F \t|]*")
"""The numbers of its columns."""
_BARS = ("|", ">")
_BEHIND_NUMBER = lazily(rb"(?s:.)(?:[\x81\xc1][\x00-\x7e])?\[\s{0,9}[2-6]\s{0,9},")
"""A byte before those of a frame: the number of bytes, if it has two digits, as in `len=63 5B 32 2C …`."""
_REPEATED = "*"
_OF_OD = "0000000"
"""Only `od` writes addresses that are not hexadecimal."""
_AS_TEXT = "".join(chr(byte) if 0x20 <= byte < 0x7F else "." for byte in range(256))


class Row(NamedTuple):
    """A row of a dump."""

    prefix: str
    """What is before it in its line."""
    address: str
    """As it is written; empty if it has none."""
    data: bytes
    checked: bool
    """Whether the text beside the bytes is theirs."""


_NO_ROW = Row("", "", b"", False)


@dataclass(slots=True)
class HexDump:
    """The rows of a dump."""

    prefix: str
    """What is before the first of them in its line."""
    lines: list[tuple[int, str]] = field(default_factory=list)
    """Their lines, with their numbers."""
    data: bytearray = field(default_factory=bytearray)
    certain: bool = False
    """Whether this can be nothing but a dump: the text beside the bytes is theirs, or the addresses continue."""

    @property
    def frames(self) -> list[CarriedFrame]:
        """The frames in it, also if it shows words of a little-endian machine, as `hexdump` and `od -x` do."""
        return frames_in_bytes(bytes(self.data)) or frames_in_bytes(self._swapped())

    def _swapped(self) -> bytes:
        data = self.data[: len(self.data) // 2 * 2]  # half a word is its second byte
        data[::2], data[1::2] = data[1::2], data[::2]
        return bytes(data)


class HexDumps:
    """Gathers the rows of dumps from the lines of a log."""

    def __init__(self) -> None:
        self.open: HexDump | None = None
        """The dump of which the last line was part, and which may go on."""
        self._last = _NO_ROW
        self._width = 0  # of the first row: in bytes, or in characters if there is nothing but bytes in a line
        self._plain = False
        self._repeats = False
        self._checks = 0
        self._base = 0  # of the addresses; 0 until the second row
        self.expected = 0
        """In how many of the next lines a dump with any bytes may begin, as a message has not ended with the last."""

    def take(self, number: int, line: str) -> tuple[list[HexDump], bool]:
        """The dumps that end before this line or with it, and whether the line is part of a dump."""
        dump, self.expected = self.open, max(self.expected - 1, 0)
        ended = list[HexDump]()
        belongs = dump is not None and self._goes_on(dump, number, line)
        if not belongs:
            if dump is not None:
                ended.append(dump)
            self.open = None
            belongs = self._begins(number, line, after_another=dump is not None)
        if self.open is not None and self._is_complete(self.open):
            ended.append(self.open)
            self.open = None
        return ended, belongs

    def finish(self) -> HexDump | None:
        """The dump that has begun; it ends here."""
        dump, self.open = self.open, None
        return dump

    def _begins(self, number: int, line: str, *, after_another: bool) -> bool:
        if not after_another and not self.expected and not may_begin_dump(line):
            return False
        if _BORDER.fullmatch(line):
            self.open, self._plain, self._last = HexDump("", [(number, line)]), False, _NO_ROW
            return True
        return self._begins_with_row(number, line, [])

    def _begins_with_row(self, number: int, line: str, above: list[tuple[int, str]]) -> bool:
        """Begin a dump if this is its first row, below a heading or none."""
        text = line.strip()
        plain = _plain_bytes(text) if text.startswith(_BEGINNINGS) else None
        row = _without_number(row_of(line)) if plain is None else Row("", "", plain, False)
        if row is None or (len(row.data) < FEWEST and not (row.checked and row.address)):
            return False
        self._plain, self._repeats, self._checks, self._base = plain is not None, False, 0, 0
        self._width = len(text) if self._plain else len(row.data)
        self.open = HexDump(row.prefix, above, certain=row.checked)
        self._add(self.open, number, line, row)
        return True

    def _goes_on(self, dump: HexDump, number: int, line: str) -> bool:
        """Add a line to a dump if it continues it."""
        text, last = line.strip(), self._last
        if _BORDER.fullmatch(line) or (not dump.data and _HEADING.fullmatch(line)):
            dump.lines.append((number, line))
            return True
        if not dump.data:
            return self._begins_with_row(number, line, dump.lines)
        if len(dump.data) >= LARGEST or len(line) > LONGEST_ROW:
            return False
        if self._plain:
            row = self._next_plain(dump, text)
        elif last.address and text == _REPEATED:
            self._repeats = True
            dump.lines.append((number, line))
            return True
        elif last.address and _LAST_ADDRESS.fullmatch(text):
            row = Row("", text, b"", False)
        else:
            row = row_of(line)
        if row is None or len(row.data) > self._width:
            return False
        if row.address and last.address:
            if not self._follows(row.address):
                return False
            self._repeat(dump, row.address)
            dump.certain = True
        elif row.address or last.address or not (self._plain or self._is_next(dump, row)):
            return False
        self._add(dump, number, line, row)
        return True

    def _next_plain(self, dump: HexDump, text: str) -> Row | None:
        """The next row where lines have nothing but bytes: all but the last are as long as the first."""
        if len(dump.lines[-1][1].strip()) < self._width or len(text) > self._width:
            return None
        data = _plain_bytes(text)
        return None if data is None or frames_in_bytes(data) else Row("", "", data, False)

    def _is_next(self, dump: HexDump, row: Row) -> bool:
        """Whether a row without an address continues the dump, and is not a frame in a line of its own."""
        alike = len(self._last.data) == self._width and without_digits(row.prefix) == without_digits(dump.prefix)
        return alike and self._width <= WIDEST and not frames_in_bytes(row.data)

    def _is_complete(self, dump: HexDump) -> bool:
        """Whether nothing can follow, so that the frame is seen at once."""
        if not dump.data.endswith(b"]") or self._checks >= MOST_CHECKED:
            return False
        self._checks += 1
        return is_whole_frame(bytes(dump.data))

    def _add(self, dump: HexDump, number: int, line: str, row: Row) -> None:
        dump.lines.append((number, line))
        dump.data += row.data
        dump.certain = dump.certain or row.checked
        self._last, self._repeats = row, False

    def _follows(self, address: str) -> bool:
        """Whether an address is that of the next row; the first two rows show in which base they are written."""
        step = len(self._last.data)
        bases = (self._base,) if self._base else (16, 8, 10) if len(address) == len(_OF_OD) else (16,)
        for base in bases:
            try:
                apart = _value(address, base) - _value(self._last.address, base)
            except ValueError:
                continue
            if step and (apart == step or (self._repeats and apart > 0 and apart % step == 0)):
                self._base = base
                return True
        return False

    def _repeat(self, dump: HexDump, address: str) -> None:
        """Add the rows that a star stands for, which are like the last one."""
        step = len(self._last.data)
        missing = _value(address, self._base) - _value(self._last.address, self._base) - step
        if self._repeats and 0 < missing <= LARGEST:
            dump.data += self._last.data * (missing // step)


def may_begin_dump(line: str) -> bool:
    """Whether a line may be the first row of a dump that has a frame. Quick: it is asked of every line."""
    length = len(line)
    if length > LONGEST_ROW:
        return False
    if line[:1] in _FIRST:
        begins_with_date = line[4:5] == "-" and line[:2] == "20"  # as most lines do, and no dump does
        if not begins_with_date and _BEGINNING.match(line):
            return True
    if line.count(" ") * 12 <= length:
        return False
    may_open = "0000" in line or "5b" in line or "5B" in line or "81" in line or "c1" in line or "C1" in line
    return may_open and _OPENING.search(line) is not None


def row_of(line: str) -> Row | None:
    """The row of a dump that a line is; None if it is not one.

    The bytes end where the text beside them, if there is any, is theirs: text may itself look like bytes.
    """
    place = 0
    for _ in range(MOST_TRIED):
        match = _ROW.search(line, place)
        if match is None:
            return None
        place = match.start() + 1
        if not _may_be_row(line, match):
            continue
        written = line[match.start("bytes") :]
        ends = [pair.end() for pair in _BYTE.finditer(written, 0, match.end() - match.start("bytes"))]
        data = bytes.fromhex("".join(_BYTE.findall(written[: ends[-1]])))
        address = (match["address"] or "").rstrip(":| \t")
        for count in range(len(data), 0, -1):
            rest = written[ends[count - 1] :]
            if rest[:1] in (" ", "\t") and _is_text_of(rest, data[:count]):
                return Row(line[: match.start()], address, data[:count], True)
        rest = written[ends[-1] :]
        if not rest.strip(" \t|") or _may_be_text_of(rest, data, address):
            return Row(line[: match.start()], address, data, False)
    return None


def _without_number(row: Row | None) -> Row | None:
    """A first row without the number of its bytes, which looks like one of them."""
    if row is None or row.address or row.checked or not _BEHIND_NUMBER.match(row.data) or f"{row.data[0]:x}".isalpha():
        return row
    return row._replace(prefix=f"{row.prefix}{row.data[0]:x} ", data=row.data[1:])


def _may_be_row(line: str, match: re.Match[str]) -> bool:
    """Whether the rest of the line is nothing or may be the text of the bytes, which a gap or a bar separates."""
    end, start = match.end(), match.start("bytes")
    return not line[end:].strip(" \t|") or "  " in line[start:] or " |" in line[start:] or " >" in line[start:]


def _is_text_of(rest: str, data: bytes) -> bool:
    """Whether the rest of a row is the text of its bytes, within bars or not."""
    text = rest.strip(" \t")
    within_bars = len(text) > 1 and text[0] + text[-1] in ("||", "><") and _shows(text[1:-1], data)
    return within_bars or _shows(text, data)


def _may_be_text_of(rest: str, data: bytes, address: str) -> bool:
    """Whether the rest of a row may be the text of its bytes, but truncated or in other characters."""
    text = rest.strip(" \t")
    return not rest[:1].strip(" \t") and len(text) <= len(data) + 3 and (text[0] in _BARS or bool(address))


def _shows(text: str, data: bytes) -> bool:
    """Whether a text shows these bytes: what cannot be printed as a dot or anything else, a space also as a dot.

    Spaces are not compared, because some programs put one in the middle.
    """
    text = "".join(text.split())
    shown = "".join(map(_AS_TEXT.__getitem__, data))
    for wanted in (shown.replace(" ", ""), shown.replace(" ", ".")):
        if text == wanted:
            return bool(text)
        if len(text) == len(wanted) and all(one in (is_, ".") for is_, one in zip(text, wanted, strict=True)):
            return any(one == is_ != "." for is_, one in zip(text, wanted, strict=True))
    return False


def _plain_bytes(text: str) -> bytes | None:
    """The bytes of a line that has nothing else, not even an address; None for any other line."""
    if _PLAIN.fullmatch(text):
        return bytes.fromhex("".join(_BYTE.findall(text)))
    if _BASE64.fullmatch(text):
        with_padding = text.encode()
        try:
            return base64.b64decode(with_padding, validate=True)
        except binascii.Error:
            return None
    return None


def _value(address: str, base: int) -> int:
    return int(address.removeprefix("0x").removeprefix("0X"), base)
