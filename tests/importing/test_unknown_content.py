"""Files without a frame: the user learns what the file seems to be, and what to do."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from ocpptui.importing.unknown_content import kind_of_content
from tests.importing.reading import read

CONTENTS = {
    "old Excel": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 40,
    "PDF": b"%PDF-1.7\n",
    "SQLite": b"SQLite format 3\0" + b"\0" * 40,
    "binary": bytes(range(256)) * 4,
    "hexadecimal dump": b"00000000: 6865 6c6c 6f20 776f 726c 6420 6865 6c6c  hello world hell\n" * 4,
    "Java": b"recv BootNotificationRequest(chargePointVendor=Acme, chargePointModel=X)\n",
    "Python": b"recv call.BootNotification(charge_point_model='X', charge_point_vendor='Acme')\n",
    "Rust": b'recv BootNotificationRequest { charge_point_vendor: "Acme", charge_point_model: "X" }\n',
    "OCPP.Core": b"OCPPMiddleware.Receive16 => OCPP-Message: Type=2 / ID=a1 / Action=Heartbeat)\n",
    "Go": b"recv &{Acme X <nil>}\n",
    "in hexadecimal": b"recv " + b"5a322c2231222c22486561727462656174222c7b7d5d" * 2 + b"\n",
    "base64": b"recv VzIsIjEiLCJCb290Tm90aWZpY2F0aW9uIix7ImNoYXJnZVBvaW50VmVuZG9yIjoiQWNtZSJ9XQ==\n",
}


@pytest.mark.parametrize("kind", CONTENTS)
def test_a_file_that_is_not_understood_is_named(tmp_path: Path, kind: str) -> None:
    """Nothing of it may become a row, and the user would not know what to do next."""
    path = tmp_path / "capture"
    path.write_bytes(CONTENTS[kind])
    found = read(path)
    assert not found.records
    (failure,) = found.importer.failures
    assert kind in failure


@pytest.mark.parametrize(
    ("member", "words"), [("word/document.xml", "Word document"), ("content.xml", "OpenDocument file")]
)
def test_a_document_is_no_archive_of_logs(tmp_path: Path, member: str, words: str) -> None:
    """Pieces of its XML would become frames without their columns."""
    path = tmp_path / "table.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(member, "<x/>")
        archive.writestr("xl/sharedStrings.xml", '<t>[2,"1","Heartbeat",{}]</t>')
    found = read(path)
    assert not found.records and words in found.importer.failures[0]


def test_an_ordinary_text_seems_to_be_nothing_else() -> None:
    assert kind_of_content(b"starting up\n2026-01-01 10:00:00 ready\n") == ""
