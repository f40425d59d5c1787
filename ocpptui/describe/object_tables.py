"""Lists of equal objects in indented JSON as tables: settings, meter values, reports, local lists, schedules.

What makes a table is the shape of a list, not its name. Every value is shown as it was sent: numbers as they are
written, strings as JSON writes them, without the quotation marks.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from ocpptui.jsontext.text import LITERAL_NAMES, is_number, quote, value_text

FEWEST_ROWS = 2
MOST_COLUMNS = 40
LEAST_FILLED = 1 / 3
"""The part of the cells in the keys of the items that must have a value; objects that differ more are not equal."""
LONGEST = 300_000
"""Characters of JSON from which no tables are looked for."""
MOST_READ = 4 * LONGEST
"""Characters that are decoded at most, since a list within lists is decoded once for each of them."""


class TableCell(NamedTuple):
    """One value of a table."""

    part: str
    """`string`, `number`, `word` (true, false, null), or `punctuation` for a list or an empty object."""
    text: str


class TableColumn(NamedTuple):
    """One column: the values of a key, which may be within objects and lists of the items."""

    name: str
    """The last keys of its path, as many as tell it from the other columns. In quotation marks where the values are
    strings that read like numbers or words of JSON."""
    cells: tuple[TableCell | None, ...]
    """One for each row; None where the item has no such key."""


class ObjectTable(NamedTuple):
    """A list of equal objects. An item that has several objects in a list of its own takes a row for each of them, and
    its other values are in each of these rows."""

    indent: int
    """Characters before the items in the JSON."""
    columns: tuple[TableColumn, ...]
    shared: tuple[TableColumn, ...]
    """The columns that have the same value in every row."""
    rows: int


def with_tables(lines: Sequence[str]) -> Iterator[str | ObjectTable]:
    """The lines of indented JSON with a table in place of the items of each list of equal objects.

    The lines of the brackets stay. The lines must be those of `jsontext.text.indented`: each bracket that is not empty
    ends its line or begins one.
    """
    ends = _ends_of_lists(lines) if sum(map(len, lines)) <= LONGEST else {}
    may_read = MOST_READ
    number = 0
    while number < len(lines):
        yield lines[number]
        end = ends.get(number)
        number += 1
        if end is None or end - number < FEWEST_ROWS or lines[number].strip() != "{":
            continue
        text = f"[{' '.join(lines[number:end])}]"
        may_read -= len(text)
        table = _table(text, len(lines[number]) - 1) if may_read >= 0 else None
        if table is not None:
            yield table
            number = end


def _ends_of_lists(lines: Sequence[str]) -> dict[int, int]:
    """The line of the closing bracket of each list, by the line of its opening one."""
    ends: dict[int, int] = {}
    opened: list[int] = []
    for number, line in enumerate(lines):
        if line.endswith("["):
            opened.append(number)
        elif opened and line.lstrip(" ").rstrip(",") == "]":
            ends[opened.pop()] = number
    return ends


def _table(text: str, indent: int) -> ObjectTable | None:
    """The table of a list in JSON; None if its items are not equal objects."""
    try:
        items = json.loads(
            text, parse_float=_Number, parse_int=_Number, parse_constant=_Number, object_pairs_hook=_object
        )
        if not all(isinstance(item, dict) for item in items) or not _are_equal(items):
            return None
        rows = [row for item in items for row in _rows(item, ())]
    except (ValueError, RecursionError, _NotEqual):
        return None
    paths = list(dict.fromkeys(path for row in rows for path in row))
    if len(rows) < FEWEST_ROWS or not 0 < len(paths) <= MOST_COLUMNS:
        return None
    columns = [
        TableColumn(_header(name, cells), cells)
        for name, cells in zip(_names(paths), (tuple(row.get(path) for row in rows) for path in paths), strict=True)
    ]
    shared = tuple(column for column in columns if len(set(column.cells)) == 1)
    if len(shared) == len(columns):
        shared = ()
    return ObjectTable(indent, tuple(column for column in columns if column not in shared), shared, len(rows))


class _NotEqual(Exception):
    """The items cannot be rows of one table."""


class _Number(str):
    """A number, or NaN or Infinity, as it is written."""

    __slots__ = ()


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise _NotEqual  # a table would hide one of two equal keys
    return found


def _are_equal(items: list[dict[str, Any]]) -> bool:
    keys = {key for item in items for key in item}
    return sum(map(len, items)) >= LEAST_FILLED * len(keys) * len(items)


def _rows(item: dict[str, Any], path: tuple[str, ...]) -> list[dict[tuple[str, ...], TableCell]]:
    """The cells of an item by path, in a row, or in several if one of its lists has several objects."""
    own: dict[tuple[str, ...], TableCell] = {}
    several: list[dict[tuple[str, ...], TableCell]] = []
    for key, value in item.items():
        here = (*path, key)
        if isinstance(value, dict) and value:
            found = _rows(value, here)
        elif isinstance(value, list) and value and all(isinstance(one, dict) and one for one in value):
            found = [row for one in value for row in _rows(one, here)]
        else:
            found = [{here: _cell(value)}]
        if len(found) == 1:
            own |= found[0]
        elif several:
            raise _NotEqual  # two lists side by side have no common rows
        else:
            several = found
    return [own | row for row in several or [{}]]


def _cell(value: Any) -> TableCell:
    if isinstance(value, _Number):
        return TableCell("number", str(value))
    if isinstance(value, str):
        return TableCell("string", quote(value)[1:-1])
    if value is None or isinstance(value, bool):
        return TableCell("word", LITERAL_NAMES[value])
    if any(isinstance(one, dict | list) for one in value):
        raise _NotEqual
    texts = (str(one) if isinstance(one, _Number) else value_text(one) for one in value)
    return TableCell("punctuation", f"[{', '.join(texts)}]" if isinstance(value, list) else "{}")


def _header(name: str, cells: Sequence[TableCell | None]) -> str:
    """The name of a column, as JSON writes a string if that is what all the values are, but do not look like."""
    given = [cell for cell in cells if cell is not None]
    looks_otherwise = any(
        not cell.text or is_number(cell.text) or cell.text in LITERAL_NAMES.values() for cell in given
    )
    return quote(name) if looks_otherwise and all(cell.part == "string" for cell in given) else name


def _names(paths: list[tuple[str, ...]]) -> list[str]:
    """A name for each path: its last keys, as many as make it unlike the others."""
    names = []
    for path in paths:
        for length in range(1, len(path) + 1):
            if sum(other[-length:] == path[-length:] for other in paths) == 1:
                break
        names.append(".".join(path[-length:]))
    return names
