"""A connection that only looks: it measures, asks one question, and sees how the other side ends it."""

from __future__ import annotations

import json

from ocpptui.network.client_settings import ClientSettings
from ocpptui.network.probe_connection import ProbeConnection, open_probe
from ocpptui.ocpp.json_encoding import JSON
from ocpptui.ocpp.version import Version
from tests.doctor.bare_server import BareServer, frame

CALL = JSON.call("1", "Heartbeat", "{}")
OTHERS = frame(1, b'[2,"x","ClearCache",{}]') + frame(1, b"not OCPP")


async def opened(port: int) -> ProbeConnection:
    return await open_probe(ClientSettings(url=f"ws://127.0.0.1:{port}/CP001", versions=(Version.V16,)))


async def test_it_pings_and_takes_the_answer_to_its_own_call_alone() -> None:
    """What a central system asks meanwhile is counted and not answered, or it would begin to talk to the doctor."""
    heard: list[str] = []

    def reply(text: str) -> str:
        heard.append(text)
        return json.dumps([3, json.loads(text)[1], {"currentTime": "2026-11-26T10:00:00Z"}])

    async with BareServer(at_once=OTHERS, reply=reply).running() as port:
        probe = await opened(port)
        took = await probe.round_trip(10)
        answer = await probe.call("1", CALL, 10)
        await probe.close()
    assert took is not None and 0 < took < 10
    assert answer is not None and answer.payload == {"currentTime": "2026-11-26T10:00:00Z"}
    assert heard == [CALL]
    assert len(probe.received) == 3
    assert not probe.is_open
    assert await probe.round_trip(10) is None
    assert await probe.call("2", CALL, 10) is None


async def test_it_sees_how_the_connection_ends() -> None:
    async with BareServer(at_once=frame(8, b"\x03\xf0go away")).running() as port:
        probe = await opened(port)
        end = await probe.ends_within(10)
        await probe.close()
    assert end is not None
    assert (end["closeCode"], end["closeReason"], end["closedBy"]) == (1008, "go away", "peer")
