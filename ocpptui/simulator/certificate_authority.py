"""A test CA that signs the certificates of charge points.

Source: OCPP 1.6 security whitepaper A02, A03 and section 3.4 "Certificate properties"; OCPP 2.x Part 2 A02, A00.FR.5xx.
"""

from __future__ import annotations

import warnings
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key
from cryptography.x509 import ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID, NameOID

from ocpptui.ocpp.date_times import utc_datetime
from ocpptui.ocpp.key_strength import too_few_bits
from ocpptui.simulator.own_certificates import certificates_in, extension_of, is_for_cars, responder_of

LONGEST_CHAIN = 10_000
"""Characters of the certificateChain in CertificateSigned."""
DAYS_OF_LEAF = 365
DAYS_FOR_CARS = 80
"""A car takes the certificate of a charge point for two to three months (ISO 15118-2 annex F)."""
YEARS_OF_CA = 10

SigningKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


class AuthorityPems(NamedTuple):
    """A CA as texts in PEM."""

    chain: str
    """The certificate that signs first, then those above it, the root last."""
    key: str
    """The private key of the first."""
    root: str
    """What a peer has to trust."""


class UnusableAuthority(ValueError):
    """A CA cannot sign; the message says why."""


class CertificateAuthority:
    """Signs certificate signing requests with one key."""

    def __init__(self, chain: str, key: str, place: str = "") -> None:
        """`chain` and the unencrypted `key` are in PEM; the first certificate signs. Raises UnusableAuthority.

        `place` says where they are.
        """
        self.place = place
        certificates = certificates_in(chain)
        if not certificates:
            raise UnusableAuthority("there is no certificate in it")
        self.certificate = certificates[0]
        self.chain = certificates
        """Its certificate, then those above it."""
        self._above = [one for one in certificates[1:] if one.issuer != one.subject]
        self.root = pem_of(certificates[-1])
        """The certificate that a peer has to trust, in PEM."""
        try:
            found = load_pem_private_key(key.encode(), None)
        except (ValueError, TypeError, UnsupportedAlgorithm):
            raise UnusableAuthority("the key cannot be read; it must be in PEM and not encrypted") from None
        if not isinstance(found, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey):
            raise UnusableAuthority("the key is neither of RSA nor of an elliptic curve")
        if found.public_key() != self.certificate.public_key():
            raise UnusableAuthority("the key is not that of the certificate")
        if not may_sign(self.certificate):
            raise UnusableAuthority("the certificate is not that of a CA")
        self._key: SigningKey = found

    def sign(self, request: str, names: Collection[str], kind: str, now: int) -> str:
        """The chain in PEM for a CSR, valid from the day before `now`. Raises ValueError with the reason to refuse it.

        `names` are those that the charge point may have as common name: its identity and its serial numbers. A V2G
        certificate (`kind`) may have any.
        """
        csr = _request_in(request)
        own = [str(one.value) for one in csr.subject.get_attributes_for_oid(NameOID.COMMON_NAME)]
        if len(own) != 1 or not own[0].strip():
            raise ValueError("it has no common name" if not own else "it has several common names")
        if not is_for_cars(kind) and own[0] not in names:
            known = " nor ".join(repr(name) for name in sorted(names))
            raise ValueError(f"its common name {own[0]!r} is not {known}, the identity and the serial number")
        leaf = self._leaf(csr, now, is_for_cars(kind))
        if leaf.not_valid_after_utc <= leaf.not_valid_before_utc:
            raise ValueError("the certificate of the CA has expired")
        chain = self.chain_of(leaf)
        if len(chain) > LONGEST_CHAIN:
            raise ValueError(f"its chain would have more than {LONGEST_CHAIN:,} characters")
        return chain

    def _leaf(self, csr: x509.CertificateSigningRequest, now: int, for_cars: bool) -> x509.Certificate:
        today, responder = utc_datetime(now), responder_of(self.certificate)
        days = DAYS_FOR_CARS if for_cars else DAYS_OF_LEAF
        end = min(today + timedelta(days=days), self.certificate.not_valid_after_utc)
        start = min(max(today - timedelta(days=1), self.certificate.not_valid_before_utc), end)
        named = (responder_at(responder),) if responder else ()
        return self.issue(csr.subject, csr.public_key(), start, end, *named)

    def issue(
        self,
        subject: x509.Name,
        key: CertificatePublicKeyTypes,
        start: datetime,
        end: datetime,
        *extensions: x509.ExtensionType,
    ) -> x509.Certificate:
        """A certificate of this CA, with further extensions. It judges nothing: what is wrong is wanted so."""
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self.certificate.subject)
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(start)
            .not_valid_after(end)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage(signs_certificates=False, of_rsa=isinstance(key, rsa.RSAPublicKey)), critical=True)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self._public), critical=False)
        )
        for extension in extensions:
            builder = builder.add_extension(extension, critical=False)
        return builder.sign(self._key, digest_of(self._key))

    def authority_below(
        self,
        subject: x509.Name,
        key: ec.EllipticCurvePrivateKey,
        start: datetime,
        end: datetime,
        path_length: int,
        *extensions: x509.ExtensionType,
    ) -> CertificateAuthority:
        """A CA with this key below this one; `path_length` says how many CAs there may be below it."""
        assert isinstance(self._key, ec.EllipticCurvePrivateKey)
        made = authority_certificate(subject, key, (self.certificate, self._key), start, end, path_length, *extensions)
        return CertificateAuthority("".join(map(pem_of, [made, *self.chain])), private_pem(key), self.place)

    def chain_of(self, leaf: x509.Certificate) -> str:
        """A certificate of this CA and those between it and the root, in PEM, as the other side needs them."""
        above = [self.certificate, *self._above] if self.certificate.issuer != self.certificate.subject else []
        return "".join(map(pem_of, [leaf, *above]))

    def revocation_list(self, revoked: Iterable[int], now: int) -> str:
        """The certificates with these serial numbers are revoked (CRL, RFC 5280 section 5), in PEM."""
        today = utc_datetime(now)
        builder = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(self.certificate.subject)
            .last_update(today - timedelta(days=1))
            .next_update(today + timedelta(days=DAYS_OF_LEAF))
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self._public), critical=False)
            .add_extension(x509.CRLNumber(now), critical=False)
        )
        for serial in revoked:
            entry = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(today - timedelta(days=1))
            builder = builder.add_revoked_certificate(entry.build())
        return builder.sign(self._key, digest_of(self._key)).public_bytes(Encoding.PEM).decode()

    def sign_ocsp(self, builder: ocsp.OCSPResponseBuilder) -> bytes:
        """An OCSP response of this CA in DER (RFC 6960 section 4.2); its signature is at the end."""
        named = builder.responder_id(ocsp.OCSPResponderEncoding.HASH, self.certificate)
        return named.sign(self._key, digest_of(self._key)).public_bytes(Encoding.DER)

    @property
    def _public(self) -> ec.EllipticCurvePublicKey | rsa.RSAPublicKey:
        return self._key.public_key()


