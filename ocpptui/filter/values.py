"""The values after the colon or comparison in a filter term: names, times, durations."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from operator import ge, gt, le, lt
from typing import Any, NamedTuple

from ocpptui.ocpp.date_times import micros_of

OFFSETS_KEPT = 100_000
QUARTER = 900_000_000
"""Microseconds. Offsets from UTC change only at full quarters of an hour, so one lookup serves many records."""

ORDERS: dict[str, Callable[[Any, Any], bool]] = {"<": lt, "<=": le, ">": gt, ">=": ge}
"""The comparisons by order."""

_NUMBER = re.compile(r"[+-]?(?:\d{1,300}(?:\.\d{0,300})?|\.\d{1,300})(?:[eE][+-]?\d{1,5})?", re.ASCII)
_SPAN = re.compile(r"(\d{1,9}(?:\.\d{1,9})?)(us|µs|ms|s|m|min|h)", re.ASCII)
_TIME_OF_DAY = re.compile(r"(\d\d?):(\d\d)(?::(\d\d)(?:\.(\d{1,6}))?)?([zZ]?)", re.ASCII)
_DATE = re.compile(
    r"\d{4}-\d\d-\d\d(?:[tT]\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?(?:[zZ]|[+-]\d\d:\d\d)?)?",
    re.ASCII,
)
_UNITS = {"us": 1, "µs": 1, "ms": 1000, "s": 1_000_000, "m": 60_000_000, "min": 60_000_000, "h": 3_600_000_000}


def pieces(text: str, literal: bool = False) -> list[str]:
    """The parts of a pattern between its stars, case folded."""
    return [text.casefold()] if literal else text.casefold().split("*")


def glob(text: str, literal: bool = False) -> Callable[[str], bool]:
    """A test for names that ignores case; `*` matches anything unless `literal`. Linear in the length of the name."""
    first, *rest = pieces(text, literal)
    if not rest:
        return lambda name: name.casefold() == first
    *middle, last = rest

    def matches(name: str) -> bool:
        name = name.casefold()
        if len(name) < len(first) + len(last) or not (name.startswith(first) and name.endswith(last)):
            return False
        position, end = len(first), len(name) - len(last)
        for piece in middle:
            position = name.find(piece, position, end)
            if position < 0:
                return False
            position += len(piece)
        return True

    return matches


def typed_number(text: str) -> int | float | None:
    """The number that the whole text represents, else None."""
    if _NUMBER.fullmatch(text) is None:
        return None
    return int(text) if text.lstrip("+-").isdigit() else float(text)


def span_of(text: str) -> int | None:
    """The duration in microseconds of a text such as 2s, 200ms or 1.5m, else None."""
    found = _SPAN.fullmatch(text)
    return round(float(found[1]) * _UNITS[found[2]]) if found else None


class TimeOfDay(NamedTuple):
    """A time of any day."""

    micros: int
    """Microseconds since midnight."""
    utc: bool
    """True for UTC, False for local time."""


def typed_moment(text: str) -> int | TimeOfDay | None:
    """Microseconds since 1970-01-01 UTC for a date or date-time (local unless it has Z or an offset), a TimeOfDay for a
    text such as `10:00`, else None."""
    if found := _TIME_OF_DAY.fullmatch(text):
        hours, minutes, seconds = int(found[1]), int(found[2]), int(found[3] or 0)
        if hours > 23 or minutes > 59 or seconds > 59:
            return None
        micros = ((hours * 60 + minutes) * 60 + seconds) * 1_000_000 + int((found[4] or "").ljust(6, "0"))
        return TimeOfDay(micros, bool(found[5]))
    if _DATE.fullmatch(text) is None:
        return None
    try:
        moment = datetime.fromisoformat(text.upper())
        return micros_of(moment.astimezone(UTC))
    except (ValueError, OverflowError, OSError):
        return None


class _LocalOffsets(dict[int, int]):
    """Microseconds by which local time is ahead of UTC, by quarter of an hour since 1970; 0 beyond the calendar."""

    def __missing__(self, quarter: int) -> int:
        if len(self) >= OFFSETS_KEPT:
            self.clear()
        try:
            offset = datetime.fromtimestamp(quarter * QUARTER // 1_000_000, UTC).astimezone().utcoffset()
        except (ValueError, OverflowError, OSError):
            offset = None
        self[quarter] = result = 0 if offset is None else offset // timedelta(microseconds=1)
        return result


local_offsets = _LocalOffsets()
