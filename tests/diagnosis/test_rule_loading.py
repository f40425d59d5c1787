"""How the rules are loaded: in small steps, because each of them stops everything else."""

from __future__ import annotations

import subprocess
import sys

from tests.kit.program import unmeasured

MOST_AT_ONCE = 6
"""Modules of one step. There are more than a hundred in all."""
STEPS = """
import sys
from ocpptui.session.session import Session
from ocpptui.diagnosis.rule_loading import steps_of_loading

before, counts = len(sys.modules), []
for _ in steps_of_loading():
    counts.append(len(sys.modules) - before)
    before = len(sys.modules)
from ocpptui.diagnosis import checker_run, registry
print(max(counts), sum(counts), len(sys.modules) - before)
"""
FIRST_BOOT = """
import asyncio, sys
from websockets.asyncio.client import connect
from ocpptui.network.server_settings import ServerSettings
from ocpptui.ocpp.version import Role
from ocpptui.session import live_diagnosis
from ocpptui.session.session import Session

BOOT = '[2,"1","BootNotification",{"chargePointVendor":"A","chargePointModel":"B"}]'
ALL = "ocpptui.diagnosis.registry"

async def main():
    live_diagnosis.LONGEST = 0  # one step in each turn
    session = Session(role=Role.CENTRAL_SYSTEM)
    await session.listen(ServerSettings(host="127.0.0.1", port=0))
    port = session.listening_urls[0].split(":")[2].split("/")[0]
    async with connect(f"ws://127.0.0.1:{port}/CP1", subprotocols=["ocpp1.6"]) as charge_point:
        await charge_point.send(BOOT)
        answer = await charge_point.recv()
        print("Accepted" in answer, ALL in sys.modules)
    await session.close()
    print(ALL in sys.modules, session.diagnosis.diagnosed == len(session.timeline))

asyncio.run(main())
"""
PREPARED = """
import asyncio, sys
from ocpptui.network.server_settings import ServerSettings
from ocpptui.ocpp.version import Role
from ocpptui.session.session import Session

async def main():
    session = Session(role=Role.CENTRAL_SYSTEM)
    await session.listen(ServerSettings(host="127.0.0.1", port=0))
    while "ocpptui.diagnosis.registry" not in sys.modules:  # its start is a record
        await asyncio.sleep(0.01)
    await session.close()

asyncio.run(main())
"""


def printed(program: str) -> list[str]:
    """What a program prints in an interpreter that has loaded nothing yet."""
    run = subprocess.run(
        [sys.executable, "-c", program], env=unmeasured(), capture_output=True, text=True, timeout=60, check=False
    )
    assert run.returncode == 0, run.stderr
    return run.stdout.split()


def test_no_step_loads_many_modules() -> None:
    """A session would stand still while it loads them, and charge points would wait."""
    most, loaded, left = map(int, printed(STEPS))
    assert most <= MOST_AT_ONCE
    assert loaded > 10 * MOST_AT_ONCE, "the steps load the rules"
    assert left == 0, "nothing is left that a first record would load"


def test_a_first_call_is_answered_before_the_rules_are_loaded() -> None:
    """A charge point that boots would wait for all of them."""
    assert printed(FIRST_BOOT) == ["True", "False", "True", "True"]


def test_a_session_that_listens_loads_the_rules_before_anyone_connects() -> None:
    """The first calls would share the loop with the loading."""
    assert printed(PREPARED) == []
