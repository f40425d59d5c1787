"""The malformed message that was meant as the answer to a call."""

from __future__ import annotations

from ocpptui.ocpp.message import Malformed, Message
from ocpptui.timeline.record import RecordKind
from ocpptui.timeline.timeline import Timeline


def malformed_answer(timeline: Timeline, call: int) -> Malformed | None:
    """The first malformed message with the id of a call that came back after it on its connection; None if none did.

    Where the id can no longer be read as one, it counts that the text contains it.
    """
    index = malformed_answer_at(timeline, call)
    frame = None if index is None else timeline.frame(index)
    return frame if isinstance(frame, Malformed) else None


def malformed_answer_at(timeline: Timeline, call: int, stop: int | None = None) -> int | None:
    """The index of that message, if it is before `stop`."""
    after = call + 1
    kinds = timeline.kinds[after : len(timeline) if stop is None else stop].tobytes()
    if _MALFORMED not in kinds:
        return None
    asked, direction, connection = timeline.frame(call), timeline.direction(call), timeline.connection(call)
    if not isinstance(asked, Message) or direction is None:
        return None
    place = kinds.find(_MALFORMED)
    while place >= 0:
        index = after + place
        if timeline.direction(index) is direction.opposite and timeline.connection(index) == connection:
            frame = timeline.frame(index)
            if isinstance(frame, Malformed):
                text = frame.raw if isinstance(frame.raw, str) else frame.raw.decode(errors="replace")
                if frame.id == asked.id or (frame.id is None and f'"{asked.id}"' in text):
                    return index
        place = kinds.find(_MALFORMED, place + 1)
    return None


_MALFORMED = bytes([RecordKind.MALFORMED])
