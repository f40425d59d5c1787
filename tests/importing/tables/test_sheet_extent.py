"""A workbook with a cell far from all others is refused, whatever its format; any other is read."""

from __future__ import annotations

import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocpptui.importing.tables.sheet_extent import Extent, cell_far_away

EMPTY = "<table:table-cell/>"
Places = list[tuple[int, int]]
"""The columns and rows of cells with content, from 1."""


def archive(name: str, content: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as written:
        written.writestr(name, content)
    return file.getvalue()


def xlsx(places: Places) -> bytes:
    cells = "".join(
        f'<row r="{row}"><c r="{Extent(column, row).last_cell}"><v>1</v></c></row>' for column, row in places
    )
    return archive("xl/worksheets/sheet1.xml", f"<worksheet><sheetData>{cells}</sheetData></worksheet>".encode())


def xlsb(places: Places) -> bytes:
    data = b"\x81\x01\x00\x91\x01\x00"
    for column, row in places:
        data += b"\x00\x11" + (row - 1).to_bytes(4, "little") + bytes(13)
        data += b"\x02\x0c" + (column - 1).to_bytes(4, "little") + bytes(8)
    return archive("xl/worksheets/sheet1.bin", data)


def ods(places: Places, others: int = 0) -> bytes:
    """With empty cells to the last column that a program has, and empty rows below, as LibreOffice writes them."""
    rows, last = "", 0
    for column, row in places:
        if row - last > 1:
            rows += (
                f'<table:table-row table:number-rows-repeated="{row - last - 1}"><table:table-cell/></table:table-row>'
            )
        before = f'<table:table-cell table:number-columns-repeated="{column - 1}"/>' if column > 1 else ""
        rows += (
            f'<table:table-row>{before}<table:table-cell office:value-type="float" office:value="1"/>'
            f'<table:table-cell table:number-columns-repeated="{16384 - column}"/></table:table-row>'
        )
        last = row
    rows += f'<table:table-row table:number-rows-repeated="1048000">{EMPTY}</table:table-row>'
    sheet = f'<table:table table:name="A">{rows}</table:table>'
    return archive("content.xml", f"<office:spreadsheet>{sheet * (1 + others)}</office:spreadsheet>".encode())


FORMATS = {"xlsx": xlsx, "xlsb": xlsb, "ods": ods}
BESIDE: Places = [(column, 5 * column) for column in range(1, 200)]


@pytest.mark.parametrize("far", [(16384, 1_048_576), (1000, 200_000), (14_000, 40_000)])
@pytest.mark.parametrize("kind", FORMATS)
def test_a_cell_far_away_is_named(kind: str, far: tuple[int, int]) -> None:
    """The library would ask for gigabytes for the empty cells before it, and end the program."""
    assert cell_far_away(FORMATS[kind]([(1, 1), far])) is not None


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("places", [[(1, 1)], BESIDE, [(1, 1), (16384, 2)], [(1, 1), (1, 100_000)]])
def test_other_sheets_are_read(kind: str, places: Places) -> None:
    assert cell_far_away(FORMATS[kind](places)) is None


def test_a_repeated_cell_with_content_counts() -> None:
    cell = '<table:table-cell table:number-columns-repeated="16384" office:value-type="float"/>'
    row = f'<table:table-row table:number-rows-repeated="9999">{cell}</table:table-row>'
    assert cell_far_away(archive("content.xml", f"<table:table>{row}</table:table>".encode())) is not None


def test_the_empty_end_of_a_sheet_is_not_that_of_the_next() -> None:
    """Content in another sheet would make all of the empty rows count."""
    assert cell_far_away(ods([(3, 3), (5, 9)], others=2)) is None


@given(
    data=st.binary(max_size=200), name=st.sampled_from(["xl/worksheets/s.xml", "xl/worksheets/s.bin", "content.xml"])
)
def test_damaged_sheets_do_no_harm(data: bytes, name: str) -> None:
    cell_far_away(data)
    cell_far_away(archive(name, data))
