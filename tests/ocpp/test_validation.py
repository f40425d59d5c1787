from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from jsonschema import Draft4Validator, Draft6Validator

from ocpptui.ocpp.schema import Part, schema
from ocpptui.ocpp.validation import (
    MAX_VIOLATIONS,
    Violation,
    advisories,
    is_built_right,
    is_valid,
    meant_for,
    valid_in,
    validator,
    violations,
)
from ocpptui.ocpp.version import Transport, Version
from ocpptui.ocpp.violation import OF_BUILD
from tests.kit.changed_payloads import ChangedPayload, changed_payloads

V16, V201, V21 = Version.offered(Transport.JSON)
REQUEST, RESPONSE = Part.REQUEST, Part.RESPONSE


def one(version: Version, action: str, payload: Any, part: Part = REQUEST) -> Violation:
    (found,) = violations(version, action, part, payload)
    return found


def meter_values(**sampled: Any) -> dict[str, Any]:
    value = {"value": "1"} | sampled
    return {"connectorId": 1, "meterValue": [{"timestamp": "2026-01-31T12:00:00Z", "sampledValue": [value]}]}


def profile(*limits: float) -> dict[str, Any]:
    periods = [{"startPeriod": 0, "limit": limit} for limit in limits]
    return {
        "connectorId": 1,
        "csChargingProfiles": {
            "chargingProfileId": 1,
            "stackLevel": 0,
            "chargingProfilePurpose": "TxDefaultProfile",
            "chargingProfileKind": "Absolute",
            "chargingSchedule": {"chargingRateUnit": "A", "chargingSchedulePeriod": periods},
        },
    }


# Sentences


@pytest.mark.parametrize(
    ("version", "action", "payload", "sentence"),
    [
        (V16, "Authorize", {}, "$.idTag: the field is required, but missing"),
        (
            V16,
            "Authorize",
            {"idTag": "x" * 27},
            '$.idTag: expected at most 20 characters, got "xxxxxxxxxxxxxxxxxxxxxxxxxxx" with 27 characters',
        ),
        (V16, "Authorize", {"idTag": 5}, "$.idTag: expected a string, got 5 (quotation marks are missing)"),
        (V16, "Authorize", {"idTag": None}, "$.idTag: expected a string, got null"),
        (V16, "Authorize", {"idTag": {}}, "$.idTag: expected a string, got an object"),
        (
            V16,
            "Authorize",
            {"idTag": "A", "idtag": "B"},
            '$.idtag: unknown field, got "B" (did you mean idTag?)',
        ),
        (V16, "Heartbeat", {"a b": [1]}, "$['a b']: unknown field, got an array"),
        (V16, "Heartbeat", [], "$: expected an object, got an array"),
        (
            V16,
            "ChangeAvailability",
            {"connectorId": "1", "type": "Operative"},
            '$.connectorId: expected an integer, got "1" (the number is in quotation marks)',
        ),
        (
            V16,
            "ChangeAvailability",
            {"connectorId": 1, "type": "operative"},
            '$.type: expected one of Inoperative, Operative, got "operative" (did you mean Operative?)',
        ),
        (
            V16,
            "StatusNotification",
            {"connectorId": 1, "errorCode": "noerror", "status": "Available"},
            (
                "$.errorCode: expected one of ConnectorLockFailure, EVCommunicationError, GroundFailure, "
                'HighTemperature, InternalError, LocalListConflict … (16 values), got "noerror" (did you mean NoError?)'
            ),
        ),
        (
            V16,
            "MeterValues",
            {"connectorId": 1, "meterValue": []},
            "$.meterValue: expected at least 1 items, got 0 items",
        ),
        (
            V16,
            "SetChargingProfile",
            profile(4.11),
            (
                "$.csChargingProfiles.chargingSchedule.chargingSchedulePeriod[0].limit: "
                "expected a multiple of 0.1, got 4.11"
            ),
        ),
        (V201, "StatusNotification", {}, "$.timestamp: the field is required, but missing"),
        (
            V201,
            "GetBaseReport",
            {"requestId": True, "reportBase": "FullInventory"},
            "$.requestId: expected an integer, got true",
        ),
        (
            V21,
            "UnlockConnector",
            {"evseId": -1, "connectorId": 1},
            "$.evseId: expected at least 0, got -1",
        ),
        (
            V16,
            "GetDiagnostics",
            {"location": "not a uri"},
            '$.location: expected a valid uri, got "not a uri"',
        ),
    ],
)
def test_a_violation_is_a_sentence_with_its_place(version: Version, action: str, payload: Any, sentence: str) -> None:
    """The user reads where it is wrong, what was expected and what came."""
    found = violations(version, action, REQUEST, payload)
    assert str(found[0]) == sentence
    assert not found[0].advisory


