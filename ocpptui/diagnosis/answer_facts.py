"""What an answer without a call belongs to, whether a refusal is right, and how a call uses an id again. Only such
answers and calls are looked at closely."""

from __future__ import annotations

from ocpptui.diagnosis.fact_kinds import IdUse, Refused, Stray
from ocpptui.diagnosis.rule_lookup import rule_named
from ocpptui.ocpp.action_use import Misuse
from ocpptui.ocpp.judgement import SCHEMA_VIOLATION, Verdict
from ocpptui.ocpp.message import Message
from ocpptui.ocpp.schema import Part
from ocpptui.ocpp.validation import is_valid
from ocpptui.ocpp.version import Transport
from ocpptui.timeline.columns import DUPLICATE_ID
from ocpptui.timeline.record import RecordKind
from ocpptui.timeline.severity import Severity
from ocpptui.timeline.timeline import Timeline


def stray_of(timeline: Timeline, index: int, may_be_before: bool) -> Stray:
    """What an answer without a call belongs to; `may_be_before`: the recording may lack its call."""
    other = timeline.related(index)
    if other is None or timeline.kinds[index] == RecordKind.CALLRESULTERROR:
        return Stray.BEFORE if may_be_before else Stray.NOTHING
    if timeline.directions[other] != timeline.directions[index]:
        return Stray.SEND
    if may_be_before and not _fits(timeline, index, other):
        return Stray.BEFORE
    if timeline.kinds[other] != RecordKind.CALL:
        return Stray.NOTHING
    answer = timeline.others[other]
    if not 0 <= answer < index:  # in a file the answer that comes later is known already
        return Stray.OWN_CALL
    return Stray.OWN_RESULT if timeline.kinds[answer] == RecordKind.CALLRESULT else Stray.NOTHING


def refuses_an_error(timeline: Timeline, index: int) -> bool:
    """Whether a message refuses the answer to a call that was answered with an error: it can refuse a result only
    (OCPP 2.1 Part 4, section 4.2.3)."""
    call = timeline.related(index) if timeline.kinds[index] == RecordKind.CALLRESULTERROR else None
    if (
        call is None
        or timeline.kinds[call] != RecordKind.CALL
        or timeline.directions[call] != timeline.directions[index]
    ):
        return False
    answer = timeline.others[call]
    return 0 <= answer < index and timeline.kinds[answer] == RecordKind.CALLERROR


def _fits(timeline: Timeline, index: int, call: int) -> bool:
    """Whether an answer has the payload that a call demands, and so probably belongs to it."""
    version, frame = timeline.version(call), timeline.frame(index)
    if version is None or not isinstance(frame, Message) or frame.kind.is_error:
        return False
    return bool(is_valid(version, timeline.action(call), Part.RESPONSE, frame.payload))


def refused_by(timeline: Timeline, index: int) -> Refused:
    """What an error refuses. What checkers found in that does not count: they may not have seen it yet."""
    other = timeline.others[index]
    if other >= 0 and timeline.kinds[index] == RecordKind.CALLRESULTERROR:
        other = timeline.others[other]
    if other < 0:
        return Refused.NOTHING
    version, frame = timeline.version(other), timeline.frame(index)
    code = frame.error_code if isinstance(frame, Message) else ""
    broken = {*timeline.broken_rules(other)} - {one.rule for one in timeline.noticed.get(other, ())}
    is_wrong = timeline.verdicts[other] == Verdict.INVALID
    if is_wrong or any(rule_named(rule).severity_in(version) is Severity.ERROR for rule in broken):
        remarks = timeline.remarks_on(other)
        if "truncated" in remarks and code not in _OF_FRAMES:
            return Refused.OTHER  # the other side read all of it: the recording was cut
        expected = "NotSupported" if timeline.transport(other) is Transport.SOAP else "NotImplemented"
        is_unfit = (Misuse.UNKNOWN_ACTION in remarks and code != expected) or (
            SCHEMA_VIOLATION in remarks and code in _NOT_OF_PAYLOADS
        )
        return Refused.WRONG_UNFITLY if is_unfit else Refused.WRONG
    is_of_payload = code in _OF_PAYLOADS and timeline.verdicts[other] == Verdict.VALID
    return Refused.VALID if is_of_payload and not any(rule.startswith("text.") for rule in broken) else Refused.OTHER


def accepts_wrong(timeline: Timeline, index: int) -> bool:
    """Whether a CALLRESULT answers a call that breaks its schema."""
    call = timeline.others[index]
    return call >= 0 and timeline.verdicts[call] == Verdict.INVALID and SCHEMA_VIOLATION in timeline.remarks_on(call)


_OF_PAYLOADS = frozenset(
    {
        "FormationViolation",
        "FormatViolation",
        "OccurenceConstraintViolation",
        "OccurrenceConstraintViolation",
        "PropertyConstraintViolation",
        "ProtocolError",
        "TypeConstraintViolation",
    }
)
"""Error codes that say that a payload is wrong, in any version."""
_OF_FRAMES = frozenset({"FormationViolation", "FormatViolation", "RpcFrameworkError"})
"""Error codes that say that a message is not JSON, or not a frame."""
_NOT_OF_PAYLOADS = frozenset({"GenericError", "InternalError", "MessageTypeNotSupported"})
"""Error codes that say something else. NotSupported and others may be right: they are decided before the payload."""


def id_use_of(timeline: Timeline, index: int) -> IdUse:
    """How a call relates to the one that used its message id before.

    The texts are compared only if that one had no result yet and is like this one in all columns.
    """
    if not timeline.flags[index] & DUPLICATE_ID or (before := timeline.related(index)) is None:
        return IdUse.NEW
    answer = timeline.others[before]
    is_answered = 0 <= answer < index
    if timeline.kinds[before] != RecordKind.CALL:
        return IdUse.REUSE
    if is_answered and timeline.kinds[answer] != RecordKind.CALLERROR:
        return IdUse.REUSE
    is_alike = timeline.actions[before] == timeline.actions[index]
    is_same = is_alike and timeline.record(before).raw == timeline.record(index).raw
    if is_same:
        return IdUse.RETRY
    return IdUse.REUSE if is_answered else IdUse.COLLISION
