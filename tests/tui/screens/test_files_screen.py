"""The list of files. If these fail, a technician knows that a log has come, and cannot look at it."""

from __future__ import annotations

import zipfile
from pathlib import Path

import aiohttp

from ocpptui.describe.safe_text import printable
from ocpptui.tui.screens.files_screen import FilesScreen, beginning_of
from ocpptui.tui.screens.session_screen import SessionScreen
from tests.kit.session_view import screen_over
from tests.kit.station_bench import STATION
from tests.session.test_served_files import served

FRAMES = '2026-11-26T10:00:00.000Z [2,"1","Heartbeat",{}]\n2026-11-26T10:00:00.100Z [3,"1",{"currentTime":"x"}]\n'


async def test_what_has_arrived_is_opened_while_the_session_goes_on(tmp_path: Path) -> None:
    """The way from "get the diagnostics" to the frames in a zip."""
    archive = tmp_path / "logs.zip"
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("day/ocpp.log", FRAMES * 3)
    async with served(tmp_path / "files") as (central, _), screen_over(central) as screen:
        await screen.press("O")
        await screen.shows("No file has come or gone yet.", "http on port")
        async with aiohttp.ClientSession() as http:
            for name, content in (("logs.zip", archive.read_bytes()), ("station.txt", b"voltage\x1b[2J 230")):
                url = await central.files.upload_url(STATION)
                async with http.put(f"{url}/{name}", data=content) as answer:
                    assert answer.status == 201
        await screen.shows("Files: 2", "done", f"↑ {STATION}", "logs.zip", "station.txt", "15 bytes", "v Open")
        await screen.press("escape", "O", "t")
        await screen.shows("CP001-station.txt", printable("voltage\x1b[2J 230"))
        await screen.press("escape", "k", "t")
        await screen.shows("day/ocpp.log")
        await screen.press("escape", "enter")
        await screen.until(lambda: isinstance(screen.app.screen, SessionScreen), "the opened file")
        await screen.shows("CP001-logs.zip", "Heartbeat")
        assert central.connections
        await screen.press("escape")
        await screen.until(lambda: len(screen.app.screen_stack) == 1, "the session")
        await screen.press("O", "o")
        await screen.until(lambda: not isinstance(screen.app.screen, FilesScreen), "the log")


def test_a_damaged_archive_and_a_long_file_are_said(tmp_path: Path) -> None:
    long = tmp_path / "long.txt"
    long.write_bytes(b"x\n" * 50_000)
    assert beginning_of(long)[-1] == "The first 65,536 bytes are shown."
    (tmp_path / "empty").write_bytes(b"")
    assert beginning_of(tmp_path / "empty") == []
