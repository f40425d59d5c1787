from __future__ import annotations

import errno
import os
import signal
import stat
import subprocess
import sys
from array import array
from collections.abc import Callable
from pathlib import Path

import pytest

from ocpptui.ocpp.version import Direction, Version
from ocpptui.recording import writer as recording
from ocpptui.recording.file_errors import UnreadableFile
from ocpptui.recording.line_format import from_line, to_line
from ocpptui.recording.recording_reader import Recording
from ocpptui.recording.writer import RecordingWriter
from ocpptui.timeline.record import Record, RecordKind, message_record

WRITE = os.write


def message(number: int, size: int = 0) -> Record:
    raw = f'[2,"{number}","DataTransfer",{{"vendorId":"v","data":"{"x" * size}"}}]'
    return message_record(raw, time=number, connection=1, direction=Direction.TO_CSMS, version=Version.V16)


def numbers(path: Path) -> list[int]:
    """The times of the records in a file, which number them; fails on a line that is not a record."""
    found = [from_line(line) for line in path.read_bytes().splitlines()]
    return [record.time if isinstance(record, Record) else pytest.fail(str(record)) for record in found]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "session.jsonl"


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The writer tries again with every record, not after a while."""
    monkeypatch.setattr(recording, "RETRY_AFTER", 0.0)


class FullDisk:
    """Replaces os.write while `room` bytes are left."""

    def __init__(self) -> None:
        self.room = 0

    def write(self, file: int, data: bytes) -> int:
        if self.room == 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        part = data[: self.room]
        self.room -= len(part)
        return WRITE(file, part)


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Callable[[], FullDisk]:
    """Make the disk full from now on."""

    def full() -> FullDisk:
        disk = FullDisk()
        monkeypatch.setattr(os, "write", disk.write)
        return disk

    return full


def empty_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "write", WRITE)


# -- writing ---------------------------------------------------------------------------------------------------------


def test_what_was_written_is_read_back_by_its_place(path: Path) -> None:
    writer = RecordingWriter(path)
    places = [writer.keep(message(number)) for number in range(5)]
    assert [writer.record(place) for place in places] == [message(number) for number in range(5)]
    assert writer.failure is None
    writer.close()
    assert writer.record(places[3]) == message(3), "a screen looks at records after the end too"
    assert path.read_bytes() == b"".join(to_line(message(number)) for number in range(5))


def test_only_the_user_may_read_a_recording(path: Path) -> None:
    RecordingWriter(path).close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_each_record_is_one_write_that_nothing_holds_back(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    writes: list[bytes] = []

    def write(file: int, data: bytes) -> int:
        writes.append(data)
        return WRITE(file, data)

    monkeypatch.setattr(os, "write", write)
    writer = RecordingWriter(path)
    for number in range(3):
        writer.keep(message(number))
        assert numbers(path) == list(range(number + 1))
    assert writes == [to_line(message(number)) for number in range(3)]
    writer.close()


def test_a_recording_is_continued_and_nothing_in_it_changed(path: Path) -> None:
    for number in range(2):
        writer = RecordingWriter(path)
        writer.keep(message(number))
        writer.close()
    assert numbers(path) == [0, 1]


def test_a_torn_line_that_was_found_stays_apart_from_ours(path: Path) -> None:
    path.write_bytes(to_line(message(0)) + b'{"schemaVersion":"1.1","times')
    writer = RecordingWriter(path)
    place = writer.keep(message(1))
    assert writer.record(place) == message(1)
    writer.close()
    lines = path.read_bytes().splitlines(keepends=True)
    assert (lines[0], lines[2]) == (to_line(message(0)), to_line(message(1)))


def test_a_kill_in_the_middle_of_traffic_loses_no_record_that_was_shown(path: Path) -> None:
    """Every record whose index the process printed is in the file after SIGKILL."""
    process = subprocess.Popen(
        [sys.executable, "-c", WRITE_FOR_EVER, str(path)], stdout=subprocess.PIPE, text=True, bufsize=1
    )
    assert process.stdout is not None
    shown = [int(process.stdout.readline()) for _ in range(500)]
    process.send_signal(signal.SIGKILL)
    shown += [int(line) for line in process.stdout.read().split("\n") if line.strip()][:-1]
    process.stdout.close()
    assert process.wait() == -signal.SIGKILL
    whole = path.read_bytes().rpartition(b"\n")[0].split(b"\n")
    written = [record.time for record in map(from_line, whole) if isinstance(record, Record)]
    assert shown == written[: len(shown)]


WRITE_FOR_EVER = """
import sys
from itertools import count
from pathlib import Path
from ocpptui.recording.writer import RecordingWriter
from ocpptui.ocpp.version import Direction
from ocpptui.timeline.record import message_record
writer = RecordingWriter(Path(sys.argv[1]))
for number in count():
    raw = '[2,"%d","Heartbeat",{}]' % number
    writer.keep(message_record(raw, time=number, connection=1, direction=Direction.TO_CSMS))
    print(number, flush=True)
