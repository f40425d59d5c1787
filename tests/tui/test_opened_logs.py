"""Support opens a customer's file: the screen shows what was read, what was inferred, and what was left out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from textual.screen import Screen

from ocpptui.importing.reader import ImportOptions
from ocpptui.session.file_session import FileSession
from ocpptui.tui.app import OcpptuiApp
from tests.benchmarks.large_recording import write_large_recording
from tests.kit.driver import SIZES, WIDE, driven, painted

LOG = """\
starting backend 1.2
2026-11-22 10:00:00.100 INFO [ocpp] CP001: receive message [2,"1","Heartbeat",{}]
2026-11-22 10:00:00.101 INFO [ocpp] CP001: send [3,"1",{"currentTime":"2026-11-22T09:00:00Z"}]
2026-11-22 10:00:01.100 INFO [ocpp] CP001: receive message [2,"2","Status
"""


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "customer.log"
    path.write_text(LOG)
    return path


def app_of(path: Path, choices: ImportOptions | None = None) -> OcpptuiApp:
    opening = FileSession([path], choices)
    return OcpptuiApp(opening.session, opening=opening, close=opening.close)


async def test_a_customers_log_becomes_a_timeline(log: Path) -> None:
    """The user would miss its rows, its truncated frame, or what was inferred for the selected one."""
    async with driven(app_of(log), (100, 30)) as driver:
        await driver.shows("Heartbeat", "malformed")
        await driver.press("enter")
        await driver.shows("CALL Heartbeat", "so it is inferred: zone")


async def test_what_was_left_out_is_one_key_away(log: Path) -> None:
    """Parts of the file would be dropped silently."""
    async with driven(app_of(log), (100, 30)) as driver:
        await driver.shows("Heartbeat")
        await driver.press("U")
        await driver.reads("no frame: starting backend 1.2", "The central system wrote this")


async def test_a_recording_of_which_nothing_was_left_out(tmp_path: Path) -> None:
    """The user would look for what else may come."""
    path = tmp_path / "whole.jsonl"
    write_large_recording(path, 60)
    async with driven(app_of(path), (100, 30)) as driver:
        await driver.shows("CP001", "60")
        await driver.press("U")
        await driver.reads("Everything could be read.")


async def test_what_is_uncertain_is_said_without_a_key(tmp_path: Path) -> None:
    """Frames of two charge points would be shown as those of one, without a word."""
    payload = '{{"chargePointVendor":"V","chargePointModel":"M","chargePointSerialNumber":"{}"}}'
    path = tmp_path / "two.log"
    path.write_text(
        "".join(f'10:00 recv [2,"{one}","BootNotification",{payload.format(one)}]\n' for one in ("A1", "B2"))
    )
    async with driven(app_of(path), (100, 30)) as driver:
        await driver.until(lambda: any("A1 and B2 both started" in told for told in driver.notices()), "the warning")


async def test_rows_of_a_growing_log_appear(log: Path) -> None:
    """The technician watches the log of the central system while plugging in."""
    async with driven(app_of(log, ImportOptions(follow=True)), (100, 30)) as driver:
        await driver.shows("Heartbeat", "waiting for more")
        with log.open("a") as file:
            file.write('2026-11-22 10:00:03 INFO [ocpp] CP001: send [2,"9","Reset",{"type":"Hard"}]\n')
        await driver.shows("Reset", "Hard")


async def test_a_file_without_frames_says_so(tmp_path: Path) -> None:
    """An empty screen would leave the user wondering whether the file is still being read."""
    (tmp_path / "notes.txt").write_text("hello\n")
    async with driven(app_of(tmp_path / "notes.txt"), (100, 30)) as driver:
        await driver.reads("contains no OCPP frame in 1 line; line 1: hello")


@pytest.mark.parametrize("size", SIZES)
async def test_the_first_paint_has_the_header_the_rows_and_the_keys(size: tuple[int, int], tmp_path: Path) -> None:
    """The user would see panes flicker into place, one after the other, each time a file is opened."""
    recording = tmp_path / "100-records.jsonl"
    write_large_recording(recording, 100)
    app = app_of(recording)
    first: list[str] = []
    paint = app._display

    def watched(screen: Screen[Any], what: Any) -> None:
        if what is not None and not app._batch_count and not first:
            first.extend(strip.text.rstrip() for strip in painted(app))
        paint(screen, what)

    app._display = watched  # type: ignore[method-assign, assignment]
    async with driven(app, size) as driver:
        await driver.shows("1/100")
    assert "100-records.jsonl" in first[0]
    assert sum("opened" in line for line in first) >= min(40, size[1] - 4), "the rows of the log"
    assert "Inspect" in first[-1] and "? Help" in first[-1]
    for words in ("all charge points", "CONNECTION opened"):
        assert (words in "".join(first)) is (size == WIDE), "charge points and inspector, where there is room for them"


async def test_at_the_last_row_of_a_filter_the_state_is_that_of_its_record(tmp_path: Path) -> None:
    """Beside an old record would be the state at the end of the file."""
    path = tmp_path / "states.log"
    status = '10:00:0{0} CP001: receive message [2,"{0}","StatusNotification",{{"connectorId":1,"status":"{1}"}}]\n'
    words = ["Available", "Preparing", "Charging", "Finishing"]
    path.write_text("".join(status.format(number, word) for number, word in enumerate(words)))
    async with driven(app_of(path), WIDE) as driver:
        await driver.shows("1 Available  since", "as of")
        await driver.press("G")
        await driver.shows("1 Finishing  since")
        await driver.press("slash")
        await driver.type("Preparing")
        await driver.press("enter", "G")
        await driver.shows("1 Preparing  since", "as of")
