"""The recording that nobody finds later: a customer's log must not stay in the folder for temporary files."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest

from ocpptui.recording.nameless_recording import nameless_recording
from ocpptui.timeline.record import Record, RecordKind


def test_it_keeps_records_and_leaves_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    store = nameless_recording()
    try:
        places = [store.keep(Record(n, 0, RecordKind.NOTE, detail={"text": str(n)})) for n in range(1, 2000)]
        assert [store.record(place).detail["text"] for place in places[:3] + places[-1:]] == ["1", "2", "3", "1999"]
        assert store.failure is None
    finally:
        store.close()
    assert list(tmp_path.iterdir()) == []