"""


# -- a full disk, a folder that cannot be written --------------------------------------------------------------------


@pytest.mark.usefixtures("at_once")
def test_a_full_disk_is_reported_and_the_session_continues_in_memory(path: Path, disk: Callable[[], FullDisk]) -> None:
    writer = RecordingWriter(path)
    first = writer.keep(message(0))
    disk()
    places = [writer.keep(message(number)) for number in (1, 2)]
    assert writer.failure is not None
    assert "No space left on device" in writer.failure
    assert str(path) in writer.failure
    assert [writer.record(place) for place in (first, *places)] == [message(0), message(1), message(2)]
    assert numbers(path) == [0]
    writer.close()


@pytest.mark.usefixtures("at_once")
def test_when_there_is_room_again_the_file_is_complete(
    path: Path, disk: Callable[[], FullDisk], monkeypatch: pytest.MonkeyPatch
) -> None:
    writer = RecordingWriter(path)
    places = [writer.keep(message(0))]
    disk()
    places += [writer.keep(message(1)), writer.keep(message(2))]
    empty_again(monkeypatch)
    places.append(writer.keep(message(3)))
    assert writer.failure is None
    assert numbers(path) == [0, 1, 2, 3]
    assert [writer.record(place).time for place in places] == [0, 1, 2, 3]
    writer.close()


@pytest.mark.usefixtures("at_once")
@pytest.mark.parametrize("room", [1, 60, 200])
def test_a_half_written_line_is_taken_away(
    path: Path, disk: Callable[[], FullDisk], monkeypatch: pytest.MonkeyPatch, room: int
) -> None:
    """The disk is full in the middle of a record: what was there before is whole, and the record comes later."""
    writer = RecordingWriter(path)
    writer.keep(message(0))
    disk().room = room
    place = writer.keep(message(1, size=300))
    assert numbers(path) == [0]
    assert writer.record(place) == message(1, size=300)
    empty_again(monkeypatch)
    writer.keep(message(2))
    assert numbers(path) == [0, 1, 2]
    writer.close()


@pytest.mark.usefixtures("at_once")
def test_a_half_line_that_could_not_be_taken_away_is_taken_away_later(
    path: Path, disk: Callable[[], FullDisk], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(file: int, size: int) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    writer = RecordingWriter(path)
    writer.keep(message(0))
    truncate = os.ftruncate
    monkeypatch.setattr(os, "ftruncate", refuse)
    disk().room = 50
    writer.keep(message(1))
    empty_again(monkeypatch)
    writer.keep(message(2))
    assert writer.failure is not None, "behind half a line nothing may be written"
    monkeypatch.setattr(os, "ftruncate", truncate)
    writer.keep(message(3))
    assert writer.failure is None
    assert numbers(path) == [0, 1, 2, 3]
    writer.close()


@pytest.mark.usefixtures("at_once")
def test_what_somebody_else_wrote_is_not_cut_off(
    path: Path, disk: Callable[[], FullDisk], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(file: int, size: int) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    writer = RecordingWriter(path)
    writer.keep(message(0))
    truncate = os.ftruncate
    monkeypatch.setattr(os, "ftruncate", refuse)
    disk().room = 50
    writer.keep(message(1))
    empty_again(monkeypatch)
    monkeypatch.setattr(os, "ftruncate", truncate)
    with path.open("ab") as file:
        file.write(b"\n" + to_line(message(7)))
    place = writer.keep(message(2))
    lines = path.read_bytes().splitlines(keepends=True)
    assert [lines[0], *lines[2:]] == [to_line(message(number)) for number in (0, 7, 1, 2)]
    assert writer.failure is None
    assert writer.record(place) == message(2)
    writer.close()


@pytest.mark.usefixtures("at_once")
def test_a_long_backlog_is_brought_over_bit_by_bit_and_in_order(
    path: Path, disk: Callable[[], FullDisk], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recording, "CAUGHT_UP_AT_ONCE", 10)
    writer = RecordingWriter(path)
    disk()
    for number in range(45):
        writer.keep(message(number))
    empty_again(monkeypatch)
    for number in range(45, 50):
        writer.keep(message(number))
    assert numbers(path) == sorted(numbers(path))
    writer.close()
    assert numbers(path) == list(range(50))
    assert writer.failure is None


def test_the_disk_is_not_asked_again_with_every_record(
    path: Path, disk: Callable[[], FullDisk], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A busy session must not spend its time on a disk that is full."""
    monkeypatch.setattr(recording, "RETRY_AFTER", 3600.0)
    writer = RecordingWriter(path)
    disk()
    writer.keep(message(0))
    empty_again(monkeypatch)
    writer.keep(message(1))
    assert numbers(path) == []
    writer.close()
    assert numbers(path) == [0, 1], "the end of a session is the last chance"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_the_kernel_says_that_the_disk_is_full() -> None:
    writer = RecordingWriter(Path("/dev/full"))
    place = writer.keep(message(0))
    assert writer.failure is not None
    assert "No space left on device" in writer.failure
    assert writer.record(place) == message(0)
    writer.close()


