"""Questions of one line. If these fail, a typing error costs the user the whole text."""

from __future__ import annotations

from ocpptui.ocpp.version import Version
from ocpptui.remote_control.question import KnownValue
from ocpptui.tui.compose.choice_list import ChoiceList
from ocpptui.tui.screens.dialogs import TextQuestion
from tests.kit.session_view import screen_over
from tests.kit.station_bench import station_bench


async def test_a_text_that_cannot_be_used_stays_with_the_reason_until_it_can() -> None:
    async with station_bench(Version.V16) as (central, _), screen_over(central) as screen:
        answers: list[str | None] = []
        question = TextQuestion("How many?", "1", wrong=lambda text: "" if text.isdigit() else "That is not a number.")
        screen.app.push_screen(question, answers.append)
        await screen.shows("How many?")
        await screen.hides("That is not a number.")
        await screen.press("end", "x", "enter")
        await screen.shows("How many?", "1x", "That is not a number.")
        assert not answers
        await screen.press("backspace", "2", "enter")
        await screen.until(lambda: answers, "the answer")
        assert answers == ["12"]


async def test_a_wrong_text_does_not_keep_the_user_in_the_question() -> None:
    async with station_bench(Version.V16) as (central, _), screen_over(central) as screen:
        answers: list[str | None] = []
        question = TextQuestion("How many?", "x", wrong=lambda text: "That is not a number.")
        screen.app.push_screen(question, answers.append)
        await screen.press("enter")
        await screen.shows("That is not a number.")
        await screen.press("escape")
        await screen.until(lambda: answers, "the answer")
        assert answers == [None]


async def test_a_reason_that_shows_later_is_there_when_the_question_comes_again() -> None:
    async with station_bench(Version.V16) as (central, _), screen_over(central) as screen:
        answers: list[str | None] = []
        screen.app.push_screen(TextQuestion("Which file?", "/nowhere", reason="It does not exist."), answers.append)
        await screen.shows("Which file?", "/nowhere", "It does not exist.")
        await screen.press("escape")
        await screen.until(lambda: answers, "the answer")


async def test_a_list_in_which_nothing_matches_says_so() -> None:
    """An empty box on which enter does nothing leaves the user to guess."""
    async with station_bench(Version.V16) as (central, _), screen_over(central) as screen:
        answers: list[str | None] = []
        choices = [KnownValue("CP001", "CP001"), KnownValue("CP002", "CP002")]
        screen.app.push_screen(ChoiceList("Which charge point?", choices), answers.append)
        await screen.shows("CP001", "CP002")
        await screen.hides("Nothing here contains")
        await screen.press("z", "enter")
        await screen.shows("Nothing here contains 'z'.")
        assert not answers
        await screen.press("backspace", "2")
        await screen.hides("Nothing here contains")
        await screen.press("enter")
        await screen.until(lambda: answers, "the answer")
        assert answers == ["CP002"]
