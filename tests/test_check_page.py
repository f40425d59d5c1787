"""The page about `ocpptui check`: its examples run, and its tables have all that there is."""

from __future__ import annotations

import json
import re
import shlex
import tomllib
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from ocpptui.cli import program
from ocpptui.cli.check_command import command as check
from ocpptui.cli.importing_options import import_options, merge_options
from ocpptui.exporting.check_report import CheckVerdict
from ocpptui.ocpp.check_limits import CheckLimits, limit_meanings
from tests.kit.documentation_page import ROOT, documentation_page, options_of

PAGE = documentation_page("CHECK.md")


@pytest.mark.parametrize("command", PAGE.commands)
def test_each_example_runs(command: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A reader would copy a command that fails."""
    monkeypatch.setenv("OCPPTUI_HOME", str(tmp_path))
    monkeypatch.chdir(ROOT)
    result = CliRunner().invoke(program, shlex.split(command)[1:])
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout


def test_each_option_that_is_not_about_reading_is_listed() -> None:
    """The user would not know that findings can be chosen."""
    reading = merge_options(import_options(click.Command("none")))
    assert {name for name in options_of(check) - options_of(reading) if name.startswith("--")} <= PAGE.options


def test_each_format_is_listed() -> None:
    (formats,) = (parameter.type for parameter in check.params if "--format" in parameter.opts)
    assert isinstance(formats, click.Choice)
    assert PAGE.first_cells("| `--format` |") == list(formats.choices)


def test_the_object_of_json_is_as_described() -> None:
    """A program that was written by the page would not find what it reads."""
    arguments = ["check", str(ROOT / "recordings" / "malformed-1.6.jsonl"), "--format", "json", "--fail-on", "never"]
    found = json.loads(CliRunner().invoke(program, arguments).stdout)
    described = PAGE.text.partition("The object of JSON has")[2].partition("Reports for people")[0]
    named = set(re.findall(r"`([\w-]+)`", described))
    assert set(found) <= named
    assert set(CheckVerdict) <= named
    always = set.intersection(*(set(finding) for finding in found["findings"]))
    assert named - set(CheckVerdict) - set(found) - {"remedy"} <= always


def test_each_limit_is_listed_with_its_default() -> None:
    """Nobody would know what can be set under `[check]`, or what holds if it is not."""
    limits = CheckLimits()
    rows = [
        [f"`{name.replace('_', '-')}`", f"{getattr(limits, name):g}", text] for name, text in limit_meanings().items()
    ]
    assert PAGE.table("| limit |") == rows
    (example,) = PAGE.blocks("toml")
    assert {name.replace("-", "_") for name in tomllib.loads(example)["check"]} <= set(limit_meanings())
