"""How the cells of a text table are separated and quoted, by what its first lines show."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from itertools import chain, islice
from typing import BinaryIO, TypeVar

from ocpptui.importing.fields.field_vocabulary import FieldMeaning, meanings
from ocpptui.importing.files.text_stream import text_lines
from ocpptui.importing.tables.cell_content import is_frame_text
from ocpptui.importing.tables.csv_columns import columns_of
from ocpptui.importing.tables.csv_rows import (
    NOTATIONS,
    Notation,
    TableRow,
    lines_between_returns,
    named_separator,
    rows_of,
)
from ocpptui.importing.tables.table_columns import TableColumns
from ocpptui.importing.tables.table_head import SNIFFED, possible_readings

T = TypeVar("T")
MOST_SNIFFED = 2**21
"""The most characters of the lines and rows that are looked at before the first is read, beside the last of them."""


def separated_rows(stream: BinaryIO) -> Iterator[TableRow]:
    """The rows of a text table, by what its first lines show of its separator and quotes."""
    lines = lines_between_returns(text_lines(stream))
    head = beginning(islice(lines, SNIFFED), lambda line: len(line[1]))
    separator = named_separator(head[0][1]) if head else ""
    if separator:
        del head[0]
    likely = None if separator else likely_reading(head)
    notation = Notation(separator) if separator else (NOTATIONS[0] if likely is None else likely[0])
    return rows_of(chain(head, lines), notation)


def likely_reading(lines: list[tuple[int, str]]) -> tuple[Notation, list[TableRow], TableColumns] | None:
    """How the cells of these lines are separated, and the rows and columns then; None if the lines have no cells."""
    best: tuple[tuple[float, ...], tuple[Notation, list[TableRow], TableColumns]] | None = None
    for notation, rows in possible_readings(lines):
        columns = columns_of([row.cells for row in rows])
        frames = sum(1 for row in rows if is_frame_text(columns.cell(row.cells, FieldMeaning.RAW)))
        known = sum(1 for name in columns.names if meanings(name))
        regular = max(Counter(len(row.cells) for row in rows).values()) / len(rows)
        score = (frames, columns.hold_frames, known, regular, -NOTATIONS.index(notation))
        if best is None or score > best[0]:
            best = score, (notation, rows, columns)
    return best[1] if best is not None else None


def beginning(items: Iterator[T], size: Callable[[T], int]) -> list[T]:
    """The items up to the one with which they are longer than `MOST_SNIFFED`."""
    taken: list[T] = []
    total = 0
    for item in items:
        taken.append(item)
        total += size(item)
        if total > MOST_SNIFFED:
            break
    return taken
