"""The page about the proxy. If these fail, it describes options, keys and commands that do not exist."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from ocpptui.cli import program
from ocpptui.cli.control_command import _request
from ocpptui.cli.proxy_command import command
from ocpptui.network.upstream import WhenDown
from ocpptui.ocpp.version import Role
from ocpptui.session.typed_fault import deeds_of
from ocpptui.tui.commands.command import Where
from ocpptui.tui.commands.command_registry import COMMANDS
from ocpptui.tui.widgets.log_row import PASSAGES
from tests.kit.documentation_page import documentation_page, options_of, understand

PAGE = documentation_page("PROXY.md")
STARTS, SCRIPT = PAGE.blocks("sh")


@pytest.mark.parametrize("line", STARTS.splitlines())
def test_each_command_is_understood(line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("faults.toml", "server.pem", "server.key"):
        (tmp_path / name).write_text("", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    understand(line)


@pytest.mark.parametrize("line", SCRIPT.splitlines())
def test_each_request_of_a_script_is_understood(line: str) -> None:
    _, *arguments = shlex.split(line.removeprefix("ocpptui "))
    control = program.get_command(program.make_context("ocpptui", ["control"]), "control")
    assert control is not None
    given = control.make_context("control", arguments).params
    words = given.pop("words")
    assert _request(words, given)["do"] == words[0]


def test_every_option_of_the_page_exists() -> None:
    assert PAGE.options - options_of(command) == {"--connector", "--to", "--towards"}


def test_its_tables_are_whole() -> None:
    assert PAGE.first_cells("`--when-down` says") == list(WhenDown)
    assert PAGE.first_cells("names it by its number") == [*PASSAGES.values(), "a note"]
    keys = {key for one in COMMANDS if one.where is Where.HELD for key in one.keys.split(",")}
    assert set(PAGE.first_cells("`A` lists what waits")) <= keys


def test_every_fault_is_said_to_be_for_a_proxy_or_not() -> None:
    part = " ".join(PAGE.text.partition("`M` lists the breakpoints")[2].partition("## ")[0].split())
    named = set(re.findall(r"`([a-z-]+)`", part))
    assert {do.value for do in deeds_of(None)} - named == {"behave", "hold"}
    left = {do.value for do in set(deeds_of(Role.CENTRAL_SYSTEM)) - set(deeds_of(None))}
    assert left == {"same-id", "reorder"} and "only `same-id` and `reorder` are not for a" in part
