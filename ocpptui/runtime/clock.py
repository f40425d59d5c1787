"""The time that records carry."""

from __future__ import annotations

import time
from collections.abc import Callable

Clock = Callable[[], int]
"""Gives microseconds since 1970-01-01 UTC."""


def now() -> int:
    """The present time in microseconds since 1970-01-01 UTC."""
    return time.time_ns() // 1000
