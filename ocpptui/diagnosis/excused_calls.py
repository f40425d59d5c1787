"""Calls without a readable answer in the recording for which neither side is to blame: the connection closed, the call
was kept back on its way, or the log has, or may have, only a part of the answer."""

from __future__ import annotations

from ocpptui.ocpp.version import Transport
from ocpptui.timeline.columns import KEPT_BACK, SUBSTITUTE, TIMELESS
from ocpptui.timeline.malformed_answer import malformed_answer_at
from ocpptui.timeline.record import Passage, RecordKind
from ocpptui.timeline.timeline import Timeline

MOST_BEHIND = 1000
"""Among so many records behind a call, its answer or what became of it is looked for."""
MOST_READ = 8
"""So many malformed messages of the other side are read to find the answer; only a broken log has more in between."""

WENT_ON = (Passage.PASSED_LATER, Passage.CHANGED)
"""What a proxy did with a message that reached the other side after all."""


def is_excused(timeline: Timeline, call: int, stop: int | None = None) -> bool:
    """Whether something other than the peer explains why the records before `stop` hold no answer to a call."""
    end = min(len(timeline) if stop is None else stop, call + MOST_BEHIND)
    if timeline.flags[call] & KEPT_BACK:
        return not _went_on(timeline, call, end)
    answer = malformed_answer_at(timeline, call, end, MOST_READ)
    return answer is not None and "cut" in timeline.record(answer).detail


def end_before_due(timeline: Timeline, call: int) -> int | None:
    """The event that ended the connection of a call before its answer was due; None if there was none.

    Over SOAP, each call has an HTTP connection of its own.
    """
    end = timeline.ended_by(call) if timeline.transport(call) is Transport.JSON else None
    if end is None or (timeline.flags[call] | timeline.flags[end]) & TIMELESS:
        return end
    return end if timeline.between(call, end) <= timeline.late_after else None


def _went_on(timeline: Timeline, call: int, stop: int) -> bool:
    """Whether a proxy passed a message on after all, later or changed."""
    connection, frame = timeline.connection(call), timeline.record(call).detail.get("frame")
    for index in range(call + 1, stop):
        is_of_proxy = timeline.kinds[index] == RecordKind.NOTE or timeline.flags[index] & SUBSTITUTE
        if is_of_proxy and timeline.connection(index) == connection:
            detail = timeline.record(index).detail
            if detail.get("insteadOf") == frame and detail.get("change") in WENT_ON:
                return True
    return False
