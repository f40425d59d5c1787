"""The screen in use, from the first key to the last, at the two sizes that matter."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from ocpptui.ocpp.version import Version
from ocpptui.session.demo import Demo
from ocpptui.session.file_session import FileSession
from ocpptui.tui.app import OcpptuiApp
from tests.kit.driver import SIZES, Driver, driven

RECORDINGS = Path(__file__).parents[2] / "recordings"


@asynccontextmanager
async def opened(name: str, size: tuple[int, int]) -> AsyncIterator[Driver]:
    opening = FileSession([RECORDINGS / name])
    app = OcpptuiApp(opening.session, opening=opening, close=opening.close)
    async with driven(app, size) as driver:
        await driver.until(lambda: opening.progress >= 1, "the file")
        yield driver


@asynccontextmanager
async def demo(size: tuple[int, int]) -> AsyncIterator[tuple[Driver, Demo]]:
    running = Demo(Version.V16, pace=0.05)
    app = OcpptuiApp(running.session, start=running.start, close=running.close)
    async with driven(app, size) as driver:
        yield driver, running


@pytest.mark.parametrize("size", SIZES)
async def test_support_reads_a_recording(size: tuple[int, int]) -> None:
    """Open, jump to the first record, filter, inspect, go to the other half."""
    async with opened("charge-1.6.jsonl", size) as driver:
        await driver.shows("charge-1.6.jsonl")
        await driver.press("G")
        await driver.shows("closed")
        await driver.press("g")
        await driver.shows("opened")
        await driver.press("slash")
        await driver.press(*"action:StartTransaction")
        await driver.shows("StartTransaction", "connector 1")
        await driver.until(lambda: "MeterValues" not in driver.text().split("StartTransaction")[0], "the filtered log")
        await driver.press("enter", "g", "enter")
        await driver.shows('"idTag": "04A2B3C4D5"', '"meterStart": 1000')


@pytest.mark.parametrize("size", SIZES)
async def test_a_malformed_frame_is_shown_with_the_reason(size: tuple[int, int]) -> None:
    async with opened("malformed-1.6.jsonl", size) as driver:
        await driver.press("slash", *"kind:malformed", "enter", "g", "enter")
        await driver.reads("Not an OCPP message", "position 46")


@pytest.mark.parametrize("size", SIZES)
async def test_a_call_is_composed_and_its_answer_appears(size: tuple[int, int]) -> None:
    """The technician unlocks a connector: c, a few letters of the action, F5, the answer with its latency."""
    async with demo(size) as (driver, running):
        await driver.shows("StartTransaction")
        await driver.press("c")
        await driver.press(*"unlock")
        await driver.shows("UnlockConnector")
        await driver.press("enter")
        await driver.shows("connectorId")
        await driver.press("f5")
        await driver.shows("CALLRESULT", "Unlock")
        timeline = running.session.timeline
        assert "UnlockConnector" in {timeline.action(index) for index in range(len(timeline))}
        await driver.press("escape")
        await driver.shows("central system")


async def test_the_log_follows_until_the_user_moves_up_and_counts_new_rows() -> None:
    async with demo((80, 24)) as (driver, running):
        await driver.shows("following", "MeterValues")
        await driver.press("k")
        count = len(running.session.timeline)
        await driver.until(lambda: len(running.session.timeline) > count + 3, "more traffic")
        await driver.shows("new")
        await driver.press("G")
        await driver.shows("following")


async def test_the_screen_can_be_left() -> None:
    async with demo((80, 24)) as (driver, running):
        await driver.shows("DEMO-1 connected")
        await driver.press("ctrl+q")
        await driver.until(lambda: not running.session.connections, "the closed connections")
        assert driver.app.return_code in (0, None)
