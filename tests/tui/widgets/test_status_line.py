"""The line under the log."""

from __future__ import annotations

import pytest

from ocpptui.session import live_diagnosis
from tests.kit.session_view import screen_over
from tests.kit.talk import Talk


async def test_it_says_how_far_the_checks_of_a_flood_are_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    """A log without findings would pass for one in which nothing is wrong."""
    monkeypatch.setattr(live_diagnosis, "NOTICEABLE", 5)
    talk = Talk()
    async with screen_over(talk.session) as screen:
        for _ in range(3):
            talk.exchange()
        session = screen.session_screen
        session._say_status()
        assert "checks are 6 records behind" in screen.said()
        await screen.until(lambda: talk.session.live_diagnosis.behind == 0)
        session._say_status()
        assert "checks" not in screen.said()
