"""Queries over a timeline, by DuckDB in memory. It reads no file, and writes only what COPY … TO names."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterator
from datetime import date, datetime, time
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from ocpptui.exporting.reported_finding import PlaceOf
from ocpptui.exporting.sql_tables import TABLES, VIEWS, Row
from ocpptui.jsontext.text import utf8
from ocpptui.ocpp.counted import enumerated
from ocpptui.timeline.timeline import Timeline

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

AT_ONCE = 1000
"""How many rows are handed over together."""

_WORD = re.compile(r"\w+")
_TARGET = re.compile(r"\bto\s{1,100}'((?:[^']|'')+)'", re.IGNORECASE)


class WrongQuery(Exception):
    """A query that cannot be run; the text is a sentence for the user."""


class SqlDatabase:
    """The tables and views of `sql_tables` over a timeline. Close it.

    Raises ImportError if DuckDB is not installed.
    """

    def __init__(self, timeline: Timeline, place_of: PlaceOf, inputs: Collection[Path] = ()) -> None:
        """`inputs` are files that no query may overwrite."""
        import duckdb

        self._timeline = timeline
        self._place_of = place_of
        self._inputs = {_whole(path) for path in inputs}
        self._failure = duckdb.Error
        self._statements = duckdb.extract_statements
        self._copy = duckdb.StatementType.COPY
        options: dict[str, str | bool | int | float | list[str]] = {
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        }
        self._database: DuckDBPyConnection = duckdb.connect(":memory:", config=options)
        self._database.execute("SET TimeZone = 'UTC'")
        self._database.execute("SET temp_directory = ''")
        for name, table in TABLES.items():
            columns = ", ".join(f"{column} {kind}" for column, kind in table.columns.items())
            self._database.execute(f"CREATE TABLE {name} ({columns})")
        for name, query in VIEWS.items():
            self._database.execute(f"CREATE VIEW {name} AS {query}")

    def close(self) -> None:
        """Free its memory."""
        self._database.close()

    def run(self, query: str) -> tuple[list[str], Iterator[Row]]:
        """The names of the columns and the rows of a query; of several statements, those of the last.

        Values are texts, numbers, booleans, None, lists and dicts. Raises WrongQuery, also while the rows are read.
        """
        try:
            statements = self._statements(query)
            targets = [target for one in statements if one.type == self._copy for target in _targets(one.query)]
        except self._failure as error:
            raise WrongQuery(_sentence(error)) from None
        if not statements:
            raise WrongQuery("the query is empty")
        for target in targets:
            if _whole(Path(target)) in self._inputs:
                raise WrongQuery(f"the query would overwrite {target}, which it reads")
        self._fill(query)
        before = os.umask(0o077)  # what the query writes is for the user alone
        try:
            self._shut_in(targets)
            result = self._database.execute(query)
            columns = _distinct([str(column[0]) for column in result.description or ()])
        except self._failure as error:
            raise WrongQuery(_sentence(error)) from None
        finally:
            os.umask(before)
        return columns, self._rows(result)

    def _rows(self, result: DuckDBPyConnection) -> Iterator[Row]:
        try:
            while rows := result.fetchmany(AT_ONCE):
                for row in rows:
                    yield tuple(map(_plain, row))
        except self._failure as error:
            raise WrongQuery(_sentence(error)) from None

    def _fill(self, query: str) -> None:
        """Fill the tables that a query names, if only in a text."""
        words = set(_WORD.findall(query.lower()))
        wanted = {name for name in TABLES if name in words}
        if words & VIEWS.keys():
            wanted.add("records")
        for name in TABLES:
            if name in wanted:
                self._insert(name)

    def _insert(self, name: str) -> None:
        table = TABLES[name]
        kinds = {column: _AS_JSON.get(kind, kind) for column, kind in table.columns.items()}
        structure = orjson.dumps([kinds]).decode()
        values = ", ".join(_VALUES.get(kind, "{0}").format(column) for column, kind in table.columns.items())
        statement = (
            f"INSERT INTO {name} SELECT {values} FROM (SELECT unnest(from_json(?, '{structure}'), max_depth := 2))"
        )
        every = table.rows(self._timeline, self._place_of)
        while rows := list(islice(every, AT_ONCE)):
            objects = [dict(zip(table.columns, map(_known, row), strict=True)) for row in rows]
            self._database.execute(statement, [_json(objects)])

    def _shut_in(self, targets: Collection[str]) -> None:
        """Let the database reach no file but those that are to be written, with the temporary names that it uses."""
        paths = [
            str(path) for target in targets for path in (target, Path(target).with_name(f"tmp_{Path(target).name}"))
        ]
        self._database.execute("SET allowed_paths = ?", [paths])
        self._database.execute("SET enable_external_access = false")
        self._database.execute("SET lock_configuration = true")


def _targets(statement: str) -> list[str]:
    return [text.replace("''", "'") for text in _TARGET.findall(statement)]


def _distinct(names: list[str]) -> list[str]:
    """The names, with a number where one occurs again."""
    return [
        name if name not in names[:place] else f"{name}_{names[:place].count(name)}" for place, name in enumerate(names)
    ]


def _whole(path: Path) -> Path:
    return Path(os.path.realpath(path))


def _known(value: Any) -> Any:
    return None if value == "" else value


def _json(value: Any) -> str:
    try:
        return orjson.dumps(value).decode()
    except TypeError:  # half a surrogate pair in a name
        return orjson.dumps(_whole_texts(value)).decode()


def _whole_texts(value: Any) -> Any:
    if isinstance(value, str):
        return utf8(value).decode(errors="backslashreplace")
    if isinstance(value, dict):
        return {name: _whole_texts(one) for name, one in value.items()}
    return [_whole_texts(one) for one in value] if isinstance(value, list) else value


def _plain(value: Any) -> Any:
    """A value of a result as JSON has it; what JSON has no word for becomes a text."""
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return value if abs(value) < float("inf") else str(value)
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.decode(errors="backslashreplace")
    if isinstance(value, list | tuple):
        return list(map(_plain, value))
    if isinstance(value, dict):
        return {str(name): _plain(one) for name, one in value.items()}
    return str(value)


def _sentence(error: Exception) -> str:
    """What DuckDB says is wrong, without the picture of the place."""
    text = " ".join(str(error).partition("\n\nLINE ")[0].split())
    if "disabled by configuration" in text:
        return f"{text}. A query sees the tables of the files, and reaches no other file; COPY … TO writes one"
    if missing := _MISSING_TABLE.match(text):  # DuckDB suggests one of its own, pg_settings for example
        return f"{missing[1]}; there are {enumerated([*TABLES, *VIEWS])}"
    return text


_MISSING_TABLE = re.compile(r"(Catalog Error: Table with name .{1,200}? does not exist)!")
_AS_JSON = {"TIMESTAMP": "BIGINT", "JSON": "VARCHAR"}
_VALUES = {
    "TIMESTAMP": "make_timestamp({0})",
    "JSON": "CASE WHEN json_valid({0}) THEN {0}::JSON ELSE to_json({0}) END",
}
"""How the values of a type come from those that are handed over."""
