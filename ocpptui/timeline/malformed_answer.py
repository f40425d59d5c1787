"""The message that was meant as the answer to a call and is none."""

from __future__ import annotations

from ocpptui.ocpp.message import Malformed, Message
from ocpptui.timeline.record import RecordKind
from ocpptui.timeline.timeline import Timeline


def malformed_answer(timeline: Timeline, call: int) -> Malformed | None:
    """The first malformed message with the id of a call that came back after it on its connection; None if none did.

    Where the id can no longer be read as one, it counts that the text contains it.
    """
    asked, direction = timeline.frame(call), timeline.direction(call)
    if not isinstance(asked, Message) or direction is None:
        return None
    for index in range(call + 1, len(timeline)):
        is_back = timeline.direction(index) is direction.opposite
        if timeline.kind(index) is not RecordKind.MALFORMED or not is_back:
            continue
        frame = timeline.frame(index)
        if timeline.connection(index) == timeline.connection(call) and isinstance(frame, Malformed):
            text = frame.raw if isinstance(frame.raw, str) else frame.raw.decode(errors="replace")
            if frame.id == asked.id or (frame.id is None and f'"{asked.id}"' in text):
                return frame
    return None
