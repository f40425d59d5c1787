"""The error code that a version prescribes for a wrong message."""

from __future__ import annotations

from ocpptui.ocpp.judgement import Verdict
from ocpptui.ocpp.message import Message
from ocpptui.ocpp.refusal import refusal_of, result_refusal_of
from ocpptui.ocpp.version import Transport
from ocpptui.timeline.record import RecordKind
from ocpptui.timeline.timeline import Timeline


def error_code_at(timeline: Timeline, index: int) -> str:
    """The error code that the version prescribes for a wrong message, the same that is sent live.

    Empty if nothing is wrong, if the version prescribes silence or is unknown, and for SOAP, which this program does
    not answer.
    """
    version, kind = timeline.version(index), timeline.kind(index)
    if version is None or not kind.is_message or timeline.verdicts[index] == Verdict.VALID:
        return ""
    if timeline.transport(index) is not Transport.JSON:
        return ""
    frame = timeline.frame(index)
    if isinstance(frame, Message) and frame.kind.is_answer:
        is_result = kind is RecordKind.CALLRESULT
        refused = result_refusal_of(version, timeline.action(index), frame) if is_result else None
    else:
        refused = None if frame is None else refusal_of(version, timeline.direction(index), frame)
    return "" if refused is None else refused.code
