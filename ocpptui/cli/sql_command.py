"""`ocpptui sql FILE… QUERY`: SQL over recordings and logs."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import click

from ocpptui.cli.importing_options import import_options, merge_options
from ocpptui.cli.load_files import summed_up
from ocpptui.cli.output import show_lines

FORMATS = ("table", "json", "csv")


@click.command("sql")
@click.argument("words", nargs=-1, required=True, metavar="FILE… QUERY")
@import_options
@merge_options
@click.option(
    "--format", "wanted", type=click.Choice(FORMATS), default="table", show_default=True, help="Of the result."
)
def command(words: tuple[str, ...], wanted: str, **given: Any) -> None:
    """Run an SQL query, in the dialect of DuckDB, over recordings, and logs and captures of other tools. FILE - is
    standard input.

    Tables: records; calls, answers and exchanges (a call with its answer); transactions; meter_values; findings.
    DESCRIBE calls, for example, shows the columns. Times are UTC, latencies ms, energy Wh; a record has its number in
    all JSON output, from 0. Secrets are masked. COPY … TO 'file.parquet' (or .csv, .json) writes a file; a query
    reaches no other file. Needs the extra sql: pip install "ocpptui[sql]"

    Exit codes: 0 done, 2 wrong usage or query, or a file could not be read or has no record.

    \b
    Examples:
      ocpptui sql session.jsonl "SELECT action, count(*), max(latency_ms) FROM exchanges GROUP BY action"
      ocpptui sql a.log b.log "SELECT * FROM findings WHERE severity = 'error'" --format json
      ocpptui sql session.jsonl "COPY meter_values TO 'meter.parquet'"
    """
    from ocpptui.exporting.sql_database import SqlDatabase, WrongQuery

    *names, query = words
    if not names:
        raise click.UsageError("name a FILE and, after it, a QUERY in quotes")
    files = tuple(map(Path, names))
    with summed_up(files, given) as opening:
        try:
            database = SqlDatabase(opening.session.timeline, opening.place_of, files)
        except ImportError:
            raise click.UsageError('this needs DuckDB: pip install "ocpptui[sql]"') from None
        with closing(database):
            opening.read_whole()
            try:
                show_lines(_LINES[wanted](*database.run(query)))
            except WrongQuery as error:
                raise click.UsageError(f"the query cannot be run: {error}") from None


Rows = Iterator[tuple[Any, ...]]


def _as_table(columns: Sequence[str], rows: Rows) -> Iterator[str]:
    from ocpptui.describe.safe_text import single_line
    from ocpptui.exporting.text_table import table_lines

    if not columns:
        return
    cells = [[single_line(_text(value)) for value in row] for row in rows]
    yield from table_lines([list(map(single_line, columns)), *cells])


def _as_json(columns: Sequence[str], rows: Rows) -> Iterator[str]:
    before = "["
    for row in rows:
        yield before
        before = f"{json.dumps(dict(zip(columns, row, strict=True)), ensure_ascii=False)},"
    yield "[]" if before == "[" else f"{before[:-1]}]"


def _as_csv(columns: Sequence[str], rows: Rows) -> Iterator[str]:
    from ocpptui.describe.safe_text import single_line
    from ocpptui.describe.spreadsheet_cell import with_apostrophe

    def line(values: Sequence[Any]) -> str:
        out = io.StringIO()
        cells = (with_apostrophe(single_line(one)) if isinstance(one, str) else _text(one) for one in values)
        csv.writer(out, lineterminator="").writerow(cells)
        return out.getvalue()

    yield line(columns)
    yield from map(line, rows)


def _text(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


_LINES = {"table": _as_table, "json": _as_json, "csv": _as_csv}
