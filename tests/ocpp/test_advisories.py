"""Which date-times are only advisory: what can be read, though RFC 3339 has it otherwise."""

from __future__ import annotations

import pytest

from ocpptui.ocpp.advisories import DATE_NOT_RFC_3339, DATE_WITHOUT_OFFSET, HINTS, date_time_advisory


@pytest.mark.parametrize(
    ("text", "advisory"),
    [
        ("2026-01-31T12:00:00", DATE_WITHOUT_OFFSET),
        ("2026-01-31T12:00", DATE_WITHOUT_OFFSET),
        ("2026-01-31 12:00:00+01:00", DATE_NOT_RFC_3339),
        ("2026-01-31T12:00:00+0200", DATE_NOT_RFC_3339),
        ("2026-01-31T12:00:00+02", DATE_NOT_RFC_3339),
        (" 2026-01-31T12:00:00Z ", DATE_NOT_RFC_3339),
        ("2026-01-31", ""),
        ("yesterday", ""),
        ("", ""),
        ("2026-13-31T12:00:00Z", ""),
    ],
)
def test_a_readable_date_time_is_distinguished_from_an_unreadable_one(text: str, advisory: str) -> None:
    """Refusing what can be read would stop the charges of half the stations in the field."""
    assert date_time_advisory(text) == advisory
    assert not advisory or HINTS[advisory]
