"""Folders with one file per frame are read by time, with the details from the file names."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO, cast

from hypothesis import given
from hypothesis import strategies as st

from ocpptui.importing.files.input_file import open_file
from ocpptui.importing.found_frame import FoundFrame
from ocpptui.importing.import_tally import ImportTally
from ocpptui.importing.reader import ImportOptions, Material
from ocpptui.importing.readers.frame_files import FrameFiles
from ocpptui.ocpp.date_times import time_of
from ocpptui.ocpp.version import Direction, Version

CALL = '[2,"a","Heartbeat",{}]'
ANSWER = '[3,"a",{"currentTime":"2026-01-01T00:00:00Z"}]'


def read(path: Path) -> tuple[list[FoundFrame], ImportTally]:
    tally = ImportTally()
    with cast(BinaryIO, open_file(path)) as names:
        return list(FrameFiles().read(Material(path.name, names, path), tally, ImportOptions())), tally


def is_frame_folder(path: Path) -> bool:
    with cast(BinaryIO, open_file(path)) as names:
        return FrameFiles().detects(names.read(), path.name)


def write(path: Path, name: str, content: str | bytes) -> None:
    (path / name).write_bytes(content.encode() if isinstance(content, str) else content)


def test_names_give_time_direction_and_version(tmp_path: Path) -> None:
    write(tmp_path, "2026-01-01_10-00-01-1250_ocpp16-out.txt", ANSWER)
    write(tmp_path, "2026-01-01_10-00-01-1234_ocpp16-in.txt", CALL)
    write(tmp_path, "2026-01-01_10-00-02-0000_ocpp201-in.txt", CALL)
    write(tmp_path, "2026-01-01_10-00-03-0000_ocpp21-in.txt", CALL)
    assert is_frame_folder(tmp_path)
    found, tally = read(tmp_path)
    assert [one.raw for one in found] == [CALL, ANSWER, CALL, CALL]
    assert [one.direction for one in found][:2] == [Direction.TO_CSMS, Direction.TO_CHARGE_POINT]
    assert [one.version for one in found] == [Version.V16, Version.V16, Version.V201, Version.V21]
    assert found[0].time == time_of("2026-01-01T10:00:01.1234Z")
    assert not found[0].zoned, "the names are in local time"
    assert [one.line for one in found] == [1, 2, 3, 4]
    assert tally.with_frame == 4


def test_a_call_precedes_its_answer_of_the_same_time(tmp_path: Path) -> None:
    write(tmp_path, "2026-01-01_10-00-01-1234_ocpp16-out.txt", ANSWER)
    write(tmp_path, "2026-01-01_10-00-01-1234_ocpp16-in.txt", CALL)
    assert [one.raw for one in read(tmp_path)[0]] == [CALL, ANSWER]


def test_other_files_are_counted_and_malformed_frames_kept(tmp_path: Path) -> None:
    write(tmp_path, "2026-01-01_10-00-01-1234_ocpp16-in.txt", b'[2,"a\xff')
    write(tmp_path, "2026-13-41_10-00-02-1234_ocpp16-in.txt", "\ufeff" + CALL + "\r\n")
    write(tmp_path, "2026-01-01_10-00-03-1234_ocpp16-in.txt", " \n")
    write(tmp_path, "readme.md", "hello")
    (tmp_path / "2026-01-01_10-00-04-1234_ocpp16-in.txt").mkdir()
    found, tally = read(tmp_path)
    assert [one.raw for one in found] == [b'[2,"a\xff', CALL]
    assert found[1].time is None, "that day does not exist"
    assert (tally.with_frame, tally.without_frame) == (2, 3)
    assert {"readme.md" in str(skipped) for skipped in tally.skipped} == {True, False}


def test_other_folders_are_not_detected(tmp_path: Path) -> None:
    assert not is_frame_folder(tmp_path)
    write(tmp_path, "steve.log", CALL)
    assert not is_frame_folder(tmp_path)
    write(tmp_path, "2026-01-01_10-00-01-1234_ocpp16-in.txt", CALL)
    assert not is_frame_folder(tmp_path), "half of the files are something else"


@given(st.lists(st.binary(min_size=1, max_size=40), max_size=5))
def test_any_content_is_read_unchanged(contents: list[bytes]) -> None:
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as name:
        path = Path(name)
        for number, content in enumerate(contents):
            write(path, f"2026-01-01_10-00-{number:02}-0000_ocpp16-in.txt", content)
        found, tally = read(path)
        assert len(found) + tally.without_frame == len(contents)
        for one in found:
            raw = one.raw.encode() if isinstance(one.raw, str) else one.raw
            assert raw.strip() in contents[one.line - 1]
