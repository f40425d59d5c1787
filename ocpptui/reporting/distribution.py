"""Percentiles of many values in little memory: exact for few, with a stated error for many."""

from __future__ import annotations

from array import array
from collections import Counter
from math import ceil, floor, log

EXACT = 1000
"""Up to so many values are kept, and their percentiles are exact."""
GROWTH = 1.02
"""Beyond that, values are counted in classes, each of which is by this factor above the one before."""
ERROR = GROWTH**0.5 - 1
"""How much a percentile of more than EXACT values differs from the exact one at most, as a fraction of it."""


class Distribution:
    """Counts values from 0 on, µs or Wh; less than 0 counts as 0, and between 0 and 1 as 1.

    The classes are those of DDSketch (Masson, Rim and Lee, VLDB 2019). A 64-bit number falls into one of some 2,200.
    """

    __slots__ = ("_classes", "_in_classes", "_largest", "_total", "_values")

    def __init__(self) -> None:
        self._values = array("d")  # those that are in no class yet
        self._classes: Counter[int | None] = Counter()
        self._in_classes = 0
        self._total = self._largest = 0.0  # of those in classes

    @property
    def count(self) -> int:
        return self._in_classes + len(self._values)

    @property
    def total(self) -> float:
        return self._total + sum(self._values)

    @property
    def largest(self) -> float:
        return max(self._largest, *self._values, 0.0)

    @property
    def is_exact(self) -> bool:
        return not self._in_classes

    def add(self, value: float) -> None:
        self._values.append(value if value > 0 else 0.0)
        if len(self._values) > EXACT:  # many at once cost less
            self._classify()

    def _classify(self) -> None:
        self._total, self._largest, self._in_classes = self.total, self.largest, self.count
        self._classes.update(map(_class_of, self._values))
        self._values = array("d")

    def percentile(self, percent: float) -> float | None:
        """The smallest value that at least `percent` of all values do not exceed (nearest rank); None without values.

        With more than EXACT values it differs by a fraction of up to ERROR.
        """
        if not self.count:
            return None
        rank = max(ceil(self.count * percent / 100), 1)
        if self.is_exact:
            return sorted(self._values)[rank - 1]
        self._classify()
        for place in sorted(self._classes, key=_lowest_first):
            rank -= self._classes[place]
            if rank <= 0:
                return 0.0 if place is None else min(GROWTH ** (place + 0.5), self.largest)
        return self.largest


def _class_of(value: float) -> int | None:
    """The class of a value; None is that of 0."""
    return floor(log(max(value, 1.0)) / _STEP) if value else None


def _lowest_first(place: int | None) -> int:
    return -1 if place is None else place


_STEP = log(GROWTH)
