"""The rows of a text table with any separators and quotes, even if it is damaged."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import chain
from typing import NamedTuple

from ocpptui.importing.packets.printed_bytes import readable_cell
from ocpptui.importing.texts.frame_scanner import START
from ocpptui.importing.texts.line_escapes import with_plain_frame
from ocpptui.jsontext.lazy_pattern import lazily
from ocpptui.jsontext.tokens import value_end

MOST_LINES = 2000
"""The most lines of one row; beyond that, a quote counts as unclosed."""
MOST_CELLS = 10_000
"""The most cells of one row: each takes fifty bytes of memory, however short it is."""
LONGEST_CELL = 32 * 2**20
"""The most characters of one cell."""
MOST_FAILURES = 20
"""How many apparent beginnings of a frame in one line may turn out to be false."""
_SEPARATOR = lazily(r"sep=([,;|:\t])", re.IGNORECASE)


_ESCAPED = lazily(r"(?<!\\)((?:\\\\)*)\\([|\[\]{}_*~`])")
"""A sign that Markdown and Jira would take for their own, with a backslash before it that is none of JSON."""
_HEADING = lazily(r"\s*\|\|(?:[^|]+\|\|)+\s*")
_BAR = "\0"
"""Stands for a bar within a cell."""


def _plain_row(row: str) -> str:
    """A row between bars without what Markdown and Jira add: escapes, and the double bars around names of columns."""
    if "\\" in row:
        row = _ESCAPED.sub(_unescaped, row)
    return row.replace("||", "|") if _HEADING.fullmatch(row) else row


def _unescaped(match: re.Match[str]) -> str:
    return match[1] + (_BAR if match[2] == "|" else match[2])


class Notation(NamedTuple):
    """How the cells of a row are separated."""

    separator: str
    backslashes: bool = False
    """A quote within a cell is escaped by a backslash and not doubled (as MySQL writes it)."""
    quote: str = '"'
    """What is around a cell."""
    is_wrapped: bool = False
    """Each row as a whole is quoted once more, as a spreadsheet does that has taken it for one cell."""


NOTATIONS = (
    *(Notation(separator, backslashes) for separator in ",\t;|" for backslashes in (False, True)),
    *(Notation(separator, quote="'") for separator in ",\t;|"),
    *(Notation(separator, is_wrapped=True) for separator in ",\t;|"),
    *map(Notation, "^\x01\x1f"),
)
"""The last of them are the separators of Hive and of ASCII, and one that needs no quotes around JSON."""
_ESCAPED_BEGINNINGS = ("[", "&#", "%5B", "%5b")
_SIGNS_OF_ESCAPES = ("&quot;", "&#", "%22")


_BEHIND_TEXT = frozenset("\t ,]")
"""What may follow a text in the array of a frame."""


class TableRow(NamedTuple):
    """A row of a table."""

    number: int
    """The number of its first line, from 1."""
    cells: list[str]
    """Empty if the text cannot be split into cells."""
    lines: list[str]
    """The lines of the row."""
    reason: str = ""
    """Why the text cannot be split, if there is more to say than that."""


def rows_of(lines: Iterable[tuple[int, str]], notation: Notation) -> Iterator[TableRow]:
    """The rows in numbered lines. Never raises; a row that cannot be split into cells has only its text."""
    csv.field_size_limit(max(LONGEST_CELL, csv.field_size_limit()))
    source = _Source(lines, notation)
    while not source.ended:
        reader = csv.reader(
            source,
            delimiter=notation.separator,
            doublequote=not notation.backslashes,
            escapechar="\\" if notation.backslashes else None,
            quotechar=notation.quote,
            skipinitialspace=notation.separator != "|",
        )
        try:
            for cells in reader:
                number, taken = source.row()
                if taken:
                    if notation.separator == "|":
                        cells = [cell.replace(_BAR, "|") for cell in cells]
                    yield TableRow(number, list(map(_content, cells)), taken)
        except (csv.Error, _CannotBeSplitError) as error:
            number, taken = source.row()
            reason = str(error) if isinstance(error, _CannotBeSplitError) else ""
            for place, line in enumerate(taken):
                yield TableRow(number + place, [], [line], reason)


def _content(cell: str) -> str:
    """The content of a cell; a frame in it that is escaped for HTML or a URL, or printed as bytes, is as it was."""
    if cell.startswith(_ESCAPED_BEGINNINGS) and any(map(cell.__contains__, _SIGNS_OF_ESCAPES)):
        return with_plain_frame(cell)
    return readable_cell(cell)


def lines_between_returns(lines: Iterator[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    """Numbered lines, also of a text that has carriage returns in place of line feeds, as old Macs and Excel write."""
    first = next(lines, None)
    if first is None:
        return iter(())
    numbered = chain([first], lines)
    if "\r" not in first[1]:
        return numbered
    return enumerate(chain.from_iterable(line.split("\r") for _, line in numbered), 1)


def is_wrapped_row(line: str) -> bool:
    """Whether a line begins and ends with a quote, and has other quotes that are doubled."""
    return line[:1] == line[-1:] == '"' and '""' in line[1:-1]


def _unwrapped(line: str) -> str:
    return line[1:-1].replace('""', '"') if line[:1] == line[-1:] == '"' and len(line) > 1 else line


@lru_cache(maxsize=8)
def _formula(separator: str) -> re.Pattern[str]:
    """The beginning of a cell that is a formula of nothing but a text, `="…"`: no spreadsheet takes it for a number."""
    return re.compile(rf'(^|{re.escape(separator)})="')


def named_separator(line: str) -> str:
    """The separator that the first line of a table declares for spreadsheets (`sep=;`); empty if it declares none."""
    match = _SEPARATOR.fullmatch(line.strip("\ufeff \r\n"))
    return match[1] if match else ""


class _CannotBeSplitError(Exception):
    """A row with a quote that is never closed, or with too many cells."""


class _Source:
    """An iterator of lines for the csv module that remembers the lines of the current row."""

    def __init__(self, lines: Iterable[tuple[int, str]], notation: Notation) -> None:
        self.ended = False
        self._lines = iter(lines)
        self._notation = notation
        self._number = 0
        self._taken: list[str] = []

    def __iter__(self) -> _Source:
        return self

    def __next__(self) -> str:
        if len(self._taken) >= MOST_LINES:
            raise _CannotBeSplitError("a quote is never closed")
        item = next(self._lines, None)
        if item is None:
            self.ended = True
            raise StopIteration
        number, line = item
        if not self._taken:
            self._number = number
        self._taken.append(line)
        row = line.replace("\r", " ")
        if self._notation.is_wrapped:
            row = _unwrapped(row)
        if '="' in row:
            row = _formula(self._notation.separator).sub(r'\1"', row)
        if self._notation.separator == "|":
            row = _plain_row(row)
        row = mended(row, self._notation.separator, self._notation.quote)
        if row.count(self._notation.separator) > MOST_CELLS and self._cells_in(row) > MOST_CELLS:
            raise _CannotBeSplitError(f"a row of more than {MOST_CELLS:,} cells")
        return row + "\n"

    def _cells_in(self, line: str) -> int:
        """How many cells begin in the last line taken: a separator in quotes begins none."""
        before = sum(self._without_escapes(taken).count(self._notation.quote) for taken in self._taken[:-1])
        parts = self._without_escapes(line).split(self._notation.quote)
        return sum(part.count(self._notation.separator) for part in parts[before % 2 :: 2])

    def _without_escapes(self, line: str) -> str:
        return line.replace("\\\\", "").replace('\\"', "") if self._notation.backslashes else line

    def row(self) -> tuple[int, list[str]]:
        """The lines since the last row, and the number of the first of them."""
        taken, self._taken = self._taken, []
        return self._number, taken


def mended(line: str, separator: str, quote: str = '"') -> str:
    """A line in which each frame that is unquoted or badly quoted between two separators is quoted correctly.

    Some programs put separators around a frame and ignore the separators within it.
    """
    match = START.search(line)
    if match is None:
        return line
    pieces, place, failures = list[str](), 0, 0
    while match is not None and failures < MOST_FAILURES:
        start = match.start()
        end = None if _is_doubled(line, match.end(), quote) else value_end(line, start)
        if end is None:
            failures += 1
            match = START.search(line, match.end())
            continue
        in_quotes = line[start - 1 : start] == quote and line[end : end + 1] == quote
        before, after = (start - 1, end + 1) if in_quotes else (start, end)
        if _ends_cell(line[:before].rstrip(" ")[-1:], separator) and _ends_cell(
            line[after:].lstrip(" ")[:1], separator
        ):
            pieces += [line[place:before].rstrip(" "), quote, line[start:end].replace(quote, quote * 2), quote]
            place = after
        match = START.search(line, end)
    return "".join((*pieces, line[place:])) if pieces else line


def _is_doubled(line: str, place: int, quote: str) -> bool:
    """Whether the quotation mark before a place is there twice, as in a cell, and so begins no text of JSON. Behind an
    empty text, only a separator may follow."""
    return line[place - 1 : place + 1] == quote * 2 and line[place + 1 : place + 2] not in _BEHIND_TEXT


def _ends_cell(character: str, separator: str) -> bool:
    return character in ("", separator)


def with_whole_frame(row: TableRow, place: int, width: int) -> TableRow:
    """A row with more cells than others, because its frame is not in quotes and has separators in it."""
    line = row.lines[0]
    start = START.search(line)
    if start is None:
        return row
    end, behind = len(line.rstrip()), row.cells[len(row.cells) - (width - place - 1) :] if width - place > 1 else []
    for cell in reversed(behind):
        end = line.rfind(cell.strip(), 0, end)
        end = len(line[: max(end, 0)].rstrip(" '\"")) - 1  # without the separator
    quote = line[start.start() - 1 : start.start()]
    end -= quote in ("'", '"') and line[end - 1 : end] == quote
    if end <= start.start():
        return row
    cells = [*row.cells[:place], line[start.start() : end].rstrip(), *behind]
    return row._replace(cells=cells) if len(cells) == width else row
