"""Asks responders whether certificates were revoked, in the background."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ocpptui.runtime.tasks import Tasks

if TYPE_CHECKING:
    from ocpptui.simulator.effects import AskResponder, ResponderOutcome


class ResponderQuestions:
    """The questions of one session."""

    def __init__(self) -> None:
        self._tasks = Tasks("responder questions")

    def start(self, wanted: AskResponder, done: Callable[[ResponderOutcome], None]) -> None:
        """Ask; `done` gets the outcome."""
        self._tasks.start(self._run(wanted, done), "question")

    async def close(self) -> None:
        """Give up all questions."""
        await self._tasks.cancel()

    async def _run(self, wanted: AskResponder, done: Callable[[ResponderOutcome], None]) -> None:
        from ocpptui.network.ocsp_http import ask_responder
        from ocpptui.simulator.effects import ResponderOutcome

        found = await ask_responder(wanted.url, wanted.request)
        if isinstance(found, str):
            done(ResponderOutcome(wanted.number, failure=found))
        else:
            done(ResponderOutcome(wanted.number, found))
