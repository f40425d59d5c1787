"""The keys and certificates of the charge point itself: it makes a key, has it signed, and keeps what fits.

Source: OCPP 1.6 security whitepaper, use cases A02, A03; OCPP 2.x the same.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from contextlib import suppress
from typing import TypeVar

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from cryptography.x509.oid import AuthorityInformationAccessOID, NameOID

from ocpptui.ocpp.date_times import utc_datetime
from ocpptui.simulator.connection_plan import OwnPair
from ocpptui.simulator.installed_certificates import CertificateId, certificate_id

UNREADABLE_PARTS = (
    ValueError,
    TypeError,
    OverflowError,
    NotImplementedError,
    UnsupportedAlgorithm,
    x509.DuplicateExtension,
    x509.UnsupportedGeneralNameType,
)
"""What `cryptography` raises when it is asked for a part that a peer wrote against the rules: it reads them late."""

_Extension = TypeVar("_Extension", bound=x509.ExtensionType)


class OwnCertificates:
    """By kind: ChargingStationCertificate, V2GCertificate ...; empty for the one kind of 1.6."""

    def __init__(self) -> None:
        self.chains: dict[str, str] = {}
        """The chains that were signed and accepted, in PEM."""
        self._waiting: dict[str, ec.EllipticCurvePrivateKey] = {}

    def request(self, kind: str, name: str, organisation: str) -> str:
        """A CSR in PEM for a new key (A02.FR.03: the organisation is that of the operator)."""
        key = self._waiting[kind] = ec.generate_private_key(ec.SECP256R1())
        subject = [x509.NameAttribute(NameOID.COMMON_NAME, name[:64] or "ocpptui-simulator")]
        if organisation:
            subject.append(x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation[:64]))
        csr = x509.CertificateSigningRequestBuilder().subject_name(x509.Name(subject)).sign(key, hashes.SHA256())
        return csr.public_bytes(Encoding.PEM).decode()

    def take(self, kind: str, chain: str, now: int, *, roots: Sequence[str] = ()) -> OwnPair | str:
        """Keep a signed chain, and return it with its key; or why it is not valid at `now` (A02.FR.06).

        A V2G certificate needs its issuer, in the chain or among `roots`, since a car verifies it.
        """
        waiting = self._waiting.get(kind)
        if waiting is None:
            return "no such certificate was asked for"
        found = certificates_in(chain)
        if not found:
            return "it is not a certificate"
        leaf = found[0]
        try:
            is_for_it = _bytes_of(leaf.public_key()) == _bytes_of(waiting.public_key())
        except UNREADABLE_PARTS:
            return "its key cannot be read"
        if not is_for_it:
            return "it is for another key"
        if not leaf.not_valid_before_utc <= utc_datetime(now) <= leaf.not_valid_after_utc:
            return f"it is valid from {leaf.not_valid_before_utc:%Y-%m-%d} to {leaf.not_valid_after_utc:%Y-%m-%d}"
        if is_for_cars(kind) and issuer_of(leaf, [*found[1:], *all_certificates(roots)]) is None:
            return "its issuer is not known"
        del self._waiting[kind]
        self.chains[kind] = chain
        key = waiting.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        return OwnPair(chain, key.decode())

    def ids(self, roots: Sequence[str]) -> dict[str, list[CertificateId]]:
        """By kind, the identities of the certificates in each chain, the own one first, as far as the issuer is known.

        `roots` are the root certificates, in PEM.
        """
        known = all_certificates(roots)
        found: dict[str, list[CertificateId]] = {}
        for kind, chain in self.chains.items():
            certificates = certificates_in(chain)
            for one in certificates:
                issuer = issuer_of(one, [other for other in (*certificates, *known) if other != one])
                if issuer is None:
                    break
                found.setdefault(kind, []).append(certificate_id(one, issuer))
        return found


def is_for_cars(kind: str) -> bool:
    """Whether a certificate of this kind is shown to cars, not to the central system."""
    return kind.startswith("V2G")


def certificates_in(chain: str) -> list[x509.Certificate]:
    """The certificates in a text in PEM; none if one of them cannot be read."""
    try:
        with warnings.catch_warnings(action="ignore"):  # a serial number against the rules is for the peer to judge
            return x509.load_pem_x509_certificates(chain.encode())
    except (ValueError, UnsupportedAlgorithm):
        return []


def all_certificates(pems: Sequence[str]) -> list[x509.Certificate]:
    """The certificates in several texts."""
    return [one for pem in pems for one in certificates_in(pem)]


def issuer_of(certificate: x509.Certificate, candidates: Sequence[x509.Certificate]) -> x509.Certificate | None:
    """The one that has signed a certificate."""
    for one in candidates:
        with suppress(InvalidSignature, *UNREADABLE_PARTS):
            certificate.verify_directly_issued_by(one)
            return one
    return None


def extension_of(certificate: x509.Certificate, kind: type[_Extension]) -> _Extension | None:
    """The extension of a kind; None if the certificate has none, or its extensions cannot be read."""
    try:
        return certificate.extensions.get_extension_for_class(kind).value
    except (x509.ExtensionNotFound, *UNREADABLE_PARTS):
        return None


def responder_of(certificate: x509.Certificate) -> str:
    """The URL of the OCSP responder that a certificate names; empty if it names none."""
    for one in extension_of(certificate, x509.AuthorityInformationAccess) or ():
        if one.access_method == AuthorityInformationAccessOID.OCSP and isinstance(
            one.access_location, x509.UniformResourceIdentifier
        ):
            return one.access_location.value
    return ""


def _bytes_of(key: object) -> bytes:
    encode = getattr(key, "public_bytes", None)
    found = encode(Encoding.DER, PublicFormat.SubjectPublicKeyInfo) if encode is not None else b""
    assert isinstance(found, bytes)
    return found
