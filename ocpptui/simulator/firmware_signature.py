"""Whether firmware is what its manufacturer has signed.

Source: OCPP 1.6 security whitepaper L01 and section 4.4.1; OCPP 2.x use case L01: the signature is base64, made over
the SHA-256 of the file, with the key of the signing certificate (ECDSA, or RSA with PSS or PKCS #1 v1.5).
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.hashes import SHA256

from ocpptui.simulator.own_certificates import UNREADABLE_PARTS


def signing_certificate(pem: str, roots: Iterable[str]) -> x509.Certificate | None:
    """The certificate, if it can be read and, where roots of manufacturers are installed, one of them issued it."""
    try:
        certificate = x509.load_pem_x509_certificate(pem.encode())
        issuers = [x509.load_pem_x509_certificate(root.encode()) for root in roots]
    except ValueError:
        return None
    if not issuers or any(_is_issued_by(certificate, issuer) for issuer in issuers):
        return certificate
    return None


def _is_issued_by(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(issuer)
    except (InvalidSignature, *UNREADABLE_PARTS):
        return False
    return True


def is_signed(digest: bytes, signature: str, certificate: x509.Certificate) -> bool:
    """Whether the signature is that of a file with this SHA-256."""
    try:
        raw, key = base64.b64decode(signature, validate=True), certificate.public_key()
    except UNREADABLE_PARTS:
        return False
    hashed = Prehashed(SHA256())
    if isinstance(key, ec.EllipticCurvePublicKey):
        return _verifies(lambda: key.verify(raw, digest, ec.ECDSA(hashed)))
    if isinstance(key, rsa.RSAPublicKey):
        pss = padding.PSS(padding.MGF1(SHA256()), padding.PSS.AUTO)
        return _verifies(lambda: key.verify(raw, digest, pss, hashed)) or _verifies(
            lambda: key.verify(raw, digest, padding.PKCS1v15(), hashed)
        )
    return False


def _verifies(check: Callable[[], None]) -> bool:
    try:
        check()
    except (InvalidSignature, ValueError):
        return False
    return True
