"""Whether the chain of a contract certificate leads to a root that is trusted, and belongs to the driver's token.

Source: OCPP 2.x Part 2 C07.FR.13 to FR.17, AuthorizeCertificateStatusEnumType; RFC 5280 section 6.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from cryptography import x509
from cryptography.x509.oid import NameOID

from ocpptui.ocpp.date_times import utc_datetime
from ocpptui.ocpp.emaid import same_emaid
from ocpptui.simulator.certificate_authority import may_sign, weak_key
from ocpptui.simulator.own_certificates import UNREADABLE_PARTS, issuer_of

LONGEST_PATH = 6
"""Certificates; ISO 15118 has four with the root."""


class ContractFinding(NamedTuple):
    """What is wrong with a contract."""

    status: str
    """The certificateStatus of Authorize."""
    reason: str = ""
    """Why it is not Accepted, as a clause."""


class ContractPath(NamedTuple):
    """A chain up to its root."""

    certificates: tuple[x509.Certificate, ...] = ()
    """The contract first, the root last."""
    finding: ContractFinding = ContractFinding("Accepted")


def contract_path(
    chain: Sequence[x509.Certificate], emaid: str, known: Sequence[x509.Certificate], now: int
) -> ContractPath:
    """The path from the first certificate of a chain to a root among `known`, and what is wrong with it at `now`."""
    if not chain:
        return ContractPath((), ContractFinding("NoCertificateAvailable", "there is no certificate that can be read"))
    try:
        return _path(chain, emaid, known, now)
    except UNREADABLE_PARTS as error:
        return ContractPath((), _broken(f"a part of a certificate cannot be read ({error})"))


def _path(chain: Sequence[x509.Certificate], emaid: str, known: Sequence[x509.Certificate], now: int) -> ContractPath:
    """The same. Raises `UNREADABLE_PARTS`."""
    path = [chain[0]]
    while not _is_root(path[-1]):
        number, candidates = len(path), [*chain[1:], *known]
        issuer = issuer_of(path[-1], candidates)
        if issuer is None:
            return ContractPath(tuple(path), _without_issuer(path[-1], number, candidates))
        if not may_sign(issuer):
            return ContractPath(tuple(path), _broken(f"certificate {number} was issued by one that is not a CA"))
        if number == LONGEST_PATH:
            return ContractPath(tuple(path), _broken(f"its chain has more than {LONGEST_PATH} certificates"))
        path.append(issuer)
    finding = ContractFinding("Accepted")
    if path[-1] not in known:
        finding = _broken(f"its root {path[-1].subject.rfc4514_string()} is not trusted")
    elif (dated := _dated(path, now)) is not None:
        finding = dated
    elif weak := next(filter(None, map(_weakness, range(1, len(path) + 1), path)), ""):
        finding = _broken(weak)
    elif not same_emaid(name := contract_name(path[0]), emaid):
        finding = ContractFinding("NoCertificateAvailable", f"the contract of the certificate is {name or 'not named'}")
    return ContractPath(tuple(path), finding)


def contract_name(certificate: x509.Certificate) -> str:
    """The common name: of a contract certificate, the eMAID."""
    found = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(found[0].value) if found else ""


def _is_root(certificate: x509.Certificate) -> bool:
    return certificate.issuer == certificate.subject


def _without_issuer(lower: x509.Certificate, number: int, candidates: Sequence[x509.Certificate]) -> ContractFinding:
    issuer = lower.issuer.rfc4514_string()
    if any(one.subject == lower.issuer for one in candidates):
        return ContractFinding("SignatureError", f"certificate {number} is not signed with the key of {issuer}")
    return _broken(f"the issuer of certificate {number}, {issuer}, is not known")


def _dated(path: Sequence[x509.Certificate], now: int) -> ContractFinding | None:
    today = utc_datetime(now)
    for number, one in enumerate(path, 1):
        if one.not_valid_after_utc < today:
            return ContractFinding(
                "CertificateExpired", f"certificate {number} was valid until {one.not_valid_after_utc:%Y-%m-%d}"
            )
        if one.not_valid_before_utc > today:
            return _broken(f"certificate {number} is valid from {one.not_valid_before_utc:%Y-%m-%d} only")
    return None


def _weakness(number: int, certificate: x509.Certificate) -> str:
    weak = weak_key(certificate.public_key())
    return f"the key of certificate {number} {weak}" if weak else ""


def _broken(reason: str) -> ContractFinding:
    return ContractFinding("CertChainError", reason)
