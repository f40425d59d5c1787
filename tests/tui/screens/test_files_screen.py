"""The list of files. If these fail, a technician knows that a log has come, and cannot look at it."""

from __future__ import annotations

import zipfile
from pathlib import Path

import aiohttp
import pytest

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


def test_the_beginning_of_a_long_file_and_an_empty_one(tmp_path: Path) -> None:
    long = tmp_path / "long.txt"
    long.write_bytes(b"x\n" * 50_000)
    assert beginning_of(long)[-1] == "The first 65,536 bytes are shown."
    (tmp_path / "empty").write_bytes(b"")
    assert beginning_of(tmp_path / "empty") == []


@pytest.mark.parametrize("byte", [0, 0x20, 0x80, 0xFF])
def test_a_damaged_archive_does_not_end_the_program(tmp_path: Path, byte: int) -> None:
    """A charge point can upload any bytes; a technician would lose the session by looking at them."""
    path = tmp_path / "logs.zip"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("müller.log", "x")
    whole = path.read_bytes()
    assert beginning_of(path) == ["           1 bytes  müller.log"]
    for place in range(whole.rindex(b"PK\1\2"), len(whole)):
        path.write_bytes(whole[:place] + bytes([byte]) + whole[place + 1 :])
        assert all(isinstance(line, str) for line in beginning_of(path))
