"""The page about filters: its examples find something."""

from __future__ import annotations

import re
import shlex

import pytest
from click.testing import CliRunner

from ocpptui.cli import program
from tests.generate import ROOT

PAGE = (ROOT / "docs" / "FILTER.md").read_text(encoding="utf-8")
COMMANDS = [line for block in re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL) for line in block.splitlines()]


@pytest.mark.parametrize("command", COMMANDS)
def test_each_example_chooses_some_records(command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader would copy a filter that is refused, finds nothing, or leaves nothing out."""
    monkeypatch.chdir(ROOT)
    result = CliRunner().invoke(program, shlex.split(command.removeprefix("ocpptui ")))
    assert result.exit_code == 0, result.stderr
    counted = re.search(r"(\d+) of (\d+) records written, chosen from (\d+)", result.stderr)
    assert counted, result.stderr
    written, chosen, all_of_them = map(int, counted.groups())
    assert 0 < written == chosen < all_of_them
