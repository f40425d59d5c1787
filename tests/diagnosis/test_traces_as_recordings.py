"""The traces of the rules that the columns decide, as recordings: a file breaks the same rules as the session did."""

from __future__ import annotations

from pathlib import Path

import pytest

from ocpptui.diagnosis.column_rules import COLUMN_RULES
from ocpptui.diagnosis.diagnosis import Diagnosis
from ocpptui.diagnosis.rule import Rule
from ocpptui.diagnosis.trace import read_trace
from ocpptui.recording.line_format import to_line
from ocpptui.timeline.timeline import Timeline
from tests.recording.indexing import index_all

TRACES = [
    pytest.param(rule, text, id=f"{rule.id}-{n}")
    for rule in COLUMN_RULES
    for n, text in enumerate((*rule.positive, *rule.negative))
]


@pytest.mark.parametrize(("rule", "text"), TRACES)
def test_a_recording_breaks_the_rules_of_its_session(rule: Rule, text: str, tmp_path: Path) -> None:
    """The batches of a file take another path into the timeline than the records of a session."""
    trace, path = read_trace(text), tmp_path / "trace.jsonl"
    path.write_bytes(b"".join(to_line(record) for record in trace.records))
    timeline = Timeline()
    diagnosis = Diagnosis(timeline)
    indexer = index_all(path, timeline)
    assert diagnosis.advance(1)
    assert len(timeline) == len(trace.records)
    assert [index for index in range(len(timeline)) if rule.id in timeline.broken_rules(index)] == trace.marked
    indexer.close()
