"""The page about the doctor: its commands run, and its tables have every step, code and option."""

from __future__ import annotations

import ast
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

from ocpptui.cli.central_system_command import command as central_system_command
from ocpptui.cli.doctor_command import command
from ocpptui.cli.exit_codes import ExitCode
from ocpptui.doctor.examined_step import StepName
from ocpptui.network.problems import ProblemCode
from tests.cli.conftest import Run

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "DOCTOR.md").read_text(encoding="utf-8")
BLOCK, LISTENING = re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)
MAKERS = ("fine", "warning", "failed")


def codes_of_source() -> Iterator[str]:
    """Each code that the modules of the doctor write out; those of network problems have a list of their own."""
    for path in (ROOT / "ocpptui" / "doctor").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(
                    func=ast.Name(id="fine" | "warning" | "failed"), args=[ast.Constant(value=str(code)), *_]
                ):
                    yield code
                case ast.Call(func=ast.Name(id="Remark"), args=[_, ast.Constant(value=str(code)), *_]):
                    yield code


def test_every_code_is_in_its_table() -> None:
    """A script would meet a code that nobody has explained, or wait for one that never comes."""
    table, _, incoming = PAGE.partition("## For scripts")[2].partition("## A central system")
    shown = [
        code for line in table.splitlines() if line.startswith("| ") for code in re.findall("`([a-z0-9.-]+)`", line)
    ]
    steps = {str(name) for name in StepName}
    elsewhere = {
        code for code in codes_of_source() if f"(`{code}`)" in incoming or f"is `{code}`" in incoming.replace("\n", " ")
    }
    assert set(codes_of_source()) - elsewhere == set(shown) - (steps - set(codes_of_source()))
    assert elsewhere == {"second-connection", "got-in", "unknown-problem"}


def test_every_problem_of_who_does_not_get_in_exists() -> None:
    """A script would wait for a problem that no record ever has."""
    table = PAGE.partition("| what arrives |")[2].partition("\n\n")[0].partition("\n")[2]
    named = re.findall("`([a-z0-9-]+)`", "\n".join(line.split("|")[-2] for line in table.splitlines()))
    assert {code for code in named if code not in set(ProblemCode)} == set()
    assert len(named) > 40


def test_every_step_is_in_its_table_in_order() -> None:
    table = PAGE.partition("## The steps")[2].partition("##")[0]
    assert re.findall(r"^\| `([a-z-]+)` \|", table, re.MULTILINE) == [str(name) for name in StepName]


def test_every_option_of_the_page_exists() -> None:
    known = {name for one in (command, central_system_command) for parameter in one.params for name in parameter.opts}
    assert set(re.findall(r"--[a-z][a-z-]+", PAGE)) - known == set()


def test_each_command_runs(run: Run, central_system: str) -> None:
    """A reader would copy a command that fails."""
    host = central_system.removeprefix("ws://").rstrip("/")
    lines = BLOCK.splitlines()
    assert len(lines) == 5
    for line in lines:
        arguments = shlex.split(line.replace("localhost:9000", host).removeprefix("ocpptui "))
        result = run(*arguments)
        assert result.returncode == ExitCode.DONE, (line, result.stdout, result.stderr)
    result = run(*shlex.split(LISTENING.removeprefix("ocpptui ")))
    assert result.returncode == ExitCode.DONE, result.stderr
    assert "nobody has tried to get in" in result.stderr
