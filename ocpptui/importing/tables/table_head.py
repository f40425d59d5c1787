"""The first lines of a table: how they may be read, and which of their rows is the header.

Every file is asked whether it is a table, so what decides that for most of them is here, and needs little else.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

from ocpptui.importing.fields.field_values import moment_of
from ocpptui.importing.fields.field_vocabulary import meanings, plain_name
from ocpptui.importing.files.text_stream import LineSplitter
from ocpptui.importing.tables.cell_content import DAY, has_frame, is_frame_text, is_object
from ocpptui.importing.tables.csv_rows import (
    NOTATIONS,
    Notation,
    TableRow,
    is_wrapped_row,
    lines_between_returns,
    named_separator,
    rows_of,
)
from ocpptui.importing.words.action_names import action_and_kind
from ocpptui.jsontext.lazy_pattern import lazily

SNIFFED = 60
"""How many lines are used to detect separator and quotes."""
SAMPLE = 200
"""How many rows are used to recognise the columns."""
MOST_ABOVE = 15
"""The most rows above the header."""
_NAME = lazily(r"[^\W\d][^{}\"]{0,59}|#|№")
"""The name of a column, in any language."""


def head_lines(head: bytes) -> list[tuple[int, str]]:
    """The first complete lines of a file."""
    splitter = LineSplitter()
    lines = list(splitter.take(head))
    if len(lines) < SNIFFED and len(head) < 2**14 and head[-1:] not in (b"\n", b"\0"):
        lines += splitter.finish()
    lines = list(islice(lines_between_returns(iter(lines)), SNIFFED))
    lines = [(number, line) for number, line in lines if not named_separator(line)]
    return [] if head.startswith(codecs.BOM_UTF8 + b"{") else lines


def possible_readings(lines: list[tuple[int, str]]) -> Iterator[tuple[Notation, list[TableRow]]]:
    """The rows of these lines in each notation in which they have cells."""
    text = "\n".join(line for _, line in lines)
    for notation in NOTATIONS:
        if notation.separator not in text or (notation.backslashes and '\\"' not in text):
            continue
        if notation.is_wrapped and sum(is_wrapped_row(line) for _, line in lines) < 0.5 * len(lines):
            continue
        if notation.quote != '"' and f"{notation.quote}{notation.separator}{notation.quote}" not in text:
            continue
        rows = list(rows_of(lines, notation))
        if any(len(row.cells) > 1 for row in rows):
            yield notation, rows


def may_be_table(head: bytes) -> bool:
    """Whether a text with this beginning may be a table: in a notation it has a header, or rows of one width. Quick,
    and False is certain."""
    readings = possible_readings(head_lines(head))
    return any(have_one_width(rows) or head_place([row.cells for row in rows], {}) is not None for _, rows in readings)


def have_one_width(rows: list[TableRow]) -> bool:
    """Whether all rows that are not empty have the same number of cells."""
    return len({len(row.cells) for row in rows if any(row.cells)}) == 1


def head_place(rows: Sequence[Sequence[str]], mapped: Mapping[str, str]) -> int | None:
    """The index of the header, which may have a title above it; None if the table has none."""
    best: tuple[int, int] | None = None
    for place, row in enumerate(rows[:MOST_ABOVE]):
        if place and any(is_frame_text(cell.strip()) for cell in row):
            break
        if _is_head(rows[place:], mapped) and (not place or _is_regular(rows[place:])):
            known = sum(1 for cell in row if meanings(cell.strip()))
            best = max(best or (known, -place), (known, -place))
    return None if best is None else -best[1]


def _is_regular(rows: Sequence[Sequence[str]]) -> bool:
    """Whether the rows below the first have as many cells as it, and it has a word for nearly each of them."""
    names = [cell.strip() for cell in rows[0]]
    body = [row for row in rows[1:SAMPLE] if sum(map(bool, map(str.strip, row))) > 1]
    regular = sum(1 for row in body if len(row) == len(names))
    return sum(map(bool, names)) >= max(2, len(names) - 1) and bool(body) and regular >= 0.8 * len(body)


def _is_head(rows: Sequence[Sequence[str]], mapped: Mapping[str, str]) -> bool:
    row = rows[0]
    if any(is_frame_text(cell.strip()) or moment_of(cell) is not None or DAY.fullmatch(cell.strip()) for cell in row):
        return False
    known = sum(1 for cell in row if meanings(cell.strip()))
    named = {plain_name(name) for name in mapped} & {plain_name(cell.strip()) for cell in row}
    return known >= 2 or bool(named) or _heads_frames(rows)


def _heads_frames(rows: Sequence[Sequence[str]]) -> bool:
    """Whether the first row, in whatever language, has a word for each column, and columns below it have frames."""
    names, body = [cell.strip() for cell in rows[0]], rows[1:SAMPLE]
    if len(names) < 2 or not all(_NAME.fullmatch(name) for name in names if name) or sum(map(bool, names)) < 2:
        return False
    regular = sum(1 for row in body if len(row) == len(names))
    frames = sum(1 for row in body if any(has_frame(cell.strip()) for cell in row))
    parts = sum(
        1
        for row in body
        if any(is_object(cell.strip()) for cell in row) and any(action_and_kind(cell.strip()) for cell in row)
    )
    return regular >= 0.8 * len(body) and max(frames, parts) > 0.3 * len(body)
