"""The free space of the disk. A flood of messages could fill it and stop every other program of the machine."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import NamedTuple

import pytest

from ocpptui.ocpp.version import Direction
from ocpptui.recording import writer as writer_module
from ocpptui.recording.disk_room import LEAST_FREE, DiskRoom, size_text
from ocpptui.recording.writer import RecordingWriter
from ocpptui.timeline.record import Record, RecordKind, message_record

GB = 10**9


class Usage(NamedTuple):
    total: int
    used: int
    free: int


class Disk:
    """A disk of the size and with the free space that a test chooses."""

    def __init__(self) -> None:
        self.total, self.free = 100 * GB, 50 * GB

    def usage(self, folder: Path) -> Usage:
        return Usage(self.total, self.total - self.free, self.free)


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Disk:
    disk = Disk()
    monkeypatch.setattr(shutil, "disk_usage", disk.usage)
    monkeypatch.setattr(writer_module, "RETRY_AFTER", 0.0)
    return disk


def message(number: int, size: int = 0) -> Record:
    raw = f'[2,"{number}","DataTransfer",{{"vendorId":"v","data":"{"x" * size}"}}]'
    return message_record(raw, time=number, connection=1, direction=Direction.TO_CSMS)


@pytest.mark.parametrize(("total", "least"), [(100 * GB, LEAST_FREE), (4 * GB, 40_000_000), (0, 0)])
def test_the_least_that_stays_free_depends_on_the_size_of_the_disk(disk: Disk, total: int, least: int) -> None:
    """On the small disk of a gateway nothing could be recorded at all."""
    room, news = DiskRoom(), list[str]()
    disk.total, disk.free = total, least
    assert room.shortage(Path(), news) is None
    if least:
        disk.free = least - 1
        assert "free on this disk" in (room.shortage(Path(), news) or "")


def test_who_leaves_nothing_to_others_fills_the_disk(disk: Disk) -> None:
    """The recorder of a test bench has a disk of its own, and `--keep-free 1` is not what anyone would try."""
    room, news = DiskRoom(0), list[str]()
    for disk.free in (GB, 1, 0):
        assert room.shortage(Path(), news) is None
    assert news == []


def test_a_warning_comes_early_and_once(disk: Disk) -> None:
    room, news = DiskRoom(GB), list[str]()
    for free in (20, 6, 4, 3, 2):
        disk.free = free * GB
        assert room.shortage(Path(), news) is None
    assert news == [
        "The disk of the recording is almost full. 4.0 GB are free on its disk; recording stops when 1.0 GB are left."
    ]


def test_below_the_least_records_stay_in_memory_until_there_is_room(disk: Disk, tmp_path: Path) -> None:
    path = tmp_path / "session.jsonl"
    writer = RecordingWriter(path, least_free=GB)
    places = [writer.keep(message(0))]
    disk.free = GB // 2
    writer.look()
    assert writer.failure is not None and "only 500 MB are free on this disk" in writer.failure
    places.append(writer.keep(message(1)))
    size = path.stat().st_size
    disk.free = GB + 1000
    writer.look()
    assert writer.failure is not None, "it would stop and start with every record"
    assert path.stat().st_size == size
    disk.free = 2 * GB
    writer.look()
    assert writer.failure is None
    assert path.stat().st_size > size
    assert [writer.record(place) for place in places] == [message(0), message(1)]
    writer.close()


def test_a_flood_is_noticed_between_two_looks(disk: Disk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer_module, "LARGE_GROWTH", 10_000)
    writer = RecordingWriter(tmp_path / "session.jsonl", least_free=GB)
    disk.free = GB // 2
    for number in range(20):
        writer.keep(message(number, size=1000))
    assert writer.failure is not None
    assert writer.path.stat().st_size < 15_000
    writer.close()


def test_what_memory_cannot_take_is_lost_and_counted(
    disk: Disk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A session on a full disk would take all memory of the machine, and be killed with everything it has."""
    monkeypatch.setattr(writer_module, "MOST_IN_MEMORY", 2000)
    disk.free = 0
    writer = RecordingWriter(tmp_path / "session.jsonl", least_free=GB)
    places = [writer.keep(message(number, size=1000)) for number in range(3)]
    assert writer.record(places[0]) == message(0, size=1000)
    lost = [writer.record(place) for place in places[1:]]
    assert {record.kind for record in lost} == {RecordKind.NOTE}
    assert all("is lost" in record.detail["text"] for record in lost)
    assert [writer.raw(place) for place in places[1:]] == [None, None]
    assert writer.lost == 2
    disk.free = 50 * GB
    writer.look()
    places.append(writer.keep(message(3)))
    assert writer.record(places[3]) == message(3)
    assert writer.failure is None
    writer.close()
    assert writer.path.read_bytes().count(b"\n") == 2


@pytest.mark.parametrize(
    ("size", "text"),
    [(0, "0 bytes"), (999, "999 bytes"), (1200, "1.2 kB"), (159_000_000, "159 MB"), (2 * 10**12, "2.0 TB")],
)
def test_sizes_are_readable(size: int, text: str) -> None:
    assert size_text(size) == text
