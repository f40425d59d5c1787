"""What wrong messages get. When these fail, a peer's mistake is answered with what its version does not know."""

from __future__ import annotations

import pytest

from ocpptui.ocpp.json_encoding import parse
from ocpptui.ocpp.message import Message
from ocpptui.ocpp.refusal import MAX_DESCRIPTION, STRICT, RefusalSettings, refusal_of, result_refusal_of
from ocpptui.ocpp.version import Direction, Version

UP, DOWN = Direction.TO_CSMS, Direction.TO_CHARGE_POINT
LENIENT = RefusalSettings(strict=False)


def code(version: Version, direction: Direction, raw: str | bytes, settings: RefusalSettings = STRICT) -> str | None:
    """The error code that goes back, "" for silence; None where the message is taken as it is."""
    found = refusal_of(version, direction, parse(raw), settings)
    return None if found is None else found.code


def test_an_unknown_action_and_one_of_the_other_direction(version: Version) -> None:
    assert code(version, UP, '[2,"1","Bogus",{}]') == "NotImplemented"
    assert code(version, UP, '[2,"1","heartbeat",{}]') == "NotImplemented"
    assert code(version, UP, '[2,"1","ClearCache",{}]') == "NotSupported"
    assert code(version, DOWN, '[2,"1","Heartbeat",{}]') == "NotSupported"
    assert code(version, UP, '[2,"1","Heartbeat",{}]') is None


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ('[2,"1","BootNotification",{"chargePointVendor":"v"}]', "ProtocolError"),
        ('[2,"1","Authorize",{"idTag":"A","extra":1}]', "FormationViolation"),
        ('[2,"1","Authorize",{"idTag":1}]', "TypeConstraintViolation"),
        ('[2,"1","Authorize",{"idTag":"123456789012345678901"}]', "PropertyConstraintViolation"),
        ('[2,"1","Authorize",[]]', "FormationViolation"),
    ],
)
def test_a_wrong_payload_of_1_6_gets_the_code_of_1_6(raw: str, expected: str) -> None:
    assert code(Version.V16, UP, raw) == expected


def test_a_wrong_payload_of_2_x_gets_the_code_of_2_x() -> None:
    assert code(Version.V201, UP, '[2,"1","Authorize",{}]') == "OccurrenceConstraintViolation"
    assert code(Version.V21, UP, '[2,"1","Authorize","text"]') == "FormatViolation"


def test_the_reason_says_what_is_wrong_and_fits_its_limit() -> None:
    raw = '[2,"1","Authorize",{"idTag":"' + "x" * 400 + '"}]'
    found = refusal_of(Version.V16, UP, parse(raw))
    assert found is not None
    assert "$.idTag" in found.reason
    long_name = refusal_of(Version.V201, UP, parse(f'[2,"1","{"A" * 400}",{{}}]'))
    assert long_name is not None
    for reason in (found.reason, long_name.reason):
        assert len(reason) <= MAX_DESCRIPTION


def test_lenient_takes_a_wrong_payload_but_no_unknown_action() -> None:
    assert code(Version.V16, UP, '[2,"1","Authorize",{}]', LENIENT) is None
    assert code(Version.V16, UP, '[2,"1","Bogus",{}]', LENIENT) == "NotImplemented"


IMPROPER = [
    '[2,17,"Heartbeat",{}]',
    f'[2,"{"x" * 37}","Heartbeat",{{}}]',
    '[2,"a","Heartbeat"]',
    '[2,"a","Heartbeat",{},1]',
]


@pytest.mark.parametrize("raw", IMPROPER)
def test_a_call_that_is_not_a_proper_one_is_refused_unless_lenient(version: Version, raw: str) -> None:
    """A charge point would pass its test here and fail at the next backend."""
    expected = "FormationViolation" if version.generation == 1 else "RpcFrameworkError"
    assert code(version, UP, raw) == expected
    assert code(version, UP, raw, LENIENT) is None


