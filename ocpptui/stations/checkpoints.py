"""States of charge points as they were after earlier records, packed, so that a later look need not begin at the first.

A state is packed with `pickle`: it never leaves this process.
"""

from __future__ import annotations

import pickle
import zlib
from bisect import bisect_right
from typing import NamedTuple

from ocpptui.stations.state import ChargePointState

EVERY = 4096
"""How many messages are applied to a state between two checkpoints at first."""
MOST = 256
"""Checkpoints of a charge point; where there would be more, every second one goes, and they come half as often."""


class Checkpoint(NamedTuple):
    """The state of a charge point after all records before the index `stop`."""

    stop: int
    is_told: bool
    """Whether a record said that a connection opened or closed."""
    packed: bytes

    @property
    def state(self) -> ChargePointState:
        """A copy of the state."""
        state: ChargePointState = pickle.loads(zlib.decompress(self.packed))
        return state


class Checkpoints:
    """Those of all charge points of a timeline, `every` so many messages at first."""

    def __init__(self, every: int = EVERY) -> None:
        self._first_every = every
        self._kept: dict[str, list[Checkpoint]] = {}
        self._every: dict[str, int] = {}
        self._applied: dict[str, int] = {}
        self._due: dict[str, ChargePointState] = {}

    def applied(self, state: ChargePointState) -> None:
        """Note that a message was applied to a state."""
        name = state.identity
        count = self._applied[name] = self._applied.get(name, 0) + 1
        if count >= self._every.get(name, self._first_every):
            self._due[name] = state

    def keep(self, stop: int, told: set[str]) -> None:
        """Keep the states to which enough was applied; all records before `stop` are in them."""
        for name, state in self._due.items():
            kept = self._kept.setdefault(name, [])
            kept.append(Checkpoint(stop, name in told, zlib.compress(pickle.dumps(state), 1)))
            self._applied[name] = 0
            if len(kept) > MOST:
                del kept[::2]
                self._every[name] = 2 * self._every.get(name, self._first_every)
        self._due.clear()

    def forget_after(self, charge_point: str, stop: int) -> None:
        """Forget those with records from the index `stop` on."""
        kept = self._kept.get(charge_point, [])
        del kept[bisect_right(kept, stop, key=lambda one: one.stop) :]

    def before(self, charge_point: str, stop: int) -> Checkpoint | None:
        """The latest one that has no record from the index `stop` on; None if there is none."""
        kept = self._kept.get(charge_point, [])
        place = bisect_right(kept, stop, key=lambda one: one.stop)
        return kept[place - 1] if place else None