@pytest.mark.usefixtures("at_once")
def test_a_missing_folder_is_reported_and_used_as_soon_as_it_exists(tmp_path: Path) -> None:
    path = tmp_path / "later" / "session.jsonl"
    writer = RecordingWriter(path)
    assert writer.failure is not None
    assert "the folder for it does not exist" in writer.failure
    place = writer.keep(message(0))
    assert writer.record(place) == message(0)
    path.parent.mkdir()
    writer.keep(message(1))
    assert writer.failure is None
    assert numbers(path) == [0, 1]
    writer.close()


def test_two_programs_do_not_mix_in_one_file(path: Path) -> None:
    first = RecordingWriter(path)
    first.keep(message(0))
    second = RecordingWriter(path)
    assert second.failure is not None
    assert "another program" in second.failure
    place = second.keep(message(1))
    assert second.record(place) == message(1)
    assert numbers(path) == [0]
    first.close()
    second.close()
    assert numbers(path) == [0, 1]


def test_a_record_after_the_end_is_kept_in_memory(path: Path) -> None:
    writer = RecordingWriter(path)
    writer.keep(message(0))
    writer.close()
    place = writer.keep(message(1))
    assert writer.record(place) == message(1)
    assert writer.failure is not None
    assert numbers(path) == [0]


# -- reading ---------------------------------------------------------------------------------------------------------


def test_records_are_read_by_their_place(path: Path) -> None:
    writer = RecordingWriter(path)
    places = [writer.keep(message(number, size=number)) for number in range(3)]
    writer.close()
    read = Recording(path)
    assert [read.record(place) for place in reversed(places)] == [message(2, 2), message(1, 1), message(0)]
    assert read.size == path.stat().st_size
    read.close()


