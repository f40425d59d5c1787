"""An OCSP responder for the certificates of a bench, which answers rightly or wrongly on purpose (RFC 6960)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from enum import StrEnum
from typing import NamedTuple

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ReasonFlags, ocsp

from ocpptui.ocpp.date_times import utc_datetime
from ocpptui.simulator.certificate_authority import CertificateAuthority
from ocpptui.simulator.ocsp_answers import issuer_hashes

LATE = 30.0
"""Seconds after which a late answer is given: longer than a car waits."""


class OcspAnswer(StrEnum):
    """What the responder says of a certificate."""

    GOOD = "good"
    REVOKED = "revoked"
    UNKNOWN = "unknown"
    LATE = "late"
    WRONG_SIGNATURE = "wrong-signature"
    EXPIRED = "expired"
    TRY_LATER = "try-later"


class OcspReply(NamedTuple):
    """What is sent."""

    data: bytes
    """The response in DER."""
    delay: float
    """Seconds to wait before."""
    words: str
    """What was asked and answered, for people."""


class IssuedCertificate(NamedTuple):
    """A certificate that the responder knows."""

    certificate: x509.Certificate
    is_revoked: bool


class OcspResponder:
    """Answers for some CAs."""

    def __init__(
        self,
        authorities: Sequence[CertificateAuthority],
        issued: Sequence[IssuedCertificate],
        *,
        always: OcspAnswer | None = None,
        by_serial: Mapping[int, OcspAnswer] | None = None,
        delay: float = LATE,
    ) -> None:
        """`always` is the answer about all certificates, `by_serial` about some, whatever their true status is."""
        self._authorities = authorities
        self._revoked = {(one.certificate.issuer, one.certificate.serial_number) for one in issued if one.is_revoked}
        self._always = always
        self._by_serial = by_serial or {}
        self._delay = delay

    def answer(self, request: bytes, now: int) -> OcspReply:
        """The answer to a request in DER at `now`, in µs since 1970; anything else is answered as malformed."""
        try:
            asked = ocsp.load_der_ocsp_request(request)
            serial = asked.serial_number
            authority = self._authority(asked)
        except (ValueError, TypeError, NotImplementedError, UnsupportedAlgorithm):
            return _failed(ocsp.OCSPResponseStatus.MALFORMED_REQUEST, "a request that is not OCSP: malformed request")
        if authority is None:
            words = f"{serial:x}: unauthorized, since no CA of the bench issued it"
            return _failed(ocsp.OCSPResponseStatus.UNAUTHORIZED, words)
        said = self._by_serial.get(serial) or self._always or self._truth(authority, serial)
        if said is OcspAnswer.TRY_LATER:
            return _failed(ocsp.OCSPResponseStatus.TRY_LATER, f"{serial:x}: {said}")
        delay = self._delay if said is OcspAnswer.LATE else 0.0
        return OcspReply(self._signed(asked, authority, said, now), delay, f"{serial:x}: {said}")

    def _authority(self, asked: ocsp.OCSPRequest) -> CertificateAuthority | None:
        """The CA that issued what was asked for."""
        wanted = (asked.issuer_name_hash, asked.issuer_key_hash)
        found = (one for one in self._authorities if issuer_hashes(one.certificate, asked.hash_algorithm) == wanted)
        return next(found, None)

    def _truth(self, authority: CertificateAuthority, serial: int) -> OcspAnswer:
        """Good is what was not revoked (RFC 6960 section 2.2): a central system may have issued it, too."""
        is_revoked = (authority.certificate.subject, serial) in self._revoked
        return OcspAnswer.REVOKED if is_revoked else OcspAnswer.GOOD

    def _signed(self, asked: ocsp.OCSPRequest, authority: CertificateAuthority, said: OcspAnswer, now: int) -> bytes:
        today = utc_datetime(now)
        start, end = today - timedelta(minutes=5), today + timedelta(days=1)
        if said is OcspAnswer.EXPIRED:
            start, end = today - timedelta(days=9), today - timedelta(days=2)
        status = _STATUSES.get(said, ocsp.OCSPCertStatus.GOOD)
        is_revoked = status is ocsp.OCSPCertStatus.REVOKED
        builder = ocsp.OCSPResponseBuilder().add_response_by_hash(
            issuer_name_hash=asked.issuer_name_hash,
            issuer_key_hash=asked.issuer_key_hash,
            serial_number=asked.serial_number,
            algorithm=asked.hash_algorithm,
            cert_status=status,
            this_update=start,
            next_update=end,
            revocation_time=today - timedelta(days=1) if is_revoked else None,
            revocation_reason=ReasonFlags.key_compromise if is_revoked else None,
        )
        data = authority.sign_ocsp(builder)
        if said is OcspAnswer.WRONG_SIGNATURE:
            data = data[:-1] + bytes([data[-1] ^ 1])
        return data


def _failed(status: ocsp.OCSPResponseStatus, words: str) -> OcspReply:
    return OcspReply(ocsp.OCSPResponseBuilder.build_unsuccessful(status).public_bytes(Encoding.DER), 0.0, words)


_STATUSES = {OcspAnswer.REVOKED: ocsp.OCSPCertStatus.REVOKED, OcspAnswer.UNKNOWN: ocsp.OCSPCertStatus.UNKNOWN}
"""What is not good."""
