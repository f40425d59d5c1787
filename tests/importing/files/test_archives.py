"""Archives and compressed files: their logs are read, whatever else is in them, and no small file unpacks to no end."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import quopri
import tarfile
import tracemalloc
import zipfile
from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage
from html import escape
from pathlib import Path

import pytest

from ocpptui.importing.files import compressed_stream
from ocpptui.importing.files.compressed_stream import Sturdy, UnpackedBudget
from ocpptui.ocpp.version import Version
from tests.importing.conversation import Exchanged, conversation
from tests.importing.logger_lines import utc, way
from tests.importing.reading import check, read

LOG = (
    b'2026-03-14 09:30:00,250 INFO [CP-77] received [2,"1","Heartbeat",{}]\n'
    b'2026-03-14 09:30:00,350 INFO [CP-77] sent [3,"1",{"currentTime":"2026-03-14T09:30:00Z"}]\n'
)
PICTURE = b"\x89PNG\r\n\x1a\n" + b"\0" * 99


def zipped(**members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "."), content)
    return out.getvalue()


def tarred(**members: bytes) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, content in members.items():
            entry = tarfile.TarInfo(name.replace("__", "."))
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return out.getvalue()


PACKED: dict[str, Callable[[], bytes]] = {
    "gzip": lambda: gzip.compress(LOG),
    "bzip2": lambda: bz2.compress(LOG),
    "xz": lambda: lzma.compress(LOG),
    "zip": lambda: zipped(ocpp__log=LOG),
    "zip with a picture and a text": lambda: zipped(a__png=PICTURE, ocpp__log=LOG, readme__txt=b"hello\n"),
    "tar": lambda: tarred(ocpp__log=LOG),
    "tar with a picture": lambda: tarred(a__png=PICTURE, ocpp__log=LOG),
    "tar.gz": lambda: gzip.compress(tarred(ocpp__log=LOG)),
    "tar.xz": lambda: lzma.compress(tarred(ocpp__log=LOG)),
    "gzip in zip": lambda: zipped(ocpp__log__gz=gzip.compress(LOG)),
    "zip in zip": lambda: zipped(inner__zip=zipped(ocpp__log=LOG)),
    "tar.gz in zip": lambda: zipped(inner__tgz=gzip.compress(tarred(ocpp__log=LOG))),
    "gzip in tar": lambda: tarred(ocpp__log__gz=gzip.compress(LOG)),
}


@pytest.mark.parametrize("packed", PACKED)
def test_the_logs_in_it_are_read(tmp_path: Path, packed: str) -> None:
    """A customer sends the whole folder as one file; a picture in it must not hide the log."""
    path = tmp_path / "from-customer"
    path.write_bytes(PACKED[packed]())
    found = read(path)
    assert [(record.charge_point, record.raw) for record in found.records] == [
        ("CP-77", '[2,"1","Heartbeat",{}]'),
        ("CP-77", '[3,"1",{"currentTime":"2026-03-14T09:30:00Z"}]'),
    ]
    assert any("a.png" in sentence for sentence in found.importer.evidence) == ("picture" in packed)


def test_an_archive_without_a_log_says_what_is_in_it(tmp_path: Path) -> None:
    path = tmp_path / "pictures.zip"
    path.write_bytes(zipped(a__png=PICTURE, b__txt=b"hello\n"))
    (failure,) = read(path).importer.failures
    assert "no OCPP frame in 2 files; a.png: this is a picture" in failure


@pytest.mark.parametrize("pack", [zipped, tarred])
def test_what_systems_add_to_archives_is_passed_over(tmp_path: Path, pack: Callable[..., bytes]) -> None:
    path = tmp_path / "logs"
    path.write_bytes(pack(**{"__MACOSX/._ocpp.log".replace("__", "__"): PICTURE, "logs/ocpp__log": LOG}))
    assert len(read(path).records) == 2


def test_a_file_that_unpacks_to_no_end_is_read_up_to_a_limit(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Some kilobytes of zip would keep the program busy for hours, and archives within it all the more."""
    monkeypatch.setattr(compressed_stream, "LEAST_OF_BOMB", 2**20)
    bomb = zipped(ocpp__log=LOG + b"nothing here\n" * 2**20)
    path = tmp_path / "bomb.zip"
    path.write_bytes(zipped(**{f"{number}__zip": bomb for number in range(3)}))
    assert path.stat().st_size * compressed_stream.MOST_TIMES < 3 * 13 * 2**20 * 2
    monkeypatch.setattr(compressed_stream, "MOST_TIMES", 10)
    found = read(path)
    assert len(found.records) >= 2
    assert any("more than 10 times its size" in str(problem) for problem in found.importer.problems)


def test_memory_does_not_grow_with_what_is_unpacked() -> None:
    packed = gzip.compress(b"x" * 63 + b"\n" * (64 * 2**20))
    stream = Sturdy(gzip.GzipFile(fileobj=io.BytesIO(packed)), UnpackedBudget(len(packed)))
    tracemalloc.start()
    while stream.read(2**18):
        pass
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 8 * 2**20


def test_a_truncated_archive_keeps_what_was_read(tmp_path: Path) -> None:
    path = tmp_path / "cut.tar.gz"
    data = gzip.compress(tarred(ocpp__log=LOG, more__log=LOG * 5000), 1)
    path.write_bytes(data[: len(data) - 200])
    found = read(path)
    assert len(found.records) >= 2
    assert found.importer.problems or found.importer.failures


def _lines(frames: list[Exchanged]) -> list[str]:
    return [f"{utc(frame)} {frame.name} {way(frame, 'received', 'sent')} {frame.raw}\n" for frame in frames]


def _in_html(frames: list[Exchanged]) -> str:
    return "".join(f"<p><span>{escape(line.strip())}<o:p></o:p></span></p>\n" for line in _lines(frames))


def _mail(plain: str, page: str) -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "a@b.example", "c@d.example", "log"
    mail.set_content(plain)
    mail.add_alternative(page, subtype="html")
    return mail.as_bytes()


MAILS: dict[str, Callable[[list[Exchanged]], bytes]] = {
    "plain and HTML": lambda frames: _mail("".join(_lines(frames)), _in_html(frames)),
    "HTML alone has the log": lambda frames: _mail("Your program shows no HTML.\n", _in_html(frames)),
    "body without its header": lambda frames: quopri.encodestring("".join(_lines(frames)).encode()),
    "body with CRLF": lambda frames: quopri.encodestring("".join(_lines(frames)).encode()).replace(b"\n", b"\r\n"),
}


@pytest.mark.parametrize("version", [Version.V16, Version.V201])
@pytest.mark.parametrize("mail", MAILS)
def test_a_log_in_a_mail_is_read_once(tmp_path: Path, mail: str, version: Version) -> None:
    """Each frame would be there twice, or with the line breaks of the mail in it."""
    frames = conversation(("WN-0001", "WN-0002"), version)
    path = tmp_path / "a.txt"
    path.write_bytes(MAILS[mail](frames))
    check(read(path), frames, timedelta(seconds=1.1))
