"""200 simulated charge points in one process, charging against our central system: is a heartbeat missed?

    python -m tests.benchmarks.fleet [seconds] [charge points]

Each boots, plugs in, charges, is metered each second, and has to send something every five seconds. Prints the records
a second, the slowest answer, and the longest silence of a charge point beside its heartbeat interval.
"""

from __future__ import annotations

import asyncio
import sys
from collections import defaultdict

from ocpptui.network.client_settings import ClientSettings
from ocpptui.network.server_settings import ServerSettings
from ocpptui.ocpp.version import Direction, Role, Version
from ocpptui.session.session import Session
from ocpptui.session.settings import SessionSettings
from ocpptui.simulator.behaviour_settings import CentralSystemSettings, ChargePointSettings
from ocpptui.simulator.driver_side import Operation

HEARTBEAT = 5
SLACK = 1.0
"""Seconds that a message may come after the interval."""


async def run(seconds: float, number: int) -> bool:
    central = Session(
        role=Role.CENTRAL_SYSTEM, settings=SessionSettings(central_system=CentralSystemSettings(interval=HEARTBEAT))
    )
    await central.listen(ServerSettings(host="127.0.0.1", port=0))
    own = ChargePointSettings(connectors=1, meter_interval=1)
    stations = Session(role=Role.CHARGE_POINT, settings=SessionSettings(charge_point=own))
    names = [f"CP{place:04}" for place in range(number)]
    for name in names:
        await stations.connect(
            ClientSettings(url=central.listening_urls[0], charge_point=name, versions=(Version.V16,))
        )
    while len(stations.connections) < number or len(stations.behaviours.charge_points()) < number:
        await asyncio.sleep(0.1)
    await asyncio.sleep(2)
    for name in names:
        for what in ("plug-in", "card"):
            assert not stations.operate(name, Operation(what)), name
    begin = len(central.timeline)
    await asyncio.sleep(seconds)
    timeline = central.timeline
    last: dict[str, int] = {}
    longest: defaultdict[str, float] = defaultdict(float)
    slowest = 0.0
    for index in range(begin, len(timeline)):
        if timeline.direction(index) is Direction.TO_CSMS:
            name, time = timeline.charge_point(index), timeline.time(index)
            longest[name] = max(longest[name], (time - last.get(name, time)) / 1e6)
            last[name] = time
        slowest = max(slowest, (timeline.latency(index) or 0) / 1e6)
    calls = (len(timeline) - begin) / seconds
    worst = max(longest.values(), default=0.0)
    charging = sum("Charging" in {v.status for v in stations.behaviours.connector_views(name)} for name in names)
    print(f"{number} charge points, {charging} charging, {calls:.0f} records a second, slowest answer {slowest:.3f} s")
    print(f"longest silence of one: {worst:.2f} s; a heartbeat is due after {HEARTBEAT} s")
    await stations.close()
    await central.close()
    return worst <= HEARTBEAT + SLACK and charging == number and len(longest) == number


if __name__ == "__main__":
    wanted = float(sys.argv[1]) if len(sys.argv) > 1 else 60.0
    size = int(sys.argv[2]) if len(sys.argv) > 2 else 200
    good = asyncio.run(run(wanted, size))
    print("no heartbeat was missed" if good else "A HEARTBEAT WAS MISSED")
    sys.exit(0 if good else 1)
