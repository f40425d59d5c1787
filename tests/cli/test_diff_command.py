"""`ocpptui diff A B` as a script runs it."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from ocpptui.cli.exit_codes import ExitCode

Run = Callable[..., subprocess.CompletedProcess[str]]
CHARGE = Path(__file__).parents[2] / "recordings" / "charge-1.6.jsonl"


@pytest.fixture
def changed(tmp_path: Path) -> Path:
    """The recorded charge with another heartbeat interval."""
    path = tmp_path / "changed.jsonl"
    path.write_text(CHARGE.read_text().replace(r"\"interval\":1,", r"\"interval\":900,"))
    return path


def test_the_exit_code_is_0_without_and_1_with_differences(run: Run, changed: Path) -> None:
    """A check in a pipeline sees only the exit code."""
    same = run("diff", str(CHARGE), str(CHARGE))
    assert (same.returncode, same.stdout) == (ExitCode.DONE, "no differences, 38 messages compared\n")
    differs = run("diff", str(CHARGE), str(changed))
    assert differs.returncode == ExitCode.FOUND
    assert differs.stdout == (
        "CP001, record 4: different answer, csms-to-cp BootNotification\n"
        "  $.interval: 900 instead of 1\n"
        "1 difference, 38 messages compared\n"
    )
    ignored = run("diff", str(CHARGE), str(changed), "--ignore", "BootNotification:interval")
    assert ignored.returncode == ExitCode.DONE


def test_json_contains_record_indexes_and_values(run: Run, changed: Path) -> None:
    """A script could not say where to look."""
    result = run("diff", str(CHARGE), str(changed), "--json")
    content = json.loads(result.stdout)
    assert (content["same"], content["compared"]) == (False, 38)
    (finding,) = content["findings"]
    assert (finding["kind"], finding["first"], finding["second"]) == ("different answer", 3, 3)
    assert finding["differences"] == [{"path": "$.interval", "recorded": "1", "live": "900"}]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["no-such-file", str(CHARGE)], "does not exist"),
        ([str(CHARGE)], "Missing argument 'B'"),
        ([str(CHARGE), str(CHARGE), "--charge-point", "X"], "no charge point 'X'; it has CP001"),
        ([str(CHARGE), str(CHARGE), "--ignore", "$"], "'$' is not a path"),
        ([str(CHARGE), str(CHARGE), "--map-token", "A"], "'A' is not a pair"),
    ],
)
def test_wrong_usage_ends_with_2(run: Run, arguments: list[str], words: str) -> None:
    """Recordings that were not compared would count as equal."""
    result = run("diff", *arguments)
    assert result.returncode == ExitCode.USAGE
    assert words in result.stderr and "Traceback" not in result.stderr


def test_a_file_without_messages_is_not_the_same(run: Run, tmp_path: Path) -> None:
    """Two empty recordings would pass every check."""
    empty = tmp_path / "empty.jsonl"
    empty.touch()
    result = run("diff", str(empty), str(empty))
    assert result.returncode == ExitCode.USAGE
    assert "Traceback" not in result.stderr
