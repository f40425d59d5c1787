"""What is done at the end of a turn of the event loop: once everything that was ready to be read has been read."""

from __future__ import annotations

import asyncio
from collections.abc import Callable


class EndOfTurn:
    """Actions that wait for the end of the turn. One callback of the loop makes them all, where each would otherwise
    cost a handle of its own."""

    def __init__(self) -> None:
        self._actions: list[Callable[[], None]] = []

    def add(self, action: Callable[[], None]) -> None:
        """Call `action` at the end of this turn, after those that were added before."""
        if not self._actions:
            asyncio.get_running_loop().call_soon(self._act)
        self._actions.append(action)

    def _act(self) -> None:
        actions, self._actions = self._actions, []
        for action in actions:
            try:
                action()
            except Exception as error:  # the others are still to come
                context = {"message": "an action at the end of a turn failed", "exception": error}
                asyncio.get_running_loop().call_exception_handler(context)
