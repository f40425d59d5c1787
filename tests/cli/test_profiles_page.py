"""`ocpptui charge-point --profile`: the kinds of charge points, and the page about them."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from ocpptui.cli import program
from ocpptui.cli.exit_codes import ExitCode
from ocpptui.session.station_profiles import built_in_profiles
from tests.kit.documentation_page import documentation_page
from tests.kit.program import run_in

PAGE = documentation_page("PROFILES.md")
(EXAMPLE,) = PAGE.blocks("toml")
SHORT = ["--no-reconnect", "--headless", "--duration", "5", "--open-timeout", "2"]


def test_the_built_in_profiles_are_listed() -> None:
    result = CliRunner().invoke(program, ["charge-point", "--profile", "list"])
    assert result.exit_code == ExitCode.DONE
    listed = [line.split("  ", 1) for line in result.output.splitlines()]
    assert [(name, text.strip()) for name, text in listed] == [(p.name, p.description) for p in built_in_profiles()]


def test_a_profile_that_is_not_there_is_wrong_usage() -> None:
    result = CliRunner().invoke(program, ["charge-point", "ws://127.0.0.1:9/CP001", "--profile", "dcfast"])
    assert result.exit_code == ExitCode.USAGE
    assert "did you mean dc-fast? (--profile)" in " ".join(result.output.split())


def test_the_demo_refuses_a_version_that_the_profile_does_not_speak() -> None:
    result = CliRunner().invoke(program, ["demo", "--profile", "two-evses", "--version", "1.6"])
    assert result.exit_code == ExitCode.USAGE
    assert "the profile speaks 2.0.1, not 1.6" in result.output


@pytest.mark.parametrize("line", PAGE.commands)
def test_each_command_of_the_page_is_understood(line: str, tmp_path: Path) -> None:
    """Nobody listens at its URL here, so it ends with that."""
    (tmp_path / "my-post.toml").write_text(EXAMPLE, encoding="utf-8")
    arguments = shlex.split(line.replace("localhost:9000", "127.0.0.1:9"))[1:]
    is_list = arguments[-1] == "list"
    result = run_in(tmp_path, *arguments, *([] if is_list else SHORT))
    assert result.returncode == (ExitCode.DONE if is_list else ExitCode.NO_CONNECTION), result.stderr
