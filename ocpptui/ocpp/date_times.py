"""Times in microseconds since 1970-01-01 UTC, the unit of the whole program, and their text forms.

All other packages convert times here and have no epoch of their own.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from operator import add

import orjson

SECOND = 1_000_000
"""Microseconds."""
HOUR = 3600 * SECOND
DAY = 24 * HOUR

LENGTH = 27
"""Length of a time as `rfc3339_text` writes it, in characters."""

_MARKS = {4: b"-", 7: b"-", 10: b"T", 13: b":", 16: b":", 19: b".", 26: b"Z"}
_SECOND = (0, 1, 2, 3, 5, 6, 8, 9, 11, 12, 14, 15, 17, 18)
_MICROS = (20, 21, 22, 23, 24, 25)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_DATE_TIME = re.compile(
    r"(\d{4}-\d\d-\d\d)([Tt ])(\d\d:\d\d)(?::(\d\d)(?:([.,])(\d+))?)?((?:[Zz]|[+-]\d\d:?\d\d)?)", re.ASCII
)
"""A date-time of ISO 8601 as any version of OCPP writes it: day, separator, minute, second, mark, fraction, zone."""
_SECONDS = {f"{second:02d}": second * SECOND for second in range(60)}
_FRACTIONS = {1: 100_000, 2: 10_000, 3: 1000, 4: 100, 5: 10, 6: 1}
"""The microseconds of the last digit of a fraction, by its length."""
_FIRST = (datetime.min.replace(tzinfo=UTC) - _EPOCH) // _MICROSECOND
_LAST = (datetime.max.replace(tzinfo=UTC) - _EPOCH) // _MICROSECOND
_RFC_3339 = re.compile(
    r"(\d{4}-\d\d-\d\d)[Tt _](\d\d:\d\d:)(\d\d)(?:[.,](\d+))?\s*(?:[Zz]|([+-]\d\d):?(\d\d)?)?", re.ASCII
)


def micros_of(moment: datetime) -> int:
    """The time of a datetime that has a zone."""
    return (moment - _EPOCH) // _MICROSECOND


def in_calendar(time: int) -> int:
    """The time itself in the years 1 to 9999, else the nearest time in them: a file may contain any number."""
    return time if _FIRST <= time <= _LAST else min(max(time, _FIRST), _LAST)


def utc_datetime(time: int) -> datetime:
    """The datetime in UTC of a time, or of the nearest one in the calendar."""
    return _EPOCH + timedelta(microseconds=in_calendar(time))


def local_datetime(time: int) -> datetime | None:
    """The local date and time of day, without a zone; None beyond the calendar and what the operating system knows."""
    if not _FIRST + DAY <= time <= _LAST - DAY:  # within it in every zone
        return None
    try:
        return datetime.fromtimestamp(time / 1e6)
    except (OverflowError, ValueError, OSError):  # Windows knows none before 1970
        return None


def date_time(time: int) -> str:
    """The time in UTC in the notation that every version accepts: RFC 3339, three fractional digits, `Z`.

    Source: OCPP 2.0.1 Part 2 section 1.4 (at most three fractional digits), OCPP 1.6 section 3.14 (ISO 8601, UTC).
    """
    return f"{_second(time // SECOND)}.{time // 1000 % 1000:03d}Z"


def rfc3339_text(time: int) -> str:
    """Microseconds since 1970 UTC as RFC 3339 in UTC with six digits, in the years 1 to 9999."""
    minutes, micros = divmod(in_calendar(time), 60 * SECOND)
    seconds, micros = divmod(micros, SECOND)
    return f"{_minute(minutes)}:{seconds:02d}.{micros:06d}Z"


def time_of(text: str) -> int | None:
    """Microseconds since 1970 UTC, from any fraction and offset (none means UTC); None if it is not a time.

    Fractions of a microsecond are dropped. A leap second (RFC 3339 section 5.6) counts as the second after it.
    Only the years 1 to 9999 in UTC are times.
    """
    second = _SECONDS.get(text[17:19])
    if second is not None and text[-1] == "Z" and (minute := _minute_of(text[:17])) is not None:  # as most are written
        digits = text[20:-1]
        if not digits and len(text) == 20:
            return minute + second
        if text[19] == "." and len(digits) in _FRACTIONS and digits.isascii() and digits.isdigit():
            return minute + second + int(digits) * _FRACTIONS[len(digits)]
    return _any_time_of(text)


@lru_cache(256)
def _minute_of(text: str) -> int | None:
    """The start of a minute by what precedes its seconds: many times of a log share it."""
    return _any_time_of(f"{text}00Z")


def _any_time_of(text: str) -> int | None:
    match = _RFC_3339.fullmatch(text.strip())
    if match is None:
        return None
    day, minute, second, fraction, hours, minutes = match.groups()
    leap = second == "60"
    try:
        moment = datetime.fromisoformat(f"{day}T{minute}{'59' if leap else second}+00:00")
    except ValueError:
        return None
    time = micros_of(moment) + int(((fraction or "") + "000000")[:6]) + (1_000_000 if leap else 0)
    if hours is not None:
        offset = (int(hours[1:]) * 60 + int(minutes or 0)) * 60_000_000
        time += offset if hours[0] == "-" else -offset
    return time if _FIRST <= time <= _LAST else None


def is_date_time(value: object) -> bool:
    """True for a string that is written as a date-time of ISO 8601, as any OCPP version writes one."""
    return isinstance(value, str) and _DATE_TIME.fullmatch(value) is not None


def shifted(text: str, by: int) -> str | None:
    """A date-time shifted by so many microseconds, in its own format (RFC 3339); None if it is not one."""
    match = _DATE_TIME.fullmatch(text)
    if match is None:
        return None
    day, separator, minute, second, mark, fraction, zone = match.groups(default="")
    try:
        moment = datetime.fromisoformat(f"{day}T{minute}:{second or '00'}")
        moment += timedelta(microseconds=int((fraction + "000000")[:6]) + by)
    except (ValueError, OverflowError):
        return None
    digits = f"{moment:%f}".ljust(len(fraction), "0")[: len(fraction)]
    seconds = f":{moment:%S}{mark}{digits}" if second else ""
    return f"{moment.year:04d}-{moment:%m-%d}{separator}{moment:%H:%M}{seconds}{zone}"


def times_of(texts: Sequence[bytes]) -> array[int]:
    """The times in many texts, all as `rfc3339_text` writes them. Raises ValueError if any is something else."""
    count, joined = len(texts), b"".join(texts)
    if len(joined) != LENGTH * count or any(joined[place::LENGTH] != mark * count for place, mark in _MARKS.items()):
        raise ValueError("a time in another format")
    seconds = map(_Seconds().__getitem__, _digits(joined, _SECOND))
    return array("q", map(add, seconds, _digits(joined, _MICROS)))


def _digits(texts: bytes, places: tuple[int, ...]) -> list[int]:
    """The digits at these positions of each text as one number, prefixed with 1. Raises ValueError for anything else.

    All at once: the columns of digits are put side by side into a JSON array.
    """
    count, width = len(texts) // LENGTH, len(places) + 2
    rows = bytearray(b"1" * (width * count))
    for position, place in enumerate(places, 1):
        rows[position::width] = texts[place::LENGTH]
    rows[width - 1 :: width] = b"," * count
    if count and not rows.translate(None, b",").isdigit():
        raise ValueError("a time with characters other than digits")
    numbers: list[int] = orjson.loads(b"[" + rows[:-1] + b"]")
    return numbers


class _Seconds(dict[int, int]):
    """The start of a second by its digits prefixed with 1, minus the 1 that prefixes its microseconds."""

    def __missing__(self, digits: int) -> int:
        text = str(digits)
        time = time_of(f"{text[1:5]}-{text[5:7]}-{text[7:9]}T{text[9:11]}:{text[11:13]}:{text[13:]}")
        if time is None:
            raise ValueError("a time that does not exist")
        self[digits] = time = time - 1_000_000
        return time


@lru_cache(maxsize=64)
def _minute(minutes: int) -> str:
    return utc_datetime(minutes * 60 * SECOND).isoformat()[:16]


@lru_cache(maxsize=64)
def _second(seconds: int) -> str:
    return utc_datetime(seconds * SECOND).isoformat()[:19]
