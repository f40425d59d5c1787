"""The table of settings. If these fail, a technician reads a configuration as pages of JSON, and changes a key in
twenty keystrokes.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from time import process_time
from typing import Any

import pytest
from textual.widgets import Input

from ocpptui.ocpp.setting_place import SettingPlace
from ocpptui.ocpp.version import Direction, Version
from ocpptui.session.session import Session
from ocpptui.stations.known_settings import KnownSettings
from ocpptui.stations.saved_settings import saved_settings
from ocpptui.stations.setting_messages import Characteristics, SettingNews
from ocpptui.tui.compose.choice_list import ChoiceList
from ocpptui.tui.screens.configuration_screen import ConfigurationScreen
from ocpptui.tui.screens.dialogs import ChoiceQuestion, TextQuestion
from ocpptui.tui.screens.session_screen import SessionScreen
from tests.kit.driver import NARROW, TINY, WIDE
from tests.kit.session_view import Screen, screen_over, widget_text
from tests.kit.station_bench import STATION, station_bench
from tests.kit.talk import Talk

MOST_KEYS_TO_READ, MOST_KEYS_TO_CHANGE = 2, 6


async def opened(screen: Screen) -> ConfigurationScreen:
    await screen.until(lambda: isinstance(screen.app.screen, ConfigurationScreen), "the table")
    found = screen.app.screen
    assert isinstance(found, ConfigurationScreen)
    return found


@asynccontextmanager
async def read_table(
    version: Version, size: tuple[int, int] = NARROW
) -> AsyncIterator[tuple[Screen, ConfigurationScreen, Session, Session]]:
    """The table of a simulated charge point after it was read, with both sides."""
    async with station_bench(version) as (central, station), screen_over(central, size) as screen:
        await screen.press("v", "r")
        found = await opened(screen)
        await screen.until(lambda: len(found.table.rows) > 30, "the settings")
        yield screen, found, central, station


def simulated(station: Session, key: str) -> str:
    behaviour = station.behaviours.charge_point(STATION)
    assert behaviour is not None
    setting = behaviour.device.configuration.by_key(key)
    assert setting is not None
    return behaviour.device.configuration.value(setting)


def row_of(found: ConfigurationScreen, name: str) -> str:
    """The row of a setting as it is painted, also where it is not visible at present."""
    rows = found.table.rows
    number = next(number for number, row in enumerate(rows) if row.place.name == name)
    return found.list.render_row(number).text


@pytest.mark.parametrize("version", [Version.V16, Version.V201], ids=str)
async def test_reading_takes_two_keys_and_a_change_six_and_the_value(version: Version) -> None:
    """From the log at 80x24. `read_table` presses the two."""
    async with read_table(version) as (screen, found, _, station):
        await screen.press("escape")
        await screen.until(lambda: isinstance(screen.app.screen, SessionScreen), "the log")
        keys = ["v", "slash", "h", "e", "enter", *"77", "enter"]
        for key in keys:
            await screen.press(key)
        found = await opened(screen)
        await screen.until(lambda: simulated(station, "HeartbeatInterval") == "77", "the change")
        await screen.until(lambda: "77 s  Accepted  was 300" in row_of(found, "HeartbeatInterval"), "its answer")
    assert len(["v", "r"]) <= MOST_KEYS_TO_READ and len(keys) - len("77") <= MOST_KEYS_TO_CHANGE


async def test_several_changes_are_one_message_and_each_answer_is_beside_its_row() -> None:
    async with read_table(Version.V201) as (screen, found, central, _):
        for keys in (("h", "e", "enter", "2"), ("s", "e", "c", "enter", "3")):
            await screen.press("slash", *keys)
            assert found.editor.display
            await screen.press("tab", "escape")
            assert not found.editor.display
        assert row_of(found, "HeartbeatInterval").startswith("* OCPPComm")
        assert "300 s  → 2, not sent" in row_of(found, "HeartbeatInterval")
        assert "f5 Send kept" in screen.footer()
        await screen.press("f5")
        await screen.until(lambda: "2 s  Accepted  was 300" in row_of(found, "HeartbeatInterval"), "the answer")
        assert "Rejected" in row_of(found, "SecurityProfile")
        timeline = central.timeline
        sent = [index for index in range(len(timeline)) if timeline.action(index) == "SetVariables"]
        assert len(sent) == 2, "one call and its answer"


async def test_a_switch_is_turned_and_a_list_is_chosen() -> None:
    async with read_table(Version.V16) as (screen, found, _, station):
        await screen.press("slash", *"pre", "enter")
        await screen.shows("(•) true", "( ) false")
        await screen.press("enter")
        await screen.until(lambda: simulated(station, "LocalPreAuthorize") == "true", "the switch")
        await screen.press("escape", "question_mark")
        await screen.shows("Read all settings from the charge point.")
        await screen.press("escape")
        await screen.until(lambda: screen.app.screen is found, "the table")
        await screen.press("slash", *"stsd", "enter")
        await screen.shows("[x] Energy.Active.Import.Register", "[ ] Energy.Active.Export.Register")
        await screen.press("v", "space", "enter")
        wanted = "Energy.Active.Import.Register,Voltage"
        await screen.until(lambda: simulated(station, "StopTxnSampledData") == wanted, "the list")
        assert not found.editor.display


async def test_a_key_that_is_not_listed_is_named() -> None:
    """Vendors have keys that they do not list."""
    async with read_table(Version.V16) as (screen, found, _, _):
        count = len(found.table.rows)
        await screen.press("n")
        await screen.until(lambda: isinstance(screen.app.screen, ChoiceList), "the question")
        await screen.press("X", "y", "enter", "escape")
        await screen.until(lambda: len(found.table.rows) == count and not found.editor.display, "the table as it was")
        await screen.press("n")
        await screen.until(lambda: isinstance(screen.app.screen, ChoiceList), "the question")
        await screen.press("X", "y", "enter", "5", "enter")
        await screen.until(lambda: "not there  → 5: NotSupported" in row_of(found, "Xy"), "the answer")


async def test_a_wrong_value_is_sent_only_when_one_insists() -> None:
    """A debugger sends what is wrong on purpose, and nothing wrong by accident."""
    async with read_table(Version.V16) as (screen, found, central, _):
        await screen.press("slash", *"he", "enter", *"x", "enter")
        await screen.reads("must be a whole number; enter sends it anyway")
        timeline = central.timeline
        assert all(timeline.action(index) != "ChangeConfiguration" for index in range(len(timeline)))
        await screen.press("enter")
        await screen.until(lambda: "300 s  → x: Rejected" in row_of(found, "HeartbeatInterval"), "the refusal")


async def test_a_table_is_written_compared_and_applied(tmp_path: Path) -> None:
    """A second charge point gets the configuration of the first."""
    path = tmp_path / "table.toml"

    async def answer(screen: Screen, text: str) -> None:
        await screen.until(lambda: isinstance(screen.app.screen, TextQuestion), "the question")
        screen.app.screen.query_one(Input).value = text
        await screen.press("enter")

    async with read_table(Version.V16) as (screen, found, _, station):
        await screen.press("w")
        await answer(screen, str(path))
        await screen.until(lambda: any("Written to" in text for text in screen.notices()), "the file")
        assert len(saved_settings(path.read_text()).settings) == len(found.table.rows)
        changed = path.read_text().replace('"60"', '"61"')
        path.write_text(changed)
        await screen.press("d", "s")
        await answer(screen, str(path))
        await screen.shows("differences from table.toml", "ConnectionTimeOut", "60 s  ≠ 61")
        differing = len(found.table.rows)
        await screen.press("escape", "a")
        await answer(screen, str(path))
        await screen.until(lambda: isinstance(screen.app.screen, ChoiceQuestion), "what it changes")
        await screen.shows(f"{differing} changes for CP001:", "ConnectionTimeOut: 60 → 61")
        await screen.press("enter")
        await screen.until(lambda: simulated(station, "ConnectionTimeOut") == "61", "the changes")
        await screen.press("a")
        await answer(screen, str(tmp_path / "none.toml"))
        await screen.shows("none.toml cannot be read")
        assert screen.app.screen.query_one(Input).value == str(tmp_path / "none.toml"), "it can be corrected"


def tell(talk: Talk, values: dict[str, str], **where: Any) -> None:
    """What a charge point answers to GetConfiguration."""
    entries = ",".join(f'{{"key":"{key}","readonly":false,"value":"{value}"}}' for key, value in values.items())
    call = talk.call("GetConfiguration", direction=Direction.TO_CHARGE_POINT, **where)
    talk.answer(call, f'{{"configurationKey":[{entries}]}}', **where)


async def test_the_line_of_the_state_opens_the_table_of_a_file() -> None:
    """It counted the settings, and did not show them."""
    talk = Talk()
    tell(talk, {"HeartbeatInterval": "300", "ResetRetries": "1"})
    async with screen_over(talk.session, WIDE) as screen:
        await screen.shows("▸ 2 configuration values known")
        y = next(row for row, line in enumerate(screen.text().splitlines()) if "configuration values known" in line)
        x = screen.text().splitlines()[y].index("configuration")
        await screen.pilot.click(offset=(x, y))
        found = await opened(screen)
        await screen.shows("HeartbeatInterval", "300 s", "Seconds without messages after which")
        change = talk.call(
            "ChangeConfiguration", '{"key":"ResetRetries","value":"5"}', direction=Direction.TO_CHARGE_POINT
        )
        talk.answer(change, '{"status":"RebootRequired"}')
        await screen.shows("↻ ResetRetries", "1  → 5 after a reboot", "1 after a reboot")
        await screen.press("enter", "r", "a")
        assert not found.editor.display
        assert any("there is no connection to send on" in text for text in screen.notices())


async def test_the_charge_points_side_is_told_who_can_change_it() -> None:
    async with station_bench(Version.V16) as (_, station), screen_over(station) as screen:
        await screen.press("v")
        await opened(screen)
        await screen.press("r")
        await screen.until(lambda: any("its central system does that" in text for text in screen.notices()), "why")


def many(count: int) -> KnownSettings:
    known = KnownSettings()
    for number in range(count):
        place = SettingPlace("Power", "Connector", "", number // 4, number % 4)
        known.take(SettingNews(place, str(number), characteristics=Characteristics("decimal", "W")), 0)
    return known


async def test_a_key_takes_no_longer_with_ten_thousand_variables() -> None:
    """Such tables exist, and scrolling through them must not lag."""
    talk = Talk()
    tell(talk, {"HeartbeatInterval": "300"})
    known = next(iter(talk.session.knowledge.values()))
    async with screen_over(talk.session) as screen:
        known.settings = many(50)
        await screen.press("v")
        found = await opened(screen)
        few = min(timed(found) for _ in range(20))
        known.settings = many(10_000)
        await screen.until(lambda: len(found.table.rows) == 10_000, "the rows")
        assert min(timed(found) for _ in range(20)) < 3 * few + 0.002
        await screen.press("G")
        await screen.shows("9999 W")


def timed(found: ConfigurationScreen) -> float:
    begin = process_time()
    found.action_move(1)
    widget_text(found.list)
    found._say_what()
    return process_time() - begin


@pytest.mark.parametrize("size", [TINY, NARROW], ids=str)
async def test_no_value_breaks_the_screen(size: tuple[int, int]) -> None:
    talk = Talk()
    plugs = "\\ud83d\\udd0c" * 40
    tell(talk, {"A\\u001b[31m": "\\u001b]0;x\\u0007", "B" * 50: "\\u202e" + "x" * 480, "C": plugs})
    async with screen_over(talk.session, size) as screen:
        await screen.press("v")
        found = await opened(screen)
        await screen.until(lambda: len(found.table.rows) == 3, "the rows")
        for number in range(4):
            strip = found.list.render_row(number)
            assert strip.cell_length == found.list.row_width
            assert strip.text.isprintable()


async def test_the_tables_of_several_charge_points_are_a_key_apart_and_compare() -> None:
    talk = Talk()
    for number, value in enumerate(("300", "60"), 1):
        tell(talk, {"HeartbeatInterval": value}, charge_point=f"CP00{number}", connection=number)
    async with screen_over(talk.session) as screen:
        await screen.press("v")
        found = await opened(screen)
        first = found.charge_point
        await screen.press("tab")
        assert found.charge_point != first
        await screen.press("d", "c")
        await screen.shows(f"1 difference from {first}", "≠")
        await screen.press("escape", "d", "d")
        await screen.shows("Nothing differs from the standard")
