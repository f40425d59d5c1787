"""The separator and the quotes of a table are known by its first lines."""

from __future__ import annotations

import io
from itertools import count

import pytest

from ocpptui.importing.tables.csv_notation import MOST_SNIFFED, beginning, likely_reading, separated_rows
from ocpptui.importing.tables.csv_rows import NOTATIONS, Notation
from ocpptui.importing.tables.table_head import head_lines

BOOT = '[2,"a1","BootNotification",{"chargePointVendor":"Acme, Inc; a|b","chargePointModel":"M\\t1"}]'
ROWS = [["time", "station", "message"], *([f"2026-01-01T00:00:0{number}Z", "CP1", BOOT] for number in range(4))]


def written(notation: Notation) -> list[str]:
    """The rows as lines, with each cell in quotes."""

    def quoted(cell: str) -> str:
        if notation.backslashes:
            escaped = cell.replace("\\", "\\\\").replace('"', '\\"')
        else:
            escaped = cell.replace(notation.quote, notation.quote * 2)
        return f"{notation.quote}{escaped}{notation.quote}"

    lines = [notation.separator.join(map(quoted, row)) for row in ROWS]
    return [quoted(line) for line in lines] if notation.is_wrapped else lines


@pytest.mark.parametrize("notation", NOTATIONS, ids=repr)
def test_each_notation_is_known_by_its_lines(notation: Notation) -> None:
    """Cells that are cut at a wrong separator have no frame, and the whole file seems to be empty."""
    lines = written(notation)
    likely = likely_reading(list(enumerate(lines, 1)))
    assert likely is not None
    assert likely[0] == notation
    assert [row.cells for row in separated_rows(io.BytesIO("\n".join(lines).encode()))] == ROWS


def test_a_separator_that_the_file_names_is_believed() -> None:
    """Excel writes this line for countries in which a comma is part of a number, and it is no row."""
    rows = list(separated_rows(io.BytesIO(b"sep=;\r\na,b;c\r\n1,5;2\r\n")))
    assert [row.cells for row in rows] == [["a,b", "c"], ["1,5", "2"]]


@pytest.mark.parametrize("text", ["", "one\ntwo\n", "no separator in a line\n" * 3])
def test_lines_without_cells_have_no_notation(text: str) -> None:
    """Any text would be a table with one column."""
    assert likely_reading(head_lines(text.encode())) is None


def test_the_beginning_ends_soon_however_long_the_items_are() -> None:
    """A file with lines of megabytes would be read into memory before the first record is shown."""
    assert beginning(iter(["ab", "c"]), len) == ["ab", "c"]
    items = count(1)
    assert beginning(items, lambda _: MOST_SNIFFED // 2) == [1, 2, 3]
    assert next(items) == 4
