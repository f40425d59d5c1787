"""The screen as it is used, from the first key to the last, at the two sizes that count."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.pilot import Pilot

from ocpptui.ocpp.version import Version
from ocpptui.session.demo import Demo
from ocpptui.session.file_session import FileSession
from ocpptui.tui.app import OcpptuiApp

RECORDINGS = Path(__file__).parents[2] / "recordings"
SIZES = [pytest.param((80, 24), id="80x24"), pytest.param((200, 60), id="200x60")]
PATIENCE = 20.0

Driver = Pilot[None]


def text(pilot: Driver) -> str:
    """The screen as plain text."""
    return "\n".join(strip.text for strip in pilot.app.screen._compositor.render_strips())


async def until(pilot: Driver, condition: Callable[[], object], what: str) -> None:
    """Wait until something is so; never for a time."""
    try:
        async with asyncio.timeout(PATIENCE):
            while not condition():
                await pilot.pause(0.01)
    except TimeoutError:
        pytest.fail(f"waited in vain for {what}:\n{text(pilot)}")


async def shows(pilot: Driver, *words: str) -> None:
    """Wait until all of these stand on the screen."""
    await until(pilot, lambda: all(word in text(pilot) for word in words), " and ".join(words))


@asynccontextmanager
async def opened(name: str, size: tuple[int, int]) -> AsyncIterator[Driver]:
    opening = FileSession([RECORDINGS / name])
    app = OcpptuiApp(opening.session, opening=opening, close=opening.close)
    async with app.run_test(size=size) as pilot:
        await until(pilot, lambda: opening.progress >= 1, "the file")
        yield pilot


@asynccontextmanager
async def demo(size: tuple[int, int]) -> AsyncIterator[tuple[Driver, Demo]]:
    running = Demo(Version.V16, pace=0.05)
    app = OcpptuiApp(running.session, start=running.start, close=running.close)
    async with app.run_test(size=size) as pilot:
        yield pilot, running


@pytest.mark.parametrize("size", SIZES)
async def test_support_reads_a_recording(size: tuple[int, int]) -> None:
    """Open, jump to the first record, filter, inspect, go to the other half."""
    async with opened("charge-1.6.jsonl", size) as pilot:
        await shows(pilot, "charge-1.6.jsonl")
        await pilot.press("G")
        await shows(pilot, "closed")
        await pilot.press("g")
        await shows(pilot, "opened")
        await pilot.press("slash")
        await pilot.press(*"action:StartTransaction")
        await shows(pilot, "StartTransaction", "connector 1")
        await until(pilot, lambda: "MeterValues" not in text(pilot).split("StartTransaction")[0], "the filtered log")
        await pilot.press("enter", "g", "enter")
        await shows(pilot, '"idTag": "04A2B3C4D5"', '"meterStart": 1000')


@pytest.mark.parametrize("size", SIZES)
async def test_what_is_malformed_is_shown_with_the_reason(size: tuple[int, int]) -> None:
    async with opened("malformed-1.6.jsonl", size) as pilot:
        await pilot.press("slash", *"kind:malformed", "enter", "g", "enter")
        await shows(pilot, "Not an OCPP message", "position 46")


@pytest.mark.parametrize("size", SIZES)
async def test_a_call_is_composed_and_its_answer_appears(size: tuple[int, int]) -> None:
    """The technician unlocks a connector: c, a few letters of the action, F5, the answer with its latency."""
    async with demo(size) as (pilot, running):
        await shows(pilot, "StartTransaction")
        await pilot.press("c")
        await pilot.press(*"unlock")
        await shows(pilot, "UnlockConnector")
        await pilot.press("enter")
        await shows(pilot, "connectorId")
        await pilot.press("f5")
        await shows(pilot, "CALLRESULT", "Unlock")
        timeline = running.session.timeline
        assert "UnlockConnector" in {timeline.action(index) for index in range(len(timeline))}
        await pilot.press("escape")
        await shows(pilot, "central system")


async def test_the_log_follows_until_one_moves_up_and_counts_what_is_new() -> None:
    async with demo((80, 24)) as (pilot, running):
        await shows(pilot, "following", "MeterValues")
        await pilot.press("k")
        count = len(running.session.timeline)
        await until(pilot, lambda: len(running.session.timeline) > count + 3, "more traffic")
        await shows(pilot, "new")
        await pilot.press("G")
        await shows(pilot, "following")


async def test_the_screen_can_be_left() -> None:
    async with demo((80, 24)) as (pilot, running):
        await shows(pilot, "BootNotification")
        await pilot.press("ctrl+q")
        await until(pilot, lambda: not running.session.connections, "the closed connections")
        assert pilot.app.return_code in (0, None)
