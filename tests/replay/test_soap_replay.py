"""Recordings of OCPP-S played again in both roles, over SOAP and over a WebSocket, against our own automatic sides.

If it fails, a user cannot repeat what a charge point of OCPP-S did, or gets the envelopes of another conversation.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from ocpptui.filter.query import parse_filter
from ocpptui.network.client_settings import ClientSettings
from ocpptui.network.server_settings import ServerSettings
from ocpptui.ocpp.message import Message, MessageKind
from ocpptui.ocpp.version import Role, Transport, Version
from ocpptui.replay.plan import PlanError, ReplayScope, plan
from ocpptui.replay.player import Player
from ocpptui.replay.replay_report import Report
from ocpptui.session.demo import Demo
from ocpptui.session.session import Session
from ocpptui.session.settings import SessionSettings
from ocpptui.timeline.record import Origin, RecordKind
from ocpptui.timeline.timeline import Timeline
from tests.importing.reading import opened

CAPTURES = Path(__file__).resolve().parents[3] / "shared" / "captures" / "soap"
PATIENCE = 60.0
PATIENT = 0.3
"""Seconds that a replay waits for a call of the other side, which has its own mind."""
WHOLE = ReplayScope()
WITHOUT_HEARTBEATS = ReplayScope(skip=parse_filter("action:Heartbeat"))
"""A replay does not wait for a Heartbeat, which comes when it comes."""
BY_HAND = SessionSettings(automatic=False)


@asynccontextmanager
async def sides(
    role: Role, version: Version, transport: Transport, *, by_hand: bool = False
) -> AsyncIterator[tuple[Session, Session]]:
    """Our side of this role by hand, and the other one, which acts by itself unless it is `by_hand` too."""
    central = Session(role=Role.CENTRAL_SYSTEM, settings=BY_HAND if by_hand or role is Role.CENTRAL_SYSTEM else None)
    station = Session(role=Role.CHARGE_POINT, settings=BY_HAND if by_hand or role is Role.CHARGE_POINT else None)
    try:
        await central.listen(ServerSettings(host="127.0.0.1", port=0, soap_port=0))
        url = central.listening_urls[0 if transport is Transport.JSON else -1]
        await station.connect(ClientSettings(url=url, charge_point="LIVE", versions=(version,)))
        assert await station.until(lambda: len(station.connections) or None, PATIENCE)
        yield (central, station) if role is Role.CENTRAL_SYSTEM else (station, central)
    finally:
        await station.close()
        await central.close()


async def played(timeline: Timeline, ours: Session, role: Role, scope: ReplayScope = WHOLE) -> Report:
    assert await ours.until(lambda: len(ours.connections) or None, PATIENCE)
    player = Player(plan(timeline, role, choice=scope), ours, patience=PATIENT, once=True)
    player.play()
    return await player.run()


def replayed(session: Session) -> list[Message]:
    rows = [row for row in range(len(session.timeline)) if session.timeline.origin(row) is Origin.REPLAY]
    frames = [session.timeline.frame(row) for row in rows]
    assert all(isinstance(frame, Message) for frame in frames)
    return [frame for frame in frames if isinstance(frame, Message)]


def errors(session: Session) -> list[object]:
    timeline = session.timeline
    return [
        timeline.record(row).raw
        for row in range(len(timeline))
        if timeline.kind(row) in (RecordKind.CALLERROR, RecordKind.MALFORMED)
    ]


async def recorded_demo(version: Version) -> Timeline:
    demo = Demo(version, pace=0.02, transport=Transport.SOAP)
    timeline = demo.session.timeline

    def ended() -> bool | None:
        actions = [timeline.action(row) for row in range(len(timeline)) if timeline.other_half(row) is not None]
        return ("StopTransaction" in actions and "GetConfiguration" in actions) or None

    await demo.start()
    try:
        assert await demo.session.until(ended, 60)
    finally:
        await demo.close()
    return timeline


@pytest.mark.parametrize("transport", Transport)
async def test_a_charge_is_played_to_a_central_system_and_its_ids_are_those_of_now(transport: Transport) -> None:
    recorded = await recorded_demo(Version.V15)
    async with sides(Role.CHARGE_POINT, Version.V15, transport) as (ours, theirs):
        report = await played(recorded, ours, Role.CHARGE_POINT)
        sent = replayed(ours)
        assert report.sent == len(sent) and not errors(theirs)
        assert {"BootNotification", "StartTransaction", "StopTransaction"} <= {frame.action for frame in sent}
        assert {frame.transport for frame in sent} == {transport}
        ids = {row.kind for row in report.rewritten}
        assert "transaction id" in ids


async def test_a_central_system_is_played_to_a_charge_point() -> None:
    recorded = await recorded_demo(Version.V16)
    async with sides(Role.CENTRAL_SYSTEM, Version.V16, Transport.SOAP) as (ours, theirs):
        await played(recorded, ours, Role.CENTRAL_SYSTEM)
        sent = replayed(ours)
        assert not errors(theirs)
        assert MessageKind.CALLRESULT in {frame.kind for frame in sent}
        assert "GetConfiguration" in {frame.action for frame in sent}


@pytest.mark.skipif(not CAPTURES.exists(), reason="the real captures are not part of the project")
@pytest.mark.parametrize("version", [Version.V12, Version.V15, Version.V16], ids=str)
async def test_the_envelopes_of_a_real_charge_point_are_accepted(version: Version) -> None:
    name = {Version.V12: "1.2", Version.V15: "1.5", Version.V16: "1.6S"}[version]
    files = sorted(CAPTURES.glob(f"shiv3-ocpp{name}-*.http"))
    assert len(files) == 12
    async with sides(Role.CHARGE_POINT, version, Transport.SOAP) as (ours, theirs):
        for file in files:
            with opened(file) as (timeline, _):
                report = await played(timeline, ours, Role.CHARGE_POINT)
            assert report.sent == 1
        assert not errors(theirs)
        answers = [row for row in range(len(ours.timeline)) if ours.timeline.kind(row) is RecordKind.CALLRESULT]
        assert len(answers) == len(files)
        recorded = ours.timeline
        with pytest.raises(PlanError, match="no frames sent by the central system"):
            plan(timeline, Role.CENTRAL_SYSTEM)  # a capture has requests only, and no answer is made up
    async with sides(Role.CHARGE_POINT, version, Transport.SOAP, by_hand=True) as (station, central):
        await station.send_call(next(iter(station.connections)), "Heartbeat", "{}")  # or there is no connection yet
        waiting = await central.until(lambda: next(iter(central.waiting), None), PATIENCE)
        assert waiting is not None
        await central.answer(waiting, '{"currentTime":"2026-01-01T00:00:00Z"}')
        answered, asked = await asyncio.gather(
            played(recorded, central, Role.CENTRAL_SYSTEM, WITHOUT_HEARTBEATS),
            played(recorded, station, Role.CHARGE_POINT, WITHOUT_HEARTBEATS),
        )
        assert (asked.sent, answered.sent) == (len(files) - 1, len(files) - 1)
        assert not errors(station) and not errors(central)
        assert [one.raw for one in replayed(central) if one.kind is not MessageKind.CALLRESULT] == []
        said = [recorded.frame(row) for row in answers[:-1]]
        assert [one.payload for one in replayed(central)] == [one.payload for one in said if isinstance(one, Message)]
