"""How long a charge point waits before it connects again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class BackOff:
    """The back-off of OCPP 2.0.1 and 2.1 Part 4 section 5.3, used for 1.6 too, which only requires a sensible one.

    The wait before attempt n (from 0) is `wait_minimum * 2 ** min(n, repeat_times)` seconds and a new random addend of
    at most `random_range` seconds each time.
    """

    wait_minimum: float = 2.0
    """OCPPCommCtrlr.RetryBackOffWaitMinimum, seconds."""
    random_range: float = 2.0
    """OCPPCommCtrlr.RetryBackOffRandomRange, seconds."""
    repeat_times: int = 4
    """OCPPCommCtrlr.RetryBackOffRepeatTimes: how often the wait doubles."""

    def waits(self, random: Callable[[], float]) -> Iterator[float]:
        """The waits in seconds, one for each attempt, without end; `random` returns 0 to 1."""
        doubled = 0
        while True:
            yield self.wait_minimum * 2**doubled + self.random_range * random()
            doubled = min(doubled + 1, self.repeat_times)
