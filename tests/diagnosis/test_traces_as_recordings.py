"""The traces of all rules as recordings: a file breaks the same rules as the session did."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from ocpptui.diagnosis.registry import RULES
from ocpptui.diagnosis.rule import Rule
from ocpptui.diagnosis.trace import read_trace
from ocpptui.recording.line_format import to_line
from ocpptui.session.file_session import FileSession


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_recording_breaks_the_rules_of_its_session(rule: Rule, tmp_path: Path) -> None:
    """The batches of a file take another path into the timeline than the records of a session, and what was masked
    is masked again. Time that no record shows passes in a session only."""
    path = tmp_path / "trace.jsonl"
    for text in (*rule.positive, *rule.negative):
        trace = read_trace(text)
        if trace.ends is not None:
            continue
        path.write_bytes(b"".join(to_line(record) for record in trace.records))
        opening = FileSession([path])
        opening.read_whole()
        timeline = opening.session.timeline
        broken = [index for index in range(len(timeline)) if rule.id in timeline.broken_rules(index)]
        asyncio.run(opening.close())
        assert len(timeline) == len(trace.records)
        assert broken == trace.marked, text
