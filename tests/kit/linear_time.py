"""Whether something takes linear time, however busy the machine is."""

from __future__ import annotations

from collections.abc import Callable

ROUNDS = 4
"""Other programs disturb a measurement; what is quadratic is so each time."""
SOON = 0.003
"""Seconds that are too short to be compared."""


def assert_linear(seconds: Callable[[int], float], length: int) -> None:
    """Fail if four times the length takes more than twice the four times as long, in each of some rounds.

    `seconds` says how long the process computes for a length.
    """
    measured = []
    for _ in range(ROUNDS):
        once, often = (min(seconds(number) for _ in range(2)) for number in (length, 4 * length))
        if often < 8 * once + SOON:
            return
        measured.append(f"{once:.4f} s and {often:.4f} s")
    raise AssertionError(f"{length} and {4 * length} take {', '.join(measured)}")
