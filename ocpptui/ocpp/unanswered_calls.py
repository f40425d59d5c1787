"""The calls of one direction that have no answer yet, by message id, for `ocpp.correlation`.

A peer may use an id again before its call was answered; then the answer belongs to the latest of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

Waiting: TypeAlias = tuple[int, int]
"""The token and the time of a call without an answer."""


class UnansweredCalls:
    """Calls by message id; of those with the same id, the latest first."""

    __slots__ = ("_earlier_count", "earlier", "latest")

    def __init__(self) -> None:
        self.latest: dict[str, Waiting] = {}
        """In the order in which they were made."""
        self.earlier: dict[str, list[Waiting]] = {}
        """Calls whose id another call used later; hardly ever any."""
        self._earlier_count = 0

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self.latest) + self._earlier_count

    def add(self, key: str, call: Waiting) -> None:
        """Add the newest call."""
        latest = self.latest
        if key in latest:
            self.earlier.setdefault(key, []).append(latest.pop(key))
            self._earlier_count += 1
        latest[key] = call

    def get(self, key: str) -> Waiting | None:
        """The latest call with this id."""
        call = self.latest.get(key)
        return self.earlier[key][-1] if call is None and key in self.earlier else call

    def take(self, key: str) -> Waiting | None:
        """Remove the latest call with this id."""
        call = self.latest.pop(key, None)
        if call is None:
            if key not in self.earlier:
                return None
            call = self._take_earlier(key, -1)
        return call

    def oldest(self) -> Waiting | None:
        """The call that was made first; None if there is none."""
        if self.earlier:
            return min(self._firsts())
        return next(iter(self.latest.values())) if self.latest else None

    def take_oldest(self) -> tuple[str, Waiting] | None:
        """Remove the call that was made first, with its id; None if there is none."""
        call = self.oldest()
        if call is None:
            return None
        for key, same in self.earlier.items():
            if same[0] is call:
                return key, self._take_earlier(key, 0)
        key = next(iter(self.latest))
        return key, self.latest.pop(key)

    def all(self) -> Iterator[Waiting]:
        """Every call, in no order."""
        yield from self.latest.values()
        for same in self.earlier.values():
            yield from same

    def _firsts(self) -> Iterator[Waiting]:
        if self.latest:
            yield next(iter(self.latest.values()))
        for same in self.earlier.values():
            yield same[0]

    def _take_earlier(self, key: str, position: int) -> Waiting:
        same = self.earlier[key]
        call = same.pop(position)
        self._earlier_count -= 1
        if not same:
            del self.earlier[key]
        return call
