"""Faults that a user changes while the session runs. If these fail, a rule that was removed still applies, or one that
stays counts anew.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

from ocpptui.network.server_settings import ServerSettings
from ocpptui.ocpp.version import Role, Version
from ocpptui.runtime.tasks import Tasks
from ocpptui.session.rules_file import fault_from, parse_rules
from ocpptui.session.session import Session
from ocpptui.simulator.fault_plan import Fault
from tests.kit.faulty_peers import PATIENCE, HearingPeer, central_system_with, told_faults

RIGHT = '{"idTagInfo":{"status":"Accepted"}}'


def fault(do: str, **settings: object) -> Fault:
    return fault_from({"do": do, **settings}, f"{do} on screen", Role.CENTRAL_SYSTEM)


@asynccontextmanager
async def without_rules(version: Version = Version.V16) -> AsyncIterator[tuple[Session, HearingPeer]]:
    """A central system that was started without rules, and a charge point that is only a WebSocket."""
    session, tasks = Session(role=Role.CENTRAL_SYSTEM), Tasks("charge point of the test")
    try:
        await session.listen(ServerSettings(port=0, ping_interval=None))
        url, name = f"{session.listening_urls[0]}CP001", Subprotocol(version.subprotocol)
        async with connect(url, subprotocols=[name], compression=None, close_timeout=1) as socket:
            wire = HearingPeer(socket)
            tasks.start(wire.listen(), "wire")
            assert await session.until(lambda: session.connections or None, PATIENCE)
            yield session, wire
    finally:
        await tasks.cancel()
        await session.close()


async def test_rules_change_on_an_open_connection() -> None:
    async with without_rules() as (session, wire):
        faults = session.faults
        place = faults.add(fault("error", action="Authorize", code="InternalError", nth=2))
        faults.add(fault("twice", action="Authorize"))
        authorize = ("Authorize", '{"idTag":"CARD"}')
        await wire.call("a", *authorize)
        await wire.hears(2)
        assert [faults.times_fired(number) for number in (0, 1)] == [0, 1]
        faults.switch(1)
        assert faults.move(place, 1) == 1
        await wire.call("b", *authorize)  # the second one for the rule that was moved
        await wire.hears(3)
        faults.remove(1)
        faults.switch(0)
        await wire.call("c", *authorize)
        assert await wire.hears(5) == [
            *[f'[3,"a",{RIGHT}]'] * 2,
            '[4,"b","InternalError","",{}]',
            *[f'[3,"c",{RIGHT}]'] * 2,
        ]
        assert faults.times_fired(0) == 2
        faults.exchange(0, fault("ignore", action="Authorize", times=1))
        assert faults.times_fired(0) == 0
        await wire.call("d", *authorize)
        await wire.call("e", *authorize)
        assert (await wire.hears(6))[-1] == f'[3,"e",{RIGHT}]'
        assert [do for _, do in told_faults(session)] == ["twice", "twice", "error", "twice", "twice", "ignore"]


async def test_faults_of_the_link_begin_and_end_on_an_open_connection() -> None:
    async with without_rules() as (session, wire):
        faults = session.faults
        place = faults.add(fault("no-pong"))
        silent = await wire.socket.ping()
        assert isinstance(silent, asyncio.Future)
        faults.add(fault("half-open", every=0.01, seconds=60))
        assert await session.until(lambda: len(told_faults(session)) > 1 or None, PATIENCE)
        await wire.call("a", "Heartbeat")
        faults.remove(1)  # a user who removes it does not wait for the minute
        await wire.hears(1)
        assert not silent.done()
        faults.switch(place)
        await asyncio.wait_for(await wire.socket.ping(), PATIENCE)
        faults.use(parse_rules("[[link]]\ndo = 'disconnect'\nevery = 0.01\ncode = 4001", Role.CENTRAL_SYSTEM))
        await wire.ends()
        assert wire.socket.close_code == 4001 and faults.times_fired(0) == 1


async def test_a_send_and_a_malformed_frame_meet_rules() -> None:
    """A backend that never breaks its own frames cannot be seen to survive those of others."""
    rules = """
        [[rule]]
        name = "no streams"
        message = "send"
        do = "ignore"
        times = 1
        [[rule]]
        message = "malformed"
        filter = "NotReadable"
        do = "answer"
        payload = { status = "Accepted", of = "${id}" }
        [[rule]]
        message = "malformed"
        do = "twice"
    """
    async with without_rules(Version.V21) as (session, wire):
        session.faults.use(parse_rules(rules, Role.CENTRAL_SYSTEM))
        await wire.socket.send('[6,"s1","NotifyPeriodicEventStream",{}]')
        await wire.socket.send('[6,"s2","NotifyPeriodicEventStream",{}]')
        await wire.socket.send('[2,"m1","NotReadable",{]')
        await wire.socket.send('[2,"m2","Heartbeat",{]')
        heard = await wire.hears(3)
        assert heard[0] == '[3,"m1",{"status":"Accepted","of":"m1"}]'
        assert heard[1] == heard[2] and heard[1].startswith('[4,"m2","')
        assert told_faults(session) == [("NOTE", "ignore"), ("CALLRESULT", "answer"), *[("CALLERROR", "twice")] * 2]


async def test_a_rule_for_calls_leaves_malformed_frames_alone() -> None:
    async with central_system_with("[[rule]]\ndo = 'close'\ncode = 4002\n") as (session, wire):
        await wire.socket.send('[2,"m","Heartbeat",{]')
        assert (await wire.hears(1))[0].startswith('[4,"m","')
        assert told_faults(session) == []
        await wire.call("a", "Heartbeat")
        await wire.ends()
        assert wire.socket.close_code == 4002
