"""Durations in readable form, the same in the log, the inspector and every report.

Machine-readable files have plain numbers in milliseconds instead.
"""

from __future__ import annotations

LONGEST = 6
"""Width of the longest duration, `123 ms`, in cells; one that is negative or longer than a month needs more."""


def duration_text(microseconds: float) -> str:
    """A duration in µs, with at least two digits: `870 µs`, `1.2 ms`, `123 ms`, `1.2 s`, `17 min`, `1.8 h`."""
    sign, left = ("-", -microseconds) if microseconds < 0 else ("", microseconds)
    unit, size = next((unit, size) for unit, size, limit in _UNITS if round(left / size) < limit)
    digits = 1 if unit != "µs" and round(left / size, 1) < 10 else 0
    return f"{sign}{left / size:.{digits}f} {unit}"


def span_text(microseconds: int) -> str:
    """A span of time, rounded, by its two largest units, without zeros: `350 ms`, `12 s`, `1 min 5 s`, `1 h`, `2 d`."""
    seconds = round(microseconds / 1e6)
    minutes, hours = round(seconds / 60), round(seconds / 3600)
    if seconds < 60:
        return duration_text(microseconds)
    if minutes < 60:
        return _two_units(seconds, 60, "min", "s")
    return _two_units(minutes, 60, "h", "min") if hours < 24 else _two_units(hours, 24, "d", "h")


def _two_units(amount: int, in_larger: int, larger: str, smaller: str) -> str:
    """An amount of the smaller unit, of which the larger one has `in_larger`."""
    whole, rest = divmod(amount, in_larger)
    return f"{whole} {larger} {rest} {smaller}" if rest else f"{whole} {larger}"


def measured_text(microseconds: int) -> str:
    """A span that is compared with a limit, with a decimal up to a minute: `870 ms`, `15.2 s`, `60 s`, `1 min 5 s`."""
    if abs(microseconds) < 1_000_000:
        return f"{round(microseconds / 1000)} ms"
    return f"{round(microseconds / 1e6, 1):g} s" if abs(microseconds) <= 60_000_000 else span_text(microseconds)


def stated_text(seconds: int) -> str:
    """Whole seconds that a message states, exactly, without zeros: `60 s`, `1 min 30 s`, `2 h`, `1 d 1 s`."""
    if abs(seconds) <= 60:
        return f"{seconds} s"
    minutes, rest = divmod(abs(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    parts = ((days, "d"), (hours, "h"), (minutes, "min"), (rest, "s"))
    return "-" * (seconds < 0) + " ".join(f"{amount} {unit}" for amount, unit in parts if amount)


_UNITS = (("µs", 1, 1000), ("ms", 1e3, 1000), ("s", 1e6, 1000), ("min", 6e7, 100), ("h", 3.6e9, float("inf")))
"""Each unit, its microseconds, and the number from which on the next unit is used."""
