"""What the doctor makes of TLS handshakes. A wrong word sends a technician to the wrong side with a certificate."""

from __future__ import annotations

import pytest
from cryptography import x509

from ocpptui.doctor.examined_step import ExaminedStep, StepState
from ocpptui.doctor.tls_offers import client_certificate_step, suites_step, takes, versions_step
from ocpptui.network.problems import NetworkProblem, ProblemCode
from ocpptui.network.tls_probe import TlsTrial

TAKEN = TlsTrial(None, cipher="ECDHE-ECDSA-AES128-GCM-SHA256")
REFUSED = TlsTrial(NetworkProblem(ProblemCode.TLS_FAILED, alert="protocol version"))
REFUSED_LATER = TlsTrial(NetworkProblem(ProblemCode.TLS_CUT), chain=(b"its certificate",))
BROKEN_OFF = TlsTrial(NetworkProblem(ProblemCode.TLS_CUT))


def codes(step: ExaminedStep) -> list[str]:
    return [remark.code for remark in step.remarks]


def name(common_name: str) -> bytes:
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, common_name)]).public_bytes()


@pytest.mark.parametrize(
    ("trial", "is_taken"), [(TAKEN, True), (REFUSED_LATER, True), (REFUSED, False), (BROKEN_OFF, False), (None, False)]
)
def test_an_offer_is_taken_if_the_server_came_as_far_as_its_certificate(trial: TlsTrial | None, is_taken: bool) -> None:
    """A server that wants a client certificate has taken the version all the same."""
    assert takes(trial) is is_taken


@pytest.mark.parametrize(
    ("taken", "expected", "state"),
    [
        ({"1.2", "1.3"}, ["tls-versions"], StepState.OK),
        ({"1.2"}, ["tls-versions"], StepState.OK),
        ({"1.3"}, ["tls-1.3-alone"], StepState.WARNING),
        ({"1.1", "1.2"}, ["tls-old-versions"], StepState.WARNING),
        ({"1.1", "1.3"}, ["tls-old-versions", "tls-1.3-alone"], StepState.WARNING),
        ({"1.0", "1.1"}, ["tls-too-old"], StepState.FAILED),
        (set(), ["tls-no-version"], StepState.FAILED),
    ],
)
def test_the_versions_of_a_server_are_judged(taken: set[str], expected: list[str], state: StepState) -> None:
    trials = {name: TAKEN if name in taken else REFUSED for name in ("1.0", "1.1", "1.2", "1.3")}
    step = versions_step(trials, None)
    assert (codes(step), step.state) == (expected, state)


def test_a_port_without_tls_is_named_as_what_it_is() -> None:
    """Not as a server that takes no version, which would have the reader look at its settings of TLS."""
    step = versions_step({"1.2": BROKEN_OFF}, NetworkProblem(ProblemCode.SERVER_WITHOUT_TLS))
    assert codes(step) == [ProblemCode.SERVER_WITHOUT_TLS]


def test_each_version_is_shown_with_what_came_of_it() -> None:
    """What this machine cannot try is not called refused."""
    step = versions_step({"1.0": None, "1.1": REFUSED, "1.2": TAKEN, "1.3": BROKEN_OFF}, None)
    assert step.seen == (
        "TLS 1.0: not tried, since OpenSSL on this machine lacks it",
        "TLS 1.1: refused (alert protocol version)",
        "TLS 1.2: taken, ECDHE-ECDSA-AES128-GCM-SHA256",
        "TLS 1.3: refused (it ended the connection)",
    )


@pytest.mark.parametrize(
    ("ecdsa", "rsa", "expected"),
    [
        (TAKEN, TAKEN, "tls-suites"),
        (TAKEN, REFUSED, "tls-suites-of-one-key"),
        (REFUSED, REFUSED, "tls-suites-of-ocpp-missing"),
    ],
)
def test_the_suites_of_ocpp_are_looked_for_by_the_key_they_need(ecdsa: TlsTrial, rsa: TlsTrial, expected: str) -> None:
    step = suites_step("TLS_AES_128_GCM_SHA256", {"ECDSA": ecdsa, "RSA": rsa}, has_tls12=True)
    assert codes(step) == [expected]
    if expected == "tls-suites-of-one-key":
        assert "only those for RSA keys does not get in" in step.remarks[0].sentence


def test_without_tls_1_2_the_suites_are_not_judged() -> None:
    assert suites_step(None, {"ECDSA": REFUSED, "RSA": REFUSED}, has_tls12=False).state is StepState.SKIPPED


LISTED, OTHER = name("Fleet CA"), name("Other CA")


@pytest.mark.parametrize(
    ("asks", "accepted", "issuers", "expected"),
    [
        (False, (), None, "client-certificate-unasked"),
        (False, (), [LISTED], "client-certificate-unused"),
        (True, (), None, "client-certificate-asked"),
        (True, (LISTED,), [LISTED], "client-certificate-sent"),
        (True, (), [OTHER], "client-certificate-sent"),  # it does not say whom it accepts
        (True, (LISTED,), [OTHER], "client-certificate-of-unlisted-ca"),
    ],
)
def test_our_certificate_is_compared_with_what_the_server_accepts(
    asks: bool, accepted: tuple[bytes, ...], issuers: list[bytes] | None, expected: str
) -> None:
    """Security profile 3 fails for each of these reasons, and each has another remedy."""
    step = client_certificate_step(TlsTrial(None, asks_certificate=asks, authorities=accepted), issuers)
    assert codes(step) == [expected]
    assert not accepted or any("Fleet CA" in line for line in step.seen)
