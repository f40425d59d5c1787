"""The scales of a chart: round values and times beside its axes, and numbers with the unit that suits them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from math import floor, isfinite, log10
from typing import NamedTuple

from ocpptui.ocpp.date_times import SECOND

DAY = 86_400
_STEPS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, DAY)
"""Seconds between two times at the axis; longer steps are whole days."""
_WRITTEN = {"Percent": "%", "Celsius": "°C"}
_IN_THOUSANDS = frozenset({"W", "Wh", "var", "varh", "VA", "VAh"})


class ValueScale(NamedTuple):
    """The range of values of a chart, and the round ones that are written beside it."""

    low: float
    high: float
    ticks: tuple[float, ...]
    """From the lowest to the highest."""


def value_scale(values: Sequence[float], most_ticks: int, *, from_zero: bool = False) -> ValueScale:
    """The range that has all values, between round ones; `from_zero` has zero in it, too."""
    low, high = (min(values), max(values)) if values else (0.0, 0.0)
    if from_zero:
        low, high = min(low, 0.0), max(high, 0.0)
    if not high > low:
        low, high = (low - abs(low) * 0.05 or -1.0, high + abs(high) * 0.05 or 1.0) if not from_zero else (0.0, 1.0)
    step = _round_step((high - low) / max(most_ticks - 1, 1))
    first, last = floor(low / step), -floor(-high / step)
    if last - first + 1 > max(most_ticks, 2):  # the ends need more room than the range itself
        step = _round_step(step * 1.01)
        first, last = floor(low / step), -floor(-high / step)
    ticks = tuple(number * step for number in range(first, last + 1))
    return ValueScale(min(ticks[0], low), max(ticks[-1], high), ticks)


def _round_step(least: float) -> float:
    """The least of 1, 2, 2.5 and 5 times a power of ten that is not less."""
    if not isfinite(least) or least <= 0:
        return 1.0
    power = 10.0 ** floor(log10(least))
    return next((power * factor for factor in (1, 2, 2.5, 5, 10) if power * factor >= least), power * 10)


def reading_text(value: float, unit: str, largest: float | None = None) -> str:
    """A value with its unit, in thousands from 1,000 on: `7.36 kW`. `largest` is the one whose unit all have."""
    size = abs(value if largest is None else largest)
    if unit in _IN_THOUSANDS and size >= 1000:
        value, unit = value / 1000, f"k{unit}"
    digits = 3 if unit.startswith("k") else 2
    number = f"{value:.{digits}f}".rstrip("0").rstrip(".") if abs(value) < 1e9 else f"{value:.4g}"
    return f"{'0' if number == '-0' else number} {unit_text(unit)}".rstrip()


def unit_text(unit: str) -> str:
    """A unit of OCPP as people write it: `%` for Percent."""
    return _WRITTEN.get(unit, unit)


class TimeTick(NamedTuple):
    """A round time at the axis."""

    time: int
    """Microseconds since 1970-01-01 UTC."""
    text: str


def time_ticks(start: int, end: int, most: int) -> list[TimeTick]:
    """Round local times from `start` to `end`, at most `most`; none where the system knows no such dates."""
    seconds = (end - start) / SECOND
    wanted = max(seconds / max(most, 1), 1)
    step = next((step for step in _STEPS if step >= wanted), -(-int(wanted) // DAY) * DAY)
    try:
        offset = datetime.fromtimestamp(start // SECOND).astimezone().utcoffset()
        shift = 0 if offset is None else int(offset.total_seconds())
        first = -(-(start + shift * SECOND) // (step * SECOND)) * step - shift
        times = [first + number * step for number in range(most + 1)]
        shown = [time for time in times if start <= time * SECOND <= end]
        return [TimeTick(time * SECOND, _clock(time, step)) for time in shown]
    except (OverflowError, ValueError, OSError):
        return []


def _clock(seconds: int, step: int) -> str:
    moment = datetime.fromtimestamp(seconds)
    if step >= DAY or (moment.hour, moment.minute, moment.second) == (0, 0, 0):
        return f"{moment.day} {moment:%b}"
    return f"{moment:%H:%M:%S}" if step < 60 else f"{moment:%H:%M}"
