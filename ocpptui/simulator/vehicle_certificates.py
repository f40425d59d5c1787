"""The certificates of plug and charge: of charge points for cars, of contracts, and of cars from their factory.

Three branches, each of a root, two CAs below it, and what the second of them issues. The profile follows what is public
of ISO 15118-2 annex F and ISO 15118-20 annex B: keys of P-256 with SHA-256, in -20 of P-521 with SHA-512; the domain
component names the branch; the common name of a contract is its eMAID; all but the roots name an OCSP responder; a
charge point's certificate is valid for two to three months, a contract's for two years at most, a root's for forty.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from ocpptui.ocpp.date_times import utc_datetime
from ocpptui.ocpp.emaid import is_emaid
from ocpptui.simulator.bench_certificates import BenchPair, Flaw, issued_pair
from ocpptui.simulator.certificate_authority import (
    AuthorityPems,
    CertificateAuthority,
    authority_certificate,
    pem_of,
    private_pem,
    responder_at,
)

OTHER_EMAID = "DE8OCPP1C9999X"
"""The contract in a certificate with a wrong name."""
PCID = "OCP12345678901234X"
"""The provisioning identifier of the car of a bench (ISO 15118-2 annex H)."""
YEARS_OF_ROOT = 40


class Iso15118(StrEnum):
    """The part of ISO 15118 that decides the kind of keys."""

    PART_2 = "2"
    PART_20 = "20"

    @property
    def curve(self) -> ec.EllipticCurve:
        return ec.SECP521R1() if self is Iso15118.PART_20 else ec.SECP256R1()


@dataclass(frozen=True, slots=True)
class Branch:
    """One of the three branches."""

    name: str
    """In the names of files: `cpo`, `mo`, `oem`."""
    root: str
    """The name of its root, in the names of files."""
    leaf: str
    """The name of what it issues: `secc`, `contract`, `oem-provisioning`."""
    ca_years: tuple[int, int]
    """Validity of its CAs."""
    leaf_days: int

    @property
    def domain(self) -> str:
        return self.name.upper()


CPO = Branch("cpo", "v2g-root", "secc", (4, 1), 80)
MO = Branch("mo", "mo-root", "contract", (4, 4), 2 * 365)
OEM = Branch("oem", "oem-root", "oem-provisioning", (4, 4), 4 * 365)
BRANCHES = (CPO, MO, OEM)


def vehicle_authorities(branch: Branch, part: Iso15118, responder: str, now: int) -> dict[str, AuthorityPems]:
    """The root of a branch and its two CAs, by the names of their files; `responder` is the URL of OCSP."""
    key = ec.generate_private_key(part.curve)
    start = utc_datetime(now) - timedelta(days=1)
    domain = "V2G" if branch is CPO else branch.domain
    root = authority_certificate(
        _named(f"ocpptui bench {domain} root", domain), key, None, start, start + timedelta(365 * YEARS_OF_ROOT), None
    )
    made = {branch.root: AuthorityPems(pem_of(root), private_pem(key), pem_of(root))}
    above = CertificateAuthority(*made[branch.root][:2])
    for number, years in enumerate(branch.ca_years, 1):
        key = ec.generate_private_key(part.curve)
        above = above.authority_below(
            _named(f"ocpptui bench {branch.domain} sub-CA {number}", "V2G" if branch is CPO else branch.domain),
            key,
            start,
            start + timedelta(days=365 * years),
            len(branch.ca_years) - number,
            responder_at(responder),
        )
        chain = "".join(map(pem_of, above.chain))
        made[f"{branch.name}-sub-ca-{number}"] = AuthorityPems(chain, private_pem(key), pem_of(root))
    return made


def vehicle_pair(
    authority: CertificateAuthority,
    branch: Branch,
    name: str,
    responder: str,
    now: int,
    *,
    part: Iso15118 = Iso15118.PART_2,
    flaw: Flaw | None = None,
) -> BenchPair:
    """What the second CA of a branch issues for a name: an identity of a charge point, an eMAID, or a PCID.

    Raises ValueError if no such certificate can have the name.
    """
    if branch is MO and not is_emaid(name):
        raise ValueError("an eMAID has a country of 2 letters, a provider of 3 and an instance of 9 characters")
    if flaw is Flaw.WRONG_NAME:
        name = OTHER_EMAID if branch is MO else f"not-{name}"[:64]
    return issued_pair(
        authority,
        _named(name, branch.domain),
        now,
        False,
        flaw,
        ExtendedKeyUsageOID.CODE_SIGNING,
        responder_at(responder),
        days=branch.leaf_days,
        curve=part.curve,
    )


def _named(name: str, domain: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COMMON_NAME, name),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "ocpptui bench"),
            x509.NameAttribute(NameOID.DOMAIN_COMPONENT, domain),
        ]
    )
