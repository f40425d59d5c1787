"""Calls are found by their name in the given folder and the user's own, and names work on every system."""

from __future__ import annotations

from pathlib import Path

import pytest

from ocpptui.compose.call_folders import CallFolders, call_folders, why_not_a_name
from ocpptui.compose.call_sequence import CallSequence
from ocpptui.compose.saved_calls import SavedCall, WrongCallFile

CALL = SavedCall("Reset", '{"type": "Soft"}')


def test_a_call_is_found_in_a_folder_of_folders(tmp_path: Path) -> None:
    folders = CallFolders([tmp_path / "shared", tmp_path / "own"])
    path = folders.save("bench/soft reset", CALL)
    assert path == tmp_path / "shared" / "bench" / "soft reset.toml"
    assert folders.call("bench/soft reset") == folders.call("bench/soft reset.toml") == CALL
    assert [file.name for file in folders.files()] == ["bench/soft reset"]


def test_the_given_folder_precedes_the_own_one(home: Path, tmp_path: Path) -> None:
    call_folders(None).save("reset", SavedCall("Reset", '{"type": "Hard"}'))
    call_folders(None).save("mine", CALL)
    given = call_folders(str(tmp_path / "team"))
    given.save("reset", CALL)
    assert given.call("reset") == CALL
    assert [(file.name, file.path.parent.name) for file in given.files()] == [("mine", "calls"), ("reset", "team")]
    assert (home / "calls" / "reset.toml").exists()


def test_nothing_is_replaced_unasked(tmp_path: Path) -> None:
    folders = CallFolders([tmp_path])
    folders.save("a", CALL)
    with pytest.raises(FileExistsError):
        folders.save("a", SavedCall("Heartbeat"))
    folders.save("a", SavedCall("Heartbeat"), replace=True)
    assert folders.call("a").action == "Heartbeat"


@pytest.mark.parametrize(
    "name",
    ["", " ", "../a", "a/../b", "/etc/a", "a//b", ".hidden", "a/", "C:a", "a\\b", "con", "nul.x", "a\x1b", "x" * 300],
)
def test_a_name_cannot_leave_its_folder_or_fail_on_another_system(name: str, tmp_path: Path) -> None:
    assert why_not_a_name(name)
    with pytest.raises(WrongCallFile):
        CallFolders([tmp_path]).save(name, CALL)
    with pytest.raises(WrongCallFile):
        CallFolders([tmp_path]).call(name)
    assert list(tmp_path.iterdir()) == []


def test_a_missing_name_is_said_with_the_nearest_one(tmp_path: Path) -> None:
    folders = CallFolders([tmp_path])
    folders.save("authorize", CALL)
    with pytest.raises(WrongCallFile, match="did you mean authorize"):
        folders.call("autorize")


def test_a_file_that_cannot_be_used_is_listed_with_the_reason(tmp_path: Path) -> None:
    (tmp_path / "broken.toml").write_text("action =")
    (tmp_path / "latin.toml").write_bytes(b"action = '\xff'")
    (tmp_path / "notes.txt").write_text("not ours")
    files = {file.name: file for file in CallFolders([tmp_path, tmp_path / "missing"]).files()}
    assert set(files) == {"broken", "latin"}
    assert "TOML" in files["broken"].problem
    assert "UTF-8" in files["latin"].problem


def test_a_sequence_names_the_calls_beside_it(tmp_path: Path) -> None:
    folders = CallFolders([tmp_path])
    folders.save("reset", CALL)
    (tmp_path / "all.toml").write_text('[[step]]\ncall = "reset"\n')
    [listed] = [file for file in folders.files() if file.name == "all"]
    assert isinstance(listed.content, CallSequence)
    by_name, by_path = folders.sequence("all"), folders.sequence(str(tmp_path / "all.toml"))
    assert by_name == by_path == listed.content
    assert by_name.steps[0].what == CALL
    with pytest.raises(WrongCallFile, match=r"all\.toml"):
        folders.call("all")
