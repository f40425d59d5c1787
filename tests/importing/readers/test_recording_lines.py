"""Recordings pass through the door of all formats, line by line, whatever is between their lines."""

from __future__ import annotations

import io

from hypothesis import given
from hypothesis import strategies as st

from ocpptui.importing.import_tally import ImportTally
from ocpptui.importing.reader import ImportOptions, Material, Pause, ReaderStep
from ocpptui.importing.readers.recording_lines import RecordingLines
from ocpptui.recording.line_format import Unreadable, to_line
from ocpptui.timeline.record import Record
from tests.recording.records import RECORDS


def read(data: bytes) -> list[ReaderStep]:
    material = Material("x.jsonl", io.BytesIO(data))
    steps = RecordingLines().read(material, ImportTally(), ImportOptions())
    return [step for step in steps if not isinstance(step, Pause)]


@given(st.lists(RECORDS, max_size=5))
def test_each_line_is_its_record(records: list[Record]) -> None:
    """A recording that is opened with other files would lose the records between its frames."""
    found = read(b"".join(map(to_line, records)))
    assert all(isinstance(one, Record) for one in found)
    assert [to_line(one) for one in found if isinstance(one, Record)] == [to_line(record) for record in records]


@given(RECORDS, st.data())
def test_a_torn_last_line_is_reported_and_the_rest_read(record: Record, data: st.DataObject) -> None:
    """A program that was killed leaves half a line, and all lines before it."""
    line = to_line(record)
    torn = line[: data.draw(st.integers(1, len(line) - 3))]
    found = read(line + b"no record\n" + torn)
    assert isinstance(found[0], Record)
    assert [one.line for one in found[1:] if isinstance(one, Unreadable)][0] == 2
    assert isinstance(found[-1], Unreadable)
    assert found[-1].reason.startswith("the last line is truncated")


def test_only_recordings_are_detected() -> None:
    assert not RecordingLines().detects(b'[2,"a","Heartbeat",{}]\n', "x.jsonl")
