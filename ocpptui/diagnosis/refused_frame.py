"""Which malformed frame a CALLERROR refuses: it is no answer to a call, and yet no answer to nothing."""

from __future__ import annotations

from ocpptui.ocpp.message import UNREADABLE_ID, Malformed, Message
from ocpptui.timeline.record import RecordKind
from ocpptui.timeline.timeline import AnswerStatus, Timeline

LOOKED_AT = 20
"""Records before the error among which the frame is sought; whoever refuses one does so at once."""


def refused_by(timeline: Timeline, index: int) -> int | None:
    """Index of the malformed frame that the CALLERROR at `index` refuses; None where it is no such error."""
    if timeline.kind(index) is not RecordKind.CALLERROR or timeline.answering(index) is not AnswerStatus.ORPHAN:
        return None
    error, direction = timeline.frame(index), timeline.direction(index)
    if not isinstance(error, Message) or direction is None:
        return None
    for earlier in range(index - 1, max(-1, index - 1 - LOOKED_AT), -1):
        if timeline.kind(earlier) is not RecordKind.MALFORMED or timeline.connection(earlier) != timeline.connection(
            index
        ):
            continue
        frame = timeline.frame(earlier)
        if timeline.direction(earlier) is direction.opposite and isinstance(frame, Malformed):
            return earlier if error.id in (frame.id, UNREADABLE_ID, "") else None
    return None
