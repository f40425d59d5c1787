"""The records in the HTML report, as JSON: what the values of each say of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ocpptui.ocpp.date_times import rfc3339_text
from ocpptui.ocpp.version import Direction
from ocpptui.timeline.record import Origin, RecordKind

PAGE_START = b'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
PAGE_TITLE = b"<title>OCPP recording</title>"
"""By these two the page is known; both are within its first kilobyte."""
BEGIN = b'<script type="application/json">[\n'
"""Before a block of records."""
END = b"\n]</script>\n"
DIRECTIONS = {Direction.TO_CSMS: 1, Direction.TO_CHARGE_POINT: -1, None: 0}
TIME, CONNECTION, CHARGE_POINT, VERSION, DIRECTION, KIND = range(2, 8)
ORIGIN, SUMMARY, TEXT, REMAINDER = 11, 13, 16, 17
"""Where the values of a record are."""

_WAYS = {number: direction for direction, number in DIRECTIONS.items()}


def shown_on_page(values: Sequence[Any]) -> dict[str, Any]:
    """The fields of a record that its values show. Raises LookupError and TypeError for other values."""
    direction, kind = _WAYS[values[DIRECTION]], values[KIND]
    fields = {
        "timestamp": rfc3339_text(values[TIME]),
        "connection": values[CONNECTION],
        "chargePointId": values[CHARGE_POINT],
        "ocppVersion": values[VERSION],
        "direction": "" if direction is None else direction.value,
        "messageType": kind,
        "origin": "" if values[ORIGIN] == Origin.WIRE.value else values[ORIGIN],
        "raw": values[TEXT] if RecordKind[kind].is_message else "",
    }
    return {name: value for name, value in fields.items() if value != ""}
