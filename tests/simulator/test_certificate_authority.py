"""The test CA. If these fail, a charge point gets a certificate that no peer accepts, or one that it must not get."""

from __future__ import annotations

import datetime

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from ocpptui.ocpp.date_times import DAY, micros_of
from ocpptui.simulator.certificate_authority import (
    LONGEST_CHAIN,
    CertificateAuthority,
    UnusableAuthority,
    new_authority,
)
from ocpptui.simulator.own_certificates import OwnCertificates, certificates_in

NOW = micros_of(datetime.datetime.now(datetime.UTC))
NAMES = {"CP001", "SN-77"}


def request(*names: str, key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey | None = None) -> str:
    attributes = [x509.NameAttribute(NameOID.COMMON_NAME, name) for name in names]
    builder = x509.CertificateSigningRequestBuilder().subject_name(x509.Name(attributes))
    csr = builder.sign(key or ec.generate_private_key(ec.SECP256R1()), hashes.SHA256())
    return csr.public_bytes(Encoding.PEM).decode()


@pytest.fixture(scope="module")
def authority() -> CertificateAuthority:
    made = new_authority(NOW)
    return CertificateAuthority(made.chain, made.key)


@pytest.mark.parametrize("kind", ["", "ChargingStationCertificate", "V2GCertificate"])
def test_the_simulated_charge_point_takes_what_is_signed(authority: CertificateAuthority, kind: str) -> None:
    own = OwnCertificates()
    chain = authority.sign(own.request(kind, "SN-77", "ACME"), NAMES, kind, NOW)
    taken = own.take(kind, chain, NOW)
    assert not isinstance(taken, str), taken
    leaf = certificates_in(chain)[0]
    assert leaf.subject.rfc4514_string() == "O=ACME,CN=SN-77"


def test_the_chain_leads_to_the_root_and_leaves_it_out(authority: CertificateAuthority) -> None:
    leaf, *above = certificates_in(authority.sign(request("CP001"), NAMES, "", NOW))
    [root] = certificates_in(authority.root)
    assert root not in above
    leaf.verify_directly_issued_by(above[0])
    above[-1].verify_directly_issued_by(root)
    assert leaf.not_valid_before_utc <= datetime.datetime.now(datetime.UTC) <= leaf.not_valid_after_utc


def test_each_certificate_has_its_own_serial_number(authority: CertificateAuthority) -> None:
    signed = [certificates_in(authority.sign(request("CP001"), NAMES, "", NOW))[0] for _ in range(3)]
    assert len({one.serial_number for one in signed}) == 3


def _tampered() -> str:
    """A CSR with one character of its signature changed."""
    lines = request("CP001").splitlines()
    body = "".join(lines[1:-1])
    place = len(body) - 12
    body = body[:place] + ("A" if body[place] != "A" else "B") + body[place + 1 :]
    return "\n".join([lines[0], body, lines[-1]])


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: "", "not a certificate signing request"),
        (lambda: "-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----", "not a certificate"),
        (_tampered, "not signed by the key"),
        (lambda: request(), "no common name"),
        (lambda: request("CP001", "CP002"), "several common names"),
        (lambda: request("CP002"), "'CP002' is not 'CP001' nor 'SN-77'"),
        (lambda: request("CP001", key=rsa.generate_private_key(65537, 1024)), "1024 bits"),
        (lambda: request("CP001", key=ec.generate_private_key(ec.SECP192R1())), "192 bits"),
    ],
)
def test_what_must_not_be_signed_is_refused_with_the_reason(
    authority: CertificateAuthority, make: object, words: str
) -> None:
    assert callable(make)
    with pytest.raises(ValueError, match=words):
        authority.sign(make(), NAMES, "", NOW)


def test_a_certificate_for_cars_may_have_another_name(authority: CertificateAuthority) -> None:
    assert certificates_in(authority.sign(request("SECC-1"), NAMES, "V2GCertificate", NOW))


def test_no_certificate_outlives_its_ca(authority: CertificateAuthority) -> None:
    end = micros_of(authority.certificate.not_valid_after_utc)
    leaf = certificates_in(authority.sign(request("CP001"), NAMES, "", end - 10 * DAY))[0]
    assert micros_of(leaf.not_valid_after_utc) == end
    with pytest.raises(ValueError, match="has expired"):
        authority.sign(request("CP001"), NAMES, "", end + 2 * DAY)


def test_a_root_of_the_user_signs_too_and_a_long_chain_is_refused() -> None:
    key = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "My CA")])
    start = datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=9)
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(start)
        .not_valid_after(start + datetime.timedelta(days=99))
    )
    root = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    pem = root.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM).decode()
    text = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    chain = CertificateAuthority(pem, text).sign(request("CP001"), NAMES, "", NOW)
    [leaf] = certificates_in(chain)
    leaf.verify_directly_issued_by(certificates_in(pem)[0])

    made = new_authority(NOW)
    signer, above = made.chain.replace(made.root, ""), made.chain.replace(made.root, "")
    long = CertificateAuthority(signer + above * 20 + made.root, made.key)
    with pytest.raises(ValueError, match=f"more than {LONGEST_CHAIN:,} characters"):
        long.sign(request("CP001"), NAMES, "", NOW)


def test_a_ca_that_cannot_sign_is_refused() -> None:
    made, other = new_authority(NOW), new_authority(NOW)
    odd = ed25519.Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    signed = CertificateAuthority(made.chain, made.key)
    leaf_key = ec.generate_private_key(ec.SECP256R1())
    leaf = signed.sign(request("CP001", key=leaf_key), NAMES, "", NOW)
    own = leaf_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    for chain, key, words in (
        ("", made.key, "no certificate"),
        (made.chain, "", "cannot be read"),
        (made.chain, other.key, "not that of the certificate"),
        (made.chain, odd.decode(), "neither of RSA"),
        (leaf, own, "not that of a CA"),
    ):
        with pytest.raises(UnusableAuthority, match=words):
            CertificateAuthority(chain, key)
