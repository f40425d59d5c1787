"""Times as RFC 3339 text, and back."""

from __future__ import annotations

import re
from array import array
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_RFC_3339 = re.compile(
    r"(\d{4}-\d\d-\d\d)[Tt _](\d\d:\d\d:)(\d\d)(?:[.,](\d+))?\s*(?:[Zz]|([+-]\d\d):?(\d\d)?)?", re.ASCII
)


def to_text(time: int) -> str:
    """Microseconds since 1970 UTC as RFC 3339 in UTC with six digits, for the years 1 to 9999."""
    seconds, micros = divmod(time, 1_000_000)
    return f"{_second(seconds)}.{micros:06d}Z"


def from_text(text: str) -> int | None:
    """Microseconds since 1970 UTC, from any fraction and offset (none means UTC); None where it is no such time.

    What is finer than a microsecond is cut off. A leap second (RFC 3339 section 5.6) counts as the second after it.
    """
    match = _RFC_3339.fullmatch(text.strip())
    if match is None:
        return None
    day, minute, second, fraction, hours, minutes = match.groups()
    leap = second == "60"
    try:
        moment = datetime.fromisoformat(f"{day}T{minute}{'59' if leap else second}+00:00")
    except ValueError:
        return None
    time = (moment - _EPOCH) // _MICROSECOND + int(((fraction or "") + "000000")[:6]) + (1_000_000 if leap else 0)
    if hours is not None:
        offset = (int(hours[1:]) * 60 + int(minutes or 0)) * 60_000_000
        time += offset if hours[0] == "-" else -offset
    return time


def all_from_text(texts: Sequence[str], unreadable: int) -> array[int]:
    """The times of many texts, quick where all are as `to_text` writes them; `unreadable` for what is no time."""
    count, joined = len(texts), "".join(texts)
    if len(joined) == 27 * count and joined[19::27] == "." * count and joined[26::27] == "Z" * count:
        try:
            seconds = _Seconds()
            return array("q", [seconds[text[:20]] + int(text[20:26]) for text in texts])
        except ValueError:
            pass
    times = map(from_text, texts)
    return array("q", [unreadable if time is None else time for time in times])


class _Minutes(dict[str, int]):
    """The time at which a minute begins, by the text up to its seconds. Raises ValueError for what is no time."""

    def __missing__(self, text: str) -> int:
        time = from_text(text + "00")
        if time is None:
            raise ValueError(text)
        self[text] = time
        return time


class _Seconds(dict[str, int]):
    """The time at which a second begins, by the text up to its point. Raises ValueError for what is no time."""

    def __init__(self) -> None:
        self._minutes = _Minutes()

    def __missing__(self, text: str) -> int:
        second = int(text[17:19])
        if second > 60:
            raise ValueError(text)
        self[text] = time = self._minutes[text[:17]] + second * 1_000_000
        return time


@lru_cache(maxsize=64)
def _second(seconds: int) -> str:
    return (_EPOCH + timedelta(seconds=seconds)).isoformat()[:19]
