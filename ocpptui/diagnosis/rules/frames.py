"""Frames: whether a message is an OCPP-J frame, and whether it has the form that its version demands."""

from __future__ import annotations

from collections.abc import Callable

from ocpptui.diagnosis.rule import Facts, Rule, tells_defects
from ocpptui.ocpp.correlation import AnswerStatus
from ocpptui.ocpp.version import Transport
from ocpptui.timeline.record import RecordKind
from ocpptui.timeline.severity import Severity

FRAME_SECTIONS = "OCPP-J 1.6 section 4.2; OCPP 2.0.1 and 2.1 Part 4 section 4.2"
ID_SECTIONS = "OCPP-J 1.6 section 4.1.4; OCPP 2.0.1 and 2.1 Part 4 section 4.1.4"
ERROR_SECTIONS = "OCPP-J 1.6 section 4.2.3; OCPP 2.0.1 and 2.1 Part 4 section 4.2.3"


def _is_malformed(facts: Facts) -> bool:
    return facts.kind is RecordKind.MALFORMED and facts.transport is Transport.JSON


def _malformed(*names: str) -> Callable[[Facts], bool]:
    return lambda facts: _is_malformed(facts) and not facts.remarks.isdisjoint(names)


def _message(*names: str) -> Callable[[Facts], bool]:
    """A CALL, SEND or CALLRESULT with one of these defects."""
    return lambda facts: (
        facts.kind in _WITH_PAYLOAD and facts.transport is Transport.JSON and not facts.remarks.isdisjoint(names)
    )


def _named(*names: str) -> Callable[[Facts], bool]:
    """A message with its own message id and one of these defects: an answer only repeats the id of its call."""
    return lambda facts: facts.answering not in _REPEATS_ID and not facts.remarks.isdisjoint(names)


def _error(*names: str) -> Callable[[Facts], bool]:
    return lambda facts: facts.kind.is_error and not facts.remarks.isdisjoint(names)


_WITH_PAYLOAD = (RecordKind.CALL, RecordKind.SEND, RecordKind.CALLRESULT)
_REPEATS_ID = (AnswerStatus.FIRST, AnswerStatus.LATE, AnswerStatus.SECOND)
_NO_JSON = ("not-utf8", "empty", "truncated", "control-character", "extra-data", "not-json", "too-deep")
_OTHERWISE_MALFORMED = frozenset({*_NO_JSON, "message-type", "bad-id", "too-many-values"})
_ELEMENTS = ("missing-parts", "extra-elements")
_LENIENT = ("byte-order-mark", "lenient-json")
_SHAPE = (
    "missing-parts",
    "extra-elements",
    "bad-error-code",
    "bad-description",
    "details-not-object",
    "long-description",
)

