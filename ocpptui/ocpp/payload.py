"""Reading a payload that may be anything: each function gives what it asks for, or nothing, and never raises."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

LONGEST = 2500
"""Longer texts are left out: no field that is looked at here may be longer (2.x: attributeValue)."""


def member(value: Any, *path: str) -> Any:
    """What stands at a path of keys; None where there is nothing."""
    for key in path:
        if not isinstance(value, dict):
            return None
        value = value.get(key)
    return value


def text(value: Any, *path: str) -> str:
    """The string there unless it is over long, a whole number there as text, else ""."""
    return text_of(member(value, *path))


def integer(value: Any, *path: str) -> int | None:
    """The whole number there, 64 bits at most (which the schemas of OCPP mean by integer, and more), else None."""
    return integer_of(member(value, *path))


def number(value: Any, *path: str) -> float | None:
    """The finite number there, also where it is written as a string (as OCPP 1.6 does), else None."""
    return number_of(member(value, *path))


def objects(value: Any, *path: str) -> Iterator[dict[str, Any]]:
    """The objects in the list there."""
    found = member(value, *path)
    if isinstance(found, list):
        for item in found:
            if isinstance(item, dict):
                yield item


def text_of(value: Any) -> str:
    """As `text`, of the value itself."""
    if type(value) is str:
        return value if len(value) <= LONGEST else ""
    whole = None if value is None else integer_of(value)
    return "" if whole is None else str(whole)


def integer_of(value: Any) -> int | None:
    """As `integer`, of the value itself."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool) and -(1 << 63) <= value < 1 << 63:
        return value
    return None


def number_of(value: Any) -> float | None:
    """As `number`, of the value itself."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        result = float(value)
    except (ValueError, OverflowError):
        return None
    return result if math.isfinite(result) else None
