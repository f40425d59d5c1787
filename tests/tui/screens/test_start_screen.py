"""The start screen: connect, listen, open, reopen a recent session; and the sentences if that fails."""

from __future__ import annotations

import json
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from textual.widgets import Input, OptionList, Static

from ocpptui.ocpp.version import Role
from ocpptui.session.file_session import FileSession
from ocpptui.tui.app import OcpptuiApp
from ocpptui.tui.screens.session_screen import SessionScreen
from ocpptui.tui.screens.start_screen import StartScreen
from ocpptui.workspace.folders import state_folder
from tests.kit.driver import NARROW, SIZES, WIDE, Driver, driven
from tests.kit.held_ports import held_ports

RECORDING = Path(__file__).parents[3] / "recordings" / "charge-1.6.jsonl"


def field(driver: Driver, name: str) -> Input:
    return driver.app.screen.query_one(f"#{name}", Input)


def wrong(driver: Driver, row: str) -> str:
    """The error under a row of a form; empty if none is shown."""
    note = driver.app.screen.query_one(f"#{row}_wrong", Static)
    return str(note.render()) if note.display else ""


async def fill(driver: Driver, name: str, text: str) -> None:
    field(driver, name).value = text
    field(driver, name).cursor_position = len(text)
    field(driver, name).focus()
    await driver.pilot.pause()


@pytest.fixture
def port() -> Iterator[int]:
    """One at which the program may listen."""
    with held_ports() as first:
        yield first


@pytest.mark.parametrize("size", SIZES)
async def test_every_form_and_the_recent_sessions_are_visible(size: tuple[int, int]) -> None:
    """At 24 lines the user would not see the file or the recent sessions, and not look for them."""
    async with driven(OcpptuiApp(), size) as driver:
        await driver.shows("Connect as a charge point", "Listen as a central system", "Open recordings",
                           "Recent sessions", "none yet", "Demo", "Help")  # fmt: skip
        assert field(driver, "connect_url").has_focus
        assert len(driver.footer()) <= 6
        await driver.survives_a_tiny_window()


async def test_tab_and_arrows_go_through_every_field_and_the_sessions() -> None:
    """Users could not reach a field without a mouse."""
    async with driven(OcpptuiApp()) as driver:
        names = []
        for _ in driver.app.screen.query(Input):
            assert isinstance(driver.app.focused, Input)
            names.append(driver.app.focused.id)
            await driver.press("down" if len(names) % 2 else "tab")
        assert len(set(names)) == len(names)
        assert isinstance(driver.app.focused, OptionList)
        await driver.press("shift+tab")
        assert field(driver, "open_file").has_focus


async def test_the_requested_url_is_shown_while_the_user_types() -> None:
    """Only the log of the central system would show whether the URL ends with the id."""
    async with driven(OcpptuiApp()) as driver:
        await driver.shows("requests ws://localhost:9000/CP001")
        await fill(driver, "connect_url", "wss://csms.example/ocpp")
        await fill(driver, "connect_id", "A B")
        await driver.shows("requests wss://csms.example/ocpp/A%20B")
        await fill(driver, "connect_url", "http://")
        await driver.hides("requests")


@pytest.mark.parametrize("size", SIZES)
async def test_an_error_is_shown_under_its_field_until_the_field_changes(size: tuple[int, int]) -> None:
    """The user would press enter and see nothing happen."""
    async with driven(OcpptuiApp(), size) as driver:
        for name, typed, row, words in (
            ("connect_url", "http://h/A", "connect_url", "http"),
            ("connect_version", "1.7", "connect_id", "version: '1.7' is not an OCPP version"),
            ("listen_port", "x", "listen_host", "port: 'x' is not a port"),
            ("open_file", "/nowhere/x.jsonl", "open_file", "there is no file /nowhere/x.jsonl"),
            ("open_file", "[red]x", "open_file", "there is no file [red]x"),
            ("open_file", "/", "open_file", "is a folder"),
        ):
            await fill(driver, name, typed)
            await driver.press("enter")
            await driver.until(lambda row=row, words=words: words in wrong(driver, row), words)  # type: ignore[misc]
            await driver.shows(words)
            assert field(driver, name).has_focus and field(driver, name).has_class("-wrong")
            assert isinstance(driver.app.screen, StartScreen)
            await driver.press("backspace")
            await driver.until(lambda row=row: not wrong(driver, row), "the error disappears")  # type: ignore[misc]
            assert not field(driver, name).has_class("-wrong")
            field(driver, name).value = ""


