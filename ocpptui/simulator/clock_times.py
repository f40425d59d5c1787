"""OCPP date-times, and the clock unit of the behaviours: microseconds since 1970-01-01 UTC."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

SECOND = 1_000_000
"""Microseconds."""
HOUR = 3600 * SECOND
DAY = 24 * HOUR

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def date_time(now: int) -> str:
    """The time in UTC in the notation that every version accepts: RFC 3339, three fractional digits, `Z`.

    Source: OCPP 2.0.1 Part 2 section 1.4 (at most three fractional digits), OCPP 1.6 section 3.14 (ISO 8601, UTC).
    """
    return (_EPOCH + timedelta(microseconds=now)).strftime("%Y-%m-%dT%H:%M:%S.") + f"{now // 1000 % 1000:03d}Z"


def moment(text: str) -> int | None:
    """The time of a peer's date-time, in UTC if it has no offset; None if the text is not a date-time."""
    try:
        parsed = datetime.fromisoformat(text.upper())
    except ValueError:
        return None
    if parsed.tzinfo is None:
        parsed = parsed.replace(tzinfo=UTC)
    try:
        return (parsed - _EPOCH) // timedelta(microseconds=1)
    except OverflowError:
        return None
