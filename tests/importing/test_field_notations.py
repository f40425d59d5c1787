"""Conversations in what servers, brokers, collectors of logs and mail programs write come back as they were."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from ocpptui.ocpp.version import Version
from ocpptui.timeline.record import RecordKind
from tests.importing.conversation import conversation
from tests.importing.field_notations import FILES, LINES
from tests.importing.reading import Read, check, read

NAMES = ("WN-0001", "WN-0002")
VERSIONS = (Version.V16, Version.V201)


class _Messages:
    """A timeline without its connection events."""

    def __init__(self, found: Read) -> None:
        self._places = [number for number, one in enumerate(found.records) if one.kind is not RecordKind.CONNECTION]
        self._timeline = found.timeline

    def other_half(self, index: int) -> int | None:
        half = self._timeline.other_half(self._places[index])
        return None if half is None else self._places.index(half)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("notation", LINES)
def test_a_conversation_comes_back_from_the_log_of_a_server(tmp_path: Path, notation: str, version: Version) -> None:
    """Frames would be missing, or be of the wrong charge point, direction or time."""
    frames = conversation(NAMES, version)
    path = tmp_path / "a.log"
    path.write_text("".join(f"{LINES[notation](frame)}\n" for frame in frames), encoding="utf-8")
    check(read(path), frames, timedelta(seconds=1.1))


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("notation", FILES)
def test_a_conversation_comes_back_from_an_export(tmp_path: Path, notation: str, version: Version) -> None:
    """Frames would be in the wrong order, or be damaged by the encoding of the file."""
    frames = conversation(NAMES, version)
    path = tmp_path / "a.dat"
    path.write_bytes(FILES[notation](frames))
    found = read(path)
    messages = [one for one in found.records if one.kind is not RecordKind.CONNECTION]
    found = Read(_Messages(found), messages, found.importer)  # type: ignore[arg-type]
    check(found, frames, timedelta(seconds=1.1))


def test_the_indentation_of_a_broken_line_is_not_part_of_a_message_id(tmp_path: Path) -> None:
    """The call would have another id than its answer."""
    line = '2026-03-01T10:00:00Z CP-77 {} [{},"6513270e-269e-4d37-b2a7-\n    4de452e6b438",{}]\n'
    path = tmp_path / "a.log"
    path.write_text(line.format("received", 2, '"Heartbeat",{}') + line.format("sent", 3, "{}"), encoding="utf-8")
    found = read(path)
    assert ['"6513270e-269e-4d37-b2a7-4de452e6b438"' in str(one.raw) for one in found.records] == [True, True]
    assert found.timeline.other_half(0) == 1


def test_a_frame_in_the_string_of_a_broken_line_is_not_one_of_its_own(tmp_path: Path) -> None:
    """A call that nobody made would be in the list, and the one that was made would be truncated."""
    raw = r'[2,"a1","DataTransfer",{"vendorId":"acme","data":"answer to call number seven: [3,\"x\",{}] and so on"}]'
    path = tmp_path / "a.log"
    path.write_text(f"2026-03-01T10:00:00Z CP-77 received {raw[:60]}\n{raw[60:]}\n", encoding="utf-8")
    assert read(path).raws == [raw]


def test_a_document_in_rich_text_is_refused(tmp_path: Path) -> None:
    """Each of its frames would be malformed, by the backslashes before its braces."""
    path = tmp_path / "a.rtf"
    path.write_bytes(rb'{\rtf1\ansi 2026-03-01T10:00:00Z CP-77 received [2,"a1","Heartbeat",\{\}]\par}')
    found = read(path)
    assert not found.records
    assert "RTF" in found.importer.failures[0]


def test_the_parts_of_a_mail_without_end_are_refused(tmp_path: Path) -> None:
    """A mail that was made to harm would end the program."""
    parts = "".join(f'Content-Type: multipart/mixed; boundary="b{n}"\n\n--b{n}\n' for n in range(3000))
    path = tmp_path / "a.eml"
    path.write_text(f"From: a\nTo: b\nSubject: c\n{parts}", encoding="utf-8")
    assert read(path).importer.failures


def test_a_table_of_a_western_spreadsheet_has_its_letters(tmp_path: Path) -> None:
    """Each frame with an umlaut would be malformed, though the charge point sent it in UTF-8."""
    raw = '[2,"a1","DataTransfer",{"vendorId":"Säule"}]'
    quoted = raw.replace('"', '""')
    path = tmp_path / "a.csv"
    table = f'Horodatage;Borne;Sens;Trame\n01/03/2026 10:00:00;CP-77;Reçu;"{quoted}"\n'
    path.write_bytes((table + table.partition("\n")[2] * 2).encode("cp1252"))
    found = read(path)
    assert found.raws == [raw] * 3
    assert any("Windows-1252" in sentence for sentence in found.importer.evidence)


def test_bytes_of_a_frame_alone_do_not_change_how_its_table_is_read(tmp_path: Path) -> None:
    """A charge point that sends letters in another encoding would seem to send UTF-8."""
    raw = '[2,""a1"",""DataTransfer"",{""vendorId"":""Säule""}]'
    path = tmp_path / "a.csv"
    path.write_bytes(f'time;cp;direction;message\n2026-03-01T10:00:00Z;CP-77;in;"{raw}"\n'.encode("cp1252"))
    assert [one.kind for one in read(path).records] == [RecordKind.MALFORMED]
