"""Certificates that a peer wrote against the rules. If one of these fails, such a certificate ends the session."""

from __future__ import annotations

import base64
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from ocpptui.ocpp.date_times import utc_datetime
from ocpptui.simulator.certificate_authority import CertificateAuthority, may_sign, new_authority, pem_of
from ocpptui.simulator.contract_chain import contract_path
from ocpptui.simulator.firmware_signature import is_signed, signing_certificate
from ocpptui.simulator.ocsp_answers import status_questions
from ocpptui.simulator.own_certificates import OwnCertificates, extension_of, responder_of
from tests.kit.talk import NOW

EMAID = "DE8AAA1B2C3D45"
UNKNOWN = x509.UnrecognizedExtension(x509.ObjectIdentifier("2.5.29.99"), b"\x30\x00")
START, END = (utc_datetime(NOW) + timedelta(days=days) for days in (-1, 99))


def changed(certificate: x509.Certificate, old: str, new: str) -> x509.Certificate:
    """With other bytes of the same length, in hexadecimal digits; its signature no longer fits."""
    data = certificate.public_bytes(Encoding.DER)
    assert bytes.fromhex(old) in data
    return x509.load_der_x509_certificate(data.replace(bytes.fromhex(old), bytes.fromhex(new)))


def name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


@pytest.fixture(scope="module")
def root() -> CertificateAuthority:
    made = new_authority(NOW)
    return CertificateAuthority(made.chain, made.key)


@pytest.fixture(scope="module")
def unknown_curve(root: CertificateAuthority) -> x509.Certificate:
    """The key is on a curve that nobody has."""
    leaf = root.issue(name(EMAID), ec.generate_private_key(ec.SECP256R1()).public_key(), START, END)
    return changed(leaf, "2a8648ce3d030107", "2a8648ce3d03016f")


def test_a_ca_that_has_an_extension_twice_is_not_a_ca(root: CertificateAuthority) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    authority = root.authority_below(name("below"), key, START, END, 0, UNKNOWN)
    twice = changed(authority.certificate, "551d63", "551d13")
    assert not may_sign(twice)
    assert responder_of(twice) == ""
    assert extension_of(twice, x509.KeyUsage) is None
    leaf = authority.issue(name(EMAID), ec.generate_private_key(ec.SECP256R1()).public_key(), START, END)
    assert contract_path([leaf, twice], EMAID, root.chain, NOW).finding.status == "CertChainError"


def test_a_key_on_an_unknown_curve_is_refused(root: CertificateAuthority, unknown_curve: x509.Certificate) -> None:
    own = OwnCertificates()
    own.request("", "CP1", "")
    assert own.take("", pem_of(unknown_curve), NOW) == "its key cannot be read"
    assert own.chains == {}
    assert contract_path([unknown_curve], EMAID, [unknown_curve], NOW).finding.status != "Accepted"
    assert status_questions([unknown_curve], root.chain) == []
    assert signing_certificate(pem_of(unknown_curve), [root.root]) is None


@pytest.mark.parametrize("signature", [base64.b64encode(b"x").decode(), "é", "%", ""])
def test_firmware_of_such_a_key_or_with_such_a_signature_is_not_signed(
    root: CertificateAuthority, unknown_curve: x509.Certificate, signature: str
) -> None:
    for certificate in (unknown_curve, root.certificate):
        assert not is_signed(bytes(32), signature, certificate)
