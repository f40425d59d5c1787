"""Certificates and signatures of real shape, with times around that of a record."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from ocpptui.ocpp.date_times import utc_datetime
from tests.kit.talk import NOW


@dataclass(frozen=True)
class Issued:
    """A certificate with its key."""

    certificate: x509.Certificate
    key: Any

    @property
    def pem(self) -> str:
        return self.certificate.public_bytes(Encoding.PEM).decode()

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(Encoding.DER)


def name_of(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def issued(
    name: str, by: Issued | None = None, *, days: tuple[int, int] = (-10, 10), ca: bool = False, key: Any = None
) -> Issued:
    """A certificate that is valid on these days from the time of a record on, signed by another one or by itself."""
    own = key or ec.generate_private_key(ec.SECP256R1())
    now = utc_datetime(NOW)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name_of(name))
        .issuer_name(name_of(name) if by is None else by.certificate.subject)
        .public_key(own.public_key())
        .serial_number(0x1F2E3D4C)
        .not_valid_before(now + timedelta(days=days[0]))
        .not_valid_after(now + timedelta(days=days[1]))
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(f"{name}.example")]), critical=False)
        .sign(own if by is None else by.key, SHA256())
    )
    return Issued(certificate, own)
