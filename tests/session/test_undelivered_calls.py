"""Calls of OCPP-S that no charge point got. If these fail, a user waits for an answer that cannot come."""

from __future__ import annotations

import asyncio

from aiohttp import ClientSession

from ocpptui.network.server_settings import ServerSettings
from ocpptui.ocpp.message import Message
from ocpptui.ocpp.version import Direction, Role
from ocpptui.session.session import Session
from ocpptui.session.settings import SessionSettings
from ocpptui.timeline.record import RecordKind
from tests.ocpp.envelopes import request


async def test_a_call_that_was_not_delivered_ends_at_once_with_its_problem() -> None:
    session = Session(role=Role.CENTRAL_SYSTEM, settings=SessionSettings(call_timeout=600.0))
    link = await session.listen(ServerSettings(port=0, soap_port=0, callback="http://127.0.0.1:1/{id}"))
    async with ClientSession() as client, client.post(link.urls[-1], data=request("Heartbeat")) as answer:
        assert answer.status == 200
    number = next(iter(session.connections))
    async with asyncio.timeout(60):
        for _ in range(2):  # the second is not behind the first
            call = await session.send_call(number, "Reset", '{"type":"Soft"}')
            assert await session.wait_for_answer(call) is None
    assert session.timeline.in_flight_count == 0 and session.timeline.in_flight(number) == []
    notes = [one for one in map(session.timeline.record, range(len(session.timeline))) if "undelivered" in one.detail]
    calls = [session.timeline.frame(index) for index in session_calls(session)]
    assert [one.detail["undelivered"] for one in notes] == [one.id for one in calls if isinstance(one, Message)]
    assert all("could not be posted" in one.detail["text"] for one in notes)
    await session.close()


def session_calls(session: Session) -> list[int]:
    """The calls of the central system."""
    timeline = session.timeline
    return [
        index
        for index in range(len(timeline))
        if timeline.kind(index) is RecordKind.CALL and timeline.direction(index) is Direction.TO_CHARGE_POINT
    ]
