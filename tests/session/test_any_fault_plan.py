"""Two sides that both misbehave, in ways that are drawn by lot.

If these fail, some mixture of faults ends the session, or its recording has what was not sent.
"""

from __future__ import annotations

import asyncio
from random import Random

import pytest

from ocpptui.network.backoff import BackOff
from ocpptui.network.client_settings import ClientSettings
from ocpptui.network.problems import NotConnected
from ocpptui.network.server_settings import ServerSettings
from ocpptui.ocpp.version import Direction, Role, Version
from ocpptui.session.rules_file import parse_rules
from ocpptui.session.session import Session
from ocpptui.session.settings import SessionSettings
from ocpptui.simulator.behaviour_settings import ChargePointSettings
from ocpptui.simulator.driver_side import Operation
from ocpptui.simulator.fault_plan import Breakage, Deed, LinkDeed
from ocpptui.timeline.record import ConnectionEvent, RecordKind

NEEDED = {
    Deed.ERROR: "code = 'InternalError'",
    Deed.DELAY: "seconds = 0.02\njitter = 0.05",
    Deed.REORDER: "within = 0.1",
    LinkDeed.LATENCY: "seconds = 0.01\njitter = 0.03",
    LinkDeed.DISCONNECT: "every = 0.2\njitter = 0.2",
    LinkDeed.HALF_OPEN: "every = 0.2\njitter = 0.2\nseconds = 0.1",
    LinkDeed.NO_PONG: "",
}


def any_plan(random: Random) -> str:
    lines = [f"seed = {random.randrange(1000)}"]
    for _ in range(random.randrange(1, 7)):
        deed = random.choice(list(Deed))
        lines += ["[[rule]]", f"do = '{deed}'", NEEDED.get(deed, ""), f"probability = {random.choice([0.1, 0.3, 1])}"]
        if deed is Deed.BREAK:
            lines.append(f"how = '{random.choice(list(Breakage))}'")
        if deed is not Deed.DELAY and random.random() < 0.3:
            lines.append("seconds = 0.02")
        if random.random() < 0.5:
            lines.append("filter = 'status=* or kind:call'")
    for _ in range(random.randrange(0, 3)):
        link = random.choice(list(LinkDeed))
        lines += ["[[link]]", f"do = '{link}'", NEEDED[link]]
    return "\n".join(lines)


def messages(session: Session, direction: Direction) -> list[list[str | bytes | None]]:
    """What was said in one direction, by connection, in the order in which these were opened."""
    timeline, found = session.timeline, dict[int, list[str | bytes | None]]()
    for index in range(len(timeline)):
        number = timeline.connection(index)
        if timeline.event(index) is ConnectionEvent.OPENED:
            found[number] = []
        elif timeline.kinds[index] <= RecordKind.SEND and timeline.direction(index) is direction:
            found[number].append(timeline.record(index).raw)
    return list(found.values())


@pytest.mark.parametrize("seed", range(9))
async def test_any_two_plans_meet(seed: int) -> None:
    """What one side received is what the recording of the other says that it sent, in that order."""
    random, version = Random(seed), [Version.V16, Version.V201, Version.V21][seed % 3]
    broken: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda loop, context: broken.append(context))
    central = Session(
        role=Role.CENTRAL_SYSTEM,
        settings=SessionSettings(faults=parse_rules(any_plan(random), Role.CENTRAL_SYSTEM), call_timeout=0.3),
    )
    own = ChargePointSettings(meter_interval=1, speed=50.0, step=0.1, retry_interval=1, heartbeat_interval=1)
    station = Session(
        role=Role.CHARGE_POINT,
        settings=SessionSettings(
            charge_point=own, faults=parse_rules(any_plan(random), Role.CHARGE_POINT), call_timeout=0.3
        ),
    )
    await central.listen(ServerSettings(port=0))
    await station.connect(
        ClientSettings(
            url=f"{central.listening_urls[0]}CP001",
            versions=(version,),
            backoff=BackOff(wait_minimum=0.05, random_range=0.0),
        )
    )
    for _ in range(12):
        station.operate("CP001", Operation(random.choice(["plug-in", "card", "stop", "unplug"])))
        for number in list(central.connections):
            try:
                async with asyncio.timeout(0.3):
                    await central.send_call(number, "ClearCache", "{}")
            except (NotConnected, TimeoutError):
                pass
        await station.until(lambda: None, 0.05)
    await station.close()
    await central.close()
    assert broken == []
    for direction, sender, receiver in (
        (Direction.TO_CSMS, station, central),
        (Direction.TO_CHARGE_POINT, central, station),
    ):
        both = zip(messages(sender, direction), messages(receiver, direction), strict=False)
        for sent, received in both:
            assert sent[: len(received)] == received
