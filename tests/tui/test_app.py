"""The program as a whole: how it starts, what every screen shows, and that it ends without losing anything."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from ocpptui.compose.history import Compositions
from ocpptui.network.client_settings import ClientSettings
from ocpptui.network.server_settings import ServerSettings
from ocpptui.ocpp.version import Role, Version
from ocpptui.recording.writer import RecordingWriter
from ocpptui.session.session import Session
from ocpptui.session.settings import SessionSettings
from ocpptui.tui.app import OcpptuiApp
from ocpptui.tui.screens.compose_screen import ComposeScreen
from ocpptui.tui.screens.dialogs import ChoiceQuestion
from ocpptui.tui.screens.start_screen import StartScreen
from ocpptui.tui.themes import LIGHT, THEMES, theme_after, wrong_theme
from ocpptui.workspace import recent_sessions as recent
from ocpptui.workspace.config import Config
from tests.kit.driver import SIZES, boot, central_system, driven
from tests.kit.failing_recording import FailingRecording


def events(path: Path) -> list[str]:
    """The connection events in the recording."""
    records = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return [one["detail"]["event"] for one in records if one["messageType"] == "CONNECTION"]


# -- beginning -------------------------------------------------------------------------------------------------


async def test_a_port_in_use_ends_the_program_with_a_sentence_and_an_exit_code(tmp_path: Path) -> None:
    """A script could not tell a session that ended from one that never started."""
    other = Session(role=Role.CENTRAL_SYSTEM)
    link = await other.listen(ServerSettings(port=0, ping_interval=None))
    port = int(link.urls[0].rsplit(":", 1)[1].rstrip("/"))
    path = tmp_path / "recording.jsonl"
    session = Session(role=Role.CENTRAL_SYSTEM, writer=RecordingWriter(path))
    app = OcpptuiApp(session, start=lambda: session.listen(ServerSettings(port=port, ping_interval=None)))
    async with app.run_test():
        async with asyncio.timeout(60):
            while app.return_code != 3:
                await asyncio.sleep(0.005)
    assert app.last_words[0].startswith(f"Cannot listen on 127.0.0.1:{port}: the port is in use")
    assert not path.exists(), "each attempt would leave an empty recording"
    await other.close()


async def test_a_session_is_remembered_as_soon_as_it_starts(tmp_path: Path) -> None:
    """After a kill the user would not find the recording again."""
    path = tmp_path / "recording.jsonl"
    async with central_system(writer=RecordingWriter(path)) as (driver, session, _):
        await driver.until(lambda: recent.load_recent().sessions, "the session among the recent ones")
        (remembered,) = recent.load_recent().sessions
        assert remembered.recording == str(path)
        assert remembered.title == f"central system {session.listening_urls[0]}"


async def test_the_theme_of_the_configuration_is_used_and_f9_changes_it() -> None:
    """Users could not read a dark screen in the sun."""
    async with central_system(config=Config(theme=LIGHT.name)) as (driver, _, _):
        assert driver.app.theme == LIGHT.name
        await driver.press("f9")
        assert driver.app.theme == theme_after(LIGHT.name)
        assert "The next start has ocpptui-light again" in driver.notices()[-1]
        await driver.press("f9", "f9", "f9")
        assert driver.app.theme == LIGHT.name


def test_an_unknown_theme_is_reported() -> None:
    """The user would see the wrong colours and not know why."""
    [problem] = wrong_theme("ocpptui-lihgt")
    assert problem.startswith("there is no theme 'ocpptui-lihgt'; the themes are ")
    assert all(name in problem for name in THEMES)
    assert wrong_theme(None) == wrong_theme(LIGHT.name) == wrong_theme("nord") == []


# -- the recording ---------------------------------------------------------------------------------------------


async def test_quitting_with_an_incomplete_recording_asks_first() -> None:
    """One key would discard what is only in memory."""
    session = FailingRecording(role=Role.CENTRAL_SYSTEM)
    session.why = "/full: No space left on device"
    app = OcpptuiApp(session, start=lambda: session.listen(ServerSettings(port=0, ping_interval=None)))
    async with driven(app) as driver:
        await driver.press("ctrl+q")
        await driver.shows("No space left on device", "stay", "quit anyway")
        await driver.press("ctrl+q")
        assert len(app.screen_stack) == 2, "the question is asked once"
        await driver.press("s")
        assert not isinstance(app.screen, ChoiceQuestion) and session.listening_urls
        await driver.press("ctrl+q", "q")
        await driver.until(lambda: app.return_code == 0, "the end")
    assert any("not complete" in words for words in app.last_words)


# -- the end ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", SIZES)
async def test_quitting_closes_the_connections_and_says_where_the_recording_is(
    size: tuple[int, int], tmp_path: Path
) -> None:
    """The charge point would lose its central system without a close, and the user would not find the recording."""
    path = tmp_path / "recording.jsonl"
    async with central_system("CP001", size=size, writer=RecordingWriter(path)) as (driver, session, peers):
        await peers["CP001"].send(boot())
        await driver.shows("BootNotification")
        await driver.press("ctrl+q")
        await driver.until(lambda: driver.app.return_code == 0, "the end")
        assert not session.connections
        assert driver.app.last_words == [f"recording: {path}"]
    assert events(path) == ["listening", "opened", "closed"]
    assert recent.load_recent().sessions[0].recording == str(path)


async def test_a_second_ctrl_q_does_not_wait_for_the_peer() -> None:
    """A charge point that hangs would block the terminal."""
    session, asked = Session(role=Role.CENTRAL_SYSTEM), asyncio.Event()

    async def close() -> None:
        asked.set()
        await asyncio.Event().wait()

    app = OcpptuiApp(session, start=lambda: session.listen(ServerSettings(port=0, ping_interval=None)), close=close)
    async with driven(app) as driver:
        await driver.press("ctrl+q")
        await driver.until(asked.is_set, "the closing")
        await driver.until(lambda: driver.notices(), "a word on what it waits for")
        assert app.return_code is None
        await driver.press("ctrl+q")
        await driver.until(lambda: app.return_code == 0, "the end")
    for link in session.server_links:
        await link.close()


async def test_quitting_with_an_unsent_message_asks_first() -> None:
    """One key would discard half an hour of typing."""
    async with central_system("CP001") as (driver, session, _):
        screen = ComposeScreen(session, next(iter(session.connections)), Compositions(), action="Reset")
        await driver.app.push_screen(screen)
        await driver.until(lambda: screen.view == "form", "the form")
        await driver.press("ctrl+x")
        await driver.until(lambda: screen.composer.changed, "the change")
        await driver.press("ctrl+q")
        await driver.shows("has not been sent")
        await driver.press("escape")
        assert driver.app.screen is screen


async def test_ctrl_c_says_how_to_quit() -> None:
    """Many users try ctrl+c first."""
    async with central_system(config=Config(keys={"quit": "f10"})) as (driver, _, _):
        await driver.press("ctrl+c")
        assert driver.notices() == ["Press f10 to quit."]
        await driver.press("ctrl+q")
        assert driver.app.return_code is None
        await driver.press("f10")
        await driver.until(lambda: driver.app.return_code == 0, "the end")


async def test_the_failure_of_a_task_is_reported_and_the_session_continues(home: Path) -> None:
    """The task would fail silently, or end a session that has run all day."""

    async def fail() -> None:
        raise ValueError("no such thing")

    async with central_system("CP001") as (driver, session, peers):
        driver.app._tasks.start(fail(), "failing")
        await driver.until(lambda: driver.notices(), "the notice")
        (report,) = (home / "crashes").iterdir()
        assert "ValueError: no such thing" in driver.notices()[0] and str(report) in driver.notices()[0]
        await peers["CP001"].send(boot())
        await driver.shows("BootNotification")
    assert any(str(report) in words for words in driver.app.last_words)


async def test_repeated_failures_are_reported_only_a_few_times(home: Path) -> None:
    """A failure in each frame of a busy session would fill the disk with reports."""

    async def fail() -> None:
        raise ValueError("again")

    async with central_system() as (driver, _, _):
        for number in range(20):
            driver.app._tasks.start(fail(), str(number))
        await driver.until(lambda: driver.notices(), "the notice")
        await driver.until(lambda: not driver.app._tasks._tasks, "the last failure")
        assert len(list((home / "crashes").iterdir())) == 5


# -- the start screen and back ---------------------------------------------------------------------------------


async def test_back_to_the_start_screen_closes_the_session_after_asking(tmp_path: Path) -> None:
    """To open a second recording the user would have to restart the program."""
    path = tmp_path / "recording.jsonl"
    async with central_system("CP001", writer=RecordingWriter(path)) as (driver, session, _):
        await driver.press("ctrl+w")
        await driver.shows("A connection would be closed.")
        await driver.press("s")
        assert session.connections
        await driver.press("ctrl+w", "c")
        await driver.until(lambda: isinstance(driver.app.screen, StartScreen), "the start screen")
        assert not session.connections
        assert events(path)[-1] == "closed"
        await driver.shows("central system ws://127.0.0.1")
        await driver.press("ctrl+q")
        await driver.until(lambda: driver.app.return_code == 0, "the end")


async def test_a_failed_charge_point_session_is_described_with_its_url(tmp_path: Path) -> None:
    """The user could not tell one attempt from another in the list of recent sessions."""
    session = Session(role=Role.CHARGE_POINT, writer=RecordingWriter(tmp_path / "r.jsonl"), settings=SessionSettings())
    settings = ClientSettings(url="ws://127.0.0.1:1/ocpp", charge_point="CP001", versions=(Version.V16,))
    app = OcpptuiApp(session, start=lambda: session.connect(settings))
    async with driven(app) as driver:
        await driver.shows("again in")
    assert recent.load_recent().sessions[0].title == "charge point ws://127.0.0.1:1/ocpp/CP001"
