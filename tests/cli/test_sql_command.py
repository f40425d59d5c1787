"""`ocpptui sql`: what a query sees, what it may touch, and what it says when it is wrong."""

from __future__ import annotations

import csv
import json
import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import pytest

from ocpptui.cli.exit_codes import ExitCode
from ocpptui.exporting.sql_tables import TABLES, VIEWS
from tests.cli.conftest import Run
from tests.kit.program import environment_of

RECORDINGS = Path(__file__).parents[2] / "recordings"
CHARGE, CHARGE_2, BROKEN = (
    str(RECORDINGS / name) for name in ("charge-1.6.jsonl", "charge-2.0.1.jsonl", "malformed-1.6.jsonl")
)
LOG = """\
noise
2026-01-01T10:00:00Z CP7 received [2,"1","StartTransaction",{"connectorId":1,"idTag":"A","meterStart":100,"timestamp":"2026-01-01T10:00:00Z"}]
2026-01-01T10:00:01Z CP7 sent [3,"1",{"transactionId":9,"idTagInfo":{"status":"Accepted"}}]
2026-01-01T10:05:00Z CP7 received [2,"2","MeterValues",{"connectorId":1,"transactionId":9,"meterValue":[{"timestamp":"2026-01-01T10:04:59Z","sampledValue":[{"value":"0.4","unit":"kWh","context":"Sample.Clock"},{"value":"16.5","measurand":"Current.Import","phase":"L2","unit":"A"}]}]}]
2026-01-01T10:05:01Z CP7 sent [3,"2",{}]
2026-01-01T10:10:00Z CP7 received [2,"3","StopTransaction",{"transactionId":9,"meterStop":700,"timestamp":"2026-01-01T10:10:00Z","reason":"EVDisconnected"}]
2026-01-01T10:10:02Z CP7 sent [4,"3","InternalError","no database",{}]
2026-01-01T10:11:00Z CP7 received [2,"4","Heartbeat",{}]
"""  # noqa: E501


def rows(run: Run, *arguments: str) -> list[dict[str, Any]]:
    result = run("sql", *arguments, "--format", "json")
    assert result.returncode == ExitCode.DONE, result.stderr
    found: list[dict[str, Any]] = json.loads(result.stdout)
    return found


@pytest.fixture
def log(tmp_path: Path) -> str:
    (tmp_path / "customer.log").write_text(LOG)
    return "customer.log"


def test_a_log_of_another_tool_is_tables(run: Run, log: str) -> None:
    """A user of SQL would have to write a parser for each log."""
    exchanges = rows(run, log, "SELECT * FROM exchanges ORDER BY call")
    assert [(one["action"], one["latency_ms"], one["answer_kind"]) for one in exchanges] == [
        ("StartTransaction", 1000.0, "CALLRESULT"), ("MeterValues", 1000.0, "CALLRESULT"),
        ("StopTransaction", 2000.0, "CALLERROR"), ("Heartbeat", None, None),
    ]  # fmt: skip
    assert json.loads(exchanges[0]["request"])["idTag"] == "A"
    assert exchanges[0]["time"] == "2026-01-01T10:00:00"
    assert (exchanges[2]["error_code"], exchanges[2]["error_description"]) == ("InternalError", "no database")
    assert rows(run, log, "SELECT * FROM transactions") == [
        {
            "charge_point": "CP7", "transaction_id": "9", "evse": None, "connector": 1, "id_token": "A",
            "start_record": 0, "started": "2026-01-01T10:00:00", "end_record": 4, "ended": "2026-01-01T10:10:00",
            "duration_s": 600.0, "energy_wh": 600.0, "reason": "EVDisconnected",
        }
    ]  # fmt: skip
    readings = rows(run, log, "SELECT time, transaction_id, measurand, phase, context, value, unit FROM meter_values")
    assert [tuple(one.values()) for one in readings] == [
        ("2026-01-01T10:04:59", "9", "Energy.Active.Import.Register", None, "Sample.Clock", 0.4, "kWh"),
        ("2026-01-01T10:04:59", "9", "Current.Import", "L2", None, 16.5, "A"),
    ]
    assert rows(run, log, "SELECT line FROM calls ORDER BY record")[0] == {"line": 2}


def test_several_files_are_one_database(run: Run) -> None:
    """A fleet could not be compared."""
    found = rows(run, CHARGE, CHARGE_2, "SELECT version, count(*) AS n FROM calls GROUP BY ALL ORDER BY version")
    assert [one["version"] for one in found] == ["1.6", "2.0.1"]
    files = rows(run, CHARGE, CHARGE_2, "SELECT DISTINCT file FROM records ORDER BY file")
    assert [one["file"] for one in files] == sorted([CHARGE, CHARGE_2])


