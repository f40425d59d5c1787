"""No secret of a file or of a session is on the screen, in a copy, in a crash report or in the user's folder."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.app import App

from ocpptui.network.client_settings import ClientSettings
from ocpptui.network.credentials import Credentials
from ocpptui.ocpp.version import Role, Version
from ocpptui.session.file_session import FileSession
from ocpptui.session.session import Session
from ocpptui.session.settings import SessionSettings
from ocpptui.tui.app import OcpptuiApp
from ocpptui.tui.clipboard import copy
from ocpptui.tui.crash import last_words
from tests.kit.driver import WIDE, driven
from tests.kit.planted_secrets import PARAMETERS, headers, leaked, planted, recording_with_secrets, urls
from tests.kit.session_view import screen_over

EACH = 25
"""Not every record is looked at, since each takes some time."""


def written(folder: Path) -> str:
    """Everything in the files of the user's folder."""
    return "".join(path.read_text() for path in folder.rglob("*") if path.is_file())


@pytest.mark.parametrize("version", [Version.V16, Version.V201])
async def test_no_record_shows_or_copies_its_secret(version: Version, tmp_path: Path, home: Path) -> None:
    """Somebody who looks over the user's shoulder, or gets a screenshot, would know the password."""
    opening = FileSession([recording_with_secrets(tmp_path / "theirs.jsonl", version)])
    while not opening.advance(1):
        pass
    async with screen_over(opening.session, WIDE) as screen:
        await screen.press("g", "enter")
        for index in range(0, len(screen.log.timeline), EACH):
            screen.log.select(index)
            await screen.until(lambda index=index: screen.inspector.index == index)  # type: ignore[misc]
            assert leaked(screen.text()) == []
        for keys in (("y", "enter"), ("y", "down", "enter"), ("y", "down", "down", "enter")):
            await screen.press(*keys)
            await screen.pilot.pause()
        assert leaked(screen.app.clipboard) == []
    assert leaked(written(home)) == []
    await opening.close()


async def test_no_secret_of_the_command_line_is_shown_or_remembered(home: Path) -> None:
    """The URL of a session is in the header and in the list of recent sessions."""
    query = "&".join(f"{name}=S0001CRETq9" for name in PARAMETERS)
    settings = ClientSettings(
        url=f"ws://u:S0002CRETq9@127.0.0.1:1/CP1?{query}",
        url_exact=True,
        charge_point="CP1",
        credentials=Credentials.parse(None, "S0003CRETq9"),
        headers=tuple((name, value) for name, _, value in (header.partition(": ") for header in headers())),
        reconnect=False,
    )
    session = Session(role=Role.CHARGE_POINT)
    app = OcpptuiApp(session, start=lambda: session.connect(settings))
    async with driven(app, WIDE) as driver:
        await driver.shows("failed", "ws://127.0.0.1:1/CP1")
        await driver.press("G", "enter")
        await driver.pilot.pause()
        assert leaked(driver.text()) == []
        assert leaked(app.title + app.sub_title) == []
    assert leaked(written(home)) == []


async def test_the_header_says_that_secrets_are_shown() -> None:
    """A screenshot would be shared in the belief that passwords are masked."""
    session = Session(role=Role.CENTRAL_SYSTEM, settings=SessionSettings(keep_secrets=True))
    async with driven(OcpptuiApp(session), WIDE) as driver:
        await driver.shows("SECRETS SHOWN")


async def test_a_copy_has_no_secret_unless_that_was_asked_for(home: Path) -> None:
    """A clipboard is pasted into an issue."""
    app: App[object] = App()
    async with app.run_test():
        for text in (*planted()[:60], *urls()):
            await copy(app, text)
            assert leaked(app.clipboard) == []
        await copy(app, urls()[0], keeps_secrets=True)
        assert len(leaked(app.clipboard)) == 1


def test_a_crash_report_has_no_secret(home: Path) -> None:
    """An error may quote the message that it failed for, and the report is attached to an issue."""
    settings = [text for text in planted() if '"key"' in text and len(text) < 120]
    for text in (*settings[:20], *urls(), *headers()):
        try:
            raise ValueError(f"cannot read {text!r}, because {text}")
        except ValueError as error:
            words = last_words(error)
        assert leaked("\n".join(words)) == []
    assert leaked(written(home)) == []
