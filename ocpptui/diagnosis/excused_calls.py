"""Calls without a readable answer in the recording for which neither side is to blame: the call was kept back on its
way, or the log has, or may have, only a part of the answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ocpptui.timeline.malformed_answer import malformed_answer_at
from ocpptui.timeline.record import Passage, RecordKind
from ocpptui.timeline.timeline import Timeline

MOST_BEHIND = 1000
"""Among so many records behind a call, its answer or what became of it is looked for."""


WENT_ON = (Passage.PASSED_LATER, Passage.CHANGED)
"""What a proxy did with a message that reached the other side after all."""


def was_kept_back(detail: Mapping[str, Any]) -> bool:
    """Whether a proxy did not pass a message on at once, as it came; `detail` is that of its record. Of a proxy of
    another tool, its log says so."""
    return ("frame" in detail and "passedOnMs" not in detail) or "keptBack" in detail


def is_excused(timeline: Timeline, call: int, stop: int | None = None) -> bool:
    """Whether nobody is to blame that a call has no answer among the records before `stop`."""
    end = min(len(timeline) if stop is None else stop, call + MOST_BEHIND)
    detail = timeline.record(call).detail
    if was_kept_back(detail):
        return not _went_on(timeline, call, end, detail.get("frame"))
    answer = malformed_answer_at(timeline, call, end)
    return answer is not None and "cut" in timeline.record(answer).detail


def _went_on(timeline: Timeline, call: int, stop: int, frame: object) -> bool:
    """Whether a proxy passed a message on after all, later or changed; `frame` is its number on its connection."""
    connection = timeline.connection(call)
    for index in range(call + 1, stop):
        kind = timeline.kinds[index]
        if (kind == RecordKind.NOTE or kind <= RecordKind.SEND) and timeline.connection(index) == connection:
            detail = timeline.record(index).detail
            if detail.get("insteadOf") == frame and detail.get("change") in WENT_ON:
                return True
    return False
