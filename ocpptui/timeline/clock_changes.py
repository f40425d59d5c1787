"""Where in a timeline the clock was set that the times of its records come from."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from typing import Any

FURTHEST = 10**17
"""Microseconds; a change of more than 3,000 years is ignored."""


def clock_set_by(detail: Mapping[str, Any]) -> int:
    """By how many microseconds the clock was set, according to the detail of a NOTE; 0 if it was not.

    The times of the NOTE and of all later records are by the new clock.
    """
    milliseconds = detail.get("clockSetMs")
    if not isinstance(milliseconds, int | float) or not abs(milliseconds) * 1000 <= FURTHEST:  # NaN is not
        return 0
    return round(milliseconds * 1000)


class ClockChanges:
    """The changes of the clock, by the indexes of the NOTEs that report them. Code asks for corrected differences."""

    def __init__(self) -> None:
        self._indexes: list[int] = []
        self._totals = [0]  # by how much the clock is off before the first change, and from each one on
        self.any = False
        """Whether the clock was set at all; until then, times can be compared as they are."""
        self.total = 0
        """By how much the present time of day is off from the clock of the first record, in microseconds."""

    def add(self, index: int, by: int) -> None:
        """The clock was set by so many microseconds (negative: back), as the record at `index` reports."""
        if abs(self.total + by) > FURTHEST:
            return
        self.any = True
        self._indexes.append(index)
        self.total += by
        self._totals.append(self.total)

    def before(self, index: int) -> int:
        """The sum of the changes up to a record, in microseconds: its time less this is by the clock of the first."""
        return self._totals[bisect_right(self._indexes, index)]

    def stretch(self, index: int, stop: int) -> tuple[int, int]:
        """The sum of the changes up to a record, and where the next change is, at most `stop`."""
        number = bisect_right(self._indexes, index)
        return self._totals[number], min([stop, *self._indexes[number : number + 1]])
