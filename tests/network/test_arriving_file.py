"""The names and the ends of uploaded files. If these fail, a peer chooses where on the disk it writes."""

from __future__ import annotations

import os
from pathlib import Path, PureWindowsPath

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocpptui.network.arriving_file import ArrivingFile, safe_name
from ocpptui.network.transfer_limits import NoRoom, TooLarge, TransferLimits

DEVICES = ("con", "prn", "aux", "nul", "com1", "lpt9", "conin", "conout", "clock")
ODD = st.sampled_from(["..", ".", "/", "\\", "\0", ":", "CON", "nul", "COM1.", "~", "%2e", "-", " ", "\u202e", "\n"])
NAMES = st.one_of(st.text(), st.lists(ODD).map("".join))


@settings(max_examples=60)
@given(NAMES, NAMES)
def test_every_name_is_that_of_a_file_in_the_folder_on_every_system(charge_point: str, name: str) -> None:
    safe = safe_name(charge_point, name)
    assert safe.isascii()
    assert safe.isprintable()
    assert 0 < len(safe) <= 170
    assert not set(safe) & set('/\\:*?"<>| \0')
    assert safe[0] not in ".-"
    assert safe[-1] != "."
    assert PureWindowsPath(safe).name == safe
    assert safe.split(".")[0].lower() not in DEVICES


def test_no_file_is_written_over(tmp_path: Path) -> None:
    for _ in range(3):
        file = ArrivingFile(tmp_path, "a.log", TransferLimits(least_free=0))
        file.write(b"x")
        file.close(is_whole=True)
    for _ in range(3):
        ArrivingFile(tmp_path, "b.log", TransferLimits(least_free=0)).close(is_whole=False)
    names = ["a-2.log", "a-3.log", "a.log", "b.log-2.part", "b.log-3.part", "b.log.part"]
    assert sorted(path.name for path in tmp_path.iterdir()) == names


def test_it_has_its_name_only_when_it_is_whole(tmp_path: Path) -> None:
    """If this fails, a log that was cut off by a crash or a loss of power is taken for a whole one."""
    first, second = (ArrivingFile(tmp_path, "a.log", TransferLimits(least_free=0)) for _ in range(2))
    first.write(b"half")
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"a.log.part": b"half", "a.log-2.part": b""}
    assert second.close(is_whole=True) == tmp_path / "a.log"
    first.write(b" and half")
    assert first.close(is_whole=True) == tmp_path / "a-2.log"
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {
        "a.log": b"",
        "a-2.log": b"half and half",
    }


def test_a_file_that_cannot_get_its_name_stays_a_part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """If this fails, an empty file is taken for the upload."""

    def refused(*_: object) -> Path:
        raise PermissionError(13, "Permission denied")

    file = ArrivingFile(tmp_path, "a.log", TransferLimits(least_free=0))
    file.write(b"all")
    monkeypatch.setattr(Path, "replace", refused)
    with pytest.raises(PermissionError):
        file.close(is_whole=True)
    assert file.path == tmp_path / "a.log.part"
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"all"]


def test_what_does_not_fit_is_refused(tmp_path: Path) -> None:
    limits = TransferLimits(most_bytes=10, least_free=0)
    with pytest.raises(TooLarge):
        ArrivingFile(tmp_path, "a", limits, expected=11)
    file = ArrivingFile(tmp_path, "a", limits)
    file.write(b"0123456789")
    with pytest.raises(TooLarge, match="larger than 10 bytes"):
        file.write(b"x")
    assert file.close(is_whole=False).read_bytes() == b"0123456789"
    with pytest.raises(NoRoom, match="disk is full"):
        ArrivingFile(tmp_path, "a", TransferLimits(least_free=2**62))


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_block_that_does_not_fit_counts_only_with_what_is_there(tmp_path: Path) -> None:
    file = ArrivingFile(tmp_path, "a", TransferLimits(least_free=0))
    file.write(b"0123456789")
    full = os.open("/dev/full", os.O_WRONLY)
    os.dup2(full, file._file.fileno())
    os.close(full)
    with pytest.raises(NoRoom, match="^the disk is full$"):
        file.write(b"x")
    assert file.size == 10
    assert file.close(is_whole=False).name == "a.part"
