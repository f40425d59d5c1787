"""The recording of a live session: begun at once, and gone where nothing ever happened."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from ocpptui.ocpp.version import Direction, Version
from ocpptui.timeline.record import message_record
from ocpptui.workspace.recordings import begin_recording, discard_empty

_NOBODY = 65534
"""The user without rights."""
HEARTBEAT = message_record(
    '[2,"1","Heartbeat",{}]',
    time=1,
    connection=1,
    direction=Direction.TO_CSMS,
    charge_point="CP1",
    version=Version.V16,
)


def test_it_is_in_the_users_folder_unless_a_path_is_given(home: Path, tmp_path: Path) -> None:
    assert begin_recording(None, "demo").path.parent == home / "recordings"
    assert begin_recording(tmp_path / "here.jsonl", "demo").path == tmp_path / "here.jsonl"


def test_where_nothing_can_be_written_it_says_why(home: Path) -> None:
    """A commissioning without its proof would be noticed at home."""
    home.write_text("a file is in the way")
    writer = begin_recording(None, "demo")
    assert writer.failure is not None and str(writer.path) in writer.failure
    assert writer.record(writer.keep(HEARTBEAT)) == HEARTBEAT


@pytest.fixture
def own_folder() -> Iterator[Path]:
    """A folder of the user that runs the test, who is never root: nothing is read-only for root."""
    with TemporaryDirectory() as folder:
        if os.geteuid() != 0:
            yield Path(folder)
            return
        os.chown(folder, _NOBODY, _NOBODY)
        os.setresuid(_NOBODY, _NOBODY, 0)
        try:
            yield Path(folder)
        finally:
            os.setresuid(0, 0, 0)


@pytest.mark.skipif(not hasattr(os, "setresuid"), reason="this system has no other user to become")
def test_a_read_only_home_is_said_to_be_read_only(home: Path, own_folder: Path) -> None:
    """ "No such file or directory" would send the user looking for a file."""
    with pytest.MonkeyPatch.context() as patch:
        above = own_folder / "home"
        above.mkdir(mode=0o500)
        patch.setenv("OCPPTUI_HOME", str(above / "ocpptui"))
        failure = begin_recording(None, "demo").failure
        assert failure is not None
        assert f"the folder for it cannot be created, since {above} is read-only; records are kept in memory" in failure
        missing = begin_recording(own_folder / "none" / "a.jsonl", "demo").failure
        assert missing is not None and "the folder for it does not exist" in missing


def test_an_empty_one_is_discarded_and_any_other_kept(tmp_path: Path) -> None:
    """A port in use would leave a file behind with each try."""
    empty, used = begin_recording(tmp_path / "empty", "x"), begin_recording(tmp_path / "used", "x")
    used.keep(HEARTBEAT)
    for writer in (empty, used):
        writer.close()
        discard_empty(writer.path)
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["used"]
    (tmp_path / "link").symlink_to(os.devnull)
    discard_empty(tmp_path / "link")
    assert (tmp_path / "link").is_symlink()
    discard_empty(None)
    discard_empty(tmp_path / "missing")