def new_authority(now: int, name: str = "ocpptui test") -> AuthorityPems:
    """A root and a CA below it, which signs, both on the curve P-256; the key of the root is not kept."""
    root_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    today = utc_datetime(now)
    start, end = today - timedelta(days=1), today + timedelta(days=365 * YEARS_OF_CA)
    root = authority_certificate(_named(f"{name} root"), root_key, None, start, end, None)
    signer = authority_certificate(_named(f"{name} CA"), key, (root, root_key), start, end, 0)
    return AuthorityPems(pem_of(signer) + pem_of(root), private_pem(key), pem_of(root))


def authority_certificate(
    subject: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    above: tuple[x509.Certificate, ec.EllipticCurvePrivateKey] | None,
    start: datetime,
    end: datetime,
    path_length: int | None,
    *extensions: x509.ExtensionType,
) -> x509.Certificate:
    """The certificate of a CA, signed by the CA `above` with its key; None: by itself."""
    issuer, signing = (subject, key) if above is None else (above[0].subject, above[1])
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(end)
        .add_extension(x509.BasicConstraints(ca=True, path_length=path_length), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signing.public_key()), critical=False)
    )
    for extension in extensions:
        builder = builder.add_extension(extension, critical=False)
    return builder.sign(signing, digest_of(signing))


def digest_of(key: SigningKey) -> hashes.SHA256 | hashes.SHA512:
    """The hash to sign with: SHA-512 fits the curve P-521, as ISO 15118-20 has it, SHA-256 everything else."""
    is_long = isinstance(key, ec.EllipticCurvePrivateKey) and key.curve.key_size > 384
    return hashes.SHA512() if is_long else hashes.SHA256()


def private_pem(key: SigningKey) -> str:
    """A private key in PEM, not encrypted."""
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def responder_at(url: str) -> x509.AuthorityInformationAccess:
    """The extension that names an OCSP responder (RFC 5280 section 4.2.2.1)."""
    return x509.AuthorityInformationAccess(
        [x509.AccessDescription(AuthorityInformationAccessOID.OCSP, x509.UniformResourceIdentifier(url))]
    )


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _request_in(text: str) -> x509.CertificateSigningRequest:
    """The CSR in a text, signed by its key, which is strong enough (A00.FR.507). Raises ValueError."""
    try:
        with warnings.catch_warnings(action="ignore"):
            csr = x509.load_pem_x509_csr(text.strip().encode())
            is_signed = csr.is_signature_valid
            key = csr.public_key()
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
        raise ValueError("it is not a certificate signing request in PEM") from None
    if not is_signed:
        raise ValueError("it is not signed by the key in it")
    if weak := weak_key(key):
        raise ValueError(f"its key {weak}")
    return csr


def weak_key(key: object) -> str:
    """What is too weak about a public key for OCPP, as the rest of a clause; empty if nothing is."""
    if isinstance(key, rsa.RSAPublicKey):
        return too_few_bits(key.key_size, is_rsa=True)
    if isinstance(key, ec.EllipticCurvePublicKey):
        return too_few_bits(key.curve.key_size, is_rsa=False)
    return "is neither of RSA nor of an elliptic curve"


def may_sign(certificate: x509.Certificate) -> bool:
    """Whether a certificate is that of a CA."""
    found = extension_of(certificate, x509.BasicConstraints)
    return found is not None and found.ca


def _usage(*, signs_certificates: bool, of_rsa: bool = False) -> x509.KeyUsage:
    """The suites TLS_RSA_… encipher a key with that of the certificate."""
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=False,
        key_encipherment=of_rsa and not signs_certificates,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def pem_of(certificate: x509.Certificate) -> str:
    """A certificate in PEM."""
    return certificate.public_bytes(Encoding.PEM).decode()
