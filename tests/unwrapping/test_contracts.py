"""The inspector on contracts of plug and charge. If these fail, it shows a wrong one as if nothing were wrong."""

from __future__ import annotations

import json
import warnings
from base64 import b64encode

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from ocpptui.ocpp.wrapped_messages import wrapped_request
from ocpptui.simulator.bench_certificates import Flaw
from ocpptui.simulator.certificate_authority import CertificateAuthority
from ocpptui.simulator.contract import EMAID
from ocpptui.simulator.vehicle_certificates import MO, Iso15118, vehicle_authorities, vehicle_pair
from ocpptui.unwrapping.contracts import contract_problems
from ocpptui.unwrapping.payload_walk import unwrapped
from tests.kit.talk import NOW

TOKEN = {"idToken": EMAID, "type": "eMAID"}
WORDS = {
    Flaw.EXPIRED: "expired",
    Flaw.NOT_YET_VALID: "not yet valid",
    Flaw.WRONG_NAME: "The certificate is for DE8OCPP1C9999X, the token is DE8AAA1B2C3D45.",
    Flaw.WRONG_USAGE: "for  code",
    Flaw.WEAK: "its RSA key has 1024 bits",
    Flaw.OTHER_CA: "ocpptui other CA",
}
"""What is said of each; that one is revoked, only the answer of a responder says."""


@pytest.fixture(scope="module")
def authority() -> CertificateAuthority:
    return CertificateAuthority(*vehicle_authorities(MO, Iso15118.PART_2, "http://localhost/", NOW)["mo-sub-ca-2"][:2])


@pytest.mark.parametrize("flaw", [None, *WORDS])
@pytest.mark.parametrize("in_16", [False, True])
def test_each_wrong_one_is_named(authority: CertificateAuthority, flaw: Flaw | None, in_16: bool) -> None:
    pem = vehicle_pair(authority, MO, EMAID, "http://localhost/", NOW, flaw=flaw).chain
    request = {"idToken": TOKEN, "certificate": pem}
    found = list(unwrapped(wrapped_request("Authorize", request) if in_16 else request, NOW))
    text = "\n".join(line.text for one in found for line in one.lines if line.sort != "json")
    assert flaw is None or WORDS[flaw] in text, json.dumps(text)
    problems = [line.text for one in found for line in one.lines if line.sort == "problem"]
    assert bool(problems) == (flaw not in (None, Flaw.WRONG_USAGE, Flaw.OTHER_CA)), problems


def test_a_serial_number_against_the_rules_warns_nobody(authority: CertificateAuthority) -> None:
    """The warning of a library would be written over the screen."""
    pem = vehicle_pair(authority, MO, EMAID, "http://localhost/", NOW).chain
    certificate = x509.load_pem_x509_certificate(pem.encode())
    serial, data = certificate.serial_number, certificate.public_bytes(Encoding.DER)
    size = (serial.bit_length() + 8) // 8
    negative = data.replace(serial.to_bytes(size, "big", signed=True), b"\x80" + bytes(size - 1), 1)
    wrong = f"-----BEGIN CERTIFICATE-----\n{b64encode(negative).decode()}\n-----END CERTIFICATE-----\n"
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        assert contract_problems({"idToken": "DE8AAA000000000", "type": "eMAID"}, wrong)
    assert not heard
