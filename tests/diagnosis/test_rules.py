"""Each rule, with a message or two that break it: its name, severity and wording."""

from __future__ import annotations

import json

import pytest

from ocpptui.diagnosis.diagnosis import Diagnosis
from ocpptui.diagnosis.findings import findings_at
from ocpptui.diagnosis.prescribed_code import error_code_at
from ocpptui.ocpp.error_codes import error_codes
from ocpptui.ocpp.version import Direction, Transport, Version
from ocpptui.timeline.record import message_record
from ocpptui.timeline.timeline import Timeline

V16, V201, V21 = Version.offered(Transport.JSON)
UP, DOWN = Direction.TO_CSMS, Direction.TO_CHARGE_POINT
STREAM = '"NotifyPeriodicEventStream",{"id":1,"pending":0,"basetime":"2026-01-01T00:00:00Z","data":[{"t":1,"v":"1"}]}]'


def told(raw: str, direction: Direction = UP, version: Version = V16) -> list[tuple[str, str, str]]:
    """Rule, severity and text of each finding in a message."""
    timeline = Timeline()
    Diagnosis(timeline)
    timeline.append(message_record(raw, time=0, connection=1, direction=direction, version=version))
    return [(one.rule, one.severity.word, one.text) for one in findings_at(timeline, 0)]


