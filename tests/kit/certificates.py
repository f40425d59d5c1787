"""Certificates of every kind, valid and not, as files."""

from __future__ import annotations

import datetime
import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

DAY = datetime.timedelta(days=1)
FOR_SERVERS, FOR_CLIENTS = ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH

Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


@dataclass(frozen=True)
class Pair:
    """A certificate and its key, as PEM files."""

    certificate: str
    key: str


SIGNS_CERTIFICATES = x509.KeyUsage(
    digital_signature=False,
    content_commitment=False,
    key_encipherment=False,
    data_encipherment=False,
    key_agreement=False,
    key_cert_sign=True,
    crl_sign=True,
    encipher_only=False,
    decipher_only=False,
)
"""What a CA's key is for; from Python 3.13 on a client asks for it (RFC 5280 section 4.2.1.3)."""


class Authority:
    """A CA that signs what tests need: a root CA, or with `above` an intermediate one."""

    def __init__(self, folder: Path, name: str, *, above: Authority | None = None) -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = _subject((name,))
        public = self._key.public_key()
        now = datetime.datetime.now(datetime.UTC)
        self.certificate = (
            x509.CertificateBuilder()
            .subject_name(self._name)
            .issuer_name(self._name if above is None else above._name)
            .public_key(public)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - 90 * DAY)
            .not_valid_after(now + 90 * DAY)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
            .add_extension(_identifier(self if above is None else above), critical=False)
            .add_extension(SIGNS_CERTIFICATES, critical=True)
            .sign((self if above is None else above)._key, hashes.SHA256())
        )
        path = folder / f"{name}.pem"
        path.write_bytes(_pem(self.certificate))
        self.path = str(path)

    def sign(
        self,
        name: str,
        hosts: Sequence[str] = (),
        *,
        common_names: Sequence[str] | None = None,
        days: tuple[int, int] = (-40, 30),
        usage: x509.ObjectIdentifier | None = None,
        key: Key | None = None,
        password: bytes | None = None,
        chain: Sequence[Authority] = (),
        by_itself: bool = False,
    ) -> Pair:
        """A pair for these host names and addresses, as files of this name.

        `common_names` replaces the name in the subject, `days` are the first and the last day of its validity from
        today, `usage` is the extended key usage, `password` encrypts the key, `chain` is sent with the certificate.
        """
        own = key or ec.generate_private_key(ec.SECP256R1())
        today = datetime.datetime.now(datetime.UTC)
        subject = _subject((name,) if common_names is None else common_names)
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(subject if by_itself else self._name)
            .public_key(own.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(today + days[0] * DAY)
            .not_valid_after(today + days[1] * DAY)
        )
        if not by_itself:
            builder = builder.add_extension(_identifier(self), critical=False)
        if hosts:
            names = [_general_name(host) for host in hosts]
            builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
        if usage is not None:
            builder = builder.add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
        certificate = builder.sign(own if by_itself else self._key, hashes.SHA256())
        encryption: serialization.KeySerializationEncryption = serialization.NoEncryption()
        if password is not None:
            encryption = serialization.BestAvailableEncryption(password)
        certificate_path, key_path = self._folder / f"{name}.crt", self._folder / f"{name}.key"
        certificate_path.write_bytes(_pem(certificate) + b"".join(_pem(one.certificate) for one in chain))
        key_path.write_bytes(
            own.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption)
        )
        return Pair(str(certificate_path), str(key_path))

    def certify(self, csr: x509.CertificateSigningRequest) -> x509.Certificate:
        """A certificate for the key and the name of a CSR."""
        today = datetime.datetime.now(datetime.UTC)
        return (
            x509.CertificateBuilder()
            .subject_name(csr.subject)
            .issuer_name(self._name)
            .public_key(csr.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(today - DAY)
            .not_valid_after(today + 30 * DAY)
            .add_extension(_identifier(self), critical=False)
            .sign(self._key, hashes.SHA256())
        )


def _subject(common_names: Sequence[str]) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name) for name in common_names])


def _identifier(authority: Authority) -> x509.AuthorityKeyIdentifier:
    return x509.AuthorityKeyIdentifier.from_issuer_public_key(authority._key.public_key())


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _general_name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)
