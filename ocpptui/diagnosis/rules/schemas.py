"""Payloads: whether they follow the JSON Schema of their action."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ocpptui.diagnosis.rule import Case, Facts, Rule, Told, remarked
from ocpptui.ocpp.advisories import UNIT_OF_ERRATA
from ocpptui.ocpp.judgement import RIGHT_ELSEWHERE, SCHEMA_VIOLATION, part_of
from ocpptui.ocpp.message import Message
from ocpptui.ocpp.validation import Violation, meant_for, violations
from ocpptui.ocpp.version import FIRST_GENERATION
from ocpptui.timeline.record import RecordKind
from ocpptui.timeline.severity import Severity


def violations_of(case: Case) -> tuple[Violation, ...]:
    """The violations of the payload of a record, including advisory ones."""
    frame = case.frame
    if not isinstance(frame, Message) or frame.kind.is_error or case.version is None:
        return ()
    return violations(case.version, case.action, part_of(frame.kind), frame.payload)


def _tell_violations(case: Case) -> Iterator[Told]:
    for violation in violations_of(case):
        if not violation.advisory:
            yield Told(str(violation))


def _tell_versions(case: Case) -> Iterator[Told]:
    frame, version = case.frame, case.version
    if isinstance(frame, Message) and version is not None:
        right = meant_for(version, case.action, part_of(frame.kind), frame.payload)
        spoken = [one for one in right if frame.transport in one.spoken_on] or right
        yield Told(f"The payload is not valid in OCPP {version}, but would be in OCPP {', '.join(spoken)}.")


def _tells(advisory: str) -> Callable[[Case], Iterator[Told]]:
    return lambda case: (Told(str(one)) for one in violations_of(case) if one.advisory == advisory)


def _breaks_schema(*kinds: RecordKind) -> Callable[[Facts], bool]:
    return lambda facts: facts.kind in kinds and SCHEMA_VIOLATION in facts.remarks


_SOURCE = "The JSON schemas that the Open Charge Alliance publishes with the version"

_STATUS = 'StatusNotification {"connectorId":1,"errorCode":"NoError","status":"Available"'
_STATUS_2X = '''StatusNotification {"evseId":1,"connectorId":1,"connectorStatus":"Available",
    "timestamp":"2026-01-01T10:00:00Z"'''
_DATA = (
    'StopTransaction {"transactionId":1,"meterStop":1,"timestamp":"2026-01-01T10:00:00Z","transactionData":'
    '[{"timestamp":"2026-01-01T10:00:00Z","sampledValue":[{"value":"50"'
)

RULES = (
    Rule(
        "schema.call",
        Severity.ERROR,
        "The payload of the call breaks its schema.",
        f"{_SOURCE}; OCPP 2.0.1 Part 2 FR.03",
        _breaks_schema(RecordKind.CALL, RecordKind.SEND),
        _tell_violations,
        positive=(
            "* 10:00:00 > Authorize {}",
            '* 10:00:00 > StatusNotification {"connectorId":1,"errorCode":"Error","status":"Available"}',
            '* 10:00:00 > Authorize {"idTag":"123456789012345678901"}',
            '* 10:00:00 > Authorize {"idTag":"A","x":1}',
            '2.0.1\n* 10:00:00 < Reset {"type":7}',
            '2.1\n* 10:00:00 < GetVariables {"getVariableData":[]}',
        ),
        negative=('10:00:00 > Authorize {"idTag":"A"}',),
    ),
    Rule(
        "schema.result",
        Severity.ERROR,
        "The payload of the answer breaks its schema.",
        f"{_SOURCE}; OCPP 2.1 Part 4 section 4.2.3",
        _breaks_schema(RecordKind.CALLRESULT),
        _tell_violations,
        positive=(
            '10:00:00 > Authorize {"idTag":"A"}\n* 10:00:01 < ok {}',
            '10:00:00 > Heartbeat {}\n* 10:00:01 < ok {"time":"2026-01-01T10:00:00Z"}',
        ),
        negative=('10:00:00 > Authorize {"idTag":"A"}\n10:00:01 < ok {"idTagInfo":{"status":"Accepted"}}',),
    ),
    Rule(
        "rpc.other-version",
        Severity.ERROR,
        "The payload is valid in another version of OCPP, but not in that of the connection.",
        "OCPP-J 1.6 section 3.1.2; OCPP 2.0.1 and 2.1 Part 4 section 3.1.2; seen in the field",
        remarked(RIGHT_ELSEWHERE),
        _tell_versions,
        remedy="Check which version the two sides negotiated: the peer may speak another one than it offered.",
        positive=(
            f"2.0.1\n* 10:00:00 > {_STATUS}}}",
            (
                '2.0.1\n10:00:00 > Authorize {"idToken":{"idToken":"A","type":"Local"}}\n'
                '* 10:00:01 < ok {"idTagInfo":{"status":"Accepted"}}'
            ),
            f"* 10:00:00 > {_STATUS_2X}}}",
            '* 10:00:00 > StatusNotification {"connectorId":1,"errorCode":"NoError","status":"Occupied"}',  # of 1.5
        ),
        negative=(
            f"10:00:00 > {_STATUS}}}",
            f"2.0.1\n10:00:00 > {_STATUS_2X}}}",
            '2.0.1\n10:00:00 > StatusNotification {"status":"Available"}',  # right in no version
            # Too long here, and the other version has no limit; or a value of no version, and 2.1 allows any.
            f'10:00:00 > Authorize {{"idTag":"{"A" * 21}"}}',
            '2.0.1\n10:00:00 > Authorize {"idToken":{"idToken":"A","type":"RFID"}}',
        ),
    ),
    Rule(
        "schema.errata-value",
        Severity.INFO,
        "A value breaks the schema, but the errata allow it.",
        "OCPP 1.6 errata 3.86; OCPP-J 1.6 errata 2.1",
        remarked(UNIT_OF_ERRATA),
        _tells(UNIT_OF_ERRATA),
        versions=FIRST_GENERATION,
        positive=(f'* 10:00:00 > {_DATA},"unit":"Hertz"}}]}}]}}',),
        negative=(f'10:00:00 > {_DATA},"unit":"Wh"}}]}}]}}',),
    ),
)
