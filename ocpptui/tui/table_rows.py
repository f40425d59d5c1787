"""A table of equal objects as rows of a pane: columns as wide as their content, narrower ones where room is short."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.cells import cell_len

from ocpptui.describe.object_tables import ObjectTable, TableColumn
from ocpptui.describe.safe_text import printable
from ocpptui.tui.widgets.log_row import fitted

GAP = 2
"""Cells between two columns."""
NARROWEST = 6
"""Cells of a column at least, unless its content needs less."""
DEEPEST_INDENT = 4
"""Cells before a table at most; the JSON around it may be indented more."""


def table_rows(table: ObjectTable, width: int) -> Iterator[list[tuple[str, str]]]:
    """The rows as pieces of (part, text), each at most `width` cells: what all rows share, the names, the values.

    The parts are those of the inspector. Columns at the right for which there is no room are counted in the last cell.
    """
    indent = min(table.indent, DEEPEST_INDENT, width // 4)
    yield from _shared_rows(table, indent, width)
    widths = _widths([_natural(column) for column in table.columns], max(1, width - indent))
    shown = table.columns[: len(widths)]
    left_out = len(table.columns) - len(shown)
    more = f"  +{left_out}" if left_out else ""
    names = [_placed(column, printable(column.name), cells) for column, cells in zip(shown, widths, strict=True)]
    yield [("heading", f"{' ' * indent}{(' ' * GAP).join(names)}{more}")]
    texts = [[("", "") if cell is None else cell for cell in column.cells] for column in shown]
    for row in range(table.rows):
        pieces = [("text", " " * indent)]
        for number, column in enumerate(shown):
            part, text = texts[number][row]
            gap = " " * (GAP if number else 0)
            pieces.append((part or "text", f"{gap}{_placed(column, printable(text), widths[number])}"))
        yield pieces


def _shared_rows(table: ObjectTable, indent: int, width: int) -> Iterator[list[tuple[str, str]]]:
    """The values that all rows share, wrapped between two of them."""
    words = f"{' ' * indent}in all {table.rows:,} rows:"
    row, used = [("dim", words)], cell_len(words)
    for column in table.shared:
        cell = column.cells[0]
        if cell is None:
            continue
        name = printable(column.name)
        text = fitted(printable(cell.text), min(cell_len(printable(cell.text)), max(1, width - indent - 4)))
        needed = cell_len(name) + cell_len(text) + 3
        if used + needed > width and len(row) > 1:
            yield row
            row, used = [("dim", " " * (indent + 1))], indent + 1
        row += [("key", f"  {name} "), (cell.part, text)]
        used += needed
    if table.shared:
        yield row


def _natural(column: TableColumn) -> int:
    """The cells that a column needs to show everything."""
    texts = (printable(cell.text) for cell in column.cells if cell is not None)
    return max(cell_len(printable(column.name)), max(map(cell_len, texts), default=0))


def _widths(natural: Sequence[int], room: int) -> list[int]:
    """The width of each column for which there is room: the widest ones give way, and the last ones where all must."""
    shown = list(natural)
    while shown:
        free = room - GAP * (len(shown) - 1) - (5 if len(shown) < len(natural) else 0)
        if sum(min(cells, NARROWEST) for cells in shown) <= free or len(shown) == 1:
            break
        shown.pop()
    else:
        return []
    most = max(shown)
    while most > 1 and sum(min(cells, most) for cells in shown) > free:
        most -= 1
    return [min(cells, most) for cells in shown]


def _placed(column: TableColumn, text: str, cells: int) -> str:
    """A text in its column: numbers at the right, so that their digits line up."""
    is_number = all(cell is None or cell.part == "number" for cell in column.cells)
    return fitted(text.rjust(cells - cell_len(text) + len(text)) if is_number else text, cells)
