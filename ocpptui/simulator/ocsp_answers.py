"""What to ask an OCSP responder about a certificate, and what its answer is worth (RFC 6960).

Source of the hashes that name a certificate: OCPP 2.x Part 2, OCSPRequestDataType, as in RFC 6960 section 4.1.1.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any, NamedTuple

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID

from ocpptui.ocpp.date_times import date_time, micros_of, utc_datetime
from ocpptui.ocpp.payload import Payload, text_at
from ocpptui.simulator.own_certificates import UNREADABLE_PARTS, extension_of, issuer_of, responder_of

SKEW = timedelta(minutes=5)
"""How far the clock of a responder may be ahead."""
NO_RESPONSE = "what the responder sent is not an OCSP response"
_ALGORITHMS = {"SHA256": hashes.SHA256(), "SHA384": hashes.SHA384(), "SHA512": hashes.SHA512()}


class OcspFinding(NamedTuple):
    """What an answer says of one certificate."""

    status: str
    """`Good`, `Revoked`, `Unknown`, or `Failed`: it says nothing that counts."""
    reason: str = ""
    """Why it is not `Good`, as a clause."""
    next_update: int | None = None
    """Until when it holds, in µs since 1970."""
    is_forged: bool = False
    """Whether its signature is not that of the issuer."""


def ocsp_request(hash_data: Payload) -> bytes:
    """The request in DER about the certificate that CertificateHashData names. Raises ValueError."""
    algorithm = _ALGORITHMS.get(text_at(hash_data, "hashAlgorithm") or "")
    if algorithm is None:
        raise ValueError("its hashAlgorithm is not SHA256, SHA384 or SHA512")
    try:
        name = bytes.fromhex(text_at(hash_data, "issuerNameHash") or "")
        key = bytes.fromhex(text_at(hash_data, "issuerKeyHash") or "")
        serial = int(text_at(hash_data, "serialNumber") or "", 16)
        builder = ocsp.OCSPRequestBuilder().add_certificate_by_hash(name, key, serial, algorithm)
        return builder.build().public_bytes(Encoding.DER)
    except UNREADABLE_PARTS:
        raise ValueError("its hashes and its serial number are not hexadecimal numbers of the right length") from None


def ocsp_finding(data: bytes, asked: bytes, candidates: Sequence[x509.Certificate], now: int) -> OcspFinding:
    """What the response `data` says at `now` about the certificate in the request `asked`, both in DER.

    The issuer, whose signature counts, is looked for among `candidates`.
    """
    try:
        with warnings.catch_warnings(action="ignore"):
            response, request = ocsp.load_der_ocsp_response(data), ocsp.load_der_ocsp_request(asked)
            one = _about(response, request)
            if isinstance(one, str):
                return OcspFinding("Failed", one)
            return _finding(response, one, request, candidates, now)
    except UNREADABLE_PARTS:
        return OcspFinding("Failed", NO_RESPONSE)


def why_not_about(data: bytes, asked: bytes) -> str:
    """Why `data` is not a response about what was `asked`, as a clause; empty if it is, whatever it is worth."""
    try:
        with warnings.catch_warnings(action="ignore"):
            found = _about(ocsp.load_der_ocsp_response(data), ocsp.load_der_ocsp_request(asked))
    except UNREADABLE_PARTS:
        return NO_RESPONSE
    return found if isinstance(found, str) else ""


def _about(response: ocsp.OCSPResponse, asked: ocsp.OCSPRequest) -> ocsp.OCSPSingleResponse | str:
    if response.response_status is not ocsp.OCSPResponseStatus.SUCCESSFUL:
        words = response.response_status.name.lower().replace("_", " ")
        return f"the responder refused: {words}"
    found = (one for one in response.responses if _named(one) == _named(asked))
    return next(found, "the response is about another certificate")


def _finding(
    response: ocsp.OCSPResponse,
    one: ocsp.OCSPSingleResponse,
    asked: ocsp.OCSPRequest,
    candidates: Sequence[x509.Certificate],
    now: int,
) -> OcspFinding:
    issuer = issuer_named(asked.issuer_name_hash, asked.issuer_key_hash, asked.hash_algorithm, candidates)
    if issuer is None:
        return OcspFinding("Failed", "the signature of the response cannot be verified: the issuer is not known")
    if not _is_signed(response, issuer):
        return OcspFinding("Failed", "the signature of the response is not that of the issuer", is_forged=True)
    until = None if one.next_update_utc is None else micros_of(one.next_update_utc)
    if until is not None and until <= now:
        return OcspFinding("Failed", f"the response was valid until {date_time(until)}", until)
    if one.this_update_utc > utc_datetime(now) + SKEW:
        return OcspFinding("Failed", "the response is not yet valid", until)
    match one.certificate_status:
        case ocsp.OCSPCertStatus.GOOD:
            return OcspFinding("Good", next_update=until)
        case ocsp.OCSPCertStatus.REVOKED:
            return OcspFinding("Revoked", "it was revoked", until)
    return OcspFinding("Unknown", "the responder does not know it", until)


def _named(one: ocsp.OCSPRequest | ocsp.OCSPSingleResponse) -> tuple[int, bytes, bytes]:
    return one.serial_number, one.issuer_key_hash, one.issuer_name_hash


def issuer_named(
    name_hash: bytes, key_hash: bytes, algorithm: hashes.HashAlgorithm, candidates: Iterable[x509.Certificate]
) -> x509.Certificate | None:
    """The certificate whose name and key have these hashes."""
    return next((one for one in candidates if issuer_hashes(one, algorithm) == (name_hash, key_hash)), None)


def issuer_hashes(issuer: x509.Certificate, algorithm: hashes.HashAlgorithm) -> tuple[bytes, bytes]:
    """The hashes of the name and of the bare key of an issuer."""
    key = issuer.public_key()
    if isinstance(key, ec.EllipticCurvePublicKey):
        bare = key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    elif isinstance(key, rsa.RSAPublicKey):
        bare = key.public_bytes(Encoding.DER, PublicFormat.PKCS1)
    else:
        bare = key.public_bytes(Encoding.Raw, PublicFormat.Raw) if hasattr(key, "verify") else b""
    return _digest(issuer.subject.public_bytes(), algorithm), _digest(bare, algorithm)


def hash_data_of(certificate: x509.Certificate, issuer: x509.Certificate) -> dict[str, Any]:
    """CertificateHashData of a certificate (OCPP 2.x), with SHA256."""
    name, key = issuer_hashes(issuer, _ALGORITHMS["SHA256"])
    return {
        "hashAlgorithm": "SHA256",
        "issuerNameHash": name.hex(),
        "issuerKeyHash": key.hex(),
        "serialNumber": f"{certificate.serial_number:x}",
    }


def status_questions(chain: Sequence[x509.Certificate], roots: Sequence[x509.Certificate]) -> list[dict[str, Any]]:
    """OCSPRequestDataType of the certificates of a chain that name a responder and whose issuer is known."""
    found = []
    for one in chain:
        issuer, url = issuer_of(one, [other for other in (*chain, *roots) if other != one]), responder_of(one)
        if issuer is not None and url:
            found.append({**hash_data_of(one, issuer), "responderURL": url})
    return found


def _digest(data: bytes, algorithm: hashes.HashAlgorithm) -> bytes:
    made = hashes.Hash(algorithm)
    made.update(data)
    return made.finalize()


def _is_signed(response: ocsp.OCSPResponse, issuer: x509.Certificate) -> bool:
    """Whether the issuer signed it, or who it has allowed to by a certificate (RFC 6960 section 4.2.2.2)."""
    allowed = [one for one in response.certificates if _may_answer(one) and issuer_of(one, [issuer]) is not None]
    return any(_fits(response, one) for one in (issuer, *allowed))


def _may_answer(certificate: x509.Certificate) -> bool:
    usage = extension_of(certificate, x509.ExtendedKeyUsage)
    return usage is not None and ExtendedKeyUsageOID.OCSP_SIGNING in usage


def _fits(response: ocsp.OCSPResponse, signer: x509.Certificate) -> bool:
    key, algorithm = signer.public_key(), response.signature_hash_algorithm
    if algorithm is None:
        return False
    try:
        if isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(response.signature, response.tbs_response_bytes, ec.ECDSA(algorithm))
        elif isinstance(key, rsa.RSAPublicKey):
            key.verify(response.signature, response.tbs_response_bytes, padding.PKCS1v15(), algorithm)
        else:
            return False
    except (InvalidSignature, UnsupportedAlgorithm):
        return False
    return True
