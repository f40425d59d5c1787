"""Names in an encoding of before UTF-8 are legible, in logs as in tables, and their frames keep their bytes."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocpptui.importing.words.western_letters import is_western, legible, western_encoding
from ocpptui.ocpp.version import Version
from ocpptui.timeline.record import RecordKind
from tests.importing.conversation import conversation
from tests.importing.logger_lines import utc, way
from tests.importing.reading import read

ENCODINGS = ("cp1252", "latin-1", "cp850", "mac_roman")
NAMES = ("Säule-1", "SÄULE-2", "Hôtel-Garage-3", "Málaga-4", "Ladepunkt-Köln-5", "Bürgerhäuser-6", "Région-7")


def as_read(name: str, encoding: str) -> str:
    """As a reader has the bytes of a file that is not in UTF-8."""
    return name.encode(encoding).decode("utf-8", "surrogateescape")


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_legible(name: str, encoding: str) -> None:
    assert legible(as_read(name, encoding)) == name


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("names", [("Säule-1", "SÄULE-2"), ("Málaga-4", "Lérida-7"), ("Köln-5", "Düren-6")])
def test_the_charge_points_of_a_log_have_their_names(tmp_path: Path, names: tuple[str, str], encoding: str) -> None:
    """They would be shown with a question mark, and not be found by what a user types."""
    frames = conversation(names, Version.V16)
    lines = [f"{utc(f)} {f.name}: {way(f, 'received', 'sent')} {f.raw}\n" for f in frames]
    path = tmp_path / "customer.log"
    path.write_bytes("".join(lines).encode(encoding))
    found = read(path)
    assert [record.charge_point for record in found.records] == [frame.name for frame in frames]
    assert found.raws == [frame.raw for frame in frames]
    assert all(sentence.isprintable() for sentence in found.importer.evidence)


def test_a_frame_keeps_its_bytes(tmp_path: Path) -> None:
    """A frame that is not UTF-8 is malformed on the wire: letters in it would hide that."""
    raw = '[2,"9","DataTransfer",{"vendorId":"Köln"}]'.encode("latin-1")
    line = b"2026-03-14T09:30:00.250Z S\xe4ule: received "
    path = tmp_path / "customer.log"
    path.write_bytes(b"".join(line + one + b"\n" for one in (b'[2,"8","Heartbeat",{}]', raw)))
    records = read(path).records
    assert [record.charge_point for record in records] == ["Säule", "Säule"]
    assert (records[1].kind, records[1].raw) == (RecordKind.MALFORMED, raw)


@given(data=st.binary(max_size=40))
def test_any_bytes_become_a_text(data: bytes) -> None:
    text = data.decode("utf-8", "surrogateescape")
    legible(text).encode()
    is_western([text])
    western_encoding(text)


@pytest.mark.parametrize("text", ["CP-77", "Säule", "充电桩", ""])
def test_a_text_in_utf_8_stays_as_it_is(text: str) -> None:
    assert legible(text) == text
    assert not is_western([text])


def test_bytes_of_western_europe_are_letters_where_no_cell_has_others() -> None:
    """`Säule` would be shown with a sign in place of its letter."""
    western = "S\udce4ule"
    assert is_western([western, "Heartbeat"])
    assert not is_western([western, "Säule"])
    assert not is_western(["Heartbeat"])
    assert legible(western) == "Säule"
    assert legible("Säule") == "Säule"
