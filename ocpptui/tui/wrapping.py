"""Lines of text as rows of a pane, wrapped at its width; very long texts only when a row is shown."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from rich.cells import get_character_cell_size

from ocpptui.describe.object_tables import ObjectTable
from ocpptui.describe.record_in_full import Section
from ocpptui.describe.safe_text import printable
from ocpptui.tui.table_rows import table_rows

MOST_WRAPPED = 5000
"""Lines up to which a section is wrapped; the lines of a longer one are cut at the edge."""
LONGEST_LINE = 20_000
"""Characters shown of a line at most."""
WITH_SPACES = frozenset({"title", "heading", "text", "dim", "problem", "field"})
"""The sorts of lines that break at spaces; the others are not prose."""


class WrappedRow(NamedTuple):
    """A row of a pane: a piece of a line."""

    sort: str
    line: str
    """The whole line, safe for a terminal."""
    start: int
    end: int
    """Where the piece ends; both are positions in `line`."""
    indent: int
    """Cells before the piece."""
    parts: tuple[tuple[str, str], ...] = ()
    """The pieces of the whole line with their styles, where they do not follow from its sort."""


class Rows:
    """Sections and tables as rows of at most `width` cells."""

    def __init__(self, sections: Sequence[Section | ObjectTable], width: int) -> None:
        self._starts: list[int] = []
        self._parts: list[Section | list[WrappedRow]] = []
        self._count = 0
        for section in sections:
            part: Section | list[WrappedRow]
            if isinstance(section, ObjectTable):
                part = [_table_row(parts) for parts in table_rows(section, width)]
            elif len(section.lines) > MOST_WRAPPED:
                part = section
            else:
                part = [row for line in section.lines for row in wrapped(section.sort, line, width)]
            self._starts.append(self._count)
            self._parts.append(part)
            self._count += len(part.lines if isinstance(part, Section) else part)

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, number: int) -> WrappedRow:
        """The row at `number`, counted from 0; wider than the pane if its section is not wrapped."""
        place = bisect_right(self._starts, number) - 1
        part, within = self._parts[place], number - self._starts[place]
        if isinstance(part, list):
            return part[within]
        line = printable(part.lines[within][:LONGEST_LINE])
        return WrappedRow(part.sort, line, 0, len(line), 0)


def _table_row(parts: Sequence[tuple[str, str]]) -> WrappedRow:
    line = "".join(text for _, text in parts)
    return WrappedRow("table", line, 0, len(line), 0, tuple(parts))


def wrapped(sort: str, line: str, width: int) -> Iterator[WrappedRow]:
    """A line as rows of at most `width` cells; the rows after the first are indented a little more."""
    rest = len(line) - LONGEST_LINE
    text = printable(line[:LONGEST_LINE])
    indent = 0 if sort == "raw" else min(len(text) - len(text.lstrip(" ")) + 2, width // 2)
    start, room = 0, width
    while True:
        end = _end(text, start, room)
        if end < len(text) and sort in WITH_SPACES:
            space = text.rfind(" ", start + (end - start) // 2, end)
            end = end if space < 0 else space + 1
        yield WrappedRow(sort, text, start, end, indent if start else 0)
        start, room = end, width - indent
        if start >= len(text):
            break
    if rest > 0:
        yield from wrapped("dim", f"… {rest:,} more characters; y copies the whole text", width)


def _end(text: str, start: int, room: int) -> int:
    """The end of a piece of at most `room` cells; it contains at least one character."""
    if text.isascii():
        return min(start + max(room, 1), len(text))
    for position in range(start, len(text)):
        room -= get_character_cell_size(text[position])
        if room < 0:
            return max(position, start + 1)
    return len(text)
