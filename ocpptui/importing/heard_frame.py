"""A frame or event that was found, with what the inference knows about it so far."""

from __future__ import annotations

from dataclasses import dataclass, field

from ocpptui.importing.connections.log_connections import LogConnection
from ocpptui.importing.copies import Written
from ocpptui.importing.directions.directions import LoggedFrame
from ocpptui.importing.directions.kept_back_frames import KeptBackWord
from ocpptui.importing.found_frame import FoundFrame
from ocpptui.importing.times.payload_times import Witness
from ocpptui.ocpp.message import Malformed, Message


@dataclass(slots=True)
class HeardFrame:
    """A found frame or event, with what is known about it so far."""

    found: FoundFrame
    frame: Message | Malformed | None
    action: str
    witness: Witness | None
    number: int = 0
    charge_point: str = ""
    connection: str = ""
    guessed: list[str] = field(default_factory=list)
    written: Written | None = None
    log_connection: LogConnection | None = None
    """That of the frame, if it was looked for and no copy has changed it since."""
    logged: LoggedFrame | None = None
    """What its line says of its direction, in the same manner."""
    kept_back: tuple[KeptBackWord, ...] = ()
    """The words in its line that may say that it was kept back."""
