"""Keys, names, algorithms and serial numbers of X.509 in words (RFC 5280)."""

from __future__ import annotations

from typing import Any

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, rsa

UNREADABLE = (ValueError, TypeError, OverflowError, UnsupportedAlgorithm, x509.InvalidVersion)
"""What `cryptography` raises for bytes that it cannot read."""


def key_text(key: Any) -> str:
    """A public key: its type and size or curve."""
    match key:
        case rsa.RSAPublicKey():
            return f"RSA, {key.key_size} bits"
        case ec.EllipticCurvePublicKey():
            return f"EC, {key.curve.name}, {key.key_size} bits"
        case dsa.DSAPublicKey():
            return f"DSA, {key.key_size} bits"
        case ed25519.Ed25519PublicKey():
            return "Ed25519"
        case ed448.Ed448PublicKey():
            return "Ed448"
    return "of another type"


def unreadable_words(error: Exception) -> str:
    """Why bytes cannot be read, without what the library calls its own types."""
    return "its bytes are damaged, or not DER" if "ParseError" in str(error) else str(error)


def key_of(holder: x509.Certificate | x509.CertificateSigningRequest) -> str:
    """The public key of a certificate or of a request for one."""
    try:
        return key_text(holder.public_key())
    except UNREADABLE as error:
        return f"cannot be read: {unreadable_words(error)}"


def signature_algorithm(holder: x509.Certificate | x509.CertificateSigningRequest) -> str:
    """The name of its signature algorithm, the number where it has none."""
    oid = holder.signature_algorithm_oid
    name = oid._name
    return oid.dotted_string if name == "Unknown OID" else name


def alternative_names(holder: x509.Certificate | x509.CertificateSigningRequest) -> str:
    """Its subject alternative names; empty if there are none."""
    try:
        names = holder.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (x509.ExtensionNotFound, x509.DuplicateExtension, x509.UnsupportedGeneralNameType, *UNREADABLE):
        return ""
    return ", ".join(_general_name(name) for name in names)


def _general_name(name: x509.GeneralName) -> str:
    return name.value.rfc4514_string() if isinstance(name, x509.DirectoryName) else str(name.value)


def serial_text(number: int) -> str:
    """A serial number as OCPP writes it: hexadecimal without leading zeros."""
    return f"{number:x}"


def parts_of_name(name: x509.Name) -> str:
    """A distinguished name; what to say if it is empty."""
    return name.rfc4514_string() or "(empty)"
