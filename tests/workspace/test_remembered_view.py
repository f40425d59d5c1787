"""How the user left the screen, in a file that anything may have happened to."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ocpptui.workspace.folders import state_folder
from ocpptui.workspace.remembered_view import RememberedView, load_view, remember


def file() -> Path:
    return state_folder() / "view.json"


def test_a_choice_is_there_at_the_next_start_and_leaves_the_others() -> None:
    """The screen would forget what the user had arranged, or a second screen would undo it."""
    assert load_view() == RememberedView()
    remember(left_width=50)
    remember(theme="ocpptui-light", shows_pings=True)
    assert load_view() == RememberedView(theme="ocpptui-light", left_width=50, shows_pings=True)


@pytest.mark.parametrize("text", ["", "[]", "{", '"x"', "null", "[" * 100_000])
def test_a_damaged_file_is_a_first_start(text: str) -> None:
    """The program would not start, for the sake of a width."""
    file().write_text(text, encoding="utf-8")
    assert load_view() == RememberedView()
    remember(is_folded=True)
    assert load_view().is_folded


def test_a_value_of_a_wrong_type_is_left_out() -> None:
    """One wrong value would take the others with it, or be a width of True."""
    file().write_text(json.dumps({"left_width": True, "theme": 5, "is_folded": 1, "inspector_width": 50, "x": 1}))
    assert load_view() == RememberedView(inspector_width=50)


def test_a_folder_that_cannot_be_written_is_no_obstacle(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A key would end the program."""
    (tmp_path / "taken").write_text("")
    monkeypatch.setenv("OCPPTUI_HOME", str(tmp_path / "taken"))
    remember(left_width=50)
    assert load_view() == RememberedView()