async def test_a_field_is_checked_on_leaving_unless_it_is_empty() -> None:
    """The user would fill in the whole form before seeing its first error, or see errors in untouched fields."""
    async with driven(OcpptuiApp()) as driver:
        await driver.press("tab", "tab", "tab")
        assert not wrong(driver, "connect_url")
        await fill(driver, "connect_url", "ftp://h/A")
        await driver.press("tab")
        await driver.until(lambda: "ftp" in wrong(driver, "connect_url"), "the reason")
        assert field(driver, "connect_id").has_focus


async def test_a_proxy_is_begun_and_remembered(home: Path, port: int) -> None:
    """It could be begun from the command line alone."""
    async with driven(OcpptuiApp()) as driver:
        await fill(driver, "relay_listen", "x:y")
        await driver.press("enter")
        await driver.until(lambda: "name the central system" in wrong(driver, "relay_upstream"), "what is missing")
        await fill(driver, "relay_upstream", "ws://u:hunter2hunter2@127.0.0.1:9/ocpp")
        await driver.press("enter")
        await driver.until(lambda: "is not HOST:PORT" in wrong(driver, "relay_listen"), "what is wrong")
        await fill(driver, "relay_listen", f":{port}")
        await driver.press("enter")
        await driver.until(lambda: isinstance(driver.app.screen, SessionScreen), "the session")
        await driver.shows("proxy", "127.0.0.1:9")
        assert driver.app.session is not None and driver.app.session.proxy is not None
    remembered = (home / "recent.json").read_text()
    assert json.loads(remembered)["values"]["relay"]["listen"] == f":{port}"
    assert json.loads(remembered)["sessions"][0]["form"] == "relay"
    assert "hunter2" not in remembered


@pytest.mark.parametrize("size", SIZES)
async def test_listening_shows_the_session_with_the_urls_and_is_remembered(
    size: tuple[int, int], home: Path, port: int
) -> None:
    """The user could not get from the start screen to a charge point on the bench."""
    async with driven(OcpptuiApp(), size) as driver:
        await fill(driver, "listen_password", "hunter2hunter2hunter2")
        await fill(driver, "listen_port", str(port))
        await driver.press("enter")
        await driver.until(lambda: isinstance(driver.app.screen, SessionScreen), "the session")
        await driver.shows("central system", f"ws://127.0.0.1:{port}/")
        assert driver.app.session is not None and driver.app.session.role is Role.CENTRAL_SYSTEM
    remembered = (home / "recent.json").read_text()
    assert json.loads(remembered)["values"]["listen"]["port"] == str(port)
    assert "hunter2" not in remembered
    async with driven(OcpptuiApp(), size) as driver:
        assert field(driver, "listen_port").value == str(port)
        assert field(driver, "listen_password").value == ""
        await driver.shows(f"central system ws://127.0.0.1:{port}/")


