"""Calls and their answers: whether each call is answered once, in time, by the other side."""

from __future__ import annotations

from collections.abc import Iterator

from ocpptui.diagnosis.rule import Case, Facts, IdUse, Rule, Told
from ocpptui.ocpp.correlation import AnswerStatus
from ocpptui.ocpp.message import Message
from ocpptui.ocpp.version import Version
from ocpptui.timeline.record import RecordKind
from ocpptui.timeline.severity import Severity

ANSWER_SECTIONS = "OCPP-J 1.6 sections 4.1.1 and 4.1.4; OCPP 2.0.1 and 2.1 Part 4 sections 4.1.1 and 4.1.4"


def _refuses_call(facts: Facts) -> bool:
    return facts.kind is RecordKind.CALLERROR and facts.answering is not AnswerStatus.ORPHAN


def _tell_error(case: Case) -> Iterator[Told]:
    frame = case.frame
    if isinstance(frame, Message) and frame.kind.is_error:
        words = ": ".join(part for part in (frame.error_code, frame.error_description) if part)
        what = "result" if frame.kind.name == "CALLRESULTERROR" else "call"
        yield Told(f"The {what} is refused with {words or 'no error code'}.", case.related)


_CALL = '10:00:00 > [2,"1","Heartbeat",{}]'
_OK = '[3,"1",{"currentTime":"2026-01-01T10:00:00Z"}]'

RULES = (
    Rule(
        "rpc.orphan-answer",
        Severity.WARNING,
        "This answer has no call: no call with this id was open.",
        ANSWER_SECTIONS,
        lambda facts: facts.answering is AnswerStatus.ORPHAN and not facts.may_answer_before,
        positive=(f"10:00:00 opened\n* 10:00:01 < {_OK}",),
        negative=(f"{_CALL}\n10:00:01 < {_OK}",),
    ),
    Rule(
        "rpc.second-answer",
        Severity.WARNING,
        "This is a second answer: the call with this id was already answered.",
        "Follows from OCPP-J 1.6 section 4.1.1 and OCPP 2.0.1 and 2.1 Part 4 section 4.1.1",
        lambda facts: facts.answering is AnswerStatus.SECOND,
        positive=(f"{_CALL}\n10:00:01 < {_OK}\n* 10:00:02 < {_OK}",),
        negative=(f"{_CALL}\n10:00:01 < {_OK}",),
    ),
    Rule(
        "rpc.late-answer",
        Severity.WARNING,
        "This answer is late: the call had already waited longer than the time-out.",
        "OCPP-J 1.6 section 4.1.1; OCPP 2.0.1 and 2.1 Part 4 section 4.1.1",
        lambda facts: facts.answering is AnswerStatus.LATE,
        positive=(f"{_CALL}\n* 10:01:00 < {_OK}",),
        negative=(f"{_CALL}\n10:00:29 < {_OK}",),
    ),
    Rule(
        "rpc.unanswered",
        Severity.ERROR,
        "No answer came within the time-out.",
        "OCPP-J 1.6 section 4.1.1; OCPP 2.0.1 and 2.1 Part 4 section 4.1.1; OCPP 2.0.1 Part 2 FR.02 and FR.03",
        lambda facts: facts.is_overdue,
        positive=("* 10:00:00 > Heartbeat {}\n10:01:00 > Heartbeat {}",),
        negative=("10:00:00 > Heartbeat {}\n10:00:29 > Heartbeat {}",),
    ),
    Rule(
        "rpc.id-reused",
        Severity.ERROR,
        "This message id was used before on this connection.",
        "OCPP-J 1.6 section 4.1.4 and errata 3.1; OCPP 2.0.1 and 2.1 Part 4 section 4.1.4",
        lambda facts: facts.id_use is IdUse.REUSE,
        positive=(f'{_CALL}\n10:00:01 < {_OK}\n* 10:00:02 > [2,"1","Heartbeat",{{}}]',),
        negative=(f'{_CALL}\n10:00:01 < {_OK}\n10:00:02 > [2,"2","Heartbeat",{{}}]',),
    ),
    Rule(
        "rpc.id-collides-in-flight",
        Severity.ERROR,
        "Another call with this message id has no answer yet, so it is unclear which of them an answer belongs to.",
        "OCPP-J 1.6 sections 4.1.1 and 4.1.4; OCPP 2.0.1 and 2.1 Part 4 section 4.1.4",
        lambda facts: facts.id_use is IdUse.COLLISION,
        positive=(f'{_CALL}\n* 10:00:02 > [2,"1","DataTransfer",{{"vendorId":"A"}}]',),
        negative=(f'{_CALL}\n10:00:02 > [2,"1","Heartbeat",{{}}]',),
    ),
    Rule(
        "rpc.retry-same-id",
        Severity.INFO,
        "This repeats a call that had no answer yet, with its message id.",
        "Allowed by OCPP-J 1.6 errata 2025-04 and OCPP 2.0.1 errata 2024-09; not by OCPP 2.0.1 edition 3",
        lambda facts: facts.id_use is IdUse.RETRY,
        positive=(f'{_CALL}\n* 10:00:02 > [2,"1","Heartbeat",{{}}]',),
        negative=(f'{_CALL}\n10:00:02 > [2,"2","Heartbeat",{{}}]',),
    ),
    Rule(
        "rpc.call-refused",
        Severity.WARNING,
        "The call is refused.",
        "OCPP-J 1.6 section 4.2.3; OCPP 2.0.1 and 2.1 Part 4 section 4.2.3",
        lambda facts: _refuses_call(facts) and not facts.refuses_wrong,
        _tell_error,
        positive=('10:00:00 > Heartbeat {}\n* 10:00:01 < error InternalError ""',),
        negative=('10:00:00 > Authorize {}\n10:00:01 < error FormationViolation ""',),
    ),
    Rule(
        "rpc.rightly-refused",
        Severity.INFO,
        "This refuses a message that is wrong.",
        "OCPP-J 1.6 section 4.2.3; OCPP 2.0.1 and 2.1 Part 4 section 4.2.3",
        lambda facts: facts.refuses_wrong,
        _tell_error,
        positive=('10:00:00 > Authorize {}\n* 10:00:01 < error FormationViolation ""',),
        negative=('10:00:00 > Heartbeat {}\n10:00:01 < error InternalError ""',),
    ),
    Rule(
        "rpc.result-refused",
        Severity.WARNING,
        "The result is refused.",
        "OCPP 2.1 Part 4 section 4.2.3",
        lambda facts: (
            facts.kind is RecordKind.CALLRESULTERROR
            and facts.answering is not AnswerStatus.ORPHAN
            and not facts.refuses_wrong
        ),
        _tell_error,
        versions=frozenset({Version.V21}),
        positive=(f'2.1\n{_CALL}\n10:00:01 < {_OK}\n* 10:00:02 > [5,"1","InternalError","",{{}}]',),
        negative=(
            f'2.1\n{_CALL}\n10:00:01 < [3,"1",{{}}]\n10:00:02 > [5,"1","OccurrenceConstraintViolation","",{{}}]',
        ),
    ),
)
