"""Files on any operating system. `tests/test_platforms.py` says the same in a Python that lacks what Windows lacks."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from ocpptui.runtime.portable_files import (
    file_size,
    lock_file,
    open_new,
    open_to_append,
    open_to_read,
    path_of_user,
    read_at,
    unlock_file,
    widen,
    write_private,
)


class Opened:
    """A file descriptor that a test closes."""

    def __init__(self, number: int) -> None:
        self.number = number

    def close(self) -> None:
        os.close(self.number)


@pytest.fixture
def file(tmp_path: Path) -> Iterator[int]:
    with closing(Opened(open_to_append(tmp_path / "file"))) as opened:
        yield opened.number


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps no mode")
def test_a_new_file_is_for_its_user_alone(tmp_path: Path, file: int) -> None:
    """Other users of the machine could read the messages of a customer's charge points."""
    before = os.umask(0)
    try:
        with closing(Opened(open_to_append(tmp_path / "new"))):
            assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o600
    finally:
        os.umask(before)


def test_what_is_written_goes_to_the_end_wherever_one_reads(file: int) -> None:
    """The log reads rows while the session writes."""
    os.write(file, b"one\n")
    assert read_at(file, 2, 1) == b"ne"
    os.write(file, b"two\n")
    assert read_at(file, 100, 0) == b"one\ntwo\n"
    assert read_at(file, 100, 100) == b""


def test_a_file_is_read_byte_for_byte(tmp_path: Path) -> None:
    """Windows would turn line feeds into two bytes, and end at a ctrl-Z."""
    (tmp_path / "bytes").write_bytes(bytes(range(256)))
    with closing(Opened(open_to_read(tmp_path / "bytes"))) as opened:
        assert read_at(opened.number, 1000, 0) == bytes(range(256))


def test_one_program_at_a_time_has_the_lock(tmp_path: Path, file: int) -> None:
    """Two recordings in one file would be in each other's way."""
    lock_file(file)
    with closing(Opened(open_to_append(tmp_path / "file"))) as other:
        with pytest.raises(BlockingIOError):
            lock_file(other.number)
        assert read_at(other.number, 1, 0) == b"", "who only reads is not kept out"
        unlock_file(file)
        lock_file(other.number)


def test_what_is_not_a_file_has_no_lock() -> None:
    """Two sessions can both record into /dev/null."""
    with (
        closing(Opened(open_to_append(Path(os.devnull)))) as one,
        closing(Opened(open_to_append(Path(os.devnull)))) as two,
    ):
        lock_file(one.number)
        lock_file(two.number)
        unlock_file(one.number)


def test_a_file_without_a_name_leaves_nothing_behind(tmp_path: Path) -> None:
    """A customer's log would lie in the temporary folder after a crash."""
    with closing(Opened(open_to_append(tmp_path / "spool", nameless=True))) as opened:
        os.write(opened.number, b"text")
        assert read_at(opened.number, 10, 0) == b"text"
    assert list(tmp_path.iterdir()) == []


def test_a_program_that_is_started_does_not_inherit_the_file(file: int) -> None:
    """A lock would outlive the session for as long as that program runs."""
    code = f"import os\ntry: os.fstat({file})\nexcept OSError: raise SystemExit(7)"
    assert subprocess.run([sys.executable, "-c", code], close_fds=False, check=False).returncode == 7


def test_a_wider_pipe_is_asked_for_and_not_needed() -> None:
    ends = os.pipe()
    widen(ends[0], 2**20)
    widen(ends[0], 2**60)
    for end in ends:
        os.close(end)


def test_a_new_file_is_never_one_that_exists(tmp_path: Path) -> None:
    """The recording of another session would be continued by this one."""
    (tmp_path / "theirs").write_bytes(b"theirs")
    with pytest.raises(FileExistsError):
        open_new(tmp_path / "theirs")
    with closing(Opened(open_new(tmp_path / "ours"))) as ours:
        assert file_size(ours.number) == 0
        os.write(ours.number, b"12345")
        assert file_size(ours.number) == 5
        assert read_at(ours.number, 2, 1) == b"23"
        os.write(ours.number, b"67")
    assert (tmp_path / "ours").read_bytes() == b"1234567"


def test_a_private_text_is_never_readable_by_others(tmp_path: Path) -> None:
    """Copies and reports quote messages of customers."""
    path = tmp_path / "text"
    path.write_text("older and longer")
    path.chmod(0o644)
    before = os.umask(0)
    try:
        write_private(path, "new\n\ud800")
        write_private(tmp_path / "fresh", "")
    finally:
        os.umask(before)
    assert path.read_bytes() == b"new\n\\ud800"
    if os.name != "nt":
        assert [stat.S_IMODE(one.stat().st_mode) for one in (path, tmp_path / "fresh")] == [0o600, 0o600]
    write_private(Path(os.devnull), "a device is written to, and stays as it is")


def test_any_path_that_a_user_types_is_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A `~` before a name that nobody has would end the program, in every field that asks for a file."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    assert path_of_user("~/log.txt") == tmp_path / "log.txt"
    if os.name != "nt":
        assert path_of_user("~nobody-has-this-name/log.txt") == Path("~nobody-has-this-name/log.txt")
    assert path_of_user("a/~b") == Path("a/~b")
