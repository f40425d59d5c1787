"""Collections that do not grow without end, whatever a peer sends."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


def put(values: dict[K, V], key: K, value: V, limit: int) -> None:
    """Set a value in a dict that keeps at most `limit` entries and drops the oldest."""
    values[key] = value
    if len(values) > limit:
        del values[next(iter(values))]
