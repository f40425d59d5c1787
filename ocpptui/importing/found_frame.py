"""What a reader finds in a foreign file, before anything is inferred."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property
from typing import Any

from ocpptui.importing.line_shapes import without_digits
from ocpptui.importing.timestamps import Moment
from ocpptui.jsontext.text import text_if_utf8, utf8
from ocpptui.ocpp.encoding import encoding_of
from ocpptui.ocpp.json_encoding import parse
from ocpptui.ocpp.labelled_secrets import stated_credentials
from ocpptui.ocpp.message import Malformed, Message
from ocpptui.ocpp.secret_names import MASK, may_state_credentials
from ocpptui.ocpp.secrets import mask_text
from ocpptui.ocpp.version import Direction, Transport, Version
from ocpptui.recording.line_format import Unreadable
from ocpptui.timeline.record import ConnectionEvent, Cut

MOST_SENTENCES = 100
"""How many reasons are kept for the guesses in one file."""
MAX_SHOWN = 1000
"""How many lines without a frame are reported one by one; more are only counted."""
SHOWN_TEXT = 200
"""How many characters of such a line are reported."""
LONGEST_WITH_SECRETS = 20_000
"""Characters of a line that is searched for credentials."""


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
        return frame._replace(id=self.message_id) if isinstance(frame, Message) and not frame.id else frame


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


@dataclass(slots=True)
class ImportStats:
    """How much of a file was understood. The readers count the lines, the inference counts the guesses."""

    with_frame: int = 0
    """Lines (rows, items) with a frame."""
    without_frame: int = 0
    last_skipped: int = 0
    """The last line without a frame that is not empty."""
    guessed: dict[str, int] = field(default_factory=dict)
    """How many records have a guess, by what was guessed: `charge point`, `time`, `date`, `year`, `day and month`,
    `zone`, `direction`, `version`."""
    evidence: list[str] = field(default_factory=list)
    """The reasons for the guesses, one sentence each."""
    warnings: list[str] = field(default_factory=list)
    """The reasons for which a part of it is uncertain or wrong, which are also in `evidence`."""
    most_shown: int | None = MAX_SHOWN
    """How many lines without a frame are kept to be reported; None for all of them."""
    skipped: list[Unreadable] = field(default_factory=list)
    """The first lines without a frame, with the beginning of their text."""

    secrets: list[str] = field(default_factory=list)
    """The credentials that lines without a record state, until somebody takes them to mask their copies in records."""
    _within_key: bool = False
    """The last lines are those of a private key in PEM."""

    def skip(self, line: int, text: str, reason: str = "") -> None:
        """Count a line without a frame. `reason` says what is wrong with it, if anything."""
        self.without_frame += 1
        if text and not text.isspace():
            self.last_skipped = line
        if "-----" in text:
            self._within_key = "PRIVATE KEY" in text and "-----END" not in text
        if self.most_shown is None or len(self.skipped) < self.most_shown:
            shown = MASK if self._within_key else mask_text(text.strip()[:SHOWN_TEXT])
            self.skipped.append(Unreadable(f"{reason}: {shown}" if reason else f"no frame: {shown}", line))

    def learn_secrets(self, text: str) -> None:
        """Learn the credentials in a line, or in a part of it, that is in no record."""
        if len(text) <= LONGEST_WITH_SECRETS and may_state_credentials(text):
            self.secrets.extend(stated_credentials(text))

    def taken_secrets(self) -> list[str]:
        """The credentials that were learned since the last time."""
        secrets, self.secrets = self.secrets, []
        return secrets

    def begin_anew(self) -> None:
        """Forget all, before the file is read again."""
        self.with_frame = self.without_frame = self.last_skipped = 0
        for known in (self.guessed, self.evidence, self.warnings, self.skipped):
            known.clear()
        self._within_key = False

    def tell(self, sentence: str) -> None:
        """Add a reason for a guess, unless it is there, or so many are already that nobody reads them."""
        if len(self.evidence) < MOST_SENTENCES and sentence not in self.evidence:
            self.evidence.append(sentence)

    def warn(self, sentence: str) -> None:
        """Add a reason for which a part of the file is uncertain or wrong."""
        self.evidence.append(sentence)
        self.warnings.append(sentence)

    def guess(self, what: str) -> None:
        self.guessed[what] = self.guessed.get(what, 0) + 1
