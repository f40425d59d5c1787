"""Where files are kept: the user finds them, others do not read them, and none is written over."""

from __future__ import annotations

import stat
import sys
from pathlib import Path

import pytest

from ocpptui.workspace import folders

NOW = 1_795_341_723_120_000


def test_one_folder_holds_all_where_the_environment_names_it(home: Path) -> None:
    """A technician keeps everything of a job on a stick."""
    assert folders.config_file() == home / "config.toml"
    assert folders.state_folder() == home and home.is_dir()
    assert folders.recordings_folder() == home / "recordings"


def test_without_one_they_are_where_the_system_keeps_such_files(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from platformdirs import user_config_path, user_state_path

    monkeypatch.delenv("OCPPTUI_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    assert folders.config_file() == user_config_path("ocpptui") / "config.toml"
    assert folders.state_folder() == user_state_path("ocpptui")
    assert str(tmp_path) in str(folders.state_folder())


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps no mode")
def test_they_are_for_the_user_alone(home: Path) -> None:
    for folder in (folders.state_folder(), folders.recordings_folder()):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_two_sessions_of_one_second_have_two_recordings(home: Path) -> None:
    first = folders.new_recording("demo", NOW)
    assert first == home / "recordings" / "2026-11-22T10-02-03Z-demo.jsonl"
    first.touch()
    second = folders.new_recording("demo", NOW)
    assert second.name == "2026-11-22T10-02-03Z-demo-2.jsonl"
    second.symlink_to(home / "nowhere")
    assert folders.new_recording("demo", NOW).name.endswith("-3.jsonl"), "a link that leads nowhere is taken too"


def test_a_folder_that_cannot_be_made_still_has_a_path(home: Path) -> None:
    """The session says why it is not recorded, instead of not starting."""
    home.write_text("a file is in the way")
    with pytest.raises(OSError):
        folders.recordings_folder()
    assert folders.new_recording("demo", NOW).parent == home / "recordings"
