"""The error codes: a peer that checks the code of a refusal finds what its specification says."""

from __future__ import annotations

from typing import Any

import pytest

from ocpptui.ocpp.error_codes import (
    CODE_OF_OTHER_VERSION,
    UNKNOWN_CODE,
    code_in_version,
    error_code,
    error_code_fault,
    error_codes,
    malformed_code,
    unknown_action_code,
)
from ocpptui.ocpp.schema import Part
from ocpptui.ocpp.validation import violations
from ocpptui.ocpp.version import Transport, Version
from ocpptui.ocpp.violation import Violation
from tests.ocpp.test_validation import profile

V16, V201, V21 = Version.offered(Transport.JSON)
REQUEST = Part.REQUEST


@pytest.mark.parametrize(
    ("payload", "code_16", "code_2x"),
    [
        ([], "FormationViolation", "FormatViolation"),
        ({"reservationId": 1, "x": 1}, "FormationViolation", "ProtocolError"),
        ({}, "ProtocolError", "OccurrenceConstraintViolation"),
        ({"reservationId": "1"}, "TypeConstraintViolation", "TypeConstraintViolation"),
        ({"reservationId": 1}, "", ""),
    ],
)
def test_the_code_is_the_one_that_the_version_prescribes(payload: Any, code_16: str, code_2x: str) -> None:
    """A peer that checks the code of our refusal finds what its specification says."""
    for version, code in ((V16, code_16), (V201, code_2x), (V21, code_2x)):
        assert error_code(version, violations(version, "CancelReservation", REQUEST, payload)) == code


@pytest.mark.parametrize(
    ("version", "action", "payload", "code"),
    [
        (V16, "MeterValues", {"connectorId": 1, "meterValue": []}, "OccurenceConstraintViolation"),
        (V201, "MeterValues", {"evseId": 1, "meterValue": []}, "OccurrenceConstraintViolation"),
        (V16, "Authorize", {"idTag": "x" * 21}, "PropertyConstraintViolation"),
        (V16, "SetChargingProfile", profile(4.11), "PropertyConstraintViolation"),
        (V21, "UnlockConnector", {"evseId": -1, "connectorId": 1}, "PropertyConstraintViolation"),
        (V201, "GetBaseReport", {"requestId": 1, "reportBase": "All"}, "PropertyConstraintViolation"),
    ],
)
def test_cardinality_and_values_have_codes_of_their_own(version: Version, action: str, payload: Any, code: str) -> None:
    assert error_code(version, violations(version, action, REQUEST, payload)) == code


def test_structure_goes_before_values() -> None:
    payload = {"connectorId": "1", "errorCode": "x", "extra": 1}
    found = violations(V16, "StatusNotification", REQUEST, payload)
    assert {violation.rule for violation in found} == {"type", "enum", "additionalProperties", "required"}
    assert error_code(V16, found) == "FormationViolation"


@pytest.mark.parametrize("version", Version.offered(Transport.JSON))
def test_every_code_that_is_sent_is_one_of_the_version(version: Version) -> None:
    rules = (
        "type",
        "enum",
        "required",
        "additionalProperties",
        "minItems",
        "maxItems",
        "maxLength",
        "format",
        "unreadable",
    )
    codes = {error_code(version, [Violation(path, rule, "", "")]) for rule in rules for path in ("$", "$.x")}
    assert codes | {malformed_code(version), unknown_action_code(version)} <= set(error_codes(version))


def test_the_spelling_of_each_version_is_kept() -> None:
    """OCPP 1.6 misspells two codes, and its errata keep them."""
    assert {"FormationViolation", "OccurenceConstraintViolation"} <= set(error_codes(V16))
    assert not {"FormatViolation", "OccurrenceConstraintViolation", "RpcFrameworkError"} & set(error_codes(V16))
    for version in (V201, V21):
        assert {"FormatViolation", "OccurrenceConstraintViolation", "RpcFrameworkError"} <= set(error_codes(version))
        assert not {"FormationViolation", "OccurenceConstraintViolation"} & set(error_codes(version))
    assert (len(error_codes(V16)), len(error_codes(V201)), len(error_codes(V21))) == (10, 12, 12)


def test_a_code_of_another_version_is_distinguished_from_an_unknown_one() -> None:
    """A peer's developer learns whether the spelling or the whole code is wrong."""
    for version in (V16, V201, V21):
        for code in error_codes(version):
            assert error_code_fault(version, code) == ""
        for code in ("Unauthorized", "notimplemented", "", "GenericEror"):
            assert error_code_fault(version, code) == UNKNOWN_CODE
    assert error_code_fault(V16, "RpcFrameworkError") == CODE_OF_OTHER_VERSION
    assert error_code_fault(V201, "OccurenceConstraintViolation") == CODE_OF_OTHER_VERSION


@pytest.mark.parametrize(
    ("version", "code", "spelled"),
    [
        (V16, "FormatViolation", "FormationViolation"),
        (V16, "OccurrenceConstraintViolation", "OccurenceConstraintViolation"),
        (V201, "FormationViolation", "FormatViolation"),
        (V201, "InternalError", "InternalError"),
        (V16, "MessageTypeNotSupported", ""),
        (V21, "Vendor", ""),
    ],
)
def test_a_code_keeps_its_meaning_in_another_version(version: Version, code: str, spelled: str) -> None:
    """A translated refusal says the same, as its version spells it."""
    assert code_in_version(version, code) == spelled
