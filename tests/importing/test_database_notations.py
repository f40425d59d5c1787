"""One conversation in a table of a database comes back from dumps of it, and from what its clients print."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocpptui.importing.reader import ImportOptions
from ocpptui.ocpp.version import Version
from tests.importing.conversation import Exchanged, conversation
from tests.importing.frames import FRAMES, compact
from tests.importing.logger_lines import iso, way
from tests.importing.reading import check, read

NAMES = ("id", "charge_point_id", "created_at", "direction", "message")
Cells = tuple[int | str, ...]
Printed = Callable[[Sequence[Cells]], str]


def cells_of(number: int, frame: Exchanged) -> Cells:
    return number, frame.name, iso(frame.time), way(frame, "received", "sent"), frame.raw


def widths(rows: Sequence[Cells]) -> list[int]:
    return [max(len(str(row[place])) for row in (NAMES, *rows)) for place in range(len(NAMES))]


def padded(row: Sequence[int | str], rows: Sequence[Cells], bar: str) -> str:
    return bar.join(f"{cell!s:<{width}}" for cell, width in zip(row, widths(rows), strict=True))


def in_box(rows: Sequence[Cells]) -> str:
    border = "+" + "+".join("-" * (width + 2) for width in widths(rows)) + "+"
    body = [f"| {padded(row, rows, ' | ')} |" for row in rows]
    lines = ["mysql> SELECT * FROM log;", border, f"| {padded(NAMES, rows, ' | ')} |", border, *body, border]
    return "\n".join([*lines, f"{len(rows)} rows in set (0.00 sec)", ""])


def in_lines(rows: Sequence[Cells]) -> str:
    edge = ["─" * (width + 2) for width in widths(rows)]
    body = [f"│ {padded(row, rows, ' │ ')} │" for row in rows]
    head = ["┌" + "┬".join(edge) + "┐", f"│ {padded(NAMES, rows, ' │ ')} │", "├" + "┼".join(edge) + "┤"]
    return "\n".join([*head, *body, "└" + "┴".join(edge) + "┘", ""])


def in_grid(rows: Sequence[Cells]) -> str:
    border = "+" + "+".join("-" * (width + 2) for width in widths(rows)) + "+"
    body = "".join(f"| {padded(row, rows, ' | ')} |\n{border}\n" for row in rows)
    return f"{border}\n| {padded(NAMES, rows, ' | ')} |\n{border.replace('-', '=')}\n{body}"


def with_bars(rows: Sequence[Cells]) -> str:
    rule = "+".join("-" * (width + 2) for width in widths(rows))
    body = [f" {padded(row, rows, ' | ')}" for row in rows]
    return "\n".join([f" {padded(NAMES, rows, ' | ')}", rule, *body, f"({len(rows)} rows)", ""])


def in_columns(rows: Sequence[Cells]) -> str:
    rule = "  ".join("-" * width for width in widths(rows))
    return "\n".join([padded(NAMES, rows, "  "), rule, *(padded(row, rows, "  ") for row in rows), ""])


def one_by_one(rows: Sequence[Cells]) -> str:
    parts = []
    for number, row in enumerate(rows, 1):
        parts.append(f"*************************** {number}. row ***************************")
        parts += [f"{name:>15}: {cell}" for name, cell in zip(NAMES, row, strict=True)]
    return "\n".join([*parts, f"{len(rows)} rows in set (0.01 sec)", ""])


def expanded(rows: Sequence[Cells]) -> str:
    parts = []
    for number, row in enumerate(rows, 1):
        parts.append(f"-[ RECORD {number} ]---+--------------------")
        parts += [f"{name:<15} | {cell}" for name, cell in zip(NAMES, row, strict=True)]
    return "\n".join([*parts, "", ""])


def assigned(rows: Sequence[Cells]) -> str:
    records = ["\n".join(f"{name:>15} = {cell}" for name, cell in zip(NAMES, row, strict=True)) for row in rows]
    return "\n\n".join(records) + "\n"


def quoted(cell: int | str) -> str:
    return str(cell) if isinstance(cell, int) else "'" + cell.replace("'", "''") + "'"


def escaped(cell: int | str) -> str:
    if isinstance(cell, int):
        return str(cell)
    for character, written in (("\\", "\\\\"), ("'", "\\'"), ('"', '\\"'), ("\n", "\\n")):
        cell = cell.replace(character, written)
    return f"'{cell}'"


def of_mysql(rows: Sequence[Cells]) -> str:
    columns = ",\n".join(f"  `{name}` varchar(255) DEFAULT NULL" for name in NAMES)
    values = ",".join(f"({','.join(map(escaped, row))})" for row in rows)
    return (
        "-- MySQL dump 10.13  Distrib 8.0.36, for Linux (x86_64)\n\nDROP TABLE IF EXISTS `log`;\n"
        f"CREATE TABLE `log` (\n{columns},\n  PRIMARY KEY (`id`)\n) ENGINE=InnoDB;\n\nLOCK TABLES `log` WRITE;\n"
        f"INSERT INTO `log` VALUES {values};\nUNLOCK TABLES;\n"
    )


def of_mysql_in_hexadecimal(rows: Sequence[Cells]) -> str:
    return of_mysql(rows).partition("INSERT INTO")[0] + "".join(
        f"INSERT INTO `log` VALUES ({','.join(map(escaped, row[:-1]))},0x{str(row[-1]).encode().hex().upper()});\n"
        for row in rows
    )


def of_phpmyadmin(rows: Sequence[Cells]) -> str:
    columns = ", ".join(f"`{name}`" for name in NAMES)
    values = ",\n".join(f"({', '.join(map(escaped, row))})" for row in rows)
    return f"-- phpMyAdmin SQL Dump\n\nINSERT INTO `log` ({columns}) VALUES\n{values};\n"


def of_postgresql(rows: Sequence[Cells]) -> str:
    lines = ["\t".join(str(cell).replace("\\", "\\\\") for cell in row) for row in rows]
    copy = f"COPY public.log ({', '.join(NAMES)}) FROM stdin;"
    return "\n".join(["--\n-- PostgreSQL database dump\n--\n\nSET client_encoding = 'UTF8';", copy, *lines, "\\.", ""])


def of_postgresql_as_inserts(rows: Sequence[Cells]) -> str:
    inserts = [f"INSERT INTO public.log VALUES ({', '.join(map(quoted, row))});\n" for row in rows]
    columns = ",\n".join(f"    {name} text" for name in NAMES)
    return f"--\n-- PostgreSQL database dump\n--\n\nCREATE TABLE public.log (\n{columns}\n);\n\n" + "".join(inserts)


def of_sqlite(rows: Sequence[Cells]) -> str:
    with sqlite3.connect(":memory:") as database:
        database.execute(f"CREATE TABLE log ({', '.join(NAMES)})")
        database.execute("CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT DEFAULT ('a,b'))")
        database.execute("INSERT INTO users (name) VALUES ('it''s; (a) person')")
        database.executemany("INSERT INTO log VALUES (?,?,?,?,?)", rows)
        dump = "\n".join(database.iterdump())
    database.close()
    return dump + "\n"


def of_sql_server(rows: Sequence[Cells]) -> str:
    columns = ", ".join(f"[{name}]" for name in NAMES)
    return "USE [Ocpp]\nGO\n" + "".join(
        f"INSERT [dbo].[Log] ({columns}) VALUES ({number}, N{quoted(name)}, CAST(N{quoted(time)} AS DateTime2), "
        f"N{quoted(way)}, N{quoted(raw)})\nGO\n"
        for number, name, time, way, raw in rows
    )


PRINTED: dict[str, Printed] = {
    "mysql": in_box,
    "mysql \\G": one_by_one,
    "psql": with_bars,
    "psql -x": expanded,
    "sqlite3 in boxes": in_lines,
    "reStructuredText": in_grid,
    "sqlite3 in columns": in_columns,
    "sqlite3 in lines": assigned,
    "sqlite3 as a list": lambda rows: "".join(
        "|".join(map(str, row)) + "\n" for row in [NAMES, *(row for row in rows if "|" not in str(row[-1]))]
    ),
    "mysqldump": of_mysql,
    "mysqldump in hexadecimal": of_mysql_in_hexadecimal,
    "phpMyAdmin": of_phpmyadmin,
    "pg_dump": of_postgresql,
    "pg_dump with INSERT": of_postgresql_as_inserts,
    "sqlite3 .dump": of_sqlite,
    "SQL Server": of_sql_server,
}


def with_odd_texts(frames: Sequence[Exchanged]) -> list[Exchanged]:
    odd = r'"data":"é \"q\" it' + r"'s (a), (b); + 'x' \\ end"
    odd += '"'
    return [replace(frame, raw=frame.raw.replace('"data":"x [2] y"', odd)) for frame in frames]


@pytest.mark.parametrize("version", [Version.V16, Version.V201])
@pytest.mark.parametrize("notation", PRINTED)
def test_a_conversation_comes_back_from_a_database(tmp_path: Path, notation: str, version: Version) -> None:
    """The charge point, the time and the direction are in other columns than the frame."""
    frames = with_odd_texts(conversation(("CP-77", "CP-78"), version))
    path = tmp_path / "export.txt"
    path.write_text(PRINTED[notation]([cells_of(number, frame) for number, frame in enumerate(frames, 1)]))
    check(read(path), frames, timedelta(milliseconds=1))


@settings(max_examples=40, deadline=None)
@given(notation=st.sampled_from(sorted(PRINTED)), raws=st.lists(FRAMES.map(compact), min_size=3, max_size=6))
def test_any_frames_come_back_from_a_database(
    tmp_path_factory: pytest.TempPathFactory, notation: str, raws: list[str]
) -> None:
    if notation == "sqlite3 as a list":  # it marks no cells
        raws = [raw.replace("|", "/") for raw in raws]
    frames = conversation(("CP-77", "CP-78"), Version.V16)
    rows = [cells_of(number, replace(frames[number], raw=raw)) for number, raw in enumerate(raws)]
    path = tmp_path_factory.mktemp("databases") / "export.txt"
    path.write_text(PRINTED[notation](rows), encoding="utf-8")
    assert read(path, ImportOptions(keep_copies=True), keep_secrets=True).raws == raws


@settings(max_examples=40, deadline=None)
@given(notation=st.sampled_from(sorted(PRINTED)), start=st.floats(0, 0.9), end=st.floats(0.1, 1))
def test_a_part_of_an_export_shows_frames_as_they_are(
    tmp_path_factory: pytest.TempPathFactory, notation: str, start: float, end: float
) -> None:
    frames = conversation(("CP-77", "CP-78"), Version.V16)
    text = PRINTED[notation]([cells_of(number, frame) for number, frame in enumerate(frames)])
    path = tmp_path_factory.mktemp("databases") / "part.txt"
    path.write_text(text[int(len(text) * start) : int(len(text) * end)] + "\n", encoding="utf-8")
    for record in read(path, keep_secrets=True).records:
        if record.kind.is_message and record.kind.name != "MALFORMED":
            assert record.raw in {frame.raw for frame in frames}


def test_a_log_that_quotes_statements_is_a_log(tmp_path: Path) -> None:
    """Its frames are between the statements, and would be missing."""
    path = tmp_path / "server.log"
    path.write_text(
        '2026-03-14T09:30:00Z CP-77 received [2,"1","Heartbeat",{}]\nINSERT INTO heartbeats VALUES (1, \'CP-77\');\n'
        '2026-03-14T09:30:01Z CP-77 sent [3,"1",{"currentTime":"2026-03-14T09:30:01Z"}]\n'
    )
    found = read(path)
    assert found.importer.files[0].format == "log"
    assert len(found.records) == 2
