"""Recorded charges in which nothing went wrong: no error and no warning in them."""

from __future__ import annotations

from pathlib import Path

import pytest

from ocpptui.diagnosis.findings import findings_at
from ocpptui.session.file_session import FileSession
from ocpptui.timeline.timeline import Timeline

RECORDINGS = Path(__file__).parents[2] / "recordings"


def problems(timeline: Timeline) -> list[tuple[int, str, str]]:
    return [
        (index, one.rule, one.text)
        for index in range(len(timeline))
        for one in findings_at(timeline, index)
        if one.severity.is_problem
    ]


@pytest.mark.parametrize("name", ["charge-1.6", "charge-2.0.1"])
def test_a_clean_charge_has_no_problem(name: str) -> None:
    """A false alarm costs more trust than ten findings earn."""
    files = FileSession([RECORDINGS / f"{name}.jsonl"])
    files.read_whole()
    timeline = files.session.timeline
    assert len(timeline) > 20
    assert problems(timeline) == []
