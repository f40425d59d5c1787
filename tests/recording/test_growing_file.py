"""A recording under a running session, while other programs delete, move, truncate and write its file.

The user would lose the proof of a night's work, and not even know it.
"""

from __future__ import annotations

import errno
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocpptui.ocpp.version import Direction, Version
from ocpptui.recording import growing_file
from ocpptui.recording import writer as writer_module
from ocpptui.recording.line_format import from_line
from ocpptui.recording.writer import RecordingWriter
from ocpptui.timeline.record import Record, RecordKind, message_record
from ocpptui.timeline.record_store import Place

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows does not let an open file be deleted or moved")


def message(number: int, size: int = 0) -> Record:
    raw = f'[2,"{number}","DataTransfer",{{"vendorId":"v","data":"{"x" * size}"}}]'
    return message_record(raw, time=number, connection=1, direction=Direction.TO_CSMS, version=Version.V16)


def numbers(path: Path) -> list[int]:
    """The times of the records in a file, which number them."""
    found = [from_line(line) for line in path.read_bytes().splitlines() if line]
    return [record.time for record in found if isinstance(record, Record)]


def look(writer: RecordingWriter) -> str:
    """What the writer notices, in its words."""
    while writer.look():
        pass
    return " ".join([*writer.take_news(), *filter(None, [writer.failure])])


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "session.jsonl"


def delete(path: Path) -> None:
    path.unlink()


def move(path: Path) -> None:
    path.rename(path.with_name("elsewhere.jsonl"))


def rotate(path: Path) -> None:
    """As logrotate does it with `create`."""
    path.rename(path.with_name("session.jsonl.1"))
    path.touch()


def replace(path: Path) -> None:
    other = path.with_name("other")
    other.write_bytes(b"of somebody else\n")
    other.replace(path)


@pytest.mark.parametrize(
    ("take_away", "words"),
    [(delete, "was deleted"), (move, "was moved or renamed"), (rotate, "another file"), (replace, "another file")],
)
@pytest.mark.parametrize("at_once", [10, growing_file.COPIED_AT_ONCE])
def test_a_file_that_is_taken_away_is_replaced_by_one_with_everything(
    path: Path,
    monkeypatch: pytest.MonkeyPatch,
    take_away: Callable[[Path], None],
    words: str,
    at_once: int,
) -> None:
    monkeypatch.setattr(growing_file, "COPIED_AT_ONCE", at_once)
    writer = RecordingWriter(path)
    places = [writer.keep(message(number)) for number in range(5)]
    take_away(path)
    theirs = path.read_bytes() if path.exists() else None
    said = look(writer)
    assert words in said
    assert str(writer.path) in said
    assert writer.path == path.with_name("session-2.jsonl")
    places.append(writer.keep(message(5)))
    assert numbers(writer.path) == list(range(6))
    assert [writer.record(place) for place in places] == [message(number) for number in range(6)]
    assert (writer.failure, writer.lost) == (None, 0)
    assert (path.read_bytes() if path.exists() else None) == theirs, "the file of somebody else"
    writer.close()
    assert look(writer) == ""


