"""What is wrong with a certificate: its dates, its key, the use that it is for, its names, and who issued it.

The doctor says it of the certificates of a connection, the inspector of those within messages. Sources: RFC 5280, and
the demands on certificates of the OCPP 1.6 security whitepaper and of OCPP 2.x Part 2, section A00.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from enum import StrEnum

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from ocpptui.network.certificate_names import misnamed
from ocpptui.network.problems import ProblemCode
from ocpptui.ocpp.date_times import micros_of
from ocpptui.ocpp.key_strength import BROKEN_HASHES, too_few_bits
from ocpptui.unwrapping.key_words import UNREADABLE, alternative_names, parts_of_name

_NO_EXTENSION = (x509.ExtensionNotFound, x509.DuplicateExtension, x509.UnsupportedGeneralNameType, *UNREADABLE)
_USES = {
    ExtendedKeyUsageOID.SERVER_AUTH: "servers",
    ExtendedKeyUsageOID.CLIENT_AUTH: "clients",
    ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE: "any purpose",
    ExtendedKeyUsageOID.OCSP_SIGNING: "OCSP",
    ExtendedKeyUsageOID.CODE_SIGNING: "code",
    ExtendedKeyUsageOID.EMAIL_PROTECTION: "e-mail",
}


class CertificateUse(StrEnum):
    """What a certificate has to be good for, where it is shown; its value names the holder or the purpose."""

    CENTRAL_SYSTEM = "a central system"
    CHARGE_POINT = "a charge point"
    VEHICLE_SIDE = "a charge point that faces cars"
    CONTRACT = "a contract"
    FIRMWARE = "signing firmware"
    ROOT = "a root"


UNVERIFIED = "the signature cannot be verified"
"""How the reason begins where nobody can say whether one certificate signed another."""
_EXTENDED = {
    CertificateUse.CENTRAL_SYSTEM: ExtendedKeyUsageOID.SERVER_AUTH,
    CertificateUse.CHARGE_POINT: ExtendedKeyUsageOID.CLIENT_AUTH,
    CertificateUse.VEHICLE_SIDE: ExtendedKeyUsageOID.SERVER_AUTH,
    CertificateUse.FIRMWARE: ExtendedKeyUsageOID.CODE_SIGNING,
}
"""The extended key usage that is needed where a certificate has any; ISO 15118 does not restrict contracts."""
_LEAVES = frozenset(CertificateUse) - {CertificateUse.ROOT, CertificateUse.CENTRAL_SYSTEM}
"""Uses in which the certificate of a CA is a mistake; the one of a small server is often self-signed as a CA."""
_SIGNERS = frozenset((CertificateUse.CHARGE_POINT, CertificateUse.CONTRACT, CertificateUse.FIRMWARE))
"""Uses in which the key signs something: a handshake, or firmware."""


# -- dates and keys ----------------------------------------------------------------------------------------------


def dates_of(certificate: x509.Certificate) -> tuple[int, int]:
    """From when until when it is valid, in µs since 1970."""
    return micros_of(certificate.not_valid_before_utc), micros_of(certificate.not_valid_after_utc)


def weakness(certificate: x509.Certificate) -> str:
    """What is too weak, in words; empty if nothing is. Raises `UNREADABLE`.

    The hash of a root does not count: nobody relies on it.
    """
    hash_used = certificate.signature_hash_algorithm
    is_root = is_authority(certificate) and is_signed_by(certificate, certificate) is None
    if not is_root and hash_used is not None and hash_used.name in BROKEN_HASHES:
        return f"it is signed with {hash_used.name.upper()}, and OCPP asks for SHA-256"
    key = certificate.public_key()
    if isinstance(key, rsa.RSAPublicKey) and (weak := too_few_bits(key.key_size, is_rsa=True)):
        return f"its RSA key {weak}"
    if isinstance(key, ec.EllipticCurvePublicKey) and (weak := too_few_bits(key.key_size, is_rsa=False)):
        return f"its key {weak}"
    return ""


# -- what it may be used for -------------------------------------------------------------------------------------


def extended_usage(certificate: x509.Certificate) -> x509.ExtendedKeyUsage | None:
    """What the certificate may be used for (RFC 5280 section 4.2.1.12); None: it does not say."""
    try:
        return certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except _NO_EXTENSION:
        return None


def use_words(usage: x509.ExtendedKeyUsage) -> str:
    """The same for people."""
    return ", ".join(_USES.get(oid, oid.dotted_string) for oid in usage)


def is_authority(certificate: x509.Certificate) -> bool:
    """Whether the certificate says that it is that of a CA (RFC 5280 section 4.2.1.9)."""
    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except _NO_EXTENSION:
        return False


def misuse(certificate: x509.Certificate, use: CertificateUse) -> str:
    """Why the certificate is not good for a use, as a clause; empty if it is, or does not say what it is for."""
    if use is CertificateUse.ROOT and not is_authority(certificate):
        return "it is not the certificate of a CA"
    if use in _LEAVES and is_authority(certificate):
        return "it is the certificate of a CA"
    usage, wanted = extended_usage(certificate), _EXTENDED.get(use)
    if usage is not None and wanted and not {wanted, ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE}.intersection(usage):
        return f"it was issued for {use_words(usage)}, not for {_USES[wanted]}"
    try:
        key_usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except _NO_EXTENSION:
        return ""
    if use is CertificateUse.ROOT and not key_usage.key_cert_sign:
        return "its key must not sign certificates"
    if use in _SIGNERS and not key_usage.digital_signature:
        return "its key must not sign anything"
    return ""


# -- names -------------------------------------------------------------------------------------------------------


def misnaming(
    holder: x509.Certificate | x509.CertificateSigningRequest, charge_point: str, known_as: Collection[str]
) -> str:
    """What is wrong with the names in the certificate of a charge point, or in a request for one; empty if nothing is.

    `misnamed` decides, as in the handshake; `known_as` has the id and the serial numbers of the charge point.
    """
    common, organisations = (
        [str(one.value) for one in holder.subject.get_attributes_for_oid(oid)]
        for oid in (NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME)
    )
    alternative = [name for name in alternative_names(holder).split(", ") if name]
    names = {"commonNames": common, "organisations": organisations, "names": alternative}
    problem = misnamed(names, charge_point, None, known_as)  # type: ignore[arg-type]
    if problem is None:
        return "" if organisations else "it names no organisation (O), which is the operator's (A00.FR.404)"
    if problem.code is ProblemCode.ID_ONLY_IN_ALTERNATIVE_NAME:
        return f"it has the id {charge_point} as an alternative name only, not as its common name (A00.FR.405)"
    named = " and ".join(common or alternative)
    if not named:
        return f"it has no common name, where {charge_point} was expected (A00.FR.405)"
    return f"it names {named}, not {charge_point} (A00.FR.405)"


# -- who issued it -----------------------------------------------------------------------------------------------


def is_signed_by(lower: x509.Certificate, upper: x509.Certificate) -> str | None:
    """None if `upper` issued and signed `lower`, else the reason why that is not so."""
    try:
        lower.verify_directly_issued_by(upper)
    except InvalidSignature:
        return "its name is that of the issuer, but the signature was not made with its key"
    except UNREADABLE as error:
        if lower.issuer != upper.subject:
            return f"its issuer is {parts_of_name(lower.issuer)}"
        return f"{UNVERIFIED} ({error})"
    return None


def path_of(certificates: Sequence[x509.Certificate]) -> list[x509.Certificate]:
    """The path from the first certificate upwards, as far as the others have it; they may be in any order."""
    path = [certificates[0]]
    while above := [one for one in certificates if one not in path and is_signed_by(path[-1], one) is None]:
        path.append(above[0])
    return path


def leads_to(certificates: Sequence[x509.Certificate], authorities: Collection[x509.Certificate]) -> bool:
    """Whether the path from the first certificate upwards reaches one of these CAs."""
    path = path_of(certificates)
    return any(one in authorities for one in path) or any(is_signed_by(path[-1], one) is None for one in authorities)
