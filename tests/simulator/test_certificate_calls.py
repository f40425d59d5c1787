"""Root certificates. If these fail, a backend cannot manage the trust of the charge point."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from ocpptui.ocpp.version import Version
from ocpptui.simulator.installed_certificates import MOST_INSTALLED, CertificateStore, root_id

if TYPE_CHECKING:
    from tests.simulator.conftest import Operated

V16, V201, V21 = Version.V16, Version.V201, Version.V21


def certificate(serial: int, *, with_rsa: bool = False, days: int = 9, first: int = 0) -> x509.Certificate:
    key = rsa.generate_private_key(65537, 2048) if with_rsa else ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Root {serial}")])
    now = datetime(2026, 11, 20, tzinfo=UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).serial_number(serial)
    begin, end = now + timedelta(days=first), now + timedelta(days=days)
    dated = builder.not_valid_before(begin).not_valid_after(end).public_key(key.public_key())
    return dated.sign(key, hashes.SHA256())


def pem(found: x509.Certificate) -> str:
    return found.public_bytes(Encoding.PEM).decode()


@pytest.mark.parametrize("with_rsa", [False, True])
def test_the_hashes_are_those_of_the_name_and_the_bare_key(with_rsa: bool) -> None:
    """A backend would look in vain for the certificate that it had installed."""
    root = certificate(0x0123456789ABCDEF0123456789ABCDEF, with_rsa=with_rsa)
    form = PublicFormat.PKCS1 if with_rsa else PublicFormat.UncompressedPoint
    key = root.public_key().public_bytes(Encoding.DER if with_rsa else Encoding.X962, form)
    found = root_id(f"a line before\n{pem(root)}")
    assert found is not None
    assert found.issuer_name_hash == sha256(root.issuer.public_bytes()).hexdigest()
    assert found.issuer_key_hash == sha256(key).hexdigest()
    assert int(found.serial_number, 16) == root.serial_number
    assert not found.serial_number.startswith("0")


@given(st.binary(max_size=80) | st.just(b"\x30\x82\xff\xff") | st.just(b"\x30\x06\x30\x04\x30\x02\x05\x00"))
def test_broken_certificates_do_not_stop_the_charge_point(data: bytes) -> None:
    import base64

    text = base64.b64encode(data).decode()
    store = CertificateStore()
    assert not store.install("CSMSRootCertificate", f"-----BEGIN CERTIFICATE-----\n{text}\n-----END CERTIFICATE-----")
    assert not store.install("CSMSRootCertificate", text)


def test_a_full_store_takes_no_further_certificate() -> None:
    store, roots = CertificateStore(), [pem(certificate(serial)) for serial in range(1, MOST_INSTALLED + 2)]
    assert [store.install("CSMSRootCertificate", root) for root in roots] == [True] * MOST_INSTALLED + [False]
    assert store.install("V2GRootCertificate", roots[0]), "it is known already"
    assert len(store.installed([])) == MOST_INSTALLED


def test_certificates_are_installed_listed_and_deleted(operated: Operated) -> None:
    is_16 = operated.version is V16
    kind = "CentralSystemRootCertificate" if is_16 else "CSMSRootCertificate"
    root = pem(certificate(0xABC))
    asked = {"certificateType": kind} if is_16 else {"certificateType": [kind]}
    assert operated.order("GetInstalledCertificateIds", asked) == {"status": "NotFound"}
    for text in ("not a certificate", pem(certificate(0xDEF, days=1)), pem(certificate(0xFED, first=8))):
        bad = {"certificateType": kind, "certificate": text}
        assert operated.order("InstallCertificate", bad) == {"status": "Rejected"}
    good = {"certificateType": kind, "certificate": root}
    assert operated.order("InstallCertificate", good) == {"status": "Accepted"}
    answer = operated.order("GetInstalledCertificateIds", asked)
    found = answer["certificateHashData"][0] if is_16 else answer["certificateHashDataChain"][0]["certificateHashData"]
    assert found["serialNumber"] == "abc"
    other = {"certificateType": "ManufacturerRootCertificate" if is_16 else ["ManufacturerRootCertificate"]}
    assert operated.order("GetInstalledCertificateIds", other) == {"status": "NotFound"}
    named = {"certificateHashData": {**found, "serialNumber": "ABC"}}
    assert operated.order("DeleteCertificate", named) == {"status": "Accepted"}
    assert operated.order("DeleteCertificate", named) == {"status": "NotFound"}


# -- the certificate of the charge point ------------------------------------------------------------------------------


def kind_of(version: Version) -> dict[str, Any]:
    return {} if version is V16 else {"certificateType": "ChargingStationCertificate"}


def asked(operated: Operated) -> x509.CertificateSigningRequest:
    """The CSR that the charge point sends when it is triggered."""
    action = "ExtendedTriggerMessage" if operated.version is V16 else "TriggerMessage"
    wanted = "SignChargePointCertificate" if operated.version is V16 else "SignChargingStationCertificate"
    assert operated.order(action, {"requestedMessage": wanted})["status"] == "Accepted"
    return x509.load_pem_x509_csr(operated.told("SignCertificate")[-1].payload["csr"].encode())


def signed(
    csr: x509.CertificateSigningRequest,
    days: tuple[int, int] = (-2, 9),
    *,
    by: ec.EllipticCurvePrivateKey | None = None,
) -> str:
    """A certificate for the key of a CSR, valid between these days from the time of the bench."""
    key = by or ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "CA")])
    now = datetime(2026, 11, 22, 10, 2, tzinfo=UTC)
    builder = x509.CertificateBuilder().subject_name(csr.subject).issuer_name(name).serial_number(5)
    first, last = (now + timedelta(days=day) for day in days)
    dated = builder.not_valid_before(first).not_valid_after(last).public_key(csr.public_key())
    return pem(dated.sign(key, hashes.SHA256()))


def test_a_certificate_for_its_own_key_is_accepted(operated: Operated) -> None:
    csr = asked(operated)
    assert csr.is_signature_valid
    answer = operated.order("CertificateSigned", {"certificateChain": signed(csr), **kind_of(operated.version)})
    assert answer["status"] == "Accepted"
    assert not operated.told("SecurityEventNotification")


@pytest.mark.parametrize("chain", ["junk", "another key", "not asked for"])
def test_any_other_certificate_is_refused_with_a_security_event(operated: Operated, chain: str) -> None:
    """A02.FR.06, A02.FR.07."""
    csr = asked(operated)
    text = "junk" if chain == "junk" else pem(certificate(3))
    if chain == "not asked for":
        text = signed(csr)
        first = {"certificateChain": text, **kind_of(operated.version)}
        assert operated.order("CertificateSigned", first)["status"] == "Accepted"
    answer = operated.order("CertificateSigned", {"certificateChain": text, **kind_of(operated.version)})
    assert answer["status"] == "Rejected"
    name = "InvalidChargePointCertificate" if operated.version is V16 else "InvalidChargingStationCertificate"
    assert [said.payload["type"] for said in operated.told("SecurityEventNotification")] == [name]


def test_each_request_has_a_key_of_its_own(operated: Operated) -> None:
    first, second = asked(operated), asked(operated)
    assert first.public_key() != second.public_key()


@pytest.mark.parametrize("days", [(-9, -1), (1, 9)])
def test_a_certificate_that_is_not_valid_now_is_refused(operated: Operated, days: tuple[int, int]) -> None:
    """A02.FR.06."""
    csr = asked(operated)
    answer = operated.order("CertificateSigned", {"certificateChain": signed(csr, days), **kind_of(operated.version)})
    assert answer["status"] == "Rejected"
    [event] = operated.told("SecurityEventNotification")
    assert "valid from" in event.payload["techInfo"]


@pytest.mark.parametrize("version", [V201, V21])
def test_a_certificate_for_cars_is_listed_and_does_not_disturb_the_connection(operated: Operated) -> None:
    """M03: V2GCertificateChain; nothing is known of one whose issuer is not, and cars could not verify it."""
    for wanted in (False, True):
        operated.order("TriggerMessage", {"requestedMessage": "SignV2GCertificate"})
        csr = x509.load_pem_x509_csr(operated.told("SignCertificate")[-1].payload["csr"].encode())
        key = ec.generate_private_key(ec.SECP256R1())
        root = issuer(key)
        if wanted:
            install = {"certificateType": "V2GRootCertificate", "certificate": pem(root)}
            assert operated.order("InstallCertificate", install) == {"status": "Accepted"}
        chain = {"certificateType": "V2GCertificate", "certificateChain": signed(csr, by=key)}
        assert (operated.order("CertificateSigned", chain)["status"] == "Accepted") is wanted
    asked_for = {"certificateType": ["V2GCertificateChain"]}
    [found] = operated.order("GetInstalledCertificateIds", asked_for)["certificateHashDataChain"]
    assert found["certificateHashData"]["serialNumber"] == "5"
    delete = {"certificateHashData": found["certificateHashData"]}
    assert operated.order("DeleteCertificate", delete) == {"status": "Failed"}
    assert not operated.bench.closures


def issuer(key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    """The root certificate of a CA with this key."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "CA")])
    now = datetime(2026, 11, 20, tzinfo=UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).serial_number(7)
    dated = builder.not_valid_before(now).not_valid_after(now + timedelta(days=90)).public_key(key.public_key())
    return dated.sign(key, hashes.SHA256())
