"""Dumps of databases and what their clients print: the rows of each table, read as those of any other table."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain, groupby, islice
from operator import attrgetter
from pathlib import Path

from ocpptui.importing.files.text_stream import LineSplitter, text_lines
from ocpptui.importing.found_frame import FoundFrame
from ocpptui.importing.import_tally import ImportTally
from ocpptui.importing.packets.printed_bytes import readable_cell
from ocpptui.importing.reader import ImportOptions, Material
from ocpptui.importing.readers.table import MissingColumnError, frames_of
from ocpptui.importing.tables.csv_columns import columns_of
from ocpptui.importing.tables.csv_rows import TableRow
from ocpptui.importing.tables.printed_tables import PrintedRow, PrintedTables
from ocpptui.importing.tables.redis_entries import entries_in, may_be_entries
from ocpptui.importing.tables.sql_statements import Statements
from ocpptui.jsontext.lazy_pattern import lazily
from ocpptui.recording.file_errors import UnreadableFile

SNIFFED = 300
"""How many lines show whether a file is a printed table."""
_STATEMENT = lazily(
    rb"^[ \t]*(?:(?:INSERT|REPLACE)[ \t]+(?:(?:IGNORE[ \t]+)?INTO\b|\[)|CREATE[ \t]+TABLE\b"
    rb"|COPY[ \t][^\n]{1,5000} FROM stdin\b)",
    re.MULTILINE | re.IGNORECASE,
)
_FIRST_WORDS = lazily(
    rb"(?:\xef\xbb\xbf)?\s*(?:--|/\*|#|\\|(?:SET|BEGIN|PRAGMA|USE|LOCK|DROP|CREATE|INSERT|REPLACE|COPY|ALTER|GO|START|SELECT"
    rb"|IF|mysqldump:)\b)",
    re.IGNORECASE,
)
_PRINTED = (b"--", b". row **", "─".encode(), b" = ")
_ALL_BACKSLASHES = lazily(rb"-- (?:MySQL|MariaDB) dump|/\*!\d{5}|^[ \t]*INSERT INTO `", re.MULTILINE)


class SqlOutput:
    """The reader for these files."""

    name = "sql"
    grows = False

    def detects(self, head: bytes, name: str) -> bool:
        """Whether the file has statements and begins like a dump, or most of its lines are tables with frames."""
        if _STATEMENT.search(head):
            return _FIRST_WORDS.match(head) is not None
        of_redis = may_be_entries(head)
        if not of_redis and not any(sign in head for sign in _PRINTED):
            return False
        splitter = LineSplitter()
        lines = list(islice(splitter.take(head), SNIFFED))
        if len(lines) < SNIFFED:
            lines += splitter.finish()
        rows = list(entries_in(lines) if of_redis else PrintedTables(lines).rows())
        tables = [
            (names, list(table)) for names, table in groupby(rows, key=attrgetter("names")) if names and len(names) > 1
        ]
        others = sum(1 for row in rows if row.names is None and row.line.strip())
        holds = any(columns_of([names, *(row.cells for row in table)]).hold_frames for names, table in tables)
        return holds and others <= len(rows) - others

    def read(self, material: Material, tally: ImportTally, options: ImportOptions) -> Iterator[FoundFrame]:
        lines = text_lines(material.stream)
        beginning = list(islice(lines, SNIFFED))
        head = "".join(f"{line}\n" for _, line in beginning).encode("utf-8", "surrogateescape")
        lines = chain(beginning, lines)
        if _STATEMENT.search(head):
            rows = _of_statements(lines, head)
        else:
            rows = entries_in(lines) if may_be_entries(head) else PrintedTables(lines).rows()
        missing: MissingColumnError | None = None
        any_read = False
        for names, table in groupby(_without_others(rows, tally), key=attrgetter("names")):
            try:
                yield from frames_of(_table(names, table), tally, options)
                any_read = True
            except MissingColumnError as error:
                missing = error
        if missing is not None and not any_read:
            raise UnreadableFile(material.path or Path(material.name), str(missing))


def _of_statements(lines: Iterator[tuple[int, str]], head: bytes) -> Iterator[PrintedRow]:
    statements = Statements(backslashes=_ALL_BACKSLASHES.search(head) is not None)
    for number, line in lines:
        rows = statements.take(line)
        if rows is None:
            yield PrintedRow(number, None, [], line)
            continue
        for names, cells in rows:
            yield PrintedRow(number, tuple(names), cells)


def _without_others(rows: Iterator[PrintedRow], tally: ImportTally) -> Iterator[PrintedRow]:
    """The rows; the lines between them are counted."""
    for row in rows:
        if row.names is not None:
            yield row
        elif row.line.strip():
            tally.skip(row.number, row.line)


def _table(names: tuple[str, ...], rows: Iterator[PrintedRow]) -> Iterator[TableRow]:
    first = next(rows)
    if names:
        yield TableRow(first.number, list(names), ["\t".join(names)])
    for row in chain((first,), rows):
        cells = [readable_cell(cell) for cell in row.cells]
        yield TableRow(row.number, cells, ["\t".join(cells)])
