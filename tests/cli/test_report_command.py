"""`ocpptui report FILE…` as a script runs it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from ocpptui.cli.exit_codes import ExitCode
from tests.cli.conftest import Run

RECORDINGS = Path(__file__).parents[2] / "recordings"
CHARGE = str(RECORDINGS / "charge-1.6.jsonl")
GOLDEN = Path(__file__).parent / "golden"
LOG = """\
2026-01-01T10:00:00Z CP7 received [2,"1","BootNotification",{"chargePointVendor":"A","chargePointModel":"B"}]
2026-01-01T10:00:01Z CP7 sent [3,"1",{"currentTime":"2026-01-01T10:00:01Z","interval":300,"status":"Accepted"}]
2026-01-01T10:00:09Z CP7 received [2,"2","StatusNotification",{"connectorId":1,"errorCode":"","status":"Faulted"}]
2026-01-01T10:00:19Z CP7 sent [3,"2",{}]
"""

PROBLEMS = {
    "text": r"Problems\n(  .*\n)+\n",
    "json": r",\s*\"problems\": \[[^]]*\]",
    "csv": r"CP001,problems,.*\n",
    "html": r"<h3>Problems</h3><table>\n(<tr>.*\n)+</table>\n",
}
"""The table of problems in each format."""


@pytest.fixture
def log(tmp_path: Path) -> str:
    path = tmp_path / "central-system.log"
    path.write_text(LOG)
    return str(path)


@pytest.mark.parametrize("shape", ["text", "json", "csv", "html"])
def test_the_report_of_a_charge(run: Run, shape: str) -> None:
    """Every format as it was last read by a person. To accept a change: write what is compared into the file.

    Without the problems, since each new rule may find one.
    """
    result = run("report", CHARGE, "--format", shape)
    assert (result.returncode, result.stderr) == (ExitCode.DONE, "")
    shown = re.sub(PROBLEMS[shape], "", result.stdout.replace(CHARGE, "charge-1.6.jsonl"))
    assert shown == (GOLDEN / f"report-charge-1.6.{shape}").read_text(encoding="utf-8")


def test_a_log_of_another_tool_is_reported_as_well(run: Run, log: str) -> None:
    result = run("report", log, "--format", "json")
    assert result.returncode == ExitCode.DONE
    (station,) = json.loads(result.stdout)["chargePoints"]
    assert station["chargePoint"] == "CP7"
    assert station["connection"]["percent"] is None  # nothing says when it was connected
    assert station["faults"] == [
        {"port": "connector 1", "error": "Faulted", "count": 1, "seconds": 10.0, "goesOn": "yes"}
    ]
    assert [row["p50Ms"] for row in station["actions"]] == [1000.0, 10000.0]


def test_standard_input_is_read(run: Run) -> None:
    result = run("report", "-", "--format", "json", input=LOG)
    assert json.loads(result.stdout)["records"] == 4


def test_what_is_wrong_is_said(run: Run, log: str, tmp_path: Path) -> None:
    assert "no-such" in run("report", str(tmp_path / "no-such")).stderr
    result = run("report", log, "--charge-point", "CP8")
    assert (result.returncode, result.stdout) == (ExitCode.USAGE, "")
    assert "--charge-point CP8: the file has CP7" in result.stderr
    (tmp_path / "empty.log").write_text("nothing here\n")
    empty = run("report", str(tmp_path / "empty.log"))
    assert empty.returncode == ExitCode.USAGE
    assert "There is no record of a charge point." in empty.stdout


def test_unreadable_lines_are_named_in_the_report(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "damaged.jsonl"
    path.write_text(Path(CHARGE).read_text(encoding="utf-8") + "{broken\n", encoding="utf-8")
    assert "Incomplete: 1 line is not a record." in run("report", str(path)).stdout
