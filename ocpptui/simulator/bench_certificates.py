"""The certificates of a test bench: those of a central system and of charge points, right ones and wrong ones.

Source: OCPP 1.6 security whitepaper section 3.4 "Certificate properties"; OCPP 2.x Part 2, A00.FR.404, A00.FR.405,
A00.FR.5xx: the common name is the host name of a central system, the id or serial number of a charge point; its
organisation is the operator; keys of P-256 or RSA with 2048 bits, SHA-256; no extended key usage.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from datetime import timedelta
from enum import StrEnum
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from ocpptui.ocpp.date_times import utc_datetime
from ocpptui.ocpp.key_strength import LEAST_RSA_BITS
from ocpptui.simulator.certificate_authority import (
    DAYS_OF_LEAF,
    CertificateAuthority,
    SigningKey,
    new_authority,
    private_pem,
)

WEAK_BITS = 1024
ELSEWHERE = "elsewhere.example"
"""The host of a server certificate with a wrong name."""


class Flaw(StrEnum):
    """What is wrong with a certificate on purpose."""

    EXPIRED = "expired"
    NOT_YET_VALID = "not-yet-valid"
    WRONG_NAME = "wrong-name"
    WRONG_USAGE = "wrong-usage"
    WEAK = "weak"
    REVOKED = "revoked"
    OTHER_CA = "other-ca"


class BenchPair(NamedTuple):
    """A certificate with its chain, and its key, in PEM."""

    chain: str
    key: str
    serial: int
    """The serial number of the certificate."""


def server_pair(
    authority: CertificateAuthority, names: Sequence[str], now: int, *, of_rsa: bool = False, flaw: Flaw | None = None
) -> BenchPair:
    """For a central system that is reached by these host names and addresses, the first one its common name."""
    found = (ELSEWHERE,) if flaw is Flaw.WRONG_NAME else tuple(names)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, found[0][:64])])
    alternatives = x509.SubjectAlternativeName([_general_name(name) for name in found])
    wrong = ExtendedKeyUsageOID.CLIENT_AUTH
    return issued_pair(authority, subject, now, of_rsa, flaw, wrong, alternatives)


def charge_point_pair(
    authority: CertificateAuthority,
    charge_point: str,
    organisation: str,
    now: int,
    *,
    of_rsa: bool = False,
    flaw: Flaw | None = None,
) -> BenchPair:
    """For the charge point with this id. Raises ValueError if no certificate can have the name."""
    name = f"not-{charge_point}"[:64] if flaw is Flaw.WRONG_NAME else charge_point
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.COMMON_NAME, name),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation),
        ]
    )
    return issued_pair(authority, subject, now, of_rsa, flaw, ExtendedKeyUsageOID.SERVER_AUTH)


def issued_pair(
    authority: CertificateAuthority,
    subject: x509.Name,
    now: int,
    of_rsa: bool,
    flaw: Flaw | None,
    wrong_usage: x509.ObjectIdentifier,
    *extensions: x509.ExtensionType,
    days: int = DAYS_OF_LEAF,
    curve: ec.EllipticCurve | None = None,
) -> BenchPair:
    """A key and its certificate, valid for so many days. `wrong_usage` is the one of the other side."""
    today, validity, day = utc_datetime(now), timedelta(days=days), timedelta(days=1)
    start, end = today - day, today + validity
    if flaw is Flaw.EXPIRED:
        start, end = today - 30 * day, today - day
    elif flaw is Flaw.NOT_YET_VALID:
        start, end = today + 365 * day, today + 365 * day + validity
    elif flaw is Flaw.WRONG_USAGE:
        extensions = (*extensions, x509.ExtendedKeyUsage([wrong_usage]))
    elif flaw is Flaw.OTHER_CA:
        other = new_authority(now, "ocpptui other")
        authority = CertificateAuthority(other.chain, other.key)
    key: SigningKey
    if flaw is Flaw.WEAK:
        key = rsa.generate_private_key(65537, WEAK_BITS)
    elif of_rsa:
        key = rsa.generate_private_key(65537, LEAST_RSA_BITS)
    else:
        key = ec.generate_private_key(curve or ec.SECP256R1())
    leaf = authority.issue(subject, key.public_key(), start, end, *extensions)
    return BenchPair(authority.chain_of(leaf), private_pem(key), leaf.serial_number)


def _general_name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host.encode("idna").decode() if not host.isascii() else host)
