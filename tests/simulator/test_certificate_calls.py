"""Root certificates. If these fail, a backend cannot manage the trust of the charge point."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from ocpptui.ocpp.version import Version
from ocpptui.simulator.installed_certificates import CertificateStore, root_id

if TYPE_CHECKING:
    from tests.simulator.conftest import Operated

V16, V201, V21 = Version.V16, Version.V201, Version.V21


def certificate(serial: int, *, with_rsa: bool = False) -> x509.Certificate:
    key = rsa.generate_private_key(65537, 2048) if with_rsa else ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Root {serial}")])
    now = datetime(2026, 1, 1, tzinfo=UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).serial_number(serial)
    dated = builder.not_valid_before(now).not_valid_after(now + timedelta(days=9)).public_key(key.public_key())
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


def test_certificates_are_installed_listed_and_deleted(operated: Operated) -> None:
    is_16 = operated.version is V16
    kind = "CentralSystemRootCertificate" if is_16 else "CSMSRootCertificate"
    root = pem(certificate(0xABC))
    asked = {"certificateType": kind} if is_16 else {"certificateType": [kind]}
    assert operated.order("GetInstalledCertificateIds", asked) == {"status": "NotFound"}
    bad = {"certificateType": kind, "certificate": "not a certificate"}
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
