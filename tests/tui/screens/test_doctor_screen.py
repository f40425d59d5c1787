"""The doctor on the screen: the steps appear as they run, one can be read in full, and the result can be saved."""

from __future__ import annotations

from pathlib import Path

from textual.widgets import Input, OptionList

from ocpptui.doctor.examined_step import StepState
from ocpptui.tui.app import OcpptuiApp
from ocpptui.tui.screens.doctor_screen import DoctorScreen
from ocpptui.tui.screens.session_screen import SessionScreen
from ocpptui.tui.screens.start_screen import StartScreen
from tests.doctor.bare_server import BareServer, refusal, upgrade
from tests.kit.driver import Driver, driven


async def examination(driver: Driver) -> DoctorScreen:
    """The screen, once the examination has ended."""
    await driver.until(lambda: isinstance(driver.app.screen, DoctorScreen), "the doctor")
    screen = driver.app.screen
    assert isinstance(screen, DoctorScreen)
    await driver.until(lambda: not screen.is_examining, "its end")
    return screen


async def test_from_the_start_screen_and_from_a_session_that_was_refused(tmp_path: Path) -> None:
    """A technician would have to leave the screen, and type everything once more on the command line."""
    server = BareServer(
        lambda request: (
            upgrade(request, request.offered[0] if request.offered else None)
            if request.path == "/ocpp/CP001/"
            else refusal("404 Not Found", "Server: nginx/1.25")
        )
    )
    async with server.running() as port, driven(OcpptuiApp()) as driver:
        driver.app.screen.query_one("#connect_url", Input).value = f"ws://127.0.0.1:{port}/ocpp/CP001"
        await driver.press("f12")
        screen = await examination(driver)
        await driver.reads("HTTP upgrade failed", "answered 404 Not Found", "with a slash at its end")
        listed = screen.query_one("#steps", OptionList)
        steps = screen.examination.report.steps
        assert listed.highlighted == next(place for place, one in enumerate(steps) if one.state is StepState.FAILED)
        await driver.shows("answer: 404 Not Found", "r Again", "s Save")
        assert len(driver.footer()) <= 6
        await driver.survives_a_tiny_window()
        await driver.press("enter")
        await driver.until(lambda: not listed.display, "the step alone")
        await driver.shows("Server: nginx/1.25", "answered by nginx")
        await driver.press("escape", "j")
        await driver.shows("It works with a slash at its end")
        page = tmp_path / "page.html"
        await driver.press("s")
        await driver.until(lambda: driver.app.screen is not screen, "the question")
        driver.app.screen.query_one(Input).value = str(page)
        await driver.press("enter")
        await driver.until(page.exists, "the page")
        assert "with a slash at its end" in page.read_text(encoding="utf-8")
        await driver.press("b")
        await driver.shows("a BootNotification is sent")
        assert (await examination(driver)).examination.report.steps[-1].name == "boot"
        await driver.press("escape")
        await driver.until(lambda: isinstance(driver.app.screen, StartScreen), "the start screen")
        await driver.press("enter")
        await driver.until(lambda: isinstance(driver.app.screen, SessionScreen), "the session")
        await driver.shows("answered 404 Not Found", "Doctor (f12")
        await driver.press("f12")
        again = await examination(driver)
        assert [one.worst.code for one in again.examination.report.steps] == [one.worst.code for one in steps]
        await driver.press("escape")


async def test_a_url_that_cannot_be_used_is_said_in_its_field_and_a_connected_charge_point_is_left_alone() -> None:
    """The central system could end the open connection when a second one comes with the same id."""
    async with BareServer().running() as port, driven(OcpptuiApp()) as driver:
        address = driver.app.screen.query_one("#connect_url", Input)
        address.value = "nonsense"
        await driver.press("f12")
        await driver.shows("has no scheme")
        assert isinstance(driver.app.screen, StartScreen)
        address.value = f"ws://127.0.0.1:{port}/CP001"
        await driver.press("enter")
        await driver.until(lambda: isinstance(driver.app.screen, SessionScreen), "the session")
        await driver.shows("opened")
        await driver.press("f12")
        await driver.shows("CP001 is connected.", "leave it alone")
        await driver.press("enter")
        await driver.until(lambda: isinstance(driver.app.screen, SessionScreen), "the session")
