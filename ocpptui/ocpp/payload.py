"""Reads values from a payload that may be anything: a value that is missing or of the wrong type counts as absent.

Each function takes the keys that lead to a value, none for the value itself, and never raises.
"""

from __future__ import annotations

import math
from typing import Any

Payload = dict[str, Any]

_NUMBERS = (int, float)
_MEASURED = (int, float, str)  # not int | float | str, which would be put together in each call

LONGEST = 2500
"""Length of the longest `shown_text` in characters: no field that is shown may be longer (2.x: attributeValue)."""


def value_at(payload: Any, *path: str) -> Any:
    """The value at a path of keys; None if there is none."""
    for key in path:
        if not isinstance(payload, dict):
            return None
        payload = payload.get(key)
    return payload


def object_at(payload: Any, *path: str) -> Payload:
    """The object there; an empty one if there is none."""
    value = value_at(payload, *path)
    return value if isinstance(value, dict) else {}


def objects_at(payload: Any, *path: str) -> list[Payload]:
    """The objects in the array there."""
    return [item for item in _items(payload, path) if isinstance(item, dict)]


def text_at(payload: Any, *path: str) -> str | None:
    """The string there."""
    value = value_at(payload, *path)
    return value if isinstance(value, str) else None


def texts_at(payload: Any, *path: str) -> list[str]:
    """The strings in the array there."""
    return [item for item in _items(payload, path) if isinstance(item, str)]


def integer_at(payload: Any, *path: str) -> int | None:
    """The integer there; 3.0 counts as 3, because JSON does not distinguish them.

    64 bits at most, which is what the schemas of OCPP mean by an integer, and more.
    """
    value = value_at(payload, *path)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool) and -(1 << 63) <= value < 1 << 63:
        return value
    return None


def integers_at(payload: Any, *path: str) -> list[int]:
    """The integers in the array there."""
    return [found for item in _items(payload, path) if (found := integer_at(item)) is not None]


def number_at(payload: Any, *path: str) -> float | None:
    """The finite number there."""
    value = value_at(payload, *path)
    if isinstance(value, bool) or not isinstance(value, _NUMBERS):
        return None
    return value if isinstance(value, int) or math.isfinite(value) else None


def only(payload: Payload, *keys: str) -> Payload:
    """The part of the payload with these keys."""
    return {key: payload[key] for key in keys if key in payload}


def shown_text(payload: Any, *path: str) -> str:
    """What the user is shown: the string there unless it is too long, an integer there as text, else ""."""
    value = value_at(payload, *path)
    if isinstance(value, str):
        return value if len(value) <= LONGEST else ""
    whole = integer_at(value)
    return "" if whole is None else str(whole)


def measured_at(payload: Any, *path: str) -> float | None:
    """The finite number there, even if it is written as a string, as OCPP 1.6 writes measured values."""
    value = value_at(payload, *path)
    if isinstance(value, bool) or not isinstance(value, _MEASURED):
        return None
    try:
        result = float(value)
    except (ValueError, OverflowError):
        return None
    return result if math.isfinite(result) else None


def meter_values_in(payload: Any) -> Any:
    """The list of meter values in a payload: `meterValue`, `values` in OCPP 1.2 and 1.5."""
    found = value_at(payload, "meterValue")
    return value_at(payload, "values") if found is None else found


def samples_in(meter_value: Any) -> list[Any]:
    """The samples of a meter value: `sampledValue`, in OCPP 1.5 `value`, in 1.2 a number without a unit."""
    found = value_at(meter_value, "sampledValue")
    if found is None:
        found = value_at(meter_value, "value")
    if isinstance(found, list):
        return found
    return [] if found is None else [{"value": found}]


def _items(payload: Any, path: tuple[str, ...]) -> list[Any]:
    value = value_at(payload, *path)
    return value if isinstance(value, list) else []
