"""`--stop-on` and `--bell`: what a session does when something is found."""

from __future__ import annotations

import asyncio
import os
import subprocess
from collections.abc import Callable

import pytest
from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

from ocpptui.cli.exit_codes import ExitCode
from ocpptui.session.settings import SessionSettings
from tests.kit.driver import central_system
from tests.kit.program import OCPPTUI

Run = Callable[..., subprocess.CompletedProcess[str]]


async def frames_sent(url: str, *frames: str) -> None:
    async with connect(f"{url}CP001", subprotocols=[Subprotocol("ocpp1.6")]) as socket:
        for frame in frames:
            await socket.send(frame)
        await asyncio.wait_for(socket.wait_closed(), 60)


async def test_a_headless_session_ends_at_the_rule_and_says_why(environment: dict[str, str]) -> None:
    """A script that waits for a rare fault would not learn that it came."""
    process = await asyncio.create_subprocess_exec(
        *OCPPTUI, "central-system", "--port", "0", "--headless", "--stop-on", "rpc.not-json",
        env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert process.stderr is not None
    url = (await process.stderr.readline()).decode().split()[-1]
    await frames_sent(url, '[2,"1","Heartbeat",{}]', "nonsense")
    errors = (await process.stderr.read()).decode()
    assert await process.wait() == ExitCode.FOUND
    assert "Stopped at record" in errors and "(rpc.not-json)" in errors


@pytest.mark.skipif(os.name == "nt", reason="Windows has no pseudo-terminals that a test can open")
async def test_it_rings_the_bell_of_the_terminal(environment: dict[str, str]) -> None:
    """The user who waits for a fault looks at another window."""
    ours, theirs = os.openpty()
    process = await asyncio.create_subprocess_exec(
        *OCPPTUI, "central-system", "--port", "0", "--headless", "--bell", "--stop-on", "rpc.unknown-type",
        env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=theirs,
    )  # fmt: skip
    os.close(theirs)
    said = b""
    while b"\n" not in said.partition(b"listening on ")[2]:
        said += await asyncio.to_thread(os.read, ours, 1000)
    assert b"\a" not in said
    url = said.decode().partition("listening on ")[2].split()[0]
    await frames_sent(url, "nonsense", '[9,"1","Heartbeat",{}]')
    await process.wait()
    said = await asyncio.to_thread(os.read, ours, 10_000)
    os.close(ours)
    assert b"\a" in said


def test_a_wrong_rule_is_a_usage_error(run: Run) -> None:
    result = run("central-system", "--headless", "--stop-on", "rpc.nothing")
    assert result.returncode == ExitCode.USAGE
    assert "rpc.nothing: there is no such rule" in result.stderr


async def test_the_screen_stays_and_says_why() -> None:
    """The user wants to look at the fault, without anything that is sent over it."""
    settings = SessionSettings(stop_on=frozenset({"rpc.not-json"}), bell=True)
    async with central_system("CP001", settings=settings) as (driver, session, peers):
        assert driver.app.bell in session.alarm.on_ring
        await peers["CP001"].send("nonsense")
        await driver.until(lambda: session.alarm.why, "the end")
        await driver.until(lambda: any("ctrl+b goes on" in one for one in driver.notices()), "the reason")
        await driver.shows("manual")
        received = len(peers["CP001"].received)
        await peers["CP001"].send('[2,"1","Heartbeat",{}]')
        await driver.until(lambda: session.waiting, "the call that is not answered")
        assert len(peers["CP001"].received) == received
