"""How far the sheets of a workbook extend: one cell far from all others makes a small file take gigabytes.

The formats are those of ECMA-376 (.xlsx), MS-XLSB (.xlsb) and OpenDocument 1.3 part 3 (.ods).
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from typing import IO, NamedTuple

from ocpptui.importing.files.text_stream import BLOCK
from ocpptui.jsontext.lazy_pattern import lazily

MOST_CELLS = 10_000_000
"""The most cells of the area from the first to the last of a sheet: the library keeps them all, empty ones too, and
ends the program if they are too many."""
_PLACE = lazily(rb"\sr=[\"'](?:([A-Z]{2,3})(\d{1,7})|[A-Z](\d{6,7})|(\d{1,7}))[\"']")
"""Of a row (ECMA-376 part 1, 18.3.1.73), and of a cell (18.3.1.4) beyond Z or 99999."""
_OVERLAP = 512
"""Bytes of a block that are looked at again, since a tag may go on in the next."""
_REPEATED = lazily(rb"number-(?:(rows)|columns)-repeated=[\"'](\d{1,9})[\"']")
_ROW, _END_OF_ROW, _END_OF_SHEET, _CONTENT = (
    b"<table:table-row",
    b"</table:table-row>",
    b"</table:table>",
    b"value-type=",
)
_ROW_RECORD = 0
_CELL_RECORDS = frozenset((*range(2, 12), 62))
"""MS-XLSB 2.3.2; 1 is an empty cell."""


class Extent(NamedTuple):
    """The last column and the last row of a sheet, from 1."""

    columns: int
    rows: int

    @property
    def last_cell(self) -> str:
        """Its place as spreadsheet programs write it."""
        letters, number = "", self.columns
        while number:
            number, rest = divmod(number - 1, 26)
            letters = chr(ord("A") + rest) + letters
        return f"{letters}{self.rows}"


def cell_far_away(data: bytes) -> str | None:
    """The last cell of a sheet that has more than `MOST_CELLS` up to it, such as XFD1048576. None if there is no such
    sheet in the archive, or it cannot be read."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for name in archive.namelist():
                measured = _measure_of(name)
                if measured is not None:
                    with archive.open(name) as sheet:
                        extent = measured(sheet)
                    if extent.columns * extent.rows > MOST_CELLS:
                        return extent.last_cell
    except Exception:  # the library will say what is wrong with a damaged archive
        pass
    return None


def _measure_of(name: str) -> Callable[[IO[bytes]], Extent] | None:
    """What measures a part of a workbook, if it has a sheet."""
    if name == "content.xml":
        return _of_open_document
    if not name.startswith("xl/worksheets/"):
        return None
    return _of_xml if name.endswith(".xml") else _of_records if name.endswith(".bin") else None


def _of_xml(sheet: IO[bytes]) -> Extent:
    """At least up to the column Z."""
    columns, rows, rest = b"Z", 1, b""
    while block := sheet.read(BLOCK):
        text = rest + block
        for letters, *numbers in _PLACE.findall(text):
            columns = max(columns, letters, key=_number_of) if letters and letters != columns else columns
            rows = max(rows, int(b"".join(numbers)))
        rest = text[-_OVERLAP:]
    return Extent(_number_of(columns), rows)


def _number_of(letters: bytes) -> int:
    """The number of a column."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number


def _of_records(sheet: IO[bytes]) -> Extent:
    """Of a sheet in records: a number of one or two bytes, a length of up to four, and the content."""
    data, place, columns, rows = sheet.read(), 0, 1, 1
    while place < len(data):
        kind, place = _variable(data, place, 2)
        length, place = _variable(data, place, 4)
        if kind == _ROW_RECORD:
            rows = max(rows, int.from_bytes(data[place : place + 4], "little") + 1)
        elif kind in _CELL_RECORDS:
            columns = max(columns, int.from_bytes(data[place : place + 4], "little") + 1)
        place += length
    return Extent(columns, rows)


def _variable(data: bytes, place: int, most: int) -> tuple[int, int]:
    """A number of seven bits a byte (MS-XLSB 2.1.4), and the place behind it. Raises IndexError."""
    number = 0
    for count in range(most):
        byte = data[place + count]
        number |= (byte & 0x7F) << 7 * count
        if byte < 0x80:
            break
    return number, place + count + 1


def _of_open_document(sheet: IO[bytes]) -> Extent:
    """Of the largest of all sheets: where a cell or a row is repeated, if it or one behind it has content."""
    data = sheet.read()
    columns, rows = 26, data.count(_ROW)
    content = end_of_row = end_of_sheet = 0
    for match in _REPEATED.finditer(data):
        start = match.start()
        tag = data.rfind(b"<", max(0, start - _OVERLAP), start)  # its content may be before the number in its tag
        content = _next(data, _CONTENT, max(tag, 0), content)
        end_of_row = _next(data, _END_OF_ROW, start, end_of_row)
        end_of_sheet = _next(data, _END_OF_SHEET, start, end_of_sheet)
        if match[1] and content < end_of_sheet:
            rows += int(match[2])
        elif not match[1] and content < end_of_row:
            columns = max(columns, int(match[2]) + 1)
    return Extent(columns, rows)


def _next(data: bytes, what: bytes, start: int, known: int) -> int:
    """Where this is next, if that is not the known place; at the end, if it is nowhere."""
    if known >= start and known:
        return known
    found = data.find(what, start)
    return len(data) if found < 0 else found
