from __future__ import annotations

from textual.app import App

from ocpptui.tui.screens.closing import ClosingScreen
from ocpptui.tui.screens.dialogs import ChoiceQuestion


async def test_keys_typed_ahead_close_a_dialog_once() -> None:
    """The second key closed the session's screen too, and the program ended with a crash report."""
    chosen: list[int | None] = []
    app = App[None]()
    async with app.run_test() as pilot:
        below = app.screen
        question = ChoiceQuestion("Copy", ["JSON", "raw"])
        await app.push_screen(question, chosen.append)
        question.dismiss(1)
        question.dismiss(0)
        question.action_dismiss_none()
        await pilot.pause()
        assert app.screen is below
        assert chosen == [1]


async def test_a_screen_below_another_stays() -> None:
    app = App[None]()
    async with app.run_test() as pilot:
        below, above = ClosingScreen[None](), ClosingScreen[None]()
        await app.push_screen(below)
        await app.push_screen(above)
        below.dismiss()
        await pilot.pause()
        assert app.screen is above
