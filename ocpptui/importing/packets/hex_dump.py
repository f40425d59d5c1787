"""Dumps of bytes in a log, row by row.

`xxd` (also `-p`, `-i` and `-e`), `hexdump`, `hexyl`, `od`, `tcpdump -X`, `strace`, `gdb`, Wireshark, OpenSSL, Netty,
Go's `hex.Dump`, ESP-IDF's `ESP_LOG_BUFFER_HEXDUMP`, Zephyr's `LOG_HEXDUMP`, PowerShell's `Format-Hex` and the debuggers
of Windows write such rows: an address or none, some bytes, perhaps in groups, and mostly the same bytes as text.
`base64` writes rows without addresses, too.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass, field

from ocpptui.importing.packets.dump_row import ADDRESS, AFTER_ADDRESS, BEHIND_ADDRESS, Row, bytes_of_pairs, row_of
from ocpptui.importing.packets.framed_bytes import CarriedFrame, frames_in_bytes, is_whole_frame
from ocpptui.importing.packets.number_rows import Cells, cells_of_first_row, characters, number_row
from ocpptui.importing.words.line_shapes import without_digits
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
_OPENING = lazily(
    r"(?<![\w.])(?:(?:5[bB]|81|[cC]1)(?:[ -][0-9a-fA-F]{2}){3}|5[bB]3[2-6] 2[cC]"
    r"|(?:81|[cC]1)[0-9a-fA-F]{2} [0-9a-fA-F]{4} "
    rf"|0{{4,16}}{BEHIND_ADDRESS}(?:0[xX])?[0-9a-fA-F]{{2}}(?![\w.:]*[g-zG-Z]))"
)
"""What the first row of a dump has, whatever precedes it."""
_BEGINNING = lazily(rf"[ \t|│┃]*(?:{ADDRESS}{AFTER_ADDRESS}[ \t]|(?:\"\\x|0[xX])?(?:5[bB]|81|[cC]1)|W[zyw]|[┌╭+][-─])")
"""What it begins with where nothing precedes it: an address, bytes or base64 of a frame, a border."""
_FIRST = frozenset(' \t|│┃0123456789abcdefABCDEFW+┌╭"')
"""The characters with which such a line begins."""
_LAST_ADDRESS = lazily(r"(?:0[xX])?[0-9a-fA-F]{4,16}")
_PLAIN = lazily(r"(?>(?:(?:0[xX])?[0-9a-fA-F]{2},?[ \t]{0,2})+)")
_CLOSING = lazily(r"[\])}]{1,2}[;,]?$")
"""Of an array of C, behind its last bytes."""
_ESCAPED = lazily(r'(?>"(?:\\x[0-9a-fA-F]{2})+")[ \t]*[\\;,]?')
"""A piece of a string of C."""
_PLAIN_BEGINNINGS = (
    *(f'"\\x{byte}' for byte in ("5b", "5B", "81", "c1", "C1")),
    "5b",
    "5B",
    "0x5",
    "0X5",
    "81",
    "0x8",
    "0X8",
    "c1",
    "C1",
    "0xc1",
    "0xC1",
)
_BASE64 = lazily(r"(?:[A-Za-z0-9+/]{4})++(?:[A-Za-z0-9+/]{2}(?:==|[A-Za-z0-9+/]=))?")
_BASE64_BEGINNINGS = ("Wz", "Wy", "Ww")
_BEGINNINGS = (*_PLAIN_BEGINNINGS, *_BASE64_BEGINNINGS)
_BORDER = lazily(r"[ \t]*[+┌└╭╰├][-+─┬┴┼]+[+┐┘╮╯┤]?[ \t]*")
"""Above and below a dump of Netty or `hexyl`."""
_HEADING = lazily(r"(?<![^\s|])0+[ \t]+0*1[ \t]+0*2[ \t]+0*3[ \t]+0*4(?!\S)")
"""The numbers of its columns, perhaps behind the name of that of addresses."""
_RULE = lazily(r"[ \t-]*")
"""Below them."""
_BEHIND_NUMBER = lazily(rb"(?s:.)(?:[\x81\xc1][\x00-\x7e])?\[\s{0,9}[2-6]\s{0,9},")
"""A byte before those of a frame: the number of bytes, if it has two digits, as in `len=63 5B 32 2C …`."""
_REPEATED = "*"
_BASES = (16, 8, 10)
"""Those of addresses; `od` and `xxd -d` write others than hexadecimal ones."""
_WORDS = (2, 4, 8)
"""How many bytes a word may have."""


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
        data = bytes(self.data)
        swapped = (_swapped(data[: len(data) // size * size], size) for size in _WORDS)
        return frames_in_bytes(data) or next(filter(None, map(frames_in_bytes, swapped)), [])


class HexDumps:
    """Gathers the rows of dumps from the lines of a log."""

    def __init__(self) -> None:
        self.open: HexDump | None = None
        """The dump of which the last line was part, and which may go on."""
        self._last = _NO_ROW
        self._width = 0  # of the first row: in bytes, or in characters if there is nothing but bytes in a line
        self._plain = False
        self._cells: Cells | None = None  # what reads a row, if it has no hexadecimal numbers
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
        if _BORDER.fullmatch(line) or is_heading(line):
            self.open, self._plain, self._last = HexDump("", [(number, line)]), False, _NO_ROW
            return True
        return self._begins_with_row(number, line, [])

    def _begins_with_row(self, number: int, line: str, above: list[tuple[int, str]]) -> bool:
        """Begin a dump if this is its first row, below a heading or none."""
        text = line.strip()
        plain = _plain_bytes(text) if text.startswith(_BEGINNINGS) else None
        self._cells = cells_of_first_row(line) if plain is None else None
        if self._cells is not None:
            row = self._row_of_numbers(line)
        else:
            row = _without_number(row_of(line)) if plain is None else Row("", "", plain, False)
        if row is None or (len(row.data) < FEWEST and not (row.checked and row.address)):
            return False
        self._plain, self._repeats, self._checks, self._base = plain is not None, False, 0, 0
        self._width = len(text) if self._plain else len(row.data)
        self.open = HexDump(row.prefix, above, certain=row.checked)
        self._add(self.open, number, line, row)
        return True

    def _row_of_numbers(self, line: str) -> Row | None:
        row = number_row(line, self._cells) if self._cells is not None else None
        return None if row is None else Row("", row.address, row.data, True)

    def _goes_on(self, dump: HexDump, number: int, line: str) -> bool:
        """Add a line to a dump if it continues it."""
        text, last = line.strip(), self._last
        if _BORDER.fullmatch(line) or (not dump.data and (is_heading(line) or _RULE.fullmatch(line))):
            dump.lines.append((number, line))
            return True
        if not dump.data:
            return self._begins_with_row(number, line, dump.lines)
        if len(dump.data) >= LARGEST or len(line) > LONGEST_ROW:
            return False
        if self._plain:
            row = self._next_plain(dump, text)
        elif last.address and (text == _REPEATED or _is_below(line, last)):
            self._repeats = self._repeats or text == _REPEATED
            dump.lines.append((number, line))
            return True
        elif last.address and _LAST_ADDRESS.fullmatch(text):
            row = Row("", text, b"", False)
        elif self._cells is not None:
            row = self._row_of_numbers(line)
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
        text = _CLOSING.sub("", text).rstrip()
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
        if self._last.address and (self._cells is not None or not self._last.checked):
            return False  # its last address follows, or its text
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
        for base in (self._base,) if self._base else _BASES:
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


def is_heading(line: str) -> bool:
    """Whether a line numbers the bytes of the rows below it, whatever else it names."""
    return _HEADING.search(line) is not None


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
    if " 02 " in line and is_heading(line):
        return True
    may_open = "0000" in line or "5b" in line or "5B" in line or "81" in line or "c1" in line or "C1" in line
    return may_open and _OPENING.search(line) is not None


def _swapped(data: bytes, size: int) -> bytes:
    """Words of a little-endian machine, as they are in memory."""
    return b"".join(data[place : place + size][::-1] for place in range(0, len(data), size))


def _without_number(row: Row | None) -> Row | None:
    """A first row without the number of its bytes, which looks like one of them."""
    if row is None or row.address or row.checked or not _BEHIND_NUMBER.match(row.data) or f"{row.data[0]:x}".isalpha():
        return row
    return row._replace(prefix=f"{row.prefix}{row.data[0]:x} ", data=row.data[1:])


def _is_below(line: str, row: Row) -> bool:
    """Whether a line shows the bytes of the row above it as characters, as with `od -t x1c`."""
    return line[:1] == " " and characters(line[len(row.address) :]) == row.data


def _plain_bytes(text: str) -> bytes | None:
    """The bytes of a line that has nothing else, not even an address; None for any other line."""
    if _PLAIN.fullmatch(text) or _ESCAPED.fullmatch(text):
        return bytes_of_pairs(text)
    if _BASE64.fullmatch(text):
        with_padding = text.encode()
        try:
            return base64.b64decode(with_padding, validate=True)
        except binascii.Error:
            return None
    return None


def _value(address: str, base: int) -> int:
    return int(address.removeprefix("0x").removeprefix("0X"), base)