def test_each_unexpected_field_is_a_violation_of_its_own() -> None:
    found = violations(V16, "Heartbeat", REQUEST, {"a": 1, "b": 2})
    assert [(violation.path, violation.rule) for violation in found] == [
        ("$.a", "additionalProperties"),
        ("$.b", "additionalProperties"),
    ]


def test_fields_of_an_answer_that_has_none_are_named() -> None:
    found = violations(V16, "LogStatusNotification", RESPONSE, {"a": 1, "b": 2})
    assert [str(violation) for violation in found] == [
        "$.a: unknown field, got 1",
        "$.b: unknown field, got 2",
    ]


@pytest.mark.parametrize("value", [5, None, {"x": 1}, [], True])
def test_a_value_of_the_wrong_type_has_no_other_violation(value: Any) -> None:
    payload = {"connectorId": 1, "errorCode": "NoError", "status": value}
    assert one(V16, "StatusNotification", payload).rule == "type"


def test_a_violation_deep_inside_has_its_whole_path() -> None:
    found = one(V16, "MeterValues", meter_values(measurand="voltage"))
    assert found.path == "$.meterValue[0].sampledValue[0].measurand"
    assert found.hint == "did you mean Voltage?"


def test_answers_are_validated_against_their_action() -> None:
    assert is_valid(V16, "Authorize", RESPONSE, {"idTagInfo": {"status": "Accepted"}})
    assert one(V16, "Authorize", {"idTagInfo": {"status": "accepted"}}, RESPONSE).path == "$.idTagInfo.status"


def test_vendor_data_may_hold_anything() -> None:
    assert is_valid(V201, "Heartbeat", REQUEST, {"customData": {"vendorId": "a", "more": [1, {"x": None}]}})
    assert one(V201, "Heartbeat", {"customData": {"more": 1}}).path == "$.customData.vendorId"
    assert is_valid(V201, "DataTransfer", REQUEST, {"vendorId": "a", "data": [1, None, {"x": []}]})


# Decimals and other numbers


@pytest.mark.parametrize("limit", [0.0, 0.1, 0.3, 0.6, 0.7, 1.2, 8.1, 16, 21.4, 32.0, 399.9])
def test_one_decimal_is_a_multiple_of_a_tenth(limit: float) -> None:
    """A charging profile with 21.4 A is not called wrong because of binary fractions."""
    assert is_valid(V16, "SetChargingProfile", REQUEST, profile(limit))


def test_every_limit_of_one_decimal_is_right_and_of_two_is_wrong() -> None:
    check = validator(V16, "SetChargingProfile", REQUEST)
    assert check is not None
    tenths = [n / 10 for n in range(4001)]
    assert check(profile(*tenths))
    assert not any(check(profile(n / 100)) for n in range(4001) if n % 10)


def test_a_whole_number_with_a_fraction_is_an_integer_from_draft_6_on() -> None:
    """The 1.6 core schemas are draft-04, where 1.0 is not an integer; those of 2.x are draft-06, where it is."""
    assert not is_valid(V16, "CancelReservation", REQUEST, {"reservationId": 1.0})
    assert is_valid(V201, "CancelReservation", REQUEST, {"reservationId": 1.0})


# Advisory


@pytest.mark.parametrize(
    ("text", "advisory"),
    [
        ("2026-01-31T12:00:00", True),
        ("2026-01-31 12:00:00+01:00", True),
        ("2026-01-31T12:00Z", True),
        ("2026-01-31T12:00:00+0200", True),
        ("20260131T120000Z", True),
        ("yesterday", False),
        ("", False),
        ("2026-01-31", False),
        ("2026-13-31T12:00:00Z", False),
        ("1769860800", False),
    ],
)
def test_a_date_time_that_can_be_read_is_a_remark_and_another_an_error(text: str, advisory: bool) -> None:
    """Stations in the field send times without an offset; refusing them would stop every charge."""
    payload = {"connectorId": 1, "idTag": "A", "meterStart": 0, "timestamp": text}
    found = one(V16, "StartTransaction", payload)
    assert (found.path, found.rule, bool(found.advisory), bool(found.hint)) == (
        "$.timestamp",
        "format",
        advisory,
        advisory,
    )


