"""The certificates of a bench: OpenSSL finds nothing wrong with the right ones, and in each wrong one what is meant."""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

from ocpptui.network.tls import client_context, server_context
from ocpptui.network.tls_layer import TlsLayer
from ocpptui.network.tls_terms import TlsTerms
from ocpptui.runtime.clock import now
from ocpptui.simulator.bench_certificates import BenchPair, Flaw, charge_point_pair, server_pair
from ocpptui.simulator.certificate_authority import CertificateAuthority, new_authority

LAX = "DEFAULT:@SECLEVEL=0"
VERIFY_CODES = {
    Flaw.EXPIRED: 10,
    Flaw.NOT_YET_VALID: 9,
    Flaw.WRONG_NAME: 62,
    Flaw.WRONG_USAGE: 26,
    Flaw.WEAK: 66,
    Flaw.REVOKED: 23,
    Flaw.OTHER_CA: 20,
}
"""X509_V_ERR_… of OpenSSL; other-ca: the chain ends at a CA that is not known."""


@pytest.fixture(scope="module")
def authority() -> CertificateAuthority:
    made = new_authority(now())
    return CertificateAuthority(made.chain, made.key)


class CertificateFiles:
    """The files that OpenSSL reads."""

    def __init__(self, folder: Path, authority: CertificateAuthority) -> None:
        self._folder, self._authority, self._number = folder, authority, 0
        self.root = self._file(authority.root)

    def crl(self, *revoked: BenchPair) -> str:
        return self._file(self._authority.revocation_list([one.serial for one in revoked], now()))

    def pair(self, pair: BenchPair) -> tuple[str, str]:
        return self._file(pair.chain), self._file(pair.key)

    def _file(self, text: str) -> str:
        self._number += 1
        path = self._folder / f"{self._number}.pem"
        path.write_text(text, encoding="ascii")
        return str(path)


@pytest.fixture
def bench(tmp_path: Path, authority: CertificateAuthority) -> CertificateFiles:
    return CertificateFiles(tmp_path, authority)


def errors(client: ssl.SSLContext, server: ssl.SSLContext) -> list[int]:
    """The verification codes with which the two sides refuse each other; none if the handshake succeeds."""
    sides = [TlsLayer(client, server_hostname="localhost"), TlsLayer(server)]
    sides[0].receive(b"")
    for _ in range(5):
        sides[1].receive(sides[0].to_send())
        sides[0].receive(sides[1].to_send())
    found = [one.error for one in sides]
    codes = [one.verify_code for one in found if isinstance(one, ssl.SSLCertVerificationError)]
    assert bool(codes) == (not all(one.is_open for one in sides)), found
    return codes


@pytest.mark.parametrize("of_rsa", [False, True], ids=["P-256", "RSA"])
def test_the_right_ones_are_accepted(authority: CertificateAuthority, bench: CertificateFiles, of_rsa: bool) -> None:
    """Also where revocation is checked, and with the suites that encipher with the RSA key."""
    own = bench.pair(server_pair(authority, ["localhost", "127.0.0.1"], now(), of_rsa=of_rsa))
    theirs = bench.pair(charge_point_pair(authority, "CP001", "Operator", now(), of_rsa=of_rsa))
    for suites in (None, "AES128-GCM-SHA256") if of_rsa else (None,):
        terms = TlsTerms(crl=bench.crl(), suites=suites)
        client = client_context(bench.root, False, *theirs, terms=terms)
        server = server_context(*own, bench.root, terms=terms)
        if suites is not None:
            client.maximum_version = ssl.TLSVersion.TLSv1_2
        assert errors(client, server) == []


@pytest.mark.parametrize("flaw", Flaw)
def test_each_flaw_is_what_is_found(authority: CertificateAuthority, bench: CertificateFiles, flaw: Flaw) -> None:
    right_server = bench.pair(server_pair(authority, ["localhost"], now()))
    right_client = bench.pair(charge_point_pair(authority, "CP001", "Operator", now()))
    made = server_pair(authority, ["localhost"], now(), flaw=flaw)
    theirs = charge_point_pair(authority, "CP001", "Operator", now(), flaw=flaw)
    revoked = (made, theirs) if flaw is Flaw.REVOKED else ()
    checked, lax = TlsTerms(crl=bench.crl(*revoked)), TlsTerms(suites=LAX)
    client = client_context(bench.root, False, *right_client, terms=checked)
    server = server_context(*bench.pair(made), bench.root, terms=lax)
    assert errors(client, server) == [VERIFY_CODES[flaw]]
    if flaw is not Flaw.WRONG_NAME:  # the id is compared with the URL, not by OpenSSL
        client = client_context(bench.root, False, *bench.pair(theirs), terms=lax)
        server = server_context(*right_server, bench.root, terms=checked)
        assert errors(client, server) == [VERIFY_CODES[flaw]]


def test_the_names_are_those_that_ocpp_asks_for(authority: CertificateAuthority) -> None:
    server = leaf(server_pair(authority, ["csms.example", "192.0.2.7", "bücher.example"], now()))
    names = server.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert [str(one.value) for one in names] == ["csms.example", "192.0.2.7", "xn--bcher-kva.example"]
    assert values(server, NameOID.COMMON_NAME) == ["csms.example"]
    charge_point = leaf(charge_point_pair(authority, "RDAM|123", "Operator", now()))
    assert values(charge_point, NameOID.COMMON_NAME) == ["RDAM|123"]
    assert values(charge_point, NameOID.ORGANIZATION_NAME) == ["Operator"]
    wrong = leaf(charge_point_pair(authority, "RDAM|123", "Operator", now(), flaw=Flaw.WRONG_NAME))
    assert values(wrong, NameOID.COMMON_NAME) == ["not-RDAM|123"]
    with pytest.raises(ValueError, match="64"):
        charge_point_pair(authority, "x" * 65, "Operator", now())


def test_the_keys_are_as_strong_as_ocpp_asks_for(authority: CertificateAuthority) -> None:
    curve = leaf(server_pair(authority, ["localhost"], now())).public_key()
    assert isinstance(curve, ec.EllipticCurvePublicKey) and curve.curve.name == "secp256r1"
    key = leaf(server_pair(authority, ["localhost"], now(), of_rsa=True)).public_key()
    assert isinstance(key, rsa.RSAPublicKey) and key.key_size == 2048


def leaf(pair: BenchPair) -> x509.Certificate:
    return x509.load_pem_x509_certificate(pair.chain.encode())


def values(certificate: x509.Certificate, kind: x509.ObjectIdentifier) -> list[str]:
    return [str(one.value) for one in certificate.subject.get_attributes_for_oid(kind)]
