"""What every screen shows of a recording that fails, or whose file is gone."""

from __future__ import annotations

import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from ocpptui.compose.history import Compositions
from ocpptui.network.server_settings import ServerSettings
from ocpptui.ocpp.version import Role
from ocpptui.recording.writer import RecordingWriter
from ocpptui.tui import recording_alarm
from ocpptui.tui.app import OcpptuiApp
from ocpptui.tui.recording_alarm import RecordingAlarm
from ocpptui.tui.screens.compose_screen import ComposeScreen
from ocpptui.tui.screens.session_screen import SessionScreen
from ocpptui.workspace import recent_sessions as recent
from tests.kit.driver import WIDE, central_system, driven
from tests.kit.failing_recording import FailingRecording


async def test_a_failing_recording_is_shown_on_every_screen_until_it_works_again() -> None:
    """The user would continue for hours and learn too late that nothing was recorded."""
    session = FailingRecording(role=Role.CENTRAL_SYSTEM)
    app = OcpptuiApp(session, start=lambda: session.listen(ServerSettings(port=0, ping_interval=None)))
    async with driven(app) as driver:
        await driver.hides("NOT RECORDING")
        session.why = "/full/recording.jsonl: No space left on device; records are kept in memory"
        await driver.shows("NOT RECORDING: /full/recording.jsonl: No space left on device", "NOT REC")
        await app.push_screen(ComposeScreen(session, None, Compositions(), raw="[]"))
        await driver.shows("NOT RECORDING: /full", "any text")
        session.why = None
        await driver.hides("NOT RECORDING")
        assert "The recording is complete again." in driver.notices()
        await driver.press("escape", "escape")
        await driver.until(lambda: isinstance(app.screen, SessionScreen), "the session")
        await driver.hides("NOT RECORDING")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows does not let an open file be deleted")
async def test_a_recording_that_is_deleted_is_shown_on_every_screen(tmp_path: Path) -> None:
    """The user would look for a file that does not exist any more."""
    path = tmp_path / "r.jsonl"
    async with central_system("CP001", writer=RecordingWriter(path), size=WIDE) as (driver, session, _):
        path.unlink()
        await driver.shows("was deleted. It continues in a new file", "r-2.jsonl", "● rec")
        await driver.app.push_screen(ComposeScreen(session, None, Compositions(), raw="[]"))
        await driver.shows("was deleted. It continues in a new file", "any text")
        assert recent.load_recent().sessions[0].recording == str(tmp_path / "r-2.jsonl")
        await driver.press("escape", "ctrl+q")
        await driver.until(lambda: driver.app.return_code == 0, "the end")
        assert f"recording: {tmp_path / 'r-2.jsonl'}" in driver.app.last_words


@pytest.mark.parametrize(("seconds", "shown"), [(60.0, "news"), (0.0, "")])
async def test_news_of_a_recording_is_shown_for_a_while(
    monkeypatch: pytest.MonkeyPatch, seconds: float, shown: str
) -> None:
    """A line on what happened hours ago would take the place of a row of the log, or go before anybody read it."""
    notices = list[str]()
    monkeypatch.setattr(recording_alarm, "DURATION", seconds)
    monkeypatch.setattr(recording_alarm, "show_notice", lambda screen, text: notices.append(text))
    app: Any = SimpleNamespace(screen_stack=[SimpleNamespace(is_modal=False)])
    alarm = RecordingAlarm(app)
    alarm.tell("news")
    alarm.look(None)
    assert notices == [shown]
