"""The unit of the simulator's clock: microseconds."""

from __future__ import annotations

SECOND = 1_000_000
HOUR = 3600 * SECOND
DAY = 24 * HOUR
