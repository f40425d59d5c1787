"""What the doctor makes of the answers of a SOAP service. A wrong version here sends a technician to the wrong side."""

from __future__ import annotations

import pytest

from ocpptui.doctor.examined_step import ExaminedStep, StepState
from ocpptui.doctor.soap_attempts import PostAttempt
from ocpptui.doctor.soap_judgement import soap_step, soap_versions_step, wsdl_step
from ocpptui.network.problems import NetworkProblem, ProblemCode
from ocpptui.ocpp.version import Version

REFUSED = NetworkProblem(ProblemCode.SOAP_ANSWER_WITHOUT_ENVELOPE)
V12, V15, V16 = Version.V12, Version.V15, Version.V16


def codes(step: ExaminedStep) -> list[str]:
    return [remark.code for remark in step.remarks]


def no_envelope(status: int | None, *headers: str) -> PostAttempt:
    return PostAttempt(REFUSED, status, headers)


def envelope(version: Version | None) -> PostAttempt:
    return PostAttempt(None, 200, version=version)


@pytest.mark.parametrize(
    ("attempt", "code"),
    [
        (no_envelope(None), "soap-unanswered"),
        (no_envelope(302, "Location: https://csms.example/new"), "soap-redirected"),
        (no_envelope(404), "soap-without-envelope"),
        (no_envelope(200), "soap-without-envelope"),
    ],
)
def test_a_post_without_an_envelope_fails(attempt: PostAttempt, code: str) -> None:
    step = soap_step(attempt, "/ocpp")
    assert (codes(step)[0], step.state) == (code, StepState.FAILED)


def test_a_redirect_names_the_url_to_set() -> None:
    step = soap_step(no_envelope(302, "Location: https://csms.example/new"), "/ocpp")
    assert "https://csms.example/new" in step.remarks[0].sentence


@pytest.mark.parametrize(
    ("body", "versions", "code"),
    [
        ('<wsdl:definitions targetNamespace="urn://Ocpp/Cs/2012/06/"/>', (V15,), "wsdl"),
        ('<definitions a="urn://Ocpp/Cs/2012/06/" b="urn://Ocpp/Cs/2015/10/"/>', (V15, V16), "wsdl"),
        ('<definitions targetNamespace="urn://Ocpp/Cp/2012/06/"/>', (), "wsdl-of-another-service"),
        ('<definitions targetNamespace="urn:weather"/>', (), "wsdl-of-another-service"),
    ],
)
def test_a_wsdl_names_the_versions_of_a_central_system(body: str, versions: tuple[Version, ...], code: str) -> None:
    step, found = wsdl_step(PostAttempt(None, 200, body=body), "http://h/?wsdl")
    assert (codes(step), found) == ([code], versions)


def test_a_page_is_not_a_wsdl() -> None:
    step, found = wsdl_step(PostAttempt(None, 200, body="<html>urn://Ocpp/Cs/2012/06/</html>"), "http://h/?wsdl")
    assert (step.state, found) == (StepState.SKIPPED, ())


@pytest.mark.parametrize(
    ("tried", "described", "wanted", "code"),
    [
        ({V12: no_envelope(500), V15: no_envelope(500), V16: envelope(V16)}, (), V16, "soap-versions"),
        ({V12: no_envelope(500), V15: no_envelope(500), V16: envelope(V16)}, (), V15, "soap-version-of-others"),
        ({V12: envelope(V16), V15: envelope(V16), V16: envelope(V16)}, (V16,), V15, "soap-version-of-others"),
        ({V12: envelope(V16), V15: envelope(V16), V16: envelope(V16)}, (), V15, "soap-versions-alike"),
        ({V12: no_envelope(500), V15: envelope(V15), V16: envelope(V16)}, (V16,), V15, "soap-versions"),
    ],
)
def test_the_versions_that_are_served(
    tried: dict[Version, PostAttempt], described: tuple[Version, ...], wanted: Version, code: str
) -> None:
    """A server that has one namespace in all its answers serves that one; one that answers each in its own, each."""
    assert codes(soap_versions_step(tried, described, wanted)) == [code]
