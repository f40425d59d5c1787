"""The page about captures of other tools: its examples run, and its tables have all that there is."""

from __future__ import annotations

import gzip
import re
import shlex
from pathlib import Path

import pytest

from ocpptui.cli.open_command import command as open_command
from ocpptui.importing.fields.field_vocabulary import FieldMeaning
from ocpptui.importing.formats import NAMES
from tests.kit.documentation_page import documentation_page, options_of
from tests.kit.program import run_in

PAGE = documentation_page("CAPTURES.md")
LOG = """\
11-22 10:00:00.100 INFO [ocpp] CP001: receive message [2,"1","Heartbeat",{}]
11-22 10:00:00.101 INFO [ocpp] CP001: send [3,"1",{"currentTime":"2026-11-22T10:00:00Z"}]
"""
RECORDED = (
    '{"schemaVersion":"1.1","timestamp":"2026-11-22T10:00:00Z","ocppVersion":"1.6","chargePointId":"CP001",'
    '"direction":"cp-to-csms","messageType":"CALL","messageId":"1","action":"Heartbeat","payload":{},'
    '"raw":"[2,\\"1\\",\\"Heartbeat\\",{}]"}\n'
)
TABLE = """\
Zeit,Ladepunkt,Nachricht
03.11.2026 10:00:00,CP1,"[2,""1"",""Heartbeat"",{}]"
03.11.2026 10:00:01,CP1,"[3,""1"",{""currentTime"":""2026-11-03T08:00:01Z""}]"
"""


def column(heading: str) -> set[str]:
    """The words in code of the first column of a table."""
    return {word for cells in PAGE.table(heading) for word in re.findall(r"`([^`]+)`", cells[0])}


@pytest.mark.parametrize("command", PAGE.commands)
def test_each_example_runs(command: str, tmp_path: Path) -> None:
    """A reader would copy a command that fails, or that reads nothing."""
    for name in ("customer.log", "charger.log"):
        (tmp_path / name).write_text(LOG, encoding="utf-8")
    (tmp_path / "backend.log.gz").write_bytes(gzip.compress(LOG.encode()))
    (tmp_path / "table.csv").write_text(TABLE, encoding="utf-8")
    arguments = shlex.split(command)[1:]
    result = run_in(tmp_path, *arguments, *(["--headless"] if arguments[0] == "open" else []))
    assert result.returncode == 0, result.stderr
    assert "Heartbeat" in result.stdout or re.search(r"\b2 (of 2 )?records\b", result.stdout + result.stderr)


def test_every_format_is_in_its_table() -> None:
    """A user whose file is taken for something else could not say what it is."""
    assert column("| format | what it is |") == set(NAMES)


def test_every_field_of_a_table_is_in_its_table() -> None:
    assert column("| field | what the column contains |") == set(FieldMeaning)


def test_every_option_about_reading_is_described() -> None:
    """An inference that is wrong could not be put right by those who read the page alone."""
    options = {name for name in options_of(open_command) if name.startswith("--")}
    assert options - PAGE.options <= {"--keep-secrets"}
    assert PAGE.options <= options


@pytest.mark.parametrize(
    ("text", "code"),
    [(f"{LOG}something else\n", 0), (f'{RECORDED}{{"broken\n{RECORDED}', 1), ("no frame at all\n", 2)],
)
def test_the_exit_codes_are_as_described(text: str, code: int, tmp_path: Path) -> None:
    """A script would take a file that was read in part for a whole one."""
    (tmp_path / "input").write_text(text, encoding="utf-8")
    for arguments in (["open", "input", "--headless"], ["convert", "input", "output.jsonl"]):
        result = run_in(tmp_path, *arguments)
        assert result.returncode == code, (arguments, result.stderr)
