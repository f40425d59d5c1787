"""Directions that the frames of a file show, and the words that are only beside those of one direction.

The calls that only one side may send, and the answers to them, show which way they went. What is beside them in a line,
a field or a column is so understood in any language: `C2S`, `ingress`, `eingehend`, an arrow.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from ocpptui.ocpp import actions as catalog
from ocpptui.ocpp.version import Direction, Role

MOST_OPEN = 20_000
"""How many calls are remembered to find the direction of their answers."""
MOST_WORDS = 2000
"""How many words are remembered."""


@lru_cache(maxsize=1024)
def only_sender(action: str) -> Role | None:
    """The only role that may send an action, in any version."""
    if not action:
        return None
    directions = {
        direction
        for version in catalog.versions_of(action)
        for found in [catalog.find_action(version, action)]
        if found is not None
        for direction in found.directions
    }
    if len(directions) != 1:
        return None
    return Role.CHARGE_POINT if directions.pop() is Direction.TO_CSMS else Role.CENTRAL_SYSTEM


class ShownDirections:
    """The directions that the actions of calls show, and those of the answers to them."""

    def __init__(self) -> None:
        self._calls: dict[tuple[int, str], Direction | None] = {}  # None if calls of both sides have the id

    def of(self, action: str | None, message_id: str, connection: int = 0) -> Direction | None:
        """The direction of a call, or of an answer, whose `action` is None; None if nothing shows it.

        Call it for the frames in their order.
        """
        key = connection, message_id
        if action is None:
            way = self._calls.pop(key, None)
            return None if way is None else way.opposite
        sender = only_sender(action)
        way = None if sender is None else sender.sends
        if len(self._calls) < MOST_OPEN or key in self._calls:
            self._calls[key] = way if self._calls.get(key, way) is way else None
        return way


class LearnedDirections:
    """Which words mean which direction."""

    def __init__(self, enough: int = 1) -> None:
        """`enough` frames of one direction beside a word show what it means."""
        self._enough = enough
        self._beside: dict[str, dict[Direction, int]] = {}

    def learn(self, words: Iterable[str], direction: Direction) -> None:
        """Note the words beside a frame of a direction."""
        for word in words:
            if len(self._beside) < MOST_WORDS or word in self._beside:
                beside = self._beside.setdefault(word, {})
                beside[direction] = beside.get(direction, 0) + 1

    def meant(self, words: Iterable[str]) -> dict[Direction, str]:
        """The directions that these words mean, each with a word that means it."""
        found = dict[Direction, str]()
        for word in words:
            beside = self._beside.get(word, {})
            if len(beside) == 1:
                ((direction, count),) = beside.items()
                if count >= self._enough:
                    found[direction] = word
        return found
