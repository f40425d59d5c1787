"""The judgement on single messages: what a record in any view is called, it is called because of this."""

from __future__ import annotations

import pytest

from ocpptui.ocpp.json_encoding import parse
from ocpptui.ocpp.judgement import Verdict, defects_of, judge
from ocpptui.ocpp.message import Message
from ocpptui.ocpp.refusal import refusal_of, result_refusal_of
from ocpptui.ocpp.version import Direction, Version

UP, DOWN = Direction.TO_CSMS, Direction.TO_CHARGE_POINT
V16, V201, V21 = Version.V16, Version.V201, Version.V21
UNKNOWN, VALID, INVALID = Verdict
STREAM = '"NotifyPeriodicEventStream",{"id":1,"pending":0,"basetime":"2026-01-01T00:00:00Z","data":[{"t":1,"v":"1"}]}]'


@pytest.mark.parametrize(
    ("version", "direction", "raw", "verdict", "remarks"),
    [
        (V16, UP, '[2,"a","Heartbeat",{}]', VALID, ""),
        (V16, UP, '[2,"a","Heartbeat",null]', VALID, "null-payload"),
        (V201, UP, '[2,"a","Heartbeat",null]', VALID, "null-payload"),
        (V16, UP, '[2,"a","BootNotification",null]', INVALID, "null-payload schema-violation"),
        (V16, UP, '[2,"a","Authorize",{}]', INVALID, "schema-violation"),
        (V201, UP, '[2,"a","Authorize",{"idTag":"A"}]', INVALID, "schema-violation right-in-other-version"),
        (V16, UP, '[2,"a","Authorize",{"idTag":"A\\u0000"}]', VALID, "control-in-text"),
        (V16, UP, '[2,"a","MeterValues",{"connectorId":-1,"meterValue":[]}]', INVALID,
            "schema-violation connector-number"),
        (V16, DOWN, '[2,"a","UnlockConnector",{"connectorId":0}]', VALID, "connector-number"),
        (V16, UP, '[2,"a","Authorize",[]]', INVALID, "payload-not-object schema-violation"),
        (V16, UP, '[2,"a","RemoteStartTransaction",{"idTag":"A"}]', INVALID, "wrong-direction"),
        (V16, None, '[2,"a","RemoteStartTransaction",{"idTag":"A"}]', VALID, ""),
        (V21, UP, '[2,"a",' + STREAM, INVALID, "send-as-call"),
        (V21, UP, '[6,"a",' + STREAM, VALID, ""),
        (V21, UP, '[6,"a","Heartbeat",{}]', INVALID, "call-as-send"),
        (V201, UP, '[6,"a",' + STREAM, UNKNOWN, "no-such-type"),
        (V16, UP, '[2,"a","MakeCoffee",{}]', UNKNOWN, "unknown-action"),
        (V16, UP, '[2,12345,"Heartbeat",{}]', INVALID, "integer-id"),
        (V16, UP, '[2,12345,"MakeCoffee",{}]', INVALID, "integer-id unknown-action"),
        (V16, UP, '[2,"a","Heartbeat"]', INVALID, "missing-parts"),
        (V16, UP, '[2,"a","Heartbeat",{},1]', INVALID, "extra-elements"),
        (V16, UP, '[2,"","Heartbeat",{}]', VALID, "empty-id"),
        (V16, UP, '[2,"a","DataTransfer",{"vendorId":"A","vendorId":"B"}]', VALID, "duplicate-key"),
        (V16, UP, '[2,"a","Heartbeat",{', UNKNOWN, "truncated"),
        (None, UP, '[2,12345,"Heartbeat",{}]', UNKNOWN, "integer-id"),
        (V16, UP, '[4,"a","NotImplemented","",{}]', UNKNOWN, ""),
        (V16, UP, '[4,"a","FooBar","",{}]', UNKNOWN, "unknown-error-code"),
        (V16, UP, '[4,"a","FormatViolation","",{}]', UNKNOWN, "error-code-of-other-version"),
        (V201, UP, '[4,"a","FormationViolation","",{}]', UNKNOWN, "error-code-of-other-version"),
        (V16, UP, '[4,"a"]', UNKNOWN, "missing-parts unknown-error-code"),
    ],
)  # fmt: skip
def test_the_judgement_on_a_message(
    version: Version | None, direction: Direction | None, raw: str, verdict: Verdict, remarks: str
) -> None:
    assert judge(version, direction, parse(raw)) == (verdict, tuple(remarks.split()))


