"""What breaks a schema, but is legal by another document or so common in the field that no peer should refuse it.

Each advisory has a stable name, which violations, remarks of a record and rules of the diagnosis use.
"""

from __future__ import annotations

from datetime import datetime

DATE_WITHOUT_OFFSET = "date-without-offset"
"""Legal in OCPP 1.6 section 3.15 (ISO 8601), not in RFC 3339, which the schemas and 2.x require."""
DATE_NOT_RFC_3339 = "date-not-rfc3339"
"""For example a space for the T, no seconds, or an offset without its colon."""
UNIT_OF_ERRATA = "unit-of-errata"
"""Hertz (OCPP 1.6 errata 3.86), Celsius and Celcius (errata 2025-04)."""

HINTS = {
    DATE_WITHOUT_OFFSET: "no offset, common in the field and read as UTC",
    DATE_NOT_RFC_3339: "valid ISO 8601, but not in the format of RFC 3339",
    UNIT_OF_ERRATA: "allowed by the errata of OCPP 1.6",
}
"""What a violation says about each."""

UNITS_OF_ERRATA = frozenset({"Celsius", "Celcius", "Hertz"})


def date_time_advisory(text: str) -> str:
    """The advisory for a date-time that breaks RFC 3339 but can be read; empty if it cannot be read."""
    stripped = text.strip()
    try:
        time = datetime.fromisoformat(stripped)
    except ValueError:
        return ""
    if len(stripped) <= len("2026-01-31"):
        return ""
    return DATE_WITHOUT_OFFSET if time.tzinfo is None else DATE_NOT_RFC_3339
