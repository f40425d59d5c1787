"""What is against a schema, and yet legal in another reading or so common in the field that no peer should refuse it.

Each advisory has a stable name, by which a violation, a record's remarks and a rule of the diagnosis know it.
"""

from __future__ import annotations

from datetime import datetime

DATE_WITHOUT_OFFSET = "date-without-offset"
"""Legal in OCPP 1.6 section 3.15 (ISO 8601), not in RFC 3339, which the schemas and 2.x ask for."""
DATE_NOT_RFC_3339 = "date-not-rfc3339"
"""A space for the T, no seconds, an offset without its colon and the like."""
UNIT_OF_ERRATA = "unit-of-errata"
"""Hertz (OCPP 1.6 errata 3.86), Celsius and Celcius (errata 2025-04)."""

HINTS = {
    DATE_WITHOUT_OFFSET: "no offset, common in the field and read as UTC",
    DATE_NOT_RFC_3339: "readable by ISO 8601, but written otherwise than RFC 3339 asks",
    UNIT_OF_ERRATA: "legal by the errata of OCPP 1.6",
}
"""What a violation says of each."""

UNITS_OF_ERRATA = frozenset({"Celsius", "Celcius", "Hertz"})


def date_time_advisory(text: str) -> str:
    """The advisory for a date-time that is against RFC 3339 and can be read all the same; empty where it cannot."""
    stripped = text.strip()
    try:
        time = datetime.fromisoformat(stripped)
    except ValueError:
        return ""
    if len(stripped) <= len("2026-01-31"):
        return ""
    return DATE_WITHOUT_OFFSET if time.tzinfo is None else DATE_NOT_RFC_3339
