"""What a reader finds in a foreign file, before anything is inferred."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from ocpptui.ocpp.version import Direction, Transport, Version
from ocpptui.recording.line_format import Unreadable
from ocpptui.timeline.record import ConnectionEvent

MAX_SHOWN = 1000
"""Places without a frame that are told one by one; beyond it they are only counted."""
SHOWN_TEXT = 200
"""Characters of such a place that are told."""


class Flow(Enum):
    """What a log says of a frame where it says it from its own side."""

    SENT = "sent"
    RECEIVED = "received"


@dataclass(slots=True)
class FoundFrame:
    """A frame, or what happened to a connection, with what the file says of it."""

    raw: str | bytes
    """The text of the frame; what was cut off or broken is here as it is. Empty for an event."""
    line: int = 0
    """Line or item of the file, from 1."""
    time: int | None = None
    """Microseconds since 1970: in UTC where `zoned`, else of a clock on the wall as if it were UTC."""
    zoned: bool = False
    dated: bool = True
    """False where the file says the time of the day and nowhere the day; `time` is since midnight then."""
    direction: Direction | None = None
    """Where the file says it without a doubt, whoever wrote it."""
    flow: Flow | None = None
    """Where the file says only what its writer did."""
    charge_point: str = ""
    version: Version | None = None
    connection: str = ""
    """What tells two connections of a charge point apart (a TCP stream, a session id), where the file has it."""
    event: ConnectionEvent | None = None
    """Of a connection event: what happened, and in `detail` what is known of it, as in the recording format."""
    detail: Mapping[str, Any] = field(default_factory=dict)
    notation: str = ""
    """In what the frame was written where that is no JSON; `raw` is its JSON then."""
    transport: Transport = Transport.JSON
    message_id: str = ""
    """What the message is known by where its raw text does not say its id."""


@dataclass(slots=True)
class ImportStats:
    """How much of a file was understood. Lines are counted by the readers, guesses by the inference."""

    with_frame: int = 0
    """Lines (rows, items) that held a frame."""
    without_frame: int = 0
    guessed: dict[str, int] = field(default_factory=dict)
    """Of how many records something is a guess, by what: `direction`, `time`, `version`, `zone`."""
    evidence: list[str] = field(default_factory=list)
    """Why what was guessed was guessed so, a sentence each."""
    most_shown: int | None = MAX_SHOWN
    """Places without a frame that are kept to be told; None for all of them."""
    skipped: list[Unreadable] = field(default_factory=list)
    """The first places without a frame, with the beginning of their text."""

    def skip(self, line: int, text: str, reason: str = "") -> None:
        """Count a line without a frame. `reason` says what is wrong where something is."""
        self.without_frame += 1
        if self.most_shown is None or len(self.skipped) < self.most_shown:
            shown = text.strip()[:SHOWN_TEXT]
            self.skipped.append(Unreadable(f"{reason}: {shown}" if reason else f"no frame: {shown}", line))

    def guess(self, what: str) -> None:
        self.guessed[what] = self.guessed.get(what, 0) + 1
