"""The part of a payload that is worth validating in detail, as a copy that every validator can handle.

A validator builds an error for each of a million wrong items before it shows the first: seconds for one hostile frame.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

MAX_DEPTH = 64
"""No OCPP schema is deeper than a dozen levels."""

MAX_ITEMS = 1025
"""One more than the longest array that any OCPP schema allows."""

MAX_ALL_ITEMS = 2000
"""Items of all arrays together, beyond the first of each."""

MAX_UNKNOWN_KEYS = 200


def excerpt(payload: Any, names: Collection[str]) -> Any:
    """A copy of a payload with excessive parts cut and lone surrogates replaced.

    The fields in `names` and the first item of every array are kept, so that nothing seems to be missing.
    """
    return _copy(payload, frozenset(names), iter(range(MAX_ALL_ITEMS)), 0)


def _copy(value: Any, names: frozenset[str], budget: Iterator[int], depth: int) -> Any:
    if isinstance(value, str):
        return value if value.isascii() else value.encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        if depth >= MAX_DEPTH:
            return {}
        keys = list(value) if len(value) <= MAX_UNKNOWN_KEYS else _few_keys(value, names)
        return {_copy(key, names, budget, depth): _copy(value[key], names, budget, depth + 1) for key in keys}
    if isinstance(value, list):
        if depth >= MAX_DEPTH:
            return []
        first = [_copy(item, names, budget, depth + 1) for item in value[:1]]
        others = [_copy(item, names, budget, depth + 1) for item, _ in zip(value[1:MAX_ITEMS], budget, strict=False)]
        return first + others
    return value


def _few_keys(value: dict[str, Any], names: frozenset[str]) -> list[str]:
    unknown = (key for key in value if key not in names)
    return [
        *(name for name in names if name in value),
        *(key for key, _ in zip(unknown, range(MAX_UNKNOWN_KEYS), strict=False)),
    ]
