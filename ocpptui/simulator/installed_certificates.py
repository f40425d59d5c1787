"""The installed root certificates of a simulated charge point, identified by hashes as in OCPP.

Source: OCPP 2.x Part 2 CertificateHashDataType (hashes as in RFC 6960 section 4.1.1), 1.6 security whitepaper
section 5. Nothing is verified.
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from cryptography import x509


MOST_INSTALLED = 100
"""How many certificates are kept."""


class CertificateId(NamedTuple):
    """CertificateHashData without its algorithm, which is always SHA256 here. Hexadecimal, lower case."""

    issuer_name_hash: str
    issuer_key_hash: str
    serial_number: str

    def payload(self) -> dict[str, Any]:
        """Its JSON in an answer."""
        return {
            "hashAlgorithm": "SHA256",
            "issuerNameHash": self.issuer_name_hash,
            "issuerKeyHash": self.issuer_key_hash,
            "serialNumber": self.serial_number,
        }


class CertificateStore:
    """Installed certificates by kind."""

    def __init__(self) -> None:
        self._kinds: dict[CertificateId, str] = {}
        self._pems: dict[CertificateId, str] = {}

    def install(self, kind: str, pem: str) -> bool:
        """Keep a root certificate under its kind (`CSMSRootCertificate`, ...).

        False if it cannot be read, or there is no room for it: both are Rejected (1.6 security whitepaper,
        InstallCertificateStatusEnumType).
        """
        identity = root_id(pem)
        if identity is None or (len(self._kinds) >= MOST_INSTALLED and identity not in self._kinds):
            return False
        self._kinds[identity], self._pems[identity] = kind, pem
        return True

    def installed(self, kinds: list[str]) -> list[tuple[str, CertificateId]]:
        """Kind and identity of the certificates of the given kinds; of all, if none is given."""
        return [(kind, identity) for identity, kind in self._kinds.items() if not kinds or kind in kinds]

    def pems(self, kind: str) -> list[str]:
        """The certificates of one kind."""
        return [self._pems[identity] for identity, of in self._kinds.items() if of == kind]

    def all(self) -> list[tuple[str, str]]:
        """Kind and PEM of each certificate."""
        return [(kind, self._pems[identity]) for identity, kind in self._kinds.items()]

    def delete(self, identity: CertificateId) -> bool:
        """Forget a certificate; False if it is not installed."""
        self._pems.pop(identity, None)
        return self._kinds.pop(identity, None) is not None


def root_id(pem: str) -> CertificateId | None:
    """The identity of a root certificate, which is its own issuer; None if it cannot be read."""
    # Not with the module: most sessions install no certificate, and starting should not wait for the library.
    from cryptography import x509
    from cryptography.exceptions import UnsupportedAlgorithm

    try:
        with warnings.catch_warnings(action="ignore"):  # a serial number against the rules is for the peer to judge
            root = x509.load_pem_x509_certificate(pem.encode())
            return certificate_id(root, root)
    except (ValueError, UnsupportedAlgorithm):
        return None


def certificate_id(certificate: x509.Certificate, issuer: x509.Certificate) -> CertificateId:
    """The identity of a certificate. Raises ValueError and UnsupportedAlgorithm."""
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.x509.ocsp import OCSPRequestBuilder

    request = OCSPRequestBuilder().add_certificate(certificate, issuer, SHA256()).build()
    serial = f"{request.serial_number:x}"
    return CertificateId(request.issuer_name_hash.hex(), request.issuer_key_hash.hex(), serial[:40])
