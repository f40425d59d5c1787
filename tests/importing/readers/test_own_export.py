"""Our own exports, damaged: what is left of them is read, and what is not a record is reported."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocpptui.describe.page_layout import REMAINDER, SUMMARY, TEXT
from ocpptui.exporting import Format
from ocpptui.importing.import_tally import ImportTally
from ocpptui.importing.reader import ImportOptions, Material
from ocpptui.importing.readers.own_export import OwnExport
from ocpptui.ocpp.message import Message
from ocpptui.recording.line_format import Unreadable
from ocpptui.timeline.record import Record
from tests.exporting.extracts import export, message
from tests.exporting.test_read_back import rich_recording
from tests.importing.reading import read

FORMATS = (Format.TEXT, Format.MARKDOWN, Format.HTML, Format.CSV, Format.HAR)
CALL = '[2,"7","Heartbeat",{}]'


@cache
def exported(form: Format) -> bytes:
    return export(form, rich_recording())[0]


def steps(data: bytes) -> list[object]:
    stream = io.BytesIO(data)
    return list(OwnExport().read(Material("x", stream), ImportTally(), ImportOptions()))


@pytest.mark.parametrize("form", FORMATS)
def test_each_export_is_known_by_its_mark(form: Format) -> None:
    assert OwnExport().detects(exported(form)[: 2**16], "x")
    assert not OwnExport().detects(b"x" + exported(form)[: 2**16], "x")


@pytest.mark.parametrize("form", FORMATS)
@given(place=st.integers(0, 10**6), change=st.binary(max_size=3))
def test_a_damaged_export_is_read_as_far_as_possible(form: Format, place: int, change: bytes) -> None:
    """A mail program cuts lines, an editor changes a character: the rest of the file is as it was."""
    data = exported(form)
    place = len(data) // 2 + place % (len(data) // 2)  # behind the mark
    whole = sum(isinstance(one, Record) for one in steps(data))
    found = steps(data[:place] + change + data[place + len(change) :])
    assert all(isinstance(one, (Record, Unreadable)) for one in found)
    if form is not Format.HAR and b"\n" not in change:
        assert sum(isinstance(one, Record) for one in found) >= whole - 3
    steps(data[:place])


@pytest.mark.parametrize("place", [SUMMARY, TEXT])
def test_a_record_of_an_older_page_with_no_text_in_place_of_a_text_is_reported(place: int) -> None:
    """The whole file would be lost with a traceback, for a comma that an editor took out of one line."""
    data = exported(Format.HTML)
    line = next(one for one in data.splitlines() if one.startswith(b"[0,")).removesuffix(b",")
    values = json.loads(line)[:REMAINDER]
    old = json.dumps(values).encode()
    whole = steps(data.replace(line, old))
    assert not any(isinstance(one, Unreadable) for one in whole)
    values[place] = []
    found = steps(data.replace(line, json.dumps(values).encode()))
    assert [type(one) for one in found].count(Unreadable) == 1
    assert len(found) == len(whole)


BROKEN: dict[Format, Callable[[bytes], bytes]] = {
    Format.TEXT: lambda data: data + b"this was added by hand\n",
    Format.MARKDOWN: lambda data: data + b"this was added by hand\n",
    Format.CSV: lambda data: data + b"this,was,added,by,hand\r\n",
    Format.HTML: lambda data: data.replace(b"[0,", b"[x,", 1),
    Format.HAR: lambda data: data.replace(b'"at":[', b'"at":[1,', 1),
}


@pytest.mark.parametrize("form", BROKEN)
def test_what_is_not_a_record_is_reported(form: Format, tmp_path: Path) -> None:
    """It must not be lost without a word."""
    path = tmp_path / "x"
    path.write_bytes(BROKEN[form](export(form, [message(CALL), message(CALL)])[0]))
    found = read(path)
    assert len(found.importer.problems) == 1
    assert all(isinstance(record.frame, Message) for record in found.records)


def test_a_cell_may_be_as_long_as_a_message(tmp_path: Path) -> None:
    """Python's reader refuses cells of more than 128 kB, and the message would be lost."""
    raw = f'[2,"1","DataTransfer",{{"vendorId":"x","data":"{"a" * 200_000}"}}]'
    path = tmp_path / "x.csv"
    path.write_bytes(export(Format.CSV, [message(raw)])[0])
    assert [record.raw for record in read(path).records] == [raw]
