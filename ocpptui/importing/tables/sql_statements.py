"""The rows in a dump of a database: `INSERT INTO … VALUES …` and `COPY … FROM stdin`, with their columns.

Dumps of MySQL, MariaDB, PostgreSQL, SQLite, SQL Server and Oracle are read. Where a statement does not name its
columns, the CREATE TABLE before it does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ocpptui.jsontext.lazy_pattern import lazily

MOST_CELLS = 1000
"""The most cells of one row."""
LONGEST_ROW = 32 * 2**20
"""The most characters of one row."""
_INSERT = lazily(r"\s*(?:INSERT|REPLACE)\s+(?:IGNORE\s+)?(?:INTO\s+)?(?P<table>[\w.`\"\[\]]{1,200})\s*", re.IGNORECASE)
_CREATE = lazily(
    r"\s*CREATE\s+TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?(?P<table>[\w.`\"\[\]]{1,200})\s*(?=\(|$)", re.IGNORECASE
)
_COPY = lazily(r"COPY\s+(?P<table>[\w.\"]{1,200})\s*(?:\((?P<names>[^()]{0,5000})\)\s*)?FROM\s+stdin\b", re.IGNORECASE)
_END_OF_COPY = "\\."
_NULL = "\\N"
_MARKS = '`"[]'
_TOKEN = lazily(r"[ \t\r\n]*(?:(?P<quote>'|\"|`)|(?P<sign>[(),;])|(?P<word>[^\s'\"`(),;]+))")
_UP_TO_QUOTE = {
    ("'", True): lazily(r"(?>(?:[^'\\]++|\\(?:.|$)|'')*)"),
    ("'", False): lazily(r"(?:[^']++|'')*+"),
    ('"', True): lazily(r'(?>(?:[^"\\]++|\\(?:.|$)|"")*)'),
    ('"', False): lazily(r'(?:[^"]++|"")*+'),
    ("`", True): lazily(r"(?:[^`]++|``)*+"),
    ("`", False): lazily(r"(?:[^`]++|``)*+"),
}
"""By the quote, and by whether backslashes are escapes."""
_ESCAPE = lazily(r"\\(.|$)", re.DOTALL)
_ESCAPED = {"n": "\n", "r": "\r", "t": "\t", "0": "\0", "b": "\b", "Z": "\x1a", "f": "\f", "v": "\v"}
_ESCAPED_FRAME = lazily(r"\s*(?:\[\s*\d\s*,\s*|\{\s*)\\\"")
"""A frame or an object whose quotes have backslashes, which JSON does not have there."""
_CONSTRAINTS = frozenset((
    "PRIMARY", "KEY", "UNIQUE", "CONSTRAINT", "INDEX", "FOREIGN", "CHECK", "FULLTEXT", "SPATIAL", "EXCLUDE", "LIKE",
))  # fmt: skip


class Statements:
    """Reads the rows of a dump, line by line."""

    def __init__(self, *, backslashes: bool) -> None:
        """`backslashes`: whether they are escapes in strings, as in MySQL."""
        self._backslashes = backslashes
        self._columns: dict[str, list[str]] = {}  # of each table
        self._copy: str | None = None
        self._values: _Values | None = None
        self._table = ""
        self._creates = False

    def take(self, line: str) -> Iterator[tuple[list[str], list[str]]] | None:
        """The rows that end in a line, each with the names of its columns; None for a line that is not about rows."""
        if self._copy is not None:
            return self._copied(line)
        start = 0
        if self._values is None or self._values.is_between:  # SQL Server does not end its statements
            begun = self._begin(line)
            if begun is None and self._values is None:
                return None
            start = begun or 0
        return self._inserted(line, start)

    def _begin(self, line: str) -> int | None:
        """Begin a statement; where its values or columns are in its first line, None if it is not one of these."""
        match = _COPY.match(line)
        if match is not None:
            self._copy, self._values = _plain(match["table"]), None
            if match["names"] is not None:
                self._columns[self._copy] = [_plain(name) for name in match["names"].split(",")]
            return len(line)
        insert = _INSERT.match(line)
        match = insert or _CREATE.match(line)
        if match is None:
            return None
        self._creates = insert is None
        self._table = _plain(match["table"])
        self._values = _Values(backslashes=self._backslashes)
        return match.end()

    def _copied(self, line: str) -> Iterator[tuple[list[str], list[str]]]:
        assert self._copy is not None
        if line == _END_OF_COPY:
            self._copy = None
            return
        cells = ["" if cell == _NULL else _without_escapes(cell) for cell in line.split("\t", MOST_CELLS)]
        yield self._columns.get(self._copy, []), cells

    def _inserted(self, line: str, start: int) -> Iterator[tuple[list[str], list[str]]]:
        if self._values is None:
            return
        for cells, follows_values in self._values.take(line, start):
            if self._creates:
                self._columns[self._table] = _column_names(cells)
            elif follows_values:
                yield self._columns.get(self._table, []), cells
            else:
                self._columns[self._table] = [_plain(cell) for cell in cells]
        if self._values.ended:
            self._values = None


class _Values:
    """The lists in brackets of one statement."""

    def __init__(self, *, backslashes: bool) -> None:
        self.ended = False
        self._backslashes = backslashes
        self._quote = ""
        self._piece: list[str] = []  # of the string that has begun
        self._size = 0
        self._depth = 0
        self._cells: list[str] = []
        self._words: list[str] = []  # of the cell that has begun
        self._string: str | None = None  # the first string in it
        self._after_values = False

    @property
    def is_between(self) -> bool:
        """Whether no list has begun that is still open."""
        return not self._depth and not self._quote

    def take(self, line: str, place: int) -> Iterator[tuple[list[str], bool]]:
        """The lists that end in a line, and whether each comes after VALUES."""
        while place < len(line) and not self.ended:
            if self._quote:
                place = self._go_on_with_string(line, place)
                continue
            match = _TOKEN.match(line, place)
            if match is None:
                break
            place = match.end()
            if match["quote"]:
                self._quote = match["quote"]
                if place == len(line):
                    self._piece.append("\n")
            elif match["word"]:
                if self._depth:
                    self._words.append(match["word"])
                elif match["word"].upper() == "VALUES":
                    self._after_values = True
            elif match["sign"] == "(":
                self._depth += 1
            elif match["sign"] == ")":
                if self._depth == 1:
                    self._end_cell()
                    yield self._cells, self._after_values
                    self._cells, self._size = [], 0
                self._depth = max(0, self._depth - 1)
            elif match["sign"] == "," and self._depth == 1:
                self._end_cell()
            elif match["sign"] == ";" and not self._depth:
                self.ended = True
        if self._size > LONGEST_ROW or len(self._cells) > MOST_CELLS:
            self.ended = True

    def _go_on_with_string(self, line: str, place: int) -> int:
        match = _UP_TO_QUOTE[self._quote, self._backslashes].match(line, place)
        assert match is not None
        self._piece.append(match[0])
        self._size += len(match[0])
        if match.end() == len(line):
            self._piece.append("\n")
            return len(line)
        quote, self._quote = self._quote, ""
        text = "".join(self._piece).replace(quote * 2, quote)
        self._piece.clear()
        if self._backslashes or self._words[-1:] == ["E"] or _ESCAPED_FRAME.match(text):
            text = _without_escapes(text)
        if quote == "'" or not self._after_values:
            self._string = text if self._string is None else self._string
        else:
            self._words.append(text)
        return match.end() + 1

    def _end_cell(self) -> None:
        if self._string is not None and not (self._words and self._words[0].upper() == "NULL"):
            kind = self._words[0] if self._words else ""
            self._cells.append(f"0x{self._string}" if kind in ("X", "x") else self._string)
        else:
            word = " ".join(self._words)
            self._cells.append("" if word.upper() == "NULL" else word)
        self._words, self._string = [], None


def _column_names(cells: list[str]) -> list[str]:
    """The names in the list of a CREATE TABLE."""
    names = (cell.split(" ", 1)[0] for cell in cells)
    return [_plain(name) for name in names if name and name.upper() not in _CONSTRAINTS]


def _plain(name: str) -> str:
    """A name without its schema and the marks around it."""
    return name.strip().rpartition(".")[2].strip(_MARKS + " ")


def _without_escapes(text: str) -> str:
    if "\\" not in text:
        return text
    return _ESCAPE.sub(lambda match: _ESCAPED.get(match[1], match[1]), text)
