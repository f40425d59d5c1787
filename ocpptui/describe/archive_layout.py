"""The records in an HTTP archive: what an entry and its parts say of each.

HAR 1.2 allows names of one's own that begin with `_`. Under `OWN`, an entry says which connection it is, where its
records are in the order of the whole, and their remainders; the log has there all records for which HAR has no place.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ocpptui.ocpp.date_times import rfc3339_text, time_of
from ocpptui.ocpp.version import Direction
from ocpptui.timeline.record import RecordKind

OWN = "_ocpptui"
AT = "at"
"""Where the records of an entry are in the order of the whole, one number each."""
MORE = "more"
"""The remainders of an entry's records that have one, by their place in the entry."""
RECORDS = "records"
"""The records for which HAR has no place, each with `at`."""
TEXT, BINARY = 1, 2
"""Opcodes of RFC 6455 section 5.2; a message that is not UTF-8 is in base64, like a binary one."""

Shown = dict[str, Any]


def shown_in_message(message: Mapping[str, Any], common: Shown) -> Shown:
    """The fields of a record that a WebSocket message shows; `common` are those of its connection."""
    data, up = message["data"], message["type"] == "send"
    content = {"bytes": data} if message["opcode"] == BINARY else {"raw": data}
    direction = Direction.TO_CSMS if up else Direction.TO_CHARGE_POINT
    time = rfc3339_text(round(message["time"] * 1_000_000))
    return {**common, "timestamp": time, "direction": direction.value, "messageType": _KIND, **content}


def shown_in_exchange(entry: Mapping[str, Any], common: Shown) -> list[Shown]:
    """The fields that an HTTP request shows of a record, and if there is one those that its response shows."""
    asked, answered = entry["request"]["postData"]["text"], entry["response"]["content"].get("text")
    began = entry["startedDateTime"]
    call = {**common, "timestamp": began, "messageType": _KIND, "raw": asked}
    if answered is None:
        return [call]
    time = rfc3339_text((time_of(began) or 0) + round(entry["time"] * 1000))
    return [call, {**common, "timestamp": time, "messageType": _KIND, "raw": answered}]


_KIND = RecordKind.MALFORMED.name
"""The text says which kind of message it is."""
