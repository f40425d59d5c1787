"""Signs firmware as its manufacturer would, with a certificate of the test CA.

Source: OCPP 1.6 security whitepaper L01, OCPP 2.x use case L01: base64 of a signature over the SHA-256 of the file.
"""

from __future__ import annotations

import base64

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from ocpptui.simulator.certificate_authority import CertificateAuthority

COMMON_NAME = "ocpptui test firmware"


class FirmwareSigner:
    """A key that is new in each session, and its certificate."""

    def __init__(self, authority: CertificateAuthority, now: int) -> None:
        """`now` is in µs since 1970. Raises ValueError with the reason if the CA cannot sign."""
        self._key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, COMMON_NAME)])
        request = x509.CertificateSigningRequestBuilder().subject_name(subject).sign(self._key, SHA256())
        pem = request.public_bytes(Encoding.PEM).decode()
        self.certificate = authority.sign(pem, {COMMON_NAME}, "ChargingStationCertificate", now)
        """The chain in PEM, the signing certificate first."""

    def signature(self, digest: bytes) -> str:
        """Base64 of the signature of a file with this SHA-256."""
        return base64.b64encode(self._key.sign(digest, ec.ECDSA(Prehashed(SHA256())))).decode()
