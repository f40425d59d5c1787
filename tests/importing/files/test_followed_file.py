"""A log that is rotated while it is followed. If this fails, the user watches a file that nobody writes any more."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from ocpptui.importing.files.followed_file import REPLACED, TRUNCATED, FollowedFile

WHERE_LOGS_MOVE = pytest.mark.skipif(sys.platform == "win32", reason="Windows does not let an open file be moved")


def test_a_file_that_only_grows_is_the_same(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    path.write_bytes(b"one")
    file = FollowedFile(path, path.open("rb"))
    assert (file.read(), file.begun_anew()) == (b"one", "")
    with path.open("ab") as writer:
        writer.write(b"two")
    assert (file.begun_anew(), file.read(2), file.read(9)) == ("", b"tw", b"o")
    file.close()
    assert file.closed


def test_a_truncated_file_is_read_from_its_beginning(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    path.write_bytes(b"one")
    file = FollowedFile(path, path.open("rb"))
    file.read()
    path.write_bytes(b"2")
    assert (file.read(), file.begun_anew(), file.read(), file.begun_anew()) == (b"", TRUNCATED, b"2", "")
    file.close()


@WHERE_LOGS_MOVE
def test_what_came_before_the_next_file_is_read_first(tmp_path: Path) -> None:
    """The last lines of each part of a log would be lost, now and then."""
    path = tmp_path / "a.log"
    path.write_bytes(b"one")
    file = FollowedFile(path, path.open("rb"))
    assert (file.read(), file.read()) == (b"one", b"")
    with path.open("ab") as writer:
        writer.write(b"two")
    path.rename(tmp_path / "a.log.1")
    path.write_bytes(b"next")
    assert (file.begun_anew(), file.read(), file.begun_anew(), file.read()) == ("", b"two", REPLACED, b"next")
    file.close()


@WHERE_LOGS_MOVE
def test_the_next_file_of_the_name_is_read_once_it_exists(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    path.write_bytes(b"one")
    file = FollowedFile(path, path.open("rb"))
    file.read()
    path.rename(tmp_path / "a.log.1")
    assert (file.begun_anew(), file.read()) == ("", b"")
    path.mkdir()
    assert file.begun_anew() == "", "a folder is not the next log"
    path.rmdir()
    path.write_bytes(b"longer than the one before")
    assert (file.begun_anew(), file.read(6), file.begun_anew()) == (REPLACED, b"longer", "")
    file.close()
