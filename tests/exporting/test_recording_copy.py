"""Our own format: nothing is lost on the way."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocpptui.exporting import Format
from ocpptui.exporting.exported_records import Extract
from ocpptui.filter.selection import Selection
from ocpptui.recording.line_format import from_line
from ocpptui.timeline.record import Record
from ocpptui.timeline.timeline import Timeline
from tests.exporting.extracts import export
from tests.recording.indexing import index_all
from tests.recording.records import RECORDS

RECORDINGS = sorted((Path(__file__).parents[2] / "recordings").glob("*.jsonl"))


@pytest.mark.parametrize("path", RECORDINGS, ids=lambda path: path.stem)
def test_a_recording_comes_out_byte_for_byte(path: Path) -> None:
    """Who converts a recording into a recording has the same one."""
    timeline = Timeline()
    indexer = index_all(path, timeline)
    out = io.BytesIO()
    exported = Format.RECORDING.exporter(Extract(Selection(timeline)), out)
    indexer.close()
    assert out.getvalue() == path.read_bytes()
    assert exported.written == len(timeline)
    assert not exported.left_out


@given(st.lists(RECORDS, max_size=5))
def test_every_record_comes_back(records: list[Record]) -> None:
    """Malformed frames, bytes that are not text and odd events survive too."""
    output, exported = export(Format.RECORDING, records)
    assert [from_line(line) for line in output.splitlines()] == records
    assert exported.written == len(records)
