"""The tables of a recording, in Markdown and in CSV: their columns, and what each row says of its record.

The writers read their own rows with this, so that they know what they leave out.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ocpptui.ocpp.version import Direction
from ocpptui.timeline.record import RecordKind

MARKDOWN_MARK = "<!-- written by ocpptui"
"""The beginning of the first line; the version of ocpptui follows."""
MARKDOWN_COLUMNS = (
    "time (UTC)", "connection", "charge point", "version", "", "kind", "action", "latency", "summary", "text",
    "problems", "notes", "more",
)  # fmt: skip
OLD_MARKDOWN_COLUMNS = (
    "time (UTC)", "charge point", "", "kind", "action", "latency", "summary", "text", "problems", "notes",
)  # fmt: skip
"""Those of the first versions."""
CSV_COLUMNS = (
    "time", "connection", "chargePoint", "version", "direction", "kind", "messageId", "action", "latencyMs", "valid",
    "severity", "problems", "notes", "text", "more",
)  # fmt: skip
"""`more` is the remainder of the record."""
ARROWS = {Direction.TO_CSMS: "→", Direction.TO_CHARGE_POINT: "←", None: ""}
"""As seen from the charge point."""

_DIRECTIONS = {
    **{arrow: direction.value for direction, arrow in ARROWS.items() if direction is not None},
    **{direction.value: direction.value for direction in Direction},
}
_MARKDOWN = tuple(
    map(MARKDOWN_COLUMNS.index, ("time (UTC)", "connection", "charge point", "version", "", "kind", "text"))
)
_CSV = tuple(map(CSV_COLUMNS.index, ("time", "connection", "chargePoint", "version", "direction", "kind", "text")))


def shown_in_markdown(cells: Sequence[str]) -> dict[str, Any]:
    """The fields of a record that the cells of a row show."""
    return _shown(*(cells[place] for place in _MARKDOWN))


def shown_in_csv(cells: Sequence[str]) -> dict[str, Any]:
    """The fields of a record that the cells of a row show, without the apostrophes before formulas."""
    return _shown(*(cells[place] for place in _CSV))


def _shown(
    time: str, connection: str, charge_point: str, version: str, direction: str, kind: str, text: str
) -> dict[str, Any]:
    is_message = kind in RecordKind.__members__ and RecordKind[kind].is_message
    fields = {
        "timestamp": time,
        "connection": int(connection) if connection.isascii() and connection.isdecimal() else 0,
        "chargePointId": charge_point,
        "ocppVersion": version,
        "direction": _DIRECTIONS.get(direction, ""),
        "messageType": kind,
        "raw": text if is_message else "",
    }
    return {name: value for name, value in fields.items() if value != ""}
