"""How records are coded in the columns of a timeline, and records in columns: no object for each."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from typing import NamedTuple

from ocpptui.ocpp.json_encoding import Frame
from ocpptui.ocpp.version import Direction, Version
from ocpptui.timeline.record import ConnectionEvent, Origin, Record, RecordKind

DIRECTIONS = (None, Direction.TO_CSMS, Direction.TO_CHARGE_POINT)
"""What the numbers in the column `directions` mean."""
ORIGINS = tuple(Origin)
"""What the numbers in the column `origins` mean."""
EVENTS: tuple[ConnectionEvent | None, ...] = (None, *ConnectionEvent)
"""What `flags[i] >> EVENT_SHIFT` means."""

MASKED = 1
"""Bit of the column `flags`: secrets were masked in the raw text."""
DUPLICATE_ID = 2
"""Bit of the column `flags`: the message id of this call was used before."""
EVENT_SHIFT = 4

LONGEST_ACTION = 100
"""Characters of an action name that are kept; a peer may send names of megabytes."""

NO_TIME = -(2**63)
"""In the place of a time that could not be read; the timeline puts that of the record before."""


class RecordTemplate(NamedTuple):
    """All that a record shares with many others. The numbers are coded as in the columns."""

    kind: RecordKind
    direction: int
    origin: int
    flags: int
    connection: int
    """0 where there is none or it is not known."""
    charge_point: str
    version: Version | None
    action: str
    """Of an answer what it is believed to be, and was validated against; the timeline finds out whether that is so."""


def template_of(record: Record, action: str = "") -> RecordTemplate:
    """The shape of a record; `action` is what an answer is believed to belong to."""
    flags = MASKED if record.masked else 0
    if record.kind is RecordKind.CONNECTION:
        event = record.detail.get("event")
        flags |= (
            _EVENT_CODES.get(event, 0) << EVENT_SHIFT if type(event) is str or type(event) is ConnectionEvent else 0
        )
    frame = record.frame
    if isinstance(frame, Frame) and frame.action is not None:
        action = frame.action
    return RecordTemplate(
        record.kind,
        DIRECTION_CODES[record.direction],
        ORIGIN_CODES[record.origin],
        flags,
        record.connection,
        record.charge_point,
        record.version,
        short_action(action),
    )


def short_action(action: str) -> str:
    """An action name as the columns keep it."""
    return action if len(action) <= LONGEST_ACTION else action[: LONGEST_ACTION - 1] + "…"


@dataclass(slots=True)
class Batch:
    """Records that follow each other in one source."""

    first_new: int = 0
    """Shapes from this number on are new; those before it stay as they were in earlier batches of the same reader."""
    new_shapes: list[RecordTemplate] = field(default_factory=list)
    shapes: array[int] = field(default_factory=lambda: array("H"))
    times: array[int] = field(default_factory=lambda: array("q"))
    ids: list[str] = field(default_factory=list)
    """Message ids; empty for what is no message."""
    verdicts: bytes = b""
    offsets: array[int] = field(default_factory=lambda: array("q"))
    lengths: array[int] = field(default_factory=lambda: array("I"))

    def __len__(self) -> int:
        return len(self.times)


DIRECTION_CODES = {direction: code for code, direction in enumerate(DIRECTIONS)}
ORIGIN_CODES = {origin: code for code, origin in enumerate(ORIGINS)}
_EVENT_CODES: dict[str | None, int] = {event: code for code, event in enumerate(EVENTS)}