RULES = (
    Rule(
        "rpc.not-json",
        Severity.ERROR,
        "The message is not valid JSON in UTF-8.",
        "OCPP-J 1.6 section 4.1.2; OCPP 2.0.1 and 2.1 Part 4 sections 4.1.2 and 4.2.3; RFC 8259",
        _malformed(*_NO_JSON),
        tells_defects(*_NO_JSON),
        positive=(
            '* 10:00:00 > [2,"1","Heartbeat",{',
            '* 10:00:00 > [2,"1","GetConfiguration",{"key":]',
            '* 10:00:00 > [2,"1","Authorize",{"idTag":"A\x00"}]',
            '* 10:00:00 > [2,"1","Heartbeat",{}]x',
            '2.0.1\n* 10:00:00 > [2,"1","DataTransfer",{"vendorId":"A","data":NaN}]',
        ),
        negative=('10:00:00 > [2,"1","Heartbeat",{}]',),
    ),
    Rule(
        "rpc.too-many-values",
        Severity.ERROR,
        "The message has more keys and values than ocpptui reads.",
        "The largest messages of OCPP, local authorization lists and reports, have a tenth as many",
        _malformed("too-many-values"),
        tells_defects("too-many-values"),
    ),
    Rule(
        "rpc.not-a-frame",
        Severity.ERROR,
        "The message is JSON, but not an OCPP-J array with its type, message id and action.",
        FRAME_SECTIONS,
        lambda facts: _is_malformed(facts) and facts.remarks.isdisjoint(_OTHERWISE_MALFORMED),
        tells_defects(),
        positive=('* 10:00:00 > {"hello":1}', "* 10:00:00 > [2]", '* 10:00:00 > [2,"1"]', '* 10:00:00 > "Heartbeat"'),
        negative=('10:00:00 > [2,"1","Heartbeat",{}]',),
    ),
    Rule(
        "rpc.unknown-type",
        Severity.WARNING,
        "OCPP has no such message type.",
        "OCPP-J 1.6 section 4.1.3; OCPP 2.0.1 Part 4 sections 4.1.3 and 4.4; OCPP 2.1 Part 4 section 4.1.3",
        _malformed("message-type"),
        tells_defects("message-type"),
        positive=('* 10:00:00 > [9,"1",{}]', '2.0.1\n* 10:00:00 > ["2","1","Heartbeat",{}]'),
        negative=(
            '10:00:00 > [2,"1","Heartbeat",{}]\n10:00:01 < [3,"1",{"currentTime":"2026-01-01T10:00:00Z"}]',
            '2.1\n10:00:00 > [5,"1","InternalError","",{}]',
        ),
    ),
    Rule(
        "rpc.element-count",
        Severity.ERROR,
        "The frame has too few or too many elements.",
        FRAME_SECTIONS,
        _message(*_ELEMENTS),
        tells_defects(*_ELEMENTS),
        positive=(
            '* 10:00:00 > [2,"1","Heartbeat"]',
            '* 10:00:00 > [2,"1","Heartbeat",{},1]',
            '10:00:00 > [2,"1","Heartbeat",{}]\n* 10:00:01 < [3,"1"]',
            '2.0.1\n10:00:00 > [2,"1","Heartbeat",{}]\n* 10:00:01 < [3,"1",{"currentTime":"2026-01-01T10:00:00Z"},{}]',
        ),
        negative=('10:00:00 > [2,"1","Heartbeat",{}]',),
    ),
    Rule(
        "rpc.id-not-string",
        Severity.WARNING,
        "The message id is not a string.",
        ID_SECTIONS,
        _named("integer-id", "bad-id"),
        tells_defects("integer-id", "bad-id"),
        positive=('* 10:00:00 > [2,7,"Heartbeat",{}]', '* 10:00:00 > [2,null,"Heartbeat",{}]', "* 10:00:00 > [2,{}]"),
        negative=('10:00:00 > [2,"7","Heartbeat",{}]',),
    ),
    Rule(
        "rpc.id-too-long",
        Severity.WARNING,
        "The message id has more than 36 characters.",
        f"{ID_SECTIONS}; section 4.2.3 of each",
        _named("long-id"),
        tells_defects("long-id"),
        positive=('* 10:00:00 > [2,"1234567890123456789012345678901234567","Heartbeat",{}]',),
        negative=('10:00:00 > [2,"123456789012345678901234567890123456","Heartbeat",{}]',),
    ),
    Rule(
        "rpc.id-empty",
        Severity.INFO,
        "The message id is empty.",
        "No section states a minimum length.",
        _named("empty-id"),
        tells_defects("empty-id"),
        positive=('* 10:00:00 > [2,"","Heartbeat",{}]',),
        negative=('10:00:00 > [2,"1","Heartbeat",{}]',),
    ),
    Rule(
        "rpc.payload-null",
        Severity.INFO,
        "The payload is null, which is allowed for an empty payload.",
        "OCPP-J 1.6 section 4.2.1; OCPP 2.0.1 and 2.1 Part 4 section 4.1.5",
        _message("null-payload"),
        tells_defects("null-payload"),
        positive=('* 10:00:00 > [2,"1","Heartbeat",null]',),
        negative=('10:00:00 > [2,"1","Heartbeat",{}]',),
    ),
    Rule(
        "rpc.payload-not-object",
        Severity.ERROR,
        "The payload is not an object.",
        "OCPP-J 1.6 section 4.2.1; OCPP 2.0.1 and 2.1 Part 4 section 4.1.5",
        _message("payload-not-object"),
        tells_defects("payload-not-object"),
        positive=(
            '* 10:00:00 > [2,"1","Heartbeat",[]]',
            '* 10:00:00 > [2,"1","Heartbeat","{}"]',
            '2.1\n10:00:00 > [2,"1","Heartbeat",{}]\n* 10:00:01 < [3,"1",1]',
        ),
        negative=('10:00:00 > [2,"1","Heartbeat",{}]',),
    ),
    Rule(
        "rpc.duplicate-key",
        Severity.WARNING,
        "One object has the same key twice.",
        "RFC 8259 section 4",
        lambda facts: "duplicate-key" in facts.remarks,
        tells_defects("duplicate-key"),
        positive=('* 10:00:00 > [2,"1","DataTransfer",{"vendorId":"A","vendorId":"B"}]',),
        negative=(
            '10:00:00 > [2,"1","DataTransfer",{"vendorId":"A","messageId":"B"}]',
            '2.0.1\n10:00:00 > [2,"1","DataTransfer",{"vendorId":"A","data":{"a":1,"b":{"a":2}}}]',
        ),
    ),
    Rule(
        "rpc.lenient-json",
        Severity.WARNING,
        "The text could be read, but it is not strict JSON.",
        "OCPP-J 1.6 section 4.1.2; OCPP 2.0.1 and 2.1 Part 4 section 4.1.2; RFC 8259",
        lambda facts: facts.kind is not RecordKind.MALFORMED and not facts.remarks.isdisjoint(_LENIENT),
        tells_defects(*_LENIENT),
        positive=(
            '* 10:00:00 > \ufeff[2,"1","Heartbeat",{}]',
            '* 10:00:00 > [2,"1","Authorize",{"idTag":"\\ud800"}]',
        ),
        negative=('10:00:00 > [2,"1","Heartbeat",{}]',),
    ),
    Rule(
        "rpc.error-shape",
        Severity.WARNING,
        "The error does not have five elements of the right types.",
        ERROR_SECTIONS,
        _error(*_SHAPE),
        tells_defects(*_SHAPE),
        positive=(
            '10:00:00 > [2,"1","Heartbeat",{}]\n* 10:00:01 < [4,"1","InternalError"]',
            '10:00:00 > [2,"1","Heartbeat",{}]\n* 10:00:01 < [4,"1","InternalError",""]',
            '10:00:00 > [2,"1","Heartbeat",{}]\n* 10:00:01 < [4,"1","InternalError","",""]',
            '10:00:00 > [2,"1","Heartbeat",{}]\n* 10:00:01 < [4,"1","InternalError","",null]',
            '10:00:00 > [2,"1","Heartbeat",{}]\n* 10:00:01 < [4,"1",7,"",{}]',
            '10:00:00 > [2,"1","Heartbeat",{}]\n* 10:00:01 < [4,"1","InternalError",null,{}]',
            f'2.0.1\n10:00:00 > [2,"1","Heartbeat",{{}}]\n* 10:00:01 < [4,"1","InternalError","{"x" * 256}",{{}}]',
        ),
        negative=(
            '10:00:00 > [2,"1","Heartbeat",{}]\n10:00:01 < [4,"1","InternalError","",{}]',
            f'2.0.1\n10:00:00 > [2,"1","Heartbeat",{{}}]\n10:00:01 < [4,"1","InternalError","{"x" * 255}",{{}}]',
            f'10:00:00 > [2,"1","Heartbeat",{{}}]\n10:00:01 < [4,"1","InternalError","{"x" * 256}",{{}}]',
        ),
    ),
    Rule(
        "rpc.error-unknown-code",
        Severity.WARNING,
        "No version of OCPP has this error code.",
        "OCPP-J 1.6 table 7; OCPP 2.0.1 Part 4 table 8; OCPP 2.1 Part 4 table 9",
        _error("unknown-error-code"),
        tells_defects("unknown-error-code"),
        positive=(
            '10:00:00 > [2,"1","Heartbeat",{}]\n* 10:00:01 < [4,"1","Unauthorized","",{}]',
            '2.1\n10:00:00 > [2,"1","Heartbeat",{}]\n* 10:00:01 < [4,"1","","",{}]',
        ),
        negative=(
            '10:00:00 > [2,"1","Heartbeat",{}]\n10:00:01 < [4,"1","SecurityError","",{}]',
            '2.0.1\n10:00:00 > [2,"1","Heartbeat",{}]\n10:00:01 < [4,"1","RpcFrameworkError","",{}]',
        ),
    ),
    Rule(
        "rpc.error-code-spelling",
        Severity.INFO,
        "The error code is one of another version, or spelled as another version spells it.",
        "OCPP-J 1.6 table 7, errata 5.1 and 5.2; OCPP 2.0.1 Part 4 table 8; OCPP 2.1 Part 4 table 9",
        _error("error-code-of-other-version"),
        tells_defects("error-code-of-other-version"),
        positive=(
            '10:00:00 > [2,"1","Heartbeat",{}]\n* 10:00:01 < [4,"1","FormatViolation","",{}]',
            '10:00:00 > [2,"1","Heartbeat",{}]\n* 10:00:01 < [4,"1","OccurrenceConstraintViolation","",{}]',
            '2.0.1\n10:00:00 > [2,"1","Heartbeat",{}]\n* 10:00:01 < [4,"1","FormationViolation","",{}]',
            '2.1\n10:00:00 > [2,"1","Heartbeat",{}]\n* 10:00:01 < [4,"1","OccurenceConstraintViolation","",{}]',
        ),
        negative=(
            '10:00:00 > [2,"1","Heartbeat",{}]\n10:00:01 < [4,"1","FormationViolation","",{}]',
            '10:00:00 > [2,"1","Heartbeat",{}]\n10:00:01 < [4,"1","OccurenceConstraintViolation","",{}]',
            '2.0.1\n10:00:00 > [2,"1","Heartbeat",{}]\n10:00:01 < [4,"1","FormatViolation","",{}]',
        ),
    ),
)
