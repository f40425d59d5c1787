"""The panel of a simulated charge point. If these fail, a charge takes a form for each message again."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from ocpptui.network.client_settings import ClientSettings
from ocpptui.ocpp.version import Version
from ocpptui.session.demo import Demo
from ocpptui.session.session import Session
from ocpptui.simulator.behaviour_settings import ChargePointSettings
from ocpptui.simulator.equipment import Equipment, Outlet
from ocpptui.simulator.station_faults import ERROR_CODES
from ocpptui.tui.screens.dialogs import ChoiceQuestion, TextQuestion
from ocpptui.tui.screens.operate_screen import OperateScreen
from ocpptui.tui.screens.session_screen import SessionScreen
from tests.kit.driver import NARROW, SIZES
from tests.kit.session_view import Screen, screen_over
from tests.kit.station_bench import VERSIONS, said_by_station, station_bench

MOST_KEYS = 6


@asynccontextmanager
async def panel(
    version: Version, size: tuple[int, int] = NARROW, *, connectors: int = 1, own: ChargePointSettings | None = None
) -> AsyncIterator[tuple[Session, Screen, OperateScreen]]:
    """The open panel, and the central system that the charge point is connected to."""
    async with (
        station_bench(version, connectors=connectors, own=own) as (central, station),
        screen_over(station, size) as screen,
    ):
        await screen.press("x")
        await screen.until(lambda: isinstance(screen.app.screen, OperateScreen), "the panel")
        found = screen.app.screen
        assert isinstance(found, OperateScreen)
        yield central, screen, found


@pytest.mark.parametrize("version", VERSIONS, ids=str)
async def test_a_whole_charge_takes_at_most_six_keys(version: Version) -> None:
    keys = ["x"]
    async with panel(version) as (central, screen, _):
        is_1x = version is Version.V16

        async def press(key: str) -> None:
            keys.append(key)
            await screen.press(key)

        await press("p")
        await press("c")
        started = {} if is_1x else {"triggerReason": "ChargingStateChanged"}
        action = "MeterValues" if is_1x else "TransactionEvent"
        assert await said_by_station(central, action, **started) is not None
        await press("s")
        ended = {} if is_1x else {"eventType": "Ended"}
        assert await said_by_station(central, "StopTransaction" if is_1x else "TransactionEvent", **ended) is not None
        await press("u")
        await press("escape")
        await screen.until(lambda: isinstance(screen.app.screen, SessionScreen), "the log")
        records = screen.app.screen.query_one("#records")
        await screen.until(lambda: records.styles.margin.bottom == 0, "the log in the whole screen")
    assert len(keys) <= MOST_KEYS


@pytest.mark.parametrize("size", SIZES)
async def test_the_panel_shows_what_happens_at_the_connector(size: tuple[int, int]) -> None:
    async with panel(Version.V16, size) as (_, screen, _):
        await screen.shows("▸1 Available", "p Plug in a car", "1-9, tab: connector, esc: close")
        await screen.survives_a_tiny_window()
        await screen.type_ahead("p", "c")
        await screen.until(lambda: "▸1 Charging" in screen.text(), "the charge")
        await screen.shows("card 04A2B3C4D5", "kW")
        await screen.until(lambda: "connector 1  Charging" in screen.text(), "the newest row, above the panel")
        await screen.press("e")
        await screen.until(lambda: "waits" in screen.text() and "Resume the car" in screen.text(), "the pause")


async def test_faults_are_chosen_by_name_and_repaired() -> None:
    async with panel(Version.V16) as (central, screen, _):
        await screen.press("f")
        await screen.until(lambda: isinstance(screen.app.screen, ChoiceQuestion), "the error codes")
        await screen.press("enter")
        assert await said_by_station(central, "StatusNotification", errorCode=ERROR_CODES[0]) is not None
        await screen.until(lambda: f"Faulted        {ERROR_CODES[0]}" in screen.text(), "the fault")
        await screen.press("r")
        await screen.until(lambda: "▸1 Available" in screen.text(), "the repair")


async def test_another_card_is_asked_for() -> None:
    async with panel(Version.V201) as (central, screen, _):
        await screen.press("C")
        await screen.until(lambda: isinstance(screen.app.screen, TextQuestion), "the question")
        await screen.press(*"AB12", "enter")
        token = {"idToken": {"idToken": "AB12", "type": "ISO14443"}}
        assert await said_by_station(central, "Authorize", **token) is not None


async def test_keys_are_for_the_chosen_connector() -> None:
    async with panel(Version.V16, connectors=3) as (_, screen, found):
        await screen.press("3", "p")
        await screen.until(lambda: "▸3 Preparing" in screen.text(), "the third connector")
        await screen.press("9")
        assert found.chosen == 3, "there is no ninth connector"
        await screen.press("tab")
        assert found.chosen == 1


async def test_a_car_is_plugged_into_the_chosen_connector_of_an_evse() -> None:
    equipment = Equipment((Outlet("cCCS2", more_types=("cG105",)), Outlet()))
    own = ChargePointSettings(connectors=2, equipment=equipment)
    async with panel(Version.V201, own=own) as (central, screen, _):
        await screen.shows("▸1/1 cCCS2 Available")
        await screen.press("tab", "p")
        await screen.until(lambda: "▸1/2 cG105 Preparing" in screen.text(), "the car")
        place = {"evseId": 1, "connectorId": 2}
        assert await said_by_station(central, "StatusNotification", connectorStatus="Occupied", **place) is not None
        await screen.press("tab")
        await screen.until(
            lambda: "▸2         Available" in screen.text() and " 1/2 cG105" in screen.text(), "the next EVSE"
        )


async def test_the_frequency_of_the_grid_is_asked_for_where_it_matters() -> None:
    own = ChargePointSettings(connectors=1, equipment=Equipment((Outlet(),), der_types=("FreqWatt",)))
    async with panel(Version.V21, own=own) as (_, screen, _):
        await screen.shows("g Grid frequency…", "y Ask for priority")
        await screen.press("g")
        await screen.until(lambda: isinstance(screen.app.screen, TextQuestion), "the question")
        await screen.press(*"99999", "enter")
        await screen.shows("What is the frequency", "99999", "A frequency lies between 10 and 100 hertz.")
        await screen.press("home", "delete", "delete", "delete", "enter")
        await screen.until(lambda: not isinstance(screen.app.screen, TextQuestion), "the end of the question")
        await screen.press("y")
        await screen.until(lambda: "No transaction runs." in screen.notices(), "the other reason")


async def test_what_is_not_possible_is_said() -> None:
    async with panel(Version.V16) as (_, screen, _):
        await screen.press("u")
        await screen.until(lambda: "No car is plugged in." in screen.notices(), "the reason")


async def test_offline_and_online_are_one_key() -> None:
    async with panel(Version.V16) as (_, screen, _):
        await screen.press("o")
        await screen.until(lambda: "Connect again" in screen.text(), "the other half of the key")
        await screen.press("o")
        await screen.until(lambda: "Go offline" in screen.text(), "the connection")


async def test_a_click_does_what_the_key_does() -> None:
    async with panel(Version.V16) as (_, screen, _):
        y = next(row for row, line in enumerate(screen.text().splitlines()) if "Plug in a car" in line)
        x = screen.text().splitlines()[y].index("Plug in a car")
        await screen.pilot.click(offset=(x + 1, y))
        await screen.until(lambda: "▸1 Preparing" in screen.text(), "the car")


async def test_the_charge_point_of_the_demo_is_operated_from_the_other_side() -> None:
    """A person who tries the program first has no other charge point."""
    demo = Demo(Version.V16)
    await demo.start()
    try:
        async with screen_over(demo.session) as screen:
            await screen.until(lambda: "Charging" in screen.text(), "the first driver")
            await screen.press("x")
            await screen.until(lambda: isinstance(screen.app.screen, OperateScreen), "the panel")
            await screen.press("1", "s")
            await screen.until(lambda: "▸1 Finishing" in screen.text() or "▸1 Available" in screen.text(), "the stop")
    finally:
        await demo.close()


async def test_a_car_with_a_contract_is_a_key_away_where_the_version_has_that() -> None:
    async with panel(Version.V21) as (central, screen, _):
        await screen.press("P")
        asked = await said_by_station(central, "Authorize")
        assert asked is not None
        assert asked["idToken"]["type"] == "eMAID"
    async with panel(Version.V16) as (_, screen, _):
        await screen.press("P")
        await screen.until(lambda: "OCPP 1.6 has no plug and charge." in screen.notices(), "the reason")


async def test_each_of_several_charge_points_has_its_panel() -> None:
    """With --count, the user of one session operates all of them."""
    async with station_bench(Version.V16) as (central, station), screen_over(station) as screen:
        url = central.listening_urls[0]
        await station.connect(
            ClientSettings(url=url, charge_point="CP002", versions=(Version.V16,), ping_interval=None)
        )
        await screen.until(lambda: len(station.behaviours.charge_points()) == 2, "the second one")
        await screen.press("x")
        await screen.shows("Operate which charge point?", "CP001", "CP002")
        await screen.press("down", "enter")
        await screen.shows("Charge point CP002, 2 of 2", "n Next charge point")
        await screen.press("p", "n")
        await screen.shows("Charge point CP001, 1 of 2")
        await screen.press("N")
        await screen.shows("Charge point CP002, 2 of 2", "Preparing")
        cars = [station.behaviours.connector_views(name)[0].soc is not None for name in ("CP001", "CP002")]
        assert cars == [False, True]
