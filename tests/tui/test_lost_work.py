"""What is asked about before the program ends. If these fail, one key throws work away without a word."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from ocpptui.compose.history import Compositions
from ocpptui.exporting.running_export import RunningExport
from ocpptui.network.client_settings import ClientSettings
from ocpptui.ocpp.version import Role, Version
from ocpptui.runtime.tasks import Tasks
from ocpptui.session.session import Session
from ocpptui.session.settings import SessionSettings
from ocpptui.tui.lost_work import what_closing_loses, what_quitting_loses
from ocpptui.tui.screens.compose_screen import ComposeScreen
from ocpptui.tui.screens.configuration_screen import ConfigurationScreen
from ocpptui.tui.screens.dialogs import ChoiceQuestion
from ocpptui.tui.screens.help_screen import HelpScreen
from ocpptui.tui.screens.save_screen import SaveScreen
from tests.kit.driver import central_system
from tests.kit.session_view import Screen, screen_over
from tests.kit.station_bench import STATION, said_by_station, station_bench
from tests.network.test_file_transfer import http_server
from tests.session.test_served_files import served


async def stays(screen: Screen, *words: str) -> None:
    """`ctrl+q` asks with these words, and `s` stays where the user was."""
    below = screen.app.screen
    await screen.press("ctrl+q")
    await screen.shows(*words, "stay", "quit anyway")
    await screen.press("s")
    await screen.until(lambda: screen.app.screen is below, "the screen below the question")
    assert screen.app.return_code is None


async def test_a_file_that_is_arriving_is_asked_about_until_it_is_there(tmp_path: Path) -> None:
    """Diagnostics take minutes over a mobile network; the charge point may send them once."""
    begun, go_on, tasks = asyncio.Event(), asyncio.Event(), Tasks("uploads")

    async def put(http: aiohttp.ClientSession, url: str) -> int:
        async with http.put(f"{url}/log.txt", data=slowly()) as answer:
            return answer.status

    async def slowly() -> AsyncIterator[bytes]:
        yield b"first half, "
        begun.set()
        await go_on.wait()
        yield b"second half"

    async with (
        served(tmp_path / "files") as (central, _),
        screen_over(central) as screen,
        aiohttp.ClientSession() as http,
    ):
        url = await central.files.upload_url(STATION)
        upload = tasks.start(put(http, url), "upload")
        await begun.wait()
        await screen.until(lambda: central.running_transfers == 1, "the transfer")
        await stays(screen, "A file is being moved", "not arrive whole")
        assert what_closing_loses(central, ()) == what_quitting_loses(central, ())
        go_on.set()
        assert await upload == 201
        await screen.until(lambda: not central.running_transfers, "its end")
        await screen.press("ctrl+q")
        await screen.until(lambda: screen.app.return_code == 0, "the end")
    (received,) = (tmp_path / "files").rglob("*log.txt")
    assert received.read_bytes() == b"first half, second half"


async def test_a_file_that_a_simulated_charge_point_uploads_is_asked_about() -> None:
    """The backend that is tried would get half a log."""
    is_asked, may_end = asyncio.Event(), asyncio.Event()

    async def handler(_: web.BaseRequest) -> web.StreamResponse:
        is_asked.set()
        await may_end.wait()
        return web.Response()

    async with http_server(handler) as url, station_bench(Version.V16) as (central, station):
        (connection,) = central.connections
        await central.send_call(connection, "GetDiagnostics", json.dumps({"location": f"{url}/logs"}))
        await asyncio.wait_for(is_asked.wait(), 60)
        assert "being moved" in what_quitting_loses(station, ())
        assert not what_quitting_loses(central, ())
        may_end.set()
        assert await said_by_station(central, "DiagnosticsStatusNotification", status="Uploaded") is not None
        assert not what_quitting_loses(station, ())


async def test_changes_of_settings_that_were_kept_are_asked_about_from_the_log_too() -> None:
    """Kept with tab to be sent together, they are forgotten as soon as the table is closed."""
    async with station_bench(Version.V16) as (central, _), screen_over(central) as screen:
        await screen.press("v", "r")
        table = screen.app.screen
        assert isinstance(table, ConfigurationScreen)
        await screen.until(lambda: len(table.table.rows) > 30, "the settings")
        await screen.press("slash", "h", "e", "enter", "7", "tab", "escape")
        await stays(screen, "A change of a setting has not been sent")
        await screen.press("q")
        await stays(screen, "A change of a setting has not been sent")
        await screen.press("v", "f5")
        await screen.until(lambda: not table.table.wanted, "the change")
        await screen.press("q", "ctrl+q")
        await screen.until(lambda: screen.app.return_code == 0, "the end")


async def test_a_message_is_asked_about_also_below_the_help() -> None:
    async with central_system("CP001") as (driver, session, _):
        screen = ComposeScreen(session, next(iter(session.connections)), Compositions(), action="Reset")
        await driver.app.push_screen(screen)
        await driver.until(lambda: screen.view == "form", "the form")
        await driver.press("ctrl+x")
        await driver.until(lambda: screen.composer.changed, "the change")
        await driver.press("f1")
        await driver.until(lambda: isinstance(driver.app.screen, HelpScreen), "the help")
        await driver.press("ctrl+q")
        await driver.shows("has not been sent")
        await driver.press("ctrl+q")
        assert len([one for one in driver.app.screen_stack if isinstance(one, ChoiceQuestion)]) == 1
        await driver.press("q")
        await driver.until(lambda: driver.app.return_code == 0, "the end")


async def test_the_program_ends_also_where_another_question_is_open() -> None:
    """The key would do nothing, without saying so."""
    async with central_system("CP001") as (driver, _, _):
        await driver.app.push_screen(ChoiceQuestion("Which one?", ["this", "that"]))
        await driver.press("ctrl+q")
        await driver.until(lambda: driver.app.return_code == 0, "the end")


async def test_a_file_that_is_being_saved_is_asked_about(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    advance, may_end = RunningExport.advance, False
    monkeypatch.setattr(RunningExport, "advance", lambda export, seconds: may_end and advance(export, seconds))
    async with station_bench(Version.V16) as (central, _), screen_over(central) as screen:
        await screen.press("ctrl+s")
        await screen.until(lambda: isinstance(screen.app.screen, SaveScreen), "the question")
        await screen.press("ctrl+u", *str(tmp_path / "x.csv"), "enter")
        await screen.until(lambda: "being written" in what_quitting_loses(central, screen.app.screen_stack), "writing")
        await stays(screen, "A file is being written")
        may_end = True
        await screen.until(lambda: (tmp_path / "x.csv").exists(), "the file")
        await screen.until(lambda: not isinstance(screen.app.screen, SaveScreen), "the log")
        assert not what_quitting_loses(central, screen.app.screen_stack)


async def test_a_state_that_cannot_be_written_is_asked_about(tmp_path: Path) -> None:
    """The next process would begin with an old state, or none."""
    path = tmp_path / "state.json"
    async with station_bench(Version.V16) as (central, other):
        await other.close()
        station = Session(role=Role.CHARGE_POINT, settings=SessionSettings(state_file=path))
        (tmp_path / ".state.json.new").mkdir()
        try:
            url = central.listening_urls[0]
            await station.connect(
                ClientSettings(url=url, charge_point=STATION, versions=(Version.V16,), ping_interval=None)
            )
            assert await station.until(lambda: station.state_failure or None, 60)
            assert str(path) in what_quitting_loses(station, ())
        finally:
            await station.close()


async def test_a_sequence_that_runs_is_asked_about(home: Path) -> None:
    async with central_system("CP001") as (driver, session, peers):
        peers["CP001"].answers = {"ClearCache": None}
        (home / "calls").mkdir(parents=True)
        (home / "calls" / "evening.toml").write_text('[[step]]\naction = "ClearCache"\n' * 2)
        await driver.type_ahead("c", "ctrl+o", *"even", "enter", "f5")
        await driver.shows("waiting for the answer")
        await driver.press("ctrl+q")
        await driver.shows("A sequence of calls is running", "quit anyway")
        await driver.press("escape", "s")
        await driver.shows("stopped by you")
        assert not what_quitting_loses(session, driver.app.screen_stack)
