"""Calls and their answers: whether each call is answered once, in time, by the other side."""

from __future__ import annotations

from collections.abc import Iterator

from ocpptui.diagnosis.fact_kinds import IdUse, Refused, Stray
from ocpptui.diagnosis.prescribed_code import error_code_at
from ocpptui.diagnosis.rule import Case, Facts, Rule, TimeSpan, Told
from ocpptui.diagnosis.rules.action_rules import STREAM
from ocpptui.diagnosis.time_held import tell_kept_back
from ocpptui.ocpp.correlation import AnswerStatus
from ocpptui.ocpp.message import Message
from ocpptui.ocpp.version import Version
from ocpptui.timeline.columns import TIMELESS
from ocpptui.timeline.record import ConnectionEvent, RecordKind
from ocpptui.timeline.severity import Severity

ANSWER_SECTIONS = "OCPP-J 1.6 sections 4.1.1 and 4.1.4; OCPP 2.0.1 and 2.1 Part 4 sections 4.1.1 and 4.1.4"


def _is_orphan(facts: Facts) -> bool:
    if facts.stray is Stray.OWN_RESULT:
        is_said_better = facts.kind is RecordKind.CALLERROR and not _has_result_errors(facts)
        return not is_said_better
    return facts.stray is Stray.NOTHING or (facts.stray is Stray.SEND and facts.version is not Version.V21)


def _has_result_errors(facts: Facts) -> bool:
    return facts.version is not None and facts.version.has_result_errors


def _refuses_call(facts: Facts) -> bool:
    return facts.kind is RecordKind.CALLERROR and facts.answering is not AnswerStatus.ORPHAN


def _tell_error(case: Case) -> Iterator[Told]:
    frame = case.frame
    if isinstance(frame, Message) and frame.kind.is_error:
        words = ": ".join(part for part in (frame.error_code, frame.error_description) if part)
        what = "result" if frame.kind.name == "CALLRESULTERROR" else "call"
        yield Told(f"The {what} is refused with {words or 'no error code'}.", case.related)


def _tell_expected_code(case: Case) -> Iterator[Told]:
    frame, call = case.frame, case.timeline.other_half(case.index)
    expected = "" if call is None else error_code_at(case.timeline, call)
    if isinstance(frame, Message) and expected:
        yield Told(f"The call is refused with {frame.error_code}; its fault has the code {expected}.", case.related)


def _tell_end(case: Case) -> Iterator[Told]:
    timeline = case.timeline
    end = timeline.ended_by(case.index)
    if end is None:
        return
    what = "The connection closed" if timeline.event(end) is ConnectionEvent.CLOSED else "A new connection opened"
    waited = timeline.between(case.index, end)
    is_measured = waited > 0 and not (timeline.flags[case.index] | timeline.flags[end]) & TIMELESS
    when = (
        f"{TimeSpan(waited)} after this call, before it was answered"
        if is_measured
        else "before this call was answered"
    )
    yield Told(f"{what} {when}.", (end,))


_CALL = '10:00:00 > [2,"1","Heartbeat",{}]'
_PROFILE = """SetChargingProfile {"connectorId":1,"csChargingProfiles":{"chargingProfileId":1,"stackLevel":0,
    "chargingProfilePurpose":"TxDefaultProfile","chargingProfileKind":"Relative","chargingSchedule":{
    "chargingRateUnit":"A","chargingSchedulePeriod":[{"startPeriod":0,"limit":%s}]}}}"""
_PROFILE_2X = """SetChargingProfile {"evseId":1,"chargingProfile":{"id":1,"stackLevel":0,
    "chargingProfilePurpose":"TxDefaultProfile","chargingProfileKind":"Relative","chargingSchedule":[{"id":1,
    "chargingRateUnit":"A","chargingSchedulePeriod":[{"startPeriod":0,"limit":%s}]}]}}"""
_STOP = '"StopTransaction",{"transactionId":7,"meterStop":5,"timestamp":"2026-01-01T09:59:00Z"}'
_OK = '[3,"1",{"currentTime":"2026-01-01T10:00:00Z"}]'

LATE_ANSWER = Rule(
    "rpc.late-answer",
    Severity.WARNING,
    "This answer is late: the call had already waited longer than the time-out.",
    "OCPP-J 1.6 section 4.1.1; OCPP 2.0.1 and 2.1 Part 4 section 4.1.1",
    lambda facts: facts.answering is AnswerStatus.LATE,
    tell_kept_back,
    says="This answer is late: {action} was sent again before, {waited} after the first time.",
    positive=(
        f"{_CALL}\n* 10:01:00 < {_OK}",
        f"{_CALL}\n* 10:00:45 < {_OK}",
        f'10:00:00 > [2,"1",{_STOP}]\n10:00:10 > [2,"2",{_STOP}]\n* 10:00:12 < [3,"1",{{}}]\n10:00:13 < [3,"2",{{}}]',
    ),
    negative=(f"{_CALL}\n10:00:29 < {_OK}",),
)
"""The columns show that an answer is later than the time-out; a checker, that its call was sent again before."""

