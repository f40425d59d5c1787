"""The malformed message that was meant as the answer to a call."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

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


def malformed_answer_at(timeline: Timeline, call: int, stop: int | None = None, most: int | None = None) -> int | None:
    """The index of that message, if it is before `stop`, and among the first `most` of those that may be it. Only
    these are read."""
    asked: Message | Malformed | None = None
    for index in islice(_malformed_behind(timeline, call, stop), most):
        asked = asked or timeline.frame(call)
        if not isinstance(asked, Message):
            return None
        frame = timeline.frame(index)
        if isinstance(frame, Malformed):
            text = frame.raw if isinstance(frame.raw, str) else frame.raw.decode(errors="replace")
            if frame.id == asked.id or (frame.id is None and f'"{asked.id}"' in text):
                return index
    return None


def _malformed_behind(timeline: Timeline, call: int, stop: int | None) -> Iterator[int]:
    """The indexes of the malformed messages of the other side that come after a call on its connection."""
    after, direction, connection = call + 1, timeline.direction(call), timeline.connection(call)
    if direction is None:
        return
    kinds = timeline.kinds[after : len(timeline) if stop is None else stop].tobytes()
    place = kinds.find(_MALFORMED)
    while place >= 0:
        index = after + place
        if timeline.direction(index) is direction.opposite and timeline.connection(index) == connection:
            yield index
        place = kinds.find(_MALFORMED, place + 1)


_MALFORMED = bytes([RecordKind.MALFORMED])
