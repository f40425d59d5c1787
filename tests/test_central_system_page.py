"""The page about the simulated central system. If these fail, it describes options and tables that do not exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ocpptui.cli.central_system_command import command
from ocpptui.simulator.token_table import STATUSES, STATUSES_OF_16, token_table
from tests.kit.documentation_page import documentation_page, options_of, understand

PAGE = documentation_page("CENTRAL_SYSTEM.md")
(EXAMPLE,) = PAGE.blocks("toml")


def test_its_table_of_tokens_is_one() -> None:
    assert len(token_table(EXAMPLE)) == 3


def test_every_status_is_in_its_table() -> None:
    same, other = (re.findall(r"`(\w+)`", line) for line in PAGE.text.splitlines() if line.startswith("| `"))
    assert tuple(same) == STATUSES_OF_16
    assert sorted([*same, *other[:-1]]) == sorted(STATUSES)


def test_every_option_of_the_page_exists() -> None:
    known = options_of(command)
    assert PAGE.options - known == {"--to"}
    assert {"--tokens", "--registration", "--boot-interval", "--require-boot", "--probe", "--test-ca"} <= known


@pytest.mark.parametrize("line", PAGE.commands)
def test_each_command_is_understood(line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("tokens.toml", "server.pem", "server.key"):
        (tmp_path / name).write_text("", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    understand(line)
