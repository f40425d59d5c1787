"""Where in a message a certificate is, and what follows from that: what it is for, whom it names, who may issue it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from cryptography import x509

from ocpptui.ocpp.counted import enumerated
from ocpptui.unwrapping.certificate_judgement import CertificateUse, is_signed_by, leads_to, misnaming, misuse, path_of
from ocpptui.unwrapping.key_words import UNREADABLE, parts_of_name
from ocpptui.unwrapping.unwrapped import InsideLine, problem_line

MOST_NAMED = 3
"""CAs that one sentence names."""


def use_of(name: str, holder: Mapping[str, Any]) -> CertificateUse | None:
    """The use of a certificate in the field with this name, by what is beside it; None if the place says nothing.

    `holder` is the object with the field: of CertificateSigned and SignCertificate, InstallCertificate, Authorize, or
    the firmware of an update.
    """
    kind = holder.get("certificateType")
    if name in ("certificateChain", "csr"):
        return CertificateUse.VEHICLE_SIDE if "V2G" in str(kind) else CertificateUse.CHARGE_POINT
    if name == "signingCertificate":
        return CertificateUse.FIRMWARE
    if name == "certificate" and "Root" in str(kind):
        return CertificateUse.ROOT
    if name == "certificate" and "idToken" in holder:
        return CertificateUse.CONTRACT
    return None


@dataclass(frozen=True, slots=True)
class RevokedCertificate:
    """What an OCSP response says of a certificate that was revoked."""

    serial: int
    issuer_name_hash: bytes
    algorithm: str
    """The hash algorithm, by its name in `cryptography`."""
    when: str
    """The day, for people; empty if it is not known."""

    def is_of(self, certificate: x509.Certificate) -> bool:
        """Whether it names this certificate (RFC 6960 section 4.1.1)."""
        if certificate.serial_number != self.serial:
            return False
        return hashlib.new(self.algorithm, certificate.issuer.public_bytes()).digest() == self.issuer_name_hash


@dataclass(frozen=True, slots=True)
class CertificateKnowledge:
    """What a log has said before of the certificates of a charge point."""

    charge_point: str = ""
    known_as: frozenset[str] = frozenset()
    """Its id and its serial numbers."""
    authorities: Mapping[CertificateUse, Sequence[x509.Certificate]] = field(default_factory=dict)
    """The CAs that have issued, or are trusted for, the certificates of a use."""
    revoked: Sequence[RevokedCertificate] = ()

    def chain_lines(self, certificates: Sequence[x509.Certificate], use: CertificateUse | None) -> Iterator[InsideLine]:
        """What is wrong with a certificate, the first one, and those above it, at a place. Raises `UNREADABLE`."""
        own = certificates[0]
        if use is not None and (why := misuse(own, use)):
            yield problem_line(f"The certificate is not good for {use.value}: {why}.")
        if use is CertificateUse.CHARGE_POINT:
            yield from self.name_lines(own, "The certificate")
        known = self.authorities.get(use, ()) if use is not None else ()
        if known and not leads_to(certificates, known):
            names = enumerated(list(dict.fromkeys(parts_of_name(one.subject) for one in known[-MOST_NAMED:])))
            top = path_of(certificates)[-1]
            is_whole = is_signed_by(top, top) is None
            gap = "" if is_whole else ", or an intermediate certificate is missing"
            other = parts_of_name(top.subject if is_whole else top.issuer)
            yield problem_line(f"Another CA issued it, {other}{gap}: before, this log has shown {names}.")
        for number, one in enumerate(certificates, 1):
            for revoked in self.revoked:
                if revoked.is_of(one):
                    what = "The certificate" if number == 1 else f"Certificate {number}"
                    yield problem_line(f"{what} was revoked{revoked.when}, an OCSP responder has said before.")
                    break

    def name_lines(self, holder: x509.Certificate | x509.CertificateSigningRequest, what: str) -> Iterator[InsideLine]:
        """What is wrong with the names of the charge point in its certificate, or in a request for one."""
        if not self.charge_point:
            return
        try:
            wrong = misnaming(holder, self.charge_point, self.known_as)
        except UNREADABLE:
            return
        if wrong:
            yield problem_line(f"{what} has the wrong names: {wrong}.")
