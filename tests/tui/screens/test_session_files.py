"""Files from a session: save, hand on, open, compare, replay; and keys that need a live peer."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from textual.widgets import Input
from websockets.asyncio.server import ServerConnection, serve
from websockets.typing import Subprotocol

from ocpptui.recording.writer import RecordingWriter
from ocpptui.session.file_session import FileSession
from ocpptui.tui.app import OcpptuiApp
from ocpptui.tui.screens.difference_screen import DifferenceScreen
from ocpptui.tui.screens.save_screen import SaveScreen
from ocpptui.tui.screens.session_screen import SessionScreen
from ocpptui.tui.widgets.key_line import KeyLine
from ocpptui.workspace.recent_sessions import load_recent
from tests.kit.driver import NARROW, Driver, central_system, driven
from tests.kit.every_screen import noted

RECORDING = Path(__file__).parents[3] / "recordings" / "charge-1.6.jsonl"


def opened(path: Path) -> OcpptuiApp:
    opening = FileSession([path])
    return OcpptuiApp(opening.session, opening=opening, close=opening.close)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder where ocpptui was started."""
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


async def dialog(driver: Driver) -> None:
    await driver.press("ctrl+s")
    await driver.until(lambda: isinstance(driver.app.screen, SaveScreen), "the dialog")


async def over(driver: Driver) -> None:
    await driver.until(lambda: isinstance(driver.app.screen, SessionScreen), "the log")


async def test_a_live_recording_is_saved_in_part_redacted_and_never_over_another(folder: Path, tmp_path: Path) -> None:
    """A technician would leave the site without the file, or with one in place of another."""
    writer = RecordingWriter(tmp_path / "own.jsonl")
    async with central_system("CP001", "CP002", writer=writer, automatic=True) as (driver, session, peers):
        await peers["CP001"].send('[2,"1","Heartbeat",{}]')
        await driver.shows("└ Heartbeat")
        await driver.type_ahead("ctrl+s", *"berlin", "enter")
        await over(driver)
        saved = folder / "berlin.jsonl"
        await driver.until(saved.exists, "the file")
        assert len(saved.read_text().splitlines()) == len(session.timeline)
        await driver.until(lambda: any(str(saved) in words for words in driver.notices()), "its path")
        status = driver.line(NARROW[1] - 2)
        assert "/" in status and "records in" not in status, "the notice covers no status line"

        before = saved.read_bytes()
        await driver.type_ahead("slash", *"action:Heartbeat", "enter")
        await dialog(driver)
        await driver.shows("the 2 that the log shows", "Recorded in")
        await driver.type_ahead(*"berlin.jsonl", "f6", "f7")
        await driver.shows("● the 2 that the log shows", "● personal data")
        await driver.press("enter")
        await driver.shows("exists already", "keep it")
        await driver.press("enter")
        assert saved.read_bytes() == before
        await driver.press("enter", "r")
        await driver.shows("2 of 2 records written, chosen from", "replaced:", "chargePointId")
        await driver.press("escape")
        await over(driver)
        assert "CP001" not in saved.read_text()

        for wrong, words in (("../own.jsonl", "what you are looking at"), ("a.pdf", ".pdf names no format")):
            await dialog(driver)
            await driver.type(wrong)
            await driver.press("enter")
            await driver.reads(words)
            await driver.press("escape")
        await dialog(driver)
        await driver.type("missing/a.jsonl")
        await driver.press("enter")
        await driver.reads("cannot be written: the folder for it does not exist")


async def test_an_opened_file_is_compared_and_another_one_opened_in_its_place(folder: Path) -> None:
    """The user would need two terminals and the command line to see what changed."""
    shutil.copy(RECORDING, folder / "before.jsonl")
    text = RECORDING.read_text().replace(r"\"status\":\"Accepted\"", r"\"status\":\"Blocked\"")
    (folder / "after.jsonl").write_text(text)
    async with driven(opened(folder / "before.jsonl")) as driver:
        await driver.press("C")
        await driver.shows("Compare with which file?")
        driver.app.screen.query_one("Input").value = ""  # type: ignore[attr-defined]
        await driver.type("aft")
        await driver.until(lambda: driver.app.screen.query_one("Input")._suggestion, "the suggestion")  # type: ignore[attr-defined]
        await driver.press("tab", "enter")
        await driver.until(lambda: isinstance(driver.app.screen, DifferenceScreen), "the differences")
        await driver.shows("before.jsonl and after.jsonl", "differences", "different answer")
        await driver.shows('"status": "Accepted"', '"status": "Blocked"', "≠")
        await driver.press("n", "enter")
        await over(driver)
        await driver.press("ctrl+o")
        await driver.shows("Open which file?")
        await driver.press("ctrl+u")
        await driver.type("missing.jsonl")
        await driver.press("enter")
        await driver.until(lambda: any("missing.jsonl" in words for words in driver.notices()))
        await driver.press("ctrl+o", "ctrl+u")
        await driver.type("after.jsonl")
        await driver.press("enter")
        await driver.until(lambda: "after.jsonl" in driver.line(0), "the other file")
    assert load_recent().sessions[0].recording == str(folder / "after.jsonl")


