"""Recorded charges in which nothing went wrong: no error and no warning in them."""

from __future__ import annotations

from pathlib import Path

import pytest

from ocpptui.diagnosis.diagnosis import Diagnosis
from ocpptui.diagnosis.findings import findings_at
from ocpptui.ocpp.message import Message
from ocpptui.ocpp.version import Direction, Role, Transport, Version
from ocpptui.session.demo import Demo
from ocpptui.session.file_session import FileSession
from ocpptui.timeline.record import RecordKind
from ocpptui.timeline.timeline import Timeline
from tests.replay.live import record
from tests.replay.peers import Backend16, Backend201, Charger16, Charger201, serving
from tests.replay.test_as_central_system import act_16, act_201
from tests.replay.test_as_central_system import recorded as recorded_as_central_system
from tests.replay.test_as_charge_point import charge_16, charge_201

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


def answered_call(timeline: Timeline) -> int | None:
    """A call of the central system that has its answer."""
    for index in range(len(timeline)):
        is_down = timeline.direction(index) is Direction.TO_CHARGE_POINT
        if is_down and timeline.kind(index) is RecordKind.CALL and timeline.other_half(index) is not None:
            return index
    return None


@pytest.mark.parametrize(
    ("version", "transport"),
    [
        *((version, Transport.JSON) for version in Version.spoken(Transport.JSON)),
        *((version, Transport.SOAP) for version in Version.spoken(Transport.SOAP)),
    ],
    ids=str,
)
async def test_the_demo_has_no_problem(version: Version, transport: Transport) -> None:
    """Our own two sides, in each version: their conversation is right, or our rules are wrong."""
    demo = Demo(version, pace=0.02, transport=transport)
    await demo.start()
    timeline = demo.session.timeline
    try:
        assert await demo.session.until(lambda: ended(timeline), timeout=60) is not None
        assert await demo.session.until(lambda: answered_call(timeline), timeout=60) is not None
        end = len(timeline)
    finally:
        await demo.close()  # on a busy machine in the midst of the next charge, whose end is lost
    actions = {timeline.action(index) for index in range(len(timeline))}
    assert {"BootNotification", "Authorize", "StatusNotification"} <= actions
    assert [problem for problem in problems(timeline) if problem[0] < end] == []


@pytest.mark.parametrize("version", [Version.V16, Version.V201], ids=str)
async def test_a_charge_with_an_independent_central_system_has_no_problem(version: Version, tmp_path: Path) -> None:
    """The peer is the `ocpp` package's, so that no rule only fits our own idea of a central system."""
    backend, act = (Backend16, charge_16) if version is Version.V16 else (Backend201, charge_201)
    async with serving(backend, f"ocpp{version}") as (url, _):
        timeline = await record(tmp_path / "a.jsonl", Role.CHARGE_POINT, version, url, act)
    assert len(timeline) > 10
    assert problems(diagnosed(timeline)) == []


@pytest.mark.parametrize("version", [Version.V16, Version.V201], ids=str)
async def test_a_charge_of_an_independent_charge_point_has_no_problem(version: Version, tmp_path: Path) -> None:
    charger, act = (Charger16, act_16) if version is Version.V16 else (Charger201, act_201)
    timeline = await recorded_as_central_system(tmp_path / "a.jsonl", version, charger, act)
    assert len(timeline) > 5
    assert problems(diagnosed(timeline)) == []


def diagnosed(timeline: Timeline) -> Timeline:
    while not Diagnosis(timeline).advance(1):
        pass
    return timeline