def test_the_tables_say_what_the_other_commands_say(run: Run) -> None:
    """Two commands would have two opinions of one file."""
    checked = json.loads(run("check", BROKEN, "--format", "json").stdout)["findings"]
    found = rows(run, BROKEN, "SELECT record, rule, text, related FROM findings ORDER BY record")
    assert sorted((one["record"], one["rule"], one["text"]) for one in checked) == sorted(
        (one["record"], one["rule"], one["text"]) for one in found
    )
    (only,) = json.loads(run("report", CHARGE, "--format", "json").stdout)["chargePoints"]
    sessions = rows(run, CHARGE, "SELECT * FROM transactions")
    assert str(sessions[0]["energy_wh"]).removesuffix(".0") in json.dumps(only)
    printed = [json.loads(line) for line in run("open", BROKEN, "--headless").stdout.splitlines()]
    records = rows(run, BROKEN, "SELECT record, kind, answers, latency_ms, valid FROM records ORDER BY record")
    assert len(records) == len(printed)
    for one, line in zip(records, printed, strict=True):
        ours = line["meta"]["ocpptui"]
        assert (one["record"], one["kind"]) == (ours["index"], line["messageType"])
        assert (one["answers"], one["latency_ms"]) == (ours.get("answers"), ours.get("latencyMs"))
        assert one["valid"] == ours["valid"]


def test_an_open_transaction_has_no_end(run: Run, tmp_path: Path) -> None:
    """A charge that goes on would be missing."""
    (tmp_path / "open.log").write_text("".join(LOG.splitlines(keepends=True)[:3]))
    (one,) = rows(run, "open.log", "SELECT * FROM transactions")
    assert (one["transaction_id"], one["started"], one["ended"]) == ("9", "2026-01-01T10:00:00", None)


def test_parquet_has_types_and_is_for_the_user_alone(run: Run, log: str, tmp_path: Path) -> None:
    """A notebook would get texts; other users of the machine could read a customer's data."""
    for _ in range(2):  # the second replaces the first
        result = run("sql", log, "COPY (SELECT * FROM meter_values) TO 'x.parquet'")
        assert result.returncode == ExitCode.DONE, result.stderr
    path = tmp_path / "x.parquet"
    if sys.platform != "win32":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    kinds = dict(row[:2] for row in duckdb.sql(f"DESCRIBE SELECT * FROM '{path}'").fetchall())
    assert kinds == {
        name: "VARCHAR" if kind == "JSON" else kind for name, kind in TABLES["meter_values"].columns.items()
    }
    assert run("sql", log, "COPY calls TO 'x.csv' (HEADER)").returncode == ExitCode.DONE
    assert len((tmp_path / "x.csv").read_text().splitlines()) == 5


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("SELECT * FRM calls", 'syntax error at or near "calls"'),
        ("SELECT * FROM nothing", "Table with name nothing does not exist; there are records, "),
        ("SELECT * FROM nothing", " and exchanges"),
        ("SELECT nothing FROM calls", 'Referenced column "nothing" not found'),
        ("", "the query is empty"),
        (" ; ", "the query is empty"),
        ("SELECT CAST(action AS INTEGER) FROM calls", "Could not convert string"),
        ("SELECT * FROM read_text('customer.log')", "reaches no other file"),
        ("SELECT * FROM 'customer.log'", ""),
        ("ATTACH 'other.db'", "reaches no other file"),
        ("INSTALL httpfs", "reaches no other file"),
        ("SET enable_external_access = true", "configuration has been locked"),
        ("SELECT 1; SET lock_configuration = false; SELECT * FROM read_text('customer.log')", "locked"),
        ("COPY calls TO 'customer.log'", "would overwrite customer.log"),
        ("COPY calls TO './customer.log' (FORMAT json)", "would overwrite"),
        ("COPY records FROM 'customer.log'", "reaches no other file"),
    ],
)
def test_a_wrong_query_is_a_sentence(run: Run, log: str, tmp_path: Path, query: str, words: str) -> None:
    """The user would see a traceback, or the query would reach what it must not."""
    result = run("sql", log, query)
    assert result.returncode == ExitCode.USAGE
    last = result.stderr.strip().splitlines()[-1]
    assert last.startswith("Error: the query cannot be run: ")
    assert words in last and "Traceback" not in result.stderr
    assert (tmp_path / "customer.log").read_text() == LOG