RETRY_SAME_ID = Rule(
    "rpc.retry-same-id",
    Severity.INFO,
    "This repeats a call that has no answer yet, with the same message id.",
    "Allowed by OCPP-J 1.6 errata 2025-04 and OCPP 2.0.1 errata 2024-09; not by OCPP 2.0.1 edition 3",
    lambda facts: facts.id_use is IdUse.RETRY,
    positive=(
        f'{_CALL}\n* 10:00:02 > [2,"1","Heartbeat",{{}}]',
        f'{_CALL}\n10:00:01 < [4,"1","InternalError","",{{}}]\n* 10:01:00 > [2,"1","Heartbeat",{{}}]',
        # On the next connection.
        f'10:00:00 opened\n{_CALL}\n10:00:01 closed\n10:00:02 opened\n* 10:00:03 > [2,"1","Heartbeat",{{}}]',
    ),
    negative=(
        f'{_CALL}\n10:00:02 > [2,"2","Heartbeat",{{}}]',
        f'{_CALL}\n10:00:01 < {_OK}\n10:01:00 > [2,"1","Heartbeat",{{}}]',  # a new call with an old id
    ),
)
"""Within a connection, the columns show it; over several, a checker."""

RULES = (
    Rule(
        "rpc.orphan-answer",
        Severity.WARNING,
        "This answer has no call: no call with this id was open.",
        ANSWER_SECTIONS,
        _is_orphan,
        remedy="The recording may lack the call, or the peer answers with the wrong message id.",
        positive=(
            f"10:00:00 opened\n* 10:00:01 < {_OK}",
            '10:00:00 opened\n10:00:01 > Heartbeat {}\n* 10:00:02 < [3,"nobody",{}]',
            f"{_CALL}\n10:00:01 < {_OK}\n10:05:00 closed\n10:06:00 opened\n* 10:06:01 < {_OK}",
            f"10:00:00 CP2 opened\n{_CALL}\n* 10:00:01 CP2 < {_OK}",  # another connection's answer
            '10:00:00 > Heartbeat {}\n10:00:01 < ok\n* 10:05:00 < [3,"nobody",{}]',
        ),
        negative=(
            f"{_CALL}\n10:00:01 < {_OK}",
            f"10:00:01 < {_OK}",  # the recording begins in the middle
            f"10:00:01 < {_OK}\n10:05:00 < {_OK}",  # the calls are not recorded
            f"10:00:00 opened\n{_CALL}\n10:00:01 > {_OK}",  # an echo, which is another rule
        ),
    ),
    Rule(
        "rpc.second-answer",
        Severity.WARNING,
        "This is a second answer: the call with this id was already answered.",
        "Follows from OCPP-J 1.6 section 4.1.1 and OCPP 2.0.1 and 2.1 Part 4 section 4.1.1",
        lambda facts: facts.answering is AnswerStatus.SECOND,
        positive=(f"{_CALL}\n10:00:01 < {_OK}\n* 10:00:02 < {_OK}",),
        negative=(
            f"{_CALL}\n10:00:01 < {_OK}",
            f'{_CALL}\n10:00:01 < {_OK}\n10:00:02 > [2,"1","Heartbeat",{{}}]\n10:00:03 < {_OK}',
        ),
    ),
    LATE_ANSWER,
    Rule(
        "rpc.unanswered",
        Severity.ERROR,
        "No answer came within the time-out.",
        "OCPP-J 1.6 section 4.1.1; OCPP 2.0.1 and 2.1 Part 4 section 4.1.1; OCPP 2.0.1 Part 2 FR.02 and FR.03",
        lambda facts: facts.is_overdue,
        tell_kept_back,
        remedy="The sender may repeat the call, or close the connection. The log of the other side may say what "
        "became of it.",
        positive=("* 10:00:00 > Heartbeat {}\n10:01:00 > Heartbeat {}",),
        negative=(
            "10:00:00 > Heartbeat {}\n10:00:29 > Heartbeat {}",
            "10:00:00 > Heartbeat {}\n10:00:02 CP2 > Heartbeat {}",  # the recording ends
            "- > Heartbeat {}\n10:01:00 > Heartbeat {}",  # nothing says when it was sent
            # The connection closed before the answer was due.
            "10:00:00 opened\n10:00:01 > Heartbeat {}\n10:00:04 closed\n10:05:00 opened\n10:05:01 > Heartbeat {}",
        ),
    ),
    Rule(
        "rpc.closed-before-answer",
        Severity.INFO,
        "The connection ended before this call was answered.",
        "Follows from OCPP-J 1.6 section 4.1.1 and OCPP 2.0.1 and 2.1 Part 4 section 4.1.1; "
        "OCPP 1.6 section 3.7; OCPP 2.0.1 and 2.1 Part 2 use cases E04 and E13",
        lambda facts: facts.is_left_behind,
        _tell_end,
        remedy="Nothing here shows whether the other side received the call. When the charge point is connected again, "
        "it must repeat a call about a transaction.",
        positive=(
            f"10:00:00 opened\n* {_CALL}\n10:00:03 closed",
            f"10:00:00 opened\n* {_CALL}\n10:00:03 closed\n10:05:00 opened\n10:05:01 > Heartbeat {{}}",
            '10:00:00 opened\n* 10:00:01 < ClearCache {}\n10:00:03 closed {"closeCode":1006}',
            # The charge point repeats it, which is right.
            (
                f'10:00:00 opened\n* 10:00:10 > [2,"1",{_STOP}]\n10:00:12 closed\n10:01:00 opened\n'
                f'10:01:01 > [2,"2",{_STOP}]\n10:01:02 < [3,"2",{{}}]'
            ),
            f"{_CALL}\n10:00:01 < {_OK}\n* 10:01:00 > Heartbeat {{}}\n10:01:05 closed",
            "10:00:00 opened\n* - > Heartbeat {}\n10:00:03 closed",
        ),
        negative=(
            f"10:00:00 opened\n{_CALL}\n10:00:01 < {_OK}\n10:00:03 closed",
            f"10:00:00 opened\n{_CALL}\n10:00:45 closed",  # the answer was due before
            f"10:00:00 opened\n{_CALL}\n10:00:03 CP2 closed",
            f"{_CALL}\n10:00:03 closed",  # the recording may have no answers
            f"10:00:00 opened\n10:00:05 closed\n{_CALL}\n10:00:45 closed",
        ),
    ),
    Rule(
        "rpc.answered-by-caller",
        Severity.ERROR,
        "The side that made this call answers it.",
        "OCPP-J 1.6 section 4.2; OCPP 2.0.1 and 2.1 Part 4 section 4.2",
        lambda facts: facts.stray is Stray.OWN_CALL,
        remedy="A proxy sends messages back, or the log has the wrong direction.",
        positive=(
            f"{_CALL}\n* 10:00:01 > {_OK}",
            f'10:00:00 opened\n{_CALL}\n* 10:00:01 > [4,"1","InternalError","",{{}}]\n10:00:02 < {_OK}',
        ),
        negative=(
            f"{_CALL}\n10:00:01 < {_OK}",
            # Both sides count their messages, and the recording begins after the call of the central system.
            f'{_CALL}\n10:00:01 > [3,"1",{{"status":"Accepted"}}]\n10:00:02 < {_OK}',
            f'{_CALL}\n10:00:01 < [2,"1","ClearCache",{{}}]\n10:00:02 > [3,"1",{{"status":"Accepted"}}]',
            f'10:00:00 CP2 > [2,"1","Heartbeat",{{}}]\n10:00:00 opened\n10:00:01 > {_OK}',
        ),
    ),
    Rule(
        "rpc.callerror-to-result",
        Severity.ERROR,
        "This CALLERROR refuses a result, but a CALLERROR only answers a call.",
        "OCPP-J 1.6 section 4.2.3; OCPP 2.0.1 Part 4 section 4.2.3; OCPP 2.1 has CALLRESULTERROR for it",
        lambda facts: facts.kind is RecordKind.CALLERROR and facts.stray is Stray.OWN_RESULT,
        versions=frozenset(version for version in Version if not version.has_result_errors),
        positive=(f'10:00:00 opened\n{_CALL}\n10:00:01 < {_OK}\n* 10:00:02 > [4,"1","FormationViolation","",{{}}]',),
        negative=(
            f'{_CALL}\n10:00:01 < [4,"1","InternalError","",{{}}]',
            f'2.1\n{_CALL}\n10:00:01 < {_OK}\n10:00:02 > [5,"1","FormatViolation","",{{}}]',
            f"10:00:00 opened\n{_CALL}\n10:00:01 < {_OK}\n10:00:02 > {_OK}",  # not an error
        ),
    ),
    Rule(
        "rpc.send-answered",
        Severity.ERROR,
        "This answers a SEND, which gets no answer.",
        "OCPP 2.1 Part 4 section 4.2.4; OCPP 2.1 Part 2 N15.FR.02",
        lambda facts: facts.stray is Stray.SEND,
        versions=frozenset({Version.V21}),
        positive=(
            f'2.1\n10:00:00 > [6,"1","NotifyPeriodicEventStream",{STREAM}]\n* 10:00:01 < [3,"1",{{}}]',
            f'2.1\n10:00:00 > [6,"1","NotifyPeriodicEventStream",{STREAM}]\n* 10:00:01 < [4,"1","","",{{}}]',
        ),
        negative=(
            f'2.1\n10:00:00 > [6,"1","NotifyPeriodicEventStream",{STREAM}]',
            (
                f'2.1\n10:00:00 > [6,"1","NotifyPeriodicEventStream",{STREAM}]\n10:00:01 > [2,"2","Heartbeat",{{}}]\n'
                f'10:00:02 < [3,"2",{{"currentTime":"2026-01-01T10:00:00Z"}}]'
            ),
        ),
    ),
    Rule(
        "rpc.id-reused",
        Severity.ERROR,
        "This message id was used before on this connection.",
        "OCPP-J 1.6 section 4.1.4 and errata 3.1; OCPP 2.0.1 and 2.1 Part 4 section 4.1.4",
        lambda facts: facts.id_use is IdUse.REUSE,
        positive=(
            f'{_CALL}\n10:00:01 < {_OK}\n* 10:00:02 > [2,"1","Heartbeat",{{}}]',
            f'{_CALL}\n10:00:01 < {_OK}\n* 10:00:02 > [2,"1","Authorize",{{"idTag":"A"}}]',
        ),
        negative=(
            f'{_CALL}\n10:00:01 < {_OK}\n10:00:02 > [2,"2","Heartbeat",{{}}]',
            f'{_CALL}\n10:00:01 < {_OK}\n10:00:02 CP2 > [2,"1","Authorize",{{"idTag":"A"}}]',
            f'{_CALL}\n10:00:01 < {_OK}\n10:00:02 < [2,"1","ClearCache",{{}}]',
        ),
    ),
    Rule(
        "rpc.id-collides-in-flight",
        Severity.ERROR,
        "Another call with this message id has no answer yet, so it is unclear which of them an answer belongs to.",
        "OCPP-J 1.6 sections 4.1.1 and 4.1.4; OCPP 2.0.1 and 2.1 Part 4 section 4.1.4",
        lambda facts: facts.id_use is IdUse.COLLISION,
        positive=(f'{_CALL}\n* 10:00:02 > [2,"1","DataTransfer",{{"vendorId":"A"}}]\n10:00:03 < {_OK}',),
        negative=(
            f'{_CALL}\n10:00:02 > [2,"1","Heartbeat",{{}}]',
            f'{_CALL}\n10:00:02 < [2,"1","DataTransfer",{{"vendorId":"A"}}]',  # each side has ids of its own
        ),
    ),
    RETRY_SAME_ID,
    Rule(
        "rpc.call-refused",
        Severity.WARNING,
        "The call is refused.",
        "OCPP-J 1.6 section 4.2.3; OCPP 2.0.1 and 2.1 Part 4 section 4.2.3",
        lambda facts: _refuses_call(facts) and facts.refused in (Refused.NOTHING, Refused.OTHER),
        _tell_error,
        remedy="If the error does not say why, look in the log of the side that sent it.",
        positive=(
            '10:00:00 > Heartbeat {}\n* 10:00:01 < error InternalError ""',
            # The recording was cut, not the call.
            '10:00:00 < [2,"1","RemoteStartTransaction",{"idT\n* 10:00:01 > [4,"1","ProtocolError","invalid",{}]',
        ),
        negative=('10:00:00 > Authorize {}\n10:00:01 < error FormationViolation ""',),
    ),
    Rule(
        "rpc.rightly-refused",
        Severity.INFO,
        "This refuses a message that is wrong.",
        "OCPP-J 1.6 section 4.2.3; OCPP 2.0.1 and 2.1 Part 4 section 4.2.3",
        lambda facts: facts.refused in (Refused.WRONG, Refused.WRONG_UNFITLY),
        _tell_error,
        positive=(
            '10:00:00 > Authorize {}\n* 10:00:01 < error FormationViolation ""',
            '10:00:00 > [2,"1","Heartbeat",{\n* 10:00:01 < [4,"1","FormationViolation","",{}]',
        ),
        negative=(
            '10:00:00 > Heartbeat {}\n10:00:01 < error InternalError ""',
            '10:00:00 < [2,"1","RemoteStartTransaction",{"idT\n10:00:01 > [4,"1","ProtocolError","invalid",{}]',
        ),
    ),
    Rule(
        "rpc.valid-call-refused",
        Severity.WARNING,
        "A call that is valid by its schema is refused as if it were not.",
        "OCPP 2.0.1 and 2.1 Part 2 FR.02; seen in the field: tests of 8.1 as a multiple of 0.1, old schemas",
        lambda facts: facts.refused is Refused.VALID,
        _tell_error,
        remedy="The other side validates the payload by rules other than those of the specification.",
        positive=(
            f"10:00:00 < {_PROFILE % 8.1}\n* 10:00:01 > error FormationViolation",
            '10:00:00 > Authorize {"idTag":"A"}\n* 10:00:01 < error TypeConstraintViolation "idTag"',
        ),
        negative=(
            f"2.0.1\n10:00:00 < {_PROFILE_2X % 8.15}\n10:00:01 > error PropertyConstraintViolation",
            "10:00:00 > Authorize {}\n10:00:01 < error FormationViolation",
            '10:00:00 > Authorize {"idTag":"A"}\n10:00:01 < error InternalError',
            '10:00:00 < UnlockConnector {"connectorId":0}\n10:00:01 > error PropertyConstraintViolation',
            "10:00:00 > MakeCoffee {}\n10:00:01 < error FormationViolation",
        ),
    ),
    Rule(
        "rpc.error-code-unfit",
        Severity.INFO,
        "The error code means something other than what is wrong with the call.",
        "OCPP-J 1.6 table 7; OCPP 2.0.1 Part 4 table 8; OCPP 2.1 Part 4 table 9",
        lambda facts: facts.refused is Refused.WRONG_UNFITLY,
        _tell_expected_code,
        positive=(
            "10:00:00 > MakeCoffee {}\n* 10:00:01 < error NotSupported",
            "10:00:00 > Authorize {}\n* 10:00:01 < error GenericError",
            '2.0.1\n10:00:00 > Heartbeat {"x":1}\n* 10:00:01 < error InternalError',
        ),
        negative=(
            "10:00:00 > MakeCoffee {}\n10:00:01 < error NotImplemented",
            "10:00:00 > Authorize {}\n10:00:01 < error FormationViolation",
            "10:00:00 < UnlockConnector {}\n10:00:01 > error NotSupported",  # it may not do that at all
            "10:00:00 > Heartbeat {}\n10:00:01 < error GenericError",
        ),
    ),
    Rule(
        "rpc.invalid-call-accepted",
        Severity.INFO,
        "The call breaks its schema, but is answered with a CALLRESULT.",
        "OCPP 2.0.1 and 2.1 Part 2 FR.03; OCPP 1.6 allows it (sections 4.7 to 4.10)",
        lambda facts: facts.accepts_wrong,
        positive=(
            '10:00:00 > StatusNotification {"connectorId":1,"errorCode":"NoError","status":"foo"}\n* 10:00:01 < ok',
            '2.0.1\n10:00:00 > Heartbeat {"x":1}\n* 10:00:01 < ok {"currentTime":"2026-01-01T10:00:00Z"}',
        ),
        negative=(
            (
                '10:00:00 > StatusNotification {"connectorId":1,"errorCode":"NoError","status":"foo"}\n'
                "10:00:01 < error PropertyConstraintViolation"
            ),
            '10:00:00 > StatusNotification {"connectorId":0,"errorCode":"NoError","status":"Available"}\n10:00:01 < ok',
            '10:00:00 > [2,7,"Heartbeat",{}]\n10:00:01 < [3,7,{"currentTime":"2026-01-01T10:00:00Z"}]',
        ),
    ),
    Rule(
        "rpc.result-refused",
        Severity.WARNING,
        "The result is refused.",
        "OCPP 2.1 Part 4 section 4.2.3",
        lambda facts: (
            facts.kind is RecordKind.CALLRESULTERROR
            and facts.answering is not AnswerStatus.ORPHAN
            and facts.refused not in (Refused.WRONG, Refused.WRONG_UNFITLY)
        ),
        _tell_error,
        versions=frozenset({Version.V21}),
        positive=(f'2.1\n{_CALL}\n10:00:01 < {_OK}\n* 10:00:02 > [5,"1","InternalError","",{{}}]',),
        negative=(
            f'2.1\n{_CALL}\n10:00:01 < [3,"1",{{}}]\n10:00:02 > [5,"1","OccurrenceConstraintViolation","",{{}}]',
        ),
    ),
)