async def test_a_port_in_use_is_reported_under_it_and_leaves_no_empty_recording(home: Path) -> None:
    """The program would end, or an empty file would be listed among the recent sessions."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        async with driven(OcpptuiApp()) as driver:
            await fill(driver, "listen_port", str(taken.getsockname()[1]))
            await driver.press("enter")
            await driver.until(lambda: "in use" in wrong(driver, "listen_host"), "the reason")
            assert "--port" not in wrong(driver, "listen_host")
            assert isinstance(driver.app.screen, StartScreen)
    assert list((home / "recordings").iterdir()) == []


async def test_a_connection_that_fails_is_shown_as_a_session_that_tries_again(port: int) -> None:
    """The user would be back at the form without seeing what the other side said."""
    async with driven(OcpptuiApp()) as driver:
        await fill(driver, "connect_url", f"ws://127.0.0.1:{port}/ocpp")
        await fill(driver, "connect_id", "A")
        await driver.press("enter")
        await driver.until(lambda: isinstance(driver.app.screen, SessionScreen), "the session")
        await driver.shows("failed", "next attempt")
        assert driver.app.session is not None and driver.app.session.role is Role.CHARGE_POINT


@pytest.mark.parametrize("size", SIZES)
async def test_an_opened_recording_is_listed_among_the_recent_sessions(size: tuple[int, int], tmp_path: Path) -> None:
    """Support would type the path of the same file again and again."""
    path = tmp_path / "a b [red].jsonl"
    shutil.copy(RECORDING, path)
    async with driven(OcpptuiApp(), size) as driver:
        await fill(driver, "open_file", str(path))
        await driver.press("enter")
        await driver.until(lambda: isinstance(driver.app.screen, SessionScreen), "the session")
        await driver.shows("BootNotification", "1/41")
    async with driven(OcpptuiApp(), size) as driver:
        await driver.shows("a b [red].jsonl")
        driver.app.screen.query_one(OptionList).focus()
        await driver.press("enter")
        await driver.shows("BootNotification", "1/41")


async def test_recordings_that_were_opened_together_take_one_line_and_are_opened_together(tmp_path: Path) -> None:
    """A session of many logs would hide all others at 24 lines, and only its first log would be opened again."""
    paths = [tmp_path / f"a recording with a long name, number {number}.jsonl" for number in range(5)]
    for path in paths:
        shutil.copy(RECORDING, path)
    for opened, count in ((paths[0:1], 41), (paths, 41 * 5)):
        opening = FileSession(opened)
        async with driven(OcpptuiApp(opening.session, opening=opening, close=opening.close), NARROW) as driver:
            await driver.shows(f"/{count}")
    async with driven(OcpptuiApp(), NARROW) as driver:
        await driver.until(lambda: driver.text().count("a recording with a long name") >= 2, "both sessions")
        listed = driver.app.screen.query_one(OptionList)
        assert listed.virtual_size.height == 2
        listed.focus()
        await driver.press("enter")
        await driver.shows(f"/{41 * 5}")


async def test_a_path_is_completed_while_the_user_types(tmp_path: Path) -> None:
    """The user would have to type a path of sixty characters to its end."""
    path = tmp_path / "some-recording.jsonl"
    shutil.copy(RECORDING, path)
    async with driven(OcpptuiApp(), WIDE) as driver:
        await fill(driver, "open_file", "")
        field(driver, "open_file").insert_text_at_cursor(f"{tmp_path}/some")
        await driver.until(lambda: field(driver, "open_file")._suggestion == str(path), "the suggestion")
        field(driver, "open_file").action_end()
        await driver.press("right")
        assert field(driver, "open_file").value == str(path)


async def test_a_recent_recording_that_is_no_longer_one_is_reported(tmp_path: Path) -> None:
    """The program would end if another program changed a file."""
    path = tmp_path / "one.jsonl"
    shutil.copy(RECORDING, path)
    async with driven(OcpptuiApp()) as driver:
        await fill(driver, "open_file", str(path))
        await driver.press("enter")
        await driver.shows("1/41")
    async with driven(OcpptuiApp()) as driver:
        await driver.shows("one.jsonl")
        path.unlink()
        driver.app.screen.query_one(OptionList).focus()
        await driver.press("enter")
        await driver.until(driver.notices, "a word")
        assert "one.jsonl" in driver.notices()[0]
        assert isinstance(driver.app.screen, StartScreen)


async def test_the_demo_is_one_key_away() -> None:
    """Users who want to see what the program does would need a charge point first."""
    async with driven(OcpptuiApp(), NARROW) as driver:
        await driver.press("f5")
        await driver.shows("central system", "BootNotification")


async def test_letters_are_typed_and_keys_of_the_whole_program_still_work() -> None:
    """`?` would open the help in the middle of an id."""
    async with driven(OcpptuiApp()) as driver:
        await driver.press("question_mark", "c", "slash", "q")
        assert field(driver, "connect_url").value == "?c/q"
        await driver.press("f1")
        await driver.shows("Start screen")
        await driver.press("escape")
        assert isinstance(driver.app.screen, StartScreen)


async def test_an_unwritable_recordings_folder_is_reported_before_the_start(home: Path) -> None:
    """The user would learn of it after the session."""
    async with driven(OcpptuiApp()) as driver:
        await driver.hides("NOT BE RECORDED")
    shutil.rmtree(home, ignore_errors=True)
    home.touch()  # noqa: ASYNC240
    async with driven(OcpptuiApp()) as driver:
        await driver.shows("SESSIONS WILL NOT BE RECORDED", str(home)[:20])


async def test_a_damaged_list_of_recent_sessions_is_said_once(home: Path) -> None:
    """A time of 1e400 in it ended each start in a crash."""
    entry = '{"title":"t","recording":"' + str(RECORDING) + '","ended":1e400}'
    (state_folder() / "recent.json").write_text(f'{{"values":{{}},"sessions":[{entry}]}}')
    async with driven(OcpptuiApp()) as driver:
        await driver.shows("none yet")
        assert any("damaged" in notice for notice in driver.notices())
    assert (home / "recent-damaged.json").exists()
    async with driven(OcpptuiApp()) as driver:
        await driver.shows("none yet")
        assert not driver.notices()


async def test_in_a_low_window_a_field_is_shown_before_it_gets_the_focus() -> None:
    """A wrong value would be told in a field that nobody sees, and what is typed next would go elsewhere."""
    async with driven(OcpptuiApp(), (80, 24)) as driver:
        field(driver, "relay_mirror").value = "nothing"
        await fill(driver, "relay_upstream", "ws://h")
        field(driver, "open_file").focus()
        await driver.hides("second central system", "mirror")
        screen = driver.app.screen
        assert isinstance(screen, StartScreen)
        screen._submit("relay")
        await driver.until(lambda: field(driver, "relay_mirror").has_focus, "the wrong field")
        await driver.shows("mirror", "nothing")


async def test_a_session_is_begun_again_as_it_was_without_its_password(home: Path, port: int) -> None:
    """A technician types the same URL every day; a password in a file is read by others."""
    async with driven(OcpptuiApp()) as driver:
        await fill(driver, "listen_password", "hunter2hunter2hunter2")
        await fill(driver, "listen_port", str(port))
        await driver.press("enter")
        await driver.shows(f"ws://127.0.0.1:{port}/")
    async with driven(OcpptuiApp()) as driver:
        assert "c Connect again" not in driver.footer(), "c is typed into the fields"
        await fill(driver, "listen_port", "1")
        driver.app.screen.query_one(OptionList).focus()
        await driver.until(lambda: "c Connect again" in driver.footer(), "the key")
        await driver.press("c")
        await driver.until(
            lambda: "That session also had: password." in wrong(driver, "listen_password"), "what it had"
        )
        assert field(driver, "listen_password").has_focus and field(driver, "listen_port").value == str(port)
        await driver.press("ctrl+u", "enter")
        await driver.shows(f"ws://127.0.0.1:{port}/")
    assert "hunter2" not in (home / "recent.json").read_text()
    async with driven(OcpptuiApp()) as driver:
        driver.app.screen.query_one(OptionList).focus()
        await driver.until(lambda: "c Connect again" in driver.footer(), "the key")
        await driver.press("c")
        await driver.shows("central system", f"ws://127.0.0.1:{port}/")
