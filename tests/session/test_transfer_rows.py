"""The transfers in a log. If these fail, the list of files lacks some, or a recording of others breaks it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from ocpptui.session.transfer_rows import TransferRows
from ocpptui.timeline.record import Record, RecordKind
from ocpptui.timeline.timeline import Timeline
from ocpptui.tui.screens.files_screen import transfer_line

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner, max_size=2),
    max_leaves=4,
)
ABOUT = st.fixed_dictionaries(
    {}, optional=dict.fromkeys(("number", "state", "direction", "protocol", "name", "moved", "expected"), JSON)
)


def note(time: int, detail: dict[str, Any]) -> Record:
    return Record(time, 0, RecordKind.NOTE, detail={"text": "x", **detail})


def test_each_transfer_is_one_row_with_what_was_said_last() -> None:
    timeline = Timeline()
    about = {"number": 1, "state": "running", "direction": "upload", "protocol": "FTP", "name": "a.log", "moved": 0}
    timeline.append(note(1, {"transfer": about}))
    rows = TransferRows(timeline)
    assert [(row.state, row.file) for row in rows.look()] == [("running", None)]
    timeline.append(note(2, {"text": "by somebody"}))
    timeline.append(note(3, {"transfer": {**about, "state": "done", "moved": 7}, "file": "a.log"}))
    timeline.append(note(4, {"transfer": {**about, "number": 2, "direction": "download"}}))
    [first, second] = rows.look()
    assert (first.state, first.moved, first.file, first.record) == ("done", 7, Path("a.log"), 2)
    assert (first.is_upload, second.is_upload) == (True, False)


@settings(max_examples=60)
@given(st.lists(st.one_of(ABOUT, JSON), max_size=4), JSON)
def test_whatever_a_recording_says_of_transfers_is_listed(said: list[Any], file: Any) -> None:
    timeline = Timeline()
    for time, about in enumerate(said):
        timeline.append(note(time, {"transfer": about, "file": file}))
    for row in TransferRows(timeline).look():
        transfer_line(row)
