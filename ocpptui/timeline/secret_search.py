"""The search for the secrets in the records of a file, so that each is masked in all of them."""

from __future__ import annotations

from bisect import bisect_left
from time import perf_counter

from ocpptui.ocpp.secret_fields import CARRIERS
from ocpptui.timeline.masking import secrets_of
from ocpptui.timeline.timeline import Timeline

STEP = 4096
"""How many records are passed at once."""
READ_AT_ONCE = 64
"""How many records are read between two checks of the time."""


class SecretSearch:
    """Looks through a timeline whose records are masked when they are read, for the secrets that it has.

    Only the records that the reader of the file found suspect are read, and those whose action carries settings.
    """

    def __init__(self, timeline: Timeline) -> None:
        self._timeline = timeline
        self._passed = 0
        self._waiting: list[int] = []
        self._carriers: set[int] = set()
        self._actions = 0

    def advance(self, budget_s: float) -> bool:
        """Look at further records for about `budget_s` seconds; True when none are left."""
        timeline = self._timeline
        end = perf_counter() + budget_s
        while self._waiting or self._passed < len(timeline):
            if not self._waiting:
                self._pass()
            now, self._waiting = self._waiting[:READ_AT_ONCE], self._waiting[READ_AT_ONCE:]
            timeline.know_secrets(secret for index in now for secret in secrets_of(timeline.as_stored(index)))
            if perf_counter() >= end:
                break
        return not self._waiting and self._passed == len(timeline)

    def _pass(self) -> None:
        """Choose the records to be read among the next ones."""
        timeline, start = self._timeline, self._passed
        stop = self._passed = min(start + STEP, len(timeline))
        table = timeline.action_table
        for number in range(self._actions, len(table)):
            if table[number] in CARRIERS:
                self._carriers.add(number)
        self._actions = len(table)
        suspects = timeline.suspects
        chosen = set(suspects[bisect_left(suspects, start) : bisect_left(suspects, stop)])
        actions = timeline.actions[start:stop]
        if not self._carriers.isdisjoint(actions):
            chosen.update(index for index, action in enumerate(actions, start) if action in self._carriers)
        self._waiting = sorted(chosen)
