"""Reads values from an arbitrary payload: a value of the wrong type counts as absent."""

from __future__ import annotations

from typing import Any

Payload = dict[str, Any]


def text_at(payload: Payload, key: str) -> str | None:
    """The string at `key`."""
    value = payload.get(key)
    return value if isinstance(value, str) else None


def integer_at(payload: Payload, key: str) -> int | None:
    """The integer at `key`; 3.0 counts as 3, because JSON makes no difference."""
    value = payload.get(key)
    if isinstance(value, bool):
        return None
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value if isinstance(value, int) else None


def number_at(payload: Payload, key: str) -> float | None:
    """The number at `key`."""
    value = payload.get(key)
    return value if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def object_at(payload: Payload, key: str) -> Payload:
    """The object at `key`, or an empty one if there is none."""
    value = payload.get(key)
    return value if isinstance(value, dict) else {}


def objects_at(payload: Payload, key: str) -> list[Payload]:
    """The objects in the array at `key`."""
    value = payload.get(key)
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def texts_at(payload: Payload, key: str) -> list[str]:
    """The strings in the array at `key`."""
    value = payload.get(key)
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def integers_at(payload: Payload, key: str) -> list[int]:
    """The integers in the array at `key`."""
    value = payload.get(key)
    if not isinstance(value, list):
        return []
    return [item for item in value if isinstance(item, int) and not isinstance(item, bool)]


def only(payload: Payload, *keys: str) -> Payload:
    """The members of the payload with these keys."""
    return {key: payload[key] for key in keys if key in payload}
