"""The page about SQL: every query in it runs, with ocpptui and without."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from tests.kit.program import environment_of

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "SQL.md").read_text(encoding="utf-8")
COMMANDS = [line for block in re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL) for line in block.splitlines()]
QUERIES = re.findall(r"```sql\n(.*?)```", PAGE, re.DOTALL)


def linked(folder: Path) -> None:
    """Put the recordings where the examples expect them."""
    (folder / "recordings").mkdir()
    for path in (ROOT / "recordings").glob("*.jsonl"):
        (folder / "recordings" / path.name).write_bytes(path.read_bytes())


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_runs(command: str, tmp_path: Path) -> None:
    """A reader would copy a command that fails."""
    linked(tmp_path)
    arguments = shlex.split(command)
    assert arguments[0] == "ocpptui"
    result = subprocess.run(
        [sys.executable, "-m", *arguments],
        env=environment_of(tmp_path / "home"),
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    assert len(result.stdout.splitlines()) > 1


def test_duckdb_reads_our_recordings_without_us(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader would copy a query that fails, or finds nothing in the format that we write."""
    linked(tmp_path)
    monkeypatch.chdir(tmp_path)
    database = duckdb.connect(":memory:")
    view, *queries, copy = QUERIES
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
