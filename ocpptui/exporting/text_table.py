"""Tables in text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence


def table_lines(rows: Sequence[Sequence[str]], right: Sequence[bool] = ()) -> Iterator[str]:
    """Rows, the first with the titles, as indented lines with aligned columns; `right` has the columns of numbers."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    sides = [">" if place < len(right) and right[place] else "<" for place in range(len(widths))]
    for row in rows:
        cells = (f"{cell:{side}{width}}" for cell, side, width in zip(row, sides, widths, strict=True))
        yield ("  " + "  ".join(cells)).rstrip()
