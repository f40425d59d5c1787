"""What OCPP demands of a certificate: a strong key and hash, and a use that fits."""

from __future__ import annotations

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID

from ocpptui.ocpp.key_strength import BROKEN_HASHES, too_few_bits
from ocpptui.unwrapping.key_words import UNREADABLE

_USES = {
    ExtendedKeyUsageOID.SERVER_AUTH: "servers",
    ExtendedKeyUsageOID.CLIENT_AUTH: "clients",
    ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE: "any purpose",
    ExtendedKeyUsageOID.OCSP_SIGNING: "OCSP",
    ExtendedKeyUsageOID.CODE_SIGNING: "code",
    ExtendedKeyUsageOID.EMAIL_PROTECTION: "e-mail",
}


def extended_usage(certificate: x509.Certificate) -> x509.ExtendedKeyUsage | None:
    """What the certificate may be used for (RFC 5280 section 4.2.1.12); None: it does not say."""
    try:
        return certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except (x509.ExtensionNotFound, x509.DuplicateExtension, x509.UnsupportedGeneralNameType, *UNREADABLE):
        return None


def use_words(usage: x509.ExtendedKeyUsage) -> str:
    """The same for people."""
    return ", ".join(_USES.get(oid, oid.dotted_string) for oid in usage)


def weakness(certificate: x509.Certificate, *, but_hash: bool = False) -> str:
    """What is too weak, in words; empty if nothing is. Raises `UNREADABLE`.

    With `but_hash`, its hash does not count: nobody relies on that of a root.
    """
    hash_used = certificate.signature_hash_algorithm
    if not but_hash and hash_used is not None and hash_used.name in BROKEN_HASHES:
        return f"it is signed with {hash_used.name.upper()}, and OCPP asks for SHA-256"
    key = certificate.public_key()
    if isinstance(key, rsa.RSAPublicKey) and (weak := too_few_bits(key.key_size, is_rsa=True)):
        return f"its RSA key {weak}"
    if isinstance(key, ec.EllipticCurvePublicKey) and (weak := too_few_bits(key.key_size, is_rsa=False)):
        return f"its key {weak}"
    return ""
