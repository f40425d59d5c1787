"""The parts of a rotated log, in an archive and as files that are opened together."""

from __future__ import annotations

import gzip
import io
import tarfile
import zipfile
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest

from ocpptui.importing.files import archives
from ocpptui.importing.files.rotated_logs import place_in_log
from ocpptui.ocpp.version import Version
from tests.importing.conversation import BEGIN, Exchanged, conversation
from tests.importing.logger_lines import utc, way
from tests.importing.reading import check, read

ORDERS = {
    "numbers": ["a.log.10", "a.log.2.gz", "a.log.1", "a.log", "b.log"],
    "folders": ["x/a.log.1", "x/a.log", "y/a.log.1", "y/a.log"],
    "dates behind": ["a.log-20251231.gz", "a.log-20260101", "a.log"],
    "dates before the ending": ["a-2025-12-31.log", "a-2026-01-01.log", "a.log"],
    "dates with dots": ["a.2025.12.31", "a.2026.01.02", "a.2026.01.03.gz", "a"],
    "dates with bars": ["a_2025_12_31.log", "a_2026_01_01.log", "a.log"],
    "numbers of a day": ["a-2025-12-31.log.2", "a-2025-12-31.log.1", "a-2025-12-31.log", "a-2026-01-01.log"],
    "no parts": ["cp1.log", "cp2.log", "v1.2.3.log"],
}


@pytest.mark.parametrize("names", ORDERS.values(), ids=ORDERS)
def test_the_oldest_part_comes_first(names: list[str]) -> None:
    """The records of a day would be behind those of the next."""
    mixed = Random(7).sample(names, len(names))
    assert sorted(mixed, key=place_in_log) == names


def _text(frames: Sequence[Exchanged]) -> bytes:
    return "".join(f"{utc(one)} {one.name} {way(one, 'received', 'sent')} {one.raw}\n" for one in frames).encode()


def _zipped(parts: dict[str, bytes]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return content.getvalue()


def _tarred(parts: dict[str, bytes]) -> bytes:
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w") as archive:
        for name, part in parts.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(part)
            archive.addfile(entry, io.BytesIO(part))
    return content.getvalue()


PACKED: dict[str, Callable[[dict[str, bytes]], bytes]] = {
    "zip": _zipped,
    "tar": _tarred,
    "tar.gz": lambda parts: gzip.compress(_tarred(parts)),
    "tar in zip": lambda parts: _zipped({"inner.tar": _tarred(parts)}),
}


@pytest.mark.parametrize(("first", "second"), [(4, 12), (10, 16), (13, 17), (7, 8), (16, 22)])
@pytest.mark.parametrize("packed", PACKED)
@pytest.mark.parametrize("version", [Version.V16, Version.V201])
def test_a_rotated_log_in_an_archive_comes_back_in_order(
    tmp_path: Path, version: Version, packed: str, first: int, second: int
) -> None:
    """The newest records would come first, as `tar` packs the folder of a log, and each rotation would leave calls
    without an answer."""
    frames = conversation(("CP-77", "CP-78"), version)
    parts = {
        "logs/a.log": _text(frames[second:]),
        "logs/a.log.1.gz": gzip.compress(_text(frames[first:second])),
        "logs/a.log.2.gz": gzip.compress(_text(frames[:first])),
    }
    (tmp_path / "logs").write_bytes(PACKED[packed](parts))
    check(read(tmp_path / "logs"), frames, timedelta(milliseconds=1))


def test_an_archive_too_large_to_be_held_is_read_in_its_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It would fill the disk, or be read up to that limit only."""
    monkeypatch.setattr(archives, "LARGEST_HELD", 100)
    frames = conversation(("CP-77", "CP-78"), Version.V16)
    parts = {"a.log": _text(frames[12:]), "picture": bytes(5 * 2**20), "a.log.1": _text(frames[:12])}
    (tmp_path / "logs.tgz").write_bytes(gzip.compress(_tarred(parts)))
    assert sorted(map(str, read(tmp_path / "logs.tgz").raws)) == sorted(frame.raw for frame in frames)


@pytest.mark.parametrize("apart", [timedelta(days=1), timedelta(days=-1)])
def test_files_of_an_archive_that_are_no_parts_of_one_log_are_different_connections(
    tmp_path: Path, apart: timedelta
) -> None:
    """An answer of today would seem to be that of a call which was never answered yesterday."""
    call, _, answer, *_ = conversation(("CP-77", "CP-78"), Version.V16)
    *_, later = conversation(("CP-77", "CP-77"), Version.V16, BEGIN + apart)[:3]
    assert answer.raw[:6] == later.raw[:6]
    (tmp_path / "a.zip").write_bytes(_zipped({"a.log": _text([call]), "b.log": _text([later])}))
    found = read(tmp_path / "a.zip")
    assert [found.timeline.other_half(index) for index in (0, 1)] == [None, None]


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize("place", [2, 3, 9, 13, 16, 24])
def test_an_answer_in_the_next_part_of_a_log_is_that_of_its_call(tmp_path: Path, place: int, *, turned: bool) -> None:
    """Each rotation would leave calls without an answer, and answers without a call."""
    frames = conversation(("CP-77", "CP-78"), Version.V16)
    (tmp_path / "a.log.1").write_bytes(_text(frames[:place]))
    (tmp_path / "a.log").write_bytes(_text(frames[place:]))
    paths = [tmp_path / "a.log.1", tmp_path / "a.log"]
    check(read(paths[::-1] if turned else paths), frames, timedelta(milliseconds=1))


def test_logs_of_different_days_are_different_connections(tmp_path: Path) -> None:
    """Ids begin anew: an answer of today would seem to be that of a call which was never answered yesterday."""
    call, _, answer, *_ = conversation(("CP-77", "CP-78"), Version.V16)
    *_, later = conversation(("CP-77", "CP-77"), Version.V16, BEGIN + timedelta(days=1))[:3]
    assert answer.raw[:6] == later.raw[:6]
    (tmp_path / "a.log").write_bytes(_text([call]))
    (tmp_path / "b.log").write_bytes(_text([later]))
    found = read([tmp_path / "a.log", tmp_path / "b.log"])
    assert [found.timeline.other_half(index) for index in (0, 1)] == [None, None]


def test_logs_of_the_same_time_are_different_connections(tmp_path: Path) -> None:
    """Those of both sides have each frame twice: a call would be one that was sent again."""
    frames = conversation(("CP-77", "CP-78"), Version.V16)
    for name in ("station.log", "csms.log"):
        (tmp_path / name).write_bytes(_text(frames))
    found = read([tmp_path / "station.log", tmp_path / "csms.log"])
    assert len({record.connection for record in found.records}) == 4
