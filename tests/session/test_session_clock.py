"""Two sessions on real sockets, on a machine whose clock is set while they run.

The charge point would send no heartbeat for an hour, and every latency would be wrong.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from itertools import pairwise
from pathlib import Path

import pytest

from ocpptui.network.client_settings import ClientSettings
from ocpptui.network.server_settings import ServerSettings
from ocpptui.ocpp.date_times import time_of
from ocpptui.ocpp.durations import span_text
from ocpptui.ocpp.message import Message
from ocpptui.ocpp.payload import text_at
from ocpptui.ocpp.version import Role
from ocpptui.recording.writer import RecordingWriter
from ocpptui.runtime.clock import SessionClock
from ocpptui.session.session import Session
from ocpptui.session.settings import SessionSettings
from ocpptui.simulator.behaviour_settings import CentralSystemSettings
from ocpptui.timeline.record import RecordKind
from ocpptui.timeline.timeline import Timeline
from tests.recording.indexing import index_all

HOUR = 3600 * 10**9
PATIENCE = 60.0
"""Seconds; whatever waits for the clock that was set back waits an hour."""
JUMPS = {"-1 h": -HOUR, "+1 h": HOUR, "+1 d": 24 * HOUR, "-1 d": -24 * HOUR, "+10 y": 87_660 * HOUR}


class Machine:
    """The machine of both sessions: its clock is that of this one, until it is set."""

    def __init__(self) -> None:
        self.off = 0
        self.slept = 0

    def clock(self) -> SessionClock:
        return SessionClock(lambda: time.time_ns() + self.off, time.monotonic_ns, self._asleep)

    def _asleep(self) -> int:
        return time.monotonic_ns() + self.slept


@asynccontextmanager
async def talking(machine: Machine, path: Path) -> AsyncIterator[tuple[Session, Session]]:
    """A central system with a heartbeat of a second, and the charge point that it hears."""
    settings = SessionSettings(central_system=CentralSystemSettings(interval=1), call_timeout=5.0)
    central = Session(role=Role.CENTRAL_SYSTEM, settings=settings, clock=machine.clock(), writer=RecordingWriter(path))
    charge_point = Session(role=Role.CHARGE_POINT, settings=settings, clock=machine.clock())
    try:
        link = await central.listen(ServerSettings(host="127.0.0.1", port=0))
        await charge_point.connect(ClientSettings(url=link.urls[0], charge_point="CP1"))
        yield central, charge_point
    finally:
        await charge_point.close()
        await central.close()


def heartbeats(session: Session) -> list[int]:
    """The indexes of the answered heartbeats."""
    timeline = session.timeline
    return [
        index
        for index in range(len(timeline))
        if timeline.action(index) == "Heartbeat"
        and timeline.kind(index) is RecordKind.CALL
        and timeline.other_half(index) is not None
    ]


def notes(timeline: Timeline) -> list[str]:
    return [
        timeline.record(index).detail["text"]
        for index in range(len(timeline))
        if timeline.kind(index) is RecordKind.NOTE
    ]


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not condition():
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("jump", JUMPS)
async def test_a_clock_that_is_set_changes_no_deadline_and_is_a_note_in_both_roles(jump: str, tmp_path: Path) -> None:
    machine, by, path = Machine(), JUMPS[jump], tmp_path / "session.jsonl"
    async with talking(machine, path) as (central, charge_point):
        await until(lambda: heartbeats(central))
        machine.off = by
        count = len(heartbeats(central))
        await until(lambda: len(heartbeats(central)) >= count + 3)
        words = f"The clock of this machine was set {'back' if by < 0 else 'forward'} by {span_text(abs(by) // 1000)}."
        for session in (central, charge_point):
            timeline = session.timeline
            assert notes(timeline) == [words]
            assert timeline.counts.problems == 0
            latencies = [timeline.latency(index) for index in range(len(timeline))]
            assert all(0 < latency < 5_000_000 for latency in latencies if latency is not None)
            beats = heartbeats(session)
            assert min(timeline.between(*pair) for pair in pairwise(beats)) > 900_000
            last = beats[-1]
            assert abs(timeline.time(last) - (time.time_ns() + by) // 1000) < PATIENCE * 1e6, "the true time"
        answer = central.timeline.frame(central.timeline.other_half(heartbeats(central)[-1]) or 0)
        assert isinstance(answer, Message) and isinstance(answer.payload, dict)
        told = time_of(text_at(answer.payload, "currentTime") or "")
        assert told is not None and abs(told - (time.time_ns() + by) // 1000) < PATIENCE * 1e6
    stored, live = Timeline(), central.timeline
    index_all(path, stored).close()
    for index in range(len(live)):
        assert (stored.latency(index), stored.answering(index)) == (live.latency(index), live.answering(index))
    [seconds] = [one.detail["secondsOpen"] for one in map(live.record, range(len(live))) if "secondsOpen" in one.detail]
    assert 2 < seconds < 60


async def test_a_machine_that_slept_says_so(tmp_path: Path) -> None:
    """A technician closes the laptop over lunch: the gap in the log would look like one of the charge point."""
    machine = Machine()
    async with talking(machine, tmp_path / "session.jsonl") as (central, _):
        await until(lambda: heartbeats(central))
        machine.slept = machine.off = HOUR
        await until(lambda: notes(central.timeline))
        assert notes(central.timeline) == ["This machine was suspended for 1 h; time-outs did not run meanwhile."]
        count = len(heartbeats(central))
        await until(lambda: len(heartbeats(central)) > count)
        assert central.timeline.counts.problems == 0


async def test_a_call_without_an_answer_times_out_although_the_clock_was_set_back(tmp_path: Path) -> None:
    """A script that waits for an answer would wait for an hour."""
    machine = Machine()
    settings = SessionSettings(automatic=False, call_timeout=1.5)
    central = Session(role=Role.CENTRAL_SYSTEM, settings=settings, clock=machine.clock())
    charge_point = Session(role=Role.CHARGE_POINT, settings=settings, clock=machine.clock())
    try:
        link = await central.listen(ServerSettings(host="127.0.0.1", port=0))
        await charge_point.connect(ClientSettings(url=link.urls[0], charge_point="CP1"))
        connection = await central.until(lambda: central.connection_of("CP1"), 60)
        assert connection is not None
        began = time.monotonic()
        call = await central.send_call(connection.number, "ClearCache", "{}")
        machine.off = -HOUR
        assert await central.wait_for_answer(call, 2 * PATIENCE) is None
        assert 1.4 < time.monotonic() - began < PATIENCE
        await until(lambda: central.counts.problems)
        assert central.timeline.broken_rules(call) == ("rpc.unanswered",)
    finally:
        await charge_point.close()
        await central.close()
