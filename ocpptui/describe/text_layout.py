"""The lines of a recording as plain text: what each of them says of its record.

The writer reads its own lines with this, so that it knows what they leave out.
"""

from __future__ import annotations

import re
from typing import Any

from ocpptui.ocpp.version import Direction, Transport
from ocpptui.timeline.record import RecordKind

TEXT_MARK = "# OCPP recording, written as text by ocpptui"
"""The beginning of the first line; the version of ocpptui follows."""
ARROWS = {Direction.TO_CSMS: "-->", Direction.TO_CHARGE_POINT: "<--", None: "   "}
"""As seen from the charge point."""
INDENT = "    "
"""Before the lines below that of a record."""
REMAINDER = "= "
"""Before the remainder, the last of them."""

_DIRECTIONS = {arrow: direction for direction, arrow in ARROWS.items()}
_FIRST = re.compile(
    rf"(?P<time>\S+) (?P<name>.*?) (?P<arrow>-->|<--|   ) (?P<kind>{'|'.join(RecordKind.__members__)})\b"
)
_STATE = re.compile(
    r"# (?P<name>.*) is connection (?P<number>\d{1,10})(?:, OCPP (?P<version>\d[\d.]{0,9}))?(?P<soap> over SOAP)?"
)


class TextLayout:
    """What the lines so far say."""

    def __init__(self) -> None:
        self._of_name: dict[str, dict[str, Any]] = {}

    def take_state(self, line: str) -> bool:
        """Take a line that says which connection a charge point has; False if it is another line."""
        match = _STATE.fullmatch(line)
        if match is None:
            return False
        self._of_name[match["name"]] = {
            "connection": int(match["number"]),
            **({"ocppVersion": match["version"]} if match["version"] else {}),
            **({"transport": Transport.SOAP.value} if match["soap"] else {}),
        }
        return True

    def shown(self, first: str, below: list[str]) -> dict[str, Any] | None:
        """The fields of a record that are shown by its line and those below; None if it is not the line of one."""
        match = _FIRST.match(first)
        if match is None:
            return None
        name, direction, kind = match["name"], _DIRECTIONS[match["arrow"]], RecordKind[match["kind"]]
        fields = {
            "timestamp": match["time"],
            "messageType": kind.name,
            **({"chargePointId": name} if name != "-" else {}),
            **({"direction": direction.value} if direction is not None else {}),
            **self._of_name.get(name, {}),
        }
        if kind.is_message and below and not below[0].startswith(REMAINDER):
            fields["raw"] = below[0]
        return fields


def connection_line(name: str, connection: int, version: str, transport: Transport) -> str:
    """The line that says which connection the charge point of this name has from now on."""
    soap = " over SOAP" if transport is Transport.SOAP else ""
    return f"# {name} is connection {connection}{f', OCPP {version}' if version else ''}{soap}"
