"""Actions: whether the version has the action of a message, and lets this side send it in this message type."""

from __future__ import annotations

from collections.abc import Iterator

from ocpptui.diagnosis.rule import Case, Rule, Told, as_sentence, remarked
from ocpptui.ocpp.action_use import Misuse, misuse_of, sentence_of_misuse
from ocpptui.ocpp.message import Message
from ocpptui.ocpp.version import Version
from ocpptui.timeline.record import RecordKind
from ocpptui.timeline.severity import Severity


def _tell(case: Case) -> Iterator[Told]:
    frame, version = case.frame, case.version
    if not isinstance(frame, Message) or version is None or frame.kind.is_answer:
        return
    misuse = misuse_of(version, case.direction, frame.kind, case.action)
    if misuse is not None:
        yield Told(as_sentence(sentence_of_misuse(version, case.direction, case.action, misuse)))


STREAM = '{"id":1,"pending":0,"basetime":"2026-01-01T00:00:00Z","data":[{"t":1,"v":"1"}]}'

RULES = (
    Rule(
        "rpc.unknown-action",
        Severity.ERROR,
        "The version has no such action.",
        "OCPP-J 1.6 section 4.2.1 and table 7; OCPP 2.0.1 and 2.1 Part 4 sections 4.1.6 and 4.2.1",
        remarked(Misuse.UNKNOWN_ACTION),
        _tell,
        positive=(
            "* 10:00:00 > HeartBeat {}",
            '* 10:00:00 > [2,"1","Heartbeat.req",{}]',
            "2.0.1\n* 10:00:00 > HeartbeatRequest {}",
            '2.0.1\n* 10:00:00 < UnlockConnectorX {"connectorId":1}',
            '2.1\n* 10:00:00 < RemoteStopTransaction {"transactionId":1}',
        ),
        negative=("10:00:00 > Heartbeat {}", "2.0.1\n10:00:00 > Heartbeat {}"),
    ),
    Rule(
        "rpc.wrong-direction",
        Severity.ERROR,
        "Only the other side sends this action.",
        "OCPP 1.6 sections 4 and 5; OCPP 2.0.1 and 2.1 Part 2, sections on messages",
        remarked(Misuse.WRONG_DIRECTION),
        _tell,
        positive=(
            '* 10:00:00 > Reset {"type":"Hard"}',
            '* 10:00:00 < BootNotification {"chargePointVendor":"A","chargePointModel":"B"}',
            "2.0.1\n* 10:00:00 < Heartbeat {}",
        ),
        negative=(
            '10:00:00 < Reset {"type":"Hard"}',
            '10:00:00 > DataTransfer {"vendorId":"A"}\n10:00:01 < DataTransfer {"vendorId":"A"}',
        ),
    ),
    Rule(
        "rpc.send-as-call",
        Severity.ERROR,
        "The action is not sent in messages of this type.",
        "OCPP 2.1 Part 2 N15.FR.01; OCPP 2.1 Part 4 section 4.2.4",
        remarked(Misuse.SEND_AS_CALL, Misuse.CALL_AS_SEND),
        _tell,
        versions=frozenset(version for version in Version if version.has_send),
        positive=(
            f"2.1\n* 10:00:00 > NotifyPeriodicEventStream {STREAM}",
            '2.1\n* 10:00:00 > [6,"1","Heartbeat",{}]',
        ),
        negative=(f'2.1\n10:00:00 > [6,"1","NotifyPeriodicEventStream",{STREAM}]',),
    ),
    Rule(
        "rpc.type-of-later-version",
        Severity.WARNING,
        "The version does not have this message type, which is new in OCPP 2.1.",
        "OCPP 2.1 Part 4 section 4.1.3",
        lambda facts: (
            Misuse.NO_SUCH_TYPE in facts.remarks
            or (
                facts.kind is RecordKind.CALLRESULTERROR
                and facts.version is not None
                and not facts.version.has_result_errors
            )
        ),
        _tell,
        versions=frozenset(version for version in Version if not version.has_send),
        positive=(
            f'* 10:00:00 > [6,"1","NotifyPeriodicEventStream",{STREAM}]',
            f'2.0.1\n* 10:00:00 > [6,"1","NotifyPeriodicEventStream",{STREAM}]',
            (
                '2.0.1\n10:00:00 > [2,"1","Heartbeat",{}]\n'
                '10:00:01 < [3,"1",{"currentTime":"2026-01-01T10:00:00Z"}]\n'
                '* 10:00:02 > [5,"1","InternalError","",{}]'
            ),
        ),
        negative=(f'2.1\n10:00:00 > [6,"1","NotifyPeriodicEventStream",{STREAM}]',),
    ),
)
