"""The page about filters: its examples find something."""

from __future__ import annotations

import re
import shlex

import pytest
from click.testing import CliRunner

from ocpptui.cli import program
from tests.kit.documentation_page import ROOT, documentation_page


@pytest.mark.parametrize("command", documentation_page("FILTER.md").commands)
def test_each_example_chooses_some_records(command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader would copy a filter that is refused, finds nothing, or leaves nothing out."""
    monkeypatch.chdir(ROOT)
    result = CliRunner().invoke(program, shlex.split(command.removeprefix("ocpptui ")))
    assert result.exit_code == 0, result.stderr
    counted = re.search(r"(\d+) of (\d+) records written, chosen from (\d+)", result.stderr)
    assert counted, result.stderr
    written, chosen, all_of_them = map(int, counted.groups())
    assert 0 < written == chosen < all_of_them
