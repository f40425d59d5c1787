"""Recorded charges in which nothing went wrong: no error and no warning in them."""

from __future__ import annotations

from pathlib import Path

import pytest

from ocpptui.diagnosis.findings import findings_at
from ocpptui.ocpp.message import Message
from ocpptui.ocpp.version import Transport, Version
from ocpptui.session.demo import Demo
from ocpptui.session.file_session import FileSession
from ocpptui.timeline.record import RecordKind
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


def ended(timeline: Timeline) -> int | None:
    """The message that ends a transaction, once it is answered."""
    for index in range(len(timeline)):
        if timeline.kind(index) is RecordKind.CALL and timeline.other_half(index) is not None:
            frame = timeline.frame(index)
            assert isinstance(frame, Message)
            if frame.action == "StopTransaction" or frame.payload.get("eventType") == "Ended":
                return index
    return None


@pytest.mark.parametrize("version", Version.offered(Transport.JSON), ids=str)
async def test_the_demo_has_no_problem(version: Version) -> None:
    """Our own two sides, in each version: their conversation is right, or our rules are wrong."""
    demo = Demo(version, pace=0.02)
    await demo.start()
    try:
        assert await demo.session.until(lambda: ended(demo.session.timeline), timeout=60) is not None
    finally:
        await demo.close()
    assert problems(demo.session.timeline) == []
