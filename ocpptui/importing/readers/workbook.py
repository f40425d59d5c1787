"""Workbooks of spreadsheet programs: the rows of each sheet, read as those of any other table.

The sheets are read by python-calamine, which reads the formats of Excel (.xlsx, .xlsm, .xlsb, .xls) and OpenDocument
(.ods). It is optional: without it, the user is asked to install it or to save the sheet as CSV.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from ocpptui.importing.files.unknown_content import is_workbook
from ocpptui.importing.found_frame import FoundFrame
from ocpptui.importing.import_tally import ImportTally
from ocpptui.importing.packets.printed_bytes import readable_cell
from ocpptui.importing.reader import ImportOptions, Material
from ocpptui.importing.readers.table import MissingColumnError, frames_of
from ocpptui.importing.tables.csv_rows import TableRow
from ocpptui.importing.tables.sheet_extent import cell_far_away
from ocpptui.importing.words.western_letters import legible
from ocpptui.jsontext.lazy_pattern import lazily
from ocpptui.recording.file_errors import UnreadableFile

if TYPE_CHECKING:
    from python_calamine import CalamineWorkbook

LARGEST = 2**29
"""The most bytes of an unpacked workbook that is read; it is kept in memory."""
SHEET = "sheet"
"""The name of the field with that of the sheet."""
_NUMBERED = lazily(
    r"(?:sheet|tabelle|feuil|feuille|hoja|foglio|blad|list|arkusz|ark|planilha|sida|page|seite|part|teil|day|tag|week"
    r"|woche|kw|cw|q|data|log|export)[ _-]?\d{0,4}|\d{1,4}"
    r"|(?:19|20)\d\d[-./ _]?\d\d(?:[-./ _]?\d\d)?|\d{1,2}[-./ _]\d{1,2}(?:[-./ _](?:\d{2}){0,2})?"
    r"|(?:jan(?:uary|uar)?|feb(?:ruary|ruar)?|mar(?:ch)?|märz|apr(?:il)?|may|mai|june?|juni|july?|juli|aug(?:ust)?"
    r"|sep(?:tember)?|o[ck]t(?:ober)?|nov(?:ember)?|de[cz](?:ember)?)[ _-]?(?:\d{2}|\d{4})?",
    re.IGNORECASE,
)
"""How programs name sheets, and people those of some days."""
_Cell: TypeAlias = int | float | str | bool | time | date | datetime | timedelta


class Workbook:
    """The reader for workbooks."""

    name = "excel"
    grows = False

    def detects(self, head: bytes, name: str) -> bool:
        return is_workbook(head, name)

    def read(self, material: Material, tally: ImportTally, options: ImportOptions) -> Iterator[FoundFrame]:
        path = material.path or Path(material.name)
        book = _opened(material.stream.read(LARGEST + 1), path)
        missing: list[MissingColumnError] = []
        hidden = _hidden_sheets(book)
        for name in book.sheet_names:
            before = tally.with_frame
            try:
                yield from _of_sheet(frames_of(_rows(book, name, path), tally, options), legible(name).strip())
            except MissingColumnError as error:
                missing.append(error)
            if name in hidden and tally.with_frame > before:
                tally.evidence.append(
                    f"The sheet {legible(name)!r} is hidden in the workbook; its frames are here too."
                )
        if missing and len(missing) == len(book.sheet_names):
            raise UnreadableFile(path, str(missing[0]))


def _of_sheet(frames: Iterator[FoundFrame], sheet: str) -> Iterator[FoundFrame]:
    """The frames of a sheet, those of nobody with its name: the file as a whole may show that each has one charge
    point."""
    named = () if not sheet or _NUMBERED.fullmatch(sheet) else ((SHEET, sheet),)
    for found in frames:
        if named and not found.charge_point:
            found.fields += named
        yield found


def _opened(data: bytes, path: Path) -> CalamineWorkbook:
    try:
        from python_calamine import CalamineWorkbook
    except ImportError:
        kind = "OpenDocument spreadsheet" if path.suffix.lower() == ".ods" else "Excel workbook"
        reason = f"this is an {kind}; install ocpptui[excel] to read it, or save the sheet as CSV"
        raise UnreadableFile(path, reason) from None
    if len(data) > LARGEST or _unpacked_size(data) > LARGEST:
        raise UnreadableFile(path, f"this workbook is larger than {LARGEST >> 20} MB; save the sheet as CSV")
    if (far := cell_far_away(data)) is not None:
        raise UnreadableFile(
            path,
            f"a sheet of this workbook has a cell far from all others, at {far}; delete it, or save the sheet as CSV",
        )
    try:
        return CalamineWorkbook.from_filelike(io.BytesIO(data))
    except BaseException as error:  # in a damaged file; a failed assertion of Rust is not an Exception
        raise _damaged(error, path) from error


def _hidden_sheets(book: CalamineWorkbook) -> set[str]:
    """The names of the sheets that a spreadsheet program does not show."""
    return {sheet.name for sheet in book.sheets_metadata if not str(sheet.visible).endswith(".Visible")}


def _rows(book: CalamineWorkbook, name: str, path: Path) -> Iterator[TableRow]:
    try:
        sheet = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
    except BaseException as error:
        raise _damaged(error, path) from error
    for number, row in enumerate(sheet, 1):
        cells = [readable_cell(_text(cell)) for cell in row]
        if any(cells):
            yield TableRow(number, cells, ["\t".join(cells)])


def _damaged(error: BaseException, path: Path) -> BaseException:
    """What to raise for an error of the library."""
    if isinstance(error, Exception) or type(error).__name__ == "PanicException":
        return UnreadableFile(path, f"this workbook cannot be read: {error}; save the sheet as CSV")
    return error


def _unpacked_size(data: bytes) -> int:
    """How large the members of the archive say they are; 0 if it is not one."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return sum(entry.file_size for entry in archive.infolist())
    except Exception:  # a damaged archive raises BadZipFile, struct.error, ValueError and others
        return 0


def _text(cell: _Cell) -> str:
    """A cell as a text table would have it."""
    if isinstance(cell, datetime):
        return cell.isoformat(" ", "milliseconds")
    if isinstance(cell, time):
        return cell.isoformat("milliseconds")
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)
