"""The time for which a message waited here because the user wanted it to: no peer is to blame for that.

A proxy records when a message that it kept back went on; a session, when a call that waited for the user was released.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ocpptui.diagnosis.excused_calls import WENT_ON
from ocpptui.diagnosis.rule import Case, Phrase, TimeSpan, Told
from ocpptui.ocpp.message import Message
from ocpptui.timeline.record import Origin, RecordKind, was_kept_back

if TYPE_CHECKING:
    from ocpptui.diagnosis.seen import Seen


def tell_kept_back(case: Case) -> Iterator[Told]:
    """The sentence about a call without an answer in time, or about the late answer, if a proxy kept the call back."""
    call = case.index if case.record.kind is RecordKind.CALL else case.timeline.other_half(case.index)
    if call is not None and was_kept_back(case.timeline.record(call).detail):
        late = "No answer came" if call == case.index else "This answer did not come"
        yield Told(f"{late} within the time-out, but the call did not go on at once: it was held or changed here.")


def is_late_on_purpose(answer: Seen) -> bool:
    """Whether the user decided when an answer was sent: by hand, or by a rule."""
    return answer.is_ours and (answer.origin is not Origin.BEHAVIOUR or "fault" in answer.detail)


def time_held(call: Seen, answer: Seen) -> int:
    """µs for which a call waited before it went on, or before the simulation was given it; 0 if it did not wait."""
    frame = call.frame
    own_id = frame.id if isinstance(frame, Message) else None
    for record in answer.beside_since(call):
        detail = record.detail
        if record.kind is RecordKind.NOTE and own_id is not None and detail.get("released") == own_id:
            return record.since(call) or 0
        if detail.get("change") in WENT_ON and detail.get("insteadOf") == call.detail.get("frame"):
            return record.since(call) or 0
    return 0


def held_words(held: int) -> Phrase:
    """What a finding about a time says of that; empty if nothing was held."""
    return Phrase(f" It was held here for {TimeSpan(held)} before, which does not count." if held else "")
