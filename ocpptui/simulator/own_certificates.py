"""The keys and certificates of the charge point itself: it makes a key, has it signed, and keeps what fits.

Source: OCPP 1.6 security whitepaper, use cases A02, A03; OCPP 2.x the same.
"""

from __future__ import annotations

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import NameOID


class OwnCertificates:
    """By kind: ChargingStationCertificate, V2GCertificate ...; empty for the one kind of 1.6."""

    def __init__(self) -> None:
        self.chains: dict[str, str] = {}
        """The chains that were signed and accepted, in PEM."""
        self._waiting: dict[str, ec.EllipticCurvePrivateKey] = {}
        self._keys: dict[str, ec.EllipticCurvePrivateKey] = {}

    def request(self, kind: str, name: str, organisation: str) -> str:
        """A CSR in PEM for a new key (A02.FR.03: the organisation is that of the operator)."""
        key = self._waiting[kind] = ec.generate_private_key(ec.SECP256R1())
        subject = [x509.NameAttribute(NameOID.COMMON_NAME, name[:64] or "ocpptui-simulator")]
        if organisation:
            subject.append(x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation[:64]))
        csr = x509.CertificateSigningRequestBuilder().subject_name(x509.Name(subject)).sign(key, hashes.SHA256())
        return csr.public_bytes(Encoding.PEM).decode()

    def take(self, kind: str, chain: str) -> bool:
        """Keep a signed chain; False if its first certificate is not one for the key that waits for it."""
        waiting = self._waiting.get(kind)
        if waiting is None:
            return False
        try:
            leaf = x509.load_pem_x509_certificates(chain.encode())[0]
        except (ValueError, IndexError):
            return False
        if _bytes_of(leaf.public_key()) != _bytes_of(waiting.public_key()):
            return False
        self._keys[kind], self.chains[kind] = self._waiting.pop(kind), chain
        return True


def _bytes_of(key: object) -> bytes:
    encode = getattr(key, "public_bytes", None)
    found = encode(Encoding.DER, PublicFormat.SubjectPublicKeyInfo) if encode is not None else b""
    assert isinstance(found, bytes)
    return found