def test_records_go_on_to_the_old_file_while_it_is_copied(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A recording of gigabytes would hold up every charge point, or miss what they send meanwhile."""
    monkeypatch.setattr(growing_file, "COPIED_AT_ONCE", 500)
    writer = RecordingWriter(path)
    places = [writer.keep(message(number)) for number in range(10)]
    path.unlink()
    number = 10
    while writer.look():
        places.append(writer.keep(message(number)))
        number += 1
    assert number > 11
    assert numbers(writer.path) == list(range(number))
    assert [writer.record(place).time for place in places] == list(range(number))
    writer.close()


def test_a_name_that_exists_is_never_taken(path: Path) -> None:
    path.with_name("session-2.jsonl").write_bytes(b"mine\n")
    writer = RecordingWriter(path)
    writer.keep(message(0))
    path.unlink()
    look(writer)
    assert writer.path == path.with_name("session-3.jsonl")
    writer.path.unlink()
    look(writer)
    assert writer.path == path.with_name("session-4.jsonl")
    assert path.with_name("session-2.jsonl").read_bytes() == b"mine\n"
    assert numbers(writer.path) == [0]
    writer.close()


def test_the_new_file_is_for_its_user_alone_and_locked(path: Path) -> None:
    writer = RecordingWriter(path)
    writer.keep(message(0))
    path.unlink()
    look(writer)
    assert writer.path.stat().st_mode & 0o777 == 0o600
    second = RecordingWriter(writer.path)
    assert "another program is recording" in (second.failure or "")
    second.close()
    writer.close()


def test_a_folder_that_is_gone_is_replaced_by_the_spare_one(tmp_path: Path) -> None:
    folder, spare = tmp_path / "folder", tmp_path / "spare"
    folder.mkdir()
    spare.mkdir()
    writer = RecordingWriter(folder / "session.jsonl", spare=lambda: spare)
    writer.keep(message(0))
    shutil.rmtree(folder)
    look(writer)
    assert writer.path == spare / "session-2.jsonl"
    assert numbers(writer.path) == [0]
    writer.close()


def test_without_any_folder_it_says_so_until_there_is_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(growing_file, "AGAIN_AFTER", 0.0)
    folder = tmp_path / "folder"
    folder.mkdir()
    writer = RecordingWriter(folder / "session.jsonl")
    places = [writer.keep(message(0))]
    shutil.rmtree(folder)
    said = look(writer)
    assert "was deleted, and a new file cannot be begun: No such file or directory" in said
    places.append(writer.keep(message(1)))
    assert [writer.record(place).time for place in places] == [0, 1]
    folder.mkdir()
    look(writer)
    assert writer.failure is None
    assert numbers(writer.path) == [0, 1]
    writer.close()


def test_a_file_that_comes_back_under_its_name_is_used_on(path: Path, tmp_path: Path) -> None:
    writer = RecordingWriter(path)
    writer.keep(message(0))
    aside = tmp_path / "aside"
    path.rename(aside)
    aside.rename(path)
    assert look(writer) == ""
    assert writer.path == path
    writer.close()


def test_what_is_deleted_right_before_the_end_is_saved_at_the_end(path: Path) -> None:
    writer = RecordingWriter(path)
    writer.keep(message(0))
    path.unlink()
    writer.close()
    assert numbers(writer.path) == [0]
    assert "was deleted" in " ".join(writer.take_news())


def test_a_file_that_only_got_another_number_is_the_same(path: Path) -> None:
    """Some network drives number files anew: a new file would be begun again and again."""
    writer = RecordingWriter(path)
    writer.keep(message(0))
    copy = path.with_name("copy")
    shutil.copy2(path, copy)
    copy.replace(path)
    assert look(writer) == ""
    writer.keep(message(1))
    assert "another file has its name" in look(writer), "it grows, and the other one does not"
    assert numbers(writer.path) == [0, 1]
    writer.close()


# -- truncated and overwritten ---------------------------------------------------------------------------------------


def copytruncate(path: Path) -> None:
    """As logrotate does it."""
    shutil.copy(path, path.with_name("session.jsonl.1"))
    os.truncate(path, 0)


def overwrite(path: Path) -> None:
    """As `cp other session.jsonl` does it: the same file, with other bytes, and more of them."""
    path.write_bytes(b"something else\n" * 1000)


@pytest.mark.parametrize("spoil", [copytruncate, overwrite, lambda path: os.truncate(path, 300)])
@pytest.mark.parametrize("idle", [True, False])
def test_a_short_recording_loses_nothing_when_its_file_is_truncated(
    path: Path, spoil: Callable[[Path], None], idle: bool
) -> None:
    writer = RecordingWriter(path)
    places = [writer.keep(message(number)) for number in range(5)]
    spoil(path)
    said = look(writer) if idle else ""
    places.append(writer.keep(message(5)))
    said += look(writer)
    assert "by another program. No record is lost." in said
    assert str(writer.path) in said
    assert [writer.record(place) for place in places] == [message(number) for number in range(6)]
    assert numbers(writer.path) == list(range(6))
    assert (writer.failure, writer.lost) == (None, 0)
    writer.close()


def test_what_memory_no_longer_has_is_counted_and_says_so(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(growing_file, "MOST_RECENT", 1500)
    writer = RecordingWriter(path)
    places = [writer.keep(message(number, size=100)) for number in range(20)]
    upto = places[3][0] + 7
    os.truncate(path, upto)
    said = look(writer)
    places.append(writer.keep(message(20, size=100)))
    read = [writer.record(place) for place in places]
    kept = [number for number, record in enumerate(read) if record == message(number, size=100)]
    assert kept[:3] == [0, 1, 2]
    assert kept[-1] == 20
    lost = [record for number, record in enumerate(read) if number not in kept]
    assert len(lost) == writer.lost > 0
    assert f"{len(lost)} records are lost" in said
    assert {(record.kind, record.detail["text"]) for record in lost} == {
        (RecordKind.NOTE, "This record is lost: another program truncated or overwrote the recording.")
    }
    assert numbers(writer.path) == kept
    writer.close()


def test_what_others_append_stays_and_ours_follow_it(path: Path) -> None:
    writer = RecordingWriter(path)
    places = [writer.keep(message(0))]
    with path.open("ab") as file:
        file.write(b"a mark of somebody")
    places.append(writer.keep(message(1)))
    assert [writer.record(place) for place in places] == [message(0), message(1)]
    assert path.read_bytes().splitlines()[1] == b"a mark of somebody"
    assert numbers(path) == [0, 1]
    assert "Another program wrote into the recording" in look(writer)
    writer.close()


def test_a_new_file_that_cannot_be_written_is_given_up(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk would be filled with one half copy after another."""
    writer = RecordingWriter(path)
    place = writer.keep(message(0))
    path.unlink()

    def refuse(file: int, data: bytes) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", refuse)
        assert "No space left on device" in look(writer)
    assert list(path.parent.iterdir()) == []
    assert writer.record(place) == message(0)
    writer.close()
    assert numbers(writer.path) == [0], "the end of a session is the last chance"


# -- anything, in any order ------------------------------------------------------------------------------------------


def append(path: Path) -> None:
    with path.open("ab") as file:
        file.write(b"a line of somebody\nand a half")


MISHAPS: dict[str, Callable[[Path], None]] = {
    "delete": delete,
    "move": move,
    "rotate": rotate,
    "replace": replace,
    "copytruncate": copytruncate,
    "cut": lambda path: os.truncate(path, path.stat().st_size * 2 // 3),
    "append": append,
}
STEPS = st.lists(
    st.sampled_from(["keep", "keep", "keep", "flush", "look", "fill", "free", *MISHAPS]),
    min_size=5,
    max_size=60,
)
WRITE = os.write


class FillingDisk:
    """Replaces os.write; while it is full, it takes `room` more bytes."""

    def __init__(self, room: int) -> None:
        self._room = room
        self.left: int | None = None

    def fill(self) -> None:
        self.left = self._room

    def write(self, file: int, data: bytes) -> int:
        if self.left is None:
            return WRITE(file, data)
        if self.left == 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        part = data[: self.left]
        self.left -= len(part)
        return WRITE(file, part)


@given(
    STEPS, st.booleans(), st.sampled_from([0, 700, 2**20]), st.sampled_from([300, 2**20]), st.sampled_from([0, 50, 500])
)
@settings(max_examples=150, deadline=None)
def test_whatever_happens_each_row_leads_to_its_record_or_says_that_it_is_lost(
    tmp_path_factory: pytest.TempPathFactory, steps: list[str], holds_back: bool, recent: int, at_once: int, room: int
) -> None:
    disk = FillingDisk(room)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(growing_file, "MOST_RECENT", recent)
        patch.setattr(growing_file, "COPIED_AT_ONCE", at_once)
        patch.setattr(growing_file, "AGAIN_AFTER", 0.0)
        patch.setattr(writer_module, "RETRY_AFTER", 0.0)
        patch.setattr(os, "write", disk.write)
        path = tmp_path_factory.mktemp("recordings") / "session.jsonl"
        writer = RecordingWriter(path)
        writer.holds_back = holds_back
        places: list[Place] = []
        for step in steps:
            if step == "keep":
                places.append(writer.keep(message(len(places), size=len(places) % 7 * 40)))
            elif step == "flush":
                writer.flush()
            elif step == "look":
                writer.look()
            elif step == "fill":
                disk.fill()
            elif step == "free":
                disk.left = None
            elif writer.path.exists():
                used, disk.left = disk.left, None
                MISHAPS[step](writer.path)
                disk.left = used
        disk.left = None
        look(writer)
        read = [writer.record(place) for place in places]
        kept = [n for n, record in enumerate(read) if record == message(n, size=n % 7 * 40)]
        lost = [record.detail.get("text", "") for n, record in enumerate(read) if n not in kept]
        assert all(text.startswith("This record is lost") for text in lost), lost
        assert writer.lost == len(lost)
        writer.close()
        assert writer.failure is None
        assert numbers(writer.path) == kept
