"""What the doctor makes of a server's certificates. A charge point is pickier than a browser, and so is the doctor."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from ocpptui.doctor.chain_judgement import SOON, certificate_step, clock_would_help, issuers_of
from ocpptui.doctor.examined_step import ExaminedStep, StepState
from ocpptui.network.problems import NetworkProblem, ProblemCode
from ocpptui.ocpp.date_times import DAY, SECOND
from ocpptui.unwrapping.certificate_judgement import dates_of
from tests.kit.certificates import FOR_CLIENTS, Authority, Pair

UNKNOWN_ISSUER = NetworkProblem(ProblemCode.CERTIFICATE_OF_UNKNOWN_ISSUER)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("certificates"), "Root")


def chain_of(pair: Pair) -> list[bytes]:
    return [one.public_bytes(Encoding.DER) for one in x509.load_pem_x509_certificates(read(pair.certificate))]


def read(path: str) -> bytes:
    return Path(path).read_bytes()


def dates(pair: Pair) -> tuple[int, int]:
    """When the certificate begins and ends to be valid, in µs since 1970."""
    return dates_of(x509.load_pem_x509_certificate(read(pair.certificate)))


def judged(
    pair: Pair, host: str = "csms.test", now: int | None = None, problem: NetworkProblem | None = None
) -> ExaminedStep:
    begins, _ = dates(pair)
    return certificate_step(
        chain_of(pair), host, f"{host}:443", begins + DAY if now is None else now, problem, is_verified=True
    )


def codes(step: ExaminedStep) -> list[str]:
    return [remark.code for remark in step.remarks]


@pytest.mark.parametrize(
    ("names", "host", "code"),
    [
        (["csms.test"], "csms.test", "certificate"),
        (["csms.test"], "CSMS.Test.", "certificate"),
        (["*.test"], "csms.test", "certificate-with-wildcard"),  # Python takes it, a strict charge point does not
        (["*.TEST."], "CSMS.test.", "certificate-with-wildcard"),
        (["*.test", "csms.test"], "csms.test", "certificate"),
        (["*.test"], "a.csms.test", "certificate-for-another-name"),  # a wildcard is one label (RFC 9525 section 6.3)
        (["*.test"], "test", "certificate-for-another-name"),
        (["10.0.0.5"], "10.0.0.5", "certificate"),
        (["10.0.0.5"], "10.0.0.6", "certificate-for-another-address"),
        (["csms.test"], "10.0.0.5", "certificate-for-another-address"),
        (["2001:db8::1"], "2001:db8:0::1", "certificate"),
    ],
)
def test_a_certificate_is_for_the_hosts_that_it_names(root: Authority, names: list[str], host: str, code: str) -> None:
    """The URL in the charger has an address where the certificate has a name: the most common reason of all."""
    assert codes(judged(root.sign("named", names, days=(-40, 80)), host)) == [code]


def test_a_common_name_alone_is_for_a_host_but_not_for_an_address(root: Authority) -> None:
    pair = root.sign("common", common_names=["csms.test"], days=(-40, 80))
    assert codes(judged(pair))[0] == "certificate-without-alternative-name"
    assert codes(judged(pair, "10.0.0.5"))[0] == "certificate-for-another-address"


def test_the_end_of_a_certificate_is_announced_a_month_before_it(root: Authority) -> None:
    """Soon enough to have it renewed, and not on every day of its life."""
    pair = root.sign("ends", ["csms.test"], days=(-40, 80))
    begins, ends = dates(pair)
    step = {now: judged(pair, now=now) for now in (begins - 1, begins, ends - SOON - 1, ends - SOON, ends, ends + 1)}
    assert [codes(one)[0] for one in step.values()] == [
        "certificate-not-yet-valid",
        "certificate",
        "certificate",
        "certificate-expires-soon",
        "certificate-expires-soon",
        "certificate-expired",
    ]


def test_a_wrong_date_says_by_how_much_and_of_which_certificate(root: Authority, tmp_path: Path) -> None:
    """A CA above it that has expired is not the fault of the server's own certificate."""
    own = root.sign("late", ["csms.test"], days=(-40, 30))
    assert judged(own, now=dates(own)[1] + 3 * DAY).remarks[0].sentence == "Its certificate expired 3 d ago."
    ended = Authority(tmp_path, "Ended")  # for 90 days, less than what it signs
    above = ended.sign("above", ["csms.test"], days=(-40, 200), chain=[ended])
    now = dates_of(ended.certificate)[1] + DAY
    assert judged(above, now=now).remarks[0].sentence == "The CA certificate CN=Ended above it expired 1 d ago."


def test_all_that_is_wrong_is_said_the_reason_of_the_refusal_first(root: Authority) -> None:
    pair = root.sign("wrong", ["other.test"], days=(-40, 80), usage=FOR_CLIENTS)
    step = judged(pair, problem=UNKNOWN_ISSUER)
    assert codes(step) == [
        "certificate-chain-incomplete", "certificate-for-another-name", "certificate-for-another-purpose",
    ]  # fmt: skip
    assert step.state is StepState.FAILED


def test_what_was_not_verified_is_not_called_trusted(root: Authority) -> None:
    pair = root.sign("unverified", ["csms.test"], days=(-40, 80))
    step = certificate_step(chain_of(pair), "csms.test", "", dates(pair)[0], None, is_verified=False)
    assert codes(step) == ["certificate", "certificate-unverified"]
    assert "trusted" not in step.remarks[0].sentence
    assert step.state is StepState.WARNING


def test_without_a_certificate_there_is_nothing_to_judge() -> None:
    step = certificate_step([], "csms.test", "", 0, None, is_verified=True)
    assert (step.state, step.remarks[0].sentence) == (StepState.SKIPPED, "It sent no certificate.")
    assert codes(certificate_step([], "", "", 0, UNKNOWN_ISSUER, is_verified=True)) == [UNKNOWN_ISSUER.code]


def test_bytes_that_are_no_certificate_are_named_as_that() -> None:
    """A server may send anything; the examination goes on."""
    assert codes(certificate_step([b"\x30\x03abc"], "csms.test", "", 0, None, is_verified=True)) == [
        "certificate-unreadable"
    ]
    assert not clock_would_help([b"\x30\x03abc"], 0)
    assert issuers_of(b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n") == []


def test_another_clock_helps_if_all_certificates_are_valid_by_it(root: Authority) -> None:
    """A charge point whose battery is empty believes that it is 1970."""
    pair = root.sign("clock", ["csms.test"], days=(-40, 80))
    begins, ends = dates(pair)
    helping = [clock_would_help(chain_of(pair), now) for now in (begins - SECOND, begins, ends, ends + SECOND)]
    assert helping == [False, True, True, False]
    assert not clock_would_help([], begins)


def test_the_issuers_of_a_file_are_those_that_a_server_can_ask_for(root: Authority) -> None:
    pair = root.sign("issued", ["csms.test"])
    assert issuers_of(read(pair.certificate)) == [root.certificate.subject.public_bytes()]
    assert issuers_of(b"no certificate at all") == []