@pytest.mark.parametrize(
    "text",
    ["2026-01-31T12:00:00Z", "2026-01-31T12:00:00.123456Z", "2026-01-31T12:00:00.5+01:00", "2026-01-31t12:00:00z"],
)
def test_a_date_time_of_rfc_3339_is_right(text: str) -> None:
    payload = {"connectorId": 1, "idTag": "A", "meterStart": 0, "timestamp": text}
    assert violations(V16, "StartTransaction", REQUEST, payload) == ()


@pytest.mark.parametrize("unit", ["Celsius", "Celcius", "Hertz"])
def test_units_of_the_errata_are_legal_everywhere(unit: str) -> None:
    """The schema of StopTransaction lacks what that of MeterValues has."""
    assert is_valid(V16, "MeterValues", REQUEST, meter_values(unit=unit))
    data = meter_values(unit=unit)["meterValue"]
    payload = {"transactionId": 1, "meterStop": 1, "timestamp": "2026-01-31T12:00:00Z", "transactionData": data}
    found = violations(V16, "StopTransaction", REQUEST, payload)
    assert all(violation.advisory and violation.hint for violation in found)
    assert not violations(V16, "MeterValues", REQUEST, meter_values(unit="Hz"))[0].advisory


def test_null_counts_as_an_empty_payload() -> None:
    """Part 4 section 4.1.5 allows it in every version, though {} is preferred."""
    for version in (V16, V201, V21):
        assert is_valid(version, "Heartbeat", REQUEST, None)
        assert violations(version, "Heartbeat", REQUEST, None) == ()
        assert {found.rule for found in violations(version, "Authorize", REQUEST, None)} == {"required"}


# Other versions, no schema


def test_a_payload_of_another_version_is_recognised() -> None:
    """The usual mistake: a payload of 1.6 on a connection of 2.0.1."""
    payload = {"connectorId": 1, "errorCode": "NoError", "status": "Available"}
    assert not is_valid(V201, "StatusNotification", REQUEST, payload)
    assert valid_in("StatusNotification", REQUEST, payload, except_for=V201) == (Version.V12, Version.V15, V16)
    assert valid_in("Heartbeat", REQUEST, {}, except_for=V16) == (Version.V12, Version.V15, V201, V21)
    assert valid_in("Heartbeat", REQUEST, {"x": 1}, except_for=V16) == ()


@pytest.mark.parametrize(
    ("version", "action", "payload", "others"),
    [
        (V201, "StatusNotification", {"connectorId": 1, "errorCode": "NoError", "status": "Available"}, "1.2 1.5 1.6"),
        (V16, "StatusNotification", {"connectorId": 1, "errorCode": "NoError", "status": "Occupied"}, "1.2 1.5"),
        (V16, "Authorize", {"idTag": "A" * 21}, ""),
        (V201, "Authorize", {"idToken": {"idToken": "A", "type": "RFID"}}, ""),
        (V16, "Heartbeat", {"x": 1}, ""),
    ],
)
def test_only_what_another_version_has_points_to_it(
    version: Version, action: str, payload: dict[str, object], others: str
) -> None:
    """A value that is too long would send the user to look for a version that neither side speaks."""
    assert " ".join(meant_for(version, action, REQUEST, payload)) == others


def test_what_has_no_schema_is_neither_right_nor_wrong() -> None:
    for version, action, part in ((V16, "NoSuchAction", REQUEST), (V21, "NotifyPeriodicEventStream", RESPONSE)):
        assert is_valid(version, action, part, {}) is None
        assert validator(version, action, part) is None
        assert violations(version, action, part, {"x": 1}) == ()


# Hostile payloads


@pytest.mark.parametrize(
    "payload",
    [
        {"idTag": float("nan")},
        {"idTag": float("inf")},
        {"idTag": "\ud800"},
        {"idTag": "\ud800" * 30},
        {"idTag": "A", "\udfff": 1},
        {"idTag": 10**4000},
        {"idTag": -(10**400)},
        {"idTag": 1e308},
        {"idTag": json.loads("[" * 900 + "]" * 900)},
        {"idTag": "\x00\x1b[31m"},
        {"idTag": "x" * 20_000_000},
        {"idTag": "A", "x" * 1_000_000: 1},
        float("nan"),
        10**4000,
        "\ud800",
        True,
    ],
)
@pytest.mark.parametrize("version", Version.offered(Transport.JSON))
def test_odd_values_never_raise(payload: Any, version: Version) -> None:
    for part in Part:
        found = violations(version, "Authorize", part, payload)
        assert is_valid(version, "Authorize", part, payload) == (not found)
        for violation in found:
            assert len(str(violation).encode()) < 1000


