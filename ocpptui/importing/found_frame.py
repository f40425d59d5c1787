"""What a reader finds in a foreign file, before anything is inferred."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from functools import cached_property
from typing import Any

from ocpptui.importing.times.timestamps import Moment
from ocpptui.importing.words.line_shapes import without_digits
from ocpptui.jsontext.text import text_if_utf8, utf8
from ocpptui.ocpp.encoding import encoding_of
from ocpptui.ocpp.json_encoding import parse
from ocpptui.ocpp.message import Malformed, Message
from ocpptui.ocpp.version import Direction, Transport, Version
from ocpptui.timeline.record import ConnectionEvent, Cut


class Flow(Enum):
    """What a log says about the direction of a frame, as seen by its writer."""

    SENT = "sent"
    RECEIVED = "received"

    @cached_property
    def opposite(self) -> Flow:
        return Flow.RECEIVED if self is Flow.SENT else Flow.SENT


@dataclass(slots=True)
class FoundFrame:
    """A frame or a connection event, with what the file says about it."""

    raw: str | bytes
    """The text of the frame, even if it is truncated or malformed. Empty for an event."""
    line: int = 0
    """Line or item of the file, from 1."""
    time: int | None = None
    """Microseconds since 1970: in UTC if `zoned`, else in local time as if it were UTC."""
    zoned: bool = False
    dated: bool = True
    """False if the file states the time of day but not the date; `time` then counts from midnight."""
    yeared: bool = True
    """False if the file states the date without a year; `time` is then in 1972."""
    readings: tuple[int | None, int | None, int | None] | None = None
    """The time if the day comes first in its date, if the month does, and if the year does, where the notation leaves
    it open; each is None if that date does not exist."""
    since_start: int | None = None
    """Microseconds that the device had run, if the file states that in place of a time."""
    direction: Direction | None = None
    """Set if the file states it, no matter which side wrote the file."""
    flow: Flow | None = None
    """Set if the file states only what its writer did."""
    leaning: Direction | None = None
    """The direction that the words around it suggest; the action overrules it."""
    charge_point: str = ""
    """Set if a field or column states it; a name in the text around the frame is found by the inference."""
    announced: str = ""
    """The charge point that a line before named, in the URL of a handshake for example."""
    keyed: tuple[str, ...] = ()
    """The charge points that lines without a frame state behind the key for an id; two, if there are more."""
    prefix: str = ""
    """The text before the frame in its line."""
    known_shape: str = field(default="", compare=False)
    """The prefix that was read last, with zeros for its digits."""
    above: str = ""
    """The lines directly above, if they have no frame."""
    fields: tuple[tuple[str, str], ...] = ()
    """The names and values of the fields around it whose meaning is not known."""
    version: Version | None = None
    connection: str = ""
    """What distinguishes two connections of a charge point (a TCP stream, a session id), if the file has it."""
    event: ConnectionEvent | None = None
    """For a connection event: what happened; `detail` contains what is known about it, as in the recording format."""
    detail: Mapping[str, Any] = field(default_factory=dict)
    stated: str = ""
    """For what may be a connection event: the line of a log that says so, in words only."""
    notation: str = ""
    """The notation of the frame if it was not JSON; `raw` is then its JSON."""
    transport: Transport = Transport.JSON
    cut: Cut | None = None
    """How the text around a truncated frame shows that the log does not have all of it."""
    message_id: str = ""
    """The id of the message if its raw text does not contain one."""
    frame: Message | Malformed | None = field(default=None, compare=False)
    """What is in `raw`, if a thread or another process has read it already."""

    @property
    def shape(self) -> str:
        """The prefix with zeros for its digits."""
        known = self.known_shape
        return known if len(known) == len(self.prefix) else without_digits(self.prefix)  # what is around adds a path

    def at(self, moment: Moment) -> None:
        """Set the time to one that the file states."""
        self.time, self.zoned, self.dated = moment.time, moment.zoned, moment.dated
        self.yeared, self.readings = moment.yeared, moment.readings

    def at_time_of(self, other: FoundFrame) -> None:
        """Set the time to that which the file states for another frame."""
        self.time, self.zoned, self.dated = other.time, other.zoned, other.dated
        self.yeared, self.readings = other.yeared, other.readings

    def read(self) -> Message | Malformed:
        """What is in `raw`; a message without an id in its raw text has that which is known."""
        if self.frame is not None:
            return self.frame
        raw = as_on_the_wire(self.raw)
        if self.transport is Transport.JSON:
            return parse(raw)
        frame = encoding_of(self.transport).read(raw)
        return replace(frame, id=self.message_id) if isinstance(frame, Message) and not frame.id else frame


def turned(found: FoundFrame) -> FoundFrame:
    """An answer that is beside its call, and therefore has the opposite direction."""
    if found.direction is not None:
        found.direction = found.direction.opposite
    if found.flow is not None:
        found.flow = found.flow.opposite
    return found


def as_on_the_wire(raw: str | bytes) -> str | bytes:
    """The frame as UTF-8 can carry it; bytes where the file has some that are not UTF-8. Any other lone surrogate in it
    can only come from an escape of JSON around the frame."""
    if isinstance(raw, bytes) or raw.isascii():
        return raw
    return text_if_utf8(utf8(raw))
