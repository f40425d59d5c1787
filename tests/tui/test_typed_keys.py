"""Keys that arrive in one read act like keys typed one by one; otherwise a call that nobody asked for is sent."""

from __future__ import annotations

import sys
from itertools import pairwise
from pathlib import Path

import pytest

from ocpptui.session.file_session import FileSession
from ocpptui.tui.app import OcpptuiApp
from ocpptui.tui.screens.session_screen import SessionScreen
from tests.kit.driver import central_system, driven
from tests.kit.every_screen import UNLIKE_EACH_OTHER, talked_with
from tests.kit.program import OCPPTUI, environment_of

RECORDING = Path(__file__).parents[2] / "recordings" / "charge-1.6.jsonl"
WALKS = {
    "a filter and its matches": ["slash", *"Meter", "enter", "g", "j", "j", "enter"],
    "a filter that is left": ["slash", *"Boot", "escape", "G", "k", "k"],
    "a list over the log and back": ["P", "escape", "g", "j", "enter", "G"],
    "help and back": ["question_mark", "escape", "g", "j", "j", "m"],
    "the palette": ["ctrl+p", *"first", "enter", "j"],
    "the other half from the inspector": ["g", "j", "j", "enter", "o", "escape", "j"],
    "a dialog": ["g", "j", "y", "escape", "j", "enter"],
    "panes": ["f3", "j", "enter", "g", "tab", "j", "escape"],
}


async def end_of(walk: list[str], *, at_once: bool) -> str:
    opening = FileSession([RECORDING])
    app = OcpptuiApp(opening.session, opening=opening, close=opening.close)
    async with driven(app) as driver:
        await driver.until(lambda: opening.progress >= 1, "the file")
        if at_once:
            await driver.type_ahead(*walk)
        else:
            for key in walk:
                await driver.press(key)
        await driver.pilot.pause()
        return driver.text()


@pytest.mark.parametrize("name", WALKS)
async def test_a_burst_ends_where_the_same_keys_end_one_by_one(name: str) -> None:
    """`/invalid` and enter in one read were lost altogether."""
    assert await end_of(WALKS[name], at_once=True) == await end_of(WALKS[name], at_once=False)


def round_trip(count: int) -> list[int]:
    """A way through all numbers below `count` on which each follows each other one once, and that ends where it began
    (Hierholzer's algorithm).
    """
    left = {number: [other for other in range(count) if other != number] for number in range(count)}
    open_end, way = [0], []
    while open_end:
        if left[open_end[-1]]:
            open_end.append(left[open_end[-1]].pop())
        else:
            way.append(open_end.pop())
    return way


async def test_every_screen_can_follow_every_other_one_in_a_burst() -> None:
    """A key that is meant for the next screen would act on the one that closes."""
    ways = UNLIKE_EACH_OTHER
    way = [ways[number] for number in round_trip(len(ways))]
    assert len(set(pairwise(way))) == len(ways) * (len(ways) - 1)
    async with talked_with(size=(40, 10)) as (driver, opened):
        await driver.type_ahead(*(key for one in way for key in (one.key, "escape")))
        assert opened == [one.screen for one in way]
        assert isinstance(driver.app.screen, SessionScreen)


async def test_a_call_typed_in_one_burst_is_the_one_that_is_sent() -> None:
    """The letters were thrown away, enter chose the first action of the list, and F5 sent that to the charger."""
    async with central_system("CP001") as (driver, _, peers):
        await driver.type_ahead("c", *"unl", "enter", "f5")
        await driver.until(lambda: peers["CP001"].received, "the call")
        assert [message.split(",")[2] for message in peers["CP001"].received] == ['"UnlockConnector"']


async def test_a_value_typed_behind_a_tab_goes_into_the_next_field() -> None:
    """It went into the field before: a configuration key with an empty name was really sent."""
    async with central_system("CP001") as (driver, _, peers):
        await driver.type_ahead("c", *"changec", "enter", "ctrl+u", *"Interval", "tab", "ctrl+u", *"105", "f5")
        await driver.until(lambda: peers["CP001"].received, "the call")
        assert peers["CP001"].payloads() == [{"key": "Interval", "value": "105"}]


async def test_a_field_found_by_its_letters_takes_the_value_typed_behind_it() -> None:
    async with central_system("CP001") as (driver, _, peers):
        keys = ["c", *"setch", "enter", "ctrl+f", *"limit", "enter", *"10", "f5"]
        await driver.type_ahead(*keys)
        await driver.until(lambda: peers["CP001"].received, "the call")
        schedule = peers["CP001"].payloads()[0]["csChargingProfiles"]["chargingSchedule"]
        assert schedule["chargingSchedulePeriod"][0]["limit"] == 10


async def test_a_key_does_not_wait_for_a_session_that_is_never_quiet() -> None:
    async with central_system("CP001") as (driver, session, _):
        for number in range(3000):
            session.add_note(f"note {number}")
        await driver.type_ahead("slash", *"note 2999", "enter")
        await driver.shows("1/1")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals")
def test_bytes_of_one_read_reach_the_screens_that_they_open(home: Path) -> None:
    from tests.kit.terminal import on_terminal

    with on_terminal([*OCPPTUI, "demo"], environment_of(home)) as terminal:
        terminal.shows("StartTransaction")
        terminal.press(b"cunl\r\x1b[15~")
        terminal.shows("UnlockConnector", "connectorId", "CALLRESULT in")
        terminal.press(b"\x1b/action:UnlockConnector\rgj")
        terminal.shows("action:UnlockConnector", "Unlock")
        terminal.press(b"Xl10\r")
        terminal.shows("SetChargingProfile → DEMO-1: Accepted")
        terminal.press(b"\x11\x1b[B\r")
        terminal.read_to_the_end()
