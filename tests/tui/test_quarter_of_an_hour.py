"""A technician's quarter of an hour at 80x24 and a developer's at 200x60, each in one sitting.

Each step has tests of its own; these show that one leads to the next, without a detour.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from ocpptui.ocpp.version import Version
from ocpptui.simulator.driver_side import Operation
from ocpptui.tui.screens.chart_screen import ChartScreen
from ocpptui.tui.screens.configuration_screen import ConfigurationScreen
from ocpptui.tui.screens.session_screen import SessionScreen
from tests.kit.driver import NARROW, WIDE
from tests.kit.session_view import Screen, screen_over
from tests.kit.station_bench import STATION, said_by_station, station_bench


async def back_in_the_log(screen: Screen) -> None:
    await screen.until(lambda: isinstance(screen.app.screen, SessionScreen), "the log")


async def test_a_technician_commissions_a_charge_point(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Read the configuration, change a key, let a car charge, limit it, see that it obeys, stop, keep the recording."""
    monkeypatch.chdir(tmp_path)
    async with station_bench(Version.V16) as (central, station), screen_over(central, NARROW) as screen:
        await screen.type_ahead("v", "r")
        await screen.until(lambda: isinstance(screen.app.screen, ConfigurationScreen), "the table")
        await screen.shows("HeartbeatInterval")
        await screen.type_ahead("slash", "h", "e", "enter", *"77", "enter")
        await screen.until(lambda: "HeartbeatInterval" in screen.text() and "77" in screen.text(), "the new value")
        await screen.press("escape")
        await screen.press("escape")
        await back_in_the_log(screen)

        assert station.operate(STATION, Operation("plug-in", 1)) == ""
        await screen.type_ahead("x", "s", "enter")
        await screen.until(lambda: central.knowledge[STATION].running, "the transaction")
        await screen.type_ahead("x", "l", *"10", "enter")
        await screen.until(lambda: 0 < station.behaviours.connector_views(STATION)[0].current <= 10, "the limit")
        assert await said_by_station(central, "MeterValues") is not None
        await screen.press("V")
        await screen.until(lambda: isinstance(screen.app.screen, ChartScreen), "the chart")
        await screen.shows("limit")
        await screen.press("escape")
        await back_in_the_log(screen)

        await screen.type_ahead("x", "t")
        assert await said_by_station(central, "StopTransaction") is not None
        await screen.type_ahead("x", "u")
        await screen.until(lambda: "UnlockConnector" in screen.said(), "the answer")
        await screen.type_ahead("ctrl+s", *"site", "enter")
        await screen.until((tmp_path / "site.jsonl").exists, "the file")


async def test_a_developer_pokes_a_charge_point() -> None:
    """Look at a form and leave it, read the device model, find a variable in the report, send a call by hand."""
    async with station_bench(Version.V201) as (central, _), screen_over(central, WIDE) as screen:
        await screen.type_ahead("c", *"getvar", "enter")
        await screen.shows("getVariableData")
        await screen.press("escape", "escape")
        await back_in_the_log(screen)
        await screen.type_ahead("c", *"base", "enter", "f5")
        await screen.shows("CALLRESULT in")
        await screen.press("escape", "escape")
        await back_in_the_log(screen)
        assert await said_by_station(central, "NotifyReport") is not None
        await screen.type_ahead("slash", *"action:NotifyReport kind:call", "enter", "g", "enter")
        await screen.shows("reportData", "OCPPCom…")
        await screen.type_ahead("t", "slash", *"HeartbeatInterval", "enter")
        await screen.shows("1/")
        await screen.press("escape", "escape", "escape", "escape")
        await back_in_the_log(screen)
        await screen.type_ahead("c", *"reset", "enter", "f5")
        await screen.shows("CALLRESULT in", "Accepted")