def test_a_record_that_is_gone_is_a_note_that_says_so(path: Path) -> None:
    """The screen keeps working when another program changes the file that it shows."""
    writer = RecordingWriter(path)
    place = writer.keep(message(0))
    writer.close()
    read = Recording(path)
    path.write_bytes(b"")
    gone = read.record(place)
    assert gone.kind is RecordKind.NOTE
    assert "cannot be read" in gone.detail["text"]
    read.close()
    assert read.record(place).kind is RecordKind.NOTE
    assert read.size == 0


@pytest.mark.parametrize("name", ["missing.jsonl", "."])
def test_a_path_that_is_not_a_file_is_refused_with_its_name(tmp_path: Path, name: str) -> None:
    with pytest.raises(UnreadableFile, match=str(tmp_path)):
        Recording(tmp_path / name)


# -- many records with one write -------------------------------------------------------------------------------------


@pytest.fixture
def holding(path: Path) -> RecordingWriter:
    writer = RecordingWriter(path)
    writer.holds_back = True
    return writer


def test_records_that_are_held_back_go_with_one_write(
    holding: RecordingWriter, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A central system with thousands of charge points would spend its time in the operating system."""
    writes: list[bytes] = []

    def write(file: int, data: bytes) -> int:
        writes.append(data)
        return WRITE(file, data)

    monkeypatch.setattr(os, "write", write)
    places = [holding.keep(message(number)) for number in range(5)]
    assert (writes, numbers(path)) == ([], [])
    holding.flush()
    assert (len(writes), numbers(path)) == (1, list(range(5)))
    assert [holding.record(place) for place in places] == [message(number) for number in range(5)]
    holding.keep(message(5))
    holding.close()
    assert numbers(path) == list(range(6))


def test_a_record_that_is_held_back_can_be_read(holding: RecordingWriter) -> None:
    first, second = holding.keep(message(0)), holding.keep(message(1))
    assert holding.record(second) == message(1)
    assert holding.raw(first) == message(0).raw
    third = holding.keep(message(2))
    places = array("q", [first[0], third[0]]), array("I", [first[1], third[1]])
    assert [holding.texts(*places, 2).raw(position) for position in (0, 1)] == [message(0).raw, message(2).raw]


def test_what_is_held_back_has_a_bound(holding: RecordingWriter, path: Path) -> None:
    for number in range(10):
        holding.keep(message(number, size=100_000))
    assert numbers(path), "much of it is in the file already"
    holding.close()
    assert numbers(path) == list(range(10))


@pytest.mark.parametrize("room", [0, 1, 150, 300, 700, 10_000])
def test_held_records_that_a_full_disk_refuses_keep_their_places(
    holding: RecordingWriter,
    path: Path,
    at_once: None,
    disk: Callable[[], FullDisk],
    monkeypatch: pytest.MonkeyPatch,
    room: int,
) -> None:
    """The rows of the timeline lead to their records, wherever a part of them came to be."""
    first = holding.keep(message(0))
    holding.flush()
    full = disk()
    full.room = room
    places = [first, *(holding.keep(message(number, size=50)) for number in range(1, 6))]
    holding.flush()
    expected = [message(0), *(message(number, size=50) for number in range(1, 6))]
    assert [holding.record(place) for place in places] == expected
    more = [holding.keep(message(number, size=50)) for number in range(6, 8)]
    empty_again(monkeypatch)
    more.append(holding.keep(message(8, size=50)))
    holding.close()
    assert holding.failure is None
    assert numbers(path) == list(range(9))
    expected += [message(number, size=50) for number in range(6, 9)]
    assert [holding.record(place) for place in places + more] == expected
    columns = array("q", [place[0] for place in places]), array("I", [place[1] for place in places])
    assert [holding.texts(*columns, 6).raw(position) for position in range(6)] == [one.raw for one in expected[:6]]


def test_held_records_after_a_torn_line_keep_their_places(path: Path) -> None:
    path.write_bytes(to_line(message(0)) + b'{"schemaVersion":"1.1","times')
    writer = RecordingWriter(path)
    writer.holds_back = True
    places = [writer.keep(message(number)) for number in (1, 2)]
    assert [writer.record(place) for place in places] == [message(1), message(2)]
    writer.close()
