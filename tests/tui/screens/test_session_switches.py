"""The switches of a session say what each position means."""

from __future__ import annotations

import pytest

from ocpptui.ocpp.version import Role
from ocpptui.session.session import Session
from tests.kit.session_view import screen_over


@pytest.mark.parametrize(
    ("role", "words"),
    [
        (Role.CHARGE_POINT, "Automatic: ocpptui boots, sends heartbeats and answers calls."),
        (Role.CENTRAL_SYSTEM, "Automatic: ocpptui answers calls."),
    ],
)
async def test_what_is_automatic_depends_on_the_role(role: Role, words: str) -> None:
    """A central system that is said to boot makes the user doubt which side this is."""
    session = Session(role=role)
    async with screen_over(session) as screen:
        await screen.press("ctrl+b", "ctrl+b")
        await screen.until(lambda: words in screen.notices(), "what is automatic")
        assert session.automatic
    await session.close()
