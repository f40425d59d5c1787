"""The rows of the tables that database clients print: in boxes, with bars or dashes, or with one column in a line.

`mysql` (also with `\\G`), `psql` (also `-x`), `sqlite3` in the modes `box`, `table`, `column` and `line`, `sqlcmd`,
the grids of reStructuredText, which have a border below each row.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest
from typing import NamedTuple

from ocpptui.importing.packets.hex_dump import is_heading
from ocpptui.importing.tables.csv_rows import Notation, rows_of
from ocpptui.jsontext.lazy_pattern import lazily

_RECORD = lazily(r"\*{5,} \d+\. row \*{5,}|-\[ RECORD \d+ \][-+]*")
"""Above the columns of a row."""
_FIELD = lazily(r"[ \t]{0,60}(?P<name>[^\W\d][\w .()*-]{0,60})(?P<mark>: |:$| \| ?| = | =$)")
_BORDER = lazily(r"[+┌├╞╭└╰╘][-=+─═┬┼╪╤┴╧┐┤╡╮┘╯╛]{2,}")
_RULE = lazily(r"-+(?:\+-+)+")
"""Below the names of the columns of `psql`."""
_DASHES = lazily(r"-{2,}(?: {1,2}-{2,})+")
"""Below the names of the columns of `sqlite3` and `sqlcmd`."""
_DASH_GROUP = lazily(r"-{2,}")
_BARS = "|│"
_CORNERS = "+┬┼╪╤"
_FOOTER = lazily(r"\(\d+ rows?(?: affected)?\)|\d+ rows? in set.*|Query OK.*|Bye")
LONGEST_VALUE = 32 * 2**20
"""The most characters of a value of several lines."""


class PrintedRow(NamedTuple):
    """A row of a printed table, or a line that is not part of one."""

    number: int
    """The number of its first line."""
    names: Sequence[str] | None
    """The names of the columns; empty if the table shows none, None if this is not a row."""
    cells: list[str]
    line: str = ""
    """The line that is not part of a table."""


class PrintedTables:
    """Reads the tables in numbered lines."""

    def __init__(self, lines: Iterable[tuple[int, str]]) -> None:
        self._lines = iter(lines)
        self._next = next(self._lines, None)

    def rows(self) -> Iterator[PrintedRow]:
        """The rows and the other lines, in their order."""
        while self._next is not None:
            number, line = self._next
            if _RECORD.match(line):
                self._take()
                yield from self._record(number)
            elif _BORDER.fullmatch(line.strip()):
                yield from self._box(number)
            else:
                yield from self._other(number, line)

    def _take(self) -> str:
        """The next line."""
        assert self._next is not None
        line = self._next[1]
        self._next = next(self._lines, None)
        return line

    def _other(self, number: int, line: str) -> Iterator[PrintedRow]:
        """A table without a border, a record of `sqlite3`, or a line that is none of these."""
        field = _FIELD.match(line)
        if field is not None and field["mark"].startswith(" ="):
            yield from self._record(number)
            return
        self._take()
        below = self._next[1].strip() if self._next is not None else ""
        if line.strip() and _RULE.fullmatch(below):
            rule = self._take()
            yield from self._aligned(line, [place for place, one in enumerate(rule) if one == "+"], "|")
        elif line.strip() and _DASHES.fullmatch(below) and not is_heading(line):
            rule = self._take()
            yield from self._aligned(line, [group.start() - 1 for group in _DASH_GROUP.finditer(rule)][1:], " ")
        else:
            yield PrintedRow(number, None, [], line)

    # -- one column in a line --------------------------------------------------------------------------------------

    def _record(self, number: int) -> Iterator[PrintedRow]:
        """The row whose columns are in the next lines."""
        first = None if self._next is None else _FIELD.match(self._next[1])
        if first is None:
            return
        place, mark = first.start("mark"), first["mark"].rstrip()
        names, values = list[str](), list[list[str]]()
        size = 0
        while self._next is not None and size < LONGEST_VALUE:
            line = self._next[1]
            if names and (not line.strip() or _RECORD.match(line) or _FOOTER.fullmatch(line.strip())):
                break
            name, value = line[:place].strip(), line[place + len(mark) :]
            if line[place : place + len(mark)] != mark or (not name and mark.strip() != "|"):
                if not values or mark.strip() == "|":
                    break
                values[-1].append(line)
            elif name:
                names.append(name)
                values.append([value.removeprefix(" ")])
            elif values:
                values[-1][-1] = values[-1][-1].rstrip("+ ")
                values[-1].append(value.removeprefix(" "))
            size += len(line)
            self._take()
        if names:
            yield PrintedRow(number, tuple(names), ["\n".join(lines).strip() for lines in values])

    # -- one row in a line -----------------------------------------------------------------------------------------

    def _box(self, number: int) -> Iterator[PrintedRow]:
        """The rows within a border."""
        border = self._take().strip()
        cuts = [place for place, one in enumerate(border[:-1]) if one in _CORNERS and place]
        names: tuple[str, ...] = ()
        held: PrintedRow | None = None  # the first row, which has the names if a border is below it
        while self._next is not None:
            number, line = self._next[0], self._next[1].strip()
            if _BORDER.fullmatch(line):
                self._take()
                if held is not None and not names:
                    names, held = tuple(held.cells), None
                elif self._next is None or not names or self._next[1].strip()[:1] not in tuple(_BARS):
                    break  # in the grids of reStructuredText, a border is below each row
                continue
            if line[:1] not in _BARS or not line:
                break
            self._take()
            row = PrintedRow(number, names, _split(line, cuts, line[0]))
            if held is not None:
                yield held
            held = None
            if names:
                yield row
            else:
                held = row
        if held is not None:
            yield held

    def _aligned(self, header: str, cuts: list[int], bar: str) -> Iterator[PrintedRow]:
        """The rows below names and a rule."""
        names = tuple(_split(header, cuts, bar))
        while self._next is not None:
            number, line = self._next
            if not line.strip() or _FOOTER.fullmatch(line.strip()):
                return
            self._take()
            pieces, size = [_split(line, cuts, bar)], len(line)
            while bar == "|" and self._next is not None and _goes_on(line, cuts) and size < LONGEST_VALUE:
                line = self._take()
                pieces.append(_split(line, cuts, bar))
                size += len(line)
            yield PrintedRow(number, names, pieces[0] if len(pieces) == 1 else _joined(pieces))


def _joined(pieces: list[list[str]]) -> list[str]:
    """The cells of a row that takes several lines."""
    columns = zip_longest(*pieces, fillvalue="")
    return ["\n".join(piece.rstrip("+ ") for piece in column).rstrip("\n") for column in columns]


def _goes_on(line: str, cuts: list[int]) -> bool:
    """Whether `psql` goes on with a cell of several lines in the next one: it marks that with a plus."""
    return any(line[cut - 1 : cut] == "+" for cut in cuts) or line.rstrip().endswith("+")


def _split(line: str, cuts: list[int], bar: str) -> list[str]:
    """The cells of a line."""
    if line[:1] == bar and bar in _BARS and line.rstrip()[-1:] == bar:
        line, cuts = line.rstrip()[1:-1], [cut - 1 for cut in cuts]
    if bar == " " or all(line[cut : cut + 1] == bar for cut in cuts):
        edges = [-1, *cuts, len(line)]
        return [line[start + 1 : end].strip() for start, end in zip(edges, edges[1:], strict=False)]
    rows = list(rows_of([(0, line)], Notation(bar)))  # wide characters moved the bars
    return [cell.strip() for cell in rows[0].cells] if rows and rows[0].cells else [line.strip()]