def test_deep_data_is_valid_if_anything_is_allowed() -> None:
    data = json.loads('{"a":' * 500 + "1" + "}" * 500)
    assert violations(V201, "DataTransfer", REQUEST, {"vendorId": "a", "data": data}) == ()
    assert one(V201, "DataTransfer", {"vendorId": "a", "data": data, "x": data}).path == "$.x"
    assert not is_valid(V16, "DataTransfer", REQUEST, {"vendorId": "a", "data": data})


@pytest.mark.parametrize(
    ("action", "payload", "rule"),
    [
        pytest.param(
            "MeterValues", lambda: {"connectorId": 1, "meterValue": [1] * 1_000_000}, "type", id="a million items"
        ),
        pytest.param(
            "Heartbeat", lambda: {str(n): n for n in range(500_000)}, "additionalProperties", id="half a million fields"
        ),
        pytest.param(
            "MeterValues",
            lambda: {"meterValue": [{"sampledValue": [{}] * 1000, "timestamp": ""}] * 1000, "connectorId": 1},
            "required",
            id="a million items in two levels",
        ),
    ],
)
@pytest.mark.timeout(30)
def test_a_hostile_payload_is_described_in_bounded_time(action: str, payload: Callable[[], Any], rule: str) -> None:
    """Selecting such a row does not freeze the screen."""
    found = violations(V16, action, REQUEST, payload())
    assert 0 < len(found) <= MAX_VIOLATIONS
    assert rule in {violation.rule for violation in found}
    assert not any(violation.path == "$.connectorId" for violation in found)


def test_a_wrong_value_far_into_the_payload_is_found() -> None:
    """A part that is skipped for speed does not count as valid."""
    good = {"timestamp": "2026-01-31T12:00:00Z", "sampledValue": [{"value": "1"}]}
    payload = {"connectorId": 1, "meterValue": [*[good] * 5000, good | {"timestamp": 5}]}
    assert one(V16, "MeterValues", payload).path == "$.meterValue[5000].timestamp"


# Against a validator that is not ours


@given(changed_payloads())
@settings(max_examples=400, deadline=None)
def test_the_verdict_is_that_of_the_reference_validator(changed: ChangedPayload) -> None:
    """Right is called right and wrong is called wrong, in every action of every version."""
    version, action, part, payload = changed
    rules = schema(version, action, part)
    assert rules is not None
    mine = violations(version, action, part, payload)
    assert is_valid(version, action, part, payload) == (not mine)
    is_draft_4 = "draft-04" in rules["$schema"]

    def number(text: str) -> Decimal | int:
        """A number as the validator takes it: 1.0 is an integer in draft-06, but not as a Decimal."""
        return Decimal(text) if is_draft_4 or not float(text).is_integer() else int(float(text))

    draft = Draft4Validator if is_draft_4 else Draft6Validator
    theirs = draft(json.loads(json.dumps(rules), parse_float=Decimal)).iter_errors(
        json.loads(json.dumps(payload), parse_float=number)
    )
    rules_by_place: dict[tuple[str | int, ...], set[str]] = {}
    for error in theirs:
        rules_by_place.setdefault(tuple(error.absolute_path), set()).add(str(error.validator))
    # Of a value of the wrong type no more is told than that.
    expected = {rule for found in rules_by_place.values() for rule in (found & {"type"} or found)}
    assert {violation.rule for violation in mine} - {"format"} == expected

    noticed = tuple(sorted({violation.advisory for violation in mine}))
    assert advisories(version, action, part, payload) == (None if "" in noticed else noticed)


@given(changed_payloads())
@settings(max_examples=200, deadline=None)
def test_what_is_built_wrong_breaks_a_rule_about_its_fields(changed: ChangedPayload) -> None:
    """The version of a log is the one that has all of its fields, whatever the values in them are."""
    _, action, part, payload = changed
    for version in Version.offered(Transport.JSON):
        broken = {violation.rule for violation in violations(version, action, part, payload)}
        assert is_built_right(version, action, part, payload) == broken.isdisjoint(OF_BUILD)
