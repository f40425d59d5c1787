"""What wrong frames get. When these fail, a peer's mistake is answered with what its version does not know."""

from __future__ import annotations

import pytest

from ocpptui.ocpp.json_encoding import Frame, parse
from ocpptui.ocpp.version import Role, Version
from ocpptui.simulator.effects import SendError, SendResultError
from ocpptui.simulator.error_answers import RefusalSettings, refusal, result_refusal

CS, CP = Role.CENTRAL_SYSTEM, Role.CHARGE_POINT


def error(version: Version, role: Role, raw: str | bytes, settings: RefusalSettings | None = None) -> SendError | None:
    """The one error that goes back, None for silence; fails where nothing is wrong."""
    effects = refusal(version, role, parse(raw), settings)
    assert effects is not None
    assert len(effects) <= 1
    if not effects:
        return None
    effect = effects[0]
    assert isinstance(effect, SendError)
    return effect


def code(version: Version, role: Role, raw: str | bytes, settings: RefusalSettings | None = None) -> str:
    found = error(version, role, raw, settings)
    return "" if found is None else found.code


def test_an_unknown_action_and_one_of_the_other_direction(version: Version) -> None:
    assert code(version, CS, '[2,"1","Bogus",{}]') == "NotImplemented"
    assert code(version, CS, '[2,"1","heartbeat",{}]') == "NotImplemented"
    assert code(version, CS, '[2,"1","ClearCache",{}]') == "NotSupported"
    assert code(version, CP, '[2,"1","Heartbeat",{}]') == "NotSupported"
    assert refusal(version, CS, parse('[2,"1","Heartbeat",{}]')) is None


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
    assert code(Version.V16, CS, raw) == expected


def test_a_wrong_payload_of_2_x_gets_the_code_of_2_x() -> None:
    assert code(Version.V201, CS, '[2,"1","Authorize",{}]') == "OccurrenceConstraintViolation"
    assert code(Version.V21, CS, '[2,"1","Authorize","text"]') == "FormatViolation"


def test_the_description_says_what_is_wrong_and_fits_its_limit() -> None:
    raw = '[2,"1","Authorize",{"idTag":"' + "x" * 400 + '"}]'
    found = error(Version.V16, CS, raw)
    assert found is not None
    assert "$.idTag" in found.description
    assert len(found.description) <= 255
    long_name = error(Version.V201, CS, f'[2,"1","{"A" * 400}",{{}}]')
    assert long_name is not None
    assert len(long_name.description) <= 255


def test_lenient_answers_a_wrong_payload_but_no_unknown_action() -> None:
    lenient = RefusalSettings(strict=False)
    assert refusal(Version.V16, CS, parse('[2,"1","Authorize",{}]'), lenient) is None
    assert code(Version.V16, CS, '[2,"1","Bogus",{}]', lenient) == "NotImplemented"


@pytest.mark.parametrize("action", ["StartTransaction", "StopTransaction", "MeterValues"])
def test_a_transaction_of_1_6_is_never_lost_to_a_refusal(action: str) -> None:
    """Sections 4.7, 4.8, 4.10: the station would send it again and again, and at last discard it."""
    assert refusal(Version.V16, CS, parse(f'[2,"1","{action}",{{"connectorId":"1"}}]')) is None


def test_what_is_only_advisory_is_answered() -> None:
    """Stations in the field send times without an offset."""
    status = '{"connectorId":1,"errorCode":"NoError","status":"Available","timestamp":"2026-01-31T12:00:00"}'
    assert refusal(Version.V16, CS, parse(f'[2,"1","StatusNotification",{status}]')) is None


def test_an_empty_payload_may_be_null_or_missing(version: Version) -> None:
    assert refusal(version, CS, parse('[2,"1","Heartbeat",null]')) is None
    assert refusal(version, CS, parse('[2,"1","Heartbeat"]')) is None


def test_an_integer_id_is_answered_as_an_integer() -> None:
    found = error(Version.V16, CS, '[2,17,"Bogus",{}]')
    assert found is not None
    assert found.call is not None
    assert found.call.id_text == "17"


def test_a_call_that_cannot_be_read() -> None:
    readable = '[2,"a81f","Heartbeat",{'
    old = error(Version.V16, CS, readable)
    assert old is not None
    assert (old.call, old.id, old.code) == (None, "a81f", "FormationViolation")
    new = error(Version.V201, CS, readable)
    assert new is not None
    assert (new.id, new.code) == ("a81f", "RpcFrameworkError")


@pytest.mark.parametrize("raw", ["", "hello", '{"a":1}', "[]", "[2]", "[2,null]", '[2,"a', b"\xff\xfe", "[" * 3000])
def test_a_message_without_a_readable_id(raw: str | bytes) -> None:
    assert code(Version.V16, CS, raw) == ""
    for version in (Version.V201, Version.V21):
        found = error(version, CS, raw)
        assert found is not None
        assert (found.id, found.code) == ("-1", "RpcFrameworkError")


@pytest.mark.parametrize(
    "raw", ['[3,"a",{', '[4,"a","GenericError",', '[5,"a",', '[6,"a","NotifyPeriodicEventStream",{']
)
def test_a_broken_answer_or_send_gets_no_error(raw: str, version: Version) -> None:
    """An error in reply to an answer would be taken for the answer to another call."""
    assert code(version, CS, raw) == ""


def test_unknown_message_types_are_ignored_unless_2_0_1_is_told_otherwise(version: Version) -> None:
    raw = '[9,"a",{}]'
    assert code(version, CS, raw) == ""
    told = code(version, CS, raw, RefusalSettings(answer_unknown_types=True))
    assert told == ("MessageTypeNotSupported" if version is Version.V201 else "")


def test_a_send_is_never_answered(version: Version) -> None:
    raw = '[6,"a","NotifyPeriodicEventStream",{}]'
    assert not refusal(version, CS, parse(raw))
    assert not refusal(version, CS, parse('[6,"a","Bogus",{}]'))


def test_the_event_stream_as_a_call_is_told_to_be_a_send() -> None:
    raw = '[2,"a","NotifyPeriodicEventStream",{"id":1,"pending":0,"basetime":"2026-01-01T00:00:00Z","data":[]}]'
    assert code(Version.V21, CS, raw) == "RpcFrameworkError"
    assert code(Version.V201, CS, raw) == "NotImplemented"


def test_only_2_1_refuses_a_wrong_result(version: Version) -> None:
    answer = parse('[3,"a",{"status":"Perhaps"}]')
    assert isinstance(answer, Frame)
    effects = result_refusal(version, "ClearCache", answer, RefusalSettings())
    if version is not Version.V21:
        assert effects == []
        return
    assert isinstance(effects[0], SendResultError)
    assert (effects[0].result, effects[0].code) == (answer, "PropertyConstraintViolation")
    good = parse('[3,"a",{"status":"Accepted"}]')
    assert isinstance(good, Frame)
    assert result_refusal(version, "ClearCache", good, RefusalSettings()) == []
    assert result_refusal(version, "ClearCache", answer, RefusalSettings(strict=False)) == []
