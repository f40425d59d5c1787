"""Asks the user on screen for what `${prompt:…}` becomes."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from textual.app import App

from ocpptui.tui.screens.dialogs import TextQuestion


async def ask_all(app: App[Any], questions: Sequence[str], last: dict[str, str]) -> Mapping[str, str] | None:
    """The answers by question, each asked in turn; None if the user leaves one.

    `last` has the last answers of this session, which are offered again, and gets the new ones.
    """
    answers: dict[str, str] = {}
    for question in questions:
        answered: asyncio.Future[str | None] = asyncio.get_running_loop().create_future()

        def typed(text: str | None, answered: asyncio.Future[str | None] = answered) -> None:
            if not answered.done():
                answered.set_result(text)

        app.push_screen(TextQuestion(question, last.get(question, "")), typed)
        text = await answered
        if text is None:
            return None
        answers[question] = last[question] = text
    return answers
