"""The findings of one record, worded on demand."""

from __future__ import annotations

from ocpptui.diagnosis.rule import Case, Finding, findings_of
from ocpptui.diagnosis.rule_lookup import rule_named
from ocpptui.ocpp.judgement import Verdict
from ocpptui.ocpp.message import Message
from ocpptui.ocpp.refusal import refusal_of, result_refusal_of
from ocpptui.ocpp.version import Transport
from ocpptui.timeline.record import Record, RecordKind
from ocpptui.timeline.timeline import Timeline


def findings_at(
    timeline: Timeline,
    index: int,
    record: Record | None = None,
    action: str | None = None,
    *,
    is_redacted: bool = False,
) -> list[Finding]:
    """All findings of the record at `index`, in the order of the rules.

    `record` and `action` replace the timeline's own. If they are redacted, the words name nothing that was removed.
    """
    rules = timeline.broken_rules(index)
    if not rules:
        return []
    case = Case(timeline, index, record, action, is_redacted=is_redacted)
    return [finding for rule in rules for finding in findings_of(rule_named(rule), case)]


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