@pytest.mark.parametrize(
    ("raw", "verdict", "remarks"),
    [
        ('[3,"a",{"currentTime":"2026-01-01T10:00:00Z"}]', VALID, ""),
        ('[3,"a",{"currentTime":"2026-01-01T10:00:00"}]', VALID, "date-without-offset"),
        ('[3,"a",{"currentTime":"2026-01-01T10:00:00+02"}]', VALID, "date-not-rfc3339"),
        ('[3,"a",{"currentTime":"now"}]', INVALID, "schema-violation unreadable-date"),
        ('[3,"a",{"currentTime":"2026-01-01T10:00:00","x":1}]', INVALID, "schema-violation"),
        ('[3,17,{"currentTime":"2026-01-01T10:00:00Z"}]', VALID, "integer-id"),
        ('[3,"a"]', INVALID, "missing-parts schema-violation"),
        ('[3,"a",{"currentTime":"2026-01-01T10:00:00Z"},1]', INVALID, "extra-elements"),
    ],
)  # fmt: skip
def test_the_judgement_on_an_answer(raw: str, verdict: Verdict, remarks: str) -> None:
    """An answer repeats the message id of its call, whatever that is."""
    assert judge(V16, DOWN, parse(raw), "Heartbeat") == (verdict, tuple(remarks.split()))


def test_hertz_is_legal_in_1_6_alone() -> None:
    sample = '{"value":"50","unit":"Hertz"}'
    meter = f'[{{"timestamp":"2026-01-01T10:00:00Z","sampledValue":[{sample}]}}]'
    stop = f'{{"transactionId":1,"meterStop":1,"timestamp":"2026-01-01T10:00:00Z","transactionData":{meter}}}'
    old = f'[2,"a","StopTransaction",{stop}]'
    assert judge(V16, UP, parse(old)) == (VALID, ("unit-of-errata",))
    assert judge(V16, UP, parse(old.replace("Hertz", "Hz"))).verdict is INVALID


def test_a_code_that_no_version_has_is_a_defect_of_the_frame() -> None:
    (defect,) = defects_of(V16, parse('[4,"a","NotImplmented","",{}]'))
    assert defect.name == "unknown-error-code"
    assert defect.text == "no version of OCPP has an error code 'NotImplmented'; did you mean NotImplemented?"
    (defect,) = defects_of(V16, parse('[4,"a","FormatViolation","",{}]'))
    assert (
        defect.text
        == "OCPP 1.6 has no error code FormatViolation, but other versions have it; did you mean FormationViolation?"
    )
    assert defects_of(V16, parse('[4,"a","FormationViolation","",{}]')) == ()
    assert defects_of(None, parse('[4,"a","FooBar","",{}]')) == ()


MESSAGES = [
    '[2,"a","Heartbeat",{}]', '[2,"a","Heartbeat",null]', '[2,"a","Authorize",{}]', '[2,"a","Authorize",7]',
    '[2,17,"Heartbeat",{}]', '[2,"a","Heartbeat"]', '[2,"a","Heartbeat",{},5]', f'[2,"{"x" * 40}","Heartbeat",{{}}]',
    '[2,"a","Reset",{"type":"Hard"}]', '[2,"a","heartbeat",{}]', '[2,"a",' + STREAM, '[6,"a",' + STREAM,
    '[6,"a","Heartbeat",{}]', '[2,"a","BootNotification-Signed",{}]', '[2,"","Heartbeat",{}]',
]  # fmt: skip


@pytest.mark.parametrize("direction", Direction)
@pytest.mark.parametrize("raw", MESSAGES)
def test_a_call_that_is_valid_is_not_refused_and_one_that_is_refused_is_not_valid(
    version: Version, direction: Direction, raw: str
) -> None:
    """A report would call a message valid that was refused live."""
    frame = parse(raw)
    refused = refusal_of(version, direction, frame)
    assert (refused is None) == (judge(version, direction, frame).verdict is VALID)


def test_a_result_that_2_1_refuses_is_not_valid() -> None:
    for raw, is_right in (('[3,"a",{"status":"Accepted"}]', True), ('[3,"a",{"status":"Perhaps"}]', False)):
        frame = parse(raw)
        assert isinstance(frame, Message)
        assert (result_refusal_of(V21, "ClearCache", frame) is None) is is_right
        assert (judge(V21, UP, frame, "ClearCache").verdict is VALID) is is_right