@pytest.mark.parametrize("action", ["StartTransaction", "StopTransaction", "MeterValues"])
@pytest.mark.parametrize("raw", ['[2,"1","{}",{{"connectorId":"1"}}]', '[2,17,"{}",{{}}]', '[2,"1","{}"]'])
def test_a_transaction_of_1_6_is_never_lost_to_a_refusal(action: str, raw: str) -> None:
    """Sections 4.7, 4.8, 4.10: the station would send it again and again, and at last discard it."""
    assert code(Version.V16, UP, raw.format(action)) is None


def test_what_is_only_advisory_is_taken() -> None:
    """Stations in the field send times without an offset."""
    status = '{"connectorId":1,"errorCode":"NoError","status":"Available","timestamp":"2026-01-31T12:00:00"}'
    assert code(Version.V16, UP, f'[2,"1","StatusNotification",{status}]') is None


def test_null_counts_as_an_empty_payload(version: Version) -> None:
    assert code(version, UP, '[2,"1","Heartbeat",null]') is None
    expected = "ProtocolError" if version.generation == 1 else "OccurrenceConstraintViolation"
    assert code(version, UP, '[2,"1","BootNotification",null]') == expected


def test_a_call_that_cannot_be_read() -> None:
    readable = parse('[2,"a81f","Heartbeat",{')
    old = refusal_of(Version.V16, UP, readable)
    assert old is not None
    assert (old.id, old.code) == ("a81f", "FormationViolation")
    new = refusal_of(Version.V201, UP, readable)
    assert new is not None
    assert (new.id, new.code) == ("a81f", "RpcFrameworkError")


@pytest.mark.parametrize("raw", ["", "hello", '{"a":1}', "[]", "[2]", "[2,null]", '[2,"a', b"\xff\xfe", "[" * 3000])
def test_a_message_without_a_readable_id(raw: str | bytes) -> None:
    assert code(Version.V16, UP, raw) == ""
    for version in (Version.V201, Version.V21):
        found = refusal_of(version, UP, parse(raw))
        assert found is not None
        assert (found.id, found.code) == ("-1", "RpcFrameworkError")


@pytest.mark.parametrize(
    "raw", ['[3,"a",{', '[4,"a","GenericError",', '[5,"a",', '[6,"a","NotifyPeriodicEventStream",{']
)
def test_a_broken_answer_or_send_gets_no_error(raw: str, version: Version) -> None:
    """An error in reply to an answer would count as the answer to another call."""
    assert code(version, UP, raw) == ""


def test_unknown_message_types_are_ignored_unless_2_0_1_is_set_to_answer(version: Version) -> None:
    raw = '[9,"a",{}]'
    assert code(version, UP, raw) == ""
    told = code(version, UP, raw, RefusalSettings(answer_unknown_types=True))
    assert told == ("MessageTypeNotSupported" if version is Version.V201 else "")


def test_a_send_is_never_answered(version: Version) -> None:
    assert not code(version, UP, '[6,"a","NotifyPeriodicEventStream",{}]')
    assert code(version, UP, '[6,"a","Bogus",{}]') == ""
    assert code(version, UP, '[6,"a","Heartbeat",{}]') == ""


def test_the_event_stream_as_a_call_is_reported_to_be_a_send() -> None:
    raw = '[2,"a","NotifyPeriodicEventStream",{"id":1,"pending":0,"basetime":"2026-01-01T00:00:00Z","data":[]}]'
    assert code(Version.V21, UP, raw) == "RpcFrameworkError"
    assert code(Version.V201, UP, raw) == "NotImplemented"


def test_only_2_1_refuses_a_wrong_result(version: Version) -> None:
    answer, good = parse('[3,"a",{"status":"Perhaps"}]'), parse('[3,"a",{"status":"Accepted"}]')
    assert isinstance(answer, Message)
    assert isinstance(good, Message)
    found = result_refusal_of(version, "ClearCache", answer)
    assert (found.code if found is not None else "") == (
        "PropertyConstraintViolation" if version is Version.V21 else ""
    )
    assert result_refusal_of(version, "ClearCache", good) is None
    assert result_refusal_of(version, "ClearCache", answer, LENIENT) is None
