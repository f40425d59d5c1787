"""The page about SQL: every query in it runs, with ocpptui and without."""

from __future__ import annotations

import shlex
from pathlib import Path

import duckdb
import pytest

from tests.kit.documentation_page import ROOT, documentation_page
from tests.kit.program import run_in

PAGE = documentation_page("SQL.md")


def linked(folder: Path) -> None:
    """Put the recordings where the examples expect them."""
    (folder / "recordings").mkdir()
    for path in (ROOT / "recordings").glob("*.jsonl"):
        (folder / "recordings" / path.name).write_bytes(path.read_bytes())


@pytest.mark.parametrize("command", PAGE.commands)
def test_each_command_runs(command: str, tmp_path: Path) -> None:
    """A reader would copy a command that fails."""
    linked(tmp_path)
    program, *arguments = shlex.split(command)
    assert program == "ocpptui"
    result = run_in(tmp_path, *arguments)
    assert result.returncode == 0, result.stderr
    assert len(result.stdout.splitlines()) > 1


def test_duckdb_reads_our_recordings_without_us(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader would copy a query that fails, or finds nothing in the format that we write."""
    linked(tmp_path)
    monkeypatch.chdir(tmp_path)
    database = duckdb.connect(":memory:")
    view, *queries, copy = PAGE.blocks("sql")
    database.execute(view)
    for query in queries:
        rows = database.execute(query).fetchall()
        assert rows, query
        assert any(value is not None for value in rows[0][2:]), query
    database.execute(copy)
    found = database.execute("SELECT count(*), count(raw) FROM 'recording.parquet'").fetchone()
    assert found is not None and found[0] == 41 and found[1] > 30
    events = database.execute(queries[-1]).fetchall()
    assert {"opened", "closed"} <= {row[3] for row in events}