@pytest.mark.parametrize(
    ("raw", "rule", "severity", "words"),
    [
        ('[2,"1","GetConfiguration",{"key":]', "rpc.not-json", "error", "Not an OCPP message: not valid JSON"),
        ('{"hello":1}', "rpc.not-a-frame", "error", "the frame is an object, not an array."),
        ("[2]", "rpc.not-a-frame", "error", "the message id is missing."),
        ('[9,"1",{}]', "rpc.unknown-type", "warning", "9 is not a message type"),
        ('[2,null,"Heartbeat",{}]', "rpc.id-not-string", "warning", "the message id is null, not a string."),
        ('[2,7,"Heartbeat",{}]', "rpc.id-not-string", "warning", "The message id 7 is a number, not a string."),
        (f'[2,"{"x" * 37}","Heartbeat",{{}}]', "rpc.id-too-long", "warning", "37 characters, at most 36 are allowed."),
        ('[2,"","Heartbeat",{}]', "rpc.id-empty", "info", "The message id is empty."),
        ('[2,"1","Heartbeat"]', "rpc.element-count", "error", "The payload is missing."),
        ('[2,"1","Heartbeat",{},1]', "rpc.element-count", "error", "5 elements, but a CALL has 4."),
        ('[2,"1","Heartbeat",null]', "rpc.payload-null", "info", "The payload is null"),
        ('[2,"1","MakeCoffee",[]]', "rpc.payload-not-object", "error", "The payload is an array, not an object."),
        ('[2,"1","DataTransfer",{"vendorId":"A","vendorId":"B"}]', "rpc.duplicate-key", "warning", "more than once"),
        ('\ufeff[2,"1","Heartbeat",{}]', "rpc.lenient-json", "warning", "a byte order mark."),
        ('[2,"1","heartbeat",{}]', "rpc.unknown-action", "error", "did you mean Heartbeat?"),
        ('[2,"1","Reset",{"type":"Hard"}]', "rpc.wrong-direction", "error", "A charge point does not send Reset."),
        ('[6,"1",' + STREAM, "rpc.type-of-later-version", "warning", "OCPP 1.6 has no SEND."),
        ('[2,"1","Authorize",{}]', "schema.call", "error", "$.idTag: the field is required, but missing"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_message(raw: str, rule: str, severity: str, words: str) -> None:
    assert (rule, severity) in [(one[0], one[1]) for one in told(raw)]
    assert any(words in text for name, _, text in told(raw) if name == rule)


@pytest.mark.parametrize(
    "raw",
    ['[2,"1","Heartbeat",{}]', ' [2, "1" , "DataTransfer", {"vendorId":"A"}]', '[2,"é","Authorize",{"idTag":"A"}]'],
)
def test_a_valid_message_has_no_finding(raw: str) -> None:
    """Every row would have a mark, and none would be noticed."""
    assert told(raw) == []


def test_a_send_and_a_call_are_distinguished_in_2_1() -> None:
    assert [one[0] for one in told('[2,"1",' + STREAM, UP, V21)] == ["rpc.send-as-call"]
    assert [one[0] for one in told('[6,"1","Heartbeat",{}]', UP, V21)] == ["rpc.send-as-call"]
    assert told('[6,"1",' + STREAM, UP, V21) == []


def test_a_signed_action_is_recognised() -> None:
    (found,) = told('[2,"a","BootNotification-Signed",{}]', UP, V201)
    assert found[0] == "rpc.unknown-action"
    assert "signed BootNotification, which is optional (Part 4 section 7)" in found[2]


STATUS = '[2,"1","StatusNotification",{"connectorId":1,"errorCode":"NoError","status":"Available","timestamp":"%s"}]'
STATUS_2X = '[2,"1","StatusNotification",{"evseId":1,"connectorId":1,"connectorStatus":"Available","timestamp":"%s"}]'


def test_a_date_without_an_offset_is_worse_in_2_x() -> None:
    """OCPP 1.6 allows it (ISO 8601), 2.x does not (RFC 3339)."""
    date = "2026-01-01T10:00:00"
    assert [one[:2] for one in told(STATUS % date)] == [("text.date-time-offset", "info")]
    assert [one[:2] for one in told(STATUS_2X % date, UP, V201)] == [("text.date-time-offset", "warning")]
    assert [one[:2] for one in told(STATUS % "2026-01-01T10:00:00+02")] == [("text.date-time-form", "warning")]
    assert told(STATUS % "2026-01-01T10:00:00+02:00") == []


def test_a_finding_names_the_versions_of_the_payload() -> None:
    right = STATUS_2X % "2026-01-01T10:00:00Z"
    sentence = "The payload is not valid in OCPP 1.6, but would be in OCPP 2.0.1, 2.1."
    assert ("rpc.other-version", "error", sentence) in told(right)


def test_the_error_code_is_that_of_the_version() -> None:
    for version, code in ((V16, "FormationViolation"), (V201, "RpcFrameworkError"), (V21, "RpcFrameworkError")):
        timeline = Timeline()
        Diagnosis(timeline)
        timeline.append(message_record('[2,"a","Heartbeat",{', time=0, connection=1, direction=UP, version=version))
        timeline.append(message_record('[2,"b","Heartbeat",{}]', time=0, connection=1, direction=UP, version=version))
        timeline.append(message_record("[2,", time=0, connection=1, direction=UP))
        assert [error_code_at(timeline, index) for index in range(3)] == [code, "", ""]


@pytest.mark.parametrize("version", [V16, V201, V21], ids=str)
def test_each_error_code_is_judged_as_the_version_spells_it(version: Version) -> None:
    """A peer that looks for the code of its version does not recognise another one."""
    everywhere = {code for each in (V16, V201, V21) for code in error_codes(each)}
    for code in [*everywhere, "", "genericerror", "Unauthorized", "GenericError "]:
        elsewhere = "rpc.error-code-spelling" if code in everywhere else "rpc.error-unknown-code"
        expected = set() if code in error_codes(version) else {elsewhere}
        found = {rule for rule, _, _ in told(f'[4,"1",{json.dumps(code)},"",{{}}]', DOWN, version)}
        assert found & {"rpc.error-code-spelling", "rpc.error-unknown-code", "rpc.error-shape"} == expected


@pytest.mark.parametrize("version", [V16, V201, V21], ids=str)
@pytest.mark.parametrize("elements", ['""', '"",null', '"",[]', '"","x"', '"",1', "null,{}", "1,{}", '"",{},1'])
def test_the_shape_of_an_error_is_judged(version: Version, elements: str) -> None:
    """Many peers close the connection on a CALLERROR that they cannot read."""
    for number in (4, 5) if version.has_result_errors else (4,):
        rules = [rule for rule, _, _ in told(f'[{number},"1","GenericError",{elements}]', DOWN, version)]
        assert "rpc.error-shape" in rules
