"""The page for contributors sends nobody to a file or a command that is not there."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
SESSIONS = {
    node.name
    for node in ast.parse((ROOT / "noxfile.py").read_text(encoding="utf-8")).body
    if isinstance(node, ast.FunctionDef) and node.decorator_list
}


@pytest.mark.parametrize("name", sorted(set(re.findall(r"`((?:ocpptui|tests|docs|\.github)/[\w./-]+)`", PAGE))))
def test_a_file_that_is_named_is_there(name: str) -> None:
    """The first errand of a newcomer would end at a file that was renamed."""
    assert (ROOT / name).exists()


@pytest.mark.parametrize("name", sorted(set(re.findall(r"nox -s (\w+)", PAGE))))
def test_a_session_that_is_named_is_there(name: str) -> None:
    assert name in SESSIONS


def test_each_kind_of_addition_has_its_one_file() -> None:
    """Field, importer, key, behaviour, filter term, rule, encoding: each is one look away."""
    for kind in ("field", "importer", "key", "behaviour", "filter term", "rule", "encoding"):
        assert re.search(rf"^\| an? [^|]*\b{kind}\b[^|]*\| `ocpptui/[\w./]+` \|", PAGE, re.MULTILINE), kind