async def test_keys_that_need_a_peer_say_so_over_a_file_and_are_not_offered() -> None:
    """A silent key looks like a broken program, and "not sent" like a broken connection."""
    async with driven(opened(RECORDING)) as driver:
        offered = " ".join(driver.footer())
        assert not any(word in offered for word in ("Edit", "Compose", "Answer", "Commands", "Operate"))
        titles = {"e": "Edit", "c": "Compose", "a": "Answer", "D": "Disconnect", "u": "Addresses", "ctrl+n": "Note"}
        for key, title in {**titles, "x": "Operate", "M": "Misbehave", "ctrl+b": "Automatic"}.items():
            await driver.press(key)
            words = f"{title}{'…' if key == 'M' else ''} needs a live peer, and this is an opened file. ctrl+r"
            await driver.until(lambda words=words: any(one.startswith(words) for one in driver.notices()), key)  # type: ignore[misc]
        assert isinstance(driver.app.screen, SessionScreen)
        before = len(driver.notices())
        await driver.press("j", "k", "G", "p")
        assert len(driver.notices()) == before, "keys that act say nothing"


async def test_the_screens_over_a_file_follow_each_other_in_a_burst_and_survive_a_tiny_window() -> None:
    """Over a slow line, a key that is meant for the log would act in the question that it closes."""
    ways = {"C": "FileQuestion", "ctrl+r": "ChoiceQuestion", "P": "ProblemsScreen", "S": "ReportScreen",
            "V": "ChartScreen", "v": "ConfigurationScreen", "ctrl+s": "SaveScreen", "l": "LimitsScreen",
            "ctrl+o": "FileQuestion"}  # fmt: skip
    async with driven(opened(RECORDING)) as driver:
        await driver.press("g")
        names = noted(driver.app)
        await driver.type_ahead(*(key for way in ways for key in (way, "escape")))
        await over(driver)
        assert names == list(ways.values())
        for way in ("C", "ctrl+r"):
            await driver.press(way)
            await driver.until(lambda way=way: type(driver.app.screen).__name__ == ways[way], way)  # type: ignore[misc]
            await driver.survives_a_tiny_window()
            await driver.press("escape")
            await over(driver)


async def accepting(connection: ServerConnection) -> None:
    async for message in connection:
        frame = json.loads(message)
        if frame[0] == 2:
            answer = {"status": "Accepted", "currentTime": "2026-01-01T00:00:00Z", "interval": 300}
            await connection.send(json.dumps([3, frame[1], answer if frame[2] == "BootNotification" else {}]))


async def test_the_opened_file_is_replayed_and_the_url_remembered() -> None:
    """The user would have to quit, and write a command with five options."""
    async with serve(accepting, "127.0.0.1", 0, subprotocols=[Subprotocol("ocpp1.6")], ping_interval=None) as server:
        url = f"ws://127.0.0.1:{next(iter(server.sockets)).getsockname()[1]}"
        async with driven(opened(RECORDING)) as driver:
            await driver.shows("BootNotification")
            await driver.press("ctrl+r")
            await driver.shows("as the charge point, to a central system")
            await driver.press("enter")
            await driver.shows("URL of the central system:")
            await driver.press("ctrl+u")
            await driver.type(url)
            await driver.press("enter")
            await driver.shows("⏸ paused", f"frames to {url}")
            session = driver.app.session
            assert session is not None
            assert not any(session.timeline.kind(index).is_call for index in range(len(session.timeline)))
            await driver.press("f6")
            await driver.until(lambda: any(session.timeline.kind(i).is_call for i in range(len(session.timeline))))
        assert load_recent().values["replay"] == {"url": url}


async def test_a_peer_that_cannot_be_used_is_asked_for_again_with_the_reason() -> None:
    """A slip in a URL would cost the whole URL, and the question before it."""
    async with driven(opened(RECORDING)) as driver:
        await driver.shows("BootNotification")
        await driver.press("ctrl+r", "enter")
        await driver.shows("URL of the central system:")
        for url, reason in (("ws:/h/ocpp", "begins with ws:/"), ("ws://h:70000", "names a wrong port")):
            driver.app.screen.query_one(Input).value = url
            await driver.press("enter")
            await driver.shows("URL of the central system:", url, reason)
        await driver.press("escape")
        await driver.hides("URL of the central system:")


async def test_the_keys_below_a_dialog_are_those_from_before_it() -> None:
    """The bottom line would offer to edit a frame of a file, as long as a question is open."""
    async with driven(opened(RECORDING), NARROW) as driver:
        await driver.shows("BootNotification", "1/41")
        line = driver.app.screen.query_one(KeyLine)
        titles = [key.title for key in line.keys]
        assert "Edit" not in titles and "Inspect" in titles
        await driver.press("C")
        await driver.until(lambda: not isinstance(driver.app.screen, SessionScreen), "the question")
        assert [key.title for key in line.keys] == titles
        await driver.press("escape")
        await over(driver)
        await driver.press("enter")
        await driver.until(lambda: "Other half" in [key.title for key in line.keys], "the keys of the inspector")