def test_wrong_usage_is_refused(run: Run, log: str) -> None:
    assert "after it, a QUERY" in run("sql", log).stderr
    missing = run("sql", "nowhere.log", "SELECT 1")
    assert missing.returncode == ExitCode.USAGE and "nowhere.log" in missing.stderr


def test_without_duckdb_it_says_what_to_install(environment: dict[str, str], log: str, tmp_path: Path) -> None:
    """The user would see a traceback of Python."""
    (tmp_path / "without").mkdir()
    (tmp_path / "without" / "duckdb.py").write_text("raise ImportError('no duckdb')")
    paths = os.pathsep.join([str(tmp_path / "without"), environment.get("PYTHONPATH", "")])
    command = [sys.executable, "-m", "ocpptui", "sql", log, "SELECT 1"]
    result = subprocess.run(
        command, env={**environment, "PYTHONPATH": paths}, cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert result.returncode == ExitCode.USAGE
    assert result.stderr.strip().endswith('this needs DuckDB: pip install "ocpptui[sql]"')


@pytest.mark.parametrize("format_", ["table", "json", "csv"])
def test_no_secret_leaves(run: Run, tmp_path: Path, format_: str) -> None:
    """The password of a charger would be in a spreadsheet."""
    secret = "S0009CRETq9"
    (tmp_path / "secret.log").write_text(
        f'10:00:00 CP7 sent [2,"1","ChangeConfiguration",{{"key":"AuthorizationKey","value":"{secret}"}}]\n'
        f'10:00:01 CP7 received [4,"1","InternalError","cannot set {secret}",{{}}]\n'
        f'10:00:02 CP7 sent [2,"2","DataTransfer",{{"vendorId":"v","data":"password={secret}"}}]\n'
        f"10:00:03 CP7 sent [2,{secret}\n"
    )
    for name in (*TABLES, *VIEWS):
        result = run("sql", "secret.log", f"SELECT * FROM {name}", "--format", format_)
        assert result.returncode == ExitCode.DONE, result.stderr
        assert secret not in result.stdout + result.stderr
    run("sql", "secret.log", "COPY records TO 'out.json'")
    assert "ChangeConfiguration" in (tmp_path / "out.json").read_text()
    assert secret not in (tmp_path / "out.json").read_text()


@pytest.mark.parametrize("format_", ["table", "json", "csv"])
def test_no_text_of_a_record_acts_on_the_terminal(run: Run, tmp_path: Path, format_: str) -> None:
    """A charge point could rewrite the screen, or a cell be a formula."""
    hostile = "=1+1\\u001b]0;title\\u0007\\u202e\\nrow"
    (tmp_path / "hostile.log").write_text(f'CP7 received [2,"1","DataTransfer",{{"vendorId":"{hostile}"}}]\n')
    query = "SELECT payload->>'vendorId' AS vendor, 1 AS vendor FROM calls"
    result = run("sql", "hostile.log", query, "--format", format_)
    assert result.returncode == ExitCode.DONE, result.stderr
    assert not {"\x1b", "\x07", "\u202e"} & {*result.stdout}
    lines = result.stdout.splitlines()
    if format_ == "csv":
        (header, row) = csv.reader(lines)
        assert header == ["vendor", "vendor_1"] and row[0].startswith("'=1+1") and row[1] == "1"
    elif format_ == "table":
        assert len(lines) == 2
    else:
        assert json.loads(result.stdout)[0]["vendor"].startswith("=1+1\x1b")


def test_values_that_json_has_no_word_for_become_texts(run: Run, log: str) -> None:
    values = (
        "'nan'::DOUBLE a, INTERVAL 3 DAY b, now() c, 1.50::DECIMAL(5,2) d, {'k': [DATE '2026-01-01']} e, 'x'::BLOB f"
    )
    (row,) = rows(run, log, f"SELECT {values}")
    assert (row["a"], row["d"], row["e"], row["f"]) == ("nan", "1.50", {"k": ["2026-01-01"]}, "x")
    assert row["c"].endswith("+00:00")


def test_it_needs_no_duckdb_until_it_runs(tmp_path: Path) -> None:
    """`ocpptui --help` would take longer for all who never use SQL."""
    code = (
        "import sys; from ocpptui.__main__ import main; sys.argv = ['ocpptui', 'sql', '--help']\n"
        "try: main()\nexcept SystemExit: pass\n"
        "assert 'duckdb' not in sys.modules"
    )
    ended = subprocess.run([sys.executable, "-c", code], env=environment_of(tmp_path), capture_output=True, check=False)
    assert ended.returncode == 0, ended.stderr
